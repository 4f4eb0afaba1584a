"""Who deals with whom: states as points, one curve per direction and kind of good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from counterpact.charts import palette
from counterpact.charts.chart import Cell, Chart, Key, Option, Table, base, plain, tip

Network = Mapping[str, Any]
ROW = 40
"""Pixels between two third parties in the middle column."""


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
    """The two allies left and right on top, everybody else in a column between and below, most connected first."""
    middle = sorted((s for s in states if s not in alliance[:2]), key=lambda s: (-degree[s], s))
    found = {middle_state: (50.0, 90.0 + ROW * i) for i, middle_state in enumerate(middle)}
    found |= {ally: (x, 30.0) for ally, x in zip(alliance[:2], (95.0, 5.0), strict=False) if ally in states}
    return found


def option(network: Network, alliance: Sequence[str]) -> Option:
    """The option of the graph. `alliance`: ids of the two members, the first stands on the right."""
    links = _links(network)
    names = network["states"]
    degree = Counter(end for start_end in links for end in start_end[:2])
    states = sorted(degree)
    where = _positions(states, alliance, degree)
    kinds = list(palette.KIND)
    return base(
        series=[
            {
                "type": "graph",
                "layout": "none",
                "left": 60,
                "right": 60,
                "top": 24,
                "bottom": 24,
                "roam": False,
                "edgeSymbol": ["none", "arrow"],
                "edgeSymbolSize": 7,
                "label": {"show": True, "position": "bottom", "fontSize": 12, "width": 110, "overflow": "break"},
                "data": [
                    {
                        "id": state,
                        "name": names[state],
                        "x": where[state][0] * 6,
                        "y": where[state][1],
                        "symbolSize": 22 if state in alliance else plain(round(7 + degree[state] ** 0.5 * 2, 1)),
                        "itemStyle": {"color": palette.ORANGE if state in alliance else palette.GREY},
                        "tooltip": {"formatter": tip(names[state], f"{degree[state]} kinds of exchange")},
                    }
                    for state in states
                ],
                "links": [_edge(key, found, names, kinds) for key, found in links.items()],
            }
        ]
    )


def _edge(
    key: tuple[str, str, str], channels: list[Mapping[str, Any]], names: Mapping[str, str], kinds: list[str]
) -> Option:
    start, end, kind = key
    goods = list(dict.fromkeys(c["good_name"] for c in channels))
    observed = any(c["status"] == "observed" for c in channels)
    return {
        "source": start,
        "target": end,
        "lineStyle": {
            "color": palette.KIND[kind],
            "width": plain(round(1.2 + 0.5 * len(channels), 2)),
            "curveness": plain(round(0.08 + 0.07 * kinds.index(kind), 2)),
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
        height=150 + ROW * others,
        legend=tuple(Key(name, palette.KIND[kind], "line") for kind, name in palette.KIND_NAME.items()),
    )
