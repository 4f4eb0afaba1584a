"""Channels opened whole or not at all: every pattern of openings, exactly, in one linear program.

The most over patterns k of {y : A y ≤ b_k, 0 ≤ y ≤ c} is the optimum of their union's convex hull (Balas 1985):

    max Σ_k cost·y_k   s.t.  A y_k ≤ b_k λ_k,  0 ≤ y_k ≤ c λ_k,  Σ_k λ_k ≤ 1,  λ ≥ 0

H stays convex in the decisions, and replies, cuts and certificate are those of any instance. The program grows with
the number of patterns: a few channels only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from scipy.sparse import block_diag, csc_matrix, csr_matrix, diags_array, hstack, vstack

from counterpact.errors import Problem, UsageError, nearest
from counterpact.strategy.instance import Columns, Scenario
from counterpact.strategy.schedule.expand import Expanded

MOST = 64
"""Most patterns of one schedule."""


def whole_openings(expanded: Expanded, names: Sequence[str]) -> Expanded:
    """The same with the named channels opened whole or not at all. Raises `UsageError`."""
    if not names:
        return expanded
    patterns = _patterns(expanded, names)
    named = {c for c, (o, _) in expanded.opens.items() if o.name in names}
    kept = np.array([j for j in range(len(expanded.period)) if j not in named], dtype=np.int64)
    scenarios = [_lifted(s, kept, patterns) for s in expanded.instance.scenarios]
    K = len(patterns)
    slack, old = np.full(K, -1), expanded.instance.columns
    columns = Columns(
        channel=np.concatenate([np.tile(old.channel[kept], K), slack]),
        slice_=np.concatenate([np.tile(old.slice_[kept], K), slack]),
        copy=np.concatenate([np.tile(old.copy[kept], K), slack]),
        channel_ids=old.channel_ids,
        names=(
            *(f"{old.names[j]}|{k}" for k in range(K) for j in kept),
            *("pattern:" + ",".join(old.names[c] for c in pattern) for pattern in patterns),
        ),
    )
    instance = replace(expanded.instance, scenarios=scenarios, columns=columns, loose_rows=())
    period = np.concatenate([np.tile(expanded.period[kept], K), np.full(K, -1)])
    column = np.concatenate([np.tile(expanded.column[kept], K), np.full(K, -1)])
    return replace(expanded, instance=instance, period=period, column=column, opens={})


def _patterns(expanded: Expanded, names: Sequence[str]) -> list[tuple[int, ...]]:
    """Columns that are opened (at 1) in each pattern: each channel in one of its periods, or never."""
    known = [o.name for o in expanded.links.openings]
    unknown = [n for n in names if n not in known]
    if unknown:
        what = f"not channels that have to be opened: {', '.join(unknown)}"
        raise UsageError(Problem("", what=what, do=nearest(unknown[0], known) or f"Choose from {', '.join(known)}"))
    choices = [[c for c, (o, _) in expanded.opens.items() if o.name == n] for n in dict.fromkeys(names)]
    count = int(np.prod([len(c) + 1 for c in choices]))
    if count > MOST:
        what = f"{count} patterns of opening {', '.join(names)} are more than the {MOST} that can be tried"
        raise UsageError(Problem("", what=what, do="Name fewer channels, or fewer periods"))
    return [tuple(c for c in pick if c >= 0) for pick in product(*([-1, *c] for c in choices))]


def _lifted(s: Scenario, kept: np.ndarray, patterns: list[tuple[int, ...]]) -> Scenario:
    """One scenario's union of patterns. Rows without an upper limit do not occur in programs over time."""
    A, K = csc_matrix(s.A), len(patterns)
    rows = A.shape[0]
    if np.any(np.isfinite(s.lower)) or not np.all(np.isfinite(s.upper)):
        raise UsageError("openings can be taken whole only where every row of the program is an upper limit.")
    body, ceiling = A[:, kept], s.ceiling[kept]
    bounded = vstack([body, diags_array(np.ones(len(kept)))])
    sides = [
        np.concatenate([np.asarray(A[:, list(p)].sum(axis=1)).ravel() if p else np.zeros(rows), np.zeros(len(kept))])
        - np.concatenate([s.upper, ceiling])
        for p in patterns
    ]
    right = block_diag([csc_matrix(side[:, None]) for side in sides])
    top = hstack([block_diag([bounded] * K), right])
    last = csr_matrix(np.concatenate([np.zeros(K * len(kept)), np.ones(K)])[None, :])
    matrix = csc_matrix(vstack([top, last], format="csc"))
    pad = np.zeros((s.harm.shape[0], K))
    none = csr_matrix((K, s.penalty.shape[1]))
    penalty = csr_matrix(s.penalty)[kept]
    return replace(
        s,
        A=matrix,
        lower=np.full(matrix.shape[0], -np.inf),
        upper=np.concatenate([np.zeros(matrix.shape[0] - 1), [1.0]]),
        ceiling=np.concatenate([np.tile(ceiling, K), np.ones(K)]),
        harm=np.concatenate([np.tile(s.harm[:, kept], (1, K)), pad], axis=1),
        fixed=np.concatenate([np.tile(s.fixed[kept], K), np.zeros(K)]),
        penalty=csr_matrix(vstack([*[penalty] * K, none])),
    )
