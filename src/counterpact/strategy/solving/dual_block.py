"""The adversary's program inside the leader's: a dual block for one scenario and objective, on some of its columns.

By strong duality (every row and ceiling with its multiplier u, v)

    H(z) = min Σ u⁺·upper − u⁻·lower + Σ ceiling_j v_j   s.t.  A_jᵀu + v_j + P_j z ≥ c_j  ∀j,  v ≥ 0

so θ ≥ H(z) enters the leader's problem without a product. Only columns J that some reply has used are written down:
fewer columns for the adversary mean a smaller H, hence θ ≥ H_J(z) is a valid lower bound (sifting, Bixby et al. 1992;
columns and constraints, Zeng & Zhao 2013). Each further reply adds the columns that it needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from counterpact.strategy.instance import Instance, Scenario, Vector
from counterpact.strategy.solving.linear import INFINITY

_Index = NDArray[np.int64]


def free_ceilings(scenario: Scenario, A: csc_matrix) -> NDArray[np.bool_]:
    """Columns whose ceiling a row implies: Σ a_i y_i ≤ b with every a ≥ 0 and b / a_j ≤ ceiling_j. No v_j is needed."""
    rows = csr_matrix(A)
    negative = np.zeros(A.shape[0], dtype=bool)
    negative[A.indices[A.data < 0]] = True
    usable = ~negative & np.isfinite(scenario.upper) & (np.diff(rows.indptr) > 0)
    entry = np.where(
        usable[A.indices] & (A.data > 0), scenario.upper[A.indices] / np.where(A.data > 0, A.data, 1), np.inf
    )
    least = np.full(A.shape[1], np.inf)
    filled = np.flatnonzero(np.diff(A.indptr))
    if len(filled):
        least[filled] = np.minimum.reduceat(entry, A.indptr[filled])
    implied: NDArray[np.bool_] = least <= scenario.ceiling * (1 + 1e-12)
    return implied


@dataclass(frozen=True)
class Follower:
    """What a block needs of its scenario, shared by the objectives."""

    A: csc_matrix
    scenario: Scenario
    implied: NDArray[np.bool_]
    penalty: csr_matrix

    @classmethod
    def of(cls, instance: Instance, s: int) -> Follower:
        """The follower of scenario s."""
        scenario = instance.scenarios[s]
        A = csc_matrix(scenario.A)
        return cls(A, scenario, free_ceilings(scenario, A), csr_matrix(scenario.penalty))


class DualBlock:
    """θ ≥ H_J(z) in a HiGHS model whose first columns are z; J grows."""

    def __init__(self, solver: Any, follower: Follower, cost: Vector, theta: int) -> None:
        self.solver, self.follower, self.cost, self.theta = solver, follower, cost, theta
        scenario = follower.scenario
        self.inside = np.zeros(len(scenario.ceiling), dtype=bool)
        self._plus = np.full(len(scenario.upper), -1, dtype=np.int64)  # column of each row's multiplier
        self._minus = np.full(len(scenario.upper), -1, dtype=np.int64)  # a second one where both sides are there
        self.row = int(solver.getNumRow())
        solver.addRow(0.0, INFINITY, 1, np.array([theta], dtype=np.int32), np.ones(1))

    def grow(self, columns: _Index) -> int:
        """Write down these columns (n,) too. Returns how many were new."""
        new = columns[~self.inside[columns]]
        if not len(new):
            return 0
        self.inside[new] = True
        part = csc_matrix(self.follower.A[:, new])
        self._multipliers(np.unique(part.indices))
        caps = self._ceilings(new)
        self._rows(new, part, caps)
        return len(new)

    def _add(self, cost: Vector, low: Vector, high: Vector) -> _Index:
        """New columns of the model with −cost in the row of θ."""
        first, count = int(self.solver.getNumCol()), len(cost)
        self.solver.addCols(
            count, np.zeros(count), low, high, count, np.arange(count, dtype=np.int32),
            np.full(count, self.row, dtype=np.int32), -cost,
        )  # fmt: skip
        found: _Index = np.arange(first, first + count, dtype=np.int64)
        return found

    def _multipliers(self, rows: _Index) -> None:
        scenario = self.follower.scenario
        rows = rows[(self._plus[rows] < 0) & (self._minus[rows] < 0)]
        low, high = scenario.lower[rows], scenario.upper[rows]
        above, below = np.isfinite(high), np.isfinite(low)
        equal = above & below & (low == high)
        up = rows[above]
        if len(up):
            free = equal[above]
            self._plus[up] = self._add(scenario.upper[up], np.where(free, -INFINITY, 0.0), np.full(len(up), INFINITY))
        down = rows[below & ~equal]
        if len(down):
            self._minus[down] = self._add(scenario.lower[down], np.full(len(down), -INFINITY), np.zeros(len(down)))

    def _ceilings(self, new: _Index) -> _Index:
        caps = np.full(len(new), -1, dtype=np.int64)
        need = ~self.follower.implied[new]
        if need.any():
            count = int(need.sum())
            caps[need] = self._add(self.follower.scenario.ceiling[new[need]], np.zeros(count), np.full(count, INFINITY))
        return caps

    def _rows(self, new: _Index, part: csc_matrix, caps: _Index) -> None:
        owner = np.repeat(np.arange(len(new)), np.diff(part.indptr))
        row, column, value = [], [], []
        for place in (self._plus, self._minus):
            there = place[part.indices] >= 0
            row.append(owner[there])
            column.append(place[part.indices[there]])
            value.append(part.data[there])
        capped = np.flatnonzero(caps >= 0)
        pull = csr_matrix(self.follower.penalty[new])
        row += [capped, np.repeat(np.arange(len(new)), np.diff(pull.indptr))]
        column += [caps[capped], pull.indices.astype(np.int64)]
        value += [np.ones(len(capped)), pull.data]
        shape = (len(new), int(self.solver.getNumCol()))
        matrix = csr_matrix((np.concatenate(value), (np.concatenate(row), np.concatenate(column))), shape=shape)
        self.solver.addRows(
            len(new), self.cost[new], np.full(len(new), INFINITY), matrix.nnz, matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32), matrix.data,
        )  # fmt: skip
