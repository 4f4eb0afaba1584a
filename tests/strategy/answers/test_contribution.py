from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpact.strategy.answers.contribution import Game, contribution, restrict, shapley
from counterpact.strategy.compiling.compile import compile_case
from counterpact.strategy.compiling.levers import complete
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from tests.strategy.small_case import case, channel, measure, picture


@given(st.data(), st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_shapley_is_the_mean_over_all_orders_and_adds_up(data, n):
    names = "abcde"[:n]
    value = {
        frozenset(c): data.draw(st.floats(-5, 5)) if k else 0.0 for k in range(n + 1) for c in combinations(names, k)
    }
    found = shapley(names, value)
    orders = list(permutations(names))
    for name in names:
        marginal = [value[frozenset(o[: o.index(name) + 1])] - value[frozenset(o[: o.index(name)])] for o in orders]
        assert found[name] == pytest.approx(np.mean(marginal), abs=1e-9)
    assert sum(found.values()) == pytest.approx(value[frozenset(names)], abs=1e-9)


def built():
    of = case(
        [channel("x", "a", "b", 60), channel("y", "a", "b", 40), channel("w", "c", "d", 30)],
        [
            measure("s1", line="sanctions"),
            measure("s2", line="sanctions", requires=("d1",)),
            measure("d1", line="diplomacy"),
            measure("c1", line="cyber"),
            measure("c2", line="cyber", level_of="s1"),
        ],
        [
            ("s1", "block", 0.5, 0.5, ("x",)),
            ("s2", "block", 1, 1, ("y",)),
            ("c1", "block", 0.5, 0.5, ("w",)),
            ("c2", "block", 0.9, 0.9, ("x",)),
        ],
        harm={"p": ("x", "y"), "q": ("w",)},
    )
    c = compile_case(of, picture(of), scenarios=24, spare=(1.0, 1.0))
    z = complete(c.levers, ["s1", "s2", "d1", "c1", "c2"])
    lines = {v: of.measures[m].line.value for m, v in c.levers.measure.items()}
    return c, z, lines


def test_closure_drops_what_lost_its_prerequisite_or_its_lower_level():
    c, z, lines = built()

    def left(*coalition):
        out = restrict(c.instance.leader, z, lines, frozenset(coalition))
        return {n for n, on in zip(c.instance.leader.names, out, strict=True) if on}

    assert left("sanctions") == {"s1"}  # s2 requires d1
    assert left("sanctions", "diplomacy") == {"s1", "s2", "d1"}
    assert left("cyber") == {"c1"}  # c2 is a stronger level of s1
    assert left("sanctions", "cyber") == {"s1", "c1", "c2"}
    assert left() == set()


def test_contribution_matches_replies_solved_one_coalition_at_a_time():
    c, z, lines = built()
    weights = np.array([s.probability for s in c.instance.scenarios])
    risk = Risk("cvar", 0.9)
    game = Game(Oracle(c.instance), weights, risk, z, lines, c.relevance)
    found = contribution(game, {}, ("sanctions", "diplomacy", "cyber", "readiness"), None)
    fresh = Oracle(c.instance)

    def value(coalition):
        out = restrict(c.instance.leader, z, lines, frozenset(coalition))
        return risk.value(fresh.sweep(out).lower @ c.instance.weights, weights)

    base = value(())
    names = ("cyber", "diplomacy", "sanctions")
    table = {frozenset(k): base - value(k) for n in range(4) for k in combinations(names, n)}
    expected = shapley(names, table)
    for line in found.lines:
        assert line.shapley == pytest.approx(expected.get(line.line, 0.0), abs=1e-7)
    assert sum(line.shapley for line in found.lines) == pytest.approx(found.total)
    assert found.total == pytest.approx(table[frozenset(names)])
    # by hand: x is 60 of 100 (half for s1, .9 with c2), y needs both, w is 30 with weight ½ each
    assert table[frozenset({"sanctions"})] == pytest.approx(0.5 * 0.30)
    assert table[frozenset({"diplomacy"})] == pytest.approx(0.0)
    alone = {line.line: line.alone for line in found.lines}
    assert alone["cyber"] == pytest.approx(0.5 * 0.15)


def test_objectives_that_a_coalition_does_not_touch_are_not_solved_again():
    c, z, lines = built()
    game = Game(Oracle(c.instance), np.full(24, 1 / 24), Risk("mean"), z, lines, c.relevance)
    for k in range(4):
        for coalition in combinations(game.names, k):
            game.value(frozenset(coalition))
    assert game.sweeps < 8  # 8 coalitions, several of them alike


def test_error_is_the_distance_to_all_scenarios():
    c, z, lines = built()
    weights = np.array([s.probability for s in c.instance.scenarios])
    few = Game(Oracle(c.instance, np.array([0, 5])), np.array([0.5, 0.5]), Risk("mean"), z, lines)
    everyone = Game(Oracle(c.instance), weights, Risk("mean"), z, lines)
    found = contribution(few, {}, ("sanctions", "diplomacy", "cyber"), everyone)
    worst = max(abs(few.value(frozenset(k)) - everyone.value(frozenset(k))) for k in found.compared)
    assert found.error == pytest.approx(worst / found.total_all)
