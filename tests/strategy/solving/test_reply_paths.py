from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_matrix

from counterpact.strategy.solving import programs
from counterpact.strategy.solving.graph import find_graph
from counterpact.strategy.solving.linear import Program
from counterpact.strategy.solving.paths import PathProgram, Pool
from counterpact.strategy.solving.reply import Oracle
from tests.strategy.instances import plain, small, structured, value_by_scipy

seeds = st.integers(0, 10_000)


@pytest.fixture(autouse=True)
def by_paths(monkeypatch):
    """Let the smallest network be solved by paths."""
    monkeypatch.setattr(programs, "LARGE", 1)


def network(seed, **options):
    return plain(**({"scenarios": 3, "nodes": 12, "arcs": 40, "goods": 3, "measures": 6, "seed": seed} | options))


def tight(instance, share):
    """The same with capacities cut to a share, so that they bind."""
    return replace(
        instance,
        scenarios=[replace(s, upper=s.upper * share) for s in instance.scenarios],
    )


def made(oracle):
    return list(oracle.programs)


@settings(max_examples=6, deadline=None)
@given(seeds, st.sampled_from([1.0, 0.3, 0.08]))
def test_replies_by_paths_agree_with_scipy_whatever_binds(seed, share):
    instance = tight(network(seed), share)
    oracle = Oracle(instance)
    rng = np.random.default_rng(seed)
    for z in (np.zeros(6), np.ones(6), rng.random(6), (rng.random(6) < 0.4).astype(float)):
        sweep = oracle.sweep(z)
        for s in range(3):
            assert sweep.lower[s, 0] == pytest.approx(value_by_scipy(instance, s, 0, z), rel=1e-7, abs=1e-7)
        assert sweep.upper == pytest.approx(sweep.lower, rel=1e-7, abs=1e-7)
        assert np.all(oracle.stack.residuals(sweep.plans) <= 1e-7)
    assert all(isinstance(p, PathProgram) and not p.fallbacks for p in made(oracle))


@settings(max_examples=6, deadline=None)
@given(seeds)
def test_gains_slices_money_and_finance_are_kept_to(seed):
    instance = small(seed, guard=False)
    oracle = Oracle(instance)
    rng = np.random.default_rng(seed)
    for z in (np.zeros(6), rng.random(6), np.ones(6)):
        sweep = oracle.sweep(z)
        for s in range(4):
            for o in range(2):
                assert sweep.lower[s, o] == pytest.approx(value_by_scipy(instance, s, o, z), abs=1e-7)


def test_many_saturated_slices_agree_with_the_whole_program():
    instance = structured(scenarios=2, channels=300, places=12, objectives=2, measures=8, guard=False)
    oracle = Oracle(instance)
    for z in (np.zeros(8), np.ones(8), np.eye(8)[0]):
        sweep, cost = oracle.sweep(z), oracle.stack.costs(z)
        for s, scenario in enumerate(instance.scenarios):
            whole = Program(scenario.A, scenario.lower, scenario.upper, scenario.ceiling)
            for o in range(2):
                assert sweep.lower[s, o] == pytest.approx(cost[s, o] @ whole.cold(cost[s, o])[0], rel=1e-7)


@settings(max_examples=6, deadline=None)
@given(seeds)
def test_what_is_enough_is_proven_and_the_greatest_is_exact(seed):
    instance = tight(network(seed, scenarios=8), 0.3)
    exact, screened = Oracle(instance), Oracle(instance)
    rng = np.random.default_rng(seed)
    screened.sweep(np.zeros(6))
    solved = 0
    for _ in range(3):
        z = (rng.random(6) < 0.5).astype(float)
        true = exact.sweep(z).lower
        for limit in (np.quantile(true, 0.7), -np.inf):
            found = screened.sweep(z, enough=limit, greatest=limit == -np.inf)
            slack = 1e-7 * (1 + np.abs(true))
            assert np.all(found.lower <= true + slack)
            assert np.all(found.upper >= true - slack)
            assert np.all((found.upper - found.lower <= 2 * slack) | (found.upper <= max(limit, true.max()) + slack))
            assert found.upper.max() == pytest.approx(
                max(true.max(), min(limit, found.upper.max())), rel=1e-7, abs=1e-7
            )
            solved += found.solved
    assert solved < 3 * 2 * 8


def chain(gain=1.0, supply=5.0, back=0.0):
    """A node with its own supply → a node → delivered; `back` = gain of an arc that turns back."""
    A = np.array([[1.0, 0.0, -back], [-gain, 1.0, 1.0]])
    n = A.shape[1]
    upper = np.array([supply, 0.0])
    return csc_matrix(A), np.full(2, -np.inf), upper, np.full(n, 100.0)


def test_a_node_may_have_a_supply_of_its_own():
    parts = chain(gain=0.5, back=0.5)
    graph = find_graph(*parts[:3])
    assert graph is not None
    y, u = PathProgram(Pool(graph), *parts).maximise(np.array([-1.0, 4.0, -1.0]))
    assert y == pytest.approx([5.0, 2.5, 0.0])
    assert u == pytest.approx([1.0, 4.0])


@pytest.mark.parametrize("equal", [False, True])
def test_what_pays_on_the_way_may_end_there_only_where_it_may_be_wasted(equal):
    # supply → node 0 → node 1 → delivered; the middle arc pays most, the last one costs
    A = csc_matrix(np.array([[-1.0, 1.0, 0.0], [0.0, -1.0, 1.0]]))
    lower = np.zeros(2) if equal else np.full(2, -np.inf)
    parts = (A, lower, np.zeros(2), np.array([5.0, 4.0, 3.0]))
    for cost in ([-1.0, 3.0, -1.0], [2.0, -1.0, -9.0], [1.0, 1.0, 1.0]):
        program = PathProgram(Pool(find_graph(*parts[:3])), *parts)
        y, u = program.maximise(np.array(cost))
        best = cost @ Program(*parts).cold(np.array(cost))[0]
        if not program.fallbacks:
            assert cost @ y <= best + 1e-9
        if not equal:
            assert not program.fallbacks
            assert cost @ y == pytest.approx(best)
            assert np.maximum(cost - A.T @ u, 0) @ parts[3] == pytest.approx(best)


def test_a_cycle_that_pays_is_left_to_the_whole_program():
    parts = chain(back=1.0)
    program = PathProgram(Pool(find_graph(*parts[:3])), *parts)
    cost = np.array([1.0, 0.5, 1.0])
    y, _ = program.maximise(cost)
    assert program.fallbacks == 1
    assert cost @ y == pytest.approx(cost @ Program(*parts).cold(cost)[0])


def test_a_program_without_nodes_has_no_graph():
    assert find_graph(csc_matrix(np.ones((2, 5))), np.full(2, -np.inf), np.ones(2)) is None
