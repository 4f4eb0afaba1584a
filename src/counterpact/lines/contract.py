"""The contract every line keeps: what it is given and what it hands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from counterpact.case.case import Case
from counterpact.case.model import Effect
from counterpact.case.values import Line
from counterpact.lines.chartspec import ChartSpec
from counterpact.picture.result import Picture
from counterpact.provenance import Basis, Citation
from counterpact.quantity import Quantity


class RecordView(Protocol):
    """What a line may ask of the record: is a data set here, how old is it, and its rows.

    The record proper (`counterpact.record`) implements it; `EmptyRecord` stands in without imported data.
    """

    def vintage(self, dataset: str) -> date | None:
        """Date of the newest vintage in the store, or None."""

    def table(self, dataset: str, as_of: date | None = None) -> Any:
        """The rows of a data set as of a date (a polars frame); raises `SourceError` if it is not there."""


class EmptyRecord:
    """A record with nothing in it."""

    def vintage(self, dataset: str) -> date | None:
        """Nothing is here."""
        return None

    def table(self, dataset: str, as_of: date | None = None) -> Any:
        """Nothing is here."""
        from counterpact.errors import Problem, SourceError

        raise SourceError(
            Problem(
                file="record",
                what=f'data set "{dataset}" is not in the store',
                do=f"Import it: counterpact record import {dataset} FILE",
            )
        )


@dataclass(frozen=True)
class Figure:
    """One number on a screen: the interval, where it comes from, and what disputes it."""

    value: Quantity
    citation: Citation
    confidence: str = ""
    verified: bool = True
    rivals: tuple[str, ...] = ()  # fact ids that say otherwise
    stale: str = ""  # why the figure is old, empty = fresh


@dataclass(frozen=True)
class Indicator:
    """One number over time; points in order of their period, rivals side by side, gaps left as gaps."""

    id: str
    name: str
    unit: str
    points: tuple[Figure, ...]
    note: str = ""
    estimand: str = ""
    stale: str = ""  # why the newest point is old, empty = fresh
    reconciled: Figure | None = None  # baseline year, all consistent facts together, where the picture has it


@dataclass(frozen=True)
class Finding:
    """One sentence with its figures and the candidate measures it bears on."""

    id: str
    sentence: str
    figures: tuple[Figure, ...] = ()
    facts: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    severity: str = "note"  # note, concern, alarm


@dataclass(frozen=True)
class CostInterval:
    """Cost of one measure: money in USD million a year; the three scales run 0 to 10."""

    measure: str
    money: Quantity
    political: float
    civilian_harm: float
    escalation: float
    basis: Basis


@dataclass(frozen=True)
class ParticipationDraw:
    """Probability interval that an actor takes part when asked."""

    actor: str
    low: float
    high: float
    citation: Citation


@dataclass(frozen=True)
class Requirement:
    """A civilian minimum the package must leave room for: good at place, per year."""

    need: str
    place: str
    good: str
    amount: Quantity
    citation: Citation


@dataclass(frozen=True)
class LineInputs:
    """What a line hands to the strategy, each with its basis. All of it may be empty."""

    effects: tuple[Effect, ...] = ()
    costs: tuple[CostInterval, ...] = ()
    participation: tuple[ParticipationDraw, ...] = ()
    requirements: tuple[Requirement, ...] = ()


ChartBuilder = Callable[[], ChartSpec]
"""Returns a chart in neutral terms; `counterpact.charts` turns it into a drawing option."""


@dataclass(frozen=True)
class Assessment:
    """What one line reports. Void when the case revision or a record vintage changes."""

    line: Line
    headline: str
    as_of: date
    case_revision: str
    indicators: tuple[Indicator, ...]
    findings: tuple[Finding, ...]
    inputs: LineInputs
    vintages: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()  # tables that are not here or too old, and what that withholds
    serves_outside: str = ""  # what the line serves where it contributes nothing to the model
    charts: Mapping[str, ChartBuilder] = field(default_factory=dict)


class Assess(Protocol):
    """The one function of a line."""

    def __call__(self, case: Case, picture: Picture, record: RecordView, as_of: date) -> Assessment:
        """Assess the line as of a date."""
