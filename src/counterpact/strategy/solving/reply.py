"""The adversary's best reply: one linear program per scenario and objective, re-solved in place.

    H_so(z) = normaliser_o · max_y c_so(z)·y    s.t. the scenario's rows, 0 ≤ y ≤ ceiling        (STRATEGY B)

A sweep first asks what is already known: a stored plan gives a lower bound at any z, stored row duals an upper bound.
Where the two meet nothing is solved. What is solved is verified by primal and dual residuals and, if that fails,
solved again from nothing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, diags_array

from counterpact.errors import UnprovenError
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.linear import Program
from counterpact.strategy.solving.nearest import nearest
from counterpact.strategy.solving.paths import LARGE, Graph, PathProgram, find_graph
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


class Oracle:
    """The replies of an instance, or of some of its scenarios (`chosen`), at any z in [0, 1]^M.

    `memory` sweeps are kept to bound later ones. One thread by default: on programs as small as these, two threads
    wait for the interpreter's lock as long as they gain (measured); other cores are used by `counterpact.beside`.
    """

    def __init__(
        self, instance: Instance, chosen: NDArray[np.int64] | None = None, *, memory: int = 4, threads: int = 1
    ) -> None:
        self.instance = instance
        self.stack = Stack(instance, chosen)
        self.solves = 0
        self.failures = 0  # answers of a hot start that did not verify
        self._memory = memory
        self._zero: Sweep | None = None
        self._threads = threads
        self._known: list[Sweep] = []
        self._parts_known: list[tuple[Vector, Vector]] = []  # of the known sweeps' duals
        self._programs: dict[tuple[int, bytes], Program | PathProgram] = {}
        self._graphs: dict[tuple[int, bytes], Graph | None] = {}
        self._cuts: dict[tuple[int, bytes], tuple[csc_matrix, NDArray[np.int64]]] = {}
        self._pattern = self._patterns()
        self._whole = self._find_parts(())
        self._loose = self._find_parts(instance.loose_rows)
        # a pair whose answer breaks a loose row is from then on solved with all rows, alone
        self._tied = np.zeros((self.stack.S, self.stack.O), dtype=bool)
        self._round_cache: dict[int, list[list[int]]] = {}
        self._union_cache: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def _patterns(self) -> list[int]:
        """(S,) the same number for scenarios whose matrices have their entries in the same places."""
        numbers: dict[bytes, int] = {}
        keys = (s.A.indptr.tobytes() + s.A.indices.tobytes() for s in self.stack.scenarios)
        return [numbers.setdefault(key, len(numbers)) for key in keys]

    def _find_parts(self, loose: tuple[int, ...]) -> list[list[tuple[NDArray[np.int64], NDArray[np.int64]]]]:
        """For each scenario and objective the columns and rows its linear program needs.

        Columns that no chain of rows ties to the objective stay at zero, unless zero is not feasible for them.
        """
        cache: dict[bytes, list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = {}
        parts = []
        active = np.asarray((self.stack.base > 0).any(axis=0))
        for scenario in self.stack.scenarios:
            forced = (scenario.lower > 0) | (scenario.upper < 0)
            A = csc_matrix(scenario.A)
            key = b"".join(x.tobytes() for x in (A.indptr, A.indices, forced, active))
            if key not in cache:
                if loose:
                    keep = np.ones(A.shape[0])
                    keep[list(loose)] = 0.0
                    A = csc_matrix(csr_matrix(diags_array(keep) @ A))
                    A.eliminate_zeros()
                cache[key] = [_needed(A, forced, active[o]) for o in range(self.stack.O)]
            parts.append(cache[key])
        return parts

    def _rounds(self, s: int) -> list[list[int]]:
        """Objectives in rounds whose parts share no column: one linear program answers a whole round at once."""
        key = id(self._loose[s])
        if key not in self._round_cache:
            rounds: list[tuple[list[int], set[int]]] = []
            for o, (columns, _) in enumerate(self._loose[s]):
                own = set(columns.tolist())
                for members, taken in rounds:
                    if not taken & own:
                        members.append(o)
                        taken |= own
                        break
                else:
                    rounds.append(([o], own))
            self._round_cache[key] = [members for members, _ in rounds]
        return self._round_cache[key]

    def _program(self, s: int, columns: NDArray[np.int64], rows: NDArray[np.int64]) -> Program | PathProgram:
        key = (s, columns.tobytes() + rows.tobytes())
        if key not in self._programs:
            scenario = self.stack.scenarios[s]
            parts = (self._cut(s, columns, rows), scenario.lower[rows], scenario.upper[rows], scenario.ceiling[columns])
            graph = self._graph(s, rows, parts[:3]) if len(columns) >= LARGE else None
            self._programs[key] = Program(*parts) if graph is None else PathProgram(graph, *parts)
        return self._programs[key]

    def _graph(self, s: int, rows: NDArray[np.int64], parts: tuple[csc_matrix, Vector, Vector]) -> Graph | None:
        """The graph in the part of a scenario's program, found once for all scenarios alike."""
        A, lower, upper = parts
        key = (
            self._pattern[s],
            rows.tobytes() + np.sign([lower, upper]).astype(np.int8).tobytes() + str(A.nnz).encode(),
        )
        if key not in self._graphs:
            loose = np.flatnonzero(np.isin(rows, self.instance.loose_rows))
            self._graphs[key] = find_graph(A, lower, upper, tuple(loose.tolist()))
        return self._graphs[key]

    def _cut(self, s: int, columns: NDArray[np.int64], rows: NDArray[np.int64]) -> csc_matrix:
        """Some columns and rows of a scenario's matrix. Where entries lie is found once for all scenarios alike."""
        A = self.stack.scenarios[s].A
        if (len(rows), len(columns)) == A.shape:
            return csc_matrix(A)
        key = (self._pattern[s], columns.tobytes() + rows.tobytes())
        if key not in self._cuts:
            numbered = csc_matrix((np.arange(1.0, A.nnz + 1), A.indices, A.indptr), shape=A.shape)
            part = csc_matrix(csr_matrix(numbered)[rows][:, columns])
            part.sort_indices()
            self._cuts[key] = (part, part.data.astype(np.int64) - 1)
        part, where = self._cuts[key]
        cut = part.copy()
        cut.data = A.data[where]
        return cut

    def _together(self, s: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Columns and rows of all objectives' parts, without the loose rows."""
        key = id(self._loose[s])
        if key not in self._union_cache:
            columns = np.unique(np.concatenate([c for c, _ in self._loose[s]]))
            rows = np.unique(np.concatenate([r for _, r in self._loose[s]]))
            self._union_cache[key] = (columns, rows)
        return self._union_cache[key]

    def sweep(self, z: Vector, *, tolerance: float = TOLERANCE, only: NDArray[np.bool_] | None = None) -> Sweep:
        """Every reply at z. Pairs whose stored bounds lie within `tolerance` are not solved again.

        `only` (S,) or (S, O): solve no other scenarios or pairs than these; the others keep their best stored plan and
        dual bound, so `lower` and `upper` stay valid there but need not meet.
        """
        stack = self.stack
        z = np.asarray(z, dtype=np.float64)
        cost = stack.costs(z)
        Y = np.zeros((stack.S, stack.O, stack.n))
        U = np.zeros((len(stack.lower), stack.O))
        chosen = np.ones((stack.S, stack.O), dtype=bool)
        if only is not None and self._known:
            chosen &= only if only.ndim == 2 else only[:, None]
        wanted = self._recall(z, cost, Y, U, tolerance, chosen)
        self._solve_all(wanted, cost, Y, U)
        U = stack.project(U)
        parts = stack.dual_parts(U)
        lower, upper = np.einsum("soj,soj->so", cost, Y), stack.dual_bound(parts, cost)
        for attempt in range(2):
            wrong = self._wrong(Y, lower, upper, tolerance) & chosen
            if not wrong.any():
                break
            for s, o in zip(*np.nonzero(wrong), strict=True):
                first = bool(self.instance.loose_rows) and not self._tied[s, o] and attempt == 0
                self._tied[s, o] = True
                self.failures += not first
                self._solve_alone(int(s), int(o), cost, Y, U, cold=not first)
            U = stack.project(U)
            parts = stack.dual_parts(U)
            lower, upper = np.einsum("soj,soj->so", cost, Y), stack.dual_bound(parts, cost)
        wrong = self._wrong(Y, lower, upper, max(tolerance, 1e-6)) & chosen
        if wrong.any():
            s, o = np.argwhere(wrong)[0]
            raise UnprovenError(
                f"the reply of scenario {s}, objective {self.instance.objectives[o]} has no verified optimum: the "
                "linear program is infeasible or numerically broken. Check that every lower limit has a shortfall."
            )
        result = Sweep(z, lower, upper, Y, U, Cuts(*stack.cuts(Y)), int(wanted.sum()))
        self._known.append(result)
        self._parts_known.append(parts)
        del self._known[: -self._memory], self._parts_known[: -self._memory]
        return result

    def zero(self) -> Sweep:
        """The replies when nothing is done, kept once known."""
        if self._zero is None:
            self._zero = self.sweep(np.zeros(self.stack.M))
        return self._zero

    def _wrong(self, Y: Vector, lower: Vector, upper: Vector, tolerance: float) -> NDArray[np.bool_]:
        slack = max(tolerance, TOLERANCE) * (1 + np.abs(upper))
        bad: NDArray[np.bool_] = (self.stack.residuals(Y) > 10 * TOLERANCE) | ~(upper - lower <= slack)
        return bad

    def _recall(
        self, z: Vector, cost: Vector, Y: Vector, U: Vector, tolerance: float, chosen: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Fill in the pairs that stored plans and duals settle at z, or that are not chosen; returns those to solve."""
        stack = self.stack
        shape = (stack.S, stack.O)
        if not self._known:
            return np.ones(shape, dtype=bool)
        lows = np.array([k.cuts.constant - k.cuts.slope @ z for k in self._known])
        highs = np.array([stack.dual_bound(parts, cost) for parts in self._parts_known])
        best_low, best_high = lows.argmax(axis=0), highs.argmin(axis=0)
        low, high = lows.max(axis=0), highs.min(axis=0)
        settled: NDArray[np.bool_] = (high - low <= tolerance * (1 + np.abs(high))) | ~chosen
        for k, known in enumerate(self._known):
            take = settled & (best_low == k)
            Y[take] = known.plans[take]
            for s, o in zip(*np.nonzero(settled & (best_high == k)), strict=True):
                rows = slice(stack.row_start[s], stack.row_start[s + 1])
                U[rows, o] = known.duals[rows, o]
        return ~settled

    def _solve_all(self, wanted: NDArray[np.bool_], cost: Vector, Y: Vector, U: Vector) -> None:
        """Solve the wanted pairs, scenarios dealt over threads (HiGHS leaves the interpreter's lock).

        A scenario is one thread's alone and its objectives keep their order, so the answers do not depend on threads.
        """
        self.solves += int(wanted.sum())

        def work(share: NDArray[np.int64]) -> None:
            for s in share:
                self._solve(int(s), wanted[s], cost, Y, U)

        busy = np.flatnonzero(wanted.any(axis=1))
        if self._threads == 1 or len(busy) < 8:
            return work(busy)
        with ThreadPoolExecutor(self._threads) as pool:
            list(pool.map(work, [busy[t :: self._threads] for t in range(self._threads)]))
        return None

    def _solve(self, s: int, wanted: NDArray[np.bool_], cost: Vector, Y: Vector, U: Vector) -> None:
        """All wanted objectives of a scenario: whole rounds at once, tied ones alone."""
        columns, rows = self._together(s)
        for members in self._rounds(s):
            asked = [o for o in members if wanted[o] and not self._tied[s, o]]
            if not asked or not len(columns):
                continue
            price = np.zeros(self.stack.n)
            for o in asked:
                own = self._loose[s][o][0]
                price[own] = cost[s, o, own]  # disjoint, so no objective touches another's columns
            y, u = self._program(s, columns, rows).maximise(price[columns])
            full, duals = np.zeros(self.stack.n), np.zeros(self._rows_of(s))
            full[columns], duals[rows] = np.clip(y, 0.0, self.stack.ceiling[s, columns]), u
            for o in asked:
                self._put(s, o, *self._loose[s][o], full, duals, Y, U)
        for tied in np.flatnonzero(wanted & self._tied[s]):
            self._solve_alone(s, int(tied), cost, Y, U)

    def _rows_of(self, s: int) -> int:
        return int(self.stack.row_start[s + 1] - self.stack.row_start[s])

    def _solve_alone(self, s: int, o: int, cost: Vector, Y: Vector, U: Vector, cold: bool = False) -> None:
        columns, rows = self._whole[s][o]
        program = self._program(s, columns, rows)
        y, u = program.cold(cost[s, o, columns]) if cold else program.maximise(cost[s, o, columns])
        full, duals = np.zeros(self.stack.n), np.zeros(self._rows_of(s))
        full[columns], duals[rows] = np.clip(y, 0.0, self.stack.ceiling[s, columns]), u
        self._put(s, o, columns, rows, full, duals, Y, U)

    def _put(
        self,
        s: int,
        o: int,
        columns: NDArray[np.int64],
        rows: NDArray[np.int64],
        full: Vector,
        duals: Vector,
        Y: Vector,
        U: Vector,
    ) -> None:
        Y[s, o] = 0.0
        Y[s, o, columns] = full[columns]
        mine = U[self.stack.row_start[s] : self.stack.row_start[s + 1]]
        mine[:, o] = 0.0
        mine[rows, o] = duals[rows]

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
        columns, rows = self._whole[s][o]
        y, _ = self._program(s, columns, rows).maximise(cost[columns])
        full: Vector = np.zeros(self.stack.n)
        full[columns] = np.clip(y, 0.0, self.stack.ceiling[s, columns])
        return full


def _needed(
    A: csc_matrix, forced: NDArray[np.bool_], active: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    from scipy.sparse import bmat
    from scipy.sparse.csgraph import connected_components

    rows = A.shape[0]
    pattern = csc_matrix((np.ones(A.nnz), A.indices, A.indptr), shape=A.shape)
    grid: list[list[Any]] = [[None, pattern], [pattern.T, None]]
    _, label = connected_components(csr_matrix(bmat(grid)), directed=False)
    wanted = np.zeros(label.max() + 1, dtype=bool)
    wanted[label[:rows][forced]] = True
    wanted[label[rows:][active]] = True
    return np.flatnonzero(wanted[label[rows:]]), np.flatnonzero(wanted[label[:rows]])
