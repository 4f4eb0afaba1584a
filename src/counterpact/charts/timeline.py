"""An indicator over time: every claim as a box of time × value, rivals side by side, gaps left as gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterpact.charts import palette, words
from counterpact.charts.chart import Key, Option, axis, base, plain, tip
from counterpact.charts.intervals import nice

Series = Mapping[str, Any]


def option(series: Sequence[Series], unit: str, *, log: bool = False) -> Option:
    """Series of points (`start`, `end`, `low`, `high`, `verified`, `label`); a `high` of None means "at least"."""
    ends = [p[k] for s in series for p in s["points"] for k in ("low", "high") if p[k] is not None]
    divisor, name = words.scale(ends, unit)
    top = nice(1.08 * max(ends, default=1.0))
    colours = {s["name"]: palette.SERIES[i % len(palette.SERIES)] for i, s in enumerate(series)}
    vertical: Option = {
        "type": "log" if log else "value",
        "name": name,
        "nameLocation": "end",
        "nameTextStyle": {"align": "left"},
        "max": plain(top / divisor),
        "axisLabel": {"hideOverlap": True},
        "splitNumber": 4,
    }
    if log:
        vertical["min"] = plain(min((e for e in ends if e > 0), default=1.0) / divisor / 2)
    return base(
        grid={"left": 8, "right": 18, "top": 34, "bottom": 8, "containLabel": True},
        xAxis=axis(kind="time", splitNumber=4),
        yAxis=vertical,
        series=[
            {
                "type": "custom",
                "name": one["name"],
                "renderItem": "span",
                "encode": {"x": [0, 1], "y": [2, 3]},
                "data": [_box(point, one, unit, divisor, colours[one["name"]]) for point in one["points"]],
            }
            for one in series
        ],
    )


def _box(point: Mapping[str, Any], series: Series, unit: str, divisor: float, colour: str) -> Option:
    low, high = point["low"], point["high"]
    opened = high is None
    text = words.amount(low if low is not None else float("-inf"), float("inf") if opened else high, unit)
    low = low if low is not None else 0.0
    return {
        "value": [
            point["start"],
            point["end"] or point["start"],
            plain(low / divisor),
            plain((low if opened else high) / divisor),
        ],
        "show": {"hollow": not point["verified"], "open": opened},
        "itemStyle": {"color": palette.GREY if series.get("role") == "limit" else colour},
        "tooltip": {
            "formatter": tip(
                text,
                series["name"],
                point.get("label", ""),
                "" if point["verified"] else "not verified",
                point.get("stale", ""),
            )
        },
    }


def legend(series: Sequence[Series]) -> tuple[Key, ...]:
    """One key per series, and one for what is not verified if there is any."""
    keys = [
        Key(s["name"], palette.GREY if s.get("role") == "limit" else palette.SERIES[i % len(palette.SERIES)])
        for i, s in enumerate(series)
    ]
    if any(not p["verified"] for s in series for p in s["points"]):
        keys.append(Key("not verified", palette.GREY, "hollow"))
    return tuple(keys)
