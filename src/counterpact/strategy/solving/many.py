"""Replies at many leader points, in fixed batches, on this machine or a cluster.

A batch is a few scenarios at a run of points; its oracle begins from nothing, so the stored bases, and with them the
answers, depend on the batch alone. Every value comes with its safe dual bound, as in a sweep.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from counterpact.cluster import Engine, engine
from counterpact.errors import UsageError
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.stack import Stack

#: Replies a batch has at least, and points a batch has at most: enough work to send, little to lose.
REPLIES, POINTS = 100, 100


@dataclass(frozen=True)
class Many:
    """Normalised values at K points: `lower` by plans, `upper` by safe dual bounds, (K, S, O)."""

    lower: Vector
    upper: Vector


Batch = tuple[int, int, Vector]
"""First and last scenario (exclusive), points (k, M)."""


def batches(instance: Instance, points: Vector) -> list[tuple[slice, Batch]]:
    """The fixed batches, each with the points' place: they depend on the problem alone."""
    S, goals = len(instance.scenarios), len(instance.objectives)
    found = []
    runs = max(1, round(len(points) / POINTS))
    for run in np.array_split(np.arange(len(points)), runs):
        step = -(-REPLIES // (len(run) * goals))
        groups = max(1, S // step)
        for group in np.array_split(np.arange(S), groups):
            place = slice(int(run[0]), int(run[-1]) + 1)
            found.append((place, (int(group[0]), int(group[-1]) + 1, points[place])))
    return found


def many_replies(
    instance: Instance,
    points: Vector,
    *,
    where: Engine | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Many:
    """The replies of all scenarios and objectives at each of the points (K, M).

    Raises `UsageError` if the points do not fit, `ClusterError` if a cluster vanishes, `UnprovenError` as a sweep.
    """
    points = np.asarray(points, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != len(instance.leader.names) or not len(points):
        raise UsageError(f"points must be (K, {len(instance.leader.names)}), K ≥ 1, not {points.shape}")
    fixed = batches(instance, points)
    if where is None:
        with engine() as here:
            answers = here.map(reply_batch, [b for _, b in fixed], instance, progress)
    else:
        answers = where.map(reply_batch, [b for _, b in fixed], instance, progress)
    shape = (len(points), len(instance.scenarios), len(instance.objectives))
    lower, upper = np.empty(shape), np.empty(shape)
    for (place, (first, last, _)), (low, high) in zip(fixed, answers, strict=True):
        lower[place, first:last], upper[place, first:last] = low, high
    return Many(lower, upper)


def reply_batch(instance: Instance, batch: Batch) -> tuple[Vector, Vector]:
    """Values and dual bounds (k, s, O) of one batch, from nothing."""
    first, last, points = batch
    oracle = Oracle(instance, np.arange(first, last), memory=2)
    sweeps = [oracle.sweep(z) for z in points]
    return np.array([s.lower for s in sweeps]), np.array([s.upper for s in sweeps])


def solve_afar(
    where: Engine, instance: Instance, stack: Stack, wanted: NDArray[np.bool_], z: Vector, out: tuple[Vector, Vector]
) -> None:
    """Fill in plans (S, O, n) and row duals (R, O) of the wanted pairs (S, O) at z, found in fixed batches.

    `instance` holds the stack's scenarios and no others; the same object at each call is sent only once.
    """
    groups = [g for g in np.array_split(np.arange(stack.S), max(1, wanted.size // REPLIES)) if wanted[g].any()]
    asked = [(int(g[0]), int(g[-1]) + 1, z, wanted[g]) for g in groups]
    plans, duals = out
    for (first, last, _, mine), (Y, U) in zip(asked, where.map(solve_batch, asked, instance), strict=True):
        plans[first:last][mine] = Y.toarray().reshape(last - first, stack.O, stack.n)[mine]
        rows = slice(stack.row_start[first], stack.row_start[last])
        mask = np.repeat(mine, np.diff(stack.row_start[first : last + 1]), axis=0)
        duals[rows][mask] = U.toarray()[mask]


def solve_batch(instance: Instance, batch: tuple[int, int, Vector, NDArray[np.bool_]]) -> tuple[csr_matrix, csr_matrix]:
    """Plans (s·O, n) and row duals (rows, O) of some pairs of scenarios `first` to `last` at z, not yet verified."""
    first, last, z, wanted = batch
    plans, duals = Oracle(instance, np.arange(first, last)).unverified(z, wanted)
    return csr_matrix(plans.reshape(-1, plans.shape[-1])), csr_matrix(duals)
