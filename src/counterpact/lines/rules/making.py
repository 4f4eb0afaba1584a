"""What all rules share: making the finding, ratios, doubt."""

from __future__ import annotations

import math
from collections.abc import Callable

from counterpact.lines.contract import Figure, Finding
from counterpact.lines.figures import derived
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding
from counterpact.lines.settings import RuleSetting
from counterpact.quantity import Quantity

Rule = Callable[[Room, RuleSetting], Finding | None]
"""A rule: what a room and a setting of the data file bear out, or nothing."""

MONTH = 30.44
"""Days in a month, on average."""


def made(room: Room, setting: RuleSetting, template: str, **parts: Figure | str) -> Finding:
    """The finding of a rule; the fact named by `against`, if it is one, is cited too."""
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


def finite(figure: Figure) -> float:
    """The end of an interval that the source stands for: the upper one, or the lower one of an "at least"."""
    return figure.value.high if math.isfinite(figure.value.high) else figure.value.low


def exact(figure: Figure, end: float) -> Figure:
    """The figure with one of its ends as its value."""
    return Figure(
        Quantity.exact(end, figure.value.unit), figure.citation, figure.confidence, figure.verified, stale=figure.stale
    )


def ratio(top: Figure, bottom: Figure, reason: str) -> Figure | None:
    """`top / bottom` as an interval of times, two digits; None if the bottom may be nil or the units differ."""
    a, b = top.value, bottom.value
    if a.unit != b.unit or b.low <= 0 or a.low < 0:
        return None
    return derived(Quantity(rounded(a.low / b.high), rounded(a.high / b.low), "times"), reason, (top, bottom))


def rounded(value: float) -> float:
    """Two significant digits.

    >>> rounded(1.875), rounded(24.51), rounded(math.inf)
    (1.9, 25.0, inf)
    """
    return float(f"{value:.2g}")


def doubt(figure: Figure) -> str:
    """Words that follow the origin of a figure held with low confidence."""
    return ", low confidence" if figure.confidence == "low" else ""
