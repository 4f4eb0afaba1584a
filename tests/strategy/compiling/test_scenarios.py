from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpact.case import model as m
from counterpact.strategy.compiling.compile import compile_case
from counterpact.strategy.compiling.draws import CORNER_WEIGHT, CORNERS, Draws
from counterpact.strategy.compiling.scenarios import fitted_share
from tests.strategy.small_case import case, channel, measure, picture


def test_every_stratum_is_hit_once():
    u = Draws(54, 3).unit("x")[:50]
    assert sorted((u * 50).astype(int)) == list(range(50))


def test_names_are_independent_of_each_other_and_of_their_order():
    a, b = Draws(30, 1), Draws(30, 1)
    first = a.between("x", 0, 1)
    b.between("y", 0, 1)
    assert np.array_equal(first, b.between("x", 0, 1))
    assert not np.array_equal(Draws(30, 2).between("x", 0, 1), first)
    long = Draws(2004, 0)
    assert abs(np.corrcoef(long.unit("x")[:2000], long.unit("y")[:2000])[0, 1]) < 0.08


def test_corners_stand_at_the_ends_and_weigh_little():
    draws = Draws(100, 0)
    room, effect = draws.between("r", 2, 5, "room")[-4:], draws.between("e", 0, 1, "effect")[-4:]
    assert [tuple(v) for v in zip((room - 2) / 3, effect, strict=True)] == [tuple(c) for c in CORNERS]
    assert draws.probability.sum() == pytest.approx(1)
    assert draws.probability[-4:].sum() == pytest.approx(CORNER_WEIGHT)


@given(st.floats(0.01, 0.99), st.floats(1, 100), st.floats(1, 5))
@settings(deadline=None)
def test_a_fitted_share_reproduces_the_change_of_flow(change, flow, spare):
    capacity = flow * spare
    share = fitted_share(np.array([change]), np.array([flow]), np.array([capacity]))
    assert min(flow, float((1 - share)[0] * capacity)) == pytest.approx((1 - change) * flow)
    assert share >= change - 1e-12  # never less than the change of a full channel


def test_an_assumption_is_one_draw_for_its_family_and_evidence_one_per_effect():
    chans = [channel("x", "a", "b", 10), channel("y", "a", "b", 10)]
    of = case(chans, [measure("m"), measure("n")], [("m", "block", 0.1, 0.9, ("x",)), ("n", "block", 0, 0, ("y",))])
    rows = dict(of.rows)
    effect = next(iter(of.effects.values()))
    both = {
        "e0": effect,
        "e1": effect.model_copy(update={"id": "e1", "measure": "n", "channels": ("y",)}),
    }

    def shares(basis):
        effects = {k: e.model_copy(update={"basis": basis}) for k, e in both.items()}
        from dataclasses import replace

        other = replace(of, rows=rows | {"effects": effects})
        c = compile_case(other, picture(other), scenarios=40, spare=(1.0, 1.0))
        return [c.drawn.block_share(c.layout.blocks[k][0], i) for i, k in enumerate(("x", "y"))]

    one, two = shares("assumption")
    assert np.array_equal(one, two)
    one, two = shares("causal")
    assert not np.array_equal(one, two)


def test_samples_are_used_evenly_and_flows_keep_together():
    of = case([channel("x", "a", "b", 100), channel("y", "a", "b", 100)])
    flows = [{"x": k, "y": 50 - k} for k in range(50)]
    c = compile_case(of, picture(of, flows), scenarios=104)
    assert np.allclose(c.drawn.flows.sum(axis=1), 50)
    _, counts = np.unique(c.drawn.row[:100], return_counts=True)
    assert counts.tolist() == [2] * 50


def test_named_draws_explain_the_capacities():
    of = case([channel("x", "a", "b", 10, capacity_high=90)])
    c = compile_case(of, picture(of, [{"x": 5}]), scenarios=30)
    for s, scenario in enumerate(c.instance.scenarios):
        v = scenario.values
        assert c.drawn.capacity[s, 0] == pytest.approx(5 + v["spare:sea"] * (v["limit:x"] - 5))


def food(id_, start, end, capacity, **more):
    return channel(id_, start, end, capacity, good="food", **more)


def guard_case(share, need, **more):
    return case(
        [food("f", "a", "people", 100, **more), channel("x", "a", "b", 10)],
        [measure("m")],
        [("m", "block", share, share, ("f", "x"))],
        harm={"harm": ("x",)},
        needs=[m.CivilianNeed(id="n", place="people", good="food", unit="t", low=need, high=need)],
        factors=[m.Factor(id="usd", name="price", from_unit="t", to_unit="USD", low=2, high=2)],
        purses=[m.Purse(id="p", actor="red", low=100, high=100, finance_cost=2)],
    )


def test_the_guard_forbids_a_package_that_leaves_too_little_room_for_food():
    from counterpact.strategy.compiling.levers import complete
    from counterpact.strategy.solving.guard import Guard

    for share, need, room in ((0.5, 40, True), (0.5, 60, False), (0.9, 20, False), (0.0, 100, True)):
        of = guard_case(share, need)
        c = compile_case(of, picture(of, [{"f": 80}]), scenarios=3)
        lacking = Guard(c.instance).shortfalls(complete(c.levers, ["m"]))
        assert (not lacking) == room, (share, need)
        assert not Guard(c.instance).shortfalls(complete(c.levers, []))


def test_the_guard_counts_what_food_costs():
    """100 USD buy 50 t at 2 USD; a need of 60 is not attainable even today, so today's 50 are the least."""
    from counterpact.strategy.compiling.levers import complete
    from counterpact.strategy.solving.guard import Guard

    of = guard_case(0.45, 60, payer="red", price="usd")
    c = compile_case(of, picture(of), scenarios=2)
    guard = Guard(c.instance)
    assert guard.minimum[0][0] == pytest.approx(50, rel=1e-5)
    assert not guard.shortfalls(complete(c.levers, ["m"]))  # 55 t of channel are left, enough for 50


def test_an_impossible_guard_names_what_clashes():
    from counterpact.errors import InfeasibleError
    from counterpact.strategy.solving.package import Request, design

    of = guard_case(0.9, 60)
    c = compile_case(of, picture(of, [{"f": 80}]), scenarios=3)
    with pytest.raises(InfeasibleError) as error:
        design(c.instance, Request(require=("m",)))
    assert "humanitarian guard" in str(error.value)
    assert "require m" in str(error.value)
