"""One plan: the package and everything a reader asks about it, from a compiled case and a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from counterpact.case.model import EffectFamily
from counterpact.case.values import EffectKind, Lever, Line
from counterpact.errors import CounterpactError, UsageError, nearest
from counterpact.provenance import Basis
from counterpact.strategy import certificate as certify
from counterpact.strategy.calibration import hindcasts
from counterpact.strategy.compile import Compiled, compile_case
from counterpact.strategy.contribution import Game, contribution
from counterpact.strategy.displacement import reply as named_reply
from counterpact.strategy.displacement import shifts
from counterpact.strategy.drivers import box, drivers
from counterpact.strategy.guard import Guard
from counterpact.strategy.instance import Vector
from counterpact.strategy.levers import complete
from counterpact.strategy.loopholes import loopholes
from counterpact.strategy.outcome import (
    ChosenMeasure,
    Contribution,
    FrontierPoint,
    ObjectiveOutcome,
    Plan,
    Reply,
    WeightFlip,
)
from counterpact.strategy.package import Package, Request, design
from counterpact.strategy.reply import Cuts, Oracle
from counterpact.strategy.representatives import Representatives, choose, spread
from counterpact.strategy.risk import Risk
from counterpact.strategy.stable_replies import StableReplies

Array = NDArray[np.float64]
Progress = Callable[[str], None]

REPRESENTATIVES = 30
FRONTIER = (0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0, 1.2)
"""Shares of all budgets at which the frontier is traced."""
EQUAL = (0.05, 0.3)
"""The one interval every assumed effect gets in the package with all assumptions equal."""


@dataclass
class _Work:
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
        return self.package.z

    @property
    def probability(self) -> Array:
        return self.oracle.stack.probability

    def risk(self, values: Array, weight: Array | None = None) -> float:
        """Risk of normalised values (S or K, O)."""
        weights = self.compiled.instance.weights
        return self.request.risk.value(values @ weights, self.probability if weight is None else weight)


def make_plan(compiled: Compiled, request: Request, *, progress: Progress | None = None) -> Plan:
    """Design the package and answer everything around it.

    Raises `InfeasibleError` naming the limits that clash, `UnprovenError` if nothing usable was found in time.
    """
    say = progress or (lambda _: None)
    instance = compiled.instance
    oracle, guard, shelf = Oracle(instance), Guard(instance), list[Cuts]()
    package = design(instance, request, oracle=oracle, guard=guard, shelf=shelf)
    say("checking the certificate")
    checked = certify.check(instance, package)
    normal = instance.normalisers
    before, after = package.values_before / normal, package.values / normal
    chosen = choose(before, after, oracle.stack.probability, instance.weights, REPRESENTATIVES)
    few = Oracle(instance, chosen.index, memory=6)
    work = _Work(compiled, request, package, oracle, guard, shelf, chosen, few)
    say("tracing effect against cost")
    quick = _Quick(work)
    frontier = _frontier(work, quick)
    weights = _weights(work, quick)
    say("following the adversary's reply")
    stable = StableReplies(compiled)
    today = stable.find(np.zeros_like(package.z), chosen.index, before[chosen.index])
    under = stable.find(package.z, chosen.index, after[chosen.index])
    reply = named_reply(compiled, chosen, under, package.values, package.z)
    say("closing loopholes")
    open_routes = loopholes(
        compiled, reply.routes, package.z, oracle=few, weight=chosen.weight, risk=request.risk,
        budgets=request.budgets, proven=checked.passed,
    )  # fmt: skip
    say("sharing the effect among the lines")
    lines = _contribution(work)
    assumed, share = _assumed(work)
    say("drawing up what drives the result")
    risk_before, risk_after = before @ instance.weights, after @ instance.weights
    found = drivers(compiled, risk_before, risk_after)
    equal, overlap = _equal_assumptions(work)
    say("replaying past episodes")
    return Plan(
        request=request,
        package=package,
        certificate=checked,
        compiled=compiled,
        measures=_measures(work, assumed),
        joins=tuple(
            n.removeprefix("join:") for n in package.names if n.startswith("join:")
        ),
        cost=_cost(work),
        budgets=dict(request.budgets),
        objectives=_objectives(work),
        risk_before=package.upper_bound_before,
        risk_after=package.upper_bound,
        assumption_share=share,
        equal_assumptions=equal,
        equal_overlap=overlap,
        frontier=frontier,
        next_unit=_next_unit(frontier, request),
        reply=reply,
        displacement=tuple(shifts(compiled, chosen, today, under, package.z)),
        loopholes=tuple(open_routes),
        contribution=lines,
        calibration=tuple(hindcasts(compiled.case, compiled.seed)),
        drivers=tuple(found),
        box=box(compiled, risk_after, found),
        weights=weights,
        scenarios=len(instance.scenarios),
        representatives=len(chosen.index),
        seed=compiled.seed,
        notes=_notes(work),
    )  # fmt: skip


def reply_to(compiled: Compiled, measures: tuple[str, ...], *, representatives: int = REPRESENTATIVES) -> Reply:
    """What they do if exactly these measures are taken (`lapse:ID` lets one go), everyone who is needed taking part.

    Raises `UsageError` for a measure that is no lever of the case.
    """
    names = compiled.instance.leader.names
    levers = [n for n in names if ":" not in n or n.startswith("lapse:")]
    for name in measures:
        if name not in levers:
            why = compiled.levers.unavailable.get(name)
            known = compiled.case.measures.get(name)
            what = f'"{name}" cannot be chosen: {why}' if why else f'"{name}" is not a measure that can be chosen'
            if known is not None and not why and known.lever is Lever.NONE:
                what += "; it is in the case but not a decision of the coalition"
            raise UsageError(f"{what}. {nearest(name, levers)}")
    z = complete(compiled.levers, measures)
    instance = compiled.instance
    oracle = Oracle(instance)
    zero, values = oracle.values(np.zeros_like(z)) / instance.normalisers, oracle.values(z)
    after = values / instance.normalisers
    chosen = choose(zero, after, oracle.stack.probability, instance.weights, representatives)
    stable = StableReplies(compiled).find(z, chosen.index, after[chosen.index])
    return named_reply(compiled, chosen, stable, values, z)


# the package ------------------------------------------------------------------------------------------------


def _effect_bases(compiled: Compiled) -> dict[str, tuple[str, ...]]:
    """Measure → bases of its effects on channels."""
    case, found = compiled.case, dict[str, set[str]]()
    for effect in compiled.layout.effects.values():
        if case.effect_kind(effect) is not EffectKind.ENABLE:
            found.setdefault(effect.measure, set()).add(effect.basis.value)
    return {measure: tuple(sorted(bases)) for measure, bases in found.items()}


def _assumed(work: _Work) -> tuple[set[str], float]:
    """Measures of the package whose effects all rest on assumption, and the share of the effect that goes with them.

    assumption share = 1 − (R(0) − R(only measures with some observed or causal effect)) / (R(0) − R(package)): what
    would be lost if those that rest on assumption alone did nothing.
    """
    compiled = work.compiled
    bases = _effect_bases(compiled)
    chosen = {m for m, v in compiled.levers.measure.items() if work.z[v] > 0.5}
    assumed = {m for m in chosen if set(bases.get(m, ())) <= {Basis.ASSUMPTION.value}}
    z = work.z.copy()
    for m in assumed:
        z[compiled.levers.measure[m]] = 0.0
    total = work.package.upper_bound_before - work.package.upper_bound
    if total <= 1e-12:
        return assumed, 0.0
    left = work.package.upper_bound_before - work.risk(work.oracle.sweep(z).lower)
    return assumed, float(np.clip(1.0 - left / total, 0.0, 1.0))


def _measures(work: _Work, assumed: set[str]) -> tuple[ChosenMeasure, ...]:
    compiled, case = work.compiled, work.compiled.case
    bases = _effect_bases(compiled)
    total = max(work.package.upper_bound_before - work.package.upper_bound, 1e-12)
    base = work.risk(work.few.sweep(work.z).lower, work.chosen.weight)
    rows = []
    for m, variable in compiled.levers.measure.items():
        if work.z[variable] <= 0.5:
            continue
        measure, cost = case.measures[m], compiled.levers.costs[m]
        kept = m in compiled.levers.kept
        last = 0.0
        if m in bases:
            z = work.z.copy()
            z[variable] = 0.0
            last = work.risk(work.few.sweep(z).lower, work.chosen.weight) - base
        rows.append(
            ChosenMeasure(
                id=m,
                name=measure.name,
                line=measure.line.value,
                action="let lapse" if kept else "strengthen" if measure.lever is Lever.STRENGTHEN else "adopt",
                who=measure.who,
                lead_months=(measure.lead_months_low, measure.lead_months_high),
                money=(cost.money.low, cost.money.high),
                political=cost.political,
                civilian_harm=cost.civilian_harm,
                escalation=cost.escalation,
                requires=measure.requires,
                bases=bases.get(m, ()),
                assumed_only=m in assumed,
                last_in=last / total,
                touches_model=m in bases,
            )
        )
    return tuple(sorted(rows, key=lambda r: (-r.last_in, r.id)))


def _cost(work: _Work) -> Mapping[str, tuple[float, float]]:
    """Resource → cost of the package; money from the lower to the upper ends of its intervals."""
    found = {r: (c, c) for r, c in work.package.cost.items()}
    low = 0.0
    for m, variable in work.compiled.levers.measure.items():
        if work.z[variable] > 0.5:
            money = work.compiled.levers.costs[m].money
            low += -money.high if m in work.compiled.levers.kept else money.low
    return found | {"money": (low, work.package.cost["money"])}


def _objectives(work: _Work) -> tuple[ObjectiveOutcome, ...]:
    compiled, instance = work.compiled, work.compiled.instance
    rows = []
    for k, o in enumerate(compiled.case.objectives.values()):
        flow = np.einsum("sc,sc->s", compiled.drawn.flows, compiled.worth.harm[:, k] / _good_scale(compiled)[None, :])
        today = spread(work.package.values_before[:, k], work.probability, o.unit)
        under = spread(work.package.values[:, k], work.probability, o.unit)
        rows.append(
            ObjectiveOutcome(
                objective=o.id,
                name=o.name,
                unit=o.unit,
                sampled_flow=spread(flow, work.probability, o.unit),
                status_quo=today,
                package=under,
                reduction=1.0 - under.mean / today.mean if today.mean > 0 else 0.0,
                weight=float(instance.weights[k]),
                normaliser=o.normaliser,
            )
        )
    return tuple(rows)


def _good_scale(compiled: Compiled) -> Array:
    """(channels,) amount per scaled unit."""
    columns = compiled.instance.columns
    scale = np.ones(len(columns.channel_ids))
    used = columns.channel >= 0
    scale[columns.channel[used]] = compiled.unit_scale[used]
    return scale


# around it --------------------------------------------------------------------------------------------------


@dataclass
class _Quick:
    """Packages for other budgets or weights on the representative scenarios, from the replies found so far."""

    work: _Work

    def __post_init__(self) -> None:
        index = self.work.chosen.index
        self.shelf = [Cuts(c.constant[index], c.slope[index]) for c in self.work.shelf]
        instance = self.work.compiled.instance
        self.guard = Guard(replace(instance, scenarios=[instance.scenarios[int(s)] for s in index]))

    def best(
        self, budgets: dict[str, float], weights: Array, *, rounds: int = 3, worth: float = np.inf
    ) -> tuple[Vector | None, float, float]:
        """(z, its risk, lower bound) on the representatives; no z if none can be better than `worth`."""
        from counterpact.strategy.master import Master, wishes

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
            choice = master.solve(gap=0.02 * max(worth if np.isfinite(worth) else 1.0, 0.1), nodes=40, seconds=60.0)
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


def _frontier(work: _Work, quick: _Quick) -> tuple[FrontierPoint, ...]:
    """Packages at shares of all budgets together, on the representative scenarios."""
    request, instance, points = work.request, work.compiled.instance, []
    before = work.risk(work.few.zero().lower, work.chosen.weight)
    for share in FRONTIER:
        if share == 1.0:
            z: Vector | None = work.z
            risk, gap = work.risk(work.few.sweep(work.z).lower, work.chosen.weight), work.package.gap
        else:
            budgets = {r: share * b for r, b in request.budgets.items()}
            z, risk, bound = quick.best(budgets, instance.weights)
            gap = (risk - bound) / max(before - bound, 1e-12)
        if z is None:
            continue
        points.append(
            FrontierPoint(
                scale=share,
                cost={r: float(c) for r, c in zip(instance.leader.resources, instance.leader.cost @ z, strict=True)},
                risk=risk,
                effect=(before - risk) / max(before, 1e-12),
                gap=max(0.0, gap),
                measures=tuple(n for n, on in zip(instance.leader.names, z > 0.5, strict=True) if on),
            )
        )
    return tuple(points)


def _next_unit(frontier: tuple[FrontierPoint, ...], request: Request) -> Mapping[str, float]:
    """Risk taken away per further unit of each resource if all budgets grow together, from the next frontier point."""
    here = [p for p in frontier if p.scale == 1.0]
    more = [p for p in frontier if p.scale > 1.0]
    if not here or not more:
        return {}
    step = more[0].scale - 1.0
    gained = max(0.0, here[0].risk - more[0].risk)
    return {r: gained / (step * b) for r, b in request.budgets.items() if b > 0}


def _weights(work: _Work, quick: _Quick) -> tuple[WeightFlip, ...]:
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


def _contribution(work: _Work) -> Contribution:
    compiled = work.compiled
    line = {v: compiled.case.measures[m].line.value for m, v in compiled.levers.measure.items()}
    lines = {v: name for v, name in line.items() if work.z[v] > 0.5}
    measures: dict[str, list[str]] = {}
    for m, v in compiled.levers.measure.items():
        if v in lines:
            measures.setdefault(lines[v], []).append(m)
    game = Game(work.few, work.chosen.weight, work.request.risk, work.z, lines, compiled.relevance)
    known = [(work.z, work.package.sweep.lower), (np.zeros_like(work.z), work.package.sweep_before.lower)]
    everyone = Game(work.oracle, work.probability, work.request.risk, work.z, lines, compiled.relevance, known)
    return contribution(game, measures, [one.value for one in Line], everyone)


def _equal_assumptions(work: _Work) -> tuple[tuple[str, ...], float]:
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
    names = compiled.instance.leader.names
    if equal.instance.leader.names != names:
        equal = replace(equal, instance=replace(equal.instance, leader=compiled.instance.leader))
    try:
        found = design(equal.instance, replace(work.request, gap=0.1, max_rounds=4, risk=Risk("mean")))
    except CounterpactError:
        return (), 0.0
    kinds = dict(zip(names, compiled.instance.leader.kinds, strict=True))
    there = tuple(n for n in found.names if kinds[n] == "measure")
    here = {n for n in work.package.names if kinds[n] == "measure"}
    return there, len(here & set(there)) / max(1, len(here))


def _notes(work: _Work) -> tuple[str, ...]:
    compiled = work.compiled
    corners = compiled.drawn.draws.corners
    notes = [
        "Every figure under the package is the most they could deliver, whatever they prefer (guarantee reading).",
        f"{len(compiled.instance.scenarios)} scenarios, {corners} of them corners with all room to evade or all "
        "effects at one end; worst means worst of those drawn.",
        "Emergency finance is elastic at the stated cost; its cost is taken off the objective it serves.",
        "Money counts at the upper end of each cost interval, so that a budget holds even then.",
        *compiled.notes,
    ]
    return tuple(notes)
