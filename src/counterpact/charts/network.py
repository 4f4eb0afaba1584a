"""Who deals with whom: states as points, one curve per direction and kind of good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from counterpact.charts import palette
from counterpact.charts.chart import Cell, Chart, Key, Option, Table, base, plain, tip
from counterpact.charts.worldmap import short

Network = Mapping[str, Any]
ROW = 46
"""Pixels between two third parties in the middle column."""
TOP = 120
"""Pixels for what passes directly between the two allies."""


def _links(network: Network) -> dict[tuple[str, str, str], list[Mapping[str, Any]]]:
    """(from state, to state, kind) → channels, links inside one state left out."""
    places = network["places"]
    found: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for channel in network["channels"]:
        start, end = places[channel["from"]]["state"], places[channel["to"]]["state"]
        if start != end:
            found.setdefault((start, end, channel["kind"]), []).append(channel)
    return dict(sorted(found.items()))


def _positions(states: Sequence[str], alliance: Sequence[str], degree: Counter[str]) -> dict[str, tuple[float, float]]:
    """Pixels down and percent across: the allies on top, everybody else in the middle, most connected first."""
    middle = sorted((s for s in states if s not in alliance[:2]), key=lambda s: (-degree[s], s))
    found = {state: (50.0, TOP + ROW * (i + 1.0)) for i, state in enumerate(middle)}
    return found | {ally: (x, TOP / 2) for ally, x in zip(alliance[:2], (80.0, 20.0), strict=False) if ally in states}


def option(network: Network, alliance: Sequence[str]) -> Option:
    """The option of the graph. `alliance`: ids of the two members, the first stands on the right."""
    links = _links(network)
    names = network["states"]
    degree = Counter(end for start_end in links for end in start_end[:2])
    states = sorted(degree)
    where = _positions(states, alliance, degree)
    bottom = max(y for _, y in where.values()) + ROW
    hidden: Option = {"type": "value", "show": False, "min": 0}
    return base(
        grid={"left": 0, "right": 0, "top": 0, "bottom": 0},
        xAxis={**hidden, "max": 100},
        yAxis={**hidden, "max": bottom, "inverse": True},
        series=[
            {
                "type": "lines",
                "coordinateSystem": "cartesian2d",
                "symbol": ["none", "arrow"],
                "symbolSize": 7,
                "data": [_edge(key, found, names, where, alliance) for key, found in links.items()],
            },
            {
                "type": "scatter",
                "label": {"show": True, "position": "bottom", "distance": 3, "formatter": "{b}", "fontSize": 12},
                "data": [
                    {
                        "name": short(names[state]),
                        "value": [plain(where[state][0]), plain(where[state][1])],
                        "symbolSize": 24 if state in alliance else plain(round(7 + degree[state] ** 0.5 * 2, 1)),
                        "itemStyle": {"color": palette.ORANGE if state in alliance else palette.GREY},
                        "tooltip": {"formatter": tip(names[state], f"{degree[state]} kinds of exchange")},
                    }
                    for state in states
                ],
            },
        ],
    )


def _edge(
    key: tuple[str, str, str],
    channels: list[Mapping[str, Any]],
    names: Mapping[str, str],
    where: Mapping[str, tuple[float, float]],
    alliance: Sequence[str],
) -> Option:
    start, end, kind = key
    goods = list(dict.fromkeys(c["good_name"] for c in channels))
    observed = any(c["status"] == "observed" for c in channels)
    spread = 0.06 + 0.05 * list(palette.KIND).index(kind)
    direct = {start, end} <= set(alliance[:2])
    return {
        "coords": [[plain(v) for v in where[start]], [plain(v) for v in where[end]]],
        "lineStyle": {
            "color": palette.KIND[kind],
            "width": plain(round(1.2 + 0.5 * len(channels), 2)),
            "curveness": plain(round(spread * (0.7 if direct else 1.2), 3)),
            "type": "solid" if observed else "dashed",
            "opacity": 0.85,
        },
        "tooltip": {"formatter": tip(f"{names[start]} → {names[end]}", palette.KIND_NAME[kind], *goods)},
    }


def chart(network: Network, alliance: Sequence[str]) -> Chart:
    """The graph with a table of every pair."""
    links = _links(network)
    names = network["states"]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            names[start],
            names[end],
            palette.KIND_NAME[kind],
            ", ".join(dict.fromkeys(c["good_name"] for c in found)),
            ", ".join(dict.fromkeys(c["mode"] for c in found)),
            str(len(found)),
        )
        for (start, end, kind), found in links.items()
    )
    others = len({s for key in links for s in key[:2]} - set(alliance))
    return Chart(
        id="network",
        title="Who deals with whom",
        alt=f"The two allies and {others} third parties; the table below lists every pair and what passes between "
        "them.",
        caption="One curve per direction and kind of exchange, wider where there are more channels. Links inside "
        "one state "
        "are left out.",
        option=option(network, alliance),
        table=Table(("from", "to", "kind", "what", "how", "channels"), rows),
        height=TOP + ROW * (others + 2),
        legend=tuple(Key(name, palette.KIND[kind], "line") for kind, name in palette.KIND_NAME.items()),
    )
