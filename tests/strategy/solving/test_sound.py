"""Broken arrays, cases in which nothing can flow, and wishes that contradict themselves."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from counterpact.errors import CaseError, InfeasibleError, UsageError
from counterpact.strategy.compiling.compile import compile_case
from counterpact.strategy.plain import plain_plan
from counterpact.strategy.plan import make_plan
from counterpact.strategy.proving.certificate import check
from counterpact.strategy.solving.package import Request, design
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from tests.strategy.instances import small
from tests.strategy.small_case import case, channel, measure, picture


def spoiled(field, value, where=None):
    """The second scenario with `value` written somewhere into an array, or in place of a number."""
    instance = small(3, scenarios=3)
    scenario = instance.scenarios[1]
    old = getattr(scenario, field)
    if where is None:
        new = value
    elif hasattr(old, "data") and not isinstance(old, np.ndarray):
        new = old.copy()
        new.data[where] = value
    else:
        new = old.copy()
        new[where] = value
    scenarios = [instance.scenarios[0], replace(scenario, **{field: new}), instance.scenarios[2]]
    return replace(instance, scenarios=scenarios)


BROKEN = [
    ("ceiling", np.nan, 2, 'ceiling of column "y2" is nan'),
    ("ceiling", np.inf, 4, 'ceiling of column "y4" is inf'),
    ("ceiling", -1.0, 0, 'column "y0" is negative: -1'),
    ("harm", np.nan, (1, 5), 'harm of column "y5"'),
    ("fixed", -np.inf, 3, 'cost of column "y3"'),
    ("A", np.nan, 7, "the matrix is nan"),
    ("penalty", np.inf, 1, "the penalty is inf"),
    ("upper", np.nan, 1, "row 1 has limits"),
    ("lower", np.inf, 0, "row 0 has limits"),
    ("probability", -0.5, None, "probability is -0.5"),
    ("probability", float("nan"), None, "probability is nan"),
    ("probability", 0.9, None, "sum to 1.56667"),
]


@pytest.mark.parametrize(("field", "value", "where", "words"), BROKEN)
def test_a_broken_scenario_is_named(field, value, where, words):
    instance = spoiled(field, value, where)
    for ask in (design, Oracle):
        with pytest.raises(CaseError) as caught:
            ask(instance)
        assert words in str(caught.value)
        assert "scenario 1" in str(caught.value) or "sum to" in str(caught.value)


def test_every_broken_array_is_told_at_once():
    instance = spoiled("ceiling", np.nan, 2)
    worse = replace(instance.scenarios[2], probability=-1.0)
    with pytest.raises(CaseError) as caught:
        design(replace(instance, scenarios=[*instance.scenarios[:2], worse]))
    assert len(caught.value.problems) == 2


def test_a_cost_or_weight_that_is_no_number_is_named():
    instance = small(3, scenarios=2)
    cost = instance.leader.cost.copy()
    cost[0, 3] = np.nan
    with pytest.raises(CaseError, match='what "m3" costs in money'):
        design(replace(instance, leader=replace(instance.leader, cost=cost)))
    with pytest.raises(CaseError, match="weight"):
        design(replace(instance, weights=np.array([1.5, -0.5])))
    with pytest.raises(CaseError, match="normaliser"):
        design(replace(instance, normalisers=np.array([1.0, 0.0])))
    with pytest.raises(CaseError, match="no scenario"):
        design(replace(instance, scenarios=[]))


@pytest.mark.parametrize("risk", [Risk(k) for k in ("mean", "cvar", "worst", "regret")], ids=str)
def test_where_nothing_can_flow_there_is_no_effect_and_no_gap(risk):
    instance = small(3, scenarios=3)
    empty = [replace(s, ceiling=np.zeros_like(s.ceiling)) for s in instance.scenarios]
    package = design(replace(instance, scenarios=empty), Request(risk=risk))
    assert package.upper_bound == package.lower_bound == package.gap == package.effect == 0
    assert not package.timed_out
    assert "the risk is 0 without any package" in package.message
    assert check(replace(instance, scenarios=empty), package).passed


def test_where_measures_touch_nothing_the_message_says_so():
    instance = small(3, scenarios=3)
    harmless = [replace(s, penalty=s.penalty * 0.0) for s in instance.scenarios]
    package = design(replace(instance, scenarios=harmless), Request())
    assert package.gap == 0
    assert package.effect == pytest.approx(0, abs=1e-12)
    assert "no package within the limits changes the risk" in package.message


CLASHES = [
    (Request(budgets={"money": -1.0}), ["budget: money ≤ -1"]),
    (Request(require=("m1",), forbid=("m1",)), ["require m1", "forbid m1"]),
    (Request(require=("m0",), budgets={"money": 0.01}), ["require m0", "budget: money ≤ 0.01"]),
]


@pytest.mark.parametrize("kind", ["mean", "cvar", "worst", "regret", "satisfice"])
@pytest.mark.parametrize(("request_", "limits"), CLASHES)
def test_wishes_that_clash_name_each_limit_and_no_other(request_, limits, kind):
    with pytest.raises(InfeasibleError) as caught:
        design(small(3, scenarios=2), replace(request_, risk=Risk(kind, threshold=0.1)))
    told = str(caught.value)
    assert all(f"limit: {limit}" in told for limit in limits)
    assert told.count("limit: ") == len(limits)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Request(require=("m99",)), '"m99" is not a measure'),
        (Request(forbid=("M1",)), 'Did you mean "m1"'),
        (Request(budgets={"mony": 1.0}), 'Did you mean "money"'),
        (Request(budgets={"money": float("nan")}), "not a number"),
        (Request(gap=-0.1), "from 0 to 1"),
    ],
)
def test_wishes_that_mean_nothing_are_refused(request_, words):
    with pytest.raises(UsageError, match=words):
        design(small(3, scenarios=2), request_)


def test_a_case_without_any_capacity_gives_a_plan_that_says_so():
    rows = [channel(c, a, b, 0) for c, a, b in (("x", "a", "c"), ("w", "a", "d"))]
    found = case(
        rows, [measure("s1", money_high=4)], [("s1", "block", 0.2, 0.5, ("x",))], harm={"p": ("x",), "q": ("w",)}
    )
    plan = make_plan(compile_case(found, picture(found), scenarios=20), Request(risk=Risk("cvar", 0.9)))
    assert (plan.package.effect, plan.package.gap, plan.assumption_share) == (0, 0, 0)
    assert plan.certificate.passed
    assert "the risk is 0 without any package" in plan.package.message
    json.dumps(plain_plan(plan), allow_nan=False)
