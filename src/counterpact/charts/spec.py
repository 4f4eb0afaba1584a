"""A line's neutral chart (`lines.chartspec.ChartSpec.as_dict()`) as a drawing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from counterpact.charts import coverage, intervals, palette, timeline, words
from counterpact.charts.chart import Cell, Chart, Table

Spec = Mapping[str, Any]
FigureOf = Callable[[Mapping[str, Any], str], Cell]
"""Turns a point and its unit into a table cell that opens its sources."""


def chart(id: str, spec: Spec, figure: FigureOf) -> Chart | None:
    """The chart of a spec; None if it has no point."""
    if not any(series["points"] for series in spec["series"]):
        return None
    if spec["kind"] == "timeline":
        return _timeline(id, spec, figure)
    if spec["kind"] == "coverage":
        return coverage.chart(id, spec)
    return _bars(id, spec, figure)


def _table(spec: Spec, figure: FigureOf, first: str) -> Table:
    rows = tuple(
        (point["label"] or _days(point), series["name"], figure(point, spec["unit"]))
        for series in spec["series"]
        for point in series["points"]
    )
    return Table((first, "series", "figure"), rows)


def _days(point: Mapping[str, Any]) -> str:
    return words.period_words("/".join(d for d in (point["start"], point["end"]) if d)) if point["start"] else ""


def _timeline(id: str, spec: Spec, figure: FigureOf) -> Chart:
    count = sum(len(series["points"]) for series in spec["series"])
    return Chart(
        id=id,
        title=spec["title"],
        alt=f"{spec['title']}: {count} claims of {len(spec['series'])} series over time; the table below lists each.",
        caption=spec["note"],
        option=timeline.option(spec["series"], spec["unit"], log=spec["log"]),
        table=_table(spec, figure, "when"),
        height=300,
        legend=timeline.legend(spec["series"]),
    )


def _bars(id: str, spec: Spec, figure: FigureOf) -> Chart:
    """Ranges and bars: one row per point, in the order of the categories."""
    values = [series for series in spec["series"] if series["role"] != "limit"]
    order = {label: i for i, label in enumerate(spec["categories"])}
    several = len(values) > 1
    rows: list[tuple[int, int, intervals.Bar]] = []
    for index, series in enumerate(values):
        for point in series["points"]:
            label = point["label"] or series["name"]
            if several and spec["kind"] != "ranges" and series["name"] != label:
                label = f"{label}: {series['name']}"
            rows.append((order.get(point["label"], len(order)), index, _bar(point, label, spec["unit"])))
    rows.sort(key=lambda row: row[:2])
    limits = [p["low"] for s in spec["series"] if s["role"] == "limit" for p in s["points"] if p["low"] is not None]
    return intervals.chart(
        id,
        spec["title"],
        [bar for _, _, bar in rows],
        spec["unit"],
        caption=spec["note"],
        table=_table(spec, figure, ""),
        log=spec["log"],
        limit=limits[0] if limits else None,
    )


def _bar(point: Mapping[str, Any], label: str, unit: str) -> intervals.Bar:
    low = point["low"] if point["low"] is not None else -math.inf
    high = point["high"] if point["high"] is not None else math.inf
    return intervals.Bar(
        label=label,
        low=low,
        high=high,
        text=words.amount(low, high, unit),
        colour=palette.BLUE,
        hollow=not point["verified"],
        facts=tuple(point["facts"]),
        note=point["note"],
    )
