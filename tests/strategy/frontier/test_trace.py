"""Frontiers against every package tried by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from counterpact.errors import InfeasibleError, UsageError
from counterpact.strategy.frontier.grid import Box, split
from counterpact.strategy.frontier.trace import trace
from counterpact.strategy.instance import Instance
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.package import Request, gap_of
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from tests.strategy.instances import small

RESOURCES = ("money", "political", "civilian_harm", "escalation")


def instance_with_costs(seed: int, measures: int = 4) -> Instance:
    """A small instance whose four costs are whole numbers, one of them negative (a lapse frees money)."""
    instance = small(seed, scenarios=3, measures=measures, budget=0.9)
    rng = np.random.default_rng([seed, 9])
    cost = rng.integers(0, 6, (4, len(instance.leader.names))).astype(float)
    cost[0, 0] = -1.0
    return replace(instance, leader=replace(instance.leader, resources=RESOURCES, cost=cost))


def every_package(instance: Instance, risk: Risk) -> list[tuple[np.ndarray, float]]:
    """(costs of all four resources, risk) of each whole z that keeps rows and guard; replies by the oracle."""
    leader, guard, oracle = instance.leader, Guard(instance), Oracle(instance)
    probability = np.array([s.probability for s in instance.scenarios])
    found = []
    for bits in product((0.0, 1.0), repeat=len(leader.names)):
        z = np.array(bits)
        activity = leader.B @ z
        if np.any(activity > leader.row_upper + 1e-9) or np.any(activity < leader.row_lower - 1e-9):
            continue
        if guard.shortfalls(z):
            continue
        found.append((leader.cost @ z, risk.value(oracle.sweep(z).upper @ instance.weights, probability)))
    return found


def best_of(vectors: np.ndarray) -> set[tuple[float, ...]]:
    """Those that no other beats."""
    kept = [v for v in vectors if not any(np.all(w <= v + 1e-7) and np.any(w < v - 1e-6) for w in vectors)]
    return {tuple(np.round(v, 5)) for v in kept}


@pytest.mark.parametrize("axes", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", ["mean", "cvar", "worst"])
@pytest.mark.parametrize("seed", [0, 1])
def test_an_exact_frontier_is_the_set_that_trying_every_package_leaves(axes: int, kind: str, seed: int):
    instance = instance_with_costs(seed)
    risk = Risk(kind, 0.5)
    names = RESOURCES[:axes]
    frontier = trace(instance, Request(risk=risk, gap=1e-6), ("effect", *names))
    by_hand = np.array([[*cost[:axes], value] for cost, value in every_package(instance, risk)])
    ours = {tuple(np.round([*(p.cost[r] for r in names), p.risk], 5)) for p in frontier.points}
    theirs = best_of(by_hand)
    assert frontier.exact
    assert frontier.complete
    assert len(ours) == len(theirs)
    for point in theirs:
        assert min(np.abs(np.array(point) - np.array(q)).max() for q in ours) < 1e-4


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("seed", [0])
def test_every_level_of_a_grid_is_within_its_own_stated_gap(axes: int, seed: int):
    instance = instance_with_costs(seed, measures=6)
    names = RESOURCES[:axes]
    frontier = trace(instance, Request(gap=0.1), ("effect", *names), points=20)
    packages = every_package(instance, Risk())
    assert frontier.complete
    assert frontier.levels
    for level in frontier.levels:
        budget = np.array([level.budgets[r] for r in names])
        truth = min((v for c, v in packages if np.all(c[:axes] <= budget + 1e-9)), default=np.inf)
        if level.point is None:
            assert truth == np.inf
            continue
        point = frontier.points[level.point - 1]
        assert all(point.cost[r] <= level.budgets[r] + 1e-9 for r in names)
        assert level.lower <= truth + 1e-6 <= point.risk + 2e-6
        assert level.gap <= 0.1 + 1e-9
        assert gap_of(point.risk, truth, frontier.risk_before) <= level.gap + 1e-6


def test_a_picked_point_is_the_package_itself_with_the_bound_of_its_cost():
    instance = instance_with_costs(1, measures=6)
    frontier = trace(instance, Request(gap=1e-4), ("effect", "money"))
    for point in frontier.points:
        package = frontier.pick(point.number)
        assert set(package.names) == set(point.names)
        assert package.upper_bound == pytest.approx(point.risk, abs=1e-6)
        assert package.lower_bound == pytest.approx(min(point.lower, package.upper_bound), abs=1e-9)
        assert package.gap <= 1e-4 + 1e-6
    with pytest.raises(UsageError, match="no point"):
        frontier.pick(0)


def test_a_brush_names_the_packages_inside_and_what_they_share():
    frontier = trace(
        instance_with_costs(2, measures=6), Request(gap=1e-4), ("effect", "money", "escalation"), points=16
    )
    middle = float(np.median([p.cost["money"] for p in frontier.points]))
    inside = frontier.within({"money": (None, middle)})
    assert inside
    assert {p.number for p in inside} == {p.number for p in frontier.points if p.cost["money"] <= middle}
    assert set(frontier.shared(inside)) == set.intersection(*[set(p.names) for p in inside])
    with pytest.raises(UsageError, match="not an axis"):
        frontier.within({"gold": (0, 1)})


def test_wishes_are_kept_and_contradictory_ones_are_explained():
    instance = instance_with_costs(3, measures=6)
    name = instance.leader.names[1]
    frontier = trace(instance, Request(gap=1e-3, require=(name,)), ("effect", "money"))
    assert all(name in p.names for p in frontier.points)
    with pytest.raises(InfeasibleError, match="budget"):
        trace(instance, Request(require=(name,), budgets={"money": -50.0}), ("effect", "money"))


@pytest.mark.parametrize(
    "axes", [("effect",), ("money", "political"), ("effect", "gold"), ("effect", "money", "money")]
)
def test_axes_that_make_no_frontier_are_wrong_use(axes: tuple[str, ...]):
    with pytest.raises(UsageError, match="effect and one to four"):
        trace(small(0), Request(), axes)


def test_a_box_splits_into_parts_that_cover_it_once():
    rng = np.random.default_rng(0)
    for _ in range(50):
        low = rng.integers(0, 3, 3)
        high = low + rng.integers(0, 4, 3)
        corner = tuple(int(c) for c in rng.integers(0, 7, 3))
        parts = split(Box(tuple(map(int, low)), tuple(map(int, high))), corner)
        for index in product(*(range(int(a), int(b) + 1) for a, b in zip(low, high, strict=True))):
            count = sum(all(a <= i <= b for a, i, b in zip(p.low, index, p.high, strict=True)) for p in parts)
            assert count == int(not all(i >= c for i, c in zip(index, corner, strict=True)))
