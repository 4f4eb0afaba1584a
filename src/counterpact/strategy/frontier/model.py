"""The leader's problem for many levels of cost: one set of cuts, limits that move in place.

    min φ = η + Σ_s p_s/(1 − α) t_s    s.t.  z ∈ Z,  cost_r·z ≤ level_r,  t_s ≥ Σ_o w_o θ_so − η,  t ≥ 0,
                                             θ_so ≥ a − g·z for every cut taken in,  guard cuts

the tail mean as Rockafellar & Uryasev (2000) write it (mean: α = 0; worst: t = 0, so η ≥ every scenario). Each scenario
and objective has its own θ: more columns than a weighting of groups, but one point teaches every weighting at once,
and that pays over a whole frontier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import block_diag, csr_matrix, hstack

from counterpact.errors import UsageError
from counterpact.strategy.frontier.pool import Index, Pool
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.guard import GuardCut
from counterpact.strategy.solving.linear import INFINITY, load, quiet
from counterpact.strategy.solving.master import Wishes
from counterpact.strategy.solving.risk import Risk

#: Cuts this slack in the relaxation are left out of the problem with whole measures, as a share of the wanted gap.
SLACK = 20.0
#: Most branch-and-bound nodes of one whole problem.
NODES = 5000


@dataclass(frozen=True)
class Answer:
    """A solution of the model. `bound`: no z within the level has less risk (the solver's claim)."""

    z: Vector
    bound: float
    theta: Vector  # (blocks,)
    infeasible: bool = False
    nodes: int = 0

    @property
    def found(self) -> bool:
        """Whether there is a z."""
        return len(self.z) > 0


class Model:
    """The relaxation lives in one solver and is re-solved in place; whole measures get a fresh small problem."""

    def __init__(
        self, instance: Instance, limits: Wishes, axes: tuple[str, ...], risk: Risk, pool: Pool, floor: Vector
    ) -> None:
        """`floor` (S, O): values that no z can undercut."""
        if risk.kind not in ("mean", "cvar", "worst"):
            raise UsageError(f"a frontier is traced for mean, worst or a tail as in cvar90, not for {risk.kind}.")
        leader = instance.leader
        self.instance, self.limits, self.pool, self.leader = instance, limits, pool, leader
        self.M, self.S, self.O = len(leader.names), len(instance.scenarios), len(instance.objectives)
        self.cost = leader.cost[[leader.resources.index(r) for r in axes]]  # (axes, M)
        self.size = np.maximum(1e-12, np.abs(self.cost).max(axis=1, initial=0.0))
        p = np.array([s.probability for s in instance.scenarios])
        alpha = risk.alpha if risk.kind == "cvar" else 0.0
        self._tail_cost = np.zeros(self.S) if risk.kind == "worst" else p / p.sum() / (1 - alpha)
        self._tail_most = 0.0 if risk.kind == "worst" else INFINITY
        self.floor = floor
        self.least_tail = self._tail_start(floor @ instance.weights)
        self.guard: list[tuple[Vector, float]] = []  # slope·z ≤ limit
        self._guards_seen: set[bytes] = set()
        self._inside = np.zeros(0, dtype=np.int64)  # cuts that are rows of the relaxation
        self._relaxed: Any = None
        self._base = 0

    @property
    def columns(self) -> int:
        """z, η, t, θ."""
        return self.M + 1 + self.S + self.S * self.O

    def add_guard(self, cuts: list[GuardCut]) -> None:
        """Take in feasibility cuts of the humanitarian guard, each distinct one once."""
        for cut in cuts:
            scale = max(1e-9, float(np.abs(cut.slope).max()))
            row, limit = cut.slope / scale, -cut.constant / scale + 1e-9
            key = np.round(np.append(row, limit), 9).tobytes()
            if key not in self._guards_seen:
                self._guards_seen.add(key)
                self.exclude(row, limit)

    def exclude(self, row: Vector, limit: float) -> None:
        """Take in any further row·z ≤ limit."""
        self.guard.append((row, limit))
        if self._relaxed is not None:
            self._append(self._relaxed, csr_matrix(row[None]), np.array([-np.inf]), np.array([limit]))

    # the relaxation --------------------------------------------------------------------------------------

    def relax(self, level: Vector) -> Answer:
        """The least risk with z anywhere in its box, to the last cut of the pool."""
        if self._relaxed is None or len(self._inside) > 6 * self.S * self.O:
            self._rebuild()
        self._set_level(level)
        while True:
            self._relaxed.run()
            answer = self._answer(self._relaxed, relaxed=True)
            if not answer.found:
                return answer
            new = self.violated(answer, inside=self._inside)
            if not len(new):
                return answer
            self._add_cuts(self._relaxed, new, np.arange(self.S * self.O))
            self._inside = np.concatenate([self._inside, new])

    def _rebuild(self) -> None:
        """A fresh relaxation with the cuts that are tight where the old one stands."""
        keep = self._inside
        if self._relaxed is not None:
            answer = self._answer(self._relaxed, relaxed=True)
            if answer.found:
                slack = answer.theta[self.pool.block] - self.pool.values(answer.z)
                keep = np.flatnonzero(slack <= 1e-7)
        else:
            keep = np.arange(len(self.pool.a))
        self._relaxed, self._base = self._problem(np.arange(self.S), integer=False)
        self._inside = keep
        self._add_cuts(self._relaxed, keep, np.arange(self.S * self.O))

    def _set_level(self, level: Vector) -> None:
        for k in range(len(self.cost)):
            self._relaxed.changeRowBounds(self._base + k, -INFINITY, float(level[k] / self.size[k]))
        low, high = self._box(level)
        index = np.arange(self.M, dtype=np.int32)
        self._relaxed.changeColsBounds(self.M, index, low, high)

    def _box(self, level: Vector) -> tuple[Vector, Vector]:
        """Bounds of z; a whole variable that no level can pay for is closed."""
        high = self.limits.high.copy()
        for cost, most in zip(self.cost, level, strict=True):
            freed = np.minimum(cost, 0.0) @ self.limits.high
            high[self.leader.integer & (cost > most - freed + 1e-9) & (self.limits.low < 0.5)] = 0.0
        return self.limits.low, high

    # whole measures --------------------------------------------------------------------------------------

    def whole(
        self, level: Vector, at: Answer, *, aim: float, more: Index, seconds: float, risk: float | None = None
    ) -> Answer:
        """The least risk with whole measures, to `aim` in absolute risk, under cuts that matter near `at`.

        `more`: further cuts to take in. Leaving a cut out keeps the bound valid. With `risk` the least cost on the axes
        at no more than this risk instead.
        """
        pool = self.pool
        weight = np.repeat(self._tail_cost if self._tail_most else np.ones(self.S), self.O)
        weight = weight * np.tile(self.instance.weights, self.S)
        slack = (at.theta[pool.block] - pool.values(at.z)) * weight[pool.block]
        keep = np.union1d(np.flatnonzero(slack <= SLACK * aim / max(1, self.O)), more)
        scenarios = np.unique(pool.block[keep] // self.O)
        solver, base = self._problem(scenarios, integer=True)
        blocks = (scenarios[:, None] * self.O + np.arange(self.O)[None, :]).ravel()
        self._add_cuts(solver, keep, blocks)
        for k in range(len(self.cost)):
            solver.changeRowBounds(base + k, -INFINITY, float(level[k] / self.size[k]))
        low, high = self._box(level)
        solver.changeColsBounds(self.M, np.arange(self.M, dtype=np.int32), low, high)
        if risk is not None:
            columns = np.arange(solver.getNumCol(), dtype=np.int32)
            price = np.array(solver.getLp().col_cost_)
            entries = np.flatnonzero(price).astype(np.int32)
            solver.addRow(-INFINITY, risk, len(entries), entries, price[entries])
            price = np.zeros(len(columns))
            price[: self.M] = (self.cost / self.size[:, None]).sum(axis=0)
            solver.changeColsCost(len(columns), columns, price)
        options = {"mip_abs_gap": aim, "mip_rel_gap": 0.0, "mip_max_nodes": NODES, "time_limit": seconds}
        options |= {"mip_feasibility_tolerance": 1e-9, "mip_heuristic_effort": 0.0, "mip_allow_restart": False}
        for key, value in options.items():
            solver.setOptionValue(key, value)
        solver.run()
        return self._answer(solver, relaxed=False, blocks=blocks)

    def violated(self, answer: Answer, *, inside: Index | None = None, tolerance: float = 1e-7) -> Index:
        """The pool's most violated cut of each block."""
        values = self.pool.values(answer.z)
        excess = values - answer.theta[self.pool.block]
        if inside is not None:
            excess[inside] = -np.inf
        candidates = np.flatnonzero(excess > tolerance)
        order = candidates[np.lexsort((-excess[candidates], self.pool.block[candidates]))]
        _, first = np.unique(self.pool.block[order], return_index=True)
        return order[first]

    def known(self, z: Vector) -> float:
        """Lower bound on the risk at z by everything in the pool."""
        theta = np.maximum(self.pool.best(self.pool.values(z)), self.floor.ravel())
        return self.tail(theta.reshape(self.S, self.O) @ self.instance.weights)

    def claimed(self, answer: Answer) -> float:
        """The risk that an answer's own θ amount to."""
        return self.tail(answer.theta.reshape(self.S, self.O) @ self.instance.weights)

    def tail(self, values: Vector) -> float:
        """The risk of values (S,)."""
        if not self._tail_most:
            return float(values.max())
        order = np.argsort(-values, kind="stable")
        share = self._tail_cost[order]
        before = np.concatenate([[0.0], np.cumsum(share)[:-1]])
        return float(np.clip(1.0 - before, 0.0, share) @ values[order])

    def forbid(self, z: Vector) -> None:
        """Forbid one whole point (a last resort when a guard cut is too weak numerically)."""
        row = np.where(self.leader.integer, np.where(z > 0.5, 1.0, -1.0), 0.0)
        self.exclude(row, float((row > 0).sum() - 1))

    def _tail_start(self, values: Vector) -> float:
        """The least η that can be best when every scenario has at least these values."""
        if not self._tail_most:
            return float(values.max())
        order = np.argsort(-values, kind="stable")
        reached = np.searchsorted(np.cumsum(self._tail_cost[order]), 1.0 - 1e-12)
        return float(values[order[min(int(reached), len(order) - 1)]])

    # arrays ------------------------------------------------------------------------------------------------

    def _problem(self, scenarios: Index, *, integer: bool) -> tuple[Any, int]:
        """A solver without cuts over some scenarios, and the number of its first level row."""
        S, T = len(scenarios), len(scenarios) * self.O
        n = self.M + 1 + S + T
        tail = csr_matrix((np.ones(S), (np.arange(S), np.arange(S))), shape=(S, S))
        weigh = np.kron(np.eye(S), -self.instance.weights[None, :])
        rows = [csr_matrix(self.limits.B), csr_matrix(self.cost / self.size[:, None])]
        if self.guard:
            rows.append(csr_matrix(np.array([g for g, _ in self.guard])))
        leader = csr_matrix(np.vstack([r.toarray() for r in rows]))
        scenario_rows = hstack([csr_matrix(np.ones((S, 1))), tail, csr_matrix(weigh)])
        A = csr_matrix(block_diag([leader, scenario_rows], format="csr"))
        k = len(self.cost)
        guard = np.array([limit for _, limit in self.guard])
        lower = np.concatenate([self.limits.row_lower, np.full(k + len(guard), -np.inf), np.zeros(S)])
        upper = np.concatenate([self.limits.row_upper, np.full(k, np.inf), guard, np.full(S, np.inf)])
        cost = np.concatenate([np.zeros(self.M), [1.0], self._tail_cost[scenarios], np.zeros(T)])
        low = np.concatenate([self.limits.low, [self.least_tail], np.zeros(S), self.floor[scenarios].ravel()])
        high = np.concatenate([self.limits.high, [np.inf], np.full(S, self._tail_most), np.full(T, np.inf)])
        kinds = np.concatenate([self.leader.integer, np.zeros(n - self.M, dtype=bool)]) if integer else None
        solver = quiet()
        load(solver, A, (lower, upper), (low, high), cost, kinds)
        return solver, self.limits.B.shape[0]

    def _add_cuts(self, solver: Any, cuts: Index, blocks: Index) -> None:
        """θ_b + g·z ≥ a, the blocks numbered as the solver's columns are."""
        if not len(cuts):
            return
        S = len(blocks) // self.O
        column = np.searchsorted(blocks, self.pool.block[cuts]) + self.M + 1 + S
        G = self.pool.G[cuts]
        theta = csr_matrix(
            (np.ones(len(cuts)), (np.arange(len(cuts)), column)), shape=(len(cuts), self.M + 1 + S + len(blocks))
        )
        G = csr_matrix((G.data, G.indices, G.indptr), shape=theta.shape)
        self._append(solver, csr_matrix(G + theta), self.pool.a[cuts], np.full(len(cuts), np.inf))

    @staticmethod
    def _append(solver: Any, rows: csr_matrix, lower: Vector, upper: Vector) -> None:
        low, high = np.clip(lower, -INFINITY, INFINITY), np.clip(upper, -INFINITY, INFINITY)
        starts = rows.indptr[:-1].astype(np.int32)
        solver.addRows(rows.shape[0], low, high, rows.nnz, starts, rows.indices.astype(np.int32), rows.data)

    def _answer(self, solver: Any, *, relaxed: bool, blocks: Index | None = None) -> Answer:
        status, info = solver.getModelStatus(), solver.getInfo()
        kinds = highspy.HighsModelStatus
        nodes = max(0, int(info.mip_node_count))
        value = np.array(solver.getSolution().col_value)
        solved = status == kinds.kOptimal or (not relaxed and info.primal_solution_status == 2)
        if not solved or not len(value):
            nothing = status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible)
            bound = -np.inf if relaxed or nothing else float(info.mip_dual_bound)
            return Answer(np.zeros(0), bound, np.zeros(0), nothing, nodes)
        z = np.clip(value[: self.M], 0.0, 1.0)
        if not relaxed:
            z = np.where(self.leader.integer, np.round(z), z)
        theta = self.floor.ravel().copy()
        places = np.arange(self.S * self.O) if blocks is None else blocks
        theta[places] = value[len(value) - len(places) :]
        bound = info.objective_function_value if relaxed else info.mip_dual_bound
        return Answer(z, float(bound), theta, False, nodes)
