"""Where the adversary moves its traffic when the package is in force: less to the left, more to the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterpact.charts import intervals, palette
from counterpact.charts.chart import Chart, Key, Table

Move = Mapping[str, Any]
"""`name`, figures `before` and `after` in the channel's own unit, `share` = change over the greater of the two."""


def chart(moves: Sequence[Move], most: int = 14) -> Chart:
    """Diverging bars of the largest moves; the table holds all of them."""
    largest = sorted(moves, key=lambda m: (-abs(m["share"]), m["name"]))[:most]
    bars = [
        intervals.Bar(
            label=m["name"],
            low=min(0.0, m["share"]),
            high=max(0.0, m["share"]),
            text=f"{m['before']['text']} → {m['after']['text']}",
            colour=palette.WORSE if m["share"] > 0 else palette.BETTER,
        )
        for m in sorted(largest, key=lambda m: (-m["share"], m["name"]))
    ]
    rows = tuple((m["name"], m["before"], m["after"]) for m in moves)
    return intervals.chart(
        "displacement",
        "How they would reroute",
        bars,
        "share",
        caption="Difference between the adversary's best reply with and without the package, both chosen nearest "
        "to what it "
        "does today; as a share of the larger of the two. A dearer or new route that fills up is displacement.",
        table=Table(("channel", "if nothing is added", "with the package"), rows),
        legend=(
            Key("used more", palette.WORSE),
            Key("used less", palette.BETTER),
        ),
    )
