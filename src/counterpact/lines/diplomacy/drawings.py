"""Charts of positions and forecasts, in neutral terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from counterpact.lines.chartspec import ChartKind, ChartPoint, ChartSeries, ChartSpec
from counterpact.lines.room import Room

if TYPE_CHECKING:
    from counterpact.lines.diplomacy.forecast import Forecast
    from counterpact.lines.diplomacy.points import Points

UNIT = "sd"
SIDE = "Mean 0 and sd 1 over all states and years; the United States positive. Bars are 90 % intervals."
ESTIMAND = "unga_ideal_point"


def strip(points: Points, year: int, states: Sequence[str] = ()) -> ChartSpec:
    """Positions in one year, from the greatest down. Raises `UsageError` on an unknown state or year."""
    rows = sorted(points.rows(states=states, years=[year]), key=lambda r: -r["point"])
    made = tuple(ChartPoint(r["name"], r["low"], r["high"], note=f"{r['votes']} votes") for r in rows)
    title = f"Positions in the General Assembly, {year}"
    names = tuple(r["name"] for r in rows)
    return ChartSpec(ChartKind.BARS, title, UNIT, (ChartSeries("90 % interval", made),), names, note=SIDE)


def drift(points: Points, states: Sequence[str]) -> ChartSpec:
    """Positions of some states over the years. Raises `UsageError` on an unknown state."""
    series = []
    for code in states:
        rows = points.rows(states=[code])
        made = tuple(
            ChartPoint(str(r["year"]), r["low"], r["high"], f"{r['year']}-01-01", f"{r['year']}-12-31") for r in rows
        )
        series.append(ChartSeries(rows[0]["name"] if rows else code, made))
    return ChartSpec(ChartKind.TIMELINE, "Positions in the General Assembly by year", UNIT, tuple(series), note=SIDE)


def thresholds(found: Forecast) -> ChartSpec:
    """Expected votes under the three levels of difficulty of a draft."""
    names = tuple(level.name for level in found.levels)
    series = tuple(
        ChartSeries(part, tuple(ChartPoint(one.name, getattr(one, part), getattr(one, part)) for one in found.levels))
        for part in ("yes", "abstain", "no", "absent")
    )
    note = "The levels are the 10th, 50th and 90th percentile of how far earlier texts lay from their forecasts."
    return ChartSpec(ChartKind.BARS, "Votes expected, by how hard the text is", "vote", series, names, note=note)


def positions(room: Room) -> ChartSpec:
    """The positions the case carries, with the facts behind them."""
    facts = [f for f in room.case.facts.values() if f.estimand == ESTIMAND and f.low is not None and f.high is not None]
    facts.sort(key=lambda f: (-(f.low or 0.0) - (f.high or 0.0), f.id))
    made = tuple(
        ChartPoint(f.subject, float(f.low or 0.0), float(f.high or 0.0), facts=(f.id,), note=f.definition)
        for f in facts
    )
    years = sorted({str(f.period) for f in facts})
    title = f"Positions in the General Assembly, {', '.join(years)}"
    return ChartSpec(
        ChartKind.BARS, title, UNIT, (ChartSeries("90 % interval", made),), tuple(p.label for p in made), SIDE
    )


def has_positions(room: Room) -> bool:
    """True if the case carries positions."""
    return any(f.estimand == ESTIMAND for f in room.case.facts.values())
