from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.stack import Stack
from tests.shared_data import shared
from tests.strategy.instances import gallery, small, value_by_scipy

seeds = st.integers(0, 10_000)


def points(instance, seed, count=4):
    rng = np.random.default_rng(seed)
    M = len(instance.leader.names)
    return [np.zeros(M), np.ones(M), *(rng.random(M) for _ in range(count)), (rng.random(M) > 0.5).astype(float)]


@settings(max_examples=8, deadline=None)
@given(seeds)
def test_values_agree_with_scipy_also_after_hot_starts_and_recalls(seed):
    instance = small(seed)
    oracle = Oracle(instance)
    for z in [*points(instance, seed), np.zeros(6)]:
        sweep = oracle.sweep(z)
        for s in range(len(instance.scenarios)):
            for o in range(2):
                assert sweep.lower[s, o] == pytest.approx(value_by_scipy(instance, s, o, z), abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(seeds, st.floats(0, 1))
def test_the_value_is_convex_and_falls_in_z(seed, t):
    instance = small(seed, guard=False)
    oracle = Oracle(instance, memory=0)
    rng = np.random.default_rng(seed)
    a, b = rng.random(6), rng.random(6)
    va, vb = oracle.values(a), oracle.values(b)
    assert np.all(oracle.values(t * a + (1 - t) * b) <= t * va + (1 - t) * vb + 1e-6 * (1 + np.abs(va)))
    assert np.all(oracle.values(np.maximum(a, b)) <= np.minimum(va, vb) + 1e-6 * (1 + np.abs(va)))


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_every_plan_is_a_cut_everywhere_and_exact_where_it_was_found(seed):
    instance = small(seed, guard=False)
    oracle = Oracle(instance)
    zs = points(instance, seed)
    sweeps = [oracle.sweep(z) for z in zs]
    for here in sweeps:
        for there in sweeps:
            cut = here.cuts.constant - here.cuts.slope @ there.z
            assert np.all(cut <= there.upper + 1e-6)
            if here is there:
                assert cut == pytest.approx(here.lower, abs=1e-9)
    assert all(np.all(s.cuts.slope >= 0) for s in sweeps)


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_any_duals_bound_from_above_and_the_right_ones_meet_the_plan(seed):
    instance = small(seed, guard=False)
    oracle, stack = Oracle(instance), Stack(instance)
    z = points(instance, seed)[3]
    sweep = oracle.sweep(z)
    assert sweep.upper == pytest.approx(sweep.lower, abs=1e-6)  # strong duality
    rng = np.random.default_rng(seed)
    for _ in range(5):  # weak duality, whatever the duals
        noise = stack.project(sweep.duals + rng.normal(0, rng.choice([1e-3, 0.1, 10]), sweep.duals.shape))
        assert np.all(stack.dual_bound(stack.dual_parts(noise), stack.costs(z)) >= sweep.lower - 1e-9)


def test_what_is_known_is_not_solved_again_and_threads_change_nothing():
    instance = small(3, scenarios=12)
    one, two = Oracle(instance, threads=1), Oracle(instance, threads=3)
    for z in [*points(instance, 3), points(instance, 3)[-1]]:
        a, b = one.sweep(z), two.sweep(z)
        assert np.array_equal(a.plans, b.plans)
        assert np.array_equal(a.duals, b.duals)
    assert a.solved == 0


@pytest.mark.shared
@pytest.mark.parametrize(("attacked", "flow"), [((), 80), (("Start-C",), 10), (("Start-C", "Start-B"), 0)])
def test_flow_left_under_attacks_of_the_gallery(attacked, flow):
    path = shared("strategy", "pyomo_gallery", "max_flow", "sample_arcs_data.csv")
    instance = gallery(path, attacks=2, value=1.0, penalty=1.0)
    z = np.array([float(n in attacked) for n in instance.leader.names])
    assert Oracle(instance).values(z)[0, 0] == pytest.approx(flow, abs=1e-6)


def test_a_stable_reply_is_an_optimum_near_the_status_quo_and_always_the_same():
    instance = small(5, guard=False)
    z = points(instance, 5)[-1]
    first, second = Oracle(instance), Oracle(instance)
    second.sweep(np.ones(6))  # another history must not change the answer
    quo = first.replies(np.zeros(6))[0, 0]
    a, b = first.stable_reply(0, 0, z, quo), second.stable_reply(0, 0, z, quo)
    stack = Stack(instance)
    cost = stack.costs(z)[0, 0]
    assert cost @ a == pytest.approx(first.sweep(z).lower[0, 0], abs=1e-6)
    assert a == pytest.approx(b, abs=1e-6)
    scale = 1 / instance.scenarios[0].ceiling
    assert np.abs(a - quo) @ scale <= np.abs(first.sweep(z).plans[0, 0] - quo) @ scale + 1e-6
    flat = np.zeros((4, 2, stack.n))
    flat[0, 0] = a
    assert stack.residuals(flat)[0, 0] < 1e-6
