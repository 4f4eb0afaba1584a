"""One search for a package: what is asked, what is known so far, and the gap between the bounds."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np

from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.master import Wishes
from counterpact.strategy.solving.reply import Oracle, Sweep
from counterpact.strategy.solving.risk import Risk
from counterpact.strategy.solving.strengthen import Strengthener

#: Least denominator of the gap, in combined risk.
EPSILON = 1e-9
#: By how much of 1 + |value| a scenario may miss its threshold and still count as kept.
FEASIBLE = 1e-6
#: Columns from which replies are taken apart into paths for stronger cuts.
LARGE = 1500


@dataclass(frozen=True)
class Request:
    """What the user asks of a package.

    `budgets`: most of each resource; `require`, `forbid`: leader variables by name; `gap`: share of the achievable
    effect at which to stop; `time_limit` in seconds is a last resort, the best so far is then returned with its gap;
    `every_value`: give the reply of every scenario exactly, also of those that do not bear on the risk; `plan_cuts`:
    never dual blocks, which close small gaps but cost much where programs are long (many periods); `prove`: nodes
    that the prover may spend on the lower bound (`proving.proof`).
    """

    risk: Risk = field(default_factory=Risk)
    budgets: dict[str, float] = field(default_factory=dict)
    require: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    gap: float = 0.05
    time_limit: float = 60.0
    max_rounds: int = 60
    seed: int = 0
    every_value: bool = True
    plan_cuts: bool = False
    prove: int = 0


def gap_of(upper: float, lower: float, before: float) -> float:
    """(UB − LB) / max(UB(0) − LB, ε): the gap as a share of the achievable effect.

    >>> round(gap_of(100.0, 98.8, 108.8), 3)  # 1.2 % of the value
    0.12
    """
    return max(0.0, upper - lower) / max(before - lower, EPSILON)


class Search:
    """The state of one design: bounds, incumbent, log."""

    def __init__(self, instance: Instance, request: Request, oracle: Oracle, guard: Guard, limits: Wishes) -> None:
        self.instance, self.request, self.oracle, self.guard = instance, request, oracle, guard
        self.limits = limits
        self.probability = oracle.stack.probability
        self.started = time.perf_counter()
        self.best: Sweep | None = None
        self.upper, self.lower = np.inf, -np.inf
        self.log: list[dict[str, float]] = []
        self.zero = oracle.zero()
        # regret: the least each scenario can have, as far as proven; satisfice: each scenario's threshold
        self.offset: Vector = np.zeros(len(self.probability))
        self.slack: Vector = np.zeros(len(self.probability))
        if request.risk.kind == "satisfice":
            today = self.zero.lower @ instance.weights
            self.offset = (1 - request.risk.threshold) * today
            self.slack = FEASIBLE * (1 + np.abs(today))
        self.before = self.risk(self.zero.upper)
        self._strengthener: Strengthener | None = None
        self._zero_parts = oracle.stack.dual_parts(self.zero.duals)

    def strengthen(self, sweep: Sweep) -> Sweep:
        """The sweep with the stronger cuts that hold at whole z, where the network is worth the trouble."""
        if sweep.plans.shape[2] < LARGE:
            return sweep
        if self._strengthener is None:
            self._strengthener = Strengthener(self.instance)
        return replace(sweep, cuts=self._strengthener.cuts(sweep))

    def known_upper(self, z: Vector) -> Vector:
        """Upper bounds (S, O) at z from the duals of z = 0 alone."""
        stack = self.oracle.stack
        return stack.dual_bound(self._zero_parts, stack.costs(z))

    @property
    def kindest(self) -> Vector:
        """See `kindest`."""
        return kindest(self.instance)

    def allowed(self, z: Vector) -> bool:
        """Whether a whole z keeps the limits and leaves room for civilians."""
        limits = self.limits
        activity = limits.B @ z
        inside = np.all(z >= limits.low - 1e-9) and np.all(z <= limits.high + 1e-9)
        kept = np.all(activity >= limits.row_lower - 1e-7) and np.all(activity <= limits.row_upper + 1e-7)
        return bool(inside and kept) and not self.guard.shortfalls(z)

    def floor(self) -> float:
        """A value that no scenario goes below at any z: every reply at the z that hurts the adversary most."""
        return float((self.oracle.sweep(kindest(self.instance)).lower @ self.instance.weights).min())

    def left(self) -> float:
        """Seconds left."""
        return max(0.5, self.request.time_limit - (time.perf_counter() - self.started))

    def risk(self, values: Vector) -> float:
        """The risk of reply values (S, O)."""
        combined = values @ self.instance.weights
        if self.request.risk.kind == "satisfice":
            return float(self.probability[combined > self.offset + self.slack].sum() / self.probability.sum())
        return self.request.risk.value(combined - self.offset, self.probability)

    def weights(self, values: Vector) -> Vector:
        """The risk's worst weights (S,) at reply values (S, O)."""
        return self.request.risk.weights(values @ self.instance.weights, self.probability)

    def offer(self, sweep: Sweep) -> bool:
        """Take the sweep as incumbent if better. Its z must be whole and leave room for civilians."""
        value = self.risk(sweep.upper)
        if value < self.upper - 1e-12:
            self.upper, self.best = value, sweep
            return True
        return False

    @property
    def gap(self) -> float:
        """The gap so far, a share of the achievable effect."""
        if not np.isfinite(self.upper) or not np.isfinite(self.lower):
            return np.inf
        return gap_of(self.upper, self.lower, self.before)

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return time.perf_counter() - self.started > self.request.time_limit

    def note(self, **entry: float) -> None:
        """One line of the log."""
        self.log.append({"lower": self.lower, "upper": self.upper, "gap": self.gap, **entry})


def kindest(instance: Instance) -> Vector:
    """The z, limits aside, at which every reply is worth least: all on but what a lapse opens."""
    on = np.ones(len(instance.leader.names))
    for penalty in {id(s.penalty): s.penalty for s in instance.scenarios}.values():
        on[np.unique(penalty.indices[penalty.data < 0])] = 0.0
    return on
