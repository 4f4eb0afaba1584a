"""The whip sheet as a chart in neutral terms."""

from __future__ import annotations

from counterpact.lines.chartspec import ChartKind, ChartPoint, ChartSeries, ChartSpec
from counterpact.lines.diplomacy.whip.asking import Asked
from counterpact.lines.diplomacy.whip.count import POSITIONS

SHOWN = 40
"""States on the chart: those most likely to turn the result."""


def sheet(asked: Asked) -> ChartSpec:
    """Chances of each position for the open states most likely to be pivotal, from the surest yes down."""
    found, names = asked.count, asked.names
    rows = [
        (float(pivotal), state, chance)
        for state, chance, pivotal in zip(found.states, found.chance, found.pivotal, strict=True)
        if state not in found.known
    ]
    rows = sorted(rows, key=lambda r: (-r[0], r[1]))[:SHOWN]
    rows.sort(key=lambda r: (r[2][2] - r[2][0], r[1]))
    series = tuple(
        ChartSeries(
            position,
            tuple(
                ChartPoint(names[s], float(c[k]), float(c[k]), note=f"pivotal with chance {p:.1%}") for p, s, c in rows
            ),
        )
        for k, position in enumerate(POSITIONS)
    )
    first = next(iter(found.passes.items()))
    note = f"Chance of {first[0]}: {first[1]:.0%}. Known positions ({len(found.known)}) are left out."
    return ChartSpec(ChartKind.BARS, "Whip sheet", "share", series, tuple(names[s] for _, s, _ in rows), note=note)
