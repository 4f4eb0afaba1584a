"""What begins when: a bar per measure over the periods, hollow until it acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from counterpact.charts import palette
from counterpact.charts.chart import Chart, Key, Option, Table, axis, base, plain, tip

Step = Mapping[str, Any]
"""`id`, `name`, `line`, `begins`, `lifted`, `done`, `cells`: decided, partly, acts, lifted or empty."""

ROW = 22
SAID = {
    "decided": "decided, does not act yet",
    "partly": "acts in some of the scenarios",
    "acts": "acts",
    "lifted": "lifted",
}


def option(steps: Sequence[Step], periods: Sequence[str], years: Sequence[float]) -> Option:
    """The option: one row per measure, a stretch per state; `years`: length of each period."""
    ends = [0.0]
    for length in years:
        ends.append(ends[-1] + length)
    data = []
    for row, step in enumerate(steps):
        for state, members in groupby(enumerate(step["cells"]), key=lambda cell: cell[1]):
            run = [t for t, _ in members]
            if state in ("", "lifted"):
                continue
            first, last = periods[run[0]], periods[run[-1]]
            when = first if first == last else f"{first} to {last}"
            colour = palette.GREY if state == "decided" else palette.LINE.get(step["line"], palette.BLUE)
            words = tip(step["name"], f"{step['line']}, {step['id']}", f"{when}: {SAID[state]}")
            data.append(
                {
                    "value": [plain(ends[run[0]]), plain(ends[run[-1] + 1]), row, row],
                    "show": {"hollow": state != "acts", "open": False},
                    "itemStyle": {"color": colour},
                    "tooltip": {"formatter": words},
                }
            )
    return base(
        grid={"left": 8, "right": 14, "top": 6, "bottom": 34, "containLabel": True},
        xAxis=axis(f"years from the start of {periods[0]}", min=0, max=plain(ends[-1])),
        yAxis={
            "type": "category",
            "inverse": True,
            "data": [step["name"] for step in steps],
            "axisLabel": {"width": 190, "overflow": "truncate", "interval": 0},
            "axisTick": {"show": False},
        },
        series=[
            {"type": "custom", "renderItem": "span", "encode": {"x": [0, 1], "y": [2, 3]}, "data": data, "clip": False}
        ],
    )


def chart(steps: Sequence[Step], periods: Sequence[str], years: Sequence[float]) -> Chart:
    """The schedule with its table. Raises nothing: without a step there is an empty table."""
    lines = list(dict.fromkeys(step["line"] for step in steps))
    rows = tuple(
        (
            step["name"],
            step["line"],
            f"{step['begins']} (done)" if step["done"] else step["begins"],
            *(SAID.get(cell, "") for cell in step["cells"]),
        )
        for step in steps
    )
    first = sum(step["begins"] == periods[0] for step in steps)
    return Chart(
        id="schedule",
        title="What begins when",
        alt=f"{len(steps)} measures over {len(periods)} periods; {first} of them begin in {periods[0]}.",
        caption="A bar begins with the decision and is hollow until the measure acts in every scenario: grey while it "
        "acts in none, in the colour of its line while it acts in some.",
        option=option(steps, periods, years),
        table=Table(("measure", "line", "begins", *periods), rows),
        height=ROW * max(1, len(steps)) + 50,
        legend=(
            Key(SAID["decided"], palette.GREY, "hollow"),
            *(Key(line, palette.LINE.get(line, palette.BLUE)) for line in lines),
        ),
    )
