"""What a plan holds: the answers of the strategy room in names and plain numbers, for report, workbench and tests.

Ranges are quantiles over the scenarios drawn, never more than that: `Range.label` says so. Nothing here computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterpact.strategy.compiling.compile import Compiled
    from counterpact.strategy.proving.certificate import Certificate
    from counterpact.strategy.solving.package import Package, Request


@dataclass(frozen=True)
class Range:
    """A value over scenarios: weighted mean, the middle 90 %, and the ends of what was drawn."""

    mean: float
    low: float  # 5 % quantile
    high: float  # 95 % quantile
    least: float
    most: float
    unit: str = ""

    @property
    def label(self) -> str:
        """What the ends mean."""
        return "5 to 95 % of the scenarios drawn"


@dataclass(frozen=True)
class ObjectiveOutcome:
    """One objective under the guarantee reading: the most they could deliver, today and under the package."""

    objective: str
    name: str
    unit: str
    sampled_flow: Range  # what the evidence says flows today, before asking what they could still do
    status_quo: Range
    package: Range
    reduction: float  # share of the mean that the package takes away
    weight: float
    normaliser: float


@dataclass(frozen=True)
class ChosenMeasure:
    """A measure of the package."""

    id: str
    name: str
    line: str
    action: str  # adopt, strengthen, let lapse
    who: tuple[str, ...]
    lead_months: tuple[float, float]
    money: tuple[float, float]  # USD million a year
    political: float
    civilian_harm: float
    escalation: float
    requires: tuple[str, ...]
    bases: tuple[str, ...]  # bases of its effects, e.g. ("assumption",)
    assumed_only: bool  # every effect it has rests on an assumed interval alone
    last_in: float  # risk that comes back if it alone is dropped, share of the package's effect
    touches_model: bool  # False: it only enables or serves outside the adversary model


@dataclass(frozen=True)
class Route:
    """One way harm reaches an objective: channels in order, and the amount delivered over scenarios.

    `harm` in the objective's unit; `share` of the objective's mean; `used_in`: share of scenarios that use it.
    """

    objective: str
    channels: tuple[str, ...]
    harm: Range
    share: float
    used_in: float

    @property
    def key(self) -> str:
        """Stable name: objective and channels."""
        return f"{self.objective}: " + " > ".join(self.channels)


@dataclass(frozen=True)
class Reply:
    """The adversary's best reply to one set of measures: routes of stable replies over representative scenarios."""

    measures: tuple[str, ...]
    objectives: Mapping[str, Range]  # objective → value, own unit
    routes: tuple[Route, ...]
    channels: Mapping[str, Range]  # channel → amount sent, averaged over the objectives' replies
    scenarios: int
    note: str


@dataclass(frozen=True)
class Shift:
    """Displacement on one channel: stable reply under the package minus stable reply today."""

    channel: str
    name: str
    unit: str
    today: Range
    under: Range
    change: Range
    blocked_by: tuple[str, ...]  # measures of the package that act on it


@dataclass(frozen=True)
class Closing:
    """The cheapest additional measures found that close a route, or the most that can be closed."""

    measures: tuple[str, ...]
    joins: tuple[str, ...]  # actors who would have to come in as well
    cost: Mapping[str, float]
    closes: float  # mean share of the route's capacity taken away by the package and these measures together
    risk_before: float
    risk_after: float  # combined risk after the adversary has gone round that as well
    fits_budget: bool


@dataclass(frozen=True)
class Loophole:
    """A route left open by the package. `value`: combined risk it carries, mean over scenarios."""

    route: Route
    value: float
    open_share: float  # mean share of its capacity that the package leaves open
    closing: Closing | None
    closed: bool  # "closed under these assumptions": in every scenario, with the certificate passed
    why_open: str


@dataclass(frozen=True)
class LineContribution:
    """What one line of effort adds to the package's effect. Only `shapley` sums to the whole."""

    line: str
    measures: tuple[str, ...]
    shapley: float  # combined risk
    share: float  # of the package's effect
    alone: float
    last_in: float


@dataclass(frozen=True)
class Contribution:
    """Exact Shapley values over the lines on representative scenarios, with their error against all scenarios."""

    lines: tuple[LineContribution, ...]
    total: float  # v(all lines) on the representatives
    total_all: float  # the same on all scenarios
    scenarios: int
    error: float  # largest |v on representatives − v on all| over the coalitions compared, share of the total
    compared: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class HindcastChannel:
    """One channel of a hindcast: change of flow (share) observed and as the model replies."""

    channel: str
    name: str
    observed: tuple[float, float] | None
    observed_sign: int
    modelled: Range
    covered: bool | None
    sign_right: bool | None


@dataclass(frozen=True)
class Hindcast:
    """One past episode replayed: facts frozen at `cutoff`, the reply to a later measure, what then happened."""

    id: str
    title: str
    cutoff: str
    measures: tuple[str, ...]
    facts: tuple[str, ...]
    channels: tuple[HindcastChannel, ...]
    rank_correlation: float | None
    verdict: str  # hit, partly, miss, not tested
    note: str


@dataclass(frozen=True)
class Driver:
    """An uncertain draw and how it goes with the residual risk (Spearman), and with what the package achieves."""

    name: str
    label: str
    risk: float
    effect: float
    low: float
    high: float


@dataclass(frozen=True)
class DrivingBox:
    """Conditions under which the package does worst (PRIM peel): draws and their limits."""

    limits: Mapping[str, tuple[float, float]]
    coverage: float
    density: float
    mass: float
    threshold: float


@dataclass(frozen=True)
class Reopened:
    """A channel they would use more without a measure: mean amount over representative scenarios."""

    channel: str
    name: str
    more: float
    unit: str


@dataclass(frozen=True)
class Inside:
    """Why a measure is in the package: what comes back if it alone is dropped.

    `loss`: combined risk; `share` of the package's effect; `objective`: the one hit most, by `more` in its unit
    (mean); `reopens`: the channels it acts on that they would use more; `needed_by`: measures that fall with it.
    """

    measure: str
    name: str
    loss: float
    share: float
    objective: str
    more: float
    unit: str
    reopens: tuple[Reopened, ...]
    needed_by: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Outside:
    """Why a measure is not in the package: what it would add with all it needs, and what keeps it out.

    `lacks`: resource → amount beyond the limit; `displaces`: the member that frees as much at the least loss, with
    that `loss` (combined risk).
    """

    measure: str
    name: str
    brings: tuple[str, ...]  # prerequisites and actors that would have to come along
    gain: float
    share: float
    objective: str
    lacks: Mapping[str, float]
    displaces: str
    loss: float
    why: str


@dataclass(frozen=True)
class Joiner:
    """A member of the coalition: `loss` of combined risk and `share` of the effect if it does not join, measures then
    without their vote (`lost`); `takes_part`: share of the scenarios in which it takes part once it has joined."""

    actor: str
    name: str
    loss: float
    share: float
    lost: tuple[str, ...]
    takes_part: float
    must: bool  # in the smallest coalition found that keeps `Coalition.keeps` of the effect


@dataclass(frozen=True)
class Newcomer:
    """An actor not asked to join: combined risk its joining would take away, alone by enforcing what is adopted
    (`alone`) and with the best measure that needs nobody else (`gain`, `measure`); `political`: what asking costs."""

    actor: str
    name: str
    alone: float
    gain: float
    share: float  # gain, of the package's effect
    measure: str
    political: float
    takes_part: float


@dataclass(frozen=True)
class Coalition:
    """Who must join, and what one more member is worth. `keeps`: share of the effect the smallest coalition keeps."""

    members: tuple[Joiner, ...] = ()
    newcomers: tuple[Newcomer, ...] = ()
    keeps: float = 0.0


@dataclass(frozen=True)
class WeightFlip:
    """Whether another weight of one objective would change the package."""

    objective: str
    weight: str  # "doubled" or "left out"
    flips: bool
    enters: tuple[str, ...]
    leaves: tuple[str, ...]


@dataclass(frozen=True)
class FrontierPoint:
    """A package at one level of the budgets."""

    scale: float  # share of the request's budgets
    cost: Mapping[str, float]
    risk: float
    effect: float  # share of today's risk taken away
    gap: float
    measures: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Everything `make_plan` answers."""

    request: Request
    package: Package
    certificate: Certificate
    compiled: Compiled
    measures: tuple[ChosenMeasure, ...]
    joins: tuple[str, ...]
    cost: Mapping[str, tuple[float, float]]  # resource → interval
    budgets: Mapping[str, float]
    objectives: tuple[ObjectiveOutcome, ...]
    risk_before: float
    risk_after: float
    assumption_share: float
    equal_assumptions: tuple[str, ...]  # measures of the package when all assumed intervals are equal
    equal_overlap: float  # share of this package's measures that are in that one too
    frontier: tuple[FrontierPoint, ...]
    next_unit: Mapping[str, float]  # resource → risk taken away per unit more of all budgets together
    reply: Reply
    displacement: tuple[Shift, ...]
    loopholes: tuple[Loophole, ...]
    contribution: Contribution
    calibration: tuple[Hindcast, ...]
    drivers: tuple[Driver, ...]
    box: DrivingBox | None
    weights: tuple[WeightFlip, ...]
    scenarios: int
    representatives: int
    seed: int
    notes: tuple[str, ...]
    inside: tuple[Inside, ...] = ()
    outside: tuple[Outside, ...] = ()
    coalition: Coalition = Coalition()
