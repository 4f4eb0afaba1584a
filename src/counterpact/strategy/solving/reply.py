"""The adversary's best reply: one linear program per scenario and objective, re-solved in place.

    H_so(z) = normaliser_o · max_y c_so(z)·y    s.t. the scenario's rows, 0 ≤ y ≤ ceiling        (STRATEGY B)

A sweep first asks what is already known: a stored plan gives a lower bound at any z, stored row duals an upper bound.
Where the two meet, or where the upper bound is already low enough for what is asked, nothing is solved. What is solved
is verified by primal and dual residuals and, if that fails, solved again from nothing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from counterpact.cluster import Engine
from counterpact.errors import UnprovenError
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.nearest import nearest
from counterpact.strategy.solving.programs import Programs
from counterpact.strategy.solving.stack import Stack

#: A reply is accepted when its plan is feasible and its dual bound is this close (relative to 1 + |value|).
TOLERANCE = 1e-7


@dataclass(frozen=True)
class Cuts:
    """What a sweep says about every z': value_so(z') ≥ constant − slope·z'. Valid whatever the leader's limits."""

    constant: Vector  # (S, O)
    slope: Vector  # (S, O, M)


@dataclass(frozen=True)
class Sweep:
    """All replies at one z. Normalised values; `upper` is a safe dual bound on `lower`, the plan's own value."""

    z: Vector
    lower: Vector  # (S, O)
    upper: Vector  # (S, O)
    plans: Vector  # (S, O, n)
    duals: Vector  # (R, O)
    cuts: Cuts
    solved: int  # linear programs solved; the rest was known


@dataclass
class _Answers:
    """A sweep while it is being made. `enough` (S, O): no more is asked than an upper bound as low as this.

    `low`, `high` (S, O): bounds by what is known, from the known sweeps `best_low`, `best_high`.
    """

    z: Vector
    cost: Vector
    enough: Vector
    Y: Vector
    U: Vector
    low: Vector
    high: Vector
    best_low: NDArray[np.int64]
    best_high: NDArray[np.int64]


class Oracle:
    """The replies of an instance, or of some of its scenarios (`chosen`), at any z in [0, 1]^M.

    `memory` sweeps are kept to bound later ones. One thread by default: on programs as small as these, two threads
    wait for the interpreter's lock as long as they gain (measured); other cores are used by `counterpact.beside`, or
    by `engine`: then scenarios are solved in fixed batches, each from nothing, wherever that engine works.
    """

    def __init__(
        self,
        instance: Instance,
        chosen: NDArray[np.int64] | None = None,
        *,
        memory: int = 4,
        threads: int = 1,
        engine: Engine | None = None,
    ) -> None:
        self.instance = instance
        self.stack = Stack(instance, chosen)
        self.programs = Programs(instance, self.stack)
        self.solves = 0
        self.failures = 0  # answers of a hot start that did not verify
        self._memory = memory
        self._zero: Sweep | None = None
        self._threads = threads
        self._engine = engine
        self._own = instance if chosen is None else replace(instance, scenarios=self.stack.scenarios)
        self._known: list[Sweep] = []
        self._parts_known: list[tuple[Vector, Vector]] = []  # of the known sweeps' duals
        # a pair whose answer breaks a loose row is from then on solved with all rows, alone
        self._tied = np.zeros((self.stack.S, self.stack.O), dtype=bool)

    def sweep(
        self,
        z: Vector,
        *,
        tolerance: float = TOLERANCE,
        only: NDArray[np.bool_] | None = None,
        enough: Vector | float = -np.inf,
        greatest: bool = False,
    ) -> Sweep:
        """Every reply at z. Pairs whose stored bounds lie within `tolerance` are not solved again.

        `only` (S,) or (S, O): solve no other scenarios or pairs than these; the others keep their best stored plan and
        dual bound, so `lower` and `upper` stay valid there but need not meet. `enough`, broadcast to (S, O): the same
        holds for pairs whose `upper` is at most this; they are solved only as far as it takes to show that.
        `greatest`: the same for scenarios whose combined value is shown not to be the greatest.
        """
        stack = self.stack
        z = np.asarray(z, dtype=np.float64)
        shape = (stack.S, stack.O)
        limit = np.broadcast_to(np.asarray(enough, dtype=np.float64), shape).copy()
        work = self._known_at(z, stack.costs(z), limit)
        chosen = np.ones(shape, dtype=bool)
        if only is not None and self._known:
            chosen &= only if only.ndim == 2 else only[:, None]
        near = work.high - work.low <= tolerance * (1 + np.abs(work.high))
        wanted = ~(near | (work.high <= work.enough) | ~chosen) if self._known else np.ones(shape, dtype=bool)
        if self._known:
            self._recall(work, ~wanted)
        solved = self._solve_greatest(wanted, work) if greatest else self._solve_all(wanted, work)
        parts, lower, upper = self._bounds(work)
        for attempt in range(2):
            wrong = self._wrong(work, lower, upper, tolerance) & chosen
            if not wrong.any():
                break
            for s, o in zip(*np.nonzero(wrong), strict=True):
                first = bool(self.instance.loose_rows) and not self._tied[s, o] and attempt == 0
                self._tied[s, o] = True
                self.failures += not first
                self._solve_alone(int(s), int(o), work, cold=not first)
            parts, lower, upper = self._bounds(work)
        wrong = self._wrong(work, lower, upper, max(tolerance, 1e-6)) & chosen
        if wrong.any():
            s, o = np.argwhere(wrong)[0]
            raise UnprovenError(
                f"the reply of scenario {s}, objective {self.instance.objectives[o]} has no verified optimum: the "
                "linear program is infeasible or numerically broken. Check that every lower limit has a shortfall."
            )
        result = Sweep(z, lower, upper, work.Y, work.U, Cuts(*stack.cuts(work.Y)), solved)
        self._known.append(result)
        self._parts_known.append(parts)
        del self._known[: -self._memory], self._parts_known[: -self._memory]
        return result

    def come_home(self) -> None:
        """Solve in this process from now on."""
        self._engine = None

    def zero(self) -> Sweep:
        """The replies when nothing is done, kept once known."""
        if self._zero is None:
            self._zero = self.sweep(np.zeros(self.stack.M))
        return self._zero

    def _bounds(self, work: _Answers) -> tuple[tuple[Vector, Vector], Vector, Vector]:
        """(dual parts, value of the plans, safe dual bounds); projects the duals."""
        work.U = self.stack.project(work.U)
        parts = self.stack.dual_parts(work.U)
        return parts, np.einsum("soj,soj->so", work.cost, work.Y), self.stack.dual_bound(parts, work.cost)

    def _wrong(self, work: _Answers, lower: Vector, upper: Vector, tolerance: float) -> NDArray[np.bool_]:
        slack = max(tolerance, TOLERANCE) * (1 + np.abs(upper))
        open_ = ~((upper - lower <= slack) | (upper <= work.enough))
        bad: NDArray[np.bool_] = (self.stack.residuals(work.Y) > 10 * TOLERANCE) | open_
        return bad

    def _known_at(self, z: Vector, cost: Vector, enough: Vector) -> _Answers:
        """Bounds on every pair at z by stored plans and duals."""
        stack, shape = self.stack, enough.shape
        low, high = np.full(shape, -np.inf), np.full(shape, np.inf)
        best = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        if self._known:
            lows = np.array([k.cuts.constant - k.cuts.slope @ z for k in self._known])
            highs = np.array([stack.dual_bound(parts, cost) for parts in self._parts_known])
            low, high, best = lows.max(axis=0), highs.min(axis=0), (lows.argmax(axis=0), highs.argmin(axis=0))
        Y, U = np.zeros((*shape, stack.n)), np.zeros((len(stack.lower), stack.O))
        return _Answers(z, cost, enough, Y, U, low, high, *best)

    def _recall(self, work: _Answers, settled: NDArray[np.bool_]) -> None:
        """Fill in the settled pairs from what is known."""
        for k, known in enumerate(self._known):
            take = settled & (work.best_low == k)
            work.Y[take] = known.plans[take]
            for s, o in zip(*np.nonzero(settled & (work.best_high == k)), strict=True):
                rows = slice(self.stack.row_start[s], self.stack.row_start[s + 1])
                work.U[rows, o] = known.duals[rows, o]

    def _solve_all(self, wanted: NDArray[np.bool_], work: _Answers) -> int:
        """Solve the wanted pairs, scenarios dealt over threads (HiGHS leaves the interpreter's lock); returns how many.

        A scenario is one thread's alone and its objectives keep their order, so the answers do not depend on threads.
        """
        count = int(wanted.sum())
        self.solves += count
        if self._engine is not None and count:
            from counterpact.strategy.solving.many import solve_afar

            solve_afar(self._engine, self._own, self.stack, wanted, work.z, (work.Y, work.U))
            return count

        def solve(share: NDArray[np.int64]) -> None:
            for s in share:
                self._solve(int(s), wanted[s], work)

        busy = np.flatnonzero(wanted.any(axis=1))
        if self._threads == 1 or len(busy) < 8:
            solve(busy)
            return count
        with ThreadPoolExecutor(self._threads) as pool:
            list(pool.map(solve, [busy[t :: self._threads] for t in range(self._threads)]))
        return count

    def _solve_greatest(self, wanted: NDArray[np.bool_], work: _Answers) -> int:
        """Solve scenarios from the greatest bound down, each only until it cannot be the greatest."""
        weights, count = self.instance.weights, 0
        known = np.einsum("soj,soj->so", work.cost, work.Y) @ weights
        floor = max(float(known.max()), float((work.low @ weights).max()))
        for s in np.argsort(-(work.high @ weights), kind="stable"):
            if not wanted[s].any():
                continue
            if work.high[s] @ weights <= floor:
                self._recall(work, wanted & (np.arange(len(wanted)) == s)[:, None])
                work.enough[s] = np.maximum(work.enough[s], work.high[s])
                continue
            if self.stack.O == 1:
                work.enough[s] = max(float(work.enough[s, 0]), floor / weights[0])
            self._solve(int(s), wanted[s], work)
            count += int(wanted[s].sum())
            floor = max(floor, float(np.einsum("oj,oj->o", work.cost[s], work.Y[s]) @ weights))
        self.solves += count
        return count

    def _solve(self, s: int, wanted: NDArray[np.bool_], work: _Answers) -> None:
        """All wanted objectives of a scenario: whole rounds at once, tied ones alone."""
        columns, rows = self.programs.together(s)
        for members in self.programs.rounds(s):
            asked = [o for o in members if wanted[o] and not self._tied[s, o]]
            if not asked or not len(columns):
                continue
            price = np.zeros(self.stack.n)
            for o in asked:
                own = self.programs.apart[s][o][0]
                price[own] = work.cost[s, o, own]  # disjoint, so no objective touches another's columns
            enough = float(work.enough[s, asked[0]]) if len(asked) == 1 else -np.inf
            y, u = self.programs.of(s, columns, rows).maximise(price[columns], enough)
            full, duals = np.zeros(self.stack.n), np.zeros(self._rows_of(s))
            full[columns], duals[rows] = np.clip(y, 0.0, self.stack.ceiling[s, columns]), u
            for o in asked:
                self._put(s, o, *self.programs.apart[s][o], full, duals, work)
        for tied in np.flatnonzero(wanted & self._tied[s]):
            self._solve_alone(s, int(tied), work)

    def _rows_of(self, s: int) -> int:
        return int(self.stack.row_start[s + 1] - self.stack.row_start[s])

    def _solve_alone(self, s: int, o: int, work: _Answers, cold: bool = False) -> None:
        columns, rows = self.programs.whole[s][o]
        program, cost = self.programs.of(s, columns, rows), work.cost[s, o, columns]
        y, u = program.cold(cost) if cold else program.maximise(cost, float(work.enough[s, o]))
        full, duals = np.zeros(self.stack.n), np.zeros(self._rows_of(s))
        full[columns], duals[rows] = np.clip(y, 0.0, self.stack.ceiling[s, columns]), u
        self._put(s, o, columns, rows, full, duals, work)

    def _put(
        self,
        s: int,
        o: int,
        columns: NDArray[np.int64],
        rows: NDArray[np.int64],
        full: Vector,
        duals: Vector,
        work: _Answers,
    ) -> None:
        work.Y[s, o] = 0.0
        work.Y[s, o, columns] = full[columns]
        mine = work.U[self.stack.row_start[s] : self.stack.row_start[s + 1]]
        mine[:, o] = 0.0
        mine[rows, o] = duals[rows]

    def unverified(self, z: Vector, wanted: NDArray[np.bool_]) -> tuple[Vector, Vector]:
        """Plans (S, O, n) and row duals (R, O) of the wanted pairs (S, O) at z, as the solver left them."""
        work = self._known_at(z, self.stack.costs(z), np.full(wanted.shape, -np.inf))
        self._solve_all(wanted, work)
        return work.Y, work.U

    def values(self, z: Vector) -> Vector:
        """H (S, O) at z, each objective in its own unit."""
        return self.sweep(z).lower * self.instance.normalisers

    def replies(self, z: Vector) -> Vector:
        """The plans (S, O, n) at z, in the goods' own units."""
        return self.sweep(z).plans

    def stable_reply(self, s: int, o: int, z: Vector, status_quo: Vector) -> Vector:
        """The best plan (n,) at z nearest to `status_quo` (n,), ties broken by column order; see `nearest`."""
        scenario = self.stack.scenarios[s]
        cost = self.stack.base[s, o] - scenario.penalty @ np.asarray(z, dtype=np.float64)
        return nearest(scenario.A, scenario.lower, scenario.upper, scenario.ceiling, cost, status_quo)

    def plan(self, s: int, o: int, z: Vector) -> Vector:
        """One plan (n,): scenario s, objective o, at z."""
        cost = self.stack.base[s, o] - self.stack.scenarios[s].penalty @ np.asarray(z, dtype=np.float64)
        columns, rows = self.programs.whole[s][o]
        y, _ = self.programs.of(s, columns, rows).maximise(cost[columns])
        full: Vector = np.zeros(self.stack.n)
        full[columns] = np.clip(y, 0.0, self.stack.ceiling[s, columns])
        return full
