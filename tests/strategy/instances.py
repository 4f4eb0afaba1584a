"""Small instances with answers known otherwise: brute force, SciPy's own linear programs, published networks."""

from __future__ import annotations

import csv
import sys
from itertools import product
from pathlib import Path

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_matrix, csr_matrix

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from generators import plain, structured

from counterpact.strategy.instance import Columns, Instance, Leader, Scenario
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.risk import Risk

__all__ = ["best_by_hand", "gallery", "plain", "small", "structured", "value_by_scipy"]


def small(seed: int, *, scenarios: int = 4, measures: int = 6, guard: bool = True, budget: float = 0.4) -> Instance:
    """A structured instance small enough to try every package; two objectives, gains, slices, money, guard."""
    return structured(
        scenarios=scenarios,
        channels=14,
        places=4,
        objectives=2,
        measures=measures,
        budget=budget,
        seed=seed,
        guard=guard,
    )


def value_by_scipy(instance: Instance, s: int, o: int, z: np.ndarray, closed: bool = False) -> float:
    """H_so(z), normalised, by SciPy; `closed`: penalised columns fixed at zero instead of priced."""
    scenario = instance.scenarios[s]
    pull = scenario.penalty @ z
    cost = scenario.harm[o] / instance.normalisers[o] + scenario.fixed - (0 if closed else pull)
    up, down = np.isfinite(scenario.upper), np.isfinite(scenario.lower)
    A = csr_matrix(scenario.A)
    from scipy.sparse import vstack

    ceiling = np.where(closed & (pull > 0), 0.0, scenario.ceiling)
    rows = vstack([A[up], -A[down]])
    answer = linprog(
        -cost,
        A_ub=rows,
        b_ub=np.concatenate([scenario.upper[up], -scenario.lower[down]]),
        bounds=list(zip(np.zeros(len(cost)), ceiling, strict=True)),
        method="highs-ipm",
    )
    assert answer.status == 0
    return float(-answer.fun)


def best_by_hand(instance: Instance, risk: Risk) -> tuple[float, np.ndarray]:
    """Least risk over every whole z that keeps the limits and the guard, by trying them all."""
    leader, guard = instance.leader, Guard(instance)
    probability = np.array([s.probability for s in instance.scenarios])
    best = (np.inf, np.zeros(0))
    for bits in product((0.0, 1.0), repeat=len(leader.names)):
        z = np.array(bits)
        activity = leader.B @ z
        if np.any(activity > leader.row_upper + 1e-9) or np.any(activity < leader.row_lower - 1e-9):
            continue
        if any(room_by_scipy(instance, s, z, minimum) > 1e-6 for s, minimum in guard.minimum.items()):
            continue
        values = np.array(
            [
                sum(w * value_by_scipy(instance, s, o, z) for o, w in enumerate(instance.weights))
                for s in range(len(instance.scenarios))
            ]
        )
        value = risk.value(values, probability)
        if value < best[0] - 1e-12:
            best = (value, z)
    return best


def room_by_scipy(instance: Instance, s: int, z: np.ndarray, minimum: np.ndarray) -> float:
    """Least total lack of civilian goods at z by SciPy, with each bound written out measure by measure."""
    system = instance.scenarios[s].civilian
    assert system is not None
    needs, n = system.delivered.shape
    ceiling = system.ceiling.copy()
    closes = system.closes.toarray()
    for j in range(n):
        for m in range(len(z)):
            ceiling[j] = min(ceiling[j], system.ceiling[j] * (1 - closes[j, m] * z[m]))
    A = np.hstack([system.A.toarray(), np.zeros((system.A.shape[0], needs))])
    D = np.hstack([-system.delivered.toarray(), -np.eye(needs)])
    answer = linprog(
        np.concatenate([np.zeros(n), np.ones(needs)]),
        A_ub=np.vstack([A, D]),
        b_ub=np.concatenate([system.upper, -minimum]),
        bounds=[*zip(np.zeros(n), ceiling, strict=True), *[(0, None)] * needs],
    )
    return float(answer.fun)


def gallery(path: Path, *, attacks: int, value: float, penalty: float, length: str = "") -> Instance:
    """A network of the Pyomo Gallery as an interdiction instance: at most `attacks` arcs attacked.

    `length` names the column of arc costs (shortest path); else capacities bound flow from Start to End.
    """
    with path.open(encoding="utf-8", newline="") as file:
        arcs = list(csv.DictReader(file))
    places = sorted({a["StartNode"] for a in arcs} | {a["EndNode"] for a in arcs})
    n = len(arcs)
    A = np.zeros((len(places), n + 1))
    for j, arc in enumerate(arcs):
        A[places.index(arc["StartNode"]), j] = 1
        A[places.index(arc["EndNode"]), j] = -1
    A[places.index("Start"), n], A[places.index("End"), n] = -1, 1  # what is shipped
    harm, fixed = np.zeros((1, n + 1)), np.zeros(n + 1)
    harm[0, n] = value
    ceiling = np.array([float(a.get("Capacity", 1)) for a in arcs] + [1.0 if length else 1000.0])
    if length:
        fixed[:n] = [-float(a[length]) for a in arcs]
    P = np.zeros((n + 1, n))
    P[np.arange(n), np.arange(n)] = penalty
    zero = np.zeros(len(places))
    scenario = Scenario(csc_matrix(A), zero, zero, ceiling, harm, fixed, csr_matrix(P), 1.0)
    names = tuple(f"{a['StartNode']}-{a['EndNode']}" for a in arcs)
    leader = Leader(
        names, ("measure",) * n, np.ones(n, bool), csr_matrix(np.ones((1, n))), np.array([-np.inf]),
        np.array([float(attacks)]), (f"attacks ≤ {attacks}",), ("money",), np.ones((1, n)),
    )  # fmt: skip
    index = np.append(np.arange(n), -1)
    columns = Columns(index, np.zeros(n + 1, int), np.zeros(n + 1, int), names, (*names, "shipped"))
    return Instance(leader, columns, [scenario], ("flow",), np.ones(1), np.ones(1))
