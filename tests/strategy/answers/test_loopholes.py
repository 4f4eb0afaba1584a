from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpact.strategy.answers.loopholes import TARGET, Openness, cheapest, closure, loopholes
from counterpact.strategy.answers.routes import routes, take_apart
from counterpact.strategy.compiling.compile import compile_case
from counterpact.strategy.compiling.levers import complete
from counterpact.strategy.outcome import Range, Route
from counterpact.strategy.plan import make_plan
from counterpact.strategy.solving.package import Request
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from tests.strategy.small_case import case, channel, measure, picture


def compiled(of, flows=None, scenarios=3):
    return compile_case(of, picture(of, flows), scenarios=scenarios, spare=(1.0, 1.0))


def route(*channels, objective="harm"):
    return Route(objective, channels, Range(1, 1, 1, 1, 1), 1.0, 1.0)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_routes_add_up_to_the_harm_delivered_and_never_carry_more_than_a_channel_sent(data):
    """A random layered flow with losses, taken apart."""
    ends, sent, arrived = {}, {}, {}
    at = {("a",): 10.0}
    layers = [["a"], ["b1", "b2"], ["c1", "c2"], ["d"]]
    amounts = {"a": 100.0}
    for here, there in itertools.pairwise(layers):
        for u in here:
            shares = np.array([data.draw(st.floats(0.05, 1)) for _ in there])
            for v, share in zip(there, shares / shares.sum(), strict=True):
                name = f"{u}>{v}"
                gain = data.draw(st.floats(0.3, 1))
                ends[name], sent[name] = ((u, "g"), (v, "g")), amounts.get(u, 0.0) * share
                arrived[name] = sent[name] * gain
                amounts[v] = amounts.get(v, 0.0) + arrived[name]
    del at
    harm = {n: 2.0 for n in sent if n.endswith(">d")}
    found = take_apart(sent, arrived, ends, harm)
    assert sum(found.values()) == pytest.approx(2 * amounts["d"], rel=1e-4)
    for chain in found:
        assert chain[0].startswith("a>")
        assert chain[-1].endswith(">d")
        assert all(ends[x][1] == ends[y][0] for x, y in itertools.pairwise(chain))
    for name in harm:
        through = sum(v for chain, v in found.items() if chain[-1] == name)
        assert through == pytest.approx(2 * arrived[name], rel=1e-4)


def two_ways():
    """Two ways from a to c; the second has two channels, each with its own closers at different prices."""
    return case(
        [channel("x", "a", "c", 50), channel("y", "a", "b", 40), channel("z", "b", "c", 40)],
        [
            measure("m", money_high=1),
            measure("dear", money_high=10),
            measure("cheap", money_high=2, requires=("base",)),
            measure("base", money_high=3),
            measure("weak", money_high=1),
        ],
        [
            ("m", "block", 1, 1, ("x",)),
            ("dear", "block", 1, 1, ("y",)),
            ("cheap", "block", 0.8, 0.8, ("z",)),
            ("weak", "block", 0.1, 0.1, ("z",)),
        ],
        harm={"harm": ("x", "z")},
    )


def test_the_cheapest_closing_counts_prerequisites_and_closes_enough():
    c = compiled(two_ways())
    z = complete(c.levers, ["m"])
    weight = np.full(3, 1 / 3)
    found = cheapest(c, Openness(c), route("y", "z"), z, weight)
    names = {c.instance.leader.names[v] for v in np.flatnonzero(found.z - z)}
    assert names == {"cheap", "base"}  # 5 together, less than dear alone (10); weak alone is not enough
    assert found.left == pytest.approx(0.2)
    assert found.left <= 1 - TARGET


def test_the_cheapest_closing_is_the_best_of_all_sets_by_enumeration():
    c = compiled(two_ways())
    z, weight = complete(c.levers, ["m"]), np.full(3, 1 / 3)
    openness, leader = Openness(c), c.instance.leader
    now = float(weight @ openness.route(route("y", "z"), z))
    best = np.inf
    for bits in itertools.product((0, 1), repeat=len(leader.names)):
        other = np.maximum(z, bits)
        if np.any(leader.B @ other > leader.row_upper + 1e-9):
            continue
        if weight @ openness.route(route("y", "z"), other) <= (1 - TARGET) * now + 1e-9:
            best = min(best, float(leader.cost[0] @ (other - z)))
    found = cheapest(c, openness, route("y", "z"), z, weight)
    assert float(leader.cost[0] @ (found.z - z)) == pytest.approx(best)


def test_openness_is_what_the_reply_can_use():
    """One route only: the reply delivers exactly its narrowest channel."""
    of = case(
        [channel("y", "a", "b", 40), channel("z", "b", "c", 60)],
        [measure("p"), measure("q"), measure("r")],
        [
            ("p", "block", 0.3, 0.3, ("y",)),
            ("q", "block", 0.5, 0.5, ("z",)),
            ("r", "deter by loss", 0.2, 0.2, ("z",)),
        ],
        harm={"harm": ("z",)},
    )
    c = compiled(of)
    openness, oracle = Openness(c), Oracle(c.instance)
    for names in ([], ["p"], ["q"], ["p", "q"]):
        z = complete(c.levers, names)
        assert np.allclose(openness.route(route("y", "z"), z), oracle.values(z)[:, 0])


def test_who_has_to_join_and_what_is_left_after_they_go_round():
    of = case(
        [channel("x", "a", "c", 50), channel("y", "a", "c", 30)],
        [measure("m", who=("grey", "blue"), who_needed=1)],
        [("m", "block", 1, 1, ("x",))],
        limits=[limit("a", 60)],
    )
    c = compiled(of, [{"x": 30, "y": 30}])
    z = np.zeros(len(c.instance.leader.names))
    oracle = Oracle(c.instance)
    weight = np.full(3, 1 / 3)
    found = loopholes(
        c, (route("x"),), z, oracle=oracle, weight=weight, risk=Risk("mean"), budgets={"money": 0.5}, proven=True
    )[0]
    assert found.closing.measures == ("m",)
    assert found.closing.joins == ("blue",)  # costs nothing, grey would
    assert found.closing.risk_before == pytest.approx(0.6)
    assert found.closing.risk_after == pytest.approx(0.3)  # y takes 30 of the 60
    assert not found.closing.fits_budget
    assert found.closed  # the route itself is shut in every scenario


def limit(place, amount):
    from counterpact.case import model as m

    return m.Limit(id=f"s{place}", place=place, good="arms", role="supply", unit="t", low=amount, high=amount)


def test_closed_is_said_only_with_a_certificate_and_only_if_shut():
    c = compiled(two_ways())
    z = complete(c.levers, ["m"])
    oracle, weight = Oracle(c.instance), np.full(3, 1 / 3)

    def said(path, proven):
        return loopholes(c, (path,), z, oracle=oracle, weight=weight, risk=Risk("mean"), budgets={}, proven=proven)[0]

    assert not said(route("y", "z"), True).closed  # 20 % stay open
    assert not said(route("x"), False).closed


def test_nothing_touches_a_route_is_said_plainly():
    of = case([channel("x", "a", "c", 50), channel("y", "a", "c", 30)], [measure("m")], [("m", "block", 1, 1, ("x",))])
    c = compiled(of)
    z = complete(c.levers, ["m"])
    found = loopholes(
        c, (route("y"),), z, oracle=Oracle(c.instance), weight=np.full(3, 1 / 3), risk=Risk("mean"), budgets={},
        proven=True,
    )[0]  # fmt: skip
    assert found.closing is None
    assert found.why_open == "no measure of the case touches it"


def test_closure_gives_up_where_exclusions_forbid():
    of = case(
        [channel("x", "a", "c", 50)],
        [measure("m"), measure("n", excludes=("m",))],
        [("m", "block", 0.5, 0.5, ("x",)), ("n", "block", 0.5, 0.5, ("x",))],
    )
    c = compiled(of)
    z = complete(c.levers, ["m"])
    assert closure(c, z, (c.levers.measure["n"],)) is None


def test_loopholes_of_a_plan_are_ranked_by_what_they_carry():
    of = two_ways()
    c = compile_case(of, picture(of), scenarios=24, spare=(1.0, 1.0))
    plan = make_plan(c, Request(risk=Risk("mean"), budgets={"money": 1.0}))
    carried = [one.value for one in plan.loopholes]
    assert carried == sorted(carried, reverse=True)
    assert plan.loopholes[0].route.channels == ("y", "z")
    assert sum(r.harm.mean for r in plan.reply.routes) == pytest.approx(plan.objectives[0].package.mean, rel=1e-3)
    assert routes  # the same function serves replies and plans
