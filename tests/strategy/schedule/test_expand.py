"""The time-expanded instance agrees with programs written out period by period, and with every pattern tried."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpact.errors import UsageError
from counterpact.strategy.proving import certificate
from counterpact.strategy.schedule.expand import Expanded, expand
from counterpact.strategy.schedule.links import Links, unlinked
from counterpact.strategy.schedule.patterns import whole_openings
from counterpact.strategy.schedule.periods import Periods
from counterpact.strategy.solving.package import Request, design
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from tests.strategy.instances import small
from tests.strategy.schedule import by_hand

CLOCKS = ("2027..2028", "2027-H1,2027-H2,2028", "2027..2029")


def _solved(made: Expanded, risk: Risk, **more: object) -> float:
    package = design(made.instance, Request(risk, gap=1e-6, **more))
    assert certificate.check(made.instance, package).passed
    return package.upper_bound


@pytest.mark.parametrize("seed", range(12))
def test_replies_over_time_equal_programs_written_out(seed: int) -> None:
    base, links = by_hand.random_world(seed)
    periods = Periods.parse(CLOCKS[seed % 3], discount=0.1 * (seed % 2))
    made = expand(base, periods, links)
    rng, M = np.random.default_rng(seed), len(base.leader.names)
    on = np.sort(rng.integers(0, 2, (periods.count, M)), axis=0).astype(float)
    sweep = Oracle(made.instance).sweep(on.ravel())
    for s in range(len(base.scenarios)):
        acts = by_hand.in_force(on, links.lead[s], periods)
        for o in range(len(base.objectives)):
            expected = by_hand.value(base, links, periods, s, o, acts)
            assert sweep.lower[s, o] == pytest.approx(expected, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("seed", range(24))
def test_the_best_schedule_is_the_best_of_all_patterns_of_starts(seed: int) -> None:
    base, links = by_hand.random_world(seed, scenarios=2)
    periods = Periods.parse(CLOCKS[seed % 2])
    risk = (Risk("mean"), Risk("worst"), Risk("cvar", 0.5))[seed % 3]
    starts = None if seed % 2 else 1
    made = expand(base, periods, links)
    limits = {f"starts@{label}": 1.0 for label in periods.labels} if starts else {}
    found = _solved(made, risk, budgets=limits)
    assert found == pytest.approx(by_hand.best(base, links, periods, risk, starts=starts), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("seed", range(40, 48))
def test_measures_that_can_be_lifted_agree_with_every_pattern_of_starts_and_ends(seed: int) -> None:
    base, links = by_hand.random_world(seed, measures=2)
    periods, risk, lifted = Periods.parse("2027..2029"), Risk("mean"), frozenset({0, 1})
    budget = 1.6 * float(base.leader.cost[0].max())  # over the horizon: not everything can be held throughout
    made = expand(base, periods, links, liftable=lifted)
    found = _solved(made, risk, budgets={"money": budget})
    expected = by_hand.best(base, links, periods, risk, liftable=lifted, budget=budget)
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("seed", range(60, 66))
def test_channels_opened_whole_agree_with_every_pattern_of_openings(seed: int) -> None:
    base, links = by_hand.random_world(seed, measures=2)
    links = replace(links, openings=tuple(replace(o, cost=8 * o.cost) for o in links.openings))
    periods, risk = Periods.parse("2027..2028"), Risk("mean")
    part = expand(base, periods, links)
    made = whole_openings(part, [o.name for o in links.openings])
    zero = np.zeros(len(made.instance.leader.names))
    exact, linear = Oracle(made.instance).sweep(zero).lower, Oracle(part.instance).sweep(zero).lower
    off = np.zeros((2, 2))
    for s, o in np.ndindex(exact.shape):
        expected = by_hand.exact_value(base, links, periods, s, o, off)
        assert exact[s, o] == pytest.approx(expected, rel=1e-6, abs=1e-8)
    assert np.all(linear >= exact - 1e-8), "opening in part over-estimates them"
    expected = by_hand.best(base, links, periods, risk, exact=True)
    assert _solved(made, risk) == pytest.approx(expected, rel=1e-5, abs=1e-7)


def test_too_many_patterns_and_unknown_channels_are_wrong_use() -> None:
    base, links = by_hand.random_world(1)
    made = expand(base, Periods.parse("2027..2029"), links)
    with pytest.raises(UsageError, match="have to be opened"):
        whole_openings(made, ["nowhere"])
    many = replace(links, openings=tuple(replace(links.openings[0], name=f"x{k}", lag=0.0) for k in range(4)))
    with pytest.raises(UsageError, match="256 patterns"):
        whole_openings(expand(base, Periods.parse("2027..2029"), many), [o.name for o in many.openings])


@pytest.mark.parametrize("seed", range(6))
def test_one_year_without_links_is_the_package_problem(seed: int) -> None:
    base = small(seed)
    made = expand(base, Periods(("2027",)), unlinked(base))
    one, other = made.instance.scenarios[0], base.scenarios[0]
    assert (one.A != other.A).nnz == 0
    assert (one.penalty != other.penalty).nnz == 0
    risk = Risk("cvar", 0.5)
    alone = design(base, Request(risk, gap=1e-6))
    assert _solved(made, risk) == pytest.approx(alone.upper_bound, rel=1e-6)


def _risk(base: object, links: Links, periods: Periods) -> float:
    return _solved(expand(base, periods, links), Risk("mean"))


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(100, 10_000), more=st.floats(1, 24))
def test_longer_leads_never_help_and_more_stock_never_lowers_harm(seed: int, more: float) -> None:
    base, links = by_hand.random_world(seed, scenarios=1, measures=3, guard=False)
    periods = Periods.parse("2027..2029")
    risk = _risk(base, links, periods)
    slow = replace(links, lead=links.lead + more)
    full = replace(links, carries=tuple(replace(c, initial=c.initial + more) for c in links.carries))
    late = replace(links, openings=tuple(replace(o, lag=o.lag + more) for o in links.openings))
    none = replace(links, carries=())
    close = 1e-5 * (1 + abs(risk))
    assert _risk(base, slow, periods) >= risk - close
    assert _risk(base, full, periods) >= risk - close
    assert _risk(base, late, periods) <= risk + close
    assert _risk(base, none, periods) <= risk + close
    assert _risk(base, replace(links, lag=links.lag + more), periods) <= risk + close
