"""The leader's problem: which measures, given every cut known so far.

    min φ   s.t.  z ∈ Z,  φ ≥ Σ_b θ_qb ∀q,  θ_qb ≥ a_qb − g_qb·z ∀sweeps,  guard cuts

Risk is max_q Σ_s q_s v_s(z) over weights q (see `risk`), so every q met gives a valid lower bound; the mean needs one.
A block b is one objective over a group of the scenarios that q weighs.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from counterpact.strategy.instance import Instance, Leader, Vector
from counterpact.strategy.solving.guard import GuardCut
from counterpact.strategy.solving.linear import INFINITY, bounded, load, quiet
from counterpact.strategy.solving.reply import Cuts, Sweep

_Indices = NDArray[np.int32]


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
    """A solution of the leader's problem; `bound`: by the solver's claim no z has less risk under the cuts."""

    z: Vector
    bound: float
    value: float
    theta: Vector  # every block of every weighting, in the order they came
    feasible: bool
    proven_infeasible: bool = False


class _Weighting:
    """One weighting q of the scenarios with the library of its cuts: a (sweeps, blocks), g (sweeps, blocks, M)."""

    def __init__(self, q: Vector, groups: list[NDArray[np.int64]], first: int, blocks: int, M: int) -> None:
        self.q, self.groups, self.first = q, groups, first
        self.a = np.zeros((0, blocks))
        self.g = np.zeros((0, blocks, M))
        self.used = np.zeros((0, blocks), dtype=bool)

    def learn(self, cuts: Cuts, weights: Vector) -> None:
        """Add cuts, summed over each group, to the library."""
        a = [(self.q[s] @ cuts.constant[s]) * weights for s in self.groups]
        g = [np.tensordot(self.q[s], cuts.slope[s], 1) * weights[:, None] for s in self.groups]
        self.a = np.concatenate([self.a, np.concatenate(a)[None]])
        self.g = np.concatenate([self.g, np.concatenate(g)[None]])
        self.used = np.concatenate([self.used, np.zeros((1, len(self.a[0])), dtype=bool)])

    def model(self, z: Vector) -> Vector:
        """Every cut's value at z, (sweeps, blocks)."""
        value: Vector = self.a - self.g @ z
        return value


class Master:
    """Grows by sweeps, weightings and guard cuts; solved as a linear relaxation or with whole measures."""

    def __init__(
        self,
        instance: Instance,
        limits: Wishes,
        *,
        groups: int = 6,
        order: Vector | None = None,
        shelf: list[Cuts] | None = None,
    ) -> None:
        shelf = [] if shelf is None else shelf
        self.leader, self.weights = instance.leader, instance.weights
        self.M, self.O = len(instance.leader.names), len(instance.objectives)
        self._groups, self._order = groups, order
        self._weightings: list[_Weighting] = []
        self._shelf = shelf  # every sweep's cuts, in the order they came
        self._theta: list[int] = []  # column of each θ
        self._solver = quiet()
        cost = np.append(np.zeros(self.M), 1.0)
        low, high = np.append(limits.low, -np.inf), np.append(limits.high, np.inf)
        B = csr_matrix(limits.B)
        B = csr_matrix((B.data, B.indices, B.indptr), shape=(B.shape[0], self.M + 1))
        load(self._solver, B, (limits.row_lower, limits.row_upper), (low, high), cost)

    @property
    def cuts(self) -> int:
        """Rows of the problem."""
        return int(self._solver.getNumRow())

    def weigh(self, q: Vector) -> bool:
        """Bound the risk by the weights q (S,) too. False if they are known already."""
        if any(np.abs(w.q - q).sum() < 1e-3 for w in self._weightings):
            return False
        support = np.flatnonzero(q > 0)
        if self._order is not None:
            support = support[np.argsort(self._order[support], kind="stable")]
        groups = np.array_split(support, min(self._groups, len(support)))
        count, first = len(groups) * self.O, self._solver.getNumCol()
        weighting = _Weighting(q, groups, len(self._theta), count, self.M)
        self._solver.addVars(count, np.full(count, -INFINITY), np.full(count, INFINITY))
        columns = np.arange(first, first + count)
        self._theta.extend(columns.tolist())
        index = np.append(columns, self.M).astype(np.int32)
        self._solver.addRow(0.0, INFINITY, count + 1, index, np.append(-np.ones(count), 1.0))
        self._weightings.append(weighting)
        for cuts in self._shelf:
            weighting.learn(cuts, self.weights)
        own = np.zeros_like(weighting.used)
        own[[0, -1]] = True  # the first keeps θ bounded, the last is where q was found
        self._use(weighting, own)
        return True

    def add(self, sweep: Sweep, choice: Choice | None = None) -> int:
        """Learn the sweep's cuts and add those the choice violates, all if none is given. Returns how many."""
        self._shelf.append(sweep.cuts)
        for weighting in self._weightings:
            weighting.learn(sweep.cuts, self.weights)
        if choice is not None:
            return self.separate(choice)
        added = 0
        for weighting in self._weightings:
            new = np.zeros_like(weighting.used)
            new[-1] = True
            added += self._use(weighting, new)
        return added

    def separate(self, choice: Choice, tolerance: float = 1e-7) -> int:
        """Add, from the library, the cut that each block of the choice violates most. Returns how many."""
        added = 0
        for weighting in self._weightings:
            theta = choice.theta[weighting.first : weighting.first + weighting.a.shape[1]]
            if not len(theta):
                continue
            value = weighting.model(choice.z)
            if value.max(axis=0).sum() <= choice.value + tolerance:
                continue  # this weighting does not bind here
            best = value.argmax(axis=0)
            pick = np.zeros_like(weighting.used)
            pick[best, np.arange(len(best))] = value.max(axis=0) > theta + tolerance
            added += self._use(weighting, pick)
        return added

    def _use(self, weighting: _Weighting, pick: NDArray[np.bool_]) -> int:
        """Add the picked cuts of the library to the problem, those in it already left out."""
        pick = pick & ~weighting.used
        weighting.used |= pick
        sweep, block = np.nonzero(pick)
        if not len(block):
            return 0
        slope = weighting.g[sweep, block]
        rows = csr_matrix(np.where(np.abs(slope) > 1e-12, slope, 0.0))
        columns = np.array(self._theta)[weighting.first + block]
        starts = (rows.indptr[:-1] + np.arange(len(block))).astype(np.int32)
        index = np.insert(rows.indices, rows.indptr[1:], columns).astype(np.int32)
        value = np.insert(rows.data, rows.indptr[1:], 1.0)
        upper = np.full(len(block), INFINITY)
        self._solver.addRows(len(block), weighting.a[sweep, block], upper, len(index), starts, index, value)
        return len(block)

    def model(self, z: Vector) -> float:
        """Lower bound on the risk at z by everything in the library."""
        return max(float(w.model(z).max(axis=0).sum()) for w in self._weightings)

    def add_guard(self, cuts: list[GuardCut]) -> int:
        """Add feasibility cuts of the humanitarian guard, each distinct one once."""
        seen: set[bytes] = set()
        for cut in cuts:
            scale = max(1e-9, float(np.abs(cut.slope).max()))
            row = np.round(np.append(cut.slope, cut.constant) / scale, 9)
            if row.tobytes() not in seen:
                seen.add(row.tobytes())
                index = np.flatnonzero(cut.slope).astype(np.int32)
                limit = float(-cut.constant / scale) + 1e-9
                self._solver.addRow(-INFINITY, limit, len(index), index, cut.slope[index] / scale)
        return len(seen)

    def exclude(self, z: Vector) -> None:
        """Forbid one binary point (a last resort when a guard cut is too weak numerically)."""
        index = np.flatnonzero(self.leader.integer)
        one = z[index] > 0.5
        value = np.where(one, 1.0, -1.0)
        self._solver.addRow(-INFINITY, float(one.sum() - 1), len(index), index.astype(np.int32), value)

    def relax(self) -> Choice:
        """Solve with z anywhere in [0, 1], to the last cut of the library."""
        self._integrality(False)
        while True:
            self._solver.run()
            choice = self._choice(relaxed=True)
            if not choice.feasible or not self.separate(choice):
                return choice

    def solve(self, *, gap: float, nodes: int, seconds: float) -> Choice:
        """Solve with whole measures to a gap in absolute risk, within node and time limits."""
        self._integrality(True)
        for key, value in {
            "mip_abs_gap": gap,
            "mip_rel_gap": 0.0,
            "mip_max_nodes": nodes,
            "time_limit": seconds,
        }.items():
            self._solver.setOptionValue(key, value)
        self._solver.run()
        self._solver.setOptionValue("time_limit", INFINITY)
        return self._choice(relaxed=False)

    def _integrality(self, on: bool) -> None:
        index = np.flatnonzero(self.leader.integer).astype(np.int32)
        kind = highspy.HighsVarType.kInteger if on else highspy.HighsVarType.kContinuous
        self._solver.changeColsIntegrality(len(index), index, np.array([kind] * len(index)))

    def _choice(self, *, relaxed: bool) -> Choice:
        status, info = self._solver.getModelStatus(), self._solver.getInfo()
        done = status == highspy.HighsModelStatus.kOptimal
        value = np.array(self._solver.getSolution().col_value)
        if not (done or (not relaxed and info.primal_solution_status == 2)) or not len(value):
            empty = np.zeros(0)
            infeasible = status in (
                highspy.HighsModelStatus.kInfeasible,
                highspy.HighsModelStatus.kUnboundedOrInfeasible,
            )
            bound = -np.inf if relaxed or infeasible else float(info.mip_dual_bound)
            return Choice(empty, bound, np.inf, empty, False, infeasible)
        z = np.clip(value[: self.M], 0.0, 1.0)
        if not relaxed:
            z = np.where(self.leader.integer, np.round(z), z)
        bound = info.objective_function_value if relaxed else info.mip_dual_bound
        return Choice(
            z, float(bound), float(info.objective_function_value), value[np.array(self._theta, dtype=np.int64)], True
        )

    @property
    def nodes(self) -> int:
        """Branch-and-bound nodes of the last solve."""
        return max(0, int(self._solver.getInfo().mip_node_count))


def wishes(leader: Leader, budgets: dict[str, float], require: tuple[str, ...], forbid: tuple[str, ...]) -> Wishes:
    """The leader's polyhedron under budgets (≤ on `cost`), required and forbidden variables by name."""
    limited = [r for r, name in enumerate(leader.resources) if name in budgets]
    most = np.array([budgets[leader.resources[r]] for r in limited])
    rows = csr_matrix(leader.cost[limited]) if limited else csr_matrix((0, len(leader.names)))
    B = csr_matrix(vstack([leader.B, rows]))
    names = (*leader.row_names, *(f"budget: {leader.resources[r]} ≤ {m:g}" for r, m in zip(limited, most, strict=True)))
    low, high = np.zeros(len(leader.names)), np.ones(len(leader.names))
    for name in require:
        low[leader.names.index(name)] = 1.0
    for name in forbid:
        high[leader.names.index(name)] = 0.0
    lower = np.concatenate([leader.row_lower, np.full(len(limited), -np.inf)])
    return Wishes(B, bounded(lower), bounded(np.concatenate([leader.row_upper, most])), names, low, high)
