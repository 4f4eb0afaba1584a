"""The net-payoff follower at a given package: three linear programs a scenario, exact.

    V_s = max_y v_s·y                  over the plans left open at z (refused columns closed, not priced)
    pessimistic   max_y H_s(y)   s.t.  v_s·y ≥ V_s − ε
    optimistic    min_y H_s(y)   s.t.  v_s·y ≥ V_s − ε,     H_s(y) = Σ_o w_o (h_so/n_o + f_s)·y

Every such plan is one the guarantee also allows (its penalties are zero on it), and the guarantee takes the most of
each objective by itself: guarantee ≥ pessimistic ≥ optimistic in every scenario, hence under every monotone risk.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from counterpact.errors import UnprovenError
from counterpact.strategy.instance import Instance, Scenario, Vector
from counterpact.strategy.solving.linear import INFINITY, load, quiet
from counterpact.strategy.valuation.own import OwnValues

Array = NDArray[np.float64]

#: How far below their best own value a plan still counts as theirs, relative to 1 + |V|.
TIE = 1e-7


@dataclass(frozen=True)
class OwnReply:
    """Replies by own value at one z. `best` (S,): own value; `low`, `high` (S, O): harm by objective, own unit, of the
    plan best and worst for the coalition among ties; `low_plan`, `high_plan` (S, columns)."""

    z: Vector
    best: Vector
    low: Array
    high: Array
    low_plan: Array
    high_plan: Array
    low_combined: Vector  # (S,) normalised, weighted, emergency finance taken off
    high_combined: Vector


def closed(scenario: Scenario, z: Vector) -> NDArray[np.bool_]:
    """(columns,) refused at whole z: by a measure that is on, or kept shut by one that is not let go."""
    penalty = scenario.penalty.tocoo()
    on = z[penalty.col] > 0.5
    shut = (penalty.data > 0) & on | (penalty.data < 0) & ~on
    found = np.zeros(scenario.penalty.shape[0], dtype=bool)
    found[penalty.row[shut]] = True
    return found


def counted(instance: Instance, scenario: Scenario) -> Vector:
    """(columns,) combined harm of a unit: Σ_o w_o h_o/n_o + the cost of shortfalls and finance (not of lapses)."""
    penalty = scenario.penalty.tocoo()
    fixed = scenario.fixed.copy()
    opens = penalty.data < 0
    np.subtract.at(fixed, penalty.row[opens], penalty.data[opens])
    value: Vector = instance.scale @ scenario.harm + fixed * instance.weights.sum()
    return value


def respond(instance: Instance, own: OwnValues, z: Vector, *, tie: float = TIE) -> OwnReply:
    """Both replies by own value at whole z. Raises `UnprovenError` if a program has no optimum."""
    z = np.asarray(z, dtype=np.float64)
    S, n = own.value.shape
    plans = np.zeros((2, S, n))
    best = np.zeros(S)
    for s, scenario in enumerate(instance.scenarios):
        best[s], plans[0, s], plans[1, s] = _one(instance, scenario, own.value[s], z, tie)
    harm = np.stack([s.harm for s in instance.scenarios])
    units = np.stack([counted(instance, s) for s in instance.scenarios])
    low, high = np.einsum("soj,ksj->kso", harm, plans)
    first, last = np.einsum("sj,ksj->ks", units, plans)
    return OwnReply(z, best, low, high, plans[0], plans[1], first, last)


def _one(instance: Instance, scenario: Scenario, value: Vector, z: Vector, tie: float) -> tuple[float, Vector, Vector]:
    """(V, plan of least harm, plan of most harm) of one scenario."""
    n = len(value)
    columns = np.arange(n, dtype=np.int32)
    ceiling = np.where(closed(scenario, z), 0.0, scenario.ceiling)
    solver = quiet()
    load(solver, scenario.A, (scenario.lower, scenario.upper), (np.zeros(n), ceiling), -value)
    most, _ = _run(solver)
    used = np.flatnonzero(value).astype(np.int32)
    solver.addRow(-most - tie * (1 + abs(most)), INFINITY, len(used), used, value[used])
    harm = counted(instance, scenario)
    solver.changeColsCost(n, columns, harm)
    _, least_harm = _run(solver)
    solver.changeColsCost(n, columns, -harm)
    _, most_harm = _run(solver)
    return -most, np.clip(least_harm, 0.0, ceiling), np.clip(most_harm, 0.0, ceiling)


def _run(solver: object) -> tuple[float, Vector]:
    run: highspy.Highs = solver  # type: ignore[assignment]
    for attempt in range(2):
        run.run()
        if run.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            return float(run.getInfo().objective_function_value), np.array(run.getSolution().col_value)
        if attempt == 0:
            run.clearSolver()
    raise UnprovenError("a reply by own value has no optimum: the linear program is infeasible or numerically broken.")
