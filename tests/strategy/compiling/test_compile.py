from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from counterpact.case import model as m
from counterpact.strategy.compiling.compile import compile_case, default_budgets
from counterpact.strategy.compiling.levers import complete
from counterpact.strategy.solving.reply import Oracle
from tests.strategy.small_case import case, channel, measure, picture


def compiled(of, flows=None, scenarios=4, seed=0, spare=(1.0, 1.0)):
    return compile_case(of, picture(of, flows), scenarios=scenarios, seed=seed, spare=spare)


def value(of, *names, flows=None, scenarios=1, seed=0):
    c = compiled(of, flows, scenarios, seed)
    return Oracle(c.instance).values(complete(c.levers, names))


def without_penalties(instance):
    """H with no measure priced at all, by another solver."""
    out = []
    for s in instance.scenarios:
        row = []
        for o, n in enumerate(instance.normalisers):
            A, b = (s.A.toarray(), s.upper) if s.A.shape[0] else (None, None)
            bounds = [(0, u) for u in s.ceiling]
            row.append(-n * linprog(-(s.harm[o] / n + s.fixed), A_ub=A, b_ub=b, bounds=bounds).fun)
        out.append(row)
    return np.array(out)


def test_a_block_takes_its_share_of_capacity():
    of = case([channel("x", "a", "b", 100)], [measure("m")], [("m", "block", 0.3, 0.3, ("x",))])
    assert np.allclose(value(of), 100)
    assert np.allclose(value(of, "m"), 70)


def test_flow_is_not_capacity_and_what_is_blocked_goes_round():
    of = case(
        [channel("x", "a", "b", 100), channel("y", "a", "b", 50)],
        [measure("m")],
        [("m", "block", 1, 1, ("x",))],
        limits=[m.Limit(id="s", place="a", good="arms", role="supply", unit="t", low=80, high=80)],
    )
    assert np.allclose(value(of, flows=[{"x": 40}]), 80)
    # x is shut; y takes what it can of the 80 that leave a, spare capacity in this scenario being drawn
    c = compiled(of, [{"x": 40}], scenarios=24, spare=(0.0, 1.0))
    spare = np.array([s.values["spare:sea"] for s in c.instance.scenarios])
    assert np.allclose(Oracle(c.instance).values(complete(c.levers, ["m"]))[:, 0], 50 * spare)


def test_no_draw_makes_the_status_quo_impossible():
    of = case(
        [
            channel("x", "a", "b", 10, capacity_high=50),
            channel("y", "b", "c", 10, capacity_high=50, payer="red", price="usd"),
        ],
        factors=[m.Factor(id="usd", name="price", from_unit="t", to_unit="USD", low=5, high=9)],
        limits=[
            m.Limit(id="s", place="a", good="arms", role="supply", unit="t", low=1, high=2),
            m.Limit(id="d", place="c", good="arms", role="demand", unit="t", low=1, high=2),
        ],
        purses=[m.Purse(id="p", actor="red", low=0, high=1, finance_cost=2)],
    )
    c = compiled(of, [{"x": 30, "y": 33}, {"x": 5, "y": 2}], scenarios=40)
    for s, scenario in enumerate(c.instance.scenarios):
        y = np.zeros(len(scenario.ceiling))
        for j, i in enumerate(c.instance.columns.channel):
            if i >= 0:
                y[j] = c.drawn.flows[s, i] / c.unit_scale[j]
        assert np.all(y <= scenario.ceiling + 1e-9)
        assert np.all(scenario.A @ y <= scenario.upper + 1e-9)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
@settings(max_examples=15, deadline=None)
def test_nested_levels_equal_one_measure_of_the_stronger_share(weak, more):
    strong = weak + (1 - weak) * more
    chans = [channel("x", "a", "b", 100)]
    levels = case(
        chans,
        [measure("m1"), measure("m2", level_of="m1")],
        [("m1", "block", weak, weak, ("x",)), ("m2", "block", strong, strong, ("x",))],
    )
    single = case(chans, [measure("m")], [("m", "block", strong, strong, ("x",))])
    assert np.allclose(value(levels, "m1", "m2"), value(single, "m"))
    assert np.allclose(value(levels, "m1"), 100 * (1 - weak))


def test_overlapping_blockers_stay_between_their_bounds_and_reach_both():
    of = case(
        [channel("x", "a", "b", 100)],
        [measure("m1"), measure("m2")],
        [("m1", "block", 0.3, 0.3, ("x",)), ("m2", "block", 0.5, 0.5, ("x",))],
    )
    found = value(of, "m1", "m2", scenarios=60)[:, 0]
    assert found.max() == pytest.approx(50)  # nested: max
    assert found.min() == pytest.approx(20, abs=2)  # disjoint: sum
    assert np.any(np.isclose(found, 35, atol=1e-3))  # independent: product


def test_deter_by_loss_and_by_premium_are_two_readings():
    """A loss lowers what arrives even where money is no object; a premium bites only where money does."""
    price = [m.Factor(id="usd", name="price", from_unit="t", to_unit="USD", low=1, high=1)]
    chans = [channel("x", "a", "b", 100, payer="red", price="usd")]

    def built(kind, cash):
        return case(
            chans,
            [measure("m")],
            [("m", kind, 0.5, 0.5, ("x",))],
            factors=price,
            purses=[m.Purse(id="p", actor="red", low=cash, high=cash, finance_cost=1e6)],
        )

    assert np.allclose(value(built("deter by loss", 1000), "m"), 50)
    assert np.allclose(value(built("deter by premium", 1000), "m"), 100)  # rich: no effect at all
    assert np.allclose(value(built("deter by premium", 60)), 60)
    assert np.allclose(value(built("deter by premium", 60), "m"), 40)  # 60 USD buy 40 at 1.5
    # what is lost is not paid for: delivered 50 for 50 USD, so the same purse is not even empty
    assert np.allclose(value(built("deter by loss", 60), "m"), 50)


def test_a_premium_taken_from_the_seller_lowers_what_he_earns():
    of = case(
        [channel("x", "a", "b", 100, payee="red", price="usd")],
        [measure("m")],
        [("m", "deter by premium", 0.2, 0.2, ("x",))],
        factors=[m.Factor(id="usd", name="price", from_unit="t", to_unit="USD", low=2, high=2)],
        harm_factor={"x": "usd"},
    )
    assert np.allclose(value(of), 200)
    assert np.allclose(value(of, "m"), 160)


def test_emergency_finance_keeps_the_program_feasible_and_bounds_the_value_of_money():
    def built(kappa):
        return case(
            [channel("x", "a", "b", 100, payer="red", price="usd")],
            factors=[m.Factor(id="usd", name="price", from_unit="t", to_unit="USD", low=1, high=1)],
            purses=[m.Purse(id="p", actor="red", low=10, high=10, finance_cost=kappa)],
            normaliser=1,
        )

    # the purse is the money scale (10): a unit of harm is worth 1, ten dollars of finance cost κ
    assert np.allclose(value(built(50)), 10)  # dear: only cash is used
    assert np.allclose(value(built(1)), 10 + 90 * (1 - 0.1))  # cheap: 90 more, each at 0.1


def test_letting_a_measure_lapse_opens_what_it_blocked():
    kept = measure("k", lever="lapse", status="in force", money_low=3, money_high=5)
    of = case([channel("x", "a", "b", 60)], [kept], [("k", "block", 0.4, 0.4, ("x",))])
    assert np.allclose(value(of), 60)
    assert np.allclose(value(of, "lapse:k"), 100)
    leader = compiled(of).instance.leader
    assert leader.cost[0, leader.names.index("lapse:k")] == -3


def test_a_kept_loss_that_lapses_lets_more_arrive():
    kept = measure("k", lever="lapse", status="in force")
    of = case([channel("x", "a", "b", 60)], [kept], [("k", "deter by loss", 0.25, 0.25, ("x",))])
    assert np.allclose(value(of), 60)
    assert np.allclose(value(of, "lapse:k"), 80)


def test_an_observed_change_is_a_change_in_flow_not_in_capacity():
    of = case(
        [channel("x", "a", "b", 200)],
        [measure("m")],
        [("m", "block", 0.28, 0.28, ("x",), "observed change")],
    )
    after = value(of, "m", flows=[{"x": 50}], scenarios=30)
    assert np.allclose(after, 0.72 * 50)


def test_a_potential_channel_costs_money_and_a_late_one_is_not_there():
    more = {"status": "potential", "opening_cost": 40.0, "payer": "red", "price": "usd"}
    of = case(
        [channel("new", "a", "b", 100, **more), channel("late", "a", "b", 100, opening_lag_months=13, **more)],
        factors=[m.Factor(id="usd", name="price", from_unit="t", to_unit="USD", low=1, high=1)],
        purses=[m.Purse(id="p", actor="red", low=70, high=70, finance_cost=1e6)],
    )
    c = compiled(of, scenarios=1)
    assert c.layout.late == ("late",)
    assert np.allclose(Oracle(c.instance).values(np.zeros(0)), 50)  # 70 = (1 + 0.4) · 50
    assert any("late" in note for note in c.notes)


def random_case(draw):
    """A layered network with two measures of each kind, levels, money and two objectives."""
    number = lambda low, high: draw(st.integers(low, high))  # noqa: E731
    ends = [("a", "b"), ("a", "b"), ("b", "c"), ("b", "c"), ("a", "c"), ("c", "d"), ("b", "d")]
    paid = {"payer": "red", "payee": "pink", "price": "usd"}
    chans = [
        channel(f"x{k}", u, v, number(1, 100), **(paid if draw(st.booleans()) else {})) for k, (u, v) in enumerate(ends)
    ]
    chans.append(channel("buy", "d", "a", number(1, 50), payer="pink", price="usd"))
    names = [f"x{k}" for k in range(len(ends))] + ["buy"]
    pick = lambda: tuple(draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)))  # noqa: E731
    effects = [
        (f"m{k}", kind, number(1, 9) / 10, 0.95, pick())
        for k, kind in enumerate(
            ["block", "block", "block", "deter by loss", "deter by premium", "deter by loss", "block"]
        )
    ]
    measures = [measure(f"m{k}", level_of="m0" if k == 1 else "") for k in range(6)]
    measures.append(measure("m6", lever="lapse", status="in force"))
    return case(
        chans,
        measures,
        effects,
        harm={"p": ("x2", "x3", "x4"), "q": ("x5", "x6")},
        factors=[m.Factor(id="usd", name="price", from_unit="t", to_unit="USD", low=1, high=4)],
        limits=[m.Limit(id="s", place="a", good="arms", role="supply", unit="t", low=number(1, 60), high=100)],
        purses=[
            m.Purse(id="p", actor="red", low=number(0, 100), high=200, finance_cost=2),
            m.Purse(id="r", actor="pink", low=0, high=50, finance_cost=3),
        ],
    )


@given(st.data(), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_penalties_are_large_enough_everywhere(data, seed):
    """Penalised value = value with the blocked columns closed, at every corner drawn (re-solved by another solver)."""
    of = random_case(data.draw)
    c = compiled(of, scenarios=3, seed=seed)
    on = {n for n in c.instance.leader.names if data.draw(st.booleans())}
    z = complete(c.levers, sorted(on))
    kept = np.array([name.startswith("lapse:") for name in c.instance.leader.names])
    bare = []
    for s in c.instance.scenarios:  # closed outright: by a measure that is on, or by a kept one that has not lapsed
        P = s.penalty.toarray()
        closed = (np.maximum(P, 0) @ z > 1e-12) | (np.maximum(-P[:, kept], 0) @ (1 - z[kept]) > 1e-12)
        fixed = s.fixed - np.minimum(0, P[:, kept]).sum(axis=1)
        bare.append(replace(s, fixed=fixed, ceiling=np.where(closed, 0.0, s.ceiling)))
    expected = without_penalties(replace(c.instance, scenarios=bare))
    assert np.allclose(Oracle(c.instance).values(z), expected, rtol=1e-6, atol=1e-6)


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_more_measures_never_raise_the_harm(data):
    c = compiled(random_case(data.draw), scenarios=3)
    names = [n for n in c.instance.leader.names if not n.startswith("lapse:")]
    oracle = Oracle(c.instance)
    z = np.zeros(len(c.instance.leader.names))
    before = oracle.values(z)
    for name in data.draw(st.permutations(names)):
        z[c.instance.leader.names.index(name)] = 1
        after = oracle.values(z)
        assert np.all(after <= before + 1e-6 * (1 + np.abs(before)))
        before = after


@given(st.data())
@settings(max_examples=10, deadline=None)
def test_a_penalty_that_is_too_low_is_noticed(data):
    """The check must be able to fail: with penalties divided by 50 the two values differ somewhere."""
    of = case(
        [channel("x", "a", "b", 100), channel("y", "b", "c", 100)],
        [measure("m")],
        [("m", "block", 1, 1, ("x",))],
        harm={"p": ("y",)},
        limits=[m.Limit(id="s", place="b", good="arms", role="supply", unit="t", low=0, high=0)],
    )
    c = compiled(of, scenarios=1)
    weak = replace(c.instance, scenarios=[replace(s, penalty=s.penalty / 50) for s in c.instance.scenarios])
    assert np.allclose(Oracle(c.instance).values(np.ones(1)), 0)
    assert Oracle(weak).values(np.ones(1)).max() > 1


def test_levers_rows_match_the_rules_by_enumeration():
    measures = [
        measure("base", who=("blue",)),
        measure("level", level_of="base"),
        measure("needs", requires=("base",)),
        measure("rival", excludes=("needs",)),
        measure("two", who=("blue", "green", "grey"), who_needed=2),
        measure("opened", level_of="base"),
        measure("opener"),
    ]
    chans = [channel("x", "a", "b", 1)]
    of = case(chans, measures, [("opener", "enable", 1, 1, ("opened",)), ("base", "block", 1, 1, ("x",))])
    c = compiled(of, scenarios=1)
    leader = c.instance.leader
    assert set(leader.names) == {x.id for x in measures} | {"join:blue", "join:green", "join:grey"}
    at = {n: i for i, n in enumerate(leader.names)}
    for bits in itertools.product((0, 1), repeat=len(leader.names)):
        z = np.array(bits, dtype=float)
        on = {n for n in leader.names if z[at[n]]}
        allowed = (
            ("level" not in on or "base" in on)
            and ("needs" not in on or "base" in on)
            and not {"rival", "needs"} <= on
            and ("base" not in on or "join:blue" in on)
            and ("two" not in on or sum(f"join:{a}" in on for a in ("blue", "green", "grey")) >= 2)
            and ("opened" not in on or {"opener", "base"} <= on)
        )
        fits = bool(np.all(leader.B @ z <= leader.row_upper + 1e-9))
        assert fits == allowed, on


def test_measures_that_cannot_be_chosen_say_why():
    of = case(
        [channel("x", "a", "b", 1)],
        [
            measure("veto", who=("red",)),
            measure("stuck", status="blocked"),
            measure("after", requires=("stuck",)),
            measure("today", status="in force", lever="none"),
            measure("fine", requires=("today",)),
            measure("against", excludes=("today",)),
        ],
        [("fine", "block", 1, 1, ("x",))],
    )
    c = compiled(of, scenarios=1)
    assert set(c.levers.unavailable) == {"veto", "stuck", "after"}
    assert "itself" in c.levers.unavailable["veto"]
    leader = c.instance.leader
    z = np.zeros(len(leader.names))
    z[leader.names.index("against")] = 1
    assert np.any(leader.B @ z > leader.row_upper)


def test_an_enabled_actor_costs_less_to_bring_in():
    of = case(
        [channel("x", "a", "b", 1)],
        [measure("m", who=("grey",)), measure("talks", political=1)],
        [("m", "block", 1, 1, ("x",)), ("talks", "enable", 0.6, 0.8, ("grey",))],
    )
    c = compiled(of, scenarios=1)
    leader = c.instance.leader
    political = leader.cost[leader.resources.index("political")]
    assert political @ complete(c.levers, ["m"]) == pytest.approx(5)
    assert political @ complete(c.levers, ["m", "talks"]) == pytest.approx(1 + 5 * 0.4)


def test_same_seed_same_instance_and_a_new_name_changes_no_other_draw():
    chans = [channel("x", "a", "b", 10, capacity_high=90), channel("y", "a", "b", 10, capacity_high=90)]
    of = case(chans, [measure("m")], [("m", "block", 0.1, 0.9, ("x",))])
    one, two = (compiled(of, [{"x": 5}, {"y": 9}], scenarios=30, seed=7) for _ in range(2))
    for s, t in zip(one.instance.scenarios, two.instance.scenarios, strict=True):
        assert s.values == t.values
        assert s.ceiling.tobytes() == t.ceiling.tobytes()
        assert s.penalty.toarray().tobytes() == t.penalty.toarray().tobytes()
    fewer = compiled(case(chans[:1], [measure("m")], [("m", "block", 0.1, 0.9, ("x",))]), None, scenarios=30, seed=7)
    assert [s.values["limit:x"] for s in fewer.instance.scenarios] == [
        s.values["limit:x"] for s in one.instance.scenarios
    ]
    assert sum(s.probability for s in one.instance.scenarios) == pytest.approx(1)


def test_default_budgets_are_a_share_of_all_costs():
    of = case(
        [channel("x", "a", "b", 1)], [measure("m", money_high=10), measure("n", money_high=30)],
        [("m", "block", 1, 1, ("x",))],
    )  # fmt: skip
    assert default_budgets(compiled(of))["money"] == pytest.approx(16)


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_a_variable_marked_irrelevant_never_changes_an_objective(data):
    c = compiled(random_case(data.draw), scenarios=3)
    oracle, names = Oracle(c.instance), c.instance.leader.names
    z = np.array([float(data.draw(st.booleans())) for _ in names])
    before = oracle.values(z)
    for o in range(len(c.instance.objectives)):
        other = np.where(c.relevance[o], z, 1 - z)
        assert np.allclose(oracle.values(other)[:, o], before[:, o], rtol=1e-6, atol=1e-6)
