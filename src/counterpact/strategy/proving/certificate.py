"""Check a package without the solver: numpy and scipy only, written apart from the solver's path.

(i) For every scenario and objective a safe bound from the stored row duals, projected to the signs their rows allow:
    Σ u⁺·upper − Σ u⁻·lower + Σ_j ceiling_j · max(0, c_j − (Aᵀu)_j), so the upper bound of the risk is proven.
(ii) Every stored plan is feasible in its scenario and its value is the one claimed.
(iii) The lower bound is `proven` only if an own branch and bound (`proof`) covers all z, else `solver-claimed`.
(iv) In every scenario there is room for civilian goods (`room`).
`passed` means (i), (ii) and (iv); the status of (iii) is shown beside it. A regret is measured against the least
that each scenario can have: lower bounds of other package problems, as the solver claims them; the details say so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpact.strategy.instance import Instance, Scenario, Vector
from counterpact.strategy.proving.room import without_room
from counterpact.strategy.solving.package import Package

#: Largest violation of a plan that passes, relative to 1 + |bound|.
FEASIBLE = 1e-6
#: Largest excess of a proven bound over the claimed value, relative to 1 + |value|.
CLOSE = 1e-6


@dataclass(frozen=True)
class Certificate:
    """What was checked and found."""

    passed: bool
    upper_bound: float  # proven risk at z
    claimed_upper_bound: float
    worst_violation: float  # of any plan in its scenario
    worst_slack: float  # dual bound above plan value, largest over replies, relative
    lower_bound_status: str
    details: tuple[str, ...]


def safe_bound(scenario: Scenario, cost: Vector, duals: Vector) -> float:
    """Upper bound on max cost·y of the scenario from any row duals (rows,), whoever made them."""
    u = np.nan_to_num(duals, nan=0.0, posinf=0.0, neginf=0.0)
    u = np.where(np.isinf(scenario.upper), np.minimum(u, 0.0), u)
    u = np.where(np.isinf(scenario.lower), np.maximum(u, 0.0), u)
    bound: float = sum(
        float(x) * (h if x > 0 else lo) for x, lo, h in zip(u, scenario.lower, scenario.upper, strict=True) if x
    )
    violation = np.maximum(cost - scenario.A.T @ u, 0.0)
    return float(bound) + float(scenario.ceiling @ violation)


def violation(scenario: Scenario, plan: Vector) -> float:
    """Worst violation of the scenario's rows and ceilings by a plan, relative to 1 + |bound|; inf if not a number."""
    if not np.all(np.isfinite(plan)):
        return float("inf")
    flow = scenario.A @ plan
    worst = [0.0]
    for limit, excess in ((scenario.lower, scenario.lower - flow), (scenario.upper, flow - scenario.upper)):
        there = np.isfinite(limit)
        worst.extend((excess[there] / (1 + np.abs(limit[there]))).tolist())
    worst.extend((-plan).tolist())
    worst.extend(((plan - scenario.ceiling) / (1 + scenario.ceiling)).tolist())
    return max(worst)


def tail(values: Vector, probability: Vector, kind: str, alpha: float) -> float:
    """The risk of values (S,): `mean`, `worst`, or `cvar` by its own formula min_η η + E(v − η)⁺/(1 − α)."""
    share = probability / probability.sum()
    if kind in ("mean", "satisfice"):
        return float(share @ values)
    if kind in ("worst", "regret"):
        return float(values.max())
    return min(float(e + share @ np.maximum(values - e, 0.0) / (1 - alpha)) for e in np.unique(values))


def tail_weights(values: Vector, probability: Vector, kind: str, alpha: float) -> Vector:
    """Allowed weights (S,) of the scenarios, the ones that make the risk of these values."""
    share: Vector = probability / probability.sum()
    if kind == "mean":
        return share
    q, left = np.zeros(len(share)), 1.0
    for s in np.argsort(-values, kind="stable"):
        q[s] = left if kind == "worst" else min(left, share[s] / (1 - alpha))
        left -= q[s]
    return q


def check(instance: Instance, package: Package, *, nodes: int = 0) -> Certificate:
    """Check the package against the instance. Never raises on a bad package: says what fails.

    `nodes` > 0 tries to prove the lower bound by an own branch and bound of so many nodes (small instances).
    """
    leader, z = instance.leader, package.z
    details: list[str] = []
    proven = np.zeros((len(instance.scenarios), len(instance.objectives)))
    reached = np.zeros_like(proven)
    worst, slack = 0.0, 0.0
    start = 0
    for s, scenario in enumerate(instance.scenarios):
        stop = start + scenario.A.shape[0]
        pull = scenario.penalty @ z
        for o in range(len(instance.objectives)):
            cost = scenario.harm[o] / instance.normalisers[o] + scenario.fixed - pull
            plan = package.sweep.plans[s, o]
            proven[s, o] = safe_bound(scenario, cost, package.sweep.duals[start:stop, o])
            broken = violation(scenario, plan)
            worst = max(worst, broken)
            reached[s, o] = float(cost @ plan) if broken <= FEASIBLE else -np.inf
            if broken <= FEASIBLE:
                slack = max(slack, (proven[s, o] - float(cost @ plan)) / (1 + abs(proven[s, o])))
        start = stop
    probability = np.array([s.probability for s in instance.scenarios])
    risk = package.request.risk
    scored = _scored(instance, package, proven, details)
    upper = tail(scored, probability, risk.kind, risk.alpha)
    if not package.request.every_value and risk.kind != "satisfice":
        # replies that do not bear on the risk need not be exact: what counts is the risk by plans and by bounds
        plans = _scored(instance, package, reached, [])
        slack = (upper - tail(plans, probability, risk.kind, risk.alpha)) / (1 + abs(upper))
    good = _judge(instance, package, upper, worst, slack, details)
    cramped = without_room(instance, z)
    if cramped:
        good = False
        details.append(f"{len(cramped)} scenarios leave too little room for civilian goods, the first is {cramped[0]}")
    whole = z[leader.integer]
    if np.any(np.minimum(whole, 1 - whole) > 1e-9):
        good = False
        details.append("a measure is neither on nor off")
    status = "solver-claimed"
    if nodes:
        from counterpact.strategy.proving.proof import lower_bound_holds

        status = "proven" if lower_bound_holds(instance, package, nodes=nodes) else status
    details.append(f"the lower bound is {status}")
    return Certificate(good, upper, package.upper_bound, worst, slack, status, tuple(details))


def _scored(instance: Instance, package: Package, values: Vector, details: list[str]) -> Vector:
    """What the risk is taken of, (S,): values, regrets, or 1 where a scenario fails its threshold."""
    combined: Vector = values @ instance.weights
    kind = package.request.risk.kind
    if kind == "regret":
        offsets = package.offsets if package.offsets is not None else np.full(len(combined), -np.inf)
        details.append("regret is measured against the least that each scenario can have, as the solver claims it")
        return combined - offsets
    if kind == "satisfice":
        today = np.zeros(len(combined))
        for s, scenario in enumerate(instance.scenarios):
            for o, weight in enumerate(instance.weights):
                plan = package.sweep_before.plans[s, o]
                base = scenario.harm[o] / instance.normalisers[o] + scenario.fixed
                today[s] += weight * float(base @ plan) if violation(scenario, plan) <= FEASIBLE else -np.inf
        limit = (1 - package.request.risk.threshold) * today + FEASIBLE * (1 + np.abs(today))
        failed: Vector = (combined > limit).astype(np.float64)
        return failed
    return combined


def _judge(instance: Instance, package: Package, upper: float, worst: float, slack: float, details: list[str]) -> bool:
    leader, z, good = instance.leader, package.z, True
    if upper > package.upper_bound + CLOSE * (1 + abs(upper)):
        good = False
        details.append(f"the proven risk {upper:.6g} is above the claimed {package.upper_bound:.6g}")
    if worst > FEASIBLE:
        good = False
        details.append(f"a stored plan breaks its scenario by {worst:.2g}")
    if slack > 10 * CLOSE:
        good = False
        details.append(f"a reply's value is not proven: its dual bound lies {slack:.2g} above its plan")
    activity = leader.B @ z
    for name, value, low, high in zip(leader.row_names, activity, leader.row_lower, leader.row_upper, strict=True):
        if value < low - 1e-7 or value > high + 1e-7:
            good = False
            details.append(f"the limit {name} does not hold")
    for name, most in package.request.budgets.items():
        if float(leader.cost[leader.resources.index(name)] @ z) > most + 1e-7:
            good = False
            details.append(f"the budget of {name} is exceeded")
    if good:
        details.append("the upper bound is proven and every stored plan is feasible in its scenario")
    return good
