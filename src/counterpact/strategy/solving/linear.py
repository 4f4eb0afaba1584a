"""A linear program held in HiGHS and re-solved in place with other costs.

`Program` maximises c·y over `lower ≤ A y ≤ upper, 0 ≤ y ≤ ceiling`. Every column is boxed, so any basis becomes
dual feasible by flipping bounds and the dual simplex restarts from the last basis. HiGHS has returned wrong optima
after hot starts (#3194, #3294): callers verify each answer by `stack.Stack` and call `cold` when it fails.
"""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from counterpact.strategy.instance import Vector

#: HiGHS' own infinity.
INFINITY: float = highspy.kHighsInf


def quiet(**options: Any) -> Any:
    """A silent single-threaded HiGHS object with the given options set."""
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    for key, value in options.items():
        solver.setOptionValue(key, value)
    return solver


def bounded(values: Vector) -> Vector:
    """The same vector with numpy's infinities replaced by HiGHS'."""
    return np.clip(np.asarray(values, dtype=np.float64), -INFINITY, INFINITY)


def load(
    solver: Any,
    A: csc_matrix | csr_matrix,
    rows: tuple[Vector, Vector],
    columns: tuple[Vector, Vector],
    cost: Vector,
    integer: NDArray[np.bool_] | None = None,
) -> None:
    """Pass `min cost·x s.t. rows, columns` to the solver. `rows`, `columns` are (lower, upper) pairs."""
    matrix = csc_matrix(A)
    matrix.sort_indices()
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = np.asarray(cost, dtype=np.float64)
    lp.col_lower_, lp.col_upper_ = bounded(columns[0]), bounded(columns[1])
    lp.row_lower_, lp.row_upper_ = bounded(rows[0]), bounded(rows[1])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    if integer is not None:
        kind = highspy.HighsVarType
        lp.integrality_ = [kind.kInteger if i else kind.kContinuous for i in integer]
    solver.passModel(lp)


class Program:
    """max c·y s.t. lower ≤ A y ≤ upper, 0 ≤ y ≤ ceiling; the constraints fixed, c given at each solve."""

    def __init__(self, A: csc_matrix, lower: Vector, upper: Vector, ceiling: Vector) -> None:
        self._parts = (A, lower, upper, ceiling)
        self._columns = np.arange(A.shape[1], dtype=np.int32)
        self._solver = self._build("off")

    def _build(self, presolve: str) -> Any:
        A, lower, upper, ceiling = self._parts
        solver = quiet(presolve=presolve, solver="simplex")
        load(solver, A, (lower, upper), (np.zeros(A.shape[1]), ceiling), np.zeros(A.shape[1]))
        return solver

    def maximise(self, cost: Vector, enough: float = -np.inf) -> tuple[Vector, Vector]:
        """Re-solve in place. Returns the plan (columns,) and the row duals (rows,), > 0 where an upper side binds.

        `enough` (see `paths.PathProgram.maximise`) is not made use of here.
        """
        self._solver.changeColsCost(len(self._columns), self._columns, -cost)
        self._solver.run()
        return self._answer(self._solver)

    def cold(self, cost: Vector) -> tuple[Vector, Vector]:
        """The same from nothing: a new solver, presolve on."""
        solver = self._build("on")
        solver.changeColsCost(len(self._columns), self._columns, -cost)
        solver.run()
        self._solver = self._build("off")
        return self._answer(solver)

    def fix_columns(self, fixed: NDArray[np.bool_]) -> None:
        """Close the marked columns (ceiling 0) and open the others again."""
        upper = np.where(fixed, 0.0, self._parts[3])
        self._solver.changeColsBounds(len(self._columns), self._columns, np.zeros(len(upper)), upper)

    def _answer(self, solver: Any) -> tuple[Vector, Vector]:
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            rows, columns = self._parts[0].shape
            return np.full(columns, np.nan), np.zeros(rows)
        solution = solver.getSolution()
        return np.array(solution.col_value), -np.array(solution.row_dual)
