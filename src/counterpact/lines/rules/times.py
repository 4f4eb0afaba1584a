"""Rules over time: what rose or fell, what fell silent, what is too old."""

from __future__ import annotations

import math
from datetime import date

from counterpact.case.values import EstimandKind
from counterpact.lines.contract import Figure, Finding
from counterpact.lines.figures import derived
from counterpact.lines.room import Room
from counterpact.lines.rules.making import MONTH, made
from counterpact.lines.settings import RuleSetting
from counterpact.quantity import Quantity


def trend(room: Room, setting: RuleSetting) -> Finding | None:
    """The newest value lies wholly above or below an earlier one like it in length.

    The earlier one is the last before it (`from_first`: the first of all); "at least" is no base for a fall or rise.
    """
    points = room.points(setting.indicator, setting.origin)
    for late in reversed(points):
        before = [p for p in points if _comparable(room, setting.indicator, p, late)]
        if before:
            early = before[0] if setting.from_first else before[-1]
            return None if early.value.overlaps(late.value) else _moved(room, setting, early, late)
    return None


def _moved(room: Room, setting: RuleSetting, early: Figure, late: Figure) -> Finding:
    rose = late.value.low > early.value.high
    same = room.origin(early) == room.origin(late)
    share = _change(early, late)
    return made(
        room,
        setting,
        "{subject} {rose} from {early:range} {early:when} to {late:range} {late:when}"
        + (" ({share} {up})" if share else "")
        + (", by the count of {late:by}." if same else ", by {early:by} and then by {late:by}."),
        rose="rose" if rose else "fell",
        up="up" if rose else "down",
        early=early,
        late=late,
        **({"share": share} if share else {}),
    )


def _comparable(room: Room, indicator: str, early: Figure, late: Figure) -> bool:
    a, b = early.value.period, late.value.period
    if a is None or b is None or a.open_end or b.open_end or early.value.unit != late.value.unit:
        return False
    if not math.isfinite(early.value.high):
        return False
    if room.case.estimands[room.indicators[indicator].estimand].kind is EstimandKind.CUMULATIVE:
        return a.last < b.last and abs((a.first - b.first).days) <= MONTH
    return a.last < b.first and 0.8 <= a.days / b.days <= 1.25


def _change(early: Figure, late: Figure) -> Figure | None:
    """Relative change of two exact values, as a share without its sign; None from a tripling on."""
    a, b = early.value, late.value
    if not (a.is_exact and b.is_exact) or a.low <= 0 or b.low > 3 * a.low or a.unit == "share":
        return None
    share = round(abs(b.low / a.low - 1), 2)
    return derived(Quantity.exact(share, "share"), "change between the two values", (early, late)) if share else None


def silent(room: Room, setting: RuleSetting) -> Finding | None:
    """A source that stopped reporting: its silence is a fact about the source, not a zero."""
    dated = [
        p for p in room.points(setting.indicator, setting.origin) if p.value.period and not p.value.period.open_end
    ]
    if not dated:
        return None
    last = max(dated, key=_last)
    months = int((room.as_of - _last(last)).days / MONTH)
    if months < setting.months:
        return None
    gap = derived(Quantity.exact(months, "month"), "whole months between the last report and this assessment", (last,))
    text = "{subject} {v} {v:when} ({v:by}); no later report is in hand, {gap} on. Silence is not zero."
    return made(room, setting, text, v=last, gap=gap)


def _last(figure: Figure) -> date:
    return figure.value.period.last if figure.value.period else date.min


def old(room: Room, setting: RuleSetting) -> Finding | None:
    """The newest value is too old to speak for today: shown with its age, and nothing current is said."""
    newest = room.newest(setting.indicator, setting.origin)
    if not newest or not newest[-1].stale:
        return None
    last = newest[-1]
    years = round((room.as_of - min(_last(last), room.as_of)).days / 365.25, 1)
    age = derived(Quantity.exact(years, "year"), "from the end of the period to the date of this assessment", (last,))
    text = "{subject} {v} {v:when} ({v:by}); that is {age} old, so no current value is given."
    return made(room, setting, text, v=last, age=age)
