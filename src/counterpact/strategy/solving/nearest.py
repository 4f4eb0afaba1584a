"""A reply that does not depend on the solver's whims: among all best plans the one nearest to the status quo.

Best plans are seldom unique, so displacement and loopholes would change with the solver's history. Three programs, each
solved from nothing: the best value; then the least Σ|y − y⁰|/ceiling among plans of that value; then the least
Σ rank_j·y_j/ceiling_j among those, rank being the columns' own order.
"""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, hstack, identity, vstack

from counterpact.errors import UnprovenError
from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.linear import load, quiet

#: How much of the best value, and of the least distance, a later program may give away (relative to 1 + |value|).
SLACK = 1e-9


def nearest(A: csc_matrix, lower: Vector, upper: Vector, ceiling: Vector, cost: Vector, quo: Vector) -> Vector:
    """The stable optimum (columns,) of max cost·y. `quo` (columns,) is the status quo plan.

    Raises `UnprovenError` if one of the three programs has no optimum.
    """
    n, rows = A.shape[1], A.shape[0]
    wide = np.concatenate([ceiling, np.full(2 * n, np.inf)])
    eye = csr_matrix(identity(n))
    scale = 1.0 / np.maximum(ceiling, 1e-9)
    matrix = vstack(
        [
            hstack([csr_matrix(A), csr_matrix((rows, 2 * n))]),
            hstack([eye, -eye, eye]),  # y − more + less = quo
            hstack([csr_matrix(cost), csr_matrix((1, 2 * n))]),
            hstack([csr_matrix((1, n)), csr_matrix(scale), csr_matrix(scale)]),
        ]
    )
    low = np.concatenate([lower, quo, [-np.inf, -np.inf]])
    high = np.concatenate([upper, quo, [np.inf, np.inf]])
    value = np.concatenate([-cost, np.zeros(2 * n)])
    best = -_minimum(csr_matrix(matrix), low, high, wide, value)[0]
    low[rows + n] = best - SLACK * (1 + abs(best))
    distance = np.concatenate([np.zeros(n), scale, scale])
    least = _minimum(csr_matrix(matrix), low, high, wide, distance)[0]
    high[rows + n + 1] = least + SLACK * (1 + least)
    order = np.concatenate([scale * (1 + np.arange(n)) / n, np.zeros(2 * n)])
    plan: Vector = np.clip(_minimum(csr_matrix(matrix), low, high, wide, order)[1][:n], 0.0, ceiling)
    return plan


def _minimum(A: csr_matrix, low: Vector, high: Vector, wide: Vector, cost: Vector) -> tuple[float, Vector]:
    solver = quiet()
    load(solver, A, (low, high), (np.zeros(len(wide)), wide), cost)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise UnprovenError("a stable reply was not found: the linear program of the reply has no optimum.")
    return float(solver.getInfo().objective_function_value), np.array(solver.getSolution().col_value)
