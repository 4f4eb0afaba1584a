"""Is there room for civilian goods? Checked with SciPy, apart from the design's guard.

    W(z) = min Σ e_i / r_i   s.t.  rows,  delivered·g + e ≥ r,  0 ≤ g_j ≤ ceiling_j (1 − closes_jm z_m) ∀m

W(z) = 0: room for all that is required. Where even z = 0 leaves none, the package may take nothing further:
with e_i / r_i no greater than the least common share t that z = 0 allows, W(z) ≤ W(0).
"""

from __future__ import annotations

import numpy as np

from counterpact.strategy.instance import CivilianSystem, Instance, Vector

#: Total of lacking shares that passes, for each need.
TOLERANCE = 3e-6


def without_room(instance: Instance, z: Vector) -> list[int]:
    """Scenarios in which z leaves too little room for civilian goods."""
    lacking = []
    witness: Vector | None = None
    for s, scenario in enumerate(instance.scenarios):
        system = scenario.civilian
        if system is None:
            continue
        ceiling = _ceiling(system, z)
        if np.array_equal(ceiling, system.ceiling) or _serves(system, ceiling, witness):
            continue
        total, plan = _least(system, ceiling, None)
        tolerance = TOLERANCE * len(system.required)
        if total <= tolerance:
            witness = plan
            continue
        share, _ = _least(system, system.ceiling, "share")
        today, _ = _least(system, system.ceiling, share)
        if today <= tolerance or _least(system, ceiling, share)[0] > today + tolerance:
            lacking.append(s)
    return lacking


def _ceiling(system: CivilianSystem, z: Vector) -> Vector:
    closed = system.closes.tocoo()
    most = np.zeros(closed.shape[0])
    np.maximum.at(most, closed.row, closed.data * np.clip(z, 0.0, 1.0)[closed.col])
    left: Vector = system.ceiling * (1.0 - np.clip(most, 0.0, 1.0))
    return left


def _serves(system: CivilianSystem, ceiling: Vector, g: Vector | None) -> bool:
    """Whether a plan of another scenario will do here too."""
    if g is None or len(g) != len(ceiling) or np.any(g > ceiling + 1e-12):
        return False
    activity = system.A @ g
    kept = np.all(activity <= system.upper + 1e-9) and np.all(activity >= system.lower - 1e-9)
    return bool(kept and np.all(system.delivered @ g >= system.required * (1 - TOLERANCE)))


def _least(system: CivilianSystem, ceiling: Vector, share: float | str | None) -> tuple[float, Vector]:
    """(least total of lacking shares, its plan); with "share" the least common share; a number caps each share."""
    from scipy.optimize import linprog

    needs, n = system.delivered.shape
    scale = np.maximum(system.required, 1e-9)
    A = system.A.toarray()
    up, down = np.isfinite(system.upper), np.isfinite(system.lower)
    flow = np.vstack([A[up], -A[down], -system.delivered.toarray()])
    limit = np.concatenate([system.upper[up], -system.lower[down], -system.required])
    lack = np.vstack([np.zeros((int(up.sum() + down.sum()), needs)), -np.eye(needs)])
    common = share == "share"
    rows = np.hstack([flow, lack, np.zeros((flow.shape[0], 1))])
    most = np.asarray(system.required if not isinstance(share, float) else share * scale * (1 + 1e-7) + 1e-9 * scale)
    cost = np.concatenate([np.zeros(n), np.zeros(needs) if common else 1 / scale, [1.0 if common else 0.0]])
    if common:
        rows = np.vstack([rows, np.hstack([np.zeros((needs, n)), np.eye(needs), -scale[:, None]])])
        limit = np.concatenate([limit, np.zeros(needs)])
    bounds = [*zip(np.zeros(n), ceiling, strict=True), *zip(np.zeros(needs), most, strict=True), (0.0, 1.0)]
    answer = linprog(cost, A_ub=rows, b_ub=limit, bounds=bounds)
    if answer.status != 0 or answer.x is None or answer.fun is None:
        return float("inf"), np.zeros(n)
    return float(answer.fun), np.asarray(answer.x[:n])
