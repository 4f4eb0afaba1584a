"""Effect against cost: the packages no other package beats on both, traced by ε-constraint.

Between the cheapest and the dearest useful spending each budget level is designed anew; the oracle's stored replies and
the cuts of earlier levels are used again, since a plan is a valid cut at every z.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from counterpact.errors import InfeasibleError, UnprovenError, UsageError
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.package import Package, Request, design
from counterpact.strategy.solving.reply import Cuts, Oracle


@dataclass(frozen=True)
class Frontier:
    """Non-dominated packages, cheapest first; `costs`: the resources traced; `dominated`: designed, then beaten."""

    costs: tuple[str, ...]
    packages: tuple[Package, ...]
    dominated: tuple[Package, ...]
    infeasible: tuple[tuple[float, ...], ...]  # budget levels that no package satisfies

    @property
    def points(self) -> list[tuple[tuple[float, ...], float, float]]:
        """(cost by resource, risk, gap) of each package."""
        return [(tuple(p.cost[c] for c in self.costs), p.upper_bound, p.gap) for p in self.packages]


def trace(
    instance: Instance,
    request: Request,
    costs: tuple[str, ...] | str,
    *,
    levels: int = 5,
    oracle: Oracle | None = None,
    top: Package | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Frontier:
    """The frontier of risk against one or two resources, `levels` budgets for each.

    `top` is the package at the request's own budgets if there is one already. Each package carries its own gap.
    """
    costs = (costs,) if isinstance(costs, str) else tuple(costs)
    if not 1 <= len(costs) <= 2 or any(c not in instance.leader.resources for c in costs):
        known = ", ".join(instance.leader.resources)
        raise UsageError(f"a frontier takes one or two of the resources {known}; got {', '.join(costs)}.")
    oracle = oracle or Oracle(instance)
    guard = Guard(instance)
    shelf: list[Cuts] = []
    top = top or design(instance, request, oracle=oracle, guard=guard, shelf=shelf)
    shares = np.arange(1, levels) / levels
    grid = [
        tuple(share * top.cost[c] for share, c in zip(point, costs, strict=True)) for point in _grid(shares, len(costs))
    ]
    found, failed = [top], []
    for number, budget in enumerate(grid):
        limit = {c: min(b, request.budgets.get(c, np.inf)) for c, b in zip(costs, budget, strict=True)}
        try:
            wish = replace(request, budgets={**request.budgets, **limit})
            found.append(design(instance, wish, oracle=oracle, guard=guard, shelf=shelf))
        except (InfeasibleError, UnprovenError):
            failed.append(budget)
        if progress:
            progress((number + 1) / len(grid), f"frontier, {number + 1} of {len(grid)}")
    found.sort(key=lambda p: (*(p.cost[c] for c in costs), p.upper_bound))
    best = [p for p in found if not any(_beats(q, p, costs) for q in found)]
    unique = {tuple(np.round(p.z, 6)): p for p in reversed(best)}
    best = [p for p in best if unique[tuple(np.round(p.z, 6))] is p]
    rest = [p for p in found if not any(p is q for q in best)]
    return Frontier(costs, tuple(best), tuple(rest), tuple(failed))


def _grid(shares: Vector, count: int) -> list[tuple[float, ...]]:
    if count == 1:
        return [(float(s),) for s in shares[::-1]]
    with_full = [*shares.tolist(), 1.0]
    return [p for p in product(with_full, repeat=2) if p != (1.0, 1.0)][::-1]


def _beats(q: Package, p: Package, costs: tuple[str, ...]) -> bool:
    """Whether q is at least as good as p in risk and every cost and strictly better in one."""
    mine = np.array([*(q.cost[c] for c in costs), q.upper_bound])
    other = np.array([*(p.cost[c] for c in costs), p.upper_bound])
    return bool(np.all(mine <= other + 1e-12) and np.any(mine < other - 1e-9))
