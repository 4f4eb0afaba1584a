"""The full form of the benchmarks: by SciPy and by the single-level program; refusals and participation kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from counterpact.strategy.proving.certificate import check, safe_bound
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.master import wishes
from counterpact.strategy.solving.package import Request, design
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from counterpact.strategy.solving.robust import Robust
from counterpact.strategy.solving.search import Search
from counterpact.strategy.solving.settle import settle
from tests.strategy.instances import value_by_scipy  # puts benchmarks/ on the path

from full_form import MEMBERS, full  # isort: skip
from package import single_level  # isort: skip


def tiny(**more):
    return full(**({"scenarios": 3, "nodes": 20, "arcs": 70, "goods": 2, "measures": 8, "budget": 0.4} | more))


def everything_on(instance):
    return np.ones(len(instance.leader.names))


def test_the_same_seed_gives_the_same_instance_and_another_seed_another():
    one, two, other = tiny(), tiny(), tiny(seed=12)
    for a, b in zip(one.scenarios, two.scenarios, strict=True):
        assert np.array_equal(a.A.data, b.A.data)
        assert np.array_equal(a.penalty.toarray(), b.penalty.toarray())
    assert not np.array_equal(one.scenarios[0].upper, other.scenarios[0].upper)


def test_replies_are_those_of_scipy():
    instance = tiny()
    oracle = Oracle(instance)
    for z in (np.zeros(len(instance.leader.names)), everything_on(instance)):
        sweep = oracle.sweep(z)
        for s in range(3):
            assert sweep.lower[s, 0] == pytest.approx(value_by_scipy(instance, s, 0, z), rel=1e-7)


def test_refused_slices_carry_nothing_and_open_ones_pass():
    instance = tiny()
    z = everything_on(instance)
    wall = max(s.penalty.data.max() for s in instance.scenarios)
    sweep = Oracle(instance).sweep(z)
    for s, scenario in enumerate(instance.scenarios):
        refused = scenario.penalty.max(axis=1).toarray().ravel() >= wall - 1e-9
        assert refused.any()
        assert np.all(sweep.plans[s, 0][refused] <= 1e-9)
        assert sweep.plans[s, 0].sum() > 1


def test_a_measure_works_where_somebody_able_takes_part_and_only_there():
    instance = tiny(scenarios=40)
    kinds = np.array(instance.leader.kinds)
    assert (kinds == "participation").sum() == MEMBERS
    assert (kinds == "enforcement").sum() > 0
    used = [set(np.unique(s.penalty.indices)) for s in instance.scenarios]
    assert len({frozenset(u) for u in used}) > 1
    assert not any(kinds[list(u)].tolist().count("participation") for u in used)


def test_the_mean_is_that_of_the_single_level_program():
    instance = tiny()
    instance = replace(instance, scenarios=[replace(s, civilian=None) for s in instance.scenarios])
    package = design(instance, Request(risk=Risk("mean"), gap=1e-6))
    risk, bound = single_level(instance, 1e-6, 60.0)
    assert package.upper_bound == pytest.approx(risk, rel=1e-6)
    assert package.lower_bound <= risk + 1e-6 * risk
    assert package.upper_bound >= bound - 1e-6 * risk
    assert package.upper_bound < package.upper_bound_before


def test_the_worst_case_with_guard_is_certified():
    instance = tiny()
    package = design(instance, Request(risk=Risk("worst"), gap=1e-4))
    assert package.gap <= 1e-4
    assert check(instance, package).passed


@pytest.mark.parametrize("kind", ["worst", "regret"])
def test_what_is_known_by_bounds_alone_is_settled_before_it_is_certified(kind):
    """From plans and duals of z = 0 alone, as a search may leave them, the greatest value is found exactly."""
    instance = tiny(scenarios=25, seed=23)
    request = Request(risk=Risk(kind))
    limits = wishes(instance.leader, {}, (), ())
    search = Search(instance, request, Oracle(instance), Guard(instance), limits)
    search.offset = np.linspace(0, 500, 25) if kind == "regret" else np.zeros(25)
    z = everything_on(instance)
    loose = Robust(search, None).assemble(z)
    assert search.risk(loose.upper) > search.risk(loose.lower) + 1
    found = settle(search, loose)
    exact = Oracle(instance).sweep(z).lower
    assert search.risk(found.upper) == pytest.approx(search.risk(exact), rel=1e-6)
    assert search.risk(found.lower) == pytest.approx(search.risk(exact), rel=1e-6)
    assert np.all(found.lower <= exact + 1e-6 * exact)
    assert np.all(found.upper >= exact - 1e-6 * exact)
    for s, scenario in enumerate(instance.scenarios):
        rows = slice(s * scenario.A.shape[0], (s + 1) * scenario.A.shape[0])
        cost = scenario.harm[0] + scenario.fixed - scenario.penalty @ z
        assert safe_bound(scenario, cost, found.duals[rows, 0]) <= found.upper[s, 0] + 1e-6 * found.upper[s, 0]
