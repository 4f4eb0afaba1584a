"""Maximum a posteriori by truncated Newton: conjugate gradients with the chains of the states as preconditioner."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import UnprovenError
from counterpact.lines.diplomacy.points.data import Layout
from counterpact.lines.diplomacy.points.kernels import chains, curvature, evaluate, product

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Prior:
    """Assumptions of the model; all normal.

    `level`: sd of a position in any year, which sets the scale and keeps a bloc that always votes alike from
    running away; `walk`: sd of a position's step in one year; `presence_walk` the same for the readiness to vote;
    `items`: mean and sd of (β, γ, κ, c, δ).
    """

    walk: float = 0.4
    presence_walk: float = 0.5
    level: float = 1.0
    presence: tuple[float, float] = (2.5, 1.5)
    items: tuple[tuple[float, float], ...] = ((0.0, 1.0), (-1.0, 3.0), (0.0, 0.8), (0.0, 1.0), (0.0, 0.1))


@dataclass(frozen=True)
class Known:
    """What an earlier fit knows: means and precisions of first state-years (U×2) and of items (J×5); 0 = nothing."""

    who: Array
    who_weight: Array
    what: Array
    what_weight: Array


@dataclass
class Model:
    """Positions and readiness (`who`, U×2) and item parameters (`what`, J×5) at a point, with its curvature."""

    layout: Layout
    prior: Prior
    who: Array
    what: Array
    known: Known | None = None
    curve: NDArray[np.float32] = field(init=False)
    value: float = field(init=False, default=np.inf)

    def __post_init__(self) -> None:
        self.curve = np.empty((len(self.layout.vote), 6), dtype=np.float32)
        gap = np.where(self.layout.gap > 0, self.layout.gap, 1.0)
        step = np.array([self.prior.walk, self.prior.presence_walk])
        self._pull = np.where(self.layout.gap[:, None] > 0, 1.0 / (step[None, :] ** 2 * gap[:, None]), 0.0)
        self._start = np.zeros((len(gap), 2))
        self._start[:, 0] = 1.0 / self.prior.level**2
        self._start[self.layout.first, 1] = 1.0 / self.prior.presence[1] ** 2
        self._mean = np.tile([0.0, self.prior.presence[0]], (len(gap), 1))
        self._centre = np.tile([m for m, _ in self.prior.items], (len(self.what), 1))
        self._weight = np.tile([1.0 / s**2 for _, s in self.prior.items], (len(self.what), 1))
        if self.known is not None:
            self._take(self.known)

    def _take(self, known: Known) -> None:
        """Join an earlier fit to the prior: precisions add, means are weighted by them."""
        start = self._start + known.who_weight
        there = np.maximum(start, 1e-12)
        self._mean = np.where(start > 0, (self._start * self._mean + known.who_weight * known.who) / there, self._mean)
        self._start = start
        weight = self._weight + known.what_weight
        self._centre = (self._weight * self._centre + known.what_weight * known.what) / weight
        self._weight = weight

    def at(self, who: Array, what: Array) -> tuple[float, Array, Array]:
        """Negative log posterior and its gradient; keeps the curvature of the votes."""
        away, off = who - self._mean, what - self._centre
        g_who, g_what = self._start * away + self._walk(who), self._weight * off
        value = 0.5 * float((away * self._start * away).sum() + (who * self._walk(who)).sum() + (off * g_what).sum())
        one = self.layout
        gaps = np.exp(what[:, 2])
        value += evaluate(one.unit, one.item, one.vote, who, what, gaps, g_who, g_what, self.curve)
        self._kappa = g_what[:, 2] - self._weight[:, 2] * off[:, 2]  # e^κ bends: its slope is its own second derivative
        return value, g_who, g_what

    def _walk(self, x: Array) -> Array:
        """Precision of the random walks × x."""
        step = self._pull * np.r_[np.zeros((1, 2)), np.diff(x, axis=0)]
        out = step.copy()
        out[:-1] -= step[1:]
        return np.asarray(out)

    def blocks(self) -> tuple[Array, Array, Array]:
        """Diagonal blocks of the curvature: of state-years (U×3), their links (U×2), and of items (J×5×5)."""
        by_who = np.zeros((len(self.who), 3))
        by_what = np.zeros((len(self.what), 5, 5))
        gaps = np.exp(self.what[:, 2])
        curvature(self.layout.unit, self.layout.item, self.who, self.what, gaps, self.curve, by_who, by_what)
        prior = self._start + self._pull
        prior[:-1] += self._pull[1:]
        by_who[:, 0] += prior[:, 0]
        by_who[:, 2] += prior[:, 1]
        upper = np.triu(by_what, 1)
        by_what += upper.transpose(0, 2, 1) + np.eye(5) * self._weight[:, None, :]
        by_what[:, 2, 2] += np.maximum(self._kappa, 0.0)
        return by_who, -self._pull, by_what

    def times(self, gaps: Array, step_who: Array, step_what: Array) -> tuple[Array, Array]:
        """Curvature × step."""
        one = self.layout
        out_who, out_what = self._start * step_who + self._walk(step_who), self._weight * step_what
        out_what[:, 2] += self._kappa * step_what[:, 2]
        product(one.unit, one.item, self.who, self.what, gaps, self.curve, step_who, step_what, out_who, out_what)
        return out_who, out_what


def maximise(model: Model, *, tolerance: float = 1e-3, most: int = 80, rounds: int = 6) -> dict[str, float]:
    """Bring a model to its maximum; returns what it took.

    `rounds` of alternation (items given positions, positions given items: each half is convex) come first, then
    trust-region Newton steps (Steihaug 1983) until one promises less than `tolerance` per state-year.
    Raises `UnprovenError` if it does not settle.
    """
    for _ in range(rounds):
        _alternate(model)
    model.value, g_who, g_what = model.at(model.who, model.what)
    enough = tolerance * len(model.who)
    radius, inner = 100.0, 0
    for outer in range(most):
        step = _direction(model, g_who, g_what, radius)
        inner += step.products
        if step.promised < enough:
            return {"steps": outer, "products": inner, "value": model.value, "left": step.promised}
        who, what = model.who + step.who, model.what + step.what
        np.clip(what[:, 2], -4.0, 3.0, out=what[:, 2])
        value, new_who, new_what = model.at(who, what)
        ratio = (model.value - value) / step.promised
        if ratio < 0.25:
            radius = 0.3 * step.length
        elif ratio > 0.7 and step.bound:
            radius *= 3.0
        if ratio > 0.05:
            model.who, model.what, model.value, g_who, g_what = who, what, value, new_who, new_what
        else:
            model.at(model.who, model.what)  # take the curvature back to where the model stands
    raise UnprovenError(f"the positions did not settle in {most} steps; the votes may divide the states too evenly")


def _alternate(model: Model) -> None:
    """One damped Newton step of the items, then one of the state-years."""
    _, _, g_what = model.at(model.who, model.what)
    _, _, by_what = model.blocks()
    step = np.linalg.solve(by_what, -g_what[..., None])[..., 0]
    step *= np.minimum(1.0, 3.0 / np.maximum(np.abs(step).max(axis=1), 1e-12))[:, None]
    model.what = model.what + step
    np.clip(model.what[:, 2], -4.0, 3.0, out=model.what[:, 2])
    _, g_who, _ = model.at(model.who, model.what)
    by_who, links, _ = model.blocks()
    move = np.empty_like(g_who)
    chains(model.layout.first, by_who, links, -g_who, move)
    model.who = model.who + np.clip(move, -1.0, 1.0)


@dataclass(frozen=True)
class _Step:
    who: Array
    what: Array
    promised: float
    length: float
    bound: bool
    products: int


def _direction(model: Model, g_who: Array, g_what: Array, radius: float) -> _Step:
    """A Newton step by preconditioned conjugate gradients within `radius` (in the norm of the preconditioner)."""
    by_who, links, by_what = model.blocks()
    inverse = np.linalg.inv(by_what)
    gaps = np.exp(model.what[:, 2])

    def precondition(r: Array) -> Array:
        out = np.empty_like(r)
        chains(model.layout.first, by_who, links, r[: 2 * n].reshape(n, 2), out[: 2 * n].reshape(n, 2))
        out[2 * n :] = np.matmul(inverse, r[2 * n :].reshape(-1, 5, 1)).ravel()
        return out

    n = len(by_who)
    gradient = np.concatenate([g_who.ravel(), g_what.ravel()])
    x, r = np.zeros_like(gradient), -gradient
    z = precondition(r)
    p, rz = z.copy(), float(r @ z)
    begin, xx, xp, pp = rz, 0.0, 0.0, rz  # norms in the preconditioner
    hx = np.zeros_like(x)
    bound, used = False, 0
    while used < 100:
        used += 1
        a_who, a_what = model.times(gaps, p[: 2 * n].reshape(n, 2), p[2 * n :].reshape(-1, 5))
        a = np.concatenate([a_who.ravel(), a_what.ravel()])
        bend = float(p @ a)
        alpha = rz / bend if bend > 0 else 0.0
        if bend <= 0 or xx + 2 * alpha * xp + alpha * alpha * pp >= radius**2:
            alpha = (-xp + np.sqrt(xp * xp + pp * (radius**2 - xx))) / pp
            bound = True
        x += alpha * p
        hx += alpha * a
        if bound:
            break
        xx += 2 * alpha * xp + alpha * alpha * pp
        r -= alpha * a
        z = precondition(r)
        new = float(r @ z)
        if new < 0.01 * begin:
            break
        beta = new / rz
        xp = beta * (xp + alpha * pp)
        pp = new + beta * beta * pp
        p = z + beta * p
        rz = new
    promised = -float(gradient @ x) - 0.5 * float(x @ hx)
    length = radius if bound else float(np.sqrt(xx))
    return _Step(x[: 2 * n].reshape(n, 2), x[2 * n :].reshape(-1, 5), promised, length, bound, used)
