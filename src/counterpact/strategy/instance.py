"""The strategy problem as arrays: what the case is compiled into and what the engine solves.

Adversary, for scenario s, objective o and leader variables z (STRATEGY B, guarantee reading):

    H_so(z) = max_y (h_so − P_s z)·y   s.t.  lower_s ≤ A_s y ≤ upper_s,  0 ≤ y ≤ ceiling_s

`z` stands in the objective alone, so every reply y is a cut θ_s ≥ Σ_o w_o (h_so·y_o − z·P_sᵀ y_o), valid
everywhere. Leader: z ∈ Z, a mixed-binary polyhedron with budgets, levels, prerequisites, participation.
Guard: for every scenario the civilian system keeps room (see `CivilianSystem`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class CivilianSystem:
    """Room for civilian goods in one scenario: max need·served s.t. rows, 0 ≤ g ≤ ceiling·(1 − blocked).

    A column j is closed by any leader variable with closes[j, m] = 1 (then g_j ≤ ceiling_j (1 − z_m)), or
    de-risked by a share (then g_j ≤ ceiling_j (1 − closes[j, m] z_m)). `required[i]` is the least of
    `delivered` row i; each must reach min(required, its value at z = 0).
    """

    A: csc_matrix
    lower: Vector
    upper: Vector
    ceiling: Vector
    closes: csr_matrix  # (columns, leader variables), entries in [0, 1]
    delivered: csr_matrix  # (needs, columns)
    required: Vector
    names: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """One resolved state of the unknowns."""

    A: csc_matrix  # (rows, columns)
    lower: Vector
    upper: Vector
    ceiling: Vector  # (columns,), finite
    harm: NDArray[np.float64]  # (objectives, columns), h in the objective's own unit
    fixed: Vector  # (columns,), ≤ 0: cost in the objective of shortfalls and emergency finance (normalised)
    penalty: csr_matrix  # (columns, leader variables), P in normalised harm; < 0 where a lapse opens a column
    probability: float
    civilian: CivilianSystem | None = None
    draw: int = -1  # row of the sample it came from
    values: dict[str, float] = field(default_factory=dict)  # the draws by name, for discovery


@dataclass(frozen=True)
class Columns:
    """What a column of the follower means, the same in every scenario."""

    channel: NDArray[np.int64]  # index into channel_ids, −1 = slack (shortfall, finance)
    slice_: NDArray[np.int64]
    copy: NDArray[np.int64]
    channel_ids: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Leader:
    """Leader variables and limits: `row_lower ≤ B z ≤ row_upper`, `0 ≤ z ≤ 1`, `integer` where marked.

    `cost[r]` is the cost of each variable on resource r (`money`, `political`, `civilian_harm`,
    `escalation`, budgets per member); `row_names` let an infeasible wish be explained by the clashing limits.
    """

    names: tuple[str, ...]  # measure ids, `join:ACTOR`, `enforce:…`
    kinds: tuple[str, ...]  # measure, participation, enforcement
    integer: NDArray[np.bool_]
    B: csr_matrix
    row_lower: Vector
    row_upper: Vector
    row_names: tuple[str, ...]
    resources: tuple[str, ...]
    cost: NDArray[np.float64]  # (resources, variables)


@dataclass(frozen=True)
class Instance:
    """A strategy problem ready to solve. Combined risk of scenario s: Σ_o weight_o H_so / normaliser_o.

    `loose_rows`: rows (the same numbers in every scenario) that tie otherwise separate parts together and seldom bind,
    such as money. A solver may leave them out and, if the answer keeps them all the same, has the true optimum.
    """

    leader: Leader
    columns: Columns
    scenarios: Sequence[Scenario]
    objectives: tuple[str, ...]
    weights: Vector  # (objectives,), sum 1
    normalisers: Vector  # (objectives,), own unit per 1
    loose_rows: tuple[int, ...] = ()

    @property
    def scale(self) -> Vector:
        """weight / normaliser: turns an objective's own unit into combined risk."""
        return self.weights / self.normalisers
