"""Every risk attitude against trying all packages, guard and prerequisites included; blocks and cuts never above."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from counterpact.errors import UsageError
from counterpact.strategy.proving.certificate import check
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.package import Request, design
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from counterpact.strategy.solving.strengthen import Strengthener
from tests.strategy.instances import plain, small, value_by_scipy

ATTITUDES = [
    Risk("mean"),
    Risk("cvar", 0.5),
    Risk("worst"),
    Risk("regret"),
    Risk("satisfice", threshold=0.2),
    Risk("satisfice", threshold=0.08),
]


def every_package(instance):
    """(all allowed z, their combined values (Z, S), the values at z = 0)."""
    oracle, guard, leader = Oracle(instance), Guard(instance), instance.leader
    points, values = [], []
    for bits in product((0.0, 1.0), repeat=len(leader.names)):
        z = np.array(bits)
        activity = leader.B @ z
        if np.any(activity > leader.row_upper + 1e-9) or np.any(activity < leader.row_lower - 1e-9):
            continue
        if guard.shortfalls(z):
            continue
        points.append(z)
        values.append(oracle.sweep(z).lower @ instance.weights)
    return np.array(points), np.array(values), oracle.zero().lower @ instance.weights


def least(values, today, probability, risk):
    """The best risk over the rows of `values`, written out for each attitude."""
    if risk.kind == "regret":
        return (values - values.min(axis=0)).max(axis=1).min()
    if risk.kind == "satisfice":
        return ((values > (1 - risk.threshold) * today + 1e-6 * (1 + today)) @ probability).min()
    return min(risk.value(row, probability) for row in values)


@pytest.mark.parametrize("seed", range(40, 43))
def test_every_attitude_finds_the_best_of_all_packages_and_is_certified(seed):
    instance = small(seed, measures=5, scenarios=4)
    _, values, today = every_package(instance)
    probability = np.array([s.probability for s in instance.scenarios])
    for risk in ATTITUDES:
        best = least(values, today, probability / probability.sum(), risk)
        package = design(instance, Request(risk=risk, gap=1e-6))
        assert package.upper_bound == pytest.approx(best, abs=2e-5), risk
        assert package.lower_bound <= best + 1e-6
        assert package.lower_bound == pytest.approx(best, abs=1e-4)
        assert check(instance, package).passed


def test_the_oracle_of_the_brute_force_is_right():
    instance = small(40, measures=5, scenarios=4)
    points, values, _ = every_package(instance)
    for k in (0, len(points) // 2, len(points) - 1):
        by_hand = [
            sum(w * value_by_scipy(instance, s, o, points[k]) for o, w in enumerate(instance.weights)) for s in range(4)
        ]
        assert values[k] == pytest.approx(by_hand, abs=1e-6)


def test_values_left_inexact_where_they_do_not_matter_still_certify():
    instance = plain(scenarios=6, nodes=30, arcs=100, goods=3, measures=8)
    exact = design(instance, Request(risk=Risk("worst"), gap=1e-6))
    quick = design(instance, Request(risk=Risk("worst"), gap=1e-6, every_value=False))
    assert quick.upper_bound == pytest.approx(exact.upper_bound, rel=1e-7)
    assert check(instance, quick).passed
    assert not check(instance, replace(quick, upper_bound=quick.upper_bound * 0.99)).passed


@pytest.mark.parametrize("seed", range(3))
def test_cuts_from_paths_hold_at_every_whole_package_and_are_no_weaker(seed):
    instance = plain(scenarios=3, nodes=30, arcs=100, goods=3, measures=8, seed=seed)
    oracle, strengthener = Oracle(instance), Strengthener(instance)
    rng = np.random.default_rng(seed)
    gained = 0.0
    for _ in range(4):
        sweep = oracle.sweep(rng.random(8))
        strong = strengthener.cuts(sweep)
        for _ in range(12):
            z = (rng.random(8) < 0.4).astype(float)
            value, bound = oracle.sweep(z).upper, strong.constant - strong.slope @ z
            assert np.all(bound <= value + 1e-6 * (1 + np.abs(value)))
            gained += float((bound - (sweep.cuts.constant - sweep.cuts.slope @ z)).sum())
    assert gained > 0


def test_a_package_that_starves_people_is_not_certified():
    instance = small(3, measures=6, budget=0.9)
    package = design(instance, Request(gap=1e-6))
    system = instance.scenarios[0].civilian
    shut = replace(system, closes=type(system.closes)(np.ones(system.closes.shape)))
    starved = replace(instance, scenarios=[replace(instance.scenarios[0], civilian=shut), *instance.scenarios[1:]])
    assert check(instance, package).passed
    assert package.z.any()
    found = check(starved, package)
    assert not found.passed
    assert any("civilian" in line for line in found.details)


@pytest.mark.parametrize("words", ["satisfice", "satisfice0", "regrets", "cvar", "worst90"])
def test_words_that_are_no_attitude_are_wrong_use(words):
    with pytest.raises(UsageError):
        Risk.named(words)
    assert Risk.named("satisfice20").threshold == 0.2
    assert Risk.named("regret").around == Risk("worst")
