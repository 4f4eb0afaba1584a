"""Charts show what was computed, in order, with the facts behind the case's figures."""

from __future__ import annotations

from counterpact.lines.diplomacy.drawings import drift, strip
from counterpact.lines.diplomacy.points import estimate
from tests.lines.diplomacy import made_up


def test_strip_and_drift() -> None:
    points = estimate(made_up.table(sessions=3, each=10, count=30))
    made = strip(points, 2005)
    middle = [p.low + p.high for p in made.series[0].points]
    assert middle == sorted(middle, reverse=True)
    assert made.categories[0] == made.series[0].points[0].label
    lines = drift(points, ["USA", "CAN"])
    assert [s.name for s in lines.series] == ["United States", "Canada"]
    assert [p.label for p in lines.series[0].points] == ["2005", "2006", "2007"]
