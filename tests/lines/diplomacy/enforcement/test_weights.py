"""Shares of flow through an actor's channels on networks solved by hand."""

from __future__ import annotations

import numpy as np
import pytest

from counterpact.lines.diplomacy.enforcement.weights import Flows, coalition, weights
from tests.strategy.small_case import case, channel, picture


def network():
    """red → a (blue acts) 6 and red → b 4; a → c 6, b → c 4 (green acts); c → pink 10."""
    return case(
        [
            channel("ra", "red", "a", 10, jurisdictions=("blue",)),
            channel("rb", "red", "b", 10),
            channel("ac", "a", "c", 10),
            channel("bc", "b", "c", 10, jurisdictions=("green", "blue")),
            channel("cp", "c", "pink", 20),
        ],
        harm={"arms": ["cp"]},
    )


def seen(flows: dict[str, float]):
    made = picture(network())
    row = np.array([flows[c] for c in made.channels])
    samples = made.samples.__class__(**{**vars(made.samples), "flows": np.tile(row, (len(made.samples.flows), 1))})
    return made.__class__(**{**vars(made), "samples": samples})


FLOWS = {"ra": 6.0, "rb": 4.0, "ac": 6.0, "bc": 4.0, "cp": 10.0}


def test_shares_follow_the_water() -> None:
    found = {w.actor: w for w in weights(network(), seen(FLOWS))}
    assert found["blue"].overall.mean == pytest.approx(1.0)
    assert found["green"].overall.mean == pytest.approx(0.4)
    assert found["green"].channels == ("bc",)
    assert "red" not in found


def test_part_of_the_flow_that_leaves_midway_takes_its_share_with_it() -> None:
    flows = Flows(network(), seen(FLOWS | {"bc": 1.0, "cp": 7.0}))
    passed = flows.passed(flows.channels_of(["green"]))
    assert passed["arms"] == pytest.approx(1 / 7)


def test_the_coalition_grows_by_what_each_adds() -> None:
    steps = coalition(network(), seen(FLOWS), members=("green",))
    assert [(s.actor, pytest.approx(s.gain)) for s in steps] == [("blue", 0.6)]
    assert coalition(network(), seen(FLOWS), members=("blue",)) == ()


def test_a_circle_of_flow_settles() -> None:
    made = case(
        [
            channel("ra", "red", "a", 10, jurisdictions=("blue",)),
            channel("rb", "red", "b", 10),
            channel("ab", "a", "b", 10),
            channel("ba", "b", "a", 10),
            channel("bp", "b", "pink", 20),
        ],
        harm={"arms": ["bp"]},
    )
    shown = picture(made)
    flow = {"ra": 5.0, "rb": 5.0, "ab": 7.0, "ba": 2.0, "bp": 10.0}
    row = np.array([flow[c] for c in shown.channels])
    samples = shown.samples.__class__(**{**vars(shown.samples), "flows": np.tile(row, (3, 1))})
    shown = shown.__class__(**{**vars(shown), "samples": samples})
    # s_a = (5 + 2 s_b) / 7,  s_b = 7 s_a / 12  →  s_b = 5 / 10
    assert weights(made, shown)[0].overall.mean == pytest.approx(0.5)
