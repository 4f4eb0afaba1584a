"""Options: plain JSON, finite, the right shape; colours that can be told apart."""

from __future__ import annotations

import itertools
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpact.charts import (
    coverage,
    frontier,
    intervals,
    network,
    palette,
    projection,
    spec,
    timeline,
    words,
    worldmap,
)
from counterpact.charts.page import embed, world
from counterpact.lines.chartspec import ChartKind, ChartPoint, ChartSeries, ChartSpec

amounts = st.floats(min_value=0, max_value=1e13, allow_nan=False)


def plain_json(value: Any) -> None:
    """Only JSON values, and no number that is not finite."""
    json.dumps(value, allow_nan=False)


@st.composite
def bars(draw: st.DrawFn) -> list[intervals.Bar]:
    found = []
    for i in range(draw(st.integers(1, 6))):
        low = draw(amounts)
        high = draw(st.one_of(st.just(math.inf), st.floats(min_value=low, max_value=1e14)))
        found.append(intervals.Bar(f"row {i}", low, high, "some", hollow=draw(st.booleans())))
    return found


@given(bars(), st.booleans())
def test_intervals_are_finite_and_inside_the_axis(rows: list[intervals.Bar], log: bool) -> None:
    option = intervals.option(rows, "barrel", log=log)
    plain_json(option)
    axis = option["xAxis"]
    for item in option["series"][0]["data"]:
        _, low, high = item["value"]
        assert low <= high
        assert high <= axis["max"] * (1 + 1e-5)
        if not log:
            assert axis["min"] <= low


def test_open_intervals_are_marked_open_and_reach_the_edge() -> None:
    rows = [intervals.Bar("a", 1.0, math.inf, "at least 1"), intervals.Bar("b", 2.0, 4.0, "2 to 4")]
    option = intervals.option(rows, "barrel")
    first, second = option["series"][0]["data"]
    assert first["show"]["open"]
    assert first["value"][2] == option["xAxis"]["max"]
    assert not second["show"]["open"]


def test_every_colour_is_seen_on_white_and_on_black() -> None:
    for colour in {*palette.SERIES, *palette.KIND.values(), *palette.LINE.values()}:
        assert palette.contrast(colour, palette.GROUND_LIGHT) >= 3
        assert palette.contrast(colour, palette.GROUND_DARK) >= 3


def test_contrast_agrees_with_a_published_pair() -> None:
    # The WCAG working group's own example of the lightest grey that passes 4.5 : 1 on white.
    assert palette.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


# Made with d3-geo 3.1.2, geoEqualEarth().rotate([-150, 0]).scale(1000).translate([0, 0]); y counted northwards.
D3 = [
    ((55.8, 37.6), (-1325.6592938390545, 1029.5294978051843)),
    ((39.0, 125.8), (-324.5148563643501, 757.0392676020792)),
    ((38.9, -77.0), (1784.5736873183992, 755.2731777949338)),
    ((64.0, -29.0), (-1946.5148544100878, 1139.8019364186966)),
    ((-50.0, -170.0), (496.14011133321833, -941.540234660433)),
]


@pytest.mark.parametrize(("degrees", "units"), D3)
def test_the_projection_agrees_with_d3(degrees: tuple[float, float], units: tuple[float, float]) -> None:
    found = projection.project(*degrees)
    assert found == pytest.approx((2 * units[0], 2 * units[1]), abs=1e-6)


def rings() -> dict[str, list[list[tuple[int, int]]]]:
    """Country → outer rings in map units."""
    found: dict[str, list[list[tuple[int, int]]]] = {}
    for shape in json.loads(world())["shapes"]:
        for polygon in shape["polygons"]:
            x = y = 0
            ring = []
            for i in range(0, len(polygon[0]), 2):
                x, y = x + polygon[0][i], y + polygon[0][i + 1]
                ring.append((x, y))
            found.setdefault(shape["name"], []).append(ring)
    return found


def inside(ring: list[tuple[int, int]], point: tuple[float, float]) -> bool:
    px, py = point
    odd = False
    for (x1, y1), (x2, y2) in itertools.pairwise(ring):
        if (y1 > py) != (y2 > py) and px < (x2 - x1) * (py - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


@pytest.mark.parametrize(
    ("place", "country"),
    [
        ((44.95, 34.1), "Ukraine"),  # Simferopol: this atlas does not show Crimea as Russia
        ((55.75, 37.6), "Russia"),
        ((67.5, -177.0), "Russia"),  # Chukotka, beyond 180°: Russia is not cut
        ((39.5, 125.9), "North Korea"),
        ((35.9, 104.2), "China"),
    ],
)
def test_the_map_puts_places_in_their_country(place: tuple[float, float], country: str) -> None:
    point = projection.project(*place)
    assert [name for name, own in rings().items() if any(inside(r, point) for r in own)] == [country]


def _network() -> dict[str, Any]:
    def channel(i: int, start: str, end: str, kind: str, status: str, share: float) -> dict[str, Any]:
        return {
            "id": f"c{i}", "name": f"c{i}", "from": start, "to": end, "good": kind, "good_name": kind, "kind": kind,
            "mode": "sea", "status": status, "share": share, "flow": "1", "capacity": "2",
        }  # fmt: skip

    places = {
        "a": {"name": "Port A (north)", "state": "A", "latitude": 40.0, "longitude": 125.0, "side": "alliance"},
        "b": {"name": "Port B", "state": "B", "latitude": 43.0, "longitude": 132.0, "side": "alliance"},
        "n": {"name": "Nowhere", "state": "N", "latitude": None, "longitude": None, "side": "third"},
    }
    channels = [
        channel(0, "a", "b", "strategic", "alleged", 0.2),
        channel(1, "a", "b", "strategic", "observed", 1.0),
        channel(2, "b", "a", "money", "potential", 0.5),
        channel(3, "a", "n", "money", "observed", 0.5),
    ]
    return {"places": places, "states": {"A": "Ally A", "B": "Ally B", "N": "Nowhere"}, "channels": channels}


def test_the_map_joins_channels_of_a_pair_and_takes_the_surest_status() -> None:
    option = worldmap.option(_network(), worldmap.NEAR, ["a"])
    plain_json(option)
    lines = option["series"][0]["data"]
    assert len(lines) == 2  # a→b once; the line to a place without coordinates cannot be drawn
    by_type = {line["lineStyle"]["type"]: line["lineStyle"]["width"] for line in lines}
    assert by_type["solid"] > by_type["dashed"]
    assert [p["name"] for p in option["series"][1]["data"]] == ["Port A", "Port B"]


def test_the_table_of_the_map_holds_every_channel() -> None:
    assert len(worldmap.table(_network()).rows) == 4


def test_the_network_shows_states_once_and_links_by_direction_and_kind() -> None:
    option = network.option(_network(), ["B", "A"])
    plain_json(option)
    assert len(option["series"][0]["data"]) == 3
    assert len(option["series"][1]["data"]) == 3


def test_a_timeline_keeps_gaps_and_open_ends() -> None:
    points = [
        {
            "start": "2024-01-01",
            "end": "2024-12-31",
            "low": 5.0,
            "high": None,
            "verified": False,
            "label": "",
            "stale": "",
        },
        {"start": "2026-01-01", "end": "", "low": 7.0, "high": 8.0, "verified": True, "label": "", "stale": ""},
    ]
    option = timeline.option([{"name": "x", "points": points}], "barrel")
    plain_json(option)
    boxes = option["series"][0]["data"]
    assert len(boxes) == 2
    assert boxes[0]["show"] == {"hollow": True, "open": True}
    assert boxes[1]["value"][0] == boxes[1]["value"][1] == "2026-01-01"


def _figure(point: Any, unit: str) -> str:
    return f"{point['low']} {unit}"


@pytest.mark.parametrize("kind", list(ChartKind))
def test_every_kind_of_chart_of_a_line_is_drawn(kind: ChartKind) -> None:
    point = ChartPoint("a", 1.0, math.inf if kind is ChartKind.RANGES else 1.0, "2024-01-01", "2024-02-01", ("F1",))
    made = ChartSpec(kind, "Title", "barrel", (ChartSeries("s", (point,)),), ("a",))
    chart = spec.chart("x", made.as_dict(), _figure)
    assert chart is not None
    plain_json(chart.option)
    assert chart.table.rows
    assert "Title" in chart.alt
    assert spec.chart("x", {**made.as_dict(), "series": []}, _figure) is None


def test_coverage_ticks_what_is_covered() -> None:
    points = (ChartPoint("a", 1, 1), ChartPoint("b", 0, 0))
    made = ChartSpec(ChartKind.COVERAGE, "T", "", (ChartSeries("s", points),), ("a", "b"))
    cells = coverage.option(made.as_dict())["series"][0]["data"]
    assert [c["show"]["on"] for c in cells] == [True, False]
    assert coverage.chart("x", made.as_dict()).table.rows == (("a", "yes"), ("b", "no"))


def test_the_frontier_never_promises_less_than_it_shows() -> None:
    points = [
        {"cost": {"high": 1e6 * i, "text": f"${i} million"}, "effect": 0.1 * i, "effect_possible": 0.12 * i,
         "effect_figure": "x", "measures": ["m"], "chosen": i == 2}
        for i in (1, 2, 3)
    ]  # fmt: skip
    option = frontier.option(points, "USD")
    plain_json(option)
    for box, dot in zip(option["series"][0]["data"], option["series"][1]["data"], strict=True):
        assert box["value"][2] == dot["value"][1] <= box["value"][3]
    assert sum("symbol" in d for d in option["series"][1]["data"]) == 1


@given(st.lists(st.floats(allow_nan=False, allow_infinity=True), max_size=5))
def test_a_scale_is_positive_whatever_the_values(values: list[float]) -> None:
    divisor, name = words.scale(values, "tonne")
    assert divisor > 0
    assert "tonne" in name


def test_text_from_a_case_cannot_leave_its_script_element() -> None:
    assert "</script" not in embed({"a": "</script><script>alert(1)</script>"})
    assert json.loads(embed({"a": "</script>"})) == {"a": "</script>"}
    with pytest.raises(ValueError, match="JSON"):
        embed({"a": math.inf})
