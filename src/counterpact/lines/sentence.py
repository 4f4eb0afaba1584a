"""Sentences made of figures: what a sentence says and the figures it rests on cannot part company."""

from __future__ import annotations

from dataclasses import dataclass, replace

from counterpact.case.values import Bound
from counterpact.lines import prose
from counterpact.lines.contract import Figure, Finding
from counterpact.lines.figures import spread
from counterpact.lines.room import Room


@dataclass(frozen=True)
class _Said:
    """A figure inside a template: `{x}` amount, `{x:when}` period, `{x:by}` origin, `{x:n}` bare number …"""

    figure: Figure
    room: Room

    def __format__(self, spec: str) -> str:
        value = self.figure.value
        if spec == "when":
            return prose.when(value.period)
        if spec == "period":
            return prose.span(value.period)
        if spec == "end":
            return prose.until(value.period)
        if spec == "by":
            return prose.origin(self.room.origin(self.figure))
        if spec == "By":
            return prose.capital(prose.origin(self.room.origin(self.figure)))
        if spec == "n":
            return prose.amount(value.low, value.high, "")
        if spec == "least":
            return prose.amount(value.low, value.low, value.unit)
        if spec == "most":
            return prose.amount(value.high, value.high, value.unit)
        if spec == "range":
            return prose.amount(value.low, value.high, value.unit, link="–")
        fact = self.room.fact(self.figure)
        own = fact is not None and self.figure.citation.reason == fact.statement
        rough = own and fact is not None and fact.bound is Bound.ABOUT and value.is_exact
        return ("about " if rough else "") + prose.quantity(value)


def say(room: Room, template: str, **parts: Figure | str) -> str:
    """Fill a template; figures are written by their own rules, words are put in as they are."""
    said = {name: _Said(part, room) if isinstance(part, Figure) else part for name, part in parts.items()}
    text = " ".join(template.format(**said).split())
    return text.replace(" ,", ",").replace(" .", ".").replace(" ;", ";")


def finding(
    room: Room,
    id: str,
    template: str,
    *,
    severity: str = "note",
    measures: tuple[str, ...] = (),
    facts: tuple[str, ...] = (),
    **parts: Figure | str,
) -> Finding:
    """One finding. Its figures are those the template was given; its facts are theirs and those named."""
    figures = tuple(part for part in parts.values() if isinstance(part, Figure))
    cited = tuple(dict.fromkeys([*(fact for f in figures for fact in f.citation.facts), *facts]))
    return Finding(
        id=id,
        sentence=prose.capital(say(room, template, **parts)),
        figures=figures,
        facts=cited,
        measures=room.known(measures) or room.bears(id),
        severity=severity,
    )


def newest(room: Room, indicator: str, template: str, origin: str = "") -> str:
    """A clause on the newest value of an indicator: the range over rivals, with `{v}`, `{v:when}` and `{by}`.

    Empty if the case has no value, if the newest is old, or if rivals stand in different units.
    """
    points = [p for p in room.newest(indicator, origin) if not p.stale]
    if not points or len({p.value.unit for p in points}) > 1:
        return ""
    low, high = min(points, key=lambda p: p.value.low), max(points, key=lambda p: p.value.high)
    origins = dict.fromkeys(prose.origin(room.origin(p)) for p in points)
    value = points[-1] if len(points) == 1 else spread(points, "least to greatest of the newest claims")
    dated = replace(value, value=replace(value.value, period=points[-1].value.period))
    by = prose.listing(list(origins)) if low is not high else prose.origin(room.origin(high))
    return say(room, template, v=dated, by=by)
