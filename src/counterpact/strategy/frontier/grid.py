"""Levels of cost as a lattice, and the boxes of levels not decided yet.

A box is decided when a package known at its lower corner is within the gap of a bound valid at its upper corner: both
hold over the whole box, since risk falls as budgets grow. So is what lies above a package's own cost, and what is below
an infeasible level (rectangle splitting as Kirlik & Sayın 2014; the jumps of AUGMECON2, Mavrotas & Florios 2013).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.instance import Vector

Index = NDArray[np.int64]


@dataclass(frozen=True, order=True)
class Box:
    """Levels `low ≤ index ≤ high` of a lattice, both ends in."""

    low: tuple[int, ...]
    high: tuple[int, ...]


@dataclass(frozen=True)
class Lattice:
    """Level `index` is `base + step·index`, index 0 … count on each axis."""

    base: Vector
    step: Vector
    count: Index

    def level(self, index: tuple[int, ...]) -> Vector:
        """The budgets at an index."""
        found: Vector = self.base + self.step * np.array(index)
        return found

    def reach(self, cost: Vector) -> tuple[int, ...]:
        """Least index at which `cost` is paid for; may lie outside."""
        return tuple(int(i) for i in np.ceil((cost - self.base) / self.step - 1e-7))

    @property
    def whole(self) -> Box:
        """All levels."""
        return Box((0,) * len(self.base), tuple(int(c) for c in self.count))


def evenly(low: Vector, high: Vector, points: int) -> Lattice:
    """About `points` levels in all, evenly spaced on each axis, the least above `low`, the last at `high`."""
    each = max(1, round(points ** (1 / len(low))))
    step = np.maximum((high - low) / each, 1e-12)
    return Lattice(low + step, step, np.full(len(low), each - 1, dtype=np.int64))


def exactly(low: Vector, high: Vector, costs: NDArray[np.float64]) -> Lattice:
    """Every level at which another cost can begin, from the costs (axes, variables) of single variables."""
    step = np.array([quantum(row) for row in costs])
    return Lattice(low, step, np.maximum(0, np.floor((high - low) / step + 1e-7)).astype(np.int64))


def quantum(costs: Vector, digits: int = 4) -> float:
    """The greatest number of which all costs are multiples; a millionth of their sum if they have more decimals.

    >>> quantum(np.array([1.5, 20.0, 0.25]))
    0.25
    """
    used = costs[np.abs(costs) > 1e-12]
    if not len(used):
        return 1.0
    scaled = used * 10.0**digits
    if np.all(np.abs(scaled - np.round(scaled)) <= 1e-6 * np.maximum(1.0, np.abs(scaled) * 1e-6)):
        return float(np.gcd.reduce(np.round(np.abs(scaled)).astype(np.int64)) / 10**digits)
    return float(np.abs(used).sum() * 1e-6)


def split(box: Box, corner: tuple[int, ...]) -> list[Box]:
    """What of a box is not at or above `corner` in every axis, as boxes that do not overlap.

    >>> split(Box((0, 0), (3, 3)), (2, 1))
    [Box(low=(0, 0), high=(1, 3)), Box(low=(2, 0), high=(3, 0))]
    """
    rest, low = [], list(box.low)
    for j, at in enumerate(corner):
        if at > box.low[j]:
            high = list(box.high)
            high[j] = min(high[j], at - 1)
            rest.append(Box(tuple(low), tuple(high)))
        low[j] = max(low[j], at)
        if low[j] > box.high[j]:
            break
    return rest
