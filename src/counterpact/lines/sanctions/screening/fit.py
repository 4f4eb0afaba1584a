"""Fit the weights of the features: a logistic regression in which every deviation can only take points away.

Maximise  Σ w_i log σ(s_i x_i·β) − ½ Σ_k λ (β_k − prior_k)²  subject to β_start ≥ 0, β_exact = 0, all others ≤ 0. So an
equal name always scores highest, and each reason means what it says. Names that occur in several pairs are kept in one
fold (connected groups), so that no name is in training and test at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterpact.lines.sanctions.screening.measure import NAMES
from counterpact.lines.sanctions.screening.names import parse, pieces
from counterpact.lines.sanctions.screening.pairs import compare

LAMBDA = 0.2
"""Strength of the prior; chosen on cross-validated F1 of the training pairs among .01, .03, .1, .3, 1 (flat there);
.2 also does best on the training identities."""
ALERT_PRIOR = {"start": 3.0}
SAME_PRIOR = {
    "start": 3.0, "number_conflict": -4.0, "number_extra": -3.0, "number_vessel": -2.0, "form_conflict": -3.0,
    "form_family": -1.0, "short_edit": -3.0, "initials_only": -4.0, "initial_conflict": -4.0, "name_conflict": -6.0,
    "conflict": -6.0, "typo2": -4.0, "weak": -8.0, "hard": -2.0, "extra_query": -2.0, "extra_listed": -1.0,
    "all_generic": -1.0, "firm_extra": -4.0,
}  # fmt: skip
"""What a careful reader holds against an identity, set by judgement; the data move it."""


@dataclass(frozen=True)
class Pair:
    """Two names of one kind and whether they are taken for one."""

    kind: str
    query: str
    listed: str
    match: bool
    category: str = ""


def features(pairs: Sequence[Pair]) -> Any:
    """Features (pairs, 32)."""
    return np.array([best(pair.kind, pair.query, pair.listed)[0] for pair in pairs]).reshape(len(pairs), len(NAMES))


def best(kind: str, query: str, listed: str) -> tuple[Any, Any]:
    """Features and matched parts of two names; an organisation's name with `/` counts as several, the likest counts."""
    found = [
        compare(parse(one, kind), parse(two, kind), kind) for one in pieces(query, kind) for two in pieces(listed, kind)
    ]
    return min(found, key=lambda pair: float(pair[0][13] + pair[0][11] + pair[0][12] + 0.1 * pair[0][14]))


def groups(*sets: Sequence[Pair]) -> list[Any]:
    """Per set: a group number per pair; pairs that share a name (case aside) are in one group."""
    parent: dict[str, str] = {}

    def find(x: str) -> str:
        while parent.setdefault(x, x) != x:
            x = parent[x]
        return x

    for pairs in sets:
        for pair in pairs:
            parent[find(pair.query.casefold())] = find(pair.listed.casefold())
    numbers: dict[str, int] = {}
    return [np.array([numbers.setdefault(find(p.query.casefold()), len(numbers)) for p in pairs]) for pairs in sets]


def fit(X: Any, y: Any, prior: Mapping[str, float], weights: Any = None, strength: float = LAMBDA) -> Any:
    """Weights (32,) of the features. `y`: bool (n,), `weights`: (n,) or None for ones."""
    from scipy.optimize import minimize

    sign = np.where(y, 1.0, -1.0)
    w = np.ones(len(y)) if weights is None else weights
    middle = np.array([prior.get(name, 0.0) for name in NAMES])
    low, high = np.full(len(NAMES), -30.0), np.zeros(len(NAMES))
    low[0], high[0], low[1] = 0.0, 12.0, 0.0

    def loss(beta: Any) -> tuple[float, Any]:
        z = sign * (X @ beta)
        pull = beta - middle
        slope = w * sign / (1 + np.exp(np.clip(z, -500, 500)))
        return float((w * np.logaddexp(0, -z)).sum() + 0.5 * strength * (pull**2).sum()), strength * pull - X.T @ slope

    start = np.clip(middle, low, high)
    found = minimize(loss, start, jac=True, bounds=list(zip(low, high, strict=True)), method="L-BFGS-B")
    return np.array(found.x)


def cross_validate(X: Any, y: Any, group: Any, prior: Mapping[str, float], *, folds: int = 10, seed: int = 0) -> Any:
    """Probability of each pair by weights fitted without its group: (n,)."""
    rng = np.random.default_rng(seed)
    fold = rng.integers(0, folds, int(group.max()) + 1)[group]
    found = np.zeros(len(y))
    for k in range(folds):
        test = fold == k
        if test.any():
            found[test] = probability(X[test], fit(X[~test], y[~test], prior))
    return found


def probability(X: Any, beta: Any) -> Any:
    """σ(X β)."""
    return 1 / (1 + np.exp(-(X @ beta)))
