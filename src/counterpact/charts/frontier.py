"""Effect against cost: what each budget buys, and how much a better package could still add (the gap)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterpact.charts import palette, words
from counterpact.charts.chart import Chart, Key, Option, Table, axis, base, plain, tip

Point = Mapping[str, Any]
"""`cost` (figure), `effect` and `effect_possible` (shares of today's risk taken away), `measures` (names), `chosen`."""


def option(points: Sequence[Point], unit: str) -> Option:
    """The option: effects as dots joined by steps, the still possible above each as a hollow box."""
    divisor, name = words.scale([p["cost"]["high"] for p in points], unit)
    dots = [_dot(p, divisor) for p in points]
    room = [
        {
            "value": [
                plain(p["cost"]["high"] / divisor),
                plain(p["cost"]["high"] / divisor),
                plain(100 * p["effect"]),
                plain(100 * p["effect_possible"]),
            ],
            "show": {"hollow": True, "open": False},
            "itemStyle": {"color": palette.GREY},
            "tooltip": {
                "formatter": tip(
                    f"at most {words.percent(p['effect_possible'])} at this cost",
                    "no package can take away more (the gap not yet closed)",
                )
            },
        }
        for p in points
    ]
    return base(
        grid={"left": 8, "right": 20, "top": 34, "bottom": 34, "containLabel": True},
        xAxis=axis(f"cost: {name}", min=0),
        yAxis={
            "type": "value",
            "name": "% of the risk taken away",
            "nameTextStyle": {"align": "left"},
            "min": 0,
            "splitNumber": 4,
        },
        series=[
            {"type": "custom", "renderItem": "span", "encode": {"x": [0, 1], "y": [2, 3]}, "data": room, "clip": False},
            {
                "type": "line",
                "step": "end",
                "symbol": "circle",
                "symbolSize": 9,
                "lineStyle": {"color": palette.BLUE, "width": 2},
                "itemStyle": {"color": palette.BLUE},
                "data": dots,
            },
        ],
    )


def _dot(point: Point, divisor: float) -> Option:
    names = list(point["measures"])
    shown = names[:6] + ([f"and {len(names) - 6} more"] if len(names) > 6 else [])
    item: Option = {
        "value": [plain(point["cost"]["high"] / divisor), plain(100 * point["effect"])],
        "tooltip": {
            "formatter": tip(f"{words.percent(point['effect'])} for {point['cost']['text']}", *shown),
        },
    }
    if point["chosen"]:
        item |= {"symbol": "diamond", "symbolSize": 16, "itemStyle": {"color": palette.ORANGE}}
    return item


def chart(points: Sequence[Point], unit: str) -> Chart:
    """The frontier with its table."""
    rows = tuple(
        (
            p["cost"],
            p["effect_figure"],
            words.percent(p["effect_possible"]),
            ", ".join(p["measures"]) or "nothing",
            "recommended" if p["chosen"] else "",
        )
        for p in points
    )
    best = max(points, key=lambda p: p["effect"])
    return Chart(
        id="frontier",
        title="What each budget buys",
        alt=f"{len(points)} packages of rising cost; the dearest takes away {words.percent(best['effect'])} of "
        "the risk.",
        caption="Each dot is the best package found for its budget. The hollow box above it ends where no "
        "package could be "
        "better: the gap that the search has not closed.",
        option=option(points, unit),
        table=Table(("cost", "risk taken away", "at most possible", "measures", ""), rows),
        height=320,
        legend=(
            Key("best package found", palette.BLUE, "dot"),
            Key("recommended", palette.ORANGE, "diamond"),
            Key("still possible", palette.GREY, "hollow"),
        ),
    )
