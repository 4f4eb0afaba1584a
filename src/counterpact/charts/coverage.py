"""What is covered by what: a square per category and series, ticked where it is covered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterpact.charts import palette
from counterpact.charts.chart import Chart, Key, Option, Table, base, tip

ROW = 30


def option(spec: Mapping[str, Any]) -> Option:
    """The option: series across, categories down."""
    across = [series["name"] for series in spec["series"]]
    down = list(spec["categories"])
    data = [
        {
            "value": [down.index(point["label"]), index],
            "show": {"on": bool(point["low"]), "hollow": not point["verified"]},
            "itemStyle": {"color": palette.BLUE},
            "tooltip": {
                "formatter": tip(
                    f"{point['label']}: {'yes' if point['low'] else 'no'}", series["name"], point.get("note", "")
                )
            },
        }
        for index, series in enumerate(spec["series"])
        for point in series["points"]
        if point["label"] in down
    ]
    return base(
        grid={"left": 8, "right": 8, "top": 8, "bottom": 8, "containLabel": True},
        xAxis={
            "type": "category",
            "data": across,
            "position": "top",
            "axisLabel": {"interval": 0, "width": 74, "overflow": "break", "lineHeight": 14},
            "axisTick": {"show": False},
        },
        yAxis={
            "type": "category",
            "data": down,
            "inverse": True,
            "axisLabel": {"width": 150, "overflow": "truncate"},
            "axisTick": {"show": False},
        },
        series=[{"type": "custom", "renderItem": "cell", "encode": {"x": 1, "y": 0}, "data": data}],
    )


def chart(id: str, spec: Mapping[str, Any]) -> Chart:
    """The matrix and the same as a table of yes and no."""
    at = {(p["label"], s["name"]): p for s in spec["series"] for p in s["points"]}
    names = [s["name"] for s in spec["series"]]

    def word(label: str, name: str) -> str:
        point = at.get((label, name))
        return "not known" if point is None else "yes" if point["low"] else "no"

    rows = tuple((label, *(word(label, name) for name in names)) for label in spec["categories"])
    return Chart(
        id=id,
        title=spec["title"],
        alt=f"{spec['title']}: {len(rows)} rows against {len(names)} columns; the table below says yes or no for each.",
        caption=spec["note"],
        option=option(spec),
        table=Table(("", *names), rows),
        height=ROW * len(rows) + 70,
        legend=(Key("yes", palette.BLUE), Key("yes, not verified", palette.BLUE, "hollow")),
    )
