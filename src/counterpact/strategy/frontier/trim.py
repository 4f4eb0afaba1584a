"""Leave out of a package what does nothing for it: the cheapest package with the same effect on every reply."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from counterpact.strategy.instance import Instance, Leader, Vector
from counterpact.strategy.solving.linear import load, quiet
from counterpact.strategy.solving.master import Wishes


def whole_variables(leader: Leader) -> NDArray[np.bool_]:
    """(variables,) True where a value is 0 or 1 in every package: whole ones, and the enforcement that follows."""
    follows = np.array([kind == "enforcement" for kind in leader.kinds], dtype=bool)
    whole: NDArray[np.bool_] = leader.integer | follows
    return whole


class Trim:
    """`trim(z)`: every variable that a reply or the guard feels stays as it is, of the others the cheapest set."""

    def __init__(self, instance: Instance, limits: Wishes) -> None:
        self.limits, self.leader = limits, instance.leader
        felt = np.zeros(len(instance.leader.names), dtype=bool)
        for penalty in {id(s.penalty): s.penalty for s in instance.scenarios}.values():
            felt[np.unique(csr_matrix(penalty).indices)] = True
        self.felt = felt
        size = np.maximum(1e-12, np.abs(self.leader.cost).max(axis=1, initial=0.0))
        self.price = (self.leader.cost / size[:, None]).sum(axis=0) + 1e-5

    def __call__(self, z: Vector) -> Vector:
        """The trimmed package; `z` itself if it cannot be trimmed."""
        low, high = self.limits.low.copy(), np.minimum(self.limits.high, np.where(self.leader.integer, z, 1.0))
        low[self.felt], high[self.felt] = z[self.felt], z[self.felt]
        solver = quiet(mip_rel_gap=0.0, mip_abs_gap=1e-7, mip_feasibility_tolerance=1e-9)
        rows = (self.limits.row_lower, self.limits.row_upper)
        load(solver, self.limits.B, rows, (np.minimum(low, high), high), self.price, self.leader.integer)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return z
        found = np.array(solver.getSolution().col_value)
        trimmed: Vector = np.where(whole_variables(self.leader), np.round(found), np.clip(found, 0.0, 1.0))
        return trimmed
