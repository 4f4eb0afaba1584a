"""A search may end with scenarios known by bounds alone; the ones that could carry the greatest value are asked here.

Plans then reach the risk that bounds prove, so that the certificate can tell it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.reply import Cuts, Sweep
from counterpact.strategy.solving.search import Search

#: How far, in 1 + |risk|, the plans' risk may lie below the bounds'.
CLOSE = 1e-7


def settle(search: Search, best: Sweep) -> Sweep:
    """The sweep with every scenario answered that its bound would let be the greatest. Worst and regret only."""
    weights, stack = search.instance.weights, search.oracle.stack
    while True:
        upper: Vector = best.upper @ weights - search.offset
        reached = float((best.lower @ weights - search.offset).max())
        asked = upper > reached + CLOSE * (1 + abs(reached))
        if not asked.any():
            return best
        first = np.zeros(
            len(upper), dtype=bool
        )  # a few at a time, the greatest bounds first: the rest may then be clear
        first[np.argsort(-upper, kind="stable")[:4]] = True
        asked &= first
        found = search.oracle.sweep(best.z, only=asked)
        if not np.any(found.upper[asked] < best.upper[asked]) and not np.any(found.lower[asked] > best.lower[asked]):
            return best  # as exact as it gets
        rows = np.repeat(asked, np.diff(stack.row_start))
        plans = np.where(asked[:, None, None], found.plans, best.plans)
        best = replace(
            best,
            lower=np.where(asked[:, None], found.lower, best.lower),
            upper=np.where(asked[:, None], found.upper, best.upper),
            plans=plans,
            duals=np.where(rows[:, None], found.duals, best.duals),
            cuts=Cuts(*stack.cuts(plans)),
        )
