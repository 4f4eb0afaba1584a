"""From votes and a draft to a count; what is refused, and in which words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from counterpact.charts.spec import chart
from counterpact.errors import UsageError
from counterpact.lines.diplomacy.whip.asking import count, read_known
from counterpact.lines.diplomacy.whip.drawing import sheet
from counterpact.lines.diplomacy.whip.likeness import directions
from tests.lines.diplomacy.made_up import table


@pytest.fixture(scope="module")
def votes():
    return table(sessions=9, each=12, count=40)


def test_a_draft_is_counted_and_known_positions_stand(votes) -> None:
    states = votes.codes
    found = count(votes, "nuclear disarmament treaty obligations", known={states[0]: "no", states[1]: "abstain"})
    plain = found.plain()
    assert set(plain["passes"]) == {"majority", "two thirds"}
    rows = {r["state"]: r for r in plain["states"]}
    assert rows[states[0]]["no"] == 1.0
    assert rows[states[1]]["abstain"] == 1.0
    for row in rows.values():
        assert row["yes"] + row["abstain"] + row["no"] + row["absent"] == pytest.approx(1)
    shown = sheet(found)
    assert len(shown.series) == 4
    assert len(shown.categories) == min(40, len(rows) - 2)
    assert not {found.names[states[0]], found.names[states[1]]} & set(shown.categories)
    assert shown.series[0].points[0].low >= shown.series[0].points[-1].low
    drawn = chart("whip", shown.as_dict(), lambda point, unit: str(point["low"]))
    assert drawn is not None
    assert drawn.table.rows


def test_a_past_roll_call_is_seen_from_the_sessions_before_it(votes) -> None:
    last = votes.items[-1]
    found = count(votes, roll_call=last.rcid)
    # its own session changed beyond recognition changes nothing: the count cannot have read it
    vote = votes.vote.copy()
    vote[votes.session == last.session] = 0
    again = count(replace(votes, vote=vote), roll_call=last.rcid)
    assert np.array_equal(found.count.chance, again.count.chance)
    assert found.outcome != again.outcome
    with pytest.raises(UsageError, match="not among"):
        count(votes, roll_call=-7)


def test_directions_find_who_votes_alike() -> None:
    rng = np.random.default_rng(0)
    side = np.repeat([1.0, -1.0], 15)
    vote = np.where(rng.random((80, 30)) < 0.1, 1, np.where(rng.choice([-1.0, 1.0], 80)[:, None] * side > 0, 2, 0))
    vote[rng.random(vote.shape) < 0.1] = 3
    found = directions(vote.astype(np.int8), 2)
    assert np.all(found[:, 0] == 1)
    assert abs(np.corrcoef(found[:, 1], side)[0, 1]) > 0.98
    assert np.allclose(found[:, 1:].mean(axis=0), 0, atol=1e-9)
    assert np.allclose((found[:, 1:] ** 2).mean(axis=0), 1)


def test_bad_input_is_told_in_words(votes) -> None:
    with pytest.raises(UsageError, match="either"):
        count(votes)
    with pytest.raises(UsageError, match="words that say something"):
        count(votes, "nuclear test")
    with pytest.raises(UsageError, match="both as yes and as no"):
        read_known(["USA=yes", "USA=no"])
    with pytest.raises(UsageError, match="no state of these votes"):
        read_known(["XYZ=yes"], votes.codes)
    with pytest.raises(UsageError, match="as in USA=yes"):
        read_known(["USA"])
    with pytest.raises(UsageError, match="no position"):
        read_known(["USA=perhaps"])
    assert read_known(["usa=Yes", "USA=yes"]) == {"USA": "yes"}
    same = replace(votes, vote=np.where(votes.vote >= 0, 2, votes.vote).astype(np.int8))
    with pytest.raises(UsageError, match=r"unanim|divide"):
        count(same, "nuclear disarmament treaty obligations")
