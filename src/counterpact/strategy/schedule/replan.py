"""Plan the rest of a schedule anew for some of the scenarios, everything before a period kept as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.instance import Vector
from counterpact.strategy.schedule.tidy import allowed, tidy
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.master import wishes
from counterpact.strategy.solving.package import Package, Request, design
from counterpact.strategy.solving.reply import Cuts, Oracle

if TYPE_CHECKING:
    from counterpact.strategy.schedule.make import Work

SECONDS = 30.0
"""Longest search for one branch; what is found by then counts, with its own gap."""
LITTLE = 0.2
"""Share of a branch's gain that may go for leaving out changes that bring little."""


@dataclass(frozen=True)
class Replanned:
    """`z`: decisions; `risk`: proven upper bound on the risk of the scenarios asked for; `gap` of the search."""

    z: Vector
    risk: float
    gap: float


def fixed_until(work: Work, z: Vector, period: int, gap: float) -> Request:
    """The request with every decision before `period` as in z."""
    require, forbid = dict.fromkeys(work.request.require), dict.fromkeys(work.request.forbid)
    leader = work.expanded.base.leader
    for t in range(period):
        for m, kind in enumerate(leader.kinds):
            if kind != "measure":
                continue
            k = work.expanded.decisions.at(m, t)
            (require if z[k] > 0.5 else forbid)[work.expanded.instance.leader.names[k]] = None
    seconds = min(SECONDS, work.request.time_limit)
    return replace(work.request, require=tuple(require), forbid=tuple(forbid), gap=gap, time_limit=seconds)


def replan(work: Work, package: Package, index: NDArray[np.int64], period: int, gap: float) -> Replanned:
    """The best that can still be done from `period` on if the scenarios `index` are all that can be.

    Changes that bring little are left out. Raises what `design` raises.
    """
    branch = [work.expanded.instance.scenarios[int(s)] for s in index]
    share = sum(s.probability for s in branch)
    branch = [replace(s, probability=s.probability / share) for s in branch]
    instance = replace(work.expanded.instance, scenarios=branch)
    request = fixed_until(work, package.z, period, gap)
    oracle, guard = Oracle(instance), Guard(instance)
    shelf = [Cuts(c.constant[index], c.slope[index]) for c in work.shelf]
    found = design(instance, request, oracle=oracle, guard=guard, shelf=shelf)
    limits = wishes(instance.leader, request.budgets, request.require, request.forbid)
    z = tidy(work.expanded, limits, found.sweep, oracle, guard, request.risk, work.settle)
    sweep = found.sweep if np.array_equal(z, found.z) else oracle.sweep(z)

    parts, weights, probability = oracle.stack.dual_parts(sweep.duals), instance.weights, oracle.stack.probability

    def risk(at: Vector) -> float:
        return request.risk.value(oracle.stack.dual_bound(parts, oracle.stack.costs(at)) @ weights, probability)

    kept = request.risk.value(oracle.sweep(package.z).upper @ weights, probability)
    z = _nearer(work, package.z, z, lambda at: allowed(limits, at) and not guard.shortfalls(at), risk, kept)
    return Replanned(z, risk(z), found.gap)


def _nearer(
    work: Work, was: Vector, now: Vector, may: Callable[[Vector], bool], risk: Callable[[Vector], float], kept: float
) -> Vector:
    """`now` without the changes that bring little: together they may cost a share of what the branch gains.

    First what is new is left out, then what was dropped is taken back, as far as the limits leave room.
    """
    gain = kept - risk(now)
    if gain <= 0:
        return was
    z, most = now, risk(now) + LITTLE * gain
    for back in (False, True, True):
        for m in _changed(work, was, z):
            k = [work.expanded.decisions.at(m, t) for t in range(work.wish.periods.count)]
            if (was[k].sum() > z[k].sum()) is not back:
                continue
            trial = z.copy()
            trial[k] = was[k]
            trial = work.settle(trial)
            if may(trial) and risk(trial) <= most:
                z = trial
    return z


def _changed(work: Work, was: Vector, now: Vector) -> list[int]:
    """Measures whose decisions differ."""
    periods = range(work.wish.periods.count)
    at = work.expanded.decisions.at
    kinds = work.expanded.base.leader.kinds
    return [
        m for m, kind in enumerate(kinds)
        if kind == "measure" and any(abs(was[at(m, t)] - now[at(m, t)]) > 0.5 for t in periods)
    ]  # fmt: skip
