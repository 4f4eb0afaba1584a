"""What the picture says. Arrays are indexed by channel in the order of `Picture.channels`, baseline year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from counterpact.quantity import Quantity


class ConflictKind(StrEnum):
    """Why facts about one estimand cannot be put side by side."""

    PERIODS = "different periods"
    DEFINITIONS = "different definitions"
    CONFLICT = "true conflict"


@dataclass(frozen=True)
class Contradiction:
    """A minimal set of facts that cannot all hold: drop any one and the rest can.

    `adjustments` maps a fact id to the least change of its nearest end (in its unit) that would mend the set
    if it alone gave way. `suspects` names factors that take part. `verified`: infeasible as a whole and every
    proper subset obtained by leaving one out is feasible, both re-solved.
    """

    kind: ConflictKind
    estimands: tuple[str, ...]
    facts: tuple[str, ...]
    origins: tuple[str, ...]
    suspects: tuple[str, ...]
    adjustments: Mapping[str, float]
    verified: bool
    explanation: str


@dataclass(frozen=True)
class Check:
    """A defect or warning found by arithmetic, units, sums, subsets or dates, without being told.

    `rule`: short name (`part-sum`, `misprint`, `record-claim`, `same-origin`, `subset`, `unit-arithmetic`,
    `rival-values`, `forecast-as-fact`, `denial`, …). `severity`: `error`, `warning` or `note`.
    """

    rule: str
    severity: str
    facts: tuple[str, ...]
    estimand: str
    message: str


@dataclass(frozen=True)
class Bound:
    """Least and greatest value per world and their union, for a channel or an estimand in one period."""

    id: str
    union: Quantity
    per_world: tuple[Quantity, ...]
    from_evidence: bool  # False: only the assumed ceiling limits it


@dataclass(frozen=True)
class World:
    """A maximal consistent set of facts: one way of resolving every true conflict."""

    facts: frozenset[str]
    dropped: tuple[str, ...]
    weight: float  # share of all worlds, from confidence and independent origins; sums to 1


@dataclass(frozen=True)
class Samples:
    """Flows of the baseline year drawn from the worlds.

    `flows`: (draws, channels), unit of each channel per year. `world`: (draws,) index into `Picture.worlds`.
    `factors`: factor id → (draws,) drawn values. `rhat`, `ess_bulk`, `ess_tail`: per headline estimand, worst
    over worlds.
    """

    flows: NDArray[np.float64]
    world: NDArray[np.int64]
    factors: Mapping[str, NDArray[np.float64]]
    rhat: Mapping[str, float]
    ess_bulk: Mapping[str, float]
    ess_tail: Mapping[str, float]
    seed: int
    note: str


@dataclass(frozen=True)
class EvidenceValue:
    """How much knowing one estimand or channel exactly would shrink an objective's bounds.

    `shrink`: share of the objective's present width that would go, worst to best over where the truth lies.
    """

    target: str
    objective: str
    shrink_low: float
    shrink_high: float
    reason: str


@dataclass(frozen=True)
class Picture:
    """The reconciled evidence of a case."""

    case_revision: str
    channels: tuple[str, ...]
    worlds: tuple[World, ...]
    worlds_complete: bool
    contradictions: tuple[Contradiction, ...]
    contradictions_complete: bool
    checks: tuple[Check, ...]
    channel_bounds: Mapping[str, Bound]
    estimand_bounds: Mapping[str, Bound]
    objective_bounds: Mapping[str, Bound]
    samples: Samples
    evidence_values: tuple[EvidenceValue, ...]
    unbound_facts: Mapping[str, str]  # fact id → why it binds nothing (plan, denial, definition differs, …)
