from __future__ import annotations

import json

from counterpact.charts.tradeoff import brushed, parallel, scatter

POINTS = [
    {"number": 1, "values": {"effect": 0.1, "money": 5.0}, "measures": ["A"]},
    {"number": 2, "values": {"effect": 0.3, "money": 20.0}, "measures": ["A", "B & C"]},
]


def test_every_mark_names_its_package_and_lies_where_its_values_are():
    lines = parallel(POINTS, ["effect", "money"])
    assert [s["name"] for s in lines["series"]] == ["1", "2"]
    assert [s["data"] for s in lines["series"]] == [[0, 0], [1, 1]]
    assert "B &amp; C" in lines["series"][1]["tooltip"]["formatter"]
    dots = scatter(POINTS, "money", "effect")["series"][0]["data"]
    assert [d["value"] for d in dots] == [[5, 0.1], [20, 0.3]]
    json.dumps([lines, dots], allow_nan=False)


def test_a_brush_takes_both_ends_in_and_crosses_axes():
    assert brushed(POINTS, {"money": (5.0, 20.0)}) == [1, 2]
    assert brushed(POINTS, {"money": (None, 20.0), "effect": (0.2, None)}) == [2]
    assert brushed(POINTS, {"effect": (0.4, None)}) == []
