"""Leave out of a schedule what does nothing: decisions that could be dropped or put off at no risk.

The search is blind to what costs nothing within the limits. A change is kept only if the safe dual bound at the
changed decisions, from the duals already known, is no higher, and every limit still holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.instance import Vector
from counterpact.strategy.schedule.expand import Expanded
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.master import Wishes
from counterpact.strategy.solving.reply import Oracle, Sweep
from counterpact.strategy.solving.risk import Risk

Settle = Callable[[Vector], Vector]


def tidy(
    expanded: Expanded, limits: Wishes, sweep: Sweep, oracle: Oracle, guard: Guard, risk: Risk, settle: Settle
) -> Vector:
    """The decisions of `sweep` without those that do nothing. `settle` sets the variables that follow from others."""
    instance, stack, chosen = expanded.instance, oracle.stack, expanded.decisions
    weights, probability = instance.weights, stack.probability
    parts = stack.dual_parts(sweep.duals)

    def worth(z: Vector) -> float:
        return risk.value(stack.dual_bound(parts, stack.costs(z)) @ weights, probability)

    z, most = sweep.z.copy(), worth(sweep.z) + 1e-9
    for group in _groups(expanded, z):
        trial = z.copy()
        trial[group] = 0.0
        trial = settle(trial)
        if allowed(limits, trial) and worth(trial) <= most:
            z = trial
    for m in np.flatnonzero([k == "participation" for k in expanded.base.leader.kinds]):
        for t in range(expanded.periods.count):
            trial = z.copy()
            trial[chosen.at(int(m), t)] = 0.0
            trial = settle(trial)
            if z[chosen.at(int(m), t)] > 0 and allowed(limits, trial) and worth(trial) <= most:
                z = trial
    return sweep.z if guard.shortfalls(z) else z


def _groups(expanded: Expanded, z: Vector) -> Iterable[NDArray[np.int64]]:
    """Decisions to try without: each measure whole, then its first periods one by one (put off); dearest first."""
    leader, chosen, T = expanded.base.leader, expanded.decisions, expanded.periods.count
    measures = [
        m for m, kind in enumerate(leader.kinds) if kind == "measure" and not leader.names[m].startswith("lapse:")
    ]
    measures.sort(key=lambda m: (-float(leader.cost[0, m]), m))
    for m in measures:
        held = [t for t in range(T) if z[chosen.at(m, t)] > 0.5]
        if held:
            yield np.array([chosen.at(m, t) for t in held])
    for m in measures:
        for t in range(T):
            if z[chosen.at(m, t)] > 0.5:
                yield np.array([chosen.at(m, t)])


def allowed(limits: Wishes, z: Vector) -> bool:
    """Whether z keeps every row and bound."""
    activity = limits.B @ z
    inside = np.all(activity <= limits.row_upper + 1e-9) and np.all(activity >= limits.row_lower - 1e-9)
    return bool(inside and np.all(z >= limits.low - 1e-9) and np.all(z <= limits.high + 1e-9))
