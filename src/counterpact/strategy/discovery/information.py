"""What learning an unknown would be worth: for the decision, and for how sure we are of the outcome.

Worth for the decision (EVPPI, expected value of partial perfect information; by regression as in Strong, Oakley &
Brennan 2014): with decisions d and their risks Y_d,

    EVPPI(φ) = min_d E[Y_d] − E_φ[ min_d E[Y_d | φ] ]

E[Y_d | φ] is fitted on some folds, the decision it recommends is judged on the others: the estimate is then what a
reader of φ really saves, no optimism in it, and falls short of the truth by what the fit misses. An unknown that moves
the outcome under every decision alike is worth nothing here, however much it moves.

Shrinkage: the share of the outcome's variance that goes once φ is known, 1 − E[Var(Y | φ)] / Var(Y), by the same fits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FOLDS = 10


@dataclass(frozen=True)
class Information:
    """One unknown. `worth`: expected risk saved by choosing after learning it; `shrinks`: share of the variance of the
    outcome that goes; each with its standard error."""

    name: str
    columns: tuple[str, ...]
    worth: float
    worth_error: float
    shrinks: float
    shrinks_error: float


def features(X: Array) -> Array:
    """(n, p) constant, ranks scaled to [−1, 1], their squares and cubes, products of pairs; 0/1 columns as they are."""
    n = len(X)
    columns = [np.ones(n)]
    linear = []
    for x in X.T:
        unique, inverse = np.unique(x, return_inverse=True)
        if len(unique) < 2:
            continue
        if len(unique) <= 12:
            linear.append(2.0 * inverse.ravel() / (len(unique) - 1) - 1.0)
            columns += [(inverse.ravel() == k).astype(float) for k in range(1, len(unique))]
            continue
        order = np.empty(n)
        order[np.argsort(x, kind="stable")] = np.linspace(-1, 1, n)
        linear.append(order)
        columns += [order, order**2, order**3]
    for i in range(len(linear)):
        columns += [linear[i] * linear[j] for j in range(i)]
    return np.stack(columns, axis=1)


def learned(name: str, columns: tuple[str, ...], X: Array, Y: Array, *, chosen: int = 0, seed: int = 0) -> Information:
    """Worth and shrinkage of knowing X (n, q). `Y` (n, D): risk of each decision; `chosen`: whose outcome shrinks."""
    B, n = features(X), len(X)
    fold = np.random.default_rng([seed, 11]).permutation(n) % min(FOLDS, n)
    fitted = np.empty_like(Y)
    for k in range(fold.max() + 1):
        there, here = fold != k, fold == k
        weights, *_ = np.linalg.lstsq(B[there], Y[there], rcond=None)
        fitted[here] = B[here] @ weights
    best = int(Y.mean(axis=0).argmin())
    advised = Y[np.arange(n), fitted.argmin(axis=1)]
    saved = Y[:, best] - advised
    y = Y[:, chosen]
    spread = (y - y.mean()) ** 2
    left = (y - fitted[:, chosen]) ** 2
    total = float(spread.mean())
    share = 1.0 - float(left.mean()) / total if total > 0 else 0.0
    noise = (left - (1.0 - share) * spread).std() / (total * np.sqrt(n)) if total > 0 else 0.0
    worth = float(saved.mean())
    return Information(name, columns, max(0.0, worth), float(saved.std() / np.sqrt(n)), max(0.0, share), float(noise))


def everything(Y: Array) -> float:
    """Expected risk saved if all were known before choosing (EVPI): no single unknown can be worth more."""
    return float(Y.mean(axis=0).min() - Y.min(axis=1).mean())
