from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

from counterpact.case import model as m
from counterpact.errors import InfeasibleError, UsageError
from counterpact.strategy.compiling.compile import compile_case, default_budgets
from counterpact.strategy.plain import plain_plan
from counterpact.strategy.plan import make_plan, reply_to
from counterpact.strategy.solving.package import Request
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from tests.strategy.small_case import case, channel, measure, picture


def built():
    return case(
        [
            channel("x", "a", "c", 50, capacity_high=90),
            channel("y", "a", "b", 40, capacity_high=90),
            channel("z", "b", "c", 40, capacity_high=90),
            channel("w", "a", "d", 20, capacity_high=60),
        ],
        [
            measure("s1", money_high=4, political=2),
            measure("s2", money_high=3, level_of="s1"),
            measure("d1", line="diplomacy", money_high=2, who=("grey",)),
            measure("c1", line="cyber", money_high=3),
            measure("t1", line="technology", money_high=5),
        ],
        [
            ("s1", "block", 0.2, 0.5, ("x",)),
            ("s2", "block", 0.5, 0.9, ("x",)),
            ("d1", "block", 0.3, 0.7, ("y",), "observed change"),
            ("c1", "deter by loss", 0.1, 0.4, ("z", "w")),
            ("t1", "block", 0.4, 0.8, ("w", "x")),
        ],
        harm={"p": ("x", "z"), "q": ("w",)},
        limits=[m.Limit(id="s", place="a", good="arms", role="supply", unit="t", low=100, high=150)],
    )


def compiled(scenarios=24):
    of = built()
    return compile_case(of, picture(of, [{"x": 30, "y": 20, "z": 20, "w": 5}, {"x": 40, "w": 9}]), scenarios=scenarios)


def request(**more):
    return Request(risk=Risk("cvar", 0.9), **({"budgets": {"money": 9.0}, "gap": 0.01} | more))


@pytest.fixture(scope="module")
def plan():
    return make_plan(compiled(), request())


def test_the_package_is_the_best_by_enumeration(plan):
    c = compiled()
    leader, oracle = c.instance.leader, Oracle(c.instance)
    probability = np.array([s.probability for s in c.instance.scenarios])
    best = np.inf
    for bits in itertools.product((0.0, 1.0), repeat=len(leader.names)):
        z = np.array(bits)
        if np.all(leader.B @ z <= leader.row_upper + 1e-9) and leader.cost[0] @ z <= 9:
            best = min(best, Risk("cvar", 0.9).value(oracle.sweep(z).lower @ c.instance.weights, probability))
    assert plan.risk_after >= best - 1e-9
    assert plan.risk_after - best <= 0.01 * (plan.risk_before - best) + 1e-7
    assert plan.certificate.passed


def test_a_plan_answers_everything_consistently(plan):
    assert sum(line.shapley for line in plan.contribution.lines) == pytest.approx(plan.contribution.total)
    assert [line.line for line in plan.contribution.lines] == [
        "diplomacy", "sanctions", "readiness", "cyber", "humanitarian", "technology", "accountability",
    ]  # fmt: skip
    assert len(plan.frontier) >= 8
    for o in plan.objectives:
        assert o.sampled_flow.mean <= o.status_quo.mean + 1e-6  # the status quo is one of the things they could do
        assert o.package.mean <= o.status_quo.mean + 1e-9
    assert 0 <= plan.assumption_share <= 1
    low, high = plan.cost["money"]
    assert low <= high <= 9 + 1e-9
    assert len(plan.weights) == 4


def test_more_budget_never_costs_effect_beyond_the_gap(plan):
    risks = [p.risk for p in plan.frontier]
    gaps = [p.gap * (plan.risk_before - p.risk) for p in plan.frontier]
    for k in range(1, len(risks)):
        assert risks[k] <= risks[k - 1] + gaps[k] + 1e-6


def test_measures_that_rest_on_assumption_alone_are_marked(plan):
    marked = {x.id: x.assumed_only for x in plan.measures}
    assert all(only == (name != "d1") for name, only in marked.items())
    c = compiled()
    if set(marked) - {"d1"}:
        z = plan.package.z.copy()
        for name in set(marked) - {"d1"}:
            z[c.levers.measure[name]] = 0
        left = Oracle(c.instance).sweep(z).lower @ c.instance.weights
        probability = np.array([s.probability for s in c.instance.scenarios])
        kept = plan.risk_before - Risk("cvar", 0.9).value(left, probability)
        assert plan.assumption_share == pytest.approx(1 - kept / (plan.risk_before - plan.risk_after), abs=1e-6)


def test_same_input_same_bytes(plan):
    again = make_plan(compiled(), request())
    first, second = (json.dumps(plain_plan(p), sort_keys=True) for p in (plan, again))
    assert first == second


def test_a_reply_to_named_measures_and_the_ways_to_ask_wrongly():
    c = compiled()
    today, under = reply_to(c, ()), reply_to(c, ("s1", "s2"))
    assert under.objectives["p"].mean < today.objectives["p"].mean
    assert under.measures == ("s1", "s2")
    with pytest.raises(UsageError, match="Did you mean"):
        reply_to(c, ("s11",))
    with pytest.raises(UsageError, match="can be chosen"):
        reply_to(c, ("join:grey",))


def test_a_measure_that_cannot_be_chosen_says_why():
    of = case(
        [channel("x", "a", "b", 10)],
        [measure("veto", who=("red",)), measure("m")],
        [("veto", "block", 1, 1, ("x",)), ("m", "block", 1, 1, ("x",))],
    )
    c = compile_case(of, picture(of), scenarios=4)
    with pytest.raises(UsageError, match="against itself"):
        reply_to(c, ("veto",))


def test_clashing_wishes_are_named():
    with pytest.raises(InfeasibleError) as error:
        make_plan(compiled(), request(require=("s1", "t1"), budgets={"money": 5.0}))
    assert "money" in str(error.value)


def test_an_empty_choice_is_still_a_plan():
    of = case([channel("x", "a", "b", 10)])
    c = compile_case(of, picture(of, [{"x": 4}]), scenarios=24)
    found = make_plan(c, Request(budgets=default_budgets(c)))
    assert found.measures == ()
    assert found.risk_after == pytest.approx(found.risk_before)
    assert found.contribution.total == pytest.approx(0)
