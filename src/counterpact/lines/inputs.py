"""What a line hands to the strategy: effects, costs, participation draws, requirements, each with its basis."""

from __future__ import annotations

from counterpact.case.case import Case
from counterpact.case.model import Actor, Effect, Measure
from counterpact.case.values import ActorKind, Lever, Line, MeasureStatus, Side
from counterpact.lines.contract import CostInterval, ParticipationDraw, Requirement
from counterpact.lines.settings import ParticipationRules
from counterpact.provenance import Basis, Citation
from counterpact.quantity import Period, Quantity

_ACTING = {MeasureStatus.IN_FORCE, MeasureStatus.PARTLY, MeasureStatus.BREACHED, MeasureStatus.DONE}


def effects(case: Case, line: Line) -> tuple[Effect, ...]:
    """Effects of the line's measures; where an effect names no interval its family's is filled in."""
    own = {measure.id for measure in case.measures_of(line)}
    filled = []
    for effect in case.effects.values():
        if effect.measure in own:
            low, high = case.effect_interval(effect)
            filled.append(effect.model_copy(update={"low": low, "high": high}))
    return tuple(filled)


def costs(case: Case, line: Line) -> tuple[CostInterval, ...]:
    """Cost of each of the line's measures: money in USD million a year, three scales from 0 to 10."""
    year = Period(str(case.head.baseline))
    return tuple(
        CostInterval(
            measure=m.id,
            money=Quantity(m.money_low, m.money_high, "USD million", year),
            political=m.political,
            civilian_harm=m.civilian_harm,
            escalation=m.escalation,
            basis=m.cost_basis,
        )
        for m in case.measures_of(line)
    )


def requirements(case: Case) -> tuple[Requirement, ...]:
    """Civilian minima of the case, per year; an unknown upper end is left open."""
    year = Period(str(case.head.baseline))
    found = []
    for need in case.needs.values():
        low = need.low or 0.0
        amount = Quantity(low, float("inf") if need.high is None else need.high, need.unit, year)
        cite = Citation(reason=need.note or "humanitarian minimum of the case", facts=need.facts, basis=need.basis)
        found.append(Requirement(need.id, need.place, need.good, amount, cite))
    return tuple(found)


def participation(case: Case, rules: ParticipationRules) -> tuple[ParticipationDraw, ...]:
    """How likely each actor takes part when asked, for every actor that a measure asks; by rule, first that fits.

    The intervals are assumptions of `participation.yml`, one per rule and never per actor.
    """
    asked = [actor for m in case.measures.values() if m.lever is not Lever.NONE for actor in m.who]
    acting = _acting(case)
    draws = []
    for name in dict.fromkeys(asked):
        actor = case.actors.get(name)
        if actor is None:
            continue
        rule = rules.rule(_situation(actor, acting, rules))
        facts = tuple(f for f in rule.facts if f in case.facts)
        cite = Citation(reason=f"{rule.reason} ({actor.name})", facts=facts, basis=Basis.ASSUMPTION)
        draws.append(ParticipationDraw(name, rule.low, rule.high, cite))
    return tuple(draws)


def _acting(case: Case) -> frozenset[str]:
    """Actors that already carry a measure, and the members of groups that do."""
    carriers: set[str] = set()
    for measure in case.measures.values():
        if measure.status in _ACTING:
            carriers.update(_with_members(case, measure))
    return frozenset(carriers)


def _with_members(case: Case, measure: Measure) -> set[str]:
    found = set(measure.who)
    for name in measure.who:
        if name in case.actors:
            found.update(case.actors[name].members)
    return found


def _situation(actor: Actor, acting: frozenset[str], rules: ParticipationRules) -> str:
    """Which rule fits an actor."""
    if actor.side is Side.ALLIANCE:
        return "alliance"
    if actor.id in rules.veto:
        return "veto"
    if actor.side is Side.COALITION:
        return "acting" if actor.id in acting else "coalition"
    for situation, names in (("abstained", rules.abstained), ("against", rules.against)):
        if actor.id in names:
            return situation
    return "body" if actor.kind in (ActorKind.ORGANISATION, ActorKind.GROUP) else "third"
