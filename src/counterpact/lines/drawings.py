"""Charts of a line from its indicators, in neutral terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

from counterpact.lines import prose
from counterpact.lines.chartspec import ChartKind, ChartPoint, ChartSeries, ChartSpec
from counterpact.lines.contract import ChartBuilder, Figure, Indicator
from counterpact.lines.figures import clipped
from counterpact.lines.room import Room
from counterpact.lines.settings import ChartSetting


def builders(room: Room) -> Mapping[str, ChartBuilder]:
    """One builder per chart of the data file whose indicators the case has."""
    found: dict[str, ChartBuilder] = {}
    for setting in room.settings.charts:
        if any(name in room.indicators for name in setting.indicators):
            found[setting.id] = partial(draw, room, setting)
    return MappingProxyType(found)


def draw(room: Room, setting: ChartSetting) -> ChartSpec:
    """The chart of one setting: a series per indicator, or per origin where one indicator stands alone."""
    own = [room.indicators[name] for name in setting.indicators if name in room.indicators]
    limits = [room.indicators[name] for name in setting.limits if name in room.indicators]
    unit = own[0].unit
    if setting.kind is ChartKind.RANGES:
        rows = [_ranges(room, indicator) for indicator in own]
    elif len(own) == 1:
        rows = _by_origin(room, own[0])
    else:
        rows = [ChartSeries(i.name, _points(room, i.points, unit)) for i in own]
    rows += [ChartSeries(i.name, _points(room, i.points, unit), role="limit") for i in limits]
    labels = tuple(dict.fromkeys(p.label for row in rows if row.role == "value" for p in row.points))
    return ChartSpec(
        kind=setting.kind,
        title=setting.title,
        unit=unit,
        series=tuple(row for row in rows if row.points),
        categories=() if setting.kind is ChartKind.TIMELINE else labels,
        note=" ".join(dict.fromkeys(i.note for i in own if i.note)),
        log=setting.log,
    )


def point(room: Room, figure: Figure, label: str) -> ChartPoint:
    """One figure as a point; what still goes on ends with the date of the assessment."""
    period = figure.value.period
    first, last = clipped(period, room.as_of) if period else (None, None)
    return ChartPoint(
        label=label,
        low=figure.value.low,
        high=figure.value.high,
        start=first.isoformat() if first else "",
        end=last.isoformat() if last else "",
        facts=figure.citation.facts,
        verified=figure.verified,
        stale=figure.stale,
        note=figure.citation.reason,
    )


def _points(room: Room, figures: Sequence[Figure], unit: str) -> tuple[ChartPoint, ...]:
    """Points of one unit; the rest cannot stand on this axis (the table under the chart holds them)."""
    return tuple(point(room, f, str(f.value.period or "")) for f in figures if f.value.unit == unit)


def _by_origin(room: Room, indicator: Indicator) -> list[ChartSeries]:
    names = dict.fromkeys(room.origin(p) for p in indicator.points)
    return [
        ChartSeries(
            prose.capital(prose.origin(name)),
            _points(room, [p for p in indicator.points if room.origin(p) == name], indicator.unit),
        )
        for name in names
    ]


def _ranges(room: Room, indicator: Indicator) -> ChartSeries:
    rows = [
        point(room, p, f"{prose.capital(prose.origin(room.origin(p)))}, {p.value.period}")
        for p in indicator.points
        if p.value.unit == indicator.unit
    ]
    return ChartSeries(indicator.name, tuple(rows))
