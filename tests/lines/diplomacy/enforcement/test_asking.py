"""What is said of enforcement: who is asked about, with which chance, and which members are refused."""

from __future__ import annotations

import pytest

import counterpact.api
from counterpact.case.values import Line
from counterpact.errors import UsageError


@pytest.fixture(scope="module")
def opened() -> counterpact.api.Opened:
    return counterpact.api.open("russia-dprk")


def test_members_must_be_known_and_outside_the_alliance(opened) -> None:
    with pytest.raises(UsageError, match="no actor"):
        opened.enforcement(["chnia"])
    with pytest.raises(UsageError, match="alliance"):
        opened.enforcement(["dprk"])


def test_the_shipped_case_names_whose_enforcement_matters(opened) -> None:
    found = opened.enforcement(["us"])
    shares = [w.overall.mean for w in found.weights]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= w.overall.low <= w.overall.mean <= w.overall.high <= 1 for w in found.weights)
    assert {"russia", "dprk"}.isdisjoint(w.actor for w in found.weights)
    covered = [step.covered.mean for step in found.steps]
    assert covered == sorted(covered)
    china = next(row for row in found.plain()["weights"] if row["actor"] == "china")
    assert china["participation"]["basis"] == "assumption"


def test_the_brief_says_enforcement_is_not_a_vote(opened) -> None:
    made = opened.assess()[Line.DIPLOMACY]
    (found,) = [f for f in made.findings if f.id == "enforcement"]
    assert "votes" in found.sentence
    assert len(found.figures) == 2
    shown = made.charts["enforcement"]()
    top = opened.enforcement().weights[0]
    assert shown.series[0].points[0].label == top.name
    assert shown.series[0].points[0].high == pytest.approx(top.overall.high)


def test_the_brief_has_pages_of_those_outside_who_matter_and_says_there_is_no_track_record(opened) -> None:
    made = opened.assess()[Line.DIPLOMACY]
    found = {f.id: f for f in made.findings}
    for name in ("page-china", "page-india"):
        assert found[name].facts
        quoted = [f for f in found[name].facts if opened.case.facts[f].statement in found[name].sentence]
        assert len(quoted) == 4
    assert any("No vote forecast has been sealed" in line for line in made.missing)
