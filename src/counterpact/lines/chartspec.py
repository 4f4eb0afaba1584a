"""A chart without a drawing library: what a line wants shown; `counterpact.charts` draws it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ChartKind(StrEnum):
    """How a chart reads."""

    TIMELINE = "timeline"  # points with a start and an end day; rivals side by side, gaps left as gaps
    BARS = "bars"  # one interval per category
    RANGES = "ranges"  # rival intervals of one number, one row per origin
    COVERAGE = "coverage"  # categories against series: 1 = covered, 0 = not


@dataclass(frozen=True)
class ChartPoint:
    """One interval. `high` may be infinite ("at least"); `start`, `end`: ISO days, empty for categories."""

    label: str
    low: float
    high: float
    start: str = ""
    end: str = ""
    facts: tuple[str, ...] = ()
    verified: bool = True
    stale: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values; an infinite end becomes None."""
        return {
            "label": self.label,
            "low": self.low if math.isfinite(self.low) else None,
            "high": self.high if math.isfinite(self.high) else None,
            "start": self.start,
            "end": self.end,
            "facts": list(self.facts),
            "verified": self.verified,
            "stale": self.stale,
            "note": self.note,
        }


@dataclass(frozen=True)
class ChartSeries:
    """One row of points. `role`: `value` (what happened) or `limit` (a cap, a rule to compare with)."""

    name: str
    points: tuple[ChartPoint, ...]
    role: str = "value"

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"name": self.name, "role": self.role, "points": [point.as_dict() for point in self.points]}


@dataclass(frozen=True)
class ChartSpec:
    """A chart in neutral terms. `categories` gives the order of the labels for bars, ranges and coverage.

    `log`: the values span more than two orders of magnitude and read better on a logarithmic axis.
    """

    kind: ChartKind
    title: str
    unit: str
    series: tuple[ChartSeries, ...]
    categories: tuple[str, ...] = ()
    note: str = ""
    log: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "kind": self.kind.value,
            "title": self.title,
            "unit": self.unit,
            "series": [series.as_dict() for series in self.series],
            "categories": list(self.categories),
            "note": self.note,
            "log": self.log,
        }
