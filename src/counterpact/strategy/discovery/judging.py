"""Is a box of PRIM to be believed: chance limits dropped, found again in other halves, and boxes beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from counterpact.strategy.discovery.boxes import Box, Experiments, Mask, inside, measured
from counterpact.strategy.discovery.prim import LEAST_MASS, PEEL, Gain, Trajectory, per_point, prim

INSIGNIFICANT = 0.05
"""A limit with a quasi-p value of this or more is dropped when a box is simplified."""


def simplify(
    box: Box, table: Experiments, failed: Mask, *, worst: float = INSIGNIFICANT, most: int | None = None
) -> Box:
    """Drop limits that could be chance (quasi-p at least `worst`), the least significant first, at least one kept.

    `most`: go on dropping until at most so many are left.
    """
    while len(box.limits) > 1:
        least = max(box.limits, key=lambda limit: limit.quasi_p)
        if least.quasi_p < worst and (most is None or len(box.limits) <= most):
            break
        box = measured(tuple(limit for limit in box.limits if limit is not least), table, failed)
    return box


def simplest(trajectory: Trajectory, most: int) -> tuple[Box, int]:
    """The best box of at most `most` conditions, none of them likely chance, and which box of the trajectory it is of.

    Best by the harmonic mean of coverage and density after dropping conditions; a rule where the user makes no choice.
    """
    best, found, number = -1.0, trajectory.box(0), 0
    for t in range(1, len(trajectory)):
        box = simplify(trajectory.box(t), trajectory.table, trajectory.failed, most=most)
        total = box.coverage + box.density
        score = 2 * box.coverage * box.density / total if total > 0 else 0.0
        if score > best + 1e-12:
            best, found, number = score, box, t
    return found, number


@dataclass(frozen=True)
class Stability:
    """How a box fares on experiments it was not found in.

    `again`: column → share of the halves in which PRIM restricts it too. `coverage`, `density`: mean over the halves
    of the box found in one half, measured in the other; `spread`: standard deviation of the latter two.
    """

    halves: int
    again: tuple[tuple[str, float], ...]
    coverage: float
    density: float
    spread: tuple[float, float]


def stability(
    box: Box,
    table: Experiments,
    failed: Mask,
    *,
    halves: int = 10,
    seed: int = 0,
    peel: float = PEEL,
    least_mass: float = LEAST_MASS,
    gain: Gain = per_point,
) -> Stability:
    """Find the box anew in random halves, nearest this one in coverage and density, and judge it by the other half."""
    rng = np.random.default_rng([seed, 7])
    columns = {limit.name: 0 for limit in box.limits}
    results = []
    done = 0
    for _ in range(halves):
        order = rng.permutation(len(table))
        here, there = order[: len(order) // 2], order[len(order) // 2 :]
        if failed[here].all() or not failed[here].any() or not failed[there].any():
            continue
        trajectory = prim(table.part(here), failed[here], peel=peel, least_mass=least_mass, gain=gain)
        away = np.abs(trajectory.coverage - box.coverage) + np.abs(trajectory.density - box.density)
        t = int(away.argmin())
        found = simplify(trajectory.box(t), trajectory.table, trajectory.failed)
        judged = measured(found.limits, table.part(there), failed[there])
        results.append((judged.coverage, judged.density))
        done += 1
        for limit in found.limits:
            if limit.name in columns:
                columns[limit.name] += 1
    if not done:
        return Stability(0, tuple((c, 0.0) for c in columns), 0.0, 0.0, (0.0, 0.0))
    values = np.array(results)
    spread = values.std(axis=0)
    return Stability(
        done,
        tuple((c, k / done) for c, k in columns.items()),
        float(values[:, 0].mean()),
        float(values[:, 1].mean()),
        (float(spread[0]), float(spread[1])),
    )


def covering(
    table: Experiments, failed: Mask, count: int, choose: Callable[[Trajectory], int], *, peel: float = PEEL
) -> list[Box]:
    """Up to `count` boxes one after the other, each found where the boxes before it are not (Friedman & Fisher § 2).

    Each is measured on all experiments. Stops when no failure is left outside or nothing raises the density.
    """
    left = np.ones(len(table), dtype=bool)
    found: list[Box] = []
    while len(found) < count and failed[left].any() and not failed[left].all():
        trajectory = prim(table.part(left), failed[left], peel=peel)
        t = choose(trajectory)
        if t == 0:
            break
        limits = simplify(trajectory.box(t), trajectory.table, trajectory.failed).limits
        found.append(measured(limits, table, failed))
        left &= ~inside(limits, table)
    return found
