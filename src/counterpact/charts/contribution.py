"""What each line of effort adds to the package: its fair share, alone, and as the last to join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterpact.charts import intervals, palette
from counterpact.charts.chart import Chart, Key, Table

Contribution = Mapping[str, Any]
"""`line`, `name`, and figures `shapley`, `alone`, `last_in` (low = high = the value, in shares of combined risk)."""


def chart(lines: Sequence[Contribution]) -> Chart:
    """Bars of fair shares, with `alone` as a dot and `last in` as a diamond."""
    bars = [
        intervals.Bar(
            label=one["name"],
            low=min(0.0, one["shapley"]["low"]),
            high=max(0.0, one["shapley"]["high"]),
            text=one["shapley"]["text"],
            colour=palette.LINE[one["line"]],
            marks={"dot": one["alone"]["low"], "diamond": one["last_in"]["low"]},
            note=f"alone {one['alone']['text']}, last to join {one['last_in']['text']}",
        )
        for one in lines
    ]
    rows = tuple((one["name"], one["shapley"], one["alone"], one["last_in"]) for one in lines)
    return intervals.chart(
        "contribution",
        "What each line of effort contributes",
        bars,
        "share",
        caption="Share of the risk of today that is taken away. Bars: the fair share of each line (Shapley "
        "value; they add "
        "up to the whole package). Ring: what the line does alone. Diamond: what would be lost if it left last. "
        "Where alone is far from last, lines replace or need each other.",
        table=Table(("line of effort", "fair share", "alone", "last to join"), rows),
        legend=(
            Key("fair share", palette.GREY),
            Key("alone", palette.GREY, "dot"),
            Key("last to join", palette.GREY, "diamond"),
        ),
    )
