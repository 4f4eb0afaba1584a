"""Why a wish cannot be met: a smallest set of named limits that clash.

A deletion filter (Chinneck & Dravnieks 1991) over groups: each row of the leader's polyhedron, each budget, each
required or forbidden variable, and the humanitarian guard as one limit. What stays is infeasible together and feasible
without any one member: each test is an exact mixed-integer problem.
"""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np
from scipy.sparse import csr_matrix

from counterpact.errors import InfeasibleError, Problem
from counterpact.strategy.instance import Leader, Vector
from counterpact.strategy.solving.guard import Guard, GuardCut
from counterpact.strategy.solving.linear import INFINITY, load, quiet
from counterpact.strategy.solving.master import Wishes

#: The guard's name among the limits.
GUARD = "humanitarian guard"


def clashing(leader: Leader, limits: Wishes, guard: Guard | None = None, *, rounds: int = 200) -> tuple[str, ...]:
    """Names of a smallest set of limits that no z satisfies together; empty if there is a z for all.

    With a `guard`, its cuts are collected first, until a whole z leaves room everywhere or none is left.
    """
    names = _names(leader, limits)
    cuts: list[GuardCut] = []

    def feasible(kept: list[str]) -> bool:
        return _point(leader, limits, set(kept), cuts) is not None

    if guard is None or not guard.rooms:
        return _filter(names, feasible)

    def guarded(kept: list[str]) -> bool:
        for _ in range(rounds):
            z = _point(leader, limits, set(kept), cuts)
            if z is None or GUARD not in kept:
                return z is not None
            new = guard.cuts(z)
            if not new:
                return True
            cuts.extend(new)
            if any(c.constant + c.slope @ z <= 1e-9 for c in new):
                return True  # numerically undecided: the guard is not blamed
        return True

    return _filter([*names, GUARD], guarded)


def explain(leader: Leader, limits: Wishes, guard: Guard | None = None) -> InfeasibleError:
    """The error to raise, one problem for each clashing limit."""
    names = clashing(leader, limits, guard)
    if not names:
        return InfeasibleError("no package was found, yet no set of limits could be shown to clash.")
    what = "these limits clash: no package satisfies all of them, and any one of them left out would do"
    problems = [Problem("", what=what)] if len(names) > 1 else []
    return InfeasibleError([*problems, *(Problem("", what=f"limit: {name}", do="Loosen or drop it") for name in names)])


def _names(leader: Leader, limits: Wishes) -> list[str]:
    required = [f"require {n}" for n, low in zip(leader.names, limits.low, strict=True) if low > 0]
    forbidden = [f"forbid {n}" for n, high in zip(leader.names, limits.high, strict=True) if high < 1]
    return list(dict.fromkeys([*limits.row_names, *required, *forbidden]))


def _filter(names: list[str], feasible: Callable[[list[str]], bool]) -> tuple[str, ...]:
    if feasible(names):
        return ()
    kept = list(names)
    for name in names:
        trial = [n for n in kept if n != name]
        if not feasible(trial):
            kept = trial
    return tuple(kept)


def _point(leader: Leader, limits: Wishes, kept: set[str], cuts: list[GuardCut]) -> Vector | None:
    """A z that satisfies the kept limits, or None."""
    on = np.array([name in kept for name in limits.row_names], dtype=bool)
    low = [x if f"require {n}" in kept else 0.0 for n, x in zip(leader.names, limits.low, strict=True)]
    high = [x if f"forbid {n}" in kept else 1.0 for n, x in zip(leader.names, limits.high, strict=True)]
    if any(a > b for a, b in zip(low, high, strict=True)):
        return None
    solver = quiet()
    rows = csr_matrix(limits.B)[on]
    bounds = (limits.row_lower[on], limits.row_upper[on])
    # The fewest measures on: the guard then objects only to what the limits demand.
    load(solver, rows, bounds, (np.array(low), np.array(high)), np.ones(len(leader.names)), leader.integer)
    if GUARD in kept:
        for cut in cuts:
            index = np.flatnonzero(cut.slope).astype(np.int32)
            solver.addRow(-INFINITY, -cut.constant + 1e-9, len(index), index, cut.slope[index])
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    z = np.array(solver.getSolution().col_value)
    return np.where(leader.integer, np.round(z), z)
