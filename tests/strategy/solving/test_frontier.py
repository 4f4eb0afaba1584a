from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tests.strategy.instances import small

from counterpact.errors import UsageError
from counterpact.strategy.solving.frontier import trace
from counterpact.strategy.solving.package import Request, design


def test_one_cost_gives_rising_cost_and_falling_risk_each_optimal_at_its_budget():
    instance = small(4, measures=6, budget=0.8)
    wish = Request(gap=1e-6)
    frontier = trace(instance, wish, "money", levels=4)
    costs = [c[0] for c, _, _ in frontier.points]
    risks = [r for _, r, _ in frontier.points]
    assert costs == sorted(costs)
    assert all(a > b for a, b in pairwise(risks))
    for package in frontier.packages:  # reusing cuts changes no optimum
        again = design(instance, Request(gap=1e-6, budgets=package.request.budgets))
        assert again.upper_bound == pytest.approx(package.upper_bound, abs=1e-6)
        assert package.gap <= 1e-6 + 1e-9


def test_two_costs_leave_only_packages_that_nothing_beats():
    frontier = trace(small(5, measures=6, budget=0.7), Request(gap=1e-6), ("money", "escalation"), levels=3)
    points = np.array([(*c, r) for c, r, _ in frontier.points])
    for i, p in enumerate(points):
        for j, q in enumerate(points):
            assert i == j or not (np.all(q <= p + 1e-12) and np.any(q < p - 1e-9))


def test_unknown_costs_are_wrong_use():
    with pytest.raises(UsageError, match="money"):
        trace(small(0), Request(), "gold")
