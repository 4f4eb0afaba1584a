"""Flows on the map: one line per pair of places and kind of good.

Input is the `network` block of a brief: `places` by id (name, state, latitude, longitude) and `channels` (from, to,
kind, status, share). Width grows with the share of the greatest capacity of that good; broken lines are not observed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterpact.charts import palette
from counterpact.charts.chart import Cell, Chart, Key, Option, Table, base, plain, tip
from counterpact.charts.projection import project

Network = Mapping[str, Any]
MAP = "counterpact-world"


@dataclass(frozen=True)
class Window:
    """The part of the world shown: west, south, east, north in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, place: Mapping[str, Any]) -> bool:
        """True if the place lies inside."""
        if place.get("latitude") is None or place.get("longitude") is None:
            return False
        east = (place["longitude"] - self.west) % 360
        return bool(self.south <= place["latitude"] <= self.north and east <= (self.east - self.west) % 360)

    @property
    def corners(self) -> list[list[float | int]]:
        """Top left and bottom right in map units."""
        middle = (self.west + self.east) / 2
        left, right = project(middle_latitude(self), self.west)[0], project(middle_latitude(self), self.east)[0]
        top, bottom = project(self.north, middle)[1], project(self.south, middle)[1]
        return [[plain(left), plain(top)], [plain(right), plain(bottom)]]


def middle_latitude(window: Window) -> float:
    """Where the window is as wide as it says."""
    return (window.south + window.north) / 2


WORLD = Window(-6, -6, 294, 74)
"""From Britain over the Pacific to the American east coast."""
NEAR = Window(118, 32.4, 141, 45.2)
"""North-East Asia."""


@dataclass
class _Line:
    ends: tuple[str, str]
    kind: str
    status: str
    weight: float
    names: list[str]


def _merged(network: Network) -> list[_Line]:
    """Channels of one pair of places and kind as one line; its status is the surest of them."""
    order = ["observed", "alleged", "planned", "potential"]
    found: dict[tuple[str, str, str], _Line] = {}
    for channel in network["channels"]:
        key = (channel["from"], channel["to"], channel["kind"])
        line = found.setdefault(key, _Line(key[:2], key[2], "potential", 0.0, []))
        line.status = min(line.status, channel["status"], key=order.index)
        line.weight = max(line.weight, float(channel.get("share", 0.0)))
        line.names.append(f"{channel['good_name']}, {channel['mode']} ({channel['status']})")
    return sorted(found.values(), key=lambda one: (one.weight, one.ends, one.kind))


def _point(place: Mapping[str, Any]) -> list[float | int]:
    return [plain(round(v, 1)) for v in project(place["latitude"], place["longitude"])]


def option(network: Network, window: Window, named: Sequence[str]) -> Option:
    """The option of one window. `named`: places whose label is shown (others show it on touch)."""
    places = network["places"]
    lines = [line for line in _merged(network) if all(_drawable(places, end) for end in line.ends)]
    lines = [line for line in lines if any(window.holds(places[end]) for end in line.ends)]
    shown = sorted({end for line in lines for end in line.ends if window.holds(places[end])})
    return base(
        geo={
            "map": MAP,
            "aspectScale": 1,
            "boundingCoords": window.corners,
            "top": 0,
            "bottom": 0,
            "left": 0,
            "right": 0,
            "roam": False,
            "silent": True,
            "emphasis": {"disabled": True},
        },
        series=[
            {
                "type": "lines",
                "coordinateSystem": "geo",
                "clip": True,
                "symbol": ["none", "arrow"],
                "symbolSize": 6,
                "emphasis": {"lineStyle": {"width": 5}},
                "data": [_line(line, places, all(window.holds(places[p]) for p in line.ends)) for line in lines],
            },
            {
                "type": "scatter",
                "coordinateSystem": "geo",
                "symbolSize": 5,
                "label": {"show": True, "position": "right", "formatter": "{b}", "fontSize": 11},
                "labelLayout": {"hideOverlap": True},
                "itemStyle": {"color": palette.GREY},
                "data": [_place(places[p], p in named) for p in shown],
            },
        ],
    )


def _drawable(places: Mapping[str, Any], place: str) -> bool:
    return place in places and places[place].get("latitude") is not None


def _line(line: _Line, places: Mapping[str, Any], inside: bool) -> Option:
    start, end = (places[p] for p in line.ends)
    names = line.names[:6] + ([f"and {len(line.names) - 6} more"] if len(line.names) > 6 else [])
    return {
        "coords": [_point(start), _point(end)],
        "lineStyle": {
            "color": palette.KIND[line.kind],
            "width": plain(round(1.0 + 3.5 * line.weight, 2)) if inside else 1,
            "type": "solid" if line.status == "observed" else "dashed",
            "curveness": 0.22,
            "opacity": 0.9 if inside else 0.35,
        },
        "tooltip": {"formatter": tip(f"{start['name']} → {end['name']}", *names)},
    }


def _place(place: Mapping[str, Any], named: bool) -> Option:
    item: Option = {"name": short(place["name"]), "value": _point(place), "tooltip": {"formatter": tip(place["name"])}}
    if not named:
        item["label"] = {"show": False}
    return item


def short(name: str) -> str:
    """A place's name without what stands in brackets.

    >>> short("DPRK armed forces (depots and bases)")
    'DPRK armed forces'
    """
    return name.partition(" (")[0]


LEGEND = (
    *(Key(name, palette.KIND[kind], "line") for kind, name in palette.KIND_NAME.items()),
    Key("alleged, planned or potential", palette.GREY, "dash"),
)


def table(network: Network, window: Window | None = None) -> Table:
    """Every channel with its ends, kind, status and capacity; in a window only the ends and the status."""
    places = network["places"]
    if window is not None:
        inside = [c for c in network["channels"] if window.holds(places[c["from"]]) or window.holds(places[c["to"]])]
        columns = ("what", "from", "to", "how", "status")
        names = [(places[c["from"]]["name"], places[c["to"]]["name"]) for c in inside]
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (c["good_name"], start, end, c["mode"], c["status"]) for c, (start, end) in zip(inside, names, strict=True)
        )
        return Table(columns, rows)
    rows = tuple(
        (
            channel["good_name"],
            places[channel["from"]]["name"],
            places[channel["to"]]["name"],
            channel["mode"],
            channel["status"],
            channel["flow"],
            channel["capacity"],
        )
        for channel in network["channels"]
    )
    return Table(("what", "from", "to", "how", "status", "flow in the baseline year", "capacity a year"), rows)


def chart(network: Network, *, id: str, title: str, window: Window, named: Sequence[str], whole: bool) -> Chart:
    """A map with its table (of all channels with their amounts if `whole`). `named` as in `option`."""
    (left, top), (right, bottom) = window.corners
    aspect = round((right - left) / (top - bottom), 3)
    channels = network["channels"]
    observed = sum(c["status"] == "observed" for c in channels)
    return Chart(
        id=id,
        title=title,
        alt=f"{title}. {len(channels)} channels, {observed} of them observed; the table below lists each.",
        caption="One line per pair of places and kind of good. The wider the line, the larger its share of the "
        "greatest "
        "capacity known for that good; pale lines lead out of the picture; broken lines are alleged, planned or "
        "potential. Some places stand for a whole "
        "branch (crypto platforms, employers) and are drawn where most of it sits. World shapes: Natural Earth, by "
        "Visionscarto.",
        option=option(network, window, named),
        table=table(network) if whole else table(network, window),
        height=220,
        aspect=aspect,
        legend=LEGEND,
    )
