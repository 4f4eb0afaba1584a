"""The best package at one level of cost, with what is known from other levels.

The relaxation is cut at fractional z as long as that pays; then the problem with whole measures is solved, answered by
the oracle and cut again, until the gap at this level is closed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.frontier.model import Answer, Model
from counterpact.strategy.frontier.pool import Index, Pool
from counterpact.strategy.frontier.trim import Trim, whole_variables
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.master import wishes
from counterpact.strategy.solving.package import Request, gap_of
from counterpact.strategy.solving.reply import Oracle, Sweep
from counterpact.strategy.solving.search import EPSILON, kindest

#: Gap to which a problem with whole measures is solved, as a share of the wanted one.
AIM = 0.3
#: Most rounds of the relaxation at one level, and of whole problems.
RELAX, WHOLE = 15, 60
#: How far from a whole package towards the relaxation's best point the adversary is asked too (Magnanti & Wong 1981).
NEAR = 0.05
#: Risks this close are the same (the replies are verified to 1e-7).
SAME = 1e-7


@dataclass(frozen=True)
class Found:
    """A package that keeps every limit: `cost` on the axes, `risk` by safe dual bounds at whole z."""

    z: Vector
    cost: Vector
    risk: float


@dataclass
class Work:
    """Counts for the log: linear programs of the adversary, whole problems, their nodes."""

    levels: int = 0
    replies: int = 0
    whole: int = 0
    nodes: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: {"relax": 0.0, "whole": 0.0, "replies": 0.0})


class Levels:
    """Solves one level after the other. `found`: every package met, `before`: the risk at z = 0."""

    def __init__(
        self, instance: Instance, request: Request, axes: tuple[str, ...], oracle: Oracle, guard: Guard
    ) -> None:
        self.instance, self.request, self.axes, self.oracle, self.guard = instance, request, axes, oracle, guard
        others = {r: b for r, b in request.budgets.items() if r not in axes}
        self.limits = wishes(instance.leader, others, request.require, request.forbid)
        self.work = Work()
        self.found: list[Found] = []
        self.centre: Vector | None = None  # best point of the last relaxation
        self._answered: dict[bytes, float] = {}
        self.probability = oracle.stack.probability
        self.started = time.perf_counter()
        zero = oracle.zero()
        self.before = self._risk(zero.upper)
        most, floor = self._floor()
        self.pool = Pool(floor.ravel(), whole_variables(instance.leader))
        for sweep in (zero, most):
            self.pool.learn(sweep.cuts)
        self.model = Model(instance, self.limits, axes, request.risk, self.pool, floor)
        self.trim = Trim(instance, self.limits)
        self._offer_zero(zero)

    def _floor(self) -> tuple[Sweep, Vector]:
        """Values (S, O) that no z undercuts, with the sweep that found them."""
        sweep = self.oracle.sweep(kindest(self.instance))
        self.work.replies += sweep.solved
        low = np.min([s.penalty.min(axis=0).toarray().ravel() for s in self.instance.scenarios], axis=0)
        high = np.max([s.penalty.max(axis=0).toarray().ravel() for s in self.instance.scenarios], axis=0)
        if np.any((low < 0) & (high > 0)):  # a measure that refuses and opens: no single z is the best for all
            return sweep, np.full(sweep.lower.shape, -1e6)
        return sweep, sweep.lower - 1e-7 * (1 + np.abs(sweep.lower))

    def _offer_zero(self, zero: Sweep) -> None:
        activity = self.limits.B @ zero.z
        allowed = np.all(activity <= self.limits.row_upper + 1e-9) and np.all(activity >= self.limits.row_lower - 1e-9)
        if allowed and np.all(self.limits.low < 0.5):
            self._keep(zero.z, self.before)

    def _risk(self, values: Vector) -> float:
        return self.request.risk.value(values @ self.instance.weights, self.probability)

    def _keep(self, z: Vector, risk: float) -> None:
        self._answered[z.tobytes()] = risk
        z = self.trim(z)
        self._answered.setdefault(z.tobytes(), risk)
        self.found.append(Found(z, self.model.cost @ z, risk))

    def best(self, level: Vector) -> Found | None:
        """The least risky package known within the level."""
        within = [f for f in self.found if np.all(f.cost <= level + 1e-9)]
        return min(within, key=lambda f: (f.risk, tuple(f.cost)), default=None)

    def upper(self, level: Vector) -> float:
        """The least risk known within the level."""
        best = self.best(level)
        return best.risk if best else np.inf

    def gap(self, level: Vector, lower: float) -> float:
        """Of the best package known within the level, as a share of the effect achievable there."""
        upper = self.upper(level)
        return gap_of(upper, min(lower, upper), self.before) if np.isfinite(upper) else np.inf

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return time.perf_counter() - self.started > self.request.time_limit

    # one level -----------------------------------------------------------------------------------------------

    def solve(self, level: Vector, lower: float = -np.inf) -> tuple[float, bool]:
        """(lower bound on the risk within the level, whether it is feasible). Packages met go to `found`."""
        self.work.levels += 1
        lower, answer = self._relaxation(level, lower)
        if answer.infeasible:
            return np.inf, False
        sharp = 1.0
        near = np.zeros(0, dtype=np.int64)
        for _ in range(WHOLE):
            if self.gap(level, lower) <= self.request.gap or self.late:
                break
            achievable = max(self.before - lower, EPSILON)
            whole, near = self._whole(level, answer, sharp * AIM * self.request.gap * achievable, near)
            if whole.infeasible:
                return np.inf, False
            lower = max(lower, whole.bound)
            if not whole.found or (not self._answer(whole.z) and not len(near)):
                if sharp < 1e-3:
                    break
                sharp *= 0.2
        return lower, True

    def _relaxation(self, level: Vector, lower: float) -> tuple[float, Answer]:
        """Cuts at the relaxation's points, stabilised towards the best point seen."""
        best, before = np.inf, -np.inf
        self.centre = None
        for turn in range(RELAX):
            started = time.perf_counter()
            answer = self.model.relax(level)
            self.work.seconds["relax"] += time.perf_counter() - started
            if answer.infeasible:
                return np.inf, answer
            lower = max(lower, answer.bound)
            wanted = self.request.gap * max(self.before - lower, EPSILON)
            if (
                self.gap(level, lower) <= self.request.gap
                or self.late
                or (turn > 3 and answer.bound - before < 0.02 * wanted)
            ):
                break
            before = answer.bound
            z = answer.z if self.centre is None else 0.5 * (answer.z + self.centre)
            sweep = self._sweep(z, self._tail(answer.theta))
            value = self._risk(sweep.lower)
            if value < best:
                best, self.centre = value, z
            if not self.pool.learn(sweep.cuts) or value - answer.bound <= 0.2 * wanted:
                break
        return lower, answer

    def _tail(self, theta: Vector) -> NDArray[np.bool_] | None:
        """Scenarios that can carry the risk's weight near here; None = all."""
        risk, S = self.request.risk, self.oracle.stack.S
        if risk.kind == "mean":
            return None
        values = theta.reshape(S, -1) @ self.instance.weights
        share = 0.1 if risk.kind == "worst" else min(1.0, 3 * (1 - risk.alpha))
        chosen = np.zeros(S, dtype=bool)
        chosen[np.argsort(-values, kind="stable")[: int(np.ceil(share * S)) + 2]] = True
        return chosen

    def _sweep(self, z: Vector, only: NDArray[np.bool_] | None) -> Sweep:
        started = time.perf_counter()
        sweep = self.oracle.sweep(z, only=only)
        self.work.replies += sweep.solved
        self.work.seconds["replies"] += time.perf_counter() - started
        return sweep

    def _whole(self, level: Vector, at: Answer, aim: float, near: Index) -> tuple[Answer, Index]:
        """A whole z that violates nothing known by more than the aim; `near`: cuts that mattered on the way."""
        started = time.perf_counter()
        for _ in range(8):
            left = max(0.5, self.request.time_limit - (started - self.started))
            answer = self.model.whole(level, at, aim=aim, more=near, seconds=left)
            self.work.whole += 1
            self.work.nodes += answer.nodes
            if not answer.found:
                break
            new = self.model.violated(answer)
            if not len(new) or self.model.known(answer.z) - self.model.claimed(answer) <= aim:
                break
            near = np.union1d(near, new)
        self.work.seconds["whole"] += time.perf_counter() - started
        return answer, near

    def _answer(self, z: Vector) -> bool:
        """Let the adversary reply to whole z: cuts, and a package if civilians keep room. False if nothing is new."""
        if z.tobytes() in self._answered:
            return False
        self._answered[z.tobytes()] = np.inf
        cuts = self.guard.cuts(z)
        if cuts:
            self.model.add_guard(cuts)
            if any(c.constant + c.slope @ z <= 1e-9 for c in cuts):
                self.model.forbid(z)
        theta = self.pool.best(self.pool.values(z))
        if self.centre is not None:  # among the best replies to z those that are good nearby make sharper cuts
            self.pool.learn(self._sweep((1 - NEAR) * z + NEAR * self.centre, self._tail(theta)).cuts)
        sweep = self._sweep(z, self._tail(theta))
        if self._risk(sweep.upper) - self._risk(sweep.lower) > 1e-9:
            self.pool.learn(sweep.cuts)
            sweep = self._sweep(z, None)
        self.pool.learn(sweep.cuts)
        if not cuts:
            self._keep(z, self._risk(sweep.upper))
        return True

    # the cheapest of equals ---------------------------------------------------------------------------------

    def cheapen(self, level: Vector, found: Found) -> Found:
        """The package that costs least on the axes (sum of shares) among those no riskier than `found`.

        What it undercuts goes to `found` as well. Stops early, with the cheapest so far, when the time is up.
        """
        best, near = found, np.zeros(0, dtype=np.int64)
        at = self.model.relax(level)
        for _ in range(WHOLE):
            if self.late:
                break
            left = max(0.5, self.request.time_limit - (time.perf_counter() - self.started))
            answer = self.model.whole(level, at, aim=1e-9, more=near, seconds=left, risk=found.risk + SAME)
            self.work.whole += 1
            if not answer.found:
                break
            new = self.model.violated(answer)
            near = np.union1d(near, new)
            if not self._answer(answer.z) and not len(new):
                break
            known = [f for f in self.found if f.risk <= found.risk + 2 * SAME and np.all(f.cost <= level + 1e-9)]
            best = min(known, key=lambda f: (float((f.cost / self.model.size).sum()), f.risk))
            if float((best.cost / self.model.size).sum()) <= answer.bound + 1e-9:
                break
        return best
