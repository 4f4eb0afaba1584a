"""What a schedule holds: names and plain numbers, for report, workbench and tests. Nothing here computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterpact.strategy.outcome import Range

if TYPE_CHECKING:
    from counterpact.strategy.compiling.compile import Compiled
    from counterpact.strategy.proving.certificate import Certificate
    from counterpact.strategy.schedule.expand import Expanded
    from counterpact.strategy.schedule.wish import Wish
    from counterpact.strategy.solving.package import Package


@dataclass(frozen=True)
class Step:
    """One measure of the schedule.

    `cells`: for each period `decided` (held, does not act yet in any scenario), `partly` (acts in some of the
    scenarios), `acts` (in all), `lifted` (given up) or empty. `acts_from`: earliest and latest period over the
    scenarios from which it acts; empty = not within the horizon.
    """

    id: str
    name: str
    line: str
    action: str  # adopt, strengthen, let lapse
    begins: str  # period, or the day it was done
    lifted: str  # period in which it is given up; empty = kept
    done: bool  # decided before; not a choice any more
    acts_from: tuple[str, str]
    cells: tuple[str, ...]
    lead_months: tuple[float, float]
    money: tuple[float, float]  # USD million a year
    political: float
    who: tuple[str, ...]
    touches_model: bool
    note: str  # "begins to act after the horizon in some scenarios", …


@dataclass(frozen=True)
class PeriodOutcome:
    """One period: what begins, what it costs, and the risk in it (combined, a year).

    `risk_before`, `risk_after`: the period's share of the horizon's risk, in the replies that make it; they sum, each
    times its length and discount, to the horizon's. `most`: the risk under the schedule if the adversary cared about
    this period alone and saved up for it: no reply is worse in it.
    """

    label: str
    years: float
    begins: tuple[str, ...]
    lifts: tuple[str, ...]
    joins: tuple[str, ...]  # actors that must take part for the first time
    cost: Mapping[str, tuple[float, float]]  # resource → interval; money as an amount in the period, others as a level
    budget: Mapping[str, float]
    risk_before: float
    risk_after: float
    most: float


@dataclass(frozen=True)
class ScheduleObjective:
    """One objective: the most they could deliver a year, over the horizon and in each period of the replies."""

    objective: str
    name: str
    unit: str
    before: Range
    after: Range
    by_period: tuple[Range, ...]
    before_by_period: tuple[Range, ...]


@dataclass(frozen=True)
class Change:
    """What a new schedule does differently from the one it replaces. Periods are empty where there is no decision."""

    id: str
    name: str
    was: str
    now: str


@dataclass(frozen=True)
class Branch:
    """One side of a signpost: the scenarios in which it is met, and the best that can still be done there."""

    condition: str
    probability: float
    scenarios: int
    risk_kept: float  # with the schedule as it is
    risk_blind: float  # re-planned from the same period without knowing
    risk_after: float  # re-planned for this branch
    gap: float
    changes: tuple[Change, ...]  # against the schedule re-planned without knowing


@dataclass(frozen=True)
class Signpost:
    """An observable and the value that tells two branches of the world apart.

    `worth`: expected risk taken away by knowing, beyond what re-planning without knowing would bring. `threshold` is a
    value drawn in a scenario: the least of the upper branch.
    """

    name: str
    label: str
    unit: str
    threshold: float
    seen: str  # period in which it can be seen
    decide: str  # first period that can be re-planned then
    why: str
    spread: float  # share of the differences between the scenarios that it explains
    worth: float
    below: Branch
    above: Branch


@dataclass(frozen=True)
class Schedule:
    """Everything `make_schedule` answers. Risks are combined, a year on average over the horizon."""

    wish: Wish
    package: Package
    certificate: Certificate
    compiled: Compiled
    expanded: Expanded
    periods: tuple[str, ...]
    now: str
    steps: tuple[Step, ...]
    by_period: tuple[PeriodOutcome, ...]
    objectives: tuple[ScheduleObjective, ...]
    cost: Mapping[str, tuple[float, float]]
    risk_before: float
    risk_after: float
    lower_bound: float
    gap: float
    too_late: Mapping[str, str]
    signposts: tuple[Signpost, ...]
    scenarios: int
    seed: int
    notes: tuple[str, ...]
