"""One plan: the package and everything a reader asks about it, from a compiled case and a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from counterpact.beside import Beside
from counterpact.case.values import EffectKind, Lever, Line
from counterpact.cluster import Engine
from counterpact.errors import Problem, UsageError, nearest
from counterpact.provenance import Basis
from counterpact.strategy.answers.alternatives import Quick, Work, equal_assumptions, frontier, next_unit, weight_flips
from counterpact.strategy.answers.calibration import hindcasts
from counterpact.strategy.answers.contribution import Game, contribution
from counterpact.strategy.answers.displacement import reply as named_reply
from counterpact.strategy.answers.displacement import shifts
from counterpact.strategy.answers.drivers import box, drivers
from counterpact.strategy.answers.loopholes import loopholes
from counterpact.strategy.answers.members import coalition
from counterpact.strategy.answers.representatives import choose, spread
from counterpact.strategy.answers.stable_replies import StableReplies
from counterpact.strategy.answers.why import Marginal, inside, outside
from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.compiling.levers import complete
from counterpact.strategy.outcome import (
    ChosenMeasure,
    Coalition,
    Contribution,
    FrontierPoint,
    Inside,
    ObjectiveOutcome,
    Outside,
    Plan,
    Reply,
    WeightFlip,
)
from counterpact.strategy.proving import certificate as certify
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.package import Package, Request, design
from counterpact.strategy.solving.reply import Cuts, Oracle

Array = NDArray[np.float64]
Progress = Callable[[str], None]

REPRESENTATIVES = 30


def make_plan(
    compiled: Compiled,
    request: Request,
    *,
    package: Package | None = None,
    progress: Progress | None = None,
    where: Engine | None = None,
) -> Plan:
    """Design the package, unless one is given, and answer everything around it.

    `where`: what solves the design's replies, if not this process.
    Raises `InfeasibleError` naming the limits that clash, `UnprovenError` if nothing usable was found in time.
    """
    say = progress or (lambda _: None)
    instance = compiled.instance
    past = Beside(lambda: hindcasts(compiled.case, compiled.seed))
    oracle, guard, shelf = Oracle(instance, engine=where), Guard(instance), list[Cuts]()
    if package is None:
        package = design(instance, request, oracle=oracle, guard=guard, shelf=shelf)
    else:
        shelf += [package.sweep_before.cuts, package.sweep.cuts]
    oracle.come_home()  # what follows is small, and partly done in a forked copy
    normal = instance.normalisers
    before, after = package.values_before / normal, package.values / normal
    chosen = choose(before, after, oracle.stack.probability, instance.weights, REPRESENTATIVES)
    few = Oracle(instance, chosen.index, memory=6)
    # what is asked around the package is told by the attitude nearest to the one asked for
    work = Work(compiled, replace(request, risk=request.risk.around), package, oracle, guard, shelf, chosen, few)
    other = Beside(lambda: _frontier_and_weights(work))
    reasons = Beside(lambda: _reasons(work))
    say("checking the certificate")
    checked = certify.check(instance, package, nodes=request.prove)
    say("following the adversary's reply")
    stable = StableReplies(compiled)
    today = stable.find(np.zeros_like(package.z), chosen.index, before[chosen.index])
    under = stable.find(package.z, chosen.index, after[chosen.index])
    reply = named_reply(compiled, chosen, under, package.values, package.z)
    say("closing loopholes")
    open_routes = loopholes(
        compiled, reply.routes, package.z, oracle=few, weight=chosen.weight, risk=work.request.risk,
        budgets=request.budgets, proven=checked.passed,
    )  # fmt: skip
    say("sharing the effect among the lines")
    lines = _contribution(work)
    assumed, share = _assumed(work)
    say("drawing up what drives the result")
    risk_before, risk_after = before @ instance.weights, after @ instance.weights
    found = drivers(compiled, risk_before, risk_after)
    equal, overlap = equal_assumptions(work)
    say("tracing effect against cost")
    points, flips = other.result()
    members, rest, joiners = reasons.result()
    return Plan(
        request=request,
        package=package,
        certificate=checked,
        compiled=compiled,
        measures=_measures(work, assumed, members),
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
        frontier=points,
        next_unit=next_unit(points, request),
        reply=reply,
        displacement=tuple(shifts(compiled, chosen, today, under, package.z)),
        loopholes=tuple(open_routes),
        contribution=lines,
        calibration=tuple(past.result()),
        drivers=tuple(found),
        box=box(compiled, risk_after, found),
        weights=flips,
        scenarios=len(instance.scenarios),
        representatives=len(chosen.index),
        seed=compiled.seed,
        notes=_notes(work),
        inside=members,
        outside=rest,
        coalition=joiners,
    )  # fmt: skip


def _frontier_and_weights(work: Work) -> tuple[tuple[FrontierPoint, ...], tuple[WeightFlip, ...]]:
    quick = Quick(work)
    return frontier(work, quick), weight_flips(work, quick)


def _reasons(work: Work) -> tuple[tuple[Inside, ...], tuple[Outside, ...], Coalition]:
    marginal = Marginal(work)
    members = inside(marginal)
    return members, outside(marginal, members), coalition(marginal)


def z_of(compiled: Compiled, measures: tuple[str, ...]) -> Array:
    """The leader variables of exactly these measures (`lapse:ID` lets one go), everyone who is needed taking part.

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
            raise UsageError(Problem("", what=what, do=nearest(name, levers)))
    return complete(compiled.levers, measures)


def reply_to(compiled: Compiled, measures: tuple[str, ...], *, representatives: int = REPRESENTATIVES) -> Reply:
    """What they do if exactly these measures are taken (`lapse:ID` lets one go), everyone who is needed taking part.

    Raises `UsageError` for a measure that is no lever of the case.
    """
    z = z_of(compiled, measures)
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


def _assumed(work: Work) -> tuple[set[str], float]:
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
    z = compiled.levers.settled(z)
    today = work.risk(work.package.sweep_before.lower)
    total = today - work.risk(work.package.sweep.lower)
    if total <= 1e-12:
        return assumed, 0.0
    left = today - work.risk(work.oracle.sweep(z).lower)
    return assumed, float(np.clip(1.0 - left / total, 0.0, 1.0))


def _measures(work: Work, assumed: set[str], members: tuple[Inside, ...]) -> tuple[ChosenMeasure, ...]:
    compiled, case = work.compiled, work.compiled.case
    bases = _effect_bases(compiled)
    last = {one.measure: one.share for one in members}
    rows = []
    for m, variable in compiled.levers.measure.items():
        if work.z[variable] <= 0.5:
            continue
        measure, cost = case.measures[m], compiled.levers.costs[m]
        kept = m in compiled.levers.kept
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
                last_in=last[m],
                touches_model=m in bases,
            )
        )
    return tuple(sorted(rows, key=lambda r: (-r.last_in, r.id)))


def _cost(work: Work) -> Mapping[str, tuple[float, float]]:
    """Resource → cost of the package; money from the lower to the upper ends of its intervals."""
    found = {r: (c, c) for r, c in work.package.cost.items()}
    low = 0.0
    for m, variable in work.compiled.levers.measure.items():
        if work.z[variable] > 0.5:
            money = work.compiled.levers.costs[m].money
            low += -money.high if m in work.compiled.levers.kept else money.low
    return found | {"money": (low, work.package.cost["money"])}


def _objectives(work: Work) -> tuple[ObjectiveOutcome, ...]:
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


def _contribution(work: Work) -> Contribution:
    compiled = work.compiled
    line = {v: compiled.case.measures[m].line.value for m, v in compiled.levers.measure.items()}
    line |= {h.variable: line[h.measure] for h in compiled.levers.enforcement}
    lines = {v: name for v, name in line.items() if work.z[v] > 0.5}
    measures: dict[str, list[str]] = {}
    for m, v in compiled.levers.measure.items():
        if v in lines:
            measures.setdefault(lines[v], []).append(m)
    game = Game(work.few, work.chosen.weight, work.request.risk, work.z, lines, compiled.relevance)
    known = [(work.z, work.package.sweep.lower), (np.zeros_like(work.z), work.package.sweep_before.lower)]
    everyone = Game(work.oracle, work.probability, work.request.risk, work.z, lines, compiled.relevance, known)
    return contribution(game, measures, [one.value for one in Line], everyone)


def _notes(work: Work) -> tuple[str, ...]:
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
