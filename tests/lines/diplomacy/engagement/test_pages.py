"""Pages hold facts of the case and nothing else."""

from __future__ import annotations

from counterpact.case.read import read_case
from counterpact.lines.diplomacy.engagement.pages import page


def test_china_and_india_have_pages_of_sourced_facts() -> None:
    case = read_case("russia-dprk")
    for actor in ("china", "india"):
        found = page(case, actor)
        assert found is not None
        assert found.depends
        assert found.stands
        name = case.actors[actor].name
        for fact in (*found.depends, *found.stands):
            row = case.facts[fact]
            assert name in row.subject or name in row.object
            assert row.source in case.sources
        estimands = [case.facts[f].estimand for f in found.depends]
        assert len(set(estimands)) == len(estimands)
    china = page(case, "china")
    assert china is not None
    assert any("1961" in t for t in china.treaties)
    assert page(case, "nowhere") is None
