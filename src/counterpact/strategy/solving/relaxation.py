"""The leader's problem under the mean with fractional measures: lines in, a point and a safe bound out.

    min Σ_p w_p θ_p   s.t.  θ_p ≥ a_i − g_i·z for the lines i of pair p,  θ_p ≥ floor_p,  limits on z,  low ≤ z ≤ high

The bound is not taken from the solver: from its multipliers λ ≥ 0 on the lines, scaled down where Σ_{i of p} λ_i > w_p,
and μ on the limits, weak duality gives it by arithmetic alone, so a wrong multiplier only weakens it:

    Σ_i λ_i a_i + Σ_p (w_p − Σ_i λ_i) floor_p − μ⁺·row_upper + μ⁻·row_lower + Σ_m min over [low, high] of d_m z_m,
    d = Bᵀμ − Gᵀλ
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.linear import INFINITY, load, quiet
from counterpact.strategy.solving.lines import Lines
from counterpact.strategy.solving.master import Wishes

#: Mean cost of a θ in the solver's units: weights of scenarios are small against its tolerances.
UNIT = 1.0
#: Lines are left out of the program when more than this many do not bind.
MANY = 100
#: The solver's own tolerances.
TIGHT = 1e-9


@dataclass(frozen=True)
class Point:
    """A solution of the relaxation over one box. `bound` is safe; `price` is d above, safe too (see module)."""

    z: Vector
    theta: Vector
    bound: float
    price: Vector  # (M,) the bound rises by |price| when z_m must leave the bound it stands at
    lines: NDArray[np.int64]  # lines with a multiplier, as numbers of the library
    lam: Vector  # their multipliers
    mu: Vector  # (limits,)


class Relaxation:
    """A linear program over z and one θ per pair that grows by lines and is re-solved in place."""

    def __init__(self, limits: Wishes, weight: Vector, floor: Vector) -> None:
        self.limits, self.weight, self.floor = limits, weight, floor
        self.M, self.P = limits.B.shape[1], len(weight)
        self.scale = UNIT / max(float(weight.mean()), 1e-300)
        self._solver = quiet(
            presolve="off", solver="simplex", primal_feasibility_tolerance=TIGHT, dual_feasibility_tolerance=TIGHT
        )
        B = csr_matrix(limits.B)
        B = csr_matrix((B.data, B.indices, B.indptr), shape=(B.shape[0], self.M + self.P))
        low = np.concatenate([limits.low, floor])
        high = np.concatenate([limits.high, np.full(self.P, INFINITY)])
        cost = np.concatenate([np.zeros(self.M), weight * self.scale])
        load(self._solver, B, (limits.row_lower, limits.row_upper), (low, high), cost)
        self._columns = np.arange(self.M, dtype=np.int32)
        # The library: every line ever added. `_row` are the numbers of those in the program, in its order.
        self.pair = np.zeros(0, dtype=np.int64)
        self.constant = np.zeros(0)
        self.slope = csr_matrix((0, self.M))
        self._row = np.zeros(0, dtype=np.int64)
        self._slack_for = np.zeros(0, dtype=np.int64)
        self.solves = self.iterations = 0

    @property
    def rows(self) -> int:
        """Lines in the program now."""
        return len(self._row)

    def add(self, lines: Lines, z: Vector, theta: Vector, tolerance: float) -> int:
        """Add the lines that lie above θ at z by more than the tolerance. Returns how many."""
        new = np.flatnonzero(lines.at(z) > theta + tolerance)
        if len(new):
            number = np.arange(len(self.pair), len(self.pair) + len(new))
            self.pair = np.concatenate([self.pair, new])
            self.constant = np.concatenate([self.constant, lines.constant[new]])
            self.slope = csr_matrix(vstack([self.slope, lines.slope[new]]))
            self._insert(number)
        return len(new)

    def recall(self, z: Vector, theta: Vector, tolerance: float) -> int:
        """Add lines of the library that were dropped and are violated again."""
        out = np.ones(len(self.pair), dtype=bool)
        out[self._row] = False
        known = np.flatnonzero(out)
        if not len(known):
            return 0
        above = self.constant[known] - self.slope[known] @ z > theta[self.pair[known]] + tolerance
        self._insert(known[above])
        return int(above.sum())

    def _insert(self, number: NDArray[np.int64]) -> None:
        if not len(number):
            return
        part = self.slope[number]
        starts = (part.indptr[:-1] + np.arange(len(number))).astype(np.int32)
        index = np.insert(part.indices, part.indptr[1:], self.M + self.pair[number]).astype(np.int32)
        value = np.insert(part.data, part.indptr[1:], 1.0)
        upper = np.full(len(number), INFINITY)
        self._solver.addRows(len(number), self.constant[number], upper, len(index), starts, index, value)
        self._row = np.concatenate([self._row, number])
        self._slack_for = np.concatenate([self._slack_for, np.zeros(len(number), dtype=np.int64)])

    def drop_slack(self, patience: int) -> int:
        """Leave out lines that were basic (did not bind) in the last `patience` solves. They stay in the library."""
        gone = self._slack_for >= patience
        if gone.sum() > MANY:
            first = len(self.limits.row_lower)
            basis = self._solver.getBasis()
            rows = (first + np.flatnonzero(gone)).astype(np.int32)
            self._solver.deleteRows(len(rows), rows)
            self._row, self._slack_for = self._row[~gone], self._slack_for[~gone]
            # what is left of the basis is one: the lines left out were basic
            kept = np.concatenate([np.ones(first, dtype=bool), ~gone])
            basis.row_status = [status for status, keep in zip(basis.row_status, kept, strict=True) if keep]
            self._solver.setBasis(basis)
            return int(gone.sum())
        return 0

    def solve(self, low: Vector, high: Vector, *, iterations: int | None = None) -> Point | None:
        """The relaxation over the box. None: no z in the box keeps the limits (by the solver's claim)."""
        solver = self._solver
        solver.changeColsBounds(self.M, self._columns, low, high)
        solver.setOptionValue("simplex_iteration_limit", 2**31 - 1 if iterations is None else iterations)
        solver.run()
        self.solves += 1
        self.iterations += max(0, int(solver.getInfo().simplex_iteration_count))
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        solution = solver.getSolution()
        value, dual = np.array(solution.col_value), np.array(solution.row_dual)
        first = len(self.limits.row_lower)
        if status == highspy.HighsModelStatus.kOptimal and iterations is None:
            # a line that lies clearly below θ is basic and may be left out without harm to the basis
            above = np.array(solution.row_value)[first:] - self.constant[self._row]
            self._slack_for = np.where(above > 1e-7, self._slack_for + 1, 0)
        return self._point(value, dual / self.scale, low, high)

    def trial(self, low: Vector, high: Vector, iterations: int) -> float:
        """A safe bound over a box from a few iterations of the dual simplex; the basis is then as it was before."""
        basis = self._solver.getBasis()
        point = self.solve(low, high, iterations=iterations)
        self._solver.setBasis(basis)
        return np.inf if point is None else point.bound

    def _point(self, value: Vector, dual: Vector, low: Vector, high: Vector) -> Point:
        first = len(self.limits.row_lower)
        lam, mu = np.maximum(dual[first:], 0.0), -dual[:first]
        used = np.flatnonzero(lam > 0)
        number, lam = self._row[used], lam[used]
        bound, price = safe_bound(self, number, lam, mu, low, high)
        return Point(np.clip(value[: self.M], low, high), value[self.M :], bound, price, number, lam, mu)


def safe_bound(
    program: Relaxation, number: NDArray[np.int64], lam: Vector, mu: Vector, low: Vector, high: Vector
) -> tuple[float, Vector]:
    """The bound of the module's formula over a box, and d; scales λ in place where it is too large."""
    limits = program.limits
    pair = program.pair[number]
    total = np.bincount(pair, weights=lam, minlength=program.P)
    shrink = np.where(total > program.weight, program.weight / np.maximum(total, 1e-300), 1.0)
    lam *= shrink[pair]
    rest = program.weight - np.minimum(total, program.weight)
    mu[(mu > 0) & ~(limits.row_upper < INFINITY)] = 0.0
    mu[(mu < 0) & ~(limits.row_lower > -INFINITY)] = 0.0
    # −μ·(B z − side) ≥ 0 is taken off: Σ over rows of μ⁺(B z − upper) + μ⁻(lower − B z) ≤ 0 for every z allowed
    sides = np.where(mu > 0, mu * np.where(mu > 0, limits.row_upper, 0.0), mu * np.where(mu < 0, limits.row_lower, 0.0))
    price: Vector = limits.B.T @ mu - program.slope[number].T @ lam
    base = float(lam @ program.constant[number] + rest @ program.floor - sides.sum())
    return base + float(np.minimum(price * low, price * high).sum()), price
