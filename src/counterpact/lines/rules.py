"""Small rules that turn an indicator into a finding, or into nothing where the figures do not bear it out.

Each rule takes a room and a setting of the line's data file. None of them knows a line, a case or a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from counterpact.lines.contract import Figure, Finding
from counterpact.lines.figures import derived, spread
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding
from counterpact.lines.settings import RuleSetting
from counterpact.quantity import Quantity

Rule = Callable[[Room, RuleSetting], Finding | None]

_MONTH = 30.44


def _made(room: Room, setting: RuleSetting, template: str, **parts: Figure | str) -> Finding:
    return finding(
        room,
        setting.id,
        template,
        severity=setting.severity,
        measures=setting.measures,
        facts=(setting.against,) if setting.against in room.case.facts else (),
        subject=setting.subject,
        **parts,
    )


def _ratio(top: Figure, bottom: Figure, reason: str) -> Figure | None:
    """`top / bottom` as an interval of times; None if the bottom may be nil or the units differ."""
    a, b = top.value, bottom.value
    if a.unit != b.unit or b.low <= 0 or a.low < 0:
        return None
    return derived(Quantity(_round(a.low / b.high), _round(a.high / b.low), "times"), reason, (top, bottom))


def _round(value: float) -> float:
    """Two significant digits.

    >>> _round(1.875), _round(24.51), _round(math.inf)
    (1.9, 25.0, inf)
    """
    return float(f"{value:.2g}")


def level(room: Room, setting: RuleSetting) -> Finding | None:
    """What the newest facts say: one value, or the range from the least to the greatest with both origins."""
    newest = [p for p in room.newest(setting.indicator, setting.origin) if not p.stale]
    if not newest:
        return None
    newest = [p for p in newest if p.confidence != "low"] or newest
    low, high = min(newest, key=lambda p: p.value.low), max(newest, key=lambda p: p.value.low)
    if low.value.unit != high.value.unit or low.value.overlaps(high.value):
        doubt = ", low confidence" if newest[-1].confidence == "low" else ""
        return _made(room, setting, "{subject} {v} {v:when} ({v:by}" + doubt + ").", v=newest[-1])
    return _made(
        room,
        setting,
        "{subject} {low} ({low:by}) or {high} ({high:by}) {high:when}; the sources do not agree.",
        low=low,
        high=high,
    )


def trend(room: Room, setting: RuleSetting) -> Finding | None:
    """The newest value lies wholly above or below the last one before it that is like it in length."""
    points = room.points(setting.indicator, setting.origin)
    for late in reversed(points):
        before = [p for p in points if _comparable(room, p, late)]
        if not before:
            continue
        early = before[-1]
        a, b = early.value, late.value
        if a.overlaps(b):
            return None
        word = "rose" if b.low > a.high else "fell"
        one = room.origin(early) == room.origin(late)
        by = ", by the count of {late:by}." if one else " ({early:by}, then {late:by})."
        share = _change(early, late)
        extra = " ({change} " + ("up" if word == "rose" else "down") + ")" if share else ""
        return _made(
            room,
            setting,
            "{subject} " + word + " from {early} {early:when} to {late} {late:when}" + extra + by,
            early=early,
            late=late,
            **({"change": share} if share else {}),
        )
    return None


def _comparable(room: Room, early: Figure, late: Figure) -> bool:
    a, b = early.value.period, late.value.period
    if a is None or b is None or a.open_end or b.open_end or early.value.unit != late.value.unit:
        return False
    return a.last < b.first and 0.8 <= a.days / b.days <= 1.25


def _change(early: Figure, late: Figure) -> Figure | None:
    """Relative change of two exact values, as a share without its sign."""
    a, b = early.value, late.value
    if not (a.is_exact and b.is_exact) or a.low <= 0 or b.low > 4 * a.low:
        return None
    share = round(abs(b.low / a.low - 1), 2)
    return derived(Quantity.exact(share, "share"), "change between the two values", (early, late)) if share else None


def exceeds(room: Room, setting: RuleSetting) -> Finding | None:
    """A value whose least lies above a limit that was in force: the clearest case and who else says so."""
    limits = room.points(setting.against)
    over: list[tuple[Figure, Figure]] = []
    for point in room.points(setting.indicator, setting.origin):
        for cap in limits:
            if _binds(cap, point) and point.value.low > cap.value.high:
                over.append((point, cap))
    if not over:
        return None
    point, cap = max(
        over, key=lambda pair: (pair[0].value.period.last if pair[0].value.period else 0, pair[0].value.low)
    )
    ratio = _ratio(point, cap, "the value over the limit")
    if ratio is None:
        return _made(
            room,
            setting,
            "{subject} {v} {v:when} ({v:by}), although {cap} has been allowed {cap:when}.",
            v=point,
            cap=cap,
        )
    return _made(
        room, setting, "{subject} {v} {v:when} ({v:by}): {ratio} the limit of {cap}.", v=point, cap=cap, ratio=ratio
    )


def _binds(cap: Figure, point: Figure) -> bool:
    a, b = cap.value.period, point.value.period
    if a is None or b is None or cap.value.unit != point.value.unit:
        return False
    return a.first <= b.first and b.last <= a.last and b.days <= 366


def silent(room: Room, setting: RuleSetting) -> Finding | None:
    """A source that stopped reporting: its silence is a fact about the source, not a zero."""
    points = room.points(setting.indicator, setting.origin)
    last = max(
        (p for p in points if p.value.period and not p.value.period.open_end),
        default=None,
        key=lambda p: p.value.period.last if p.value.period else 0,
    )
    if last is None or last.value.period is None:
        return None
    months = int((room.as_of - last.value.period.last).days / _MONTH)
    if months < setting.months:
        return None
    gap = derived(Quantity.exact(months, "month"), "months between the last report and the date of the case", (last,))
    return _made(
        room,
        setting,
        "{subject} {v} {v:when} ({v:by}); no later report is in hand, {gap} on. Silence is not zero.",
        v=last,
        gap=gap,
    )


def rival(room: Room, setting: RuleSetting) -> Finding | None:
    """Facts about like periods that cannot both hold: the least against the greatest, never a middle."""
    best: tuple[Figure, Figure] | None = None
    points = room.points(setting.indicator)
    for high in points:
        for low in points:
            if not _apart(room, setting.indicator, low, high):
                continue
            if best is None or _gap(low, high) > _gap(*best):
                best = (low, high)
    if best is None:
        return None
    low, high = best
    ratio = _ratio(
        Figure(Quantity.exact(high.value.low, high.value.unit), high.citation, high.confidence, high.verified),
        Figure(Quantity.exact(low.value.high, low.value.unit), low.citation, low.confidence, low.verified),
        "the greatest claim over the least",
    )
    factor = ", a factor of {ratio:n} apart" if ratio else ""
    kind = _kind(room, low, high)
    return _made(
        room,
        setting,
        "{subject} {low} {low:when} ({low:by}) against {high} {high:when} ({high:by})" + factor + "; " + kind,
        low=low,
        high=high,
        **({"ratio": ratio} if ratio else {}),
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
    """What reconciliation says of the pair."""
    pair = {*low.citation.facts, *high.citation.facts}
    for clash in room.picture.contradictions:
        if pair <= set(clash.facts):
            return f"reconciliation finds {clash.kind.value}."
    return "they are kept apart, not averaged."


def old(room: Room, setting: RuleSetting) -> Finding | None:
    """The newest value is too old to speak for today: shown with its age, and nothing current is said."""
    newest = room.newest(setting.indicator, setting.origin)
    if not newest or not newest[-1].stale:
        return None
    last = newest[-1]
    assert last.value.period is not None
    years = round((room.as_of - min(last.value.period.last, room.as_of)).days / 365.25, 1)
    age = derived(Quantity.exact(years, "year"), "from the end of the period to the date of the case", (last,))
    return _made(
        room,
        setting,
        "{subject} {v} {v:when} ({v:by}); that is {age} old, so no current value is given.",
        v=last,
        age=age,
    )


def after(room: Room, setting: RuleSetting) -> Finding | None:
    """Something goes on after a duty to end it fell due. `against` is the fact that dates the duty."""
    duty = room.case.facts.get(setting.against)
    newest = room.newest(setting.indicator, setting.origin)
    if duty is None or duty.period is None or not newest:
        return None
    late = [p for p in newest if p.value.low > 0 and p.value.period and p.value.period.first > duty.period.first]
    if not late:
        return None
    low, high = min(late, key=lambda p: p.value.low), max(late, key=lambda p: p.value.high)
    assert high.value.period is not None
    years = (min(high.value.period.last, room.as_of) - duty.period.first).days // 365
    age = derived(Quantity.exact(years, "year"), duty.statement, (high,))
    said = "{low} ({low:by}) to {high} ({high:by})" if low is not high else "{high} ({high:by})"
    return _made(
        room,
        setting,
        "{subject} " + said + " {high:when}, {age} or more after the duty fell due.",
        low=low,
        high=high,
        age=age,
    )


def ranges(room: Room, setting: RuleSetting) -> Finding | None:
    """The whole range of the newest facts as one figure."""
    newest = room.newest(setting.indicator, setting.origin)
    if not newest or len({p.value.unit for p in newest}) > 1:
        return None
    hull = spread(newest, "least to greatest of the newest claims")
    return _made(room, setting, "{subject} {v} {last:when}.", v=hull, last=newest[-1])


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "level": level,
        "trend": trend,
        "exceeds": exceeds,
        "silent": silent,
        "rival": rival,
        "old": old,
        "after": after,
        "range": ranges,
    }
)
"""Name in a data file → rule."""


def findings(room: Room) -> tuple[Finding, ...]:
    """Every rule of the line's data file that the figures bear out, in its order."""
    made = (RULES[setting.rule](room, setting) for setting in room.settings.rules)
    return tuple(found for found in made if found)
