"""The case in memory: immutable tables keyed by id, and the few lookups every room needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from counterpact.case import model as m
from counterpact.case import reference as r
from counterpact.case.event import Event
from counterpact.case.values import ActorKind, EffectKind, Line

T = TypeVar("T", bound=m.Row)

TABLES: tuple[type[m.Row], ...] = (
    m.Source, m.Actor, m.Good, m.Factor, m.Channel, m.Limit, m.Purse, m.CivilianNeed, m.Estimand, m.Fact,
    m.Objective, m.ObjectiveTerm, m.Measure, m.EffectFamily, m.Effect,
    r.LegalBasis, r.UnMeasure, r.TreatyTerm, r.ForumFact, r.RegimeRule,
)  # fmt: skip
"""Every table of a case, in reading order: a table refers only to tables above it or to itself."""


def _empty() -> Mapping[str, m.Row]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Files:
    """What stands in a case folder beside the meaning: enough to write the same bytes and to point at a row.

    `head` and `rows` are the tables as they stand (without events); `start_head` and `start_rows` what they were
    before the first event; `columns` the header of each table file, in its order; `row_numbers` the spreadsheet
    row of each id; `head_text` the text of `case.yml`, comments included; `start_files`
    the bytes of the copy of the tables made with the first event.
    """

    head: m.Head
    rows: Mapping[str, Mapping[str, m.Row]]
    head_text: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    row_numbers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    start_head: m.Head | None = None
    start_rows: Mapping[str, Mapping[str, m.Row]] | None = None
    start_files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """Everything an analysis says. Immutable; made by `case.read`, changed only through `case.events`.

    `rows` maps a table name (`facts`) to its rows by id, in file order. `revision` is a hash of head, tables
    and events: the same content has the same revision on every machine. `events` are the recorded edits, already
    applied; `hand_edits` are changes found in the tables that nobody recorded yet, applied too.
    """

    head: m.Head
    rows: Mapping[str, Mapping[str, m.Row]]
    revision: str = ""
    folder: Path | None = field(default=None, compare=False)
    events: tuple[Event, ...] = ()
    hand_edits: tuple[Event, ...] = ()
    files: Files | None = field(default=None, compare=False, repr=False)

    def table(self, row_type: type[T]) -> Mapping[str, T]:
        """Rows of one table by id."""
        return self.rows.get(row_type.table, _empty())  # type: ignore[return-value]

    @property
    def sources(self) -> Mapping[str, m.Source]:
        """Sources by id."""
        return self.table(m.Source)

    @property
    def actors(self) -> Mapping[str, m.Actor]:
        """Actors by id."""
        return self.table(m.Actor)

    @property
    def goods(self) -> Mapping[str, m.Good]:
        """Goods by id."""
        return self.table(m.Good)

    @property
    def factors(self) -> Mapping[str, m.Factor]:
        """Conversion factors by id."""
        return self.table(m.Factor)

    @property
    def channels(self) -> Mapping[str, m.Channel]:
        """Channels by id."""
        return self.table(m.Channel)

    @property
    def limits(self) -> Mapping[str, m.Limit]:
        """Supply and demand limits by id."""
        return self.table(m.Limit)

    @property
    def purses(self) -> Mapping[str, m.Purse]:
        """Hard-currency purses by id."""
        return self.table(m.Purse)

    @property
    def needs(self) -> Mapping[str, m.CivilianNeed]:
        """Humanitarian minima by id."""
        return self.table(m.CivilianNeed)

    @property
    def estimands(self) -> Mapping[str, m.Estimand]:
        """Estimands by id."""
        return self.table(m.Estimand)

    @property
    def facts(self) -> Mapping[str, m.Fact]:
        """All facts by id, corrected ones included."""
        return self.table(m.Fact)

    @property
    def objectives(self) -> Mapping[str, m.Objective]:
        """Objectives by id."""
        return self.table(m.Objective)

    @property
    def objective_terms(self) -> Mapping[str, m.ObjectiveTerm]:
        """Objective terms by id."""
        return self.table(m.ObjectiveTerm)

    @property
    def measures(self) -> Mapping[str, m.Measure]:
        """Measures by id."""
        return self.table(m.Measure)

    @property
    def effect_families(self) -> Mapping[str, m.EffectFamily]:
        """Effect families by id."""
        return self.table(m.EffectFamily)

    @property
    def effects(self) -> Mapping[str, m.Effect]:
        """Effects by id."""
        return self.table(m.Effect)

    @cached_property
    def corrected(self) -> Mapping[str, str]:
        """Fact id → id of the fact that corrects it (the last one, if there is a chain)."""
        return {fact.corrects: fact.id for fact in self.facts.values() if fact.corrects}

    def standing_facts(self) -> Iterator[m.Fact]:
        """Facts as they stand after corrections: a corrected fact is left out, its correction is in."""
        return (fact for fact in self.facts.values() if fact.id not in self.corrected)

    def facts_about(self, estimand: str) -> tuple[m.Fact, ...]:
        """Standing facts of one estimand, in file order."""
        return tuple(fact for fact in self.standing_facts() if fact.estimand == estimand)

    def measures_of(self, line: Line) -> tuple[m.Measure, ...]:
        """Measures of one line of effort."""
        return tuple(measure for measure in self.measures.values() if measure.line is line)

    def effect_interval(self, effect: m.Effect) -> tuple[float, float]:
        """An effect's own interval, or its family's where the effect names none."""
        family = self.effect_families[effect.family]
        low = effect.low if effect.low is not None else family.low
        high = effect.high if effect.high is not None else family.high
        return (low or 0.0, high if high is not None else 1.0)

    def effect_kind(self, effect: m.Effect) -> EffectKind:
        """The kind of an effect is its family's."""
        return self.effect_families[effect.family].kind

    def state_of(self, actor: str) -> str:
        """The state an actor or place lies in or belongs to; itself if it is none's part."""
        seen = set()
        while actor not in seen and (found := self.actors.get(actor)) and found.part_of:
            if found.kind is ActorKind.STATE:
                break
            seen.add(actor)
            actor = found.part_of
        return actor
