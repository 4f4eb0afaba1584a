"""The adversary's best reply: one linear program per scenario and objective, re-solved in place.

    H_so(z) = normaliser_o · max_y c_so(z)·y    s.t. the scenario's rows, 0 ≤ y ≤ ceiling        (STRATEGY B)

A sweep first asks what is already known: a stored plan gives a lower bound at any z, stored row duals an upper bound.
Where the two meet nothing is solved. What is solved is verified by primal and dual residuals and, if that fails,
solved again from nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from counterpact.errors import UnprovenError
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.linear import Program
from counterpact.strategy.stack import Stack

#: A reply is accepted when its plan is feasible and its dual bound is this close (relative to 1 + |value|).
TOLERANCE = 1e-7


@dataclass(frozen=True)
class Sweep:
    """All replies at one z. Normalised values; `upper` is a safe dual bound on `lower`, the plan's own value."""

    z: Vector
    lower: Vector  # (S, O)
    upper: Vector  # (S, O)
    plans: Vector  # (S, O, n)
    duals: Vector  # (R, O)
    constant: Vector  # (S, O), the cut: value ≥ constant − slope·z'
    slope: Vector  # (S, O, M)
    solved: int  # linear programs solved; the rest was known


class Oracle:
    """The replies of an instance, or of some of its scenarios (`chosen`), at any z in [0, 1]^M.

    `memory` sweeps are kept to bound later ones.
    """

    def __init__(self, instance: Instance, chosen: NDArray[np.int64] | None = None, *, memory: int = 6) -> None:
        self.instance = instance
        self.stack = Stack(instance, chosen)
        self.solves = 0
        self.failures = 0  # answers of a hot start that did not verify
        self._memory = memory
        self._known: list[tuple[Sweep, tuple[Vector, Vector]]] = []
        self._programs: dict[tuple[int, bytes], Program] = {}
        self._parts = self._find_parts()

    def _find_parts(self) -> list[list[tuple[NDArray[np.int64], NDArray[np.int64]]]]:
        """For each scenario and objective the columns and rows its linear program needs.

        Columns that no chain of rows ties to the objective stay at zero, unless zero is not feasible for them.
        """
        cache: dict[bytes, list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = {}
        parts = []
        for s, scenario in enumerate(self.stack.scenarios):
            forced = (scenario.lower > 0) | (scenario.upper < 0)
            active = self.stack.base[s] > 0
            A = csc_matrix(scenario.A)
            key = b"".join(x.tobytes() for x in (A.indptr, A.indices, forced, active))
            if key not in cache:
                cache[key] = [_needed(A, forced, active[o]) for o in range(self.stack.O)]
            parts.append(cache[key])
        return parts

    def _program(self, s: int, o: int) -> Program:
        columns, rows = self._parts[s][o]
        key = (s, columns.tobytes())
        if key not in self._programs:
            scenario = self.stack.scenarios[s]
            A = csc_matrix(csr_matrix(scenario.A)[rows][:, columns])
            self._programs[key] = Program(A, scenario.lower[rows], scenario.upper[rows], scenario.ceiling[columns])
        return self._programs[key]

    def sweep(self, z: Vector, *, tolerance: float = TOLERANCE) -> Sweep:
        """Every reply at z. Pairs whose stored bounds lie within `tolerance` are not solved again."""
        stack = self.stack
        z = np.asarray(z, dtype=np.float64)
        cost = stack.costs(z)
        Y = np.zeros((stack.S, stack.O, stack.n))
        U = np.zeros((len(stack.lower), stack.O))
        wanted = self._recall(z, cost, Y, U, tolerance)
        for s, o in zip(*np.nonzero(wanted), strict=True):
            self._solve(int(s), int(o), cost, Y, U)
        U = stack.project(U)
        parts = stack.dual_parts(U)
        lower, upper = np.einsum("soj,soj->so", cost, Y), stack.dual_bound(parts, cost)
        for s, o in zip(*np.nonzero(self._wrong(Y, lower, upper, tolerance)), strict=True):
            self.failures += 1
            self._solve(int(s), int(o), cost, Y, U, cold=True)
        if self.failures:
            U = stack.project(U)
            parts = stack.dual_parts(U)
            lower, upper = np.einsum("soj,soj->so", cost, Y), stack.dual_bound(parts, cost)
            wrong = self._wrong(Y, lower, upper, max(tolerance, 1e-6))
            if wrong.any():
                s, o = np.argwhere(wrong)[0]
                raise UnprovenError(
                    f"the reply of scenario {s}, objective {self.instance.objectives[o]} has no verified optimum: "
                    "the linear program is infeasible or numerically broken. Check that every lower limit has a shortfall column."
                )
        result = Sweep(z, lower, upper, Y, U, *stack.cuts(Y), int(wanted.sum()))
        self._known.append((result, parts))
        del self._known[: -self._memory]
        return result

    def _wrong(self, Y: Vector, lower: Vector, upper: Vector, tolerance: float) -> NDArray[np.bool_]:
        slack = max(tolerance, TOLERANCE) * (1 + np.abs(upper))
        bad: NDArray[np.bool_] = (self.stack.residuals(Y) > 10 * TOLERANCE) | ~(upper - lower <= slack)
        return bad

    def _recall(self, z: Vector, cost: Vector, Y: Vector, U: Vector, tolerance: float) -> NDArray[np.bool_]:
        """Fill in the pairs that stored plans and duals already settle at z; returns those still to be solved."""
        stack = self.stack
        shape = (stack.S, stack.O)
        if not self._known:
            return np.ones(shape, dtype=bool)
        lows = np.array([k.constant - k.slope @ z for k, _ in self._known])
        highs = np.array([stack.dual_bound(parts, cost) for _, parts in self._known])
        best_low, best_high = lows.argmax(axis=0), highs.argmin(axis=0)
        low, high = lows.max(axis=0), highs.min(axis=0)
        settled: NDArray[np.bool_] = high - low <= tolerance * (1 + np.abs(high))
        for k, (known, _) in enumerate(self._known):
            take = settled & (best_low == k)
            Y[take] = known.plans[take]
            for s, o in zip(*np.nonzero(settled & (best_high == k)), strict=True):
                rows = slice(stack.row_start[s], stack.row_start[s + 1])
                U[rows, o] = known.duals[rows, o]
        return ~settled

    def _solve(self, s: int, o: int, cost: Vector, Y: Vector, U: Vector, cold: bool = False) -> None:
        columns, rows = self._parts[s][o]
        program = self._program(s, o)
        self.solves += 1
        y, u = program.cold(cost[s, o, columns]) if cold else program.maximise(cost[s, o, columns])
        Y[s, o] = 0.0
        Y[s, o, columns] = np.clip(y, 0.0, self.stack.ceiling[s, columns])
        first = self.stack.row_start[s]
        U[first : self.stack.row_start[s + 1], o] = 0.0
        U[first + rows, o] = u

    def values(self, z: Vector) -> Vector:
        """H (S, O) at z, each objective in its own unit."""
        return self.sweep(z).lower * self.instance.normalisers

    def replies(self, z: Vector) -> Vector:
        """The plans (S, O, n) at z, in the goods' own units."""
        return self.sweep(z).plans

    def plan(self, s: int, o: int, z: Vector) -> Vector:
        """One plan (n,): scenario s, objective o, at z."""
        cost = (self.stack.base[s, o] - self.stack.scenarios[s].penalty @ np.asarray(z, dtype=np.float64))[None, None]
        columns, _ = self._parts[s][o]
        y, _ = self._program(s, o).maximise(cost[0, 0, columns])
        full = np.zeros(self.stack.n)
        full[columns] = np.clip(y, 0.0, self.stack.ceiling[s, columns])
        return full


def _needed(
    A: csc_matrix, forced: NDArray[np.bool_], active: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    from scipy.sparse import bmat
    from scipy.sparse.csgraph import connected_components

    rows, columns = A.shape
    pattern = csc_matrix((np.ones(A.nnz), A.indices, A.indptr), shape=A.shape)
    _, label = connected_components(bmat([[None, pattern], [pattern.T, None]]), directed=False)
    wanted = np.zeros(label.max() + 1, dtype=bool)
    wanted[label[:rows][forced]] = True
    wanted[label[rows:][active]] = True
    return np.flatnonzero(wanted[label[rows:]]), np.flatnonzero(wanted[label[:rows]])
