"""Other packages beside the one designed: for other budgets, other weights, and all assumptions equal.

They are found on the representative scenarios from the replies already known (`Quick`), so each carries its own gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from counterpact.case.model import EffectFamily
from counterpact.case.values import EffectKind
from counterpact.errors import CounterpactError
from counterpact.provenance import Basis
from counterpact.strategy.answers.representatives import Representatives
from counterpact.strategy.compiling.compile import Compiled, compile_case
from counterpact.strategy.instance import Vector
from counterpact.strategy.outcome import FrontierPoint, WeightFlip
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.package import Package, Request, design
from counterpact.strategy.solving.reply import Cuts, Oracle
from counterpact.strategy.solving.risk import Risk

Array = NDArray[np.float64]

FRONTIER = (0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0, 1.2)
"""Shares of all budgets at which the frontier is traced."""
EQUAL = (0.05, 0.3)
"""The one interval every assumed effect gets in the package with all assumptions equal."""


@dataclass
class Work:
    """What the parts of a plan share."""

    compiled: Compiled
    request: Request
    package: Package
    oracle: Oracle
    guard: Guard
    shelf: list[Cuts]
    chosen: Representatives
    few: Oracle

    @property
    def z(self) -> Vector:
        """The package."""
        return self.package.z

    @property
    def probability(self) -> Array:
        """(S,) of all scenarios."""
        return self.oracle.stack.probability

    def risk(self, values: Array, weight: Array | None = None) -> float:
        """Risk of normalised values (S or K, O)."""
        weights = self.compiled.instance.weights
        return self.request.risk.value(values @ weights, self.probability if weight is None else weight)


@dataclass
class Quick:
    """Packages for other budgets or weights on the representative scenarios, from the replies found so far."""

    work: Work

    def __post_init__(self) -> None:
        index = self.work.chosen.index
        self.shelf = [Cuts(c.constant[index], c.slope[index]) for c in self.work.shelf]
        instance = self.work.compiled.instance
        self.guard = Guard(replace(instance, scenarios=[instance.scenarios[int(s)] for s in index]))

    def best(
        self, budgets: dict[str, float], weights: Array, *, rounds: int = 2, worth: float = np.inf
    ) -> tuple[Vector | None, float, float]:
        """(z, its risk, lower bound) on the representatives; no z if none can be better than `worth`."""
        from counterpact.strategy.solving.master import Master, wishes

        work, request = self.work, self.work.request
        instance = replace(work.compiled.instance, weights=weights)
        master = Master(
            instance, wishes(instance.leader, budgets, request.require, request.forbid), groups=2, shelf=self.shelf
        )
        here = work.few.sweep(work.z).lower @ weights
        master.weigh(request.risk.weights(here, work.chosen.weight))
        found: Vector | None = None
        risk, bound = np.inf, -np.inf
        for _ in range(rounds):
            choice = master.relax()
            bound = max(bound, choice.bound)
            if not choice.feasible or bound >= worth:
                break
            choice = master.solve(gap=0.04 * max(worth if np.isfinite(worth) else 1.0, 0.1), nodes=10, seconds=60.0)
            if not choice.feasible:
                break
            bound = max(bound, choice.bound)
            sweep = work.few.sweep(choice.z)
            master.add(sweep, choice)
            value = request.risk.value(sweep.lower @ weights, work.chosen.weight)
            master.weigh(request.risk.weights(sweep.lower @ weights, work.chosen.weight))
            cuts = self.guard.cuts(choice.z)
            if cuts:
                master.add_guard(cuts)
            elif value < risk:
                found, risk = choice.z, value
            if risk - bound < 0.01 * max(risk, 1e-9):
                break
        return found, risk, bound


def frontier(work: Work, quick: Quick) -> tuple[FrontierPoint, ...]:
    """Packages at shares of all budgets together, on the representative scenarios."""
    request, instance, points = work.request, work.compiled.instance, []
    before = work.risk(work.few.zero().lower, work.chosen.weight)
    best: tuple[Vector, float] | None = None
    for share in FRONTIER:
        if share == 1.0:
            z: Vector | None = work.z
            risk, gap = work.risk(work.few.sweep(work.z).lower, work.chosen.weight), work.package.gap
        else:
            budgets = {r: share * b for r, b in request.budgets.items()}
            z, risk, bound = quick.best(budgets, instance.weights)
            if best is not None and best[1] < risk:
                z, risk = best  # what a smaller budget pays for, a larger one does too
            gap = (risk - bound) / max(before - bound, 1e-12)
        if z is None:
            continue
        if best is None or risk < best[1]:
            best = (z, risk)
        points.append(
            FrontierPoint(
                scale=share,
                cost={r: float(c) for r, c in zip(instance.leader.resources, instance.leader.cost @ z, strict=True)},
                risk=risk,
                effect=(before - risk) / max(before, 1e-12),
                gap=max(0.0, gap),
                measures=tuple(
                    n
                    for n, kind, on in zip(instance.leader.names, instance.leader.kinds, z > 0.5, strict=True)
                    if on and kind != "enforcement"
                ),
            )
        )
    return tuple(points)


def next_unit(frontier: tuple[FrontierPoint, ...], request: Request) -> Mapping[str, float]:
    """Risk taken away per further unit of each resource if all budgets grow together, from the next frontier point."""
    here = [p for p in frontier if p.scale == 1.0]
    more = [p for p in frontier if p.scale > 1.0]
    if not here or not more:
        return {}
    step = more[0].scale - 1.0
    gained = max(0.0, here[0].risk - more[0].risk)
    return {r: gained / (step * b) for r, b in request.budgets.items() if b > 0}


def weight_flips(work: Work, quick: Quick) -> tuple[WeightFlip, ...]:
    """Would the package change if one objective counted double, or not at all? On the representative scenarios.

    It flips if another package is better by more than the gap to which this one was designed.
    """
    instance, weight, found = work.compiled.instance, work.chosen.weight, []
    risk = work.request.risk
    here, today = work.few.sweep(work.z).lower, work.few.zero().lower
    names, kinds = instance.leader.names, instance.leader.kinds
    measures = [k for k, kind in enumerate(kinds) if kind == "measure"]
    for o, objective in enumerate(instance.objectives):
        for words, factor in (("doubled", 2.0), ("left out", 0.0)):
            weights = instance.weights.copy()
            weights[o] *= factor
            if weights.sum() <= 0:
                continue
            weights = weights / weights.sum()
            was = risk.value(here @ weights, weight)
            achieved = max(risk.value(today @ weights, weight) - was, 1e-9)
            worth = was - max(work.request.gap, work.package.gap) * achieved
            z, now, _ = quick.best(work.request.budgets, weights, rounds=2, worth=worth)
            flips = z is not None and now < worth
            then = {names[k] for k in measures if flips and z is not None and z[k] > 0.5}
            on = {names[k] for k in measures if work.z[k] > 0.5}
            enters, leaves = (then - on, on - then) if flips else (set(), set())
            found.append(WeightFlip(objective, words, flips, tuple(sorted(enters)), tuple(sorted(leaves))))
    return tuple(found)


def equal_assumptions(work: Work) -> tuple[tuple[str, ...], float]:
    """The package when every assumed effect has the same interval, and how much of this package is in it."""
    compiled, case = work.compiled, work.compiled.case
    families = {
        f.id: f.model_copy(update={"low": EQUAL[0], "high": EQUAL[1]})
        if f.basis == Basis.ASSUMPTION and f.kind is not EffectKind.ENABLE
        else f
        for f in case.effect_families.values()
    }
    effects = {
        e.id: e.model_copy(update={"low": None, "high": None}) if e.basis == Basis.ASSUMPTION else e
        for e in case.effects.values()
    }
    rows = dict(case.rows) | {EffectFamily.table: families, "effects": effects}
    equal = compile_case(replace(case, rows=rows), compiled.picture, scenarios=24, seed=compiled.seed)
    # the same costs and logic, everyone who joins taking part: that too is an assumption made equal
    equal = replace(equal, instance=replace(equal.instance, leader=compiled.plain_leader))
    names = compiled.instance.leader.names
    try:
        found = design(equal.instance, replace(work.request, gap=0.1, max_rounds=4, risk=Risk("mean")))
    except CounterpactError:
        return (), 0.0
    kinds = dict(zip(names, compiled.instance.leader.kinds, strict=True))
    there = tuple(n for n in found.names if kinds[n] == "measure")
    here = {n for n in work.package.names if kinds[n] == "measure"}
    return there, len(here & set(there)) / max(1, len(here))
