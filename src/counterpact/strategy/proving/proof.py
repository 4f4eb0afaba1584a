"""A lower bound proven anew, without the solver's branch and bound: for small instances.

Own branching on z. A node's bound is any convex weighting of adversary plans with multipliers on the leader's rows:

    risk(z) ≥ Σ_k λ_k (a_k − g_k·z) ≥ Σ λ_k a_k + Σ rows μ·bound + Σ_m min over the box of (−λ·g − Bᵀμ)_m z_m

SciPy finds λ, μ; the bound is then computed from them by weak duality alone, so a wrong λ, μ only weakens it. The
plans are SciPy's too, checked for feasibility. The guard is left out: a bound without it holds with it. Its
limits: some thousand nodes of a few dozen measures and scenarios, each node asking every scenario again; mean, CVaR and
worst only.
"""

from __future__ import annotations

import heapq

import numpy as np
from scipy.sparse import csr_matrix, vstack

from counterpact.strategy.instance import Instance, Scenario, Vector
from counterpact.strategy.proving.certificate import FEASIBLE, tail_weights, violation
from counterpact.strategy.solving.package import Package


def lower_bound_holds(instance: Instance, package: Package, *, nodes: int, tolerance: float = 1e-6) -> bool:
    """Whether no z has less risk than `package.lower_bound`, shown with at most `nodes` nodes."""
    if package.request.risk.kind not in ("mean", "cvar", "worst"):
        return False  # regret and satisficing are no convex function of the replies alone
    prover = _Prover(instance, package)
    target = package.lower_bound - tolerance * (1 + abs(package.lower_bound))
    heap: list[tuple[float, int, Vector, Vector]] = [(-np.inf, 0, *prover.box)]
    count = 0
    while heap:
        _, _, low, high = heapq.heappop(heap)
        branch: int | None = None
        while True:
            count += 1
            if count > nodes:
                return False
            bound, z = prover.bound(low, high)
            if bound >= target:
                break
            value = prover.learn(z)
            if value - bound > tolerance * (1 + abs(value)):
                continue
            inside = np.flatnonzero((high > low) & instance.leader.integer)
            if not len(inside):
                return False
            branch = int(inside[np.argmin(np.abs(z[inside] - 0.5))])
            break
        if branch is not None:
            for side in (0.0, 1.0):
                a, b = low.copy(), high.copy()
                a[branch] = b[branch] = side
                heapq.heappush(heap, (bound, count * 2 + int(side), a, b))
    return True


class _Prover:
    def __init__(self, instance: Instance, package: Package) -> None:
        leader, request = instance.leader, package.request
        self.instance, self.risk = instance, request.risk
        self.probability = np.array([s.probability for s in instance.scenarios])
        names = list(request.budgets)
        budget = leader.cost[[leader.resources.index(n) for n in names]]
        self.B = csr_matrix(vstack([leader.B, csr_matrix(budget)])) if names else csr_matrix(leader.B)
        self.low = np.concatenate([leader.row_lower, np.full(len(names), -np.inf)])
        self.high = np.concatenate([leader.row_upper, [request.budgets[n] for n in names]])
        start, stop = np.zeros(len(leader.names)), np.ones(len(leader.names))
        start[[leader.names.index(n) for n in request.require]] = 1.0
        stop[[leader.names.index(n) for n in request.forbid]] = 0.0
        self.box = (start, stop)
        self.a: list[float] = []
        self.g: list[Vector] = []
        for sweep in (package.sweep_before, package.sweep):
            self.recall(sweep.plans, sweep.z)
        self.learn(start)

    def recall(self, plans: Vector, z: Vector) -> None:
        """Add the cut of stored plans (S, O, n), if every one of them is feasible."""
        instance = self.instance
        constant = np.zeros(len(instance.scenarios))
        slope = np.zeros((len(instance.scenarios), len(z)))
        for s, scenario in enumerate(instance.scenarios):
            for o, weight in enumerate(instance.weights):
                if violation(scenario, plans[s, o]) > FEASIBLE:
                    return
                base = scenario.harm[o] / instance.normalisers[o] + scenario.fixed
                constant[s] += weight * float(base @ plans[s, o])
                slope[s] += weight * (scenario.penalty.T @ plans[s, o])
        self._keep(constant, slope, constant - slope @ z)

    def _keep(self, constant: Vector, slope: Vector, values: Vector) -> float:
        q = tail_weights(values, self.probability, self.risk.kind, self.risk.alpha)
        self.a.append(float(q @ constant))
        self.g.append(q @ slope)
        return float(q @ values)

    def learn(self, z: Vector) -> float:
        """Add the cut of the replies at z; returns the risk at z by these (feasible) plans."""
        instance = self.instance
        values = np.zeros(len(instance.scenarios))
        constant = np.zeros(len(instance.scenarios))
        slope = np.zeros((len(instance.scenarios), len(z)))
        for s, scenario in enumerate(instance.scenarios):
            pull = scenario.penalty @ z
            for o, weight in enumerate(instance.weights):
                base = scenario.harm[o] / instance.normalisers[o] + scenario.fixed
                plan = _reply(scenario, base - pull)
                if plan is None or violation(scenario, plan) > FEASIBLE:
                    return np.inf
                constant[s] += weight * float(base @ plan)
                slope[s] += weight * (scenario.penalty.T @ plan)
            values[s] = constant[s] - slope[s] @ z
        return self._keep(constant, slope, values)

    def bound(self, low: Vector, high: Vector) -> tuple[float, Vector]:
        """(safe lower bound over the box and the leader's rows, a z to learn from); +inf if shown empty."""
        from scipy.optimize import linprog

        g, a = np.array(self.g), np.array(self.a)
        up, down = np.isfinite(self.high), np.isfinite(self.low)
        rows = np.vstack([self.B[up].toarray(), -self.B[down].toarray()])
        limit = np.concatenate([self.high[up], -self.low[down]])
        M = len(low)
        A = np.vstack([np.hstack([-g, -np.ones((len(a), 1))]), np.hstack([rows, np.zeros((len(limit), 1))])])
        bounds = [*zip(low, high, strict=True), (None, None)]
        answer = linprog(np.append(np.zeros(M), 1.0), A_ub=A, b_ub=np.concatenate([-a, limit]), bounds=bounds)
        if answer.status == 2:
            return (np.inf if _empty(rows, limit, low, high) else -np.inf), low
        if answer.status != 0:
            return -np.inf, low
        dual = np.maximum(0.0, -answer.ineqlin.marginals)
        weight, mu = dual[: len(a)], dual[len(a) :]
        weight = weight / weight.sum() if weight.sum() > 0 else np.full(len(a), 1 / len(a))
        price = rows.T @ mu - weight @ g
        safe = float(weight @ a - mu @ limit + np.minimum(price * low, price * high).sum())
        return safe, np.clip(np.asarray(answer.x)[:M], low, high)


def _empty(rows: Vector, limit: Vector, low: Vector, high: Vector) -> bool:
    """Whether some multipliers μ ≥ 0 show that rows·z ≤ limit has no z in the box (Farkas, checked by numpy)."""
    from scipy.optimize import linprog

    k = len(limit)
    A = np.hstack([rows, -np.eye(k)])
    cost = np.concatenate([np.zeros(len(low)), np.ones(k)])
    bounds = [*zip(low, high, strict=True), *[(0, None)] * k]
    answer = linprog(cost, A_ub=A, b_ub=limit, bounds=bounds)
    if answer.status != 0:
        return False
    mu = np.maximum(0.0, -answer.ineqlin.marginals)
    price = rows.T @ mu
    return float(np.minimum(price * low, price * high).sum() - mu @ limit) > 1e-9


def _reply(scenario: Scenario, cost: Vector) -> Vector | None:
    from scipy.optimize import linprog

    up, down = np.isfinite(scenario.upper), np.isfinite(scenario.lower)
    A = csr_matrix(scenario.A)
    answer = linprog(
        -cost,
        A_ub=vstack([A[up], -A[down]]).toarray(),
        b_ub=np.concatenate([scenario.upper[up], -scenario.lower[down]]),
        bounds=[(0.0, float(c)) for c in scenario.ceiling],
    )
    if answer.status != 0 or answer.x is None:
        return None
    plan: Vector = np.clip(answer.x, 0.0, scenario.ceiling)
    return plan
