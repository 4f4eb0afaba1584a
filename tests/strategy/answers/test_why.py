from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from counterpact.strategy.compiling.compile import compile_case
from counterpact.strategy.plain import plain_plan
from counterpact.strategy.plan import make_plan
from counterpact.strategy.solving.reply import Oracle
from tests.strategy.compiling.test_participation import assessed
from tests.strategy.small_case import picture
from tests.strategy.test_plan import built, request


@pytest.fixture(scope="module")
def plan():
    of = built()
    rows = dict(of.rows)
    who = {"s1": ("blue", "green"), "c1": ("blue",), "t1": ("green",)}
    rows["measures"] = {
        k: (v.model_copy(update={"who": who[k], "who_needed": 1 if k == "s1" else 0}) if k in who else v)
        for k, v in of.measures.items()
    }
    of = replace(of, rows=rows)
    seen = picture(of, [{"x": 30, "y": 20, "z": 20, "w": 5}, {"x": 40, "w": 9}])
    compiled = compile_case(of, seen, assessed({"blue": (0.7, 0.9), "green": (0.5, 0.9)}), scenarios=24)
    return make_plan(compiled, request())


def risk(plan, z):
    """By solving anew: every scenario here is its own representative."""
    instance = plan.compiled.instance
    values = Oracle(instance).sweep(plan.compiled.levers.settled(z)).lower @ instance.weights
    return plan.request.risk.value(values, np.array([s.probability for s in instance.scenarios]))


def test_every_member_has_a_reason_and_its_loss_is_what_comes_back(plan):
    levers, z = plan.compiled.levers, plan.package.z
    assert plan.inside
    assert {i.measure for i in plan.inside} == {i.id for i in plan.measures}
    falls_with = {k: v.level_of for k, v in plan.compiled.case.measures.items() if v.level_of}
    for one in plan.inside:
        without = z.copy()
        without[levers.measure[one.measure]] = 0.0
        for upper, lower in falls_with.items():
            if lower == one.measure:
                without[levers.measure[upper]] = 0.0
                if z[levers.measure[upper]] > 0.5:
                    assert one.needed_by == (upper,)
        assert one.loss == pytest.approx(risk(plan, without) - risk(plan, z), abs=1e-6)
        assert one.why
        for r in one.reopens:
            assert r.more > 0
    assert any(i.reopens for i in plan.inside if i.loss > 1e-3)


def test_what_is_left_out_says_what_it_would_add_and_what_keeps_it_out(plan):
    leader, levers, z = plan.compiled.instance.leader, plan.compiled.levers, plan.package.z
    money = leader.resources.index("money")
    assert plan.outside
    for one in plan.outside:
        assert z[levers.measure[one.measure]] < 0.5
        added = z.copy()
        for name in (one.measure, *one.brings):
            added[leader.names.index(name)] = 1.0
        assert one.gain == pytest.approx(risk(plan, z) - risk(plan, added), abs=1e-6)
        over = leader.cost[money] @ levers.settled(added) - plan.budgets["money"]
        assert one.lacks.get("money", 0.0) == pytest.approx(max(0.0, over), abs=1e-9)
        if one.displaces:
            assert leader.cost[money, levers.measure[one.displaces]] >= over - 1e-9


def test_losing_a_member_loses_the_measures_it_must_vote_for(plan):
    levers, z = plan.compiled.levers, plan.package.z
    on = {m for m, v in levers.measure.items() if z[v] > 0.5}
    for member in plan.coalition.members:
        without = z.copy()
        without[levers.join[member.actor]] = 0.0
        lost = set()
        for measure in on:
            row = plan.compiled.case.measures[measure]
            joined = [a for a in row.who if without[levers.join[a]] > 0.5]
            if row.who and len(joined) < (row.who_needed or len(row.who)):
                lost.add(measure)
        assert lost <= set(member.lost)
        for measure in member.lost:
            without[levers.measure[measure]] = 0.0
        assert member.loss == pytest.approx(risk(plan, without) - risk(plan, z), abs=1e-6)
        draws = np.array([s.values.get(f"joins:{member.actor}", 1.0) for s in plan.compiled.instance.scenarios])
        assert member.takes_part == pytest.approx(np.average(draws, weights=plan.compiled.drawn.draws.probability))


def test_the_smallest_coalition_keeps_what_it_says(plan):
    levers, z = plan.compiled.levers, plan.package.z.copy()
    assert 0.9 <= plan.coalition.keeps <= 1 + 1e-9
    gone = [j for j in plan.coalition.members if not j.must]
    for j in gone:
        z[levers.join[j.actor]] = 0.0
    for measure, v in levers.measure.items():
        row = plan.compiled.case.measures[measure]
        joined = [a for a in row.who if z[levers.join[a]] > 0.5]
        if row.who and len(joined) < (row.who_needed or len(row.who)):
            z[v] = 0.0
    for measure, v in levers.measure.items():  # a stronger level falls with the weaker
        below = plan.compiled.case.measures[measure].level_of
        if below and z[levers.measure[below]] < 0.5:
            z[v] = 0.0
    before, base = risk(plan, np.zeros_like(z)), risk(plan, plan.package.z)
    assert (before - risk(plan, z)) / (before - base) == pytest.approx(plan.coalition.keeps, abs=1e-6)


def test_the_reasons_are_in_the_json(plan):
    made = plain_plan(plan)
    assert made["inside"][0]["why"]
    assert "members" in made["coalition"]
