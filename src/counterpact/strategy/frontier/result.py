"""What a frontier holds, and how a package is picked from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from counterpact.errors import UsageError
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.package import Package, Request, design, gap_of

EFFECT = "effect"
"""The axis of combined risk taken away; the others are resources of the case."""


@dataclass(frozen=True)
class Point:
    """A package that no other known one beats on every axis.

    `lower`: no package that costs no more on the axes has less risk. `gap`: share of the effect achievable at this
    cost. `effect`: share of today's risk taken away; `effect_possible`: the most it could be at this cost.
    """

    number: int
    names: tuple[str, ...]  # leader variables that are on
    cost: Mapping[str, float]  # every resource
    risk: float
    lower: float
    gap: float
    effect: float
    effect_possible: float
    z: Vector = field(repr=False)


@dataclass(frozen=True)
class Level:
    """One level of the budgets asked: the point that is best there (None: no package keeps it), and its gap."""

    budgets: Mapping[str, float]
    point: int | None
    lower: float
    gap: float


@dataclass(frozen=True)
class Frontier:
    """Points in order of cost, levels asked, and how the search went.

    `exact`: every level at which something changes was decided, not only those of a grid. `complete`: nothing was left
    undecided when the time was up. `dominated`: packages met that another one beats.
    """

    axes: tuple[str, ...]
    points: tuple[Point, ...]
    levels: tuple[Level, ...]
    dominated: int
    exact: bool
    complete: bool
    gap: float  # the greatest of any point
    wanted: float
    risk_before: float
    infeasible: tuple[Mapping[str, float], ...]
    work: Mapping[str, float]
    request: Request = field(repr=False)
    instance: Instance = field(repr=False)

    @property
    def costs(self) -> tuple[str, ...]:
        """The resources traced."""
        return tuple(a for a in self.axes if a != EFFECT)

    def value(self, point: Point, axis: str) -> float:
        """A point's place on an axis."""
        return point.effect if axis == EFFECT else point.cost[axis]

    def within(self, ranges: Mapping[str, tuple[float | None, float | None]]) -> tuple[Point, ...]:
        """The points inside a brush: axis or resource → (least, most), None where open. Raises `UsageError`."""
        known = {EFFECT, *self.instance.leader.resources}
        for axis in ranges:
            if axis not in known:
                raise UsageError(f'"{axis}" is not an axis. Choose one of {", ".join(sorted(known))}.')
        inside = []
        for p in self.points:
            values = [(self.value(p, a), low, high) for a, (low, high) in ranges.items()]
            if all((low is None or v >= low - 1e-9) and (high is None or v <= high + 1e-9) for v, low, high in values):
                inside.append(p)
        return tuple(inside)

    def shared(self, points: tuple[Point, ...]) -> tuple[str, ...]:
        """Measures that every one of the points has: what a brushed range cannot do without."""
        if not points:
            return ()
        common = set.intersection(*[set(p.names) for p in points])
        leader = self.instance.leader
        return tuple(n for n, k in zip(leader.names, leader.kinds, strict=True) if k == "measure" and n in common)

    def pick(self, number: int) -> Package:
        """The package of a point in full, ready to be planned and explained. Raises `UsageError`."""
        if not 1 <= number <= len(self.points):
            raise UsageError(f"there is no point {number}: choose 1 to {len(self.points)}.")
        point, leader = self.points[number - 1], self.instance.leader
        whole = [n for n, i in zip(leader.names, leader.integer, strict=True) if i]
        on = tuple(n for n in whole if n in point.names)
        off = tuple(n for n in whole if n not in point.names)
        budgets = self.request.budgets | {r: float(point.cost[r]) + 1e-6 for r in self.costs}
        wish = replace(self.request, budgets=budgets)
        found = design(self.instance, replace(wish, require=on, forbid=off, gap=1.0))
        gap = gap_of(found.upper_bound, min(point.lower, found.upper_bound), found.upper_bound_before)
        words = f"point {number} of a frontier, gap {gap:.1%} of the effect achievable at its cost"
        lower = min(point.lower, found.upper_bound)
        return replace(found, request=wish, lower_bound=lower, gap=gap, timed_out=gap > wish.gap, message=words)


def order(points: list[Point]) -> list[Point]:
    """By cost, then risk, numbered from 1."""
    ranked = sorted(points, key=lambda p: (*(p.cost.values()), p.risk, p.names))
    return [replace(p, number=k + 1) for k, p in enumerate(ranked)]


def beaten(mine: Vector, others: Vector, tolerance: float = 1e-9) -> bool:
    """Whether one of the others (K, axes) is as good on every axis and better on one, all axes being costs."""
    close = np.all(others <= mine + tolerance, axis=1)
    return bool(np.any(close & np.any(others < mine - 100 * tolerance, axis=1)))
