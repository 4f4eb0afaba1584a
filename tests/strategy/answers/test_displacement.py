from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from counterpact.case import model as m
from counterpact.strategy.answers.displacement import reply, shifts
from counterpact.strategy.answers.representatives import Representatives, choose, spread
from counterpact.strategy.answers.stable_replies import StableReplies
from counterpact.strategy.compiling.compile import compile_case
from counterpact.strategy.compiling.levers import complete
from counterpact.strategy.solving.reply import Oracle
from tests.strategy.small_case import case, channel, measure, picture


def built(scenarios=24):
    of = case(
        [channel("x", "a", "b", 60), channel("y", "a", "b", 80), channel("v", "a", "b", 80)],
        [measure("m"), measure("k", lever="lapse", status="in force")],
        [("m", "block", 1, 1, ("x",)), ("k", "block", 0.5, 0.5, ("y",))],
        limits=[m.Limit(id="s", place="a", good="arms", role="supply", unit="t", low=50, high=50)],
    )
    return compile_case(of, picture(of, [{"x": 40, "y": 10}]), scenarios=scenarios, spare=(1.0, 1.0))


def everything(c):
    weights = np.array([s.probability for s in c.instance.scenarios])
    return Representatives(np.arange(len(weights)), weights)


def found(c, *names):
    z = complete(c.levers, names)
    values = Oracle(c.instance).sweep(z).lower
    chosen = everything(c)
    return z, StableReplies(c).find(z, chosen.index, values), values


def test_the_stable_reply_is_the_status_quo_where_that_is_as_good():
    c = built()
    _, today, _ = found(c)
    assert np.allclose(c.channel_flows(today.plans)[:, 0], [40, 10, 0], atol=0.01)


def test_a_closed_channel_is_displaced_to_the_others_and_the_change_is_antisymmetric():
    c = built()
    chosen = everything(c)
    z, under, _ = found(c, "m")
    _, today, _ = found(c)
    there = {s.channel: s for s in shifts(c, chosen, today, under, z)}
    back = {s.channel: s for s in shifts(c, chosen, under, today, z)}
    assert there["x"].change.mean == pytest.approx(-40, abs=0.05)
    assert sum(s.change.mean for name, s in there.items() if name != "x") == pytest.approx(40, abs=0.05)
    assert set(there) == set(back)
    for name, shift in there.items():
        assert shift.change.mean == pytest.approx(-back[name].change.mean, abs=1e-9)
    assert there["x"].blocked_by == ("m",)
    assert all(s.blocked_by == () for name, s in there.items() if name != "x")


def test_stable_replies_use_no_blocked_column_and_lose_no_value():
    c = built()
    for names in ((), ("m",), ("lapse:k",), ("m", "lapse:k")):
        z, stable, values = found(c, *names)
        for s, scenario in enumerate(c.instance.scenarios):
            y = stable.plans[s, 0]
            gain = scenario.harm[0] / c.instance.normalisers[0] + scenario.fixed - scenario.penalty @ z
            assert gain @ y == pytest.approx(values[s, 0], abs=1e-4)
            assert np.all(scenario.A @ y <= scenario.upper + 1e-7)
            assert np.all(y <= scenario.ceiling + 1e-9)


def test_the_stable_reply_is_nearest_by_another_solver():
    c = built(scenarios=3)
    z, stable, values = found(c, "m")
    scenario = c.instance.scenarios[0]
    n, channels = len(scenario.ceiling), len(c.channels)
    gain = scenario.harm[0] / c.instance.normalisers[0] + scenario.fixed - scenario.penalty @ z
    sent = np.zeros((channels, n))
    for j, i in enumerate(c.instance.columns.channel):
        if i >= 0:
            sent[i, j] = 1
    today = c.drawn.flows[0] / c.unit_scale[0]
    cost = np.concatenate([np.zeros(n), np.ones(2 * channels)])
    A = np.vstack(
        [
            np.hstack([scenario.A.toarray(), np.zeros((scenario.A.shape[0], 2 * channels))]),
            np.append(-gain, np.zeros(2 * channels)),
        ]
    )
    b = np.append(scenario.upper, -values[0, 0] + 1e-6)
    eq = np.hstack([sent, -np.eye(channels), np.eye(channels)])
    bounds = [(0, u) for u in scenario.ceiling] + [(0, None)] * (2 * channels)
    least = linprog(cost, A_ub=A, b_ub=b, A_eq=eq, b_eq=today, bounds=bounds).fun
    mine = np.abs(sent @ stable.plans[0, 0] - today).sum()
    assert mine == pytest.approx(least, abs=1e-4)


def test_a_reply_says_amounts_by_objective_route_and_channel():
    c = built()
    z, under, values = found(c, "m")
    said = reply(c, everything(c), under, values * c.instance.normalisers, z)
    assert said.measures == ("m",)
    assert said.objectives["harm"].mean == pytest.approx(50)
    assert sum(r.harm.mean for r in said.routes) == pytest.approx(50, rel=1e-3)
    assert {r.channels for r in said.routes} <= {("y",), ("v",)}


def test_representatives_keep_the_weight_and_spread_the_risk():
    rng = np.random.default_rng(0)
    after, share = rng.random((300, 3)), rng.random(300)
    weights = np.array([0.5, 0.3, 0.2])
    chosen = choose(after, after, share, weights, 30)
    assert chosen.weight.sum() == pytest.approx(1)
    assert len(set(chosen.index.tolist())) == len(chosen.index) == 30
    exact = np.average(after @ weights, weights=share)
    assert (after[chosen.index] @ weights) @ chosen.weight == pytest.approx(exact, rel=0.02)
    assert np.array_equal(choose(after, after, share, weights, 400).index, np.arange(300))


def test_a_range_is_the_quantiles_of_what_was_drawn():
    values = np.arange(1, 101, dtype=float)
    r = spread(values, np.ones(100), "t")
    assert (r.mean, r.low, r.high, r.least, r.most) == (50.5, 5.0, 95.0, 1.0, 100.0)
