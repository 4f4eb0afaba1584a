"""The leader's problem: which measures, given every cut known so far.

    min risk(θ)  s.t.  z ∈ Z,  θ_b ≥ a_b − g_b·z for each stored plan,  guard cuts

For the mean a block b is a group of scenarios and one objective (their cuts added up with probability and weight);
for CVaR and the worst a block is one scenario, with η + Σ p ξ_s/(1−α), ξ_s ≥ θ_s − η, after Rockafellar & Uryasev.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from counterpact.strategy.guard import GuardCut
from counterpact.strategy.instance import Instance, Leader, Vector
from counterpact.strategy.linear import bounded, load, quiet
from counterpact.strategy.reply import Sweep
from counterpact.strategy.risk import Risk


@dataclass(frozen=True)
class Wishes:
    """The leader's limits of one request: rows of the case, budgets, and variables fixed by name."""

    B: csr_matrix
    row_lower: Vector
    row_upper: Vector
    row_names: tuple[str, ...]
    low: Vector
    high: Vector


@dataclass(frozen=True)
class Choice:
    """A solution of the leader's problem."""

    z: Vector
    bound: float  # proven by the solver: no z has less risk under the cuts
    value: float
    theta: Vector
    feasible: bool
    finished: bool


class Master:
    """Grows by cuts; solved as a linear relaxation or with whole measures."""

    def __init__(self, instance: Instance, wishes: Wishes, risk: Risk, groups: NDArray[np.int64], S: int) -> None:
        self.risk, self.leader = risk, instance.leader
        self.M, self.S, self.O = len(instance.leader.names), S, len(instance.objectives)
        self.weights = instance.weights
        self.probability = np.ones(S)
        self.groups = groups
        self._solver = quiet()
        self._load(wishes, self.leader)
        self.cuts = 0

    def _load(self, wishes: Wishes, leader: Leader) -> None:
        tail = self.risk.kind != "mean"
        self.blocks = self.S if tail else (int(self.groups.max()) + 1) * self.O
        self.first = self.M
        extra = self.blocks + (self.S + 1 if tail else 0)
        cost = np.zeros(self.M + extra)
        low = np.concatenate([wishes.low, np.full(extra, -np.inf)])
        high = np.concatenate([wishes.high, np.full(extra, np.inf)])
        if not tail:
            cost[self.M :] = 1.0
        integer = np.concatenate([leader.integer, np.zeros(extra, dtype=bool)])
        self.integer = integer
        B = csr_matrix(wishes.B)
        B = csr_matrix((B.data, B.indices, B.indptr), shape=(B.shape[0], self.M + extra))
        load(self._solver, B, (wishes.row_lower, wishes.row_upper), (low, high), cost)
        self.low, self.high = wishes.low, wishes.high

    def set_probability(self, probability: Vector) -> None:
        """Give the scenarios' probabilities; for a tail risk this writes its rows."""
        self.probability = probability / probability.sum()
        if self.risk.kind == "mean":
            return
        eta, xi = self.M + self.S, self.M + self.S + 1
        solver = self._solver
        solver.changeColCost(eta, 1.0)
        for s in range(self.S):
            worst = self.risk.kind == "worst"
            solver.changeColCost(xi + s, 0.0 if worst else self.probability[s] / (1 - self.risk.alpha))
            solver.changeColBounds(xi + s, 0.0, 0.0 if worst else highspy.kHighsInf)
            index = np.array([xi + s, self.M + s, eta], dtype=np.int32)
            solver.addRow(0.0, highspy.kHighsInf, 3, index, np.array([1.0, -1.0, 1.0]))

    def block_cuts(self, sweep: Sweep) -> tuple[Vector, Vector]:
        """(a, g) of each block: a (blocks,), g (blocks, M)."""
        constant = sweep.constant * self.weights
        slope = sweep.slope * self.weights[:, None]
        if self.risk.kind != "mean":
            return constant.sum(axis=1), slope.sum(axis=1)
        a = np.zeros((self.blocks // self.O, self.O))
        g = np.zeros((self.blocks // self.O, self.O, self.M))
        np.add.at(a, self.groups, constant * self.probability[:, None])
        np.add.at(g, self.groups, slope * self.probability[:, None, None])
        return a.reshape(-1), g.reshape(-1, self.M)

    def add(self, sweep: Sweep, choice: Choice | None = None, tolerance: float = 1e-9) -> int:
        """Add the sweep's cuts, only those that the choice violates if one is given. Returns how many."""
        a, g = self.block_cuts(sweep)
        pick = np.arange(self.blocks)
        if choice is not None:
            pick = np.flatnonzero(a - g @ choice.z > choice.theta + tolerance)
        if not len(pick):
            return 0
        dense = np.where(np.abs(g[pick]) > 1e-12, g[pick], 0.0)
        rows = csr_matrix(dense)
        lengths = np.diff(rows.indptr) + 1
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        index = np.insert(rows.indices, rows.indptr[1:], self.first + pick)
        value = np.insert(rows.data, rows.indptr[1:], 1.0)
        solver, count = self._solver, len(pick)
        upper = np.full(count, highspy.kHighsInf)
        solver.addRows(count, a[pick], upper, len(index), starts.astype(np.int32), index.astype(np.int32), value)
        self.cuts += count
        return count

    def add_guard(self, cuts: list[GuardCut]) -> int:
        """Add feasibility cuts of the humanitarian guard, each distinct one once."""
        seen: set[bytes] = set()
        for cut in cuts:
            scale = max(1e-9, float(np.abs(cut.slope).max()))
            row = np.round(np.append(cut.slope, cut.constant) / scale, 9)
            if row.tobytes() in seen:
                continue
            seen.add(row.tobytes())
            index = np.flatnonzero(cut.slope)
            limit = float(-cut.constant / scale) + 1e-9
            self._solver.addRow(-highspy.kHighsInf, limit, len(index), index.astype(np.int32), cut.slope[index] / scale)
        return len(seen)

    def exclude(self, z: Vector) -> None:
        """Forbid one binary point (a last resort when a guard cut is too weak numerically)."""
        index = np.flatnonzero(self.integer[: self.M])
        one = z[index] > 0.5
        value = np.where(one, 1.0, -1.0)
        self._solver.addRow(-highspy.kHighsInf, float(one.sum() - 1), len(index), index.astype(np.int32), value)

    def relax(self) -> Choice:
        """Solve with z anywhere in [0, 1]."""
        self._integrality(False)
        self._solver.setOptionValue("solver", "simplex")
        self._solver.run()
        return self._choice(relaxed=True)

    def solve(self, *, gap: float, nodes: int, seconds: float, start: Vector | None = None) -> Choice:
        """Solve with whole measures to a gap in absolute risk, within node and time limits."""
        self._integrality(True)
        options = {"mip_abs_gap": gap, "mip_rel_gap": 0.0, "mip_max_nodes": nodes, "time_limit": seconds}
        for key, value in options.items():
            self._solver.setOptionValue(key, value)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = list(start)
            self._solver.setSolution(solution)
        self._solver.run()
        return self._choice(relaxed=False)

    def _integrality(self, on: bool) -> None:
        index = np.flatnonzero(self.integer).astype(np.int32)
        kind = highspy.HighsVarType.kInteger if on else highspy.HighsVarType.kContinuous
        self._solver.changeColsIntegrality(len(index), index, np.array([kind] * len(index)))

    def _choice(self, *, relaxed: bool) -> Choice:
        status, info = self._solver.getModelStatus(), self._solver.getInfo()
        done = status == highspy.HighsModelStatus.kOptimal
        value = np.array(self._solver.getSolution().col_value)
        feasible = done or (not relaxed and info.primal_solution_status == 2)
        if not feasible or not len(value):
            empty = np.zeros(0)
            bound = np.inf if status == highspy.HighsModelStatus.kInfeasible else -np.inf
            return Choice(empty, bound, np.inf, empty, False, done)
        z = np.clip(value[: self.M], 0.0, 1.0)
        if not relaxed:
            z = np.where(self.integer[: self.M], np.round(z), z)
        bound = info.objective_function_value if relaxed else info.mip_dual_bound
        return Choice(
            z, float(bound), float(info.objective_function_value), value[self.M : self.M + self.blocks], True, done
        )

    def status(self) -> Any:
        """HiGHS' model status of the last solve."""
        return self._solver.getModelStatus()


def wishes(leader: Leader, budgets: dict[str, float], require: tuple[str, ...], forbid: tuple[str, ...]) -> Wishes:
    """The leader's polyhedron under budgets (≤ on `cost`), required and forbidden variables by name."""
    limited = [r for r, name in enumerate(leader.resources) if name in budgets]
    rows = csr_matrix(leader.cost[limited]) if limited else csr_matrix((0, len(leader.names)))
    from scipy.sparse import vstack

    B = csr_matrix(vstack([leader.B, rows]))
    names = (*leader.row_names, *(f"budget {leader.resources[r]} ≤ {budgets[leader.resources[r]]:g}" for r in limited))
    low, high = np.zeros(len(leader.names)), np.ones(len(leader.names))
    for name in require:
        low[leader.names.index(name)] = 1.0
    for name in forbid:
        high[leader.names.index(name)] = 0.0
    lower = np.concatenate([leader.row_lower, np.full(len(limited), -np.inf)])
    upper = np.concatenate([leader.row_upper, np.array([budgets[leader.resources[r]] for r in limited])])
    return Wishes(B, bounded(lower), bounded(upper), names, low, high)
