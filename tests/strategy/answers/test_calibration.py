from __future__ import annotations

from dataclasses import replace

import pytest

from counterpact.case import model as m
from counterpact.errors import CaseError
from counterpact.strategy.answers.calibration import FILE, hindcasts, read, replay
from tests.strategy.small_case import case, channel, measure


def built():
    return case(
        [
            channel("x", "a", "b", 50, capacity_high=120),
            channel("y", "a", "b", 10, capacity_high=90),
            channel("z", "a", "b", 10, capacity_high=90),
        ],
        [measure("m", who=("grey",), requires=("n",)), measure("n")],
        [("m", "block", 0.4, 0.4, ("x",))],
    )


def episode(**more):
    row = {
        "id": "e",
        "title": "E",
        "cutoff": "2024-06-01",
        "measures": ["m"],
        "known": [],
        "today": {"x": [100, 100], "y": [0, 0], "z": [0, 0]},
        "observed": [
            {"channels": ["x"], "change": [-0.45, -0.35], "facts": []},
            {"channels": ["y", "z"], "sign": 1, "facts": []},
        ],
    }
    return row | more


def test_a_right_model_hits():
    of = built()
    effects = {e.id: e.model_copy(update={"basis": "observed change"}) for e in of.effects.values()}
    found = replay(replace(of, rows=dict(of.rows) | {"effects": effects}), episode())
    assert found.verdict == "hit"
    x, others = found.channels
    assert x.modelled.mean == pytest.approx(-0.4, abs=1e-6)  # an observed change is a change of flow
    assert x.covered
    assert others.sign_right
    assert others.modelled.mean > 0


def test_misses_are_shown():
    wrong_sign = episode(observed=[{"channels": ["x"], "sign": 1, "facts": []}])
    assert replay(built(), wrong_sign).verdict == "miss"
    too_small = episode(observed=[{"channels": ["x"], "change": [-0.95, -0.9], "facts": []}])
    found = replay(built(), too_small)
    assert found.channels[0].covered is False
    assert found.verdict in ("miss", "partly")
    assert found.verdict != "hit"


def test_an_untouched_channel_has_no_sign():
    of = built()
    still = episode(measures=["n"], observed=[{"channels": ["x"], "sign": -1, "facts": []}])
    found = replay(of, still)
    assert found.channels[0].modelled.mean == pytest.approx(0, abs=1e-6)
    assert found.verdict == "miss"


def test_flows_no_larger_than_what_was_known_leave_the_source():
    found = replay(built(), episode())
    x, others = found.channels
    assert x.modelled.mean * 100 + others.modelled.mean * 100 <= 1e-3


def write(of, folder, text):
    (folder / FILE).write_text(text, encoding="utf-8")
    return replace(of, folder=folder)


def test_wrong_episodes_are_all_reported(tmp_path):
    fact = m.Fact(
        id="late", subject="a", object="b", statement="s", origin="o", source="q", period="2025-01", low=1, high=1
    )
    of = built()
    of = replace(of, rows=dict(of.rows) | {"facts": {"late": fact}})
    text = """
- id: e
  title: E
  cutoff: 2024-06-01
  measures: [mm]
  known: [late, nothing]
  today: {xx: [1, 1]}
  observed: [{channels: [x], sign: 1, facts: []}]
- id: f
"""
    of = write(of, tmp_path, text)
    with pytest.raises(CaseError) as error:
        read(of, tmp_path / FILE)
    said = str(error.value)
    for part in ('measure "mm"', 'channel "xx"', 'fact "nothing"', "after the cut-off", '"title" is missing'):
        assert part in said


def test_no_file_no_episodes(tmp_path):
    assert hindcasts(built()) == []
    assert hindcasts(replace(built(), folder=tmp_path)) == []


def test_the_shipped_episodes_are_sound_and_print_their_misses():
    from counterpact.case.read import read_case

    of = read_case("russia-dprk")
    rows = read(of, of.folder / FILE)
    assert {r["id"] for r in rows} >= {"coal-2017", "garantex-2025", "rail-2025", "hong-kong-2024", "india-2025"}
    found = {h.id: h for h in hindcasts(of)}
    assert all(h.channels for h in found.values())
    # what set an effect must at least be reproduced by it, else the fit is wrong
    for name in ("hong-kong-2024", "india-2025"):
        assert found[name].note.startswith("In sample")
        assert all(c.covered and c.sign_right for c in found[name].channels)
