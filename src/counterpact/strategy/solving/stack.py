"""All scenarios side by side, so that bounds and residuals of every reply are a few matrix products.

Plans are arrays (S, O, n): scenario, objective, column. Row duals are (R, O) with the rows of all scenarios stacked.
Costs are normalised: c_so(z) = h_so / normaliser_o + fixed_s − P_s z.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, vstack

from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.sound import check_scenarios, check_whole


class Stack:
    """The scenarios of an instance, or some of them, as stacked arrays."""

    def __init__(self, instance: Instance, chosen: NDArray[np.int64] | None = None) -> None:
        if chosen is None:
            check_whole(instance)
        scenarios = [instance.scenarios[int(s)] for s in chosen] if chosen is not None else list(instance.scenarios)
        check_scenarios(instance, scenarios)
        self.scenarios = scenarios
        self.S, self.O = len(scenarios), len(instance.objectives)
        self.n, self.M = scenarios[0].A.shape[1], len(instance.leader.names)
        self.probability = np.array([s.probability for s in scenarios])
        self.ceiling = np.array([s.ceiling for s in scenarios])
        self.base = np.array([s.harm / instance.normalisers[:, None] + s.fixed for s in scenarios])
        self._alike = all(s.A is scenarios[0].A for s in scenarios)  # one matrix, kept once
        matrices = [csc_matrix(s.A) for s in (scenarios[:1] if self._alike else scenarios)]
        self._A = _diagonal([csr_matrix(A) for A in matrices])
        self._AT = _diagonal([csr_matrix((A.data, A.indices, A.indptr), shape=A.shape[::-1]) for A in matrices])
        self._one_penalty = all(s.penalty is scenarios[0].penalty for s in scenarios)
        self._penalty = csr_matrix(vstack([s.penalty for s in (scenarios[:1] if self._one_penalty else scenarios)]))
        self.lower = np.concatenate([s.lower for s in scenarios])
        self.upper = np.concatenate([s.upper for s in scenarios])
        self.row_start = np.concatenate([[0], np.cumsum([s.A.shape[0] for s in scenarios])])
        self._low = np.where(np.isfinite(self.lower), self.lower, 0.0)
        self._high = np.where(np.isfinite(self.upper), self.upper, 0.0)

    def costs(self, z: Vector) -> Vector:
        """c_so(z), shape (S, O, n)."""
        priced: Vector = self.base - (self._penalty @ z).reshape(-1, 1, self.n)
        return priced

    def activity(self, Y: Vector) -> Vector:
        """A_s y of every plan, rows stacked, (R, O)."""
        if self._alike:
            found = self._A @ Y.reshape(self.S * self.O, self.n).T
            return np.ascontiguousarray(
                found.reshape(-1, self.S, self.O).transpose(1, 0, 2).reshape(len(self.lower), self.O)
            )
        product: Vector = self._A @ Y.transpose(0, 2, 1).reshape(self.S * self.n, self.O)
        return product

    def reduced(self, U: Vector) -> Vector:
        """A_sᵀ u of every scenario's row duals, (S, O, n)."""
        if self._alike:
            rows = len(self.lower) // self.S
            flat = U.reshape(self.S, rows, self.O).transpose(1, 0, 2).reshape(rows, self.S * self.O)
            return np.ascontiguousarray((self._AT @ flat).T).reshape(self.S, self.O, self.n)
        found = (self._AT @ U).reshape(self.S, self.n, self.O).transpose(0, 2, 1)
        return np.ascontiguousarray(found)

    def residuals(self, Y: Vector) -> Vector:
        """Worst violation of a row or a column bound by each plan, (S, O), scaled by 1 + |bound|. NaN counts as inf."""
        activity = self.activity(Y)
        scale_low, scale_high = 1 + np.abs(self._low)[:, None], 1 + np.abs(self._high)[:, None]
        broken = np.maximum((self.lower[:, None] - activity) / scale_low, (activity - self.upper[:, None]) / scale_high)
        worst = np.maximum(0.0, np.maximum.reduceat(broken, self.row_start[:-1], axis=0)) if len(self.lower) else 0.0
        columns = np.maximum(-Y, Y - self.ceiling[:, None, :]) / (1 + self.ceiling[:, None, :])
        result: Vector = np.maximum(worst, columns.max(axis=2))
        return np.where(np.isnan(result), np.inf, result)

    def project(self, U: Vector) -> Vector:
        """Row duals with the signs their row allows: none on a side that is not there."""
        U = np.where(np.isnan(U), 0.0, U)
        U = np.where(np.isfinite(self.upper)[:, None], U, np.minimum(U, 0.0))
        projected: Vector = np.where(np.isfinite(self.lower)[:, None], U, np.maximum(U, 0.0))
        return projected

    def dual_parts(self, U: Vector) -> tuple[Vector, Vector]:
        """(β, r): β_so = Σ rows u·bound, (S, O), and r_so = A_sᵀ u_so, (S, O, n), of projected duals."""
        constant = np.maximum(U, 0) * self._high[:, None] + np.minimum(U, 0) * self._low[:, None]
        beta = np.add.reduceat(constant, self.row_start[:-1], axis=0) if len(self.lower) else np.zeros((self.S, self.O))
        return beta, self.reduced(U)

    def dual_bound(self, parts: tuple[Vector, Vector], cost: Vector) -> Vector:
        """Safe upper bound on every reply value, (S, O): β + Σ_j ceiling_j · max(0, c_j − r_j)."""
        excess = np.maximum(0.0, cost - parts[1])
        bound: Vector = parts[0] + np.einsum("soj,sj->so", excess, self.ceiling)
        return bound

    def cuts(self, Y: Vector) -> tuple[Vector, Vector]:
        """(a, g): each plan's value a − g·z in its scenario, a (S, O), g (S, O, M) ≥ 0."""
        constant = np.einsum("soj,soj->so", self.base, Y)
        slope = np.empty((self.S, self.O, self.M))
        for o in range(self.O):
            scenario, column = np.nonzero(Y[:, o])
            starts = np.searchsorted(scenario, np.arange(self.S + 1))
            where = column if self._one_penalty else scenario * self.n + column
            rows = csr_matrix((Y[scenario, o, column], where, starts), shape=(self.S, self._penalty.shape[0]))
            slope[:, o] = (rows @ self._penalty).toarray()
        return constant, slope


def _diagonal(parts: list[csr_matrix]) -> csr_matrix:
    """The matrices along a diagonal; scipy's own goes through triplets and takes fifty times as long."""
    if len(parts) == 1:
        return parts[0]
    columns = np.concatenate([[0], np.cumsum([p.shape[1] for p in parts])])
    entries = np.concatenate([[0], np.cumsum([p.nnz for p in parts])])
    index = np.concatenate([p.indices + np.int64(c) for p, c in zip(parts, columns[:-1], strict=True)])
    starts = np.concatenate([p.indptr[:-1] + np.int64(e) for p, e in zip(parts, entries[:-1], strict=True)])
    shape = (sum(p.shape[0] for p in parts), int(columns[-1]))
    data = np.concatenate([p.data for p in parts])
    return csr_matrix((data, index, np.append(starts, entries[-1])), shape=shape)
