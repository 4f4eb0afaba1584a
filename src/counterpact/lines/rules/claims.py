"""Rules that set claims side by side: the newest, rivals, the whole range, denials."""

from __future__ import annotations

import math

from counterpact.case.values import Claim
from counterpact.lines.contract import Figure, Finding
from counterpact.lines.figures import as_figure
from counterpact.lines.room import Room
from counterpact.lines.rules.making import doubt, exact, finite, made, ratio
from counterpact.lines.settings import RuleSetting
from counterpact.picture.result import ConflictKind


def level(room: Room, setting: RuleSetting) -> Finding | None:
    """What the newest facts say: one value, or the least and the greatest where they have nothing in common."""
    newest = [p for p in room.newest(setting.indicator, setting.origin) if not p.stale]
    if not newest:
        return None
    low, high = min(newest, key=lambda p: p.value.low), max(newest, key=lambda p: p.value.low)
    if low.value.unit != high.value.unit or low.value.overlaps(high.value):
        return made(room, setting, "{subject} {v} {v:when} ({v:by}{doubt}).", v=newest[-1], doubt=doubt(newest[-1]))
    text = "{subject} {low} ({low:by}) or {high} ({high:by}) {high:when}; the sources do not agree."
    return made(room, setting, text, low=low, high=high)


def rival(room: Room, setting: RuleSetting) -> Finding | None:
    """Claims that speak of the same time and cannot both hold: the least against the greatest, never a middle.

    Pairs about the very same period go before pairs whose periods only come near each other.
    """
    points = room.points(setting.indicator)
    pairs = [(low, high) for high in points for low in points if _apart(room, setting.indicator, low, high)]
    if not pairs:
        return None
    low, high = max(pairs, key=lambda pair: (pair[0].value.period == pair[1].value.period, _gap(*pair)))
    factor = ratio(exact(high, high.value.low), exact(low, low.value.high), "the greatest claim over the least")
    return made(
        room,
        setting,
        "{subject} {low} {low:when} ({low:by}{low_doubt}) against {high} {high:when} ({high:by}{high_doubt})"
        + (", a factor of {factor:n} apart" if factor else "")
        + "; {kind}.",
        low=low,
        high=high,
        low_doubt=doubt(low),
        high_doubt=doubt(high),
        kind=_kind(room, low, high),
        **({"factor": factor} if factor else {}),
    )


def _apart(room: Room, indicator: str, low: Figure, high: Figure) -> bool:
    """Two origins, one unit, comparable in time, no common value."""
    return (
        low.value.unit == high.value.unit
        and low.value.high < high.value.low
        and room.origin(low) != room.origin(high)
        and room.comparable(indicator, low, high)
    )


def _gap(low: Figure, high: Figure) -> float:
    return math.inf if low.value.high <= 0 else high.value.low / low.value.high


def _kind(room: Room, low: Figure, high: Figure) -> str:
    """Why the pair differs, as far as the definitions or reconciliation tell."""
    pair = {*low.citation.facts, *high.citation.facts}
    for clash in room.picture.contradictions:
        if pair <= set(clash.facts):
            article = "a " if clash.kind is ConflictKind.CONFLICT else ""
            return f"reconciliation finds {article}{clash.kind.value}"
    counted = [fact.definition for fact in (room.fact(low), room.fact(high)) if fact and fact.definition]
    if counted and len(set(counted)) == len(counted):
        return "what is counted differs (" + ", ".join(f"“{text}”" for text in counted) + ")"
    return "they are kept apart, not averaged"


def claims(room: Room, setting: RuleSetting) -> Finding | None:
    """The least and the greatest claim of all years, where years and methods differ too much for a trend."""
    points = [p for p in room.points(setting.indicator) if p.value.unit == room.indicators[setting.indicator].unit]
    if len(points) < 2:
        return None
    low, high = min(points, key=finite), max(points, key=finite)
    if low.value.overlaps(high.value) and finite(low) * 2 > finite(high):
        return None
    text = (
        "{subject} {low:range} ({low:by}, {low:period}) to {high:range} ({high:by}, {high:period}); "
        "years and methods differ, so no trend is read from it."
    )
    return made(room, setting, text, low=low, high=high)


def denial(room: Room, setting: RuleSetting) -> Finding | None:
    """What a party admits against the least that others claim of the same thing."""
    found = room.indicators.get(setting.indicator)
    others = room.newest(setting.indicator)
    if found is None or not others:
        return None
    denied = [f for f in room.case.facts_about(found.estimand) if f.claim is Claim.DENIAL and f.quantity]
    if not denied:
        return None
    said = as_figure(room.case, denied[-1], found.unit, room.as_of, 0, room.picture)
    least = min(others, key=lambda p: p.value.low)
    if said.value.high >= least.value.low:
        return None
    text = "{subject} {said:by} admits {said} {said:when}; others count no less than {least} {least:when} ({least:by})."
    return made(room, setting, text, said=said, least=least)
