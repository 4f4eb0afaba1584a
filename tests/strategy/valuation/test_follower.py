"""The net-payoff follower against SciPy, by hand, and under the guarantee."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csc_matrix, csr_matrix, vstack

from counterpact.errors import UsageError
from counterpact.strategy.instance import Columns, Instance, Leader, Scenario
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from counterpact.strategy.valuation.follower import closed, counted, respond
from counterpact.strategy.valuation.own import OwnValues, goods_only
from tests.strategy.instances import small


def random_values(instance: Instance, seed: int) -> OwnValues:
    """Values with no relation to harm, costs among them."""
    rng = np.random.default_rng([seed, 5])
    own = goods_only(instance)
    return replace(own, value=own.value * rng.uniform(0.2, 2, own.value.shape) - rng.uniform(0, 0.01, own.value.shape))


def by_scipy(scenario: Scenario, z: np.ndarray, value: np.ndarray, harm: np.ndarray) -> tuple[float, float, float]:
    """(own value, least harm, most harm)."""
    up, down = np.isfinite(scenario.upper), np.isfinite(scenario.lower)
    A = csr_matrix(scenario.A)
    rows, limit = vstack([A[up], -A[down]]), np.concatenate([scenario.upper[up], -scenario.lower[down]])
    ceiling = scenario.ceiling.copy()
    for j, m in zip(*scenario.penalty.nonzero(), strict=True):
        if z[m] > 0.5:
            ceiling[j] = 0.0
    bounds = [(0.0, c) for c in ceiling]
    first = linprog(-value, A_ub=rows, b_ub=limit, bounds=bounds, method="highs-ipm")
    tied = vstack([rows, csr_matrix(-value)])
    floor = np.append(limit, first.fun + 1e-7 * (1 + abs(first.fun)))
    ends = [linprog(sign * harm, A_ub=tied, b_ub=floor, bounds=bounds, method="highs").fun for sign in (1, -1)]
    return -first.fun, ends[0], -ends[1]


@pytest.mark.parametrize("seed", range(6))
def test_both_replies_are_what_scipy_finds(seed: int):
    instance = small(seed, scenarios=2, measures=5)
    own = random_values(instance, seed)
    z = (np.random.default_rng(seed).random(len(instance.leader.names)) < 0.5).astype(float)
    reply = respond(instance, own, z)
    for s, scenario in enumerate(instance.scenarios):
        best, least, most = by_scipy(scenario, z, own.value[s], counted(instance, scenario))
        assert reply.best[s] == pytest.approx(best, abs=1e-6)
        assert reply.low_combined[s] == pytest.approx(least, abs=2e-4)
        assert reply.high_combined[s] == pytest.approx(most, abs=2e-4)


@pytest.mark.parametrize("seed", range(3))
def test_the_guarantee_bounds_the_pessimistic_reading_and_that_the_optimistic_one_at_every_package(seed: int):
    instance = small(seed, scenarios=3, measures=4)
    own, oracle = random_values(instance, seed), Oracle(instance)
    probability = oracle.stack.probability
    for bits in product((0.0, 1.0), repeat=len(instance.leader.names)):
        z = np.array(bits)
        reply, most = respond(instance, own, z), oracle.sweep(z).upper @ instance.weights
        assert np.all(reply.low_combined <= reply.high_combined + 1e-6)
        assert np.all(reply.high_combined <= most + 1e-6)
        for risk in (Risk(), Risk("cvar", 0.5), Risk("worst")):
            assert risk.value(reply.high_combined, probability) <= risk.value(most, probability) + 1e-6


def two_routes() -> Instance:
    """One unit by route a or b, equally good to them, harm 1 by a and 3 by b; a measure refuses a, another opens c."""
    A = csc_matrix(np.ones((1, 3)))
    penalty = csr_matrix(np.array([[9.0, 0.0], [0.0, 0.0], [0.0, -9.0]]))
    scenario = Scenario(
        A,
        np.array([-np.inf]),
        np.ones(1),
        np.ones(3),
        np.array([[1.0, 3.0, 5.0]]),
        np.array([0.0, 0.0, -9.0]),
        penalty,
        1,
    )
    leader = Leader(
        ("m", "lapse:k"), ("measure",) * 2, np.ones(2, bool), csr_matrix((0, 2)), np.zeros(0), np.zeros(0), (),
        ("money",), np.ones((1, 2)),
    )  # fmt: skip
    index = np.arange(3)
    columns = Columns(index, np.zeros(3, int), np.zeros(3, int), ("a", "b", "c"), ("a", "b", "c"))
    return Instance(leader, columns, [scenario], ("harm",), np.ones(1), np.ones(1))


def test_ties_go_for_or_against_us_and_a_lapse_opens_a_route():
    instance = two_routes()
    own = OwnValues(np.array([[1.0, 1.0, 2.0]]), {}, goods_only(instance).basis, "")
    today = respond(instance, own, np.array([0.0, 0.0]))
    assert (today.low_combined[0], today.high_combined[0]) == pytest.approx((1.0, 3.0), abs=1e-5)
    refused = respond(instance, own, np.array([1.0, 0.0]))
    assert (refused.low_combined[0], refused.high_combined[0]) == pytest.approx((3.0, 3.0), abs=1e-5)
    lapsed = respond(instance, own, np.array([1.0, 1.0]))
    assert (lapsed.low_combined[0], lapsed.high_combined[0]) == pytest.approx((5.0, 5.0), abs=1e-4)
    assert closed(instance.scenarios[0], np.array([1.0, 0.0])).tolist() == [True, False, True]


def test_refusing_can_raise_harm_by_own_values_though_never_the_guarantee():
    instance = two_routes()
    own = OwnValues(np.array([[2.0, 1.0, 0.0]]), {}, goods_only(instance).basis, "")
    before, after = (respond(instance, own, np.array([m, 0.0])).high_combined[0] for m in (0.0, 1.0))
    assert before == pytest.approx(1.0, abs=1e-5)
    assert after == pytest.approx(3.0, abs=1e-5)


@pytest.mark.parametrize("worth", [{"gold": 1.0}, {"o0": -1.0}, {"o0": float("nan")}])
def test_wrong_worth_is_wrong_use(worth: dict[str, float]):
    with pytest.raises(UsageError):
        goods_only(small(0), worth)
