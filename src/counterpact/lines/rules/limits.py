"""Rules that hold a value against a limit or a duty."""

from __future__ import annotations

from datetime import date

from counterpact.lines.contract import Figure, Finding
from counterpact.lines.figures import derived
from counterpact.lines.room import Room
from counterpact.lines.rules.making import made, ratio
from counterpact.lines.settings import RuleSetting
from counterpact.quantity import Quantity

_YEAR = 366
"""A limit of a year is not compared with an amount over a longer span."""


def exceeds(room: Room, setting: RuleSetting) -> Finding | None:
    """A value whose least lies above a limit in force over its whole period: the newest, then the greatest."""
    pairs = [
        (point, cap)
        for point in room.points(setting.indicator, setting.origin)
        for cap in room.points(setting.against)
        if _binds(cap, point) and point.value.low > cap.value.high
    ]
    if not pairs:
        return None
    point, cap = max(pairs, key=lambda pair: (_last(pair[0]), pair[0].value.low))
    times = ratio(point, cap, "the value over the limit")
    if times is None:
        text = "{subject} {v} {v:when} ({v:by}), although {cap} has been allowed {cap:when}."
        return made(room, setting, text, v=point, cap=cap)
    return made(
        room, setting, "{subject} {v} {v:when} ({v:by}): {times} the limit of {cap}.", v=point, cap=cap, times=times
    )


def _last(figure: Figure) -> date:
    return figure.value.period.last if figure.value.period else date.min


def _binds(cap: Figure, point: Figure) -> bool:
    a, b = cap.value.period, point.value.period
    if a is None or b is None or cap.value.unit != point.value.unit:
        return False
    return a.first <= b.first and b.last <= a.last and b.days <= _YEAR


def after(room: Room, setting: RuleSetting) -> Finding | None:
    """Something goes on after a duty to end it fell due. `against` is the fact that dates the duty."""
    duty = room.case.facts.get(setting.against)
    if duty is None or duty.period is None:
        return None
    due = duty.period.first
    late = [
        p
        for p in room.newest(setting.indicator, setting.origin)
        if p.value.low > 0 and p.value.period and p.value.period.first > due
    ]
    if not late:
        return None
    low, high = min(late, key=lambda p: p.value.low), max(late, key=lambda p: p.value.high)
    years = (min(_last(high), room.as_of) - due).days // 365
    age = derived(Quantity.exact(years, "year"), duty.statement, (high,))
    said = "{low} ({low:by}) to {high} ({high:by})" if low is not high else "{high} ({high:by})"
    return made(
        room,
        setting,
        "{subject} " + said + " {high:when}, {age} or more after the duty fell due.",
        low=low,
        high=high,
        age=age,
    )
