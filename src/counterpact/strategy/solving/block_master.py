"""The leader's problem with dual blocks: one mixed-integer program over z and the multipliers of chosen scenarios.

    min φ   s.t.  z ∈ Z,  φ ≥ risk of (θ_s − offset_s), s admitted,  θ_s ≥ Σ_o w_o H_so restricted to J_so

Scenarios left out only lower the risk (worst, regret, the excess over η of CVaR), or count with cuts (mean).
"""

from __future__ import annotations

from collections.abc import Iterable

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.dual_block import DualBlock, Follower
from counterpact.strategy.solving.guard import GuardCut
from counterpact.strategy.solving.linear import INFINITY, load, quiet
from counterpact.strategy.solving.master import Choice, Wishes
from counterpact.strategy.solving.risk import Risk


class BlockMaster:
    """Grows by scenarios, columns of their replies and guard cuts."""

    def __init__(self, instance: Instance, limits: Wishes, risk: Risk, probability: Vector, floor: float) -> None:
        self.instance, self.risk = instance, risk
        self.share: Vector = probability / probability.sum()
        self.M = len(instance.leader.names)
        self.blocks: dict[tuple[int, int], DualBlock] = {}
        self._followers: dict[int, Follower] = {}
        self._theta: dict[int, int] = {}
        self._offset_row: dict[int, int] = {}
        self._whole = np.flatnonzero(instance.leader.integer).astype(np.int32)
        self._solver = quiet()
        B = csr_matrix(limits.B)
        B = csr_matrix((B.data, B.indices, B.indptr), shape=(B.shape[0], self.M + 2))
        cost = np.concatenate([np.zeros(self.M), [1.0, 0.0]])  # z, φ, η
        low, high = np.concatenate([limits.low, [-np.inf, floor]]), np.append(limits.high, [np.inf, np.inf])
        load(self._solver, B, (limits.row_lower, limits.row_upper), (low, high), cost)
        self._risk_row = int(self._solver.getNumRow())
        tail = risk.kind == "cvar"
        self._solver.addRow(
            0.0, INFINITY, 2, np.array([self.M, self.M + 1], dtype=np.int32), np.array([1.0, -1.0 if tail else 0.0])
        )
        self.incumbent: Vector | None = None

    @property
    def active(self) -> list[int]:
        """Scenarios admitted, in order."""
        return list(self._theta)

    @property
    def columns(self) -> int:
        """Columns of the adversary written down."""
        return sum(int(b.inside.sum()) for b in self.blocks.values())

    def admit(self, s: int, offset: float = 0.0, most: float = np.inf) -> None:
        """Give scenario s its θ and blocks, empty as yet.

        `offset` is taken off before the worst is looked for; in satisficing it is the threshold, and `most` a value
        that the scenario never passes.
        """
        solver, instance = self._solver, self.instance
        self._theta[s] = theta = int(solver.getNumCol())
        kind = self.risk.kind
        if kind in ("mean", "cvar"):
            weight = self.share[s] / (1.0 if kind == "mean" else 1 - self.risk.alpha)
            entry = (1, np.array([self._risk_row], dtype=np.int32), np.array([-weight]))
        else:
            entry = (0, np.zeros(0, dtype=np.int32), np.zeros(0))
        excess = theta
        solver.addCol(0.0, -INFINITY, INFINITY, *((0, entry[1][:0], entry[2][:0]) if kind == "cvar" else entry))
        if kind == "cvar":
            excess = int(solver.getNumCol())
            solver.addCol(0.0, 0.0, INFINITY, *entry)
            solver.addRow(0.0, INFINITY, 3, _int([excess, theta, self.M + 1]), np.array([1.0, -1.0, 1.0]))
        elif kind == "satisfice":
            fails = int(solver.getNumCol())
            solver.addCol(0.0, 0.0, 1.0, 1, _int([self._risk_row]), np.array([-self.share[s]]))
            solver.addRow(-offset, INFINITY, 2, _int([fails, theta]), np.array([max(most - offset, 0.0), -1.0]))
            self._whole = np.append(self._whole, np.int32(fails))
        elif kind != "mean":
            self._offset_row[s] = int(solver.getNumRow())
            solver.addRow(-offset, INFINITY, 2, _int([self.M, theta]), np.array([1.0, -1.0]))
        follower = self._followers[s] = Follower.of(instance, s)
        own = [o for o, w in enumerate(instance.weights) if w > 0]
        first = int(solver.getNumCol())
        solver.addVars(len(own), np.full(len(own), -INFINITY), np.full(len(own), INFINITY))
        index = np.append(np.arange(first, first + len(own)), theta)
        solver.addRow(0.0, INFINITY, len(index), index.astype(np.int32), np.append(-instance.weights[own], 1.0))
        scenario = instance.scenarios[s]
        for k, o in enumerate(own):
            cost = scenario.harm[o] / instance.normalisers[o] + scenario.fixed
            self.blocks[s, o] = DualBlock(solver, follower, cost, first + k)

    def set_offset(self, s: int, offset: float) -> None:
        """Change what is taken off scenario s."""
        self._solver.changeRowBounds(self._offset_row[s], -offset, INFINITY)

    def learn(self, s: int, plans: Vector) -> int:
        """Write down the columns these plans (O, n) of scenario s use. Returns how many were new."""
        return sum(block.grow(np.flatnonzero(plans[o] > 1e-9)) for (t, o), block in self.blocks.items() if t == s)

    def add_guard(self, cuts: Iterable[GuardCut]) -> None:
        """Feasibility cuts of the humanitarian guard."""
        for cut in cuts:
            index = np.flatnonzero(cut.slope).astype(np.int32)
            scale = max(1e-9, float(np.abs(cut.slope).max(initial=0.0)))
            self._solver.addRow(
                -INFINITY, float(-cut.constant / scale) + 1e-9, len(index), index, cut.slope[index] / scale
            )

    def exclude(self, z: Vector) -> None:
        """Forbid one whole point."""
        index = np.flatnonzero(self.instance.leader.integer)
        one = z[index] > 0.5
        row = np.where(one, 1.0, -1.0)
        self._solver.addRow(-INFINITY, float(one.sum() - 1), len(index), index.astype(np.int32), row)

    def relax(self) -> Choice:
        """Solve with z anywhere in [0, 1]."""
        self._integrality(False)
        self._solver.run()
        return self._choice(relaxed=True)

    def solve(self, *, gap: float, nodes: int, seconds: float) -> Choice:
        """Solve with whole measures to a gap in absolute risk, within node and time limits."""
        self._integrality(True)
        options = {"mip_abs_gap": gap, "mip_rel_gap": 0.0, "mip_max_nodes": nodes, "time_limit": seconds}
        for key, value in options.items():
            self._solver.setOptionValue(key, value)
        if self.incumbent is not None:
            index = np.flatnonzero(self.instance.leader.integer).astype(np.int32)
            self._solver.setSolution(len(index), index, self.incumbent[index])
        self._solver.run()
        self._solver.setOptionValue("time_limit", INFINITY)
        return self._choice(relaxed=False)

    def theta(self, choice: Choice, s: int) -> float:
        """θ_s of a choice."""
        return float(choice.theta[list(self._theta).index(s)])

    def _integrality(self, on: bool) -> None:
        index = self._whole
        kind = highspy.HighsVarType.kInteger if on else highspy.HighsVarType.kContinuous
        self._solver.changeColsIntegrality(len(index), index, np.array([kind] * len(index)))

    def _choice(self, *, relaxed: bool) -> Choice:
        status, info = self._solver.getModelStatus(), self._solver.getInfo()
        value = np.array(self._solver.getSolution().col_value)
        done = status == highspy.HighsModelStatus.kOptimal
        if not (done or (not relaxed and info.primal_solution_status == 2)) or not len(value):
            infeasible = status in (
                highspy.HighsModelStatus.kInfeasible,
                highspy.HighsModelStatus.kUnboundedOrInfeasible,
            )
            bound = -np.inf if relaxed or infeasible else float(info.mip_dual_bound)
            return Choice(np.zeros(0), bound, np.inf, np.zeros(0), False, infeasible)
        z = np.clip(value[: self.M], 0.0, 1.0)
        if not relaxed:
            z = np.where(self.instance.leader.integer, np.round(z), z)
        bound = info.objective_function_value if relaxed else info.mip_dual_bound
        theta = value[list(self._theta.values())]
        return Choice(z, float(bound), float(info.objective_function_value), theta, True)

    @property
    def nodes(self) -> int:
        """Branch-and-bound nodes of the last solve."""
        return max(0, int(self._solver.getInfo().mip_node_count))


def _int(values: list[int]) -> NDArray[np.int32]:
    return np.array(values, dtype=np.int32)
