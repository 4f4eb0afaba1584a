"""Uniform draws from a polytope: affine hull, rounding, and many hit-and-run walkers moved at once.

Hit-and-run (Smith 1984, "Efficient Monte Carlo procedures for generating points uniformly distributed over
bounded regions", Operations Research 32): from a point, a random direction, a uniform point on the chord.
All walkers take the same direction in a step (each with its own chord and its own draw on it), so a step is
one matrix–vector product and one pass over the slacks. hopsy does the same in C++ and takes 12 s to import;
it is the oracle in the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Extremes = Callable[[Vector], tuple[Vector, Vector] | None]
"""Direction → the points of the polytope furthest back and forth along it."""
FLAT = 1e-5
"""Extent, in scaled units, below which the body counts as flat (claims are widened by 2e-8)."""
PROBES = 40
"""Random directions whose extreme points shape the first rounding."""


@dataclass(frozen=True)
class Hull:
    """A polytope in coordinates of its own affine hull: `y = centre + basis·z`, `G·z ≤ h`.

    `basis` is scaled by the spread of the vertices met, so that the body is roundish in z.
    """

    centre: Vector  # (n,)
    basis: Vector  # (n, r)
    G: Vector  # (rows, r)
    h: Vector  # (rows,)

    @property
    def dimension(self) -> int:
        """Dimension r of the hull."""
        return int(self.basis.shape[1])

    def coordinates(self, y: Vector) -> Vector:
        """z of a point of the hull (least squares through the normal equations)."""
        gram = self.basis.T @ self.basis
        return np.asarray(np.linalg.solve(gram, self.basis.T @ (y - self.centre)), float)


def _interior(A: Vector, low: Vector, high: Vector) -> tuple[Vector, NDArray[np.bool_]]:
    """A point with as many rows slack as possible (each up to `FLAT`), and which rows can never be slack.

    One linear program: maximise Σt with `low + t ≤ A·y ≤ high − t`, `0 ≤ t ≤ FLAT`. Rows thinner than FLAT count
    as equalities.
    """
    import highspy

    rows, n = A.shape
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n + rows, 2 * rows
    lp.col_cost_ = np.r_[np.zeros(n), -np.ones(rows)]
    lp.col_lower_ = np.r_[np.full(n, -np.inf), np.zeros(rows)]
    lp.col_upper_ = np.r_[np.full(n, np.inf), np.full(rows, FLAT)]
    lp.row_lower_ = np.r_[low, np.full(rows, -np.inf)]
    lp.row_upper_ = np.r_[np.full(rows, np.inf), high]
    start, index, value = [0], [], []
    for sign in (-1.0, 1.0):
        for i in range(rows):
            columns = np.flatnonzero(A[i])
            index += [*columns.tolist(), n + i]
            value += [*A[i, columns].tolist(), sign]
            start.append(len(index))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(start, np.int32)
    lp.a_matrix_.index_ = np.array(index, np.int32)
    lp.a_matrix_.value_ = np.array(value, float)
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
    highs.passModel(lp)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ValueError("the polytope is empty")
    y = np.asarray(highs.getSolution().col_value)
    return y[:n], y[n:] <= FLAT / 100


def find_hull(A: Vector, low: Vector, high: Vector, extremes: Extremes, rng: np.random.Generator) -> Hull:
    """Affine hull of `{y: low ≤ A·y ≤ high}`, rounded by the vertices met in random directions."""
    n = A.shape[1]
    inside, tight = _interior(A, low, high)
    _, s, vt = np.linalg.svd(A[tight], full_matrices=True) if tight.any() else (None, np.zeros(0), np.eye(n))
    span = vt[int((s > 1e-9).sum()) :].T
    points = [inside]
    for _ in range(min(PROBES, span.shape[1])):
        ends = extremes(span @ rng.standard_normal(span.shape[1]))
        if ends is None:
            raise ValueError("the polytope is empty")
        points += list(ends)
    vertices = np.array(points[1:]) if len(points) > 1 else np.array(points)
    centre = 0.5 * inside + 0.5 * vertices.mean(axis=0)
    centre = inside + span @ (span.T @ (centre - inside))
    spread = span.T @ (vertices - centre).T
    scatter = spread @ spread.T / len(vertices)
    values, vectors = np.linalg.eigh(scatter) if span.shape[1] else (np.zeros(0), np.zeros((0, 0)))
    basis = span @ (vectors * np.sqrt(np.maximum(values, 1e-4 * max(float(values.max(initial=0.0)), FLAT))))
    AB, mid = A @ basis, A @ centre
    moving = (np.abs(AB).max(axis=1, initial=0.0) > 1e-12) & ~tight
    sides = [(AB, high - mid), (-AB, mid - low)]
    G = np.vstack([g[moving & np.isfinite(h)] for g, h in sides])
    h = np.concatenate([h[moving & np.isfinite(h)] for _, h in sides])
    norms = np.linalg.norm(G, axis=1)
    G, h = _without_parallels(G / norms[:, None], np.maximum(h / norms, 0.0))
    return Hull(centre, basis, G, h)


def _without_parallels(G: Vector, h: Vector) -> tuple[Vector, Vector]:
    """Of rows with the same direction only the tightest."""
    order = np.argsort(h, kind="stable")
    _, first = np.unique(np.round(G[order], 9), axis=0, return_index=True)
    keep = np.sort(order[first])
    return G[keep], h[keep]


def rounded(hull: Hull, steps: int, rng: np.random.Generator) -> Hull:
    """The same body in coordinates rounded by a short run of a few walkers from its centre."""
    r = hull.dimension
    z = walk(hull, np.zeros((r, 2 * r + 16)), steps, rng)
    z = z - z.mean(axis=1, keepdims=True)
    values, vectors = np.linalg.eigh(z @ z.T / z.shape[1])
    turn = vectors * np.sqrt(np.maximum(values, 1e-9 * max(float(values.max(initial=0.0)), 1e-12)))
    G = hull.G @ turn
    norms = np.maximum(np.linalg.norm(G, axis=1), 1e-300)
    return Hull(hull.centre, hull.basis @ turn, G / norms[:, None], hull.h / norms)


def walk(hull: Hull, start: Vector, steps: int, rng: np.random.Generator, fixed: Vector | None = None) -> Vector:
    """Move every walker (`start`: (r, walkers), feasible) `steps` times; `fixed` (r,) keeps that functional.

    Directions: half Gaussian in the rounded space, half along single rounded axes; after a third of the steps
    the space is rounded again by the walkers' own covariance (then kept, so that the chain stays exact).
    """
    z = start.copy()
    frame = _frame(hull.dimension, fixed)
    if frame.shape[1] == 0 or z.shape[1] == 0:
        return z
    slack = hull.h[:, None] - hull.G @ z
    for step in range(steps):
        if step == steps // 3 and z.shape[1] > 4 * frame.shape[1]:
            frame = _round(frame, z, fixed)
        k = frame.shape[1]
        d = _times(frame, np.asarray(rng.standard_normal(k))) if step % 2 else frame[:, rng.integers(k)]
        a = _times(hull.G, d)
        t = _chord(a, slack, rng)
        z += d[:, None] * t
        slack -= a[:, None] * t
        if step % 50 == 49:
            slack = hull.h[:, None] - hull.G @ z
    return z


def _times(matrix: Vector, vector: Vector) -> Vector:
    """A small product without BLAS: its threads cost more than they bring at this size."""
    return np.asarray(np.einsum("ij,j->i", matrix, vector), float)


def _chord(a: Vector, slack: Vector, rng: np.random.Generator) -> Vector:
    """A uniform step on each walker's chord along a direction with `G·d = a`."""
    ahead, behind = a > 1e-12, a < -1e-12
    none = np.zeros(slack.shape[1])
    top = (slack[ahead] * (1 / a[ahead])[:, None]).min(axis=0) if ahead.any() else none
    low = (slack[behind] * (1 / a[behind])[:, None]).max(axis=0) if behind.any() else none
    top, low = np.maximum(top, 0.0), np.minimum(low, 0.0)
    return np.asarray(low + (top - low) * rng.random(slack.shape[1]), float)


def _frame(r: int, fixed: Vector | None) -> Vector:
    """Orthonormal directions, without the one that would change `fixed`."""
    if fixed is None or float(np.linalg.norm(fixed)) <= FLAT:
        return np.eye(r)
    q, _ = np.linalg.qr(np.hstack([fixed[:, None], np.eye(r)]))
    return np.asarray(q[:, 1:r], float)


def _round(frame: Vector, z: Vector, fixed: Vector | None) -> Vector:
    """The same directions, scaled by how the walkers spread once the fixed functional is taken out."""
    inside = frame.T @ z
    inside = inside - inside.mean(axis=1, keepdims=True)
    if fixed is not None:
        value = fixed @ z
        value = value - value.mean()
        power = float(value @ value)
        if power > 0:
            inside = inside - np.outer(inside @ value / power, value)
    values, vectors = np.linalg.eigh(inside @ inside.T / z.shape[1])
    return np.asarray(frame @ (vectors * np.sqrt(np.maximum(values, 1e-6 * values.max()))), float)


def slices(hull: Hull, functional: Vector, ends: tuple[Vector, Vector], values: Vector) -> Vector:
    """A starting point (r, walkers) for each wanted value of the functional, inside the body.

    On the broken line from the lowest point through the centre (z = 0) to the highest.
    """
    low, high = (float(functional @ p) for p in ends)
    share_low = np.clip(values / low if low < 0 else np.zeros_like(values), 0.0, 1.0)
    share_high = np.clip(values / high if high > 0 else np.zeros_like(values), 0.0, 1.0)
    below = values < 0
    return np.asarray(np.where(below, ends[0][:, None] * share_low, ends[1][:, None] * share_high), float)
