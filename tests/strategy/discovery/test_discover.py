from __future__ import annotations

import numpy as np
import pytest

from counterpact.errors import UsageError
from counterpact.strategy.compiling.compile import compile_case
from counterpact.strategy.discovery.association import worth_a_look
from counterpact.strategy.discovery.boxes import Experiments, Limit
from counterpact.strategy.discovery.discover import Question, discover, experiments, named_package, replies
from counterpact.strategy.discovery.tree import grow
from counterpact.strategy.discovery.words import condition, sentence
from counterpact.strategy.plain import plain
from counterpact.strategy.solving.reply import Oracle
from tests.strategy.compiling.test_participation import assessed
from tests.strategy.small_case import case, channel, measure, picture


@pytest.fixture(scope="module")
def compiled():
    of = case(
        [
            channel("x", "a", "c", 50, capacity_high=90, mode="rail", jurisdictions=("green",)),
            channel("w", "a", "d", 1, capacity_high=2),
        ],
        [measure("s1", who=("green",)), measure("s2")],
        [("s1", "block", 0.9, 0.95, ("x",)), ("s2", "block", 0.5, 0.6, ("w",))],
        harm={"p": ("x",), "q": ("w",)},
    )
    return compile_case(of, picture(of, [{"x": 30, "w": 1}]), assessed({"green": (0.6, 0.8)}), scenarios=304)


@pytest.fixture(scope="module")
def found(compiled):
    return discover(compiled, ("s1", "join:green"), alternatives=[("s2",), ()])


def test_the_cause_of_failure_is_found_in_plain_words(compiled, found):
    # the block of x works only where green takes part: without it, and with room by rail, the package fails
    assert "green does not take part" in found.box.sentence
    assert found.box.density > 0.6
    assert found.rate == pytest.approx(0.2, abs=0.01)
    assert found.stability.density > 0.5
    assert dict(found.stability.again)["joins:green"] > 0.9
    named = {c.name: c for c in found.box.conditions}
    assert named["joins:green"].among == ("no",)
    assert named["joins:green"].basis == "assumption"


def test_the_trajectory_counts_what_the_replies_say(compiled, found):
    table = experiments(compiled)
    z = named_package(compiled, ("s1", "join:green"))
    y = Oracle(compiled.instance).sweep(z).lower[: len(table)] @ compiled.instance.weights
    failed = y > found.threshold
    assert failed.sum() == found.failures
    absent = table.X[:, table.names.index("joins:green")] < 0.5
    assert y[absent].mean() > 2 * y[~absent].mean()
    assert all(not failed[~absent].any() or s.density <= 1 for s in found.trajectory)
    assert found.trajectory[0].density == pytest.approx(failed.mean())


def test_batches_give_the_same_replies(compiled):
    z = named_package(compiled, ("s1", "s2", "join:green"))
    whole = Oracle(compiled.instance).sweep(z).lower
    assert np.allclose(replies(compiled, [z])[:, 0], whole, atol=1e-9)


def test_learning_who_takes_part_is_worth_most(found):
    first = max(found.information, key=lambda i: i.shrinks)
    assert first.name == "participation: green"
    assert first.shrinks > 0.5
    assert all(i.worth <= found.information_total + 3 * i.worth_error + 1e-9 for i in found.information)


def test_an_objective_of_its_own_and_a_box_of_ones_own(compiled):
    other = discover(compiled, ("s1", "join:green"), Question(objective="q", threshold=1.5, box=1))
    assert (other.outcome, other.unit, other.threshold, other.chosen) == ("q", "t", 1.5, 1)
    assert plain(other)["box"]["conditions"]


def test_wrong_questions_are_refused_in_words(compiled):
    with pytest.raises(UsageError, match="no scenario fails"):
        discover(compiled, ("s1",), Question(threshold=1e9))
    with pytest.raises(UsageError, match="not an objective"):
        discover(compiled, ("s1",), Question(objective="pp"))
    with pytest.raises(UsageError, match="not a measure"):
        discover(compiled, ("s9",))


def test_limits_in_words(compiled):
    of = compiled.case
    assert condition(of, Limit("joins:green", among=("yes",))) == "green takes part"
    assert condition(of, Limit("limit:x", low=60.0)) == "physical limit: x is above 60 t"
    text = sentence(of, [Limit("spare:rail", low=0.6, quasi_p=0.01), Limit("joins:green", among=("no",), quasi_p=0.0)])
    assert text == (
        "Fails when green does not take part and spare capacity by rail is above 0.6 of the room above today's flow."
    )


def test_screening_keeps_causes_and_little_noise():
    rng = np.random.default_rng(0)
    X = rng.random((1000, 300))
    y = X[:, 7] + 0.5 * X[:, 100] + 0.1 * rng.random(1000)
    kept = worth_a_look(X, y, y > 1.2, 20)
    assert set(kept[:2]) == {7, 100}
    assert len(kept) <= 6


def test_the_tree_shows_two_causes_side_by_side():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.random(2000), rng.random(2000), rng.integers(0, 2, 2000)])
    failed = ((X[:, 0] > 0.9) & (X[:, 2] == 1)) | (X[:, 1] < 0.1)
    tree = grow(Experiments(("a", "b", "who"), X, {"who": ("no", "yes")}), failed, least=0.02)
    dense = [leaf for leaf in tree.leaves if leaf.density > 0.9]
    assert sum(leaf.coverage for leaf in dense) > 0.95
    assert any({limit.name for limit in leaf.limits} >= {"a", "who"} for leaf in dense)
    assert tree.found > 0.9
    assert tree.right > 0.9
