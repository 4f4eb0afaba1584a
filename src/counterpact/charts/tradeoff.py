"""A frontier as lines over parallel axes and as dots in a plane; every mark carries its package's number and names.

`brushed` says which packages lie inside ranges on the axes, from the plain values alone, so that a page and a program
pick the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterpact.charts import palette
from counterpact.charts.chart import Option, axis, base, plain, tip

Point = Mapping[str, Any]
"""`number`, `values` (axis → number), `measures` (names)."""


def brushed(points: Sequence[Point], ranges: Mapping[str, tuple[float | None, float | None]]) -> list[int]:
    """Numbers of the points inside every range; None is open.

    >>> some = [{"number": 1, "values": {"money": 2.0}}, {"number": 2, "values": {"money": 9.0}}]
    >>> brushed(some, {"money": (None, 5.0)})
    [1]
    """
    return [
        int(p["number"])
        for p in points
        if all(
            (lo is None or p["values"][a] >= lo) and (hi is None or p["values"][a] <= hi)
            for a, (lo, hi) in ranges.items()
        )
    ]


def parallel(points: Sequence[Point], axes: Sequence[str]) -> Option:
    """One line per package over the axes, each axis scaled from its least to its greatest value."""
    ends = {a: (min(p["values"][a] for p in points), max(p["values"][a] for p in points)) for a in axes}
    labels = [f"{a}: {plain(ends[a][0])} to {plain(ends[a][1])}" for a in axes]
    series = [
        {
            "type": "line",
            "name": str(p["number"]),
            "symbolSize": 6,
            "lineStyle": {"color": palette.BLUE, "opacity": 0.5},
            "itemStyle": {"color": palette.BLUE},
            "tooltip": {"formatter": _tip(p)},
            "data": [plain(_share(p["values"][a], *ends[a])) for a in axes],
        }
        for p in points
    ]
    return base(
        grid={"left": 30, "right": 30, "top": 20, "bottom": 40},
        xAxis={"type": "category", "data": labels, "boundaryGap": False, "splitLine": {"show": True}},
        yAxis={"type": "value", "min": 0, "max": 1, "axisLabel": {"show": False}},
        series=series,
    )


def scatter(points: Sequence[Point], across: str, up: str) -> Option:
    """A dot per package: one axis against another."""
    dots = [
        {
            "name": str(p["number"]),
            "value": [plain(p["values"][across]), plain(p["values"][up])],
            "tooltip": {"formatter": _tip(p)},
        }
        for p in points
    ]
    return base(
        grid={"left": 60, "right": 20, "top": 20, "bottom": 50},
        xAxis=axis(across),
        yAxis={"type": "value", "name": up, "scale": True},
        series=[{"type": "scatter", "symbolSize": 9, "itemStyle": {"color": palette.BLUE}, "data": dots}],
    )


def _share(value: float, low: float, high: float) -> float:
    return 0.5 if high <= low else (value - low) / (high - low)


def _tip(point: Point) -> str:
    names = list(point["measures"])
    shown = names[:6] + ([f"and {len(names) - 6} more"] if len(names) > 6 else [])
    return tip(f"package {point['number']}", *shown)
