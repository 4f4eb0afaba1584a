"""Each objective today and under the package, in shares of the greatest value today, so that one axis serves all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterpact.charts import palette
from counterpact.charts.chart import Chart, Key, Option, Table, axis, base, plain, tip

ROW = 90

Objective = Mapping[str, Any]
"""`name`, `status_quo` and `under_package`: figures with low, high, mean, text."""


def option(objectives: Sequence[Objective]) -> Option:
    """The option: two bars a row."""
    data: list[Option] = []
    for i, objective in enumerate(objectives):
        before, after = objective["status_quo"], objective["under_package"]
        top = max(before["high"], after["high"], 1e-12)
        bars = [
            _bar(before, top, palette.BEFORE, "without"),
            _bar(after, top, palette.AFTER, "with"),
        ]
        data.append(
            {
                "value": [i, 0, 100],
                "show": {"label": objective["name"], "bars": bars},
                "tooltip": {"formatter": tip(objective["name"], *(bar["text"] for bar in bars))},
            }
        )
    return base(
        grid={"left": 4, "right": 18, "top": 4, "bottom": 46, "containLabel": False},
        xAxis=axis("% of the most possible if nothing is added", min=0, max=100),
        yAxis={
            "type": "category",
            "inverse": True,
            "data": [o["name"] for o in objectives],
            "axisLabel": {"show": False},
            "axisTick": {"show": False},
            "axisLine": {"show": False},
        },
        series=[{"type": "custom", "renderItem": "pair", "encode": {"x": [1, 2], "y": 0}, "clip": False, "data": data}],
    )


def _bar(figure: Mapping[str, Any], top: float, colour: str, what: str) -> Option:
    mean = figure.get("mean")
    return {
        "low": plain(100 * figure["low"] / top),
        "high": plain(100 * figure["high"] / top),
        "mark": None if mean is None else plain(100 * mean / top),
        "colour": colour,
        "hollow": False,
        "open": False,
        "text": f"{what}: {figure['text']}",
    }


def chart(objectives: Sequence[Objective]) -> Chart:
    """The chart with its table."""
    rows = tuple((o["name"], o["status_quo"], o["under_package"], o["reduction"]) for o in objectives)
    return Chart(
        id="objectives",
        title="What they could still deliver, with and without the package",
        alt="; ".join(
            f"{o['name']}: {o['status_quo']['text']} if nothing is added, {o['under_package']['text']} with the package"
            for o in objectives
        ),
        caption="Each bar holds 90 % of the scenarios drawn; the line across it is their mean. "
        "It is the most the adversary could deliver in a year after rerouting as well as it can, whatever it prefers.",
        option=option(objectives),
        table=Table(("objective", "if nothing is added", "with the package", "taken away, on average"), rows),
        height=ROW * len(objectives) + 60,
        legend=(
            Key("if nothing is added", palette.BEFORE),
            Key("with the package", palette.AFTER),
            Key("mean", palette.GREY, "tick"),
        ),
    )
