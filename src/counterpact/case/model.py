"""The nouns of a case (one class per table; one attribute per column, in column order).

Attribute docstrings are the text a user reads in `counterpact case show` and in the reference page.
"""

from __future__ import annotations

import math
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from counterpact.case.values import (
    ActorKind,
    Bound,
    ChannelStatus,
    Claim,
    Day,
    EffectKind,
    EstimandKind,
    GoodKind,
    Ids,
    Lever,
    Line,
    MeasureStatus,
    Mode,
    PeriodCell,
    Phrases,
    Review,
    Side,
)
from counterpact.provenance import Basis, Confidence, Handling, PageClass, Reading
from counterpact.quantity import Factor as ConversionFactor
from counterpact.quantity import Period, Quantity


class Row(BaseModel):
    """A row of a table: frozen, no unknown columns, every row has an `id`."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
    table: ClassVar[str]

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")
    """Stable identifier; edits and references use it, never the row number."""


class Interval(BaseModel):
    """Mixin: `low` and `high`; an empty `high` beside a `low` means no upper limit is known."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    low: float | None = None
    """Lower end; empty = not known."""
    high: float | None = None
    """Upper end; empty = not known."""

    @model_validator(mode="after")
    def _ordered(self) -> Interval:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low:g} is above high {self.high:g}")
        return self


class Source(Row):
    """A publication one can cite."""

    table: ClassVar[str] = "sources"
    title: str
    """Title of the page."""
    publisher: str
    """Who published it."""
    date: Day = ""
    """Date of publication."""
    url: str = ""
    """Address."""
    page_class: PageClass = PageClass.NOT_READ
    """Primary, news, secondary (a re-publisher) or not read."""


class Actor(Row):
    """A state, organisation, place or named group."""

    table: ClassVar[str] = "actors"
    name: str
    """Name shown to people."""
    kind: ActorKind
    """State, organisation, place or group."""
    side: Side
    """Alliance, coalition or third."""
    part_of: str = ""
    """The actor this one belongs to; places nest (a port in a state)."""
    members: Ids = ()
    """For a group: its member actors."""
    iso3: str = ""
    """ISO 3166-1 alpha-3 code of a state."""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    """Degrees north, for the map."""
    longitude: float | None = Field(default=None, ge=-180, le=180)
    """Degrees east, for the map."""
    note: str = ""
    """Remarks."""


class Good(Row):
    """What is exchanged."""

    table: ClassVar[str] = "goods"
    name: str
    """Name shown to people."""
    kind: GoodKind
    """Strategic, civilian, money, people or know-how."""
    unit: str
    """The one unit in which every channel of this good is counted, per year."""
    note: str = ""
    """Remarks."""


class Factor(Row, Interval):
    """A named conversion between units, with its basis."""

    table: ClassVar[str] = "factors"
    name: str
    """What it converts, in words."""
    from_unit: str
    """Unit converted from."""
    to_unit: str
    """Unit converted to: one `from_unit` is `low` to `high` `to_unit`."""
    varies: bool = True
    """True: may differ by period and channel. False: one common unknown constant."""
    basis: Basis = Basis.ASSUMPTION
    """What the interval rests on."""
    facts: Ids = ()
    """Facts behind it."""
    note: str = ""
    """How the interval was set."""

    @property
    def conversion(self) -> ConversionFactor:
        """As a `quantity.Factor`."""
        return ConversionFactor(self.name, self.from_unit, self.to_unit, self.low or 0.0, self.high or 0.0, self.varies)


class Channel(Row):
    """A way one good moves from one place to another, counted per year in the unit of the good."""

    table: ClassVar[str] = "channels"
    name: str
    """Name shown to people."""
    from_place: str
    """Actor id where it starts."""
    to_place: str
    """Actor id where it ends."""
    good: str
    """Good id."""
    mode: Mode
    """How it moves."""
    unit: str
    """Unit per year; must be the good's."""
    status: ChannelStatus
    """Observed, alleged, planned or potential."""
    since: Day = ""
    """When the channel opened."""
    capacity_low: float = Field(ge=0)
    """Least physical or fleet limit per year thought possible."""
    capacity_high: float = Field(ge=0)
    """Greatest physical or fleet limit per year thought possible (finite)."""
    capacity_basis: Basis = Basis.ASSUMPTION
    """What the capacity rests on."""
    jurisdictions: Ids = ()
    """Actors that could act on it (flag, port, transit, bank, customs)."""
    payer: str = ""
    """Actor whose hard currency pays for what is delivered; empty = nobody pays within the model."""
    payee: str = ""
    """Actor that earns the hard currency; empty = outside the alliance."""
    price: str = ""
    """Factor id: hard currency (USD) per unit; needed where payer or payee is given."""
    opening_cost: float = Field(default=0, ge=0)
    """Potential channels: USD to open it."""
    opening_lag_months: float = Field(default=0, ge=0)
    """Potential channels: months until it can carry."""
    facts: Ids = ()
    """Evidence."""
    note: str = ""
    """How flow and capacity were set; carriers and routes."""


class Estimand(Row):
    """What facts are about, defined once, so that rivals meet."""

    table: ClassVar[str] = "estimands"
    name: str
    """What is measured, in words, without any year."""
    kind: EstimandKind
    """Flow, cumulative, stock, share, rate, cap, capacity, count or event."""
    unit: str
    """The unit all its facts are given in, or can be converted to by a named factor."""
    good: str = ""
    """Good id, where the estimand is about a good of the case."""
    channels: Ids = ()
    """Channel ids whose flows it sums; empty = context outside the network. Prefix `-` subtracts."""
    factor: str = ""
    """Factor id that turns the channels' unit into the estimand's unit, where they differ."""
    of: str = ""
    """For a share: the estimand it is a part of."""
    line: Line | None = None
    """The line of effort that reports it first."""
    note: str = ""
    """Definition in full; what it does not include."""


class Fact(Row, Interval):
    """One sourced claim, as made."""

    table: ClassVar[str] = "facts"
    estimand: str = ""
    """Estimand id; empty for a statement without a number."""
    subject: str
    """Who does it, as the source says."""
    object: str
    """To whom, as the source says."""
    unit: str = ""
    """Unit of low and high, from the list of units of the case."""
    bound: Bound = Bound.BETWEEN
    """Between, at least, at most, about, or none."""
    period: PeriodCell | None = None
    """When it is about."""
    definition: str = ""
    """What exactly is counted, where it differs from the estimand's own definition."""
    claim: Claim = Claim.ACTUAL
    """Actual, plan, forecast, denial or rule."""
    statement: str
    """The claim in one sentence."""
    origin: str
    """Who claims it."""
    source: str
    """Source id it was read in."""
    confidence: Confidence = Confidence.MEDIUM
    """High, medium or low."""
    reading: Reading = Reading.MEMORY
    """Read, partly or memory."""
    repeats: str = ""
    """Fact id this one only repeats: not an independent witness."""
    part_of: str = ""
    """Fact id whose amount this one is a part of."""
    corrects: str = ""
    """Fact id that this one corrects (a second reading); the first stays visible."""
    theme: str = ""
    """Subject heading."""
    handling: Handling = Handling.CLEAR
    """Traffic Light Protocol mark."""
    review: Review = Review.DRAFT
    """Draft, reviewed or agreed."""
    dissent: str = ""
    """Who disagrees, and why."""
    note: str = ""
    """Remarks of the reader."""

    @property
    def quantity(self) -> Quantity | None:
        """The interval as claimed; `at least` and `at most` open the other end; None without numbers."""
        if self.low is None and self.high is None:
            return None
        low = self.low if self.low is not None else 0.0
        high = self.high if self.high is not None else math.inf
        if self.bound is Bound.AT_LEAST:
            high = math.inf
        elif self.bound is Bound.AT_MOST:
            low = 0.0 if high >= 0 else -math.inf
        return Quantity(low, high, self.unit, self.period)


class Limit(Row, Interval):
    """How much of a good a place can supply or take in a year: production, stock, need."""

    table: ClassVar[str] = "limits"
    place: str
    """Actor id."""
    good: str
    """Good id."""
    role: str = Field(pattern="^(supply|demand)$")
    """`supply` limits what leaves the place, `demand` what is useful there."""
    unit: str
    """Must be the good's."""
    basis: Basis = Basis.ASSUMPTION
    """What the interval rests on."""
    facts: Ids = ()
    """Facts behind it."""
    note: str = ""
    """How it was set."""


class Purse(Row, Interval):
    """Initial hard currency of an alliance member per year and the price of going short."""

    table: ClassVar[str] = "purses"
    actor: str
    """Actor id of the alliance member."""
    unit: str = "USD"
    """Currency."""
    finance_cost: float = Field(ge=1)
    """Cost κ of one unit of emergency finance; bounds the value of money."""
    basis: Basis = Basis.ASSUMPTION
    """What the interval rests on."""
    facts: Ids = ()
    """Facts behind it."""
    note: str = ""
    """How it was set."""


class CivilianNeed(Row, Interval):
    """The humanitarian minimum: how much of a civilian good a place needs in a year."""

    table: ClassVar[str] = "needs"
    place: str
    """Actor id."""
    good: str
    """Good id, kind civilian."""
    unit: str
    """Must be the good's."""
    basis: Basis = Basis.ASSUMPTION
    """What the interval rests on."""
    facts: Ids = ()
    """Facts behind it."""
    note: str = ""
    """How it was set."""


class Objective(Row):
    """A dimension of harm the coalition wants low."""

    table: ClassVar[str] = "objectives"
    name: str
    """Name shown to people."""
    unit: str
    """Unit per year."""
    weight: float = Field(default=1, ge=0)
    """Weight in the combined risk; equal by default."""
    normaliser: float = Field(gt=0)
    """Fixed amount that counts as 1 in the combined risk, in the objective's unit."""
    note: str = ""
    """What it counts and what it leaves out; where the normaliser comes from."""


class ObjectiveTerm(Row):
    """One channel that delivers harm to an objective."""

    table: ClassVar[str] = "objective_terms"
    objective: str
    """Objective id."""
    channel: str
    """Channel id whose delivery counts."""
    factor: str = ""
    """Factor id that turns the channel's unit into the objective's; empty = the units agree."""
    note: str = ""
    """Why it counts."""


class Measure(Row):
    """An act of the coalition on one line of effort."""

    table: ClassVar[str] = "measures"
    name: str
    """Name shown to people."""
    line: Line
    """Line of effort."""
    status: MeasureStatus
    """Where it stands today."""
    lever: Lever
    """What the coalition can decide about it: new, strengthen, lapse or none."""
    level_of: str = ""
    """Measure id of which this is the next stronger level (levels are nested)."""
    acts_on: str = ""
    """What it acts on, in words."""
    who: Ids = ()
    """Actors that must act."""
    who_needed: int = Field(default=0, ge=0)
    """How many of `who` must take part for it to work; 0 = all of them."""
    legal_basis: str = ""
    """Instrument and article; the corrected one where a second reading corrected it."""
    date: Day = ""
    """Date of adoption or proposal."""
    lead_months_low: float = Field(default=0, ge=0)
    """Months from decision to effect, least."""
    lead_months_high: float = Field(default=0, ge=0)
    """Months from decision to effect, greatest."""
    money_low: float = Field(default=0, ge=0)
    """Economic cost to the coalition, USD million a year, least."""
    money_high: float = Field(default=0, ge=0)
    """Economic cost to the coalition, USD million a year, greatest."""
    political: float = Field(default=0, ge=0, le=10)
    """Political cost, 0 (none) to 10 (breaks the coalition); scale in the-case.md."""
    civilian_harm: float = Field(default=0, ge=0, le=10)
    """Risk of harm to civilians, 0 to 10."""
    escalation: float = Field(default=0, ge=0, le=10)
    """Risk of escalation, 0 to 10."""
    cost_basis: Basis = Basis.ASSUMPTION
    """What the costs rest on."""
    requires: Ids = ()
    """Measures that must be chosen or in force first."""
    excludes: Ids = ()
    """Measures that cannot be chosen together with it."""
    facts: Ids = ()
    """Evidence."""
    reading: Reading = Reading.MEMORY
    """Read, partly or memory."""
    serves: str = ""
    """What it serves outside the adversary model, where it touches no channel."""
    note: str = ""
    """Remarks, corrections of the second reading."""


class EffectFamily(Row, Interval):
    """One interval per family of effects; assumptions are never tuned per measure."""

    table: ClassVar[str] = "effect_families"
    name: str
    """Name shown to people."""
    kind: EffectKind
    """Deter by loss, deter by premium, block or enable."""
    basis: Basis = Basis.ASSUMPTION
    """What the interval rests on."""
    facts: Ids = ()
    """Facts behind it."""
    note: str = ""
    """How the interval was set."""


class Effect(Row, Interval):
    """What one measure does to channels, actors or other measures. Empty low/high = the family's interval."""

    table: ClassVar[str] = "effects"
    measure: str
    """Measure id."""
    family: str
    """Effect family id; gives the kind."""
    channels: Ids = ()
    """Channels it acts on (deter, block)."""
    enables: Ids = ()
    """Measures or actors it enables."""
    basis: Basis = Basis.ASSUMPTION
    """Causal, observed change (then facts are named), or assumption."""
    facts: Ids = ()
    """Facts behind it."""
    note: str = ""
    """How it was set."""


class Head(BaseModel):
    """The head of a case, `case.yml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    format: int = Field(default=1, ge=1, le=1)
    """Version of this file format."""
    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9\-]*$")
    """Short name, the same as the folder's."""
    title: str
    """Title of the case."""
    summary: str = ""
    """What the case is about, in a few sentences."""
    as_of: Day
    """The day up to which facts were collected; `tracking` and staleness count from here."""
    baseline: int
    """Calendar year of the status quo."""
    horizon: tuple[int, int]
    """First and last calendar year of the model; earlier facts are history only."""
    handling: Handling = Handling.AMBER
    """Traffic Light Protocol mark of outputs by default."""
    alliance: tuple[str, ...]
    """Actor ids of the two (or more) members of the hostile alliance."""
    units: tuple[str, ...]
    """Every unit a fact may use."""
    licence: str = "CC-BY-4.0"
    """Licence of the tables."""
    known_gaps: tuple[str, ...] = ()
    """What nobody has found out yet: said on screen."""
    scales: dict[str, str] = Field(default_factory=dict)
    """What 0 and 10 mean on each cost scale."""

    @property
    def baseline_period(self) -> Period:
        """The baseline year."""
        return Period(str(self.baseline))


__all__ = [
    "Actor", "Channel", "CivilianNeed", "Effect", "EffectFamily", "Estimand", "Fact", "Factor", "Good",
    "Head", "Limit", "Measure", "Objective", "ObjectiveTerm", "Phrases", "Purse", "Row", "Source",
]  # fmt: skip
