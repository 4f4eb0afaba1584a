"""Rows of intervals: rivals, bounds. Each row has its label above it, so that a telephone shows it whole."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from counterpact.charts import palette, words
from counterpact.charts.chart import Cell, Chart, Key, Option, Table, axis, base, plain, tip

ROW = 46
"""Pixels per row."""
MARGIN = 58
"""Pixels for the axis."""


@dataclass(frozen=True)
class Bar:
    """One interval. `high` infinite: drawn to the edge with an arrow. `hollow`: not verified, or assumed.

    `marks`: single values drawn on the bar (a mean, a rival): shape → value.
    """

    label: str
    low: float
    high: float
    text: str
    colour: str = palette.BLUE
    hollow: bool = False
    facts: tuple[str, ...] = ()
    marks: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


def option(bars: Sequence[Bar], unit: str, *, log: bool = False, limit: float | None = None) -> Option:
    """The option of a column of intervals, first bar on top. `limit`: a line to compare with, same unit."""
    ends = [v for b in bars for v in (b.low, b.high, *b.marks.values()) if math.isfinite(v)]
    ends += [] if limit is None else [limit]
    divisor, name = words.scale(ends, unit)
    low, high = _span(ends, log)
    rows = [_row(i, bar, divisor, high) for i, bar in enumerate(bars)]
    series: list[Option] = [
        {
            "type": "custom",
            "renderItem": "interval",
            "encode": {"x": [1, 2], "y": 0},
            "clip": False,
            "itemPayload": {"limit": None if limit is None else plain(limit / divisor)},
            "data": rows,
        }
    ]
    return base(
        grid={"left": 4, "right": 18, "top": 4, "bottom": MARGIN - 12, "containLabel": False},
        xAxis=axis(name, kind="log" if log else "value", min=plain(low / divisor), max=plain(high / divisor)),
        yAxis={
            "type": "category",
            "inverse": True,
            "data": [bar.label for bar in bars],
            "axisLabel": {"show": False},
            "axisTick": {"show": False},
            "axisLine": {"show": False},
        },
        series=series,
    )


def _span(ends: Sequence[float], log: bool) -> tuple[float, float]:
    """Ends of the axis: from zero (or below), with a little room on the right; whole decades if logarithmic."""
    if log:
        positive = [v for v in ends if v > 0] or [1.0]
        return 10 ** math.floor(math.log10(min(positive))), 10 ** math.ceil(math.log10(max(positive)) + 1e-9)
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = 0.04 * ((high - low) or 1.0)
    return (-nice(room - low) if low < 0 else 0.0), nice(high + room)


def nice(value: float) -> float:
    """The next round number upwards: 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten.

    >>> nice(0.93), nice(12.1), nice(410.0), nice(0.0)
    (1.0, 15.0, 500.0, 0.0)
    """
    if value <= 0:
        return value
    power = 10.0 ** math.floor(math.log10(value))
    for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        if value <= step * power * (1 + 1e-9):
            return float(f"{step * power:.6g}")
    return 10 * power


def _row(index: int, bar: Bar, divisor: float, edge: float) -> Option:
    open_high = math.isinf(bar.high)
    high = edge if open_high else bar.high
    low = bar.low if math.isfinite(bar.low) else 0.0
    return {
        "name": bar.label,
        "value": [index, plain(low / divisor), plain(high / divisor)],
        "show": {
            "label": bar.label,
            "text": bar.text,
            "hollow": bar.hollow,
            "open": open_high,
            "marks": {shape: plain(v / divisor) for shape, v in bar.marks.items() if math.isfinite(v)},
        },
        "itemStyle": {"color": bar.colour},
        "tooltip": {"formatter": tip(bar.label, bar.text, bar.note, "not verified" if bar.hollow else "")},
    }


def chart(
    id: str,
    title: str,
    bars: Sequence[Bar],
    unit: str,
    *,
    caption: str,
    table: Table | None = None,
    log: bool = False,
    limit: float | None = None,
    legend: tuple[Key, ...] = (),
) -> Chart:
    """A chart of intervals with its table and words."""
    hollow = any(b.hollow for b in bars) and any(not b.hollow for b in bars)
    keys = legend or (
        (Key("read at the source", bars[0].colour), Key("not verified", bars[0].colour, "hollow")) if hollow else ()
    )
    return Chart(
        id=id,
        title=title,
        alt=f"{title}: {len(bars)} intervals, " + "; ".join(f"{b.label}: {b.text}" for b in bars[:6]),
        caption=caption,
        option=option(bars, unit, log=log, limit=limit),
        table=table or Table(("", "figure"), tuple((b.label, b.text) for b in bars)),
        height=ROW * len(bars) + MARGIN,
        legend=keys,
    )


def row_table(bars: Sequence[Bar], figures: Sequence[Cell], first: str, second: str) -> Table:
    """A table of label and figure (which opens its sources) for each bar."""
    return Table((first, second), tuple((bar.label, figure) for bar, figure in zip(bars, figures, strict=True)))
