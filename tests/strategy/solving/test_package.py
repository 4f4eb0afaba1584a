from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from counterpact.errors import InfeasibleError, UsageError
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.package import Request, design
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from counterpact.strategy.solving.validity import check_penalties, design_valid
from tests.shared_data import shared
from tests.strategy.instances import best_by_hand, gallery, room_by_scipy, small, structured, value_by_scipy


@pytest.mark.parametrize("kind", ["mean", "cvar", "worst"])
@pytest.mark.parametrize("seed", range(3))
def test_the_package_is_the_best_of_all_packages(seed, kind):
    instance = small(seed, measures=5)
    risk = Risk(kind, 0.5)
    value, _ = best_by_hand(instance, risk)
    package = design(instance, Request(risk=risk, gap=1e-6))
    assert package.upper_bound == pytest.approx(value, abs=1e-5)
    assert package.lower_bound <= value + 1e-6
    assert package.lower_bound == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_a_coarse_gap_is_a_true_gap(seed):
    instance = small(seed, measures=5)
    value, _ = best_by_hand(instance, Risk())
    package = design(instance, Request(gap=0.3))
    assert package.lower_bound - 1e-6 <= value <= package.upper_bound + 1e-6
    share = (package.upper_bound - package.lower_bound) / (package.upper_bound_before - package.lower_bound)
    assert package.gap == pytest.approx(share, abs=1e-9)
    assert package.gap <= 0.3


@pytest.mark.shared
@pytest.mark.parametrize(("attacks", "flow"), [(0, 80), (1, 10), (2, 0)])
def test_max_flow_of_the_gallery(attacks, flow):
    path = shared("strategy", "pyomo_gallery", "max_flow", "sample_arcs_data.csv")
    package = design(gallery(path, attacks=attacks, value=1.0, penalty=1.0), Request(gap=1e-6))
    assert package.upper_bound == pytest.approx(flow, abs=1e-6)
    assert package.z.sum() <= attacks


@pytest.mark.shared
@pytest.mark.parametrize(("attacks", "length"), [(0, 5), (1, 17), (2, 100)])
def test_shortest_path_of_the_gallery(attacks, length):
    """Not shipping costs 100 there: length = 100 − the net value of shipping worth 100."""
    path = shared("strategy", "pyomo_gallery", "shortest_path", "sample_arcs_data.csv")
    package = design(gallery(path, attacks=attacks, value=100.0, penalty=100.0, length="Cost"), Request(gap=1e-6))
    assert 100 - package.upper_bound == pytest.approx(length, abs=1e-5)


def test_a_penalty_too_low_is_found_out_and_raised():
    path_free = gallery_like_two_arcs(penalty=0.25)
    oracle = Oracle(path_free)
    z = np.array([1.0, 1.0])
    sweep = oracle.sweep(z)
    assert sweep.lower[0, 0] == pytest.approx(7.5)  # blocked, yet three quarters of the value still flow
    check = check_penalties(path_free, z, sweep.lower)
    assert not check.valid
    assert check.excess[0, 0] == pytest.approx(7.5)
    package, mended = design_valid(path_free, Request(gap=1e-6))
    assert check_penalties(mended, package.z, package.sweep.lower).valid
    assert package.upper_bound == pytest.approx(0.0, abs=1e-6)
    assert value_by_scipy(mended, 0, 0, package.z, closed=True) == pytest.approx(package.upper_bound, abs=1e-6)


def gallery_like_two_arcs(penalty: float, budget: float = 2.0):
    """Two parallel arcs of 5 each worth 1 a unit; a measure for each."""
    from scipy.sparse import csc_matrix, csr_matrix

    from counterpact.strategy.instance import Columns, Instance, Leader, Scenario

    two = np.ones(2)
    scenario = Scenario(
        csc_matrix(np.ones((1, 2))), np.array([-np.inf]), np.array([10.0]), 5 * two, np.ones((1, 2)), 0 * two,
        csr_matrix(penalty * np.eye(2)), 1.0,
    )  # fmt: skip
    leader = Leader(
        ("left", "right"), ("measure", "measure"), np.ones(2, bool), csr_matrix(np.ones((1, 2))), np.array([-np.inf]),
        np.array([budget]), ("at most",), ("money",), np.ones((1, 2)),
    )  # fmt: skip
    columns = Columns(np.arange(2), np.zeros(2, int), np.zeros(2, int), ("left", "right"), ("left", "right"))
    return Instance(leader, columns, [scenario], ("flow",), np.ones(1), np.ones(1))


def test_deter_under_the_two_readings():
    """Loss with probability .4 on an arc of capacity 10 that blocking leaves open: guarantee reading.

    A copy of gain 1 (blocked) beside one of gain .6 (never) share one capacity row, so the most delivered falls to 6.
    """
    from scipy.sparse import csc_matrix, csr_matrix

    base = gallery_like_two_arcs(1.0)
    copies = np.array([[1.0, 0.6]])
    shared_row = replace(
        base.scenarios[0], A=csc_matrix(np.ones((1, 2))), harm=copies, ceiling=np.full(2, 10.0),
        penalty=csr_matrix(np.array([[1.0, 0.0], [0.0, 0.0]])),
    )  # fmt: skip
    instance = replace(base, scenarios=[shared_row])
    oracle = Oracle(instance)
    assert oracle.values(np.zeros(2))[0, 0] == pytest.approx(10.0)
    assert oracle.values(np.array([1.0, 0.0]))[0, 0] == pytest.approx(6.0)
    check = check_penalties(instance, np.array([1.0, 0.0]), oracle.sweep(np.array([1.0, 0.0])).lower)
    assert check.valid
    # the tightest penalty is what the blocked copy is worth beside the open one: .4, and it suffices
    tight = replace(shared_row, penalty=csr_matrix(np.array([[0.4, 0.0], [0.0, 0.0]])))
    assert Oracle(replace(instance, scenarios=[tight])).values(np.array([1.0, 0.0]))[0, 0] == pytest.approx(6.0)


def test_the_gap_is_a_share_of_the_effect_not_of_the_value():
    """A gap of a percent of the value can be many percent of what can be achieved at all."""
    from counterpact.strategy.solving.package import gap_of

    upper, lower, before = 100.0, 98.8, 108.8
    assert (upper - lower) / upper == pytest.approx(0.012)
    assert gap_of(upper, lower, before) == pytest.approx(0.12)
    assert gap_of(5.0, 5.0, 5.0) == 0.0


def test_the_guard_holds_in_every_scenario_and_binds():
    for seed in range(6):
        instance = small(seed, measures=6, budget=0.9)
        package = design(instance, Request(gap=1e-6))
        for s, minimum in Guard(instance).minimum.items():
            assert room_by_scipy(instance, s, package.z, minimum) <= 1e-6
        free = replace(instance, scenarios=[replace(s, civilian=None) for s in instance.scenarios])
        without = design(free, Request(gap=1e-6))
        assert without.upper_bound <= package.upper_bound + 1e-6
    shut = everything_closes_the_civilian_system()
    free = replace(shut, scenarios=[replace(s, civilian=None) for s in shut.scenarios])
    assert design(shut, Request(gap=1e-6)).z.sum() == 1  # one road must stay
    assert design(free, Request(gap=1e-6)).z.sum() == 2


def everything_closes_the_civilian_system():
    """Two measures, each shutting one of two roads to the same people, who need more than half of one."""
    from scipy.sparse import csc_matrix, csr_matrix

    from counterpact.strategy.instance import CivilianSystem

    instance = gallery_like_two_arcs(1.0)
    system = CivilianSystem(
        csc_matrix((1, 2)), np.zeros(1), np.zeros(1), np.ones(2), csr_matrix(np.eye(2)), csr_matrix(np.ones((1, 2))),
        np.array([0.6]), ("food",),
    )  # fmt: skip
    return replace(instance, scenarios=[replace(instance.scenarios[0], civilian=system)])


def test_a_guard_that_the_status_quo_cannot_meet_asks_for_what_it_can():
    instance = everything_closes_the_civilian_system()
    civilian = replace(instance.scenarios[0].civilian, required=np.array([5.0]))
    instance = replace(instance, scenarios=[replace(instance.scenarios[0], civilian=civilian)])
    assert Guard(instance).minimum[0] == pytest.approx([2.0], abs=1e-5)
    assert design(instance, Request(gap=1e-6)).z.sum() == 0


def test_clashing_limits_are_named_and_only_those():
    instance = small(2, measures=6)
    cost = instance.leader.cost[0]
    with pytest.raises(InfeasibleError) as caught:
        design(instance, Request(budgets={"money": cost[4] - 0.1, "escalation": 1000.0}, require=("m4",)))
    text = str(caught.value)
    assert "require m4" in text
    assert "budget: money" in text
    assert "escalation" not in text


def test_a_guard_that_clashes_with_a_demand_is_named():
    instance = everything_closes_the_civilian_system()
    with pytest.raises(InfeasibleError) as caught:
        design(instance, Request(require=("left", "right")))
    text = str(caught.value)
    assert "humanitarian guard" in text
    assert "require left" in text
    assert "require right" in text


def test_unknown_names_are_wrong_use():
    instance = small(0)
    with pytest.raises(UsageError, match="m3"):
        design(instance, Request(require=("m33",)))
    with pytest.raises(UsageError, match="money"):
        design(instance, Request(budgets={"mony": 1.0}))


def test_requests_are_kept_and_the_same_request_gives_the_same_package():
    instance = structured(scenarios=10, channels=25, places=8, objectives=3, measures=12, seed=4)
    wish = Request(require=("m2",), forbid=("m5",), budgets={"escalation": 12.0})
    one, two = design(instance, wish), design(instance, wish)
    assert np.array_equal(one.z, two.z)
    assert one.log == two.log
    assert one.z[2] == 1
    assert one.z[5] == 0
    assert one.cost["escalation"] <= 12.0
    assert one.cost["money"] == pytest.approx(float(instance.leader.cost[0] @ one.z))


def test_out_of_time_says_so_with_the_true_gap():
    instance = structured(scenarios=20, channels=40, places=10, objectives=3, measures=20, seed=1)
    package = design(instance, Request(gap=1e-9, max_rounds=1))
    assert package.timed_out
    assert package.gap > 1e-9
    assert "best so far" in package.message
    assert package.lower_bound <= package.upper_bound
