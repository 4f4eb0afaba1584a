"""What a line is told in its data file: which estimands it reports, which rules it applies, what would deepen it."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from counterpact.case.values import Line
from counterpact.lines.chartspec import ChartKind


class _Setting(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class IndicatorSetting(_Setting):
    """One indicator: the facts of one estimand over time."""

    id: str
    """Name within the line."""
    name: str
    """Name shown to people."""
    estimand: str
    """Estimand id of the case."""
    definition: str = ""
    """Only facts whose definition holds these words; empty = all facts of the estimand."""
    plain: bool = False
    """Only facts that keep to the estimand's own definition."""
    fresh_days: int | None = None
    """Age in days after which a value is called old; None = the limit of the estimand's kind."""
    note: str = ""
    """Remark shown beside it."""


class RuleSetting(_Setting):
    """One rule applied to one indicator (and, for a comparison, to a second one)."""

    id: str
    """Name of the finding."""
    rule: str
    """Name of the rule, see `rules`."""
    indicator: str
    """Indicator it reads."""
    against: str = ""
    """Indicator it is compared with (a limit), or a fact that gives a date."""
    subject: str
    """The words that start the sentence."""
    origin: str = ""
    """Use the facts of this origin only."""
    from_first: bool = False
    """Rule `trend`: compare with the first value instead of the last one before."""
    months: int = 0
    """Rule `silent`: months without a report before it is said."""
    measures: tuple[str, ...] = ()
    """Candidate measures the finding bears on."""
    severity: str = Field(default="note", pattern="^(note|concern|alarm)$")
    """Note, concern or alarm."""


class TableSetting(_Setting):
    """A data set of the public record that would deepen the line."""

    dataset: str
    """Name in the catalogue of the record."""
    instead: tuple[str, ...] = ()
    """Other data sets that say the same in another form."""
    title: str
    """What it is, in words."""
    withholds: str
    """What is not said without it."""
    max_age_days: int = 400
    """Older than this, the table counts as too old."""


class ChartSetting(_Setting):
    """One chart: indicators as rows, limits drawn beside them."""

    id: str
    """Name within the line."""
    kind: ChartKind
    """Timeline, bars or ranges."""
    title: str
    """Title shown to people."""
    indicators: tuple[str, ...]
    """Indicators to draw; one unit."""
    limits: tuple[str, ...] = ()
    """Indicators drawn as limits."""
    log: bool = False
    """Logarithmic axis."""


class LineSettings(_Setting):
    """The data file of a line."""

    question: str
    """The question the headline answers."""
    indicators: tuple[IndicatorSetting, ...]
    """Indicators in order."""
    rules: tuple[RuleSetting, ...] = ()
    """Rules in order."""
    tables: tuple[TableSetting, ...] = ()
    """What would deepen the line."""
    charts: tuple[ChartSetting, ...] = ()
    """Charts in order."""
    bears: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Finding of the line's own code → candidate measures it bears on."""
    facts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Facts without a number that the line's own code reads, by name."""
    serves_outside: str = ""
    """What the line serves outside the adversary model."""


class UnitWording(_Setting):
    """How a unit reads in a sentence."""

    before: str = ""
    """Put before the number."""
    one: str = ""
    """Put behind the number one."""
    many: str = ""
    """Put behind any other number."""
    scale: float = 1.0
    """The number is multiplied by this first (a share becomes percent)."""


class Wording(_Setting):
    """How units and origins read in a sentence, and how long a value stays fresh."""

    units: dict[str, UnitWording]
    """Unit → words."""
    origins: dict[str, str]
    """Origin → name."""
    fresh_days: dict[str, int]
    """Kind of estimand → days after which a value is called old."""


class ParticipationRule(_Setting):
    """One interval for all actors in one situation."""

    low: float = Field(ge=0, le=1)
    """Least probability that the actor takes part when asked."""
    high: float = Field(ge=0, le=1)
    """Greatest probability."""
    reason: str
    """Why, in words."""
    facts: tuple[str, ...] = ()
    """Facts that place an actor in this situation."""


class ParticipationRules(_Setting):
    """How likely actors take part, by situation; all intervals are assumptions."""

    veto: tuple[str, ...]
    """Bodies in which a member of the alliance or a protector can block."""
    abstained: tuple[str, ...]
    """Third states that abstained or stayed out when asked to take a side."""
    against: tuple[str, ...] = ()
    """Third states that voted with the alliance."""
    rules: dict[str, ParticipationRule]
    """Situation → interval."""

    def rule(self, situation: str) -> ParticipationRule:
        """The interval of a situation."""
        return self.rules[situation]


def _load(name: str) -> Any:
    text = resources.files("counterpact.lines").joinpath(name).read_text(encoding="utf-8")
    return yaml.safe_load(text)


@lru_cache(maxsize=1)
def wording() -> Wording:
    """The words shared by all lines (`wording.yml`)."""
    return Wording.model_validate(_load("wording.yml"))


@lru_cache(maxsize=16)
def settings(line: Line) -> LineSettings:
    """The data file of one line (`<line>/line.yml`)."""
    return LineSettings.model_validate(_load(f"{line.value}/line.yml"))


@lru_cache(maxsize=1)
def participation_rules() -> ParticipationRules:
    """How likely actors take part (`diplomacy/participation.yml`)."""
    return ParticipationRules.model_validate(_load("diplomacy/participation.yml"))
