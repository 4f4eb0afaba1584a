"""The humanitarian guard: in every scenario there must be room for civilian goods.

    ∃ g:  rows of the civilian system,  0 ≤ g_j ≤ ceiling_j (1 − closes_jm z_m) ∀m,  delivered·g ≥ minimum

`minimum` is what is required, or less where even z = 0 leaves no room for it: then as much as z = 0 allows, needs
served in equal shares first. Existence of g is necessary, not proof of delivery: say "room for".
The least shortfall W_s(z) is a linear program in which z moves column bounds, so its duals give cuts W_s ≥ a + g·z ≤ 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, hstack, identity, vstack

from counterpact.errors import UnprovenError
from counterpact.strategy.instance import CivilianSystem, Instance, Vector
from counterpact.strategy.solving.linear import load, quiet

#: A need counts as served when it lacks at most this share of its minimum.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class GuardCut:
    """constant + slope·z ≤ 0 must hold, or scenario `scenario` leaves too little room for civilian goods."""

    scenario: int
    constant: float
    slope: Vector


def open_share(system: CivilianSystem, z: Vector) -> Vector:
    """Share (columns,) of each civilian column's ceiling that z leaves open."""
    closes = system.closes
    worst = np.zeros(closes.shape[0])
    some = np.flatnonzero(np.diff(closes.indptr))
    if len(some):
        worst[some] = np.maximum.reduceat(closes.data * z[closes.indices], closes.indptr[some])
    share: Vector = 1.0 - np.clip(worst, 0.0, 1.0)
    return share


class _Room:
    """The shortfall program of one scenario."""

    def __init__(self, system: CivilianSystem) -> None:
        self.system = system
        self.scale = np.maximum(system.required, 1e-9)
        needs, self.n = system.delivered.shape
        self.needs = needs
        self.minimum = system.required.copy()
        eye = csr_matrix(identity(needs))
        self.A = csc_matrix(
            vstack(
                [
                    hstack([csr_matrix(system.A), csr_matrix((system.A.shape[0], needs))]),
                    hstack([system.delivered, eye]),
                ]
            )
        )
        self.solver = self._build()
        self.minimum = self._attainable()
        self.solver = self._build()
        self.last = np.zeros(self.n)  # the last g that served every need

    def _build(self) -> Any:
        system = self.system
        solver = quiet(presolve="off", solver="simplex")
        rows = (
            np.concatenate([system.lower, self.minimum]),
            np.concatenate([system.upper, np.full(self.needs, np.inf)]),
        )
        columns = (np.zeros(self.n + self.needs), np.concatenate([system.ceiling, self.minimum]))
        load(solver, self.A, rows, columns, np.concatenate([np.zeros(self.n), 1 / self.scale]))
        return solver

    def _attainable(self) -> Vector:
        """The minima that z = 0 leaves room for: the largest common share first, then the least total shortfall."""
        plan, _ = self._solve(self.system.ceiling)
        if plan[self.n :] @ (1 / self.scale) <= TOLERANCE:
            return self.system.required
        columns = np.arange(self.n, self.n + self.needs, dtype=np.int32)
        solver = self._build()
        solver.addVar(0.0, 1.0)  # t = the largest share any need lacks
        solver.changeColsCost(self.needs, columns, np.zeros(self.needs))
        solver.changeColCost(self.n + self.needs, 1.0)
        for i, j in enumerate(columns):
            solver.addRow(
                0.0, np.inf, 2, np.array([self.n + self.needs, j], dtype=np.int32), np.array([self.scale[i], -1.0])
            )
        solver.run()
        share = float(solver.getInfo().objective_function_value)
        solver.changeColsCost(self.needs, columns, 1 / self.scale)
        solver.changeColBounds(self.n + self.needs, 0.0, min(1.0, share * (1 + 1e-9) + 1e-9))
        solver.run()
        lacking = np.array(solver.getSolution().col_value)[self.n : self.n + self.needs]
        reachable: Vector = np.maximum(0.0, self.system.required - lacking - 1e-7 * self.scale)
        return reachable

    def _solve(self, ceiling: Vector) -> tuple[Vector, Vector]:
        indices = np.arange(self.n, dtype=np.int32)
        self.solver.changeColsBounds(self.n, indices, np.zeros(self.n), ceiling)
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.solver.clearSolver()
            self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise UnprovenError("the civilian system of a scenario has no feasible flow even with every need unserved.")
        solution = self.solver.getSolution()
        return np.array(solution.col_value), np.array(solution.row_dual)

    def shortfall(self, z: Vector) -> tuple[float, Vector]:
        """(W, row duals): the least sum of lacking shares, 0 where there is room."""
        ceiling = self.system.ceiling * open_share(self.system, z)
        if np.all(self.last <= ceiling) and self.serves(self.last):
            return 0.0, np.zeros(self.A.shape[0])
        plan, duals = self._solve(ceiling)
        if self.serves(plan[: self.n]):
            self.last = np.minimum(plan[: self.n], ceiling)
            return 0.0, duals
        return float(plan[self.n :] @ (1 / self.scale)), duals

    def serves(self, g: Vector) -> bool:
        """Whether g gives every need its minimum (rows and ceilings not looked at)."""
        return bool(np.all(self.system.delivered @ g >= self.minimum - TOLERANCE * self.scale))

    def cut(self, z: Vector, duals: Vector) -> tuple[float, Vector]:
        """(a, g) with W(z') ≥ a + g·z' for every z', from the row duals at z."""
        system = self.system
        rows = np.concatenate([system.lower, self.minimum]), np.concatenate([system.upper, np.full(self.needs, np.inf)])
        low = np.where(np.isfinite(rows[0]), rows[0], 0.0)
        high = np.where(np.isfinite(rows[1]), rows[1], 0.0)
        duals = np.where(np.isfinite(rows[0]), duals, np.minimum(duals, 0.0))
        duals = np.where(np.isfinite(rows[1]), duals, np.maximum(duals, 0.0))
        reduced = np.concatenate([np.zeros(self.n), 1 / self.scale]) - self.A.T @ duals
        constant = float(np.maximum(duals, 0) @ low + np.minimum(duals, 0) @ high)
        constant += float(np.minimum(reduced[self.n :], 0) @ self.minimum)
        gain = np.minimum(reduced[: self.n], 0.0) * system.ceiling
        slope = np.zeros(len(z))
        closes = csr_matrix(system.closes)
        for j in np.flatnonzero(gain):
            measures = closes.indices[closes.indptr[j] : closes.indptr[j + 1]]
            if len(measures):
                entries = closes.data[closes.indptr[j] : closes.indptr[j + 1]]
                best = int(np.argmax(entries * z[measures]))
                slope[measures[best]] -= gain[j] * entries[best]
        return constant + float(gain.sum()), slope


class Guard:
    """The civilian systems of all scenarios of an instance."""

    def __init__(self, instance: Instance) -> None:
        self.rooms = {s: _Room(x.civilian) for s, x in enumerate(instance.scenarios) if x.civilian is not None}

    @property
    def minimum(self) -> dict[int, Vector]:
        """What each need must reach, by scenario."""
        return {s: room.minimum for s, room in self.rooms.items()}

    def shortfalls(self, z: Vector) -> dict[int, float]:
        """Scenarios that leave too little room at z, with the sum of lacking shares."""
        found = {s: room.shortfall(z)[0] for s, room in self.rooms.items()}
        return {s: w for s, w in found.items() if w > 0}

    def cuts(self, z: Vector) -> list[GuardCut]:
        """One violated cut for each scenario that leaves too little room at z; empty if all do."""
        found = []
        for s, room in self.rooms.items():
            lacking, duals = room.shortfall(z)
            if lacking > 0:
                constant, slope = room.cut(z, duals)
                found.append(GuardCut(s, constant, slope))
        return found

    def needs_lacking(self, z: Vector) -> dict[str, int]:
        """Names of needs without room at z, with the number of scenarios in which they lack it."""
        lacking: dict[str, int] = {}
        for room in self.rooms.values():
            if room.shortfall(z)[0] > 0:
                plan, _ = room._solve(room.system.ceiling * open_share(room.system, z))
                for i in np.flatnonzero(plan[room.n :] > TOLERANCE * room.scale):
                    name = room.system.names[i]
                    lacking[name] = lacking.get(name, 0) + 1
        return dict(sorted(lacking.items()))
