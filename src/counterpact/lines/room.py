"""What every line works in: the case, the picture, the record, its data file and the indicators made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from counterpact.case.case import Case
from counterpact.case.model import Fact
from counterpact.case.values import Line
from counterpact.lines.contract import Figure, Finding, Indicator, RecordView
from counterpact.lines.figures import as_figure, comparable, fresh_days
from counterpact.lines.settings import LineSettings
from counterpact.picture.result import Picture


@dataclass(frozen=True)
class Room:
    """The working place of one line while it assesses."""

    line: Line
    case: Case
    picture: Picture
    record: RecordView
    as_of: date
    settings: LineSettings
    indicators: Mapping[str, Indicator]

    def points(self, indicator: str, origin: str = "") -> tuple[Figure, ...]:
        """Points of an indicator in order of time, of one origin if named; empty if the case has none.

        A suspected misprint stays in the indicator, where everyone can see it, but no rule builds on it.
        """
        found = self.indicators.get(indicator)
        points = found.points if found else ()
        return tuple(p for p in points if (not origin or self.origin(p) == origin) and not self.suspect(p))

    def suspect(self, figure: Figure) -> bool:
        """True if reconciliation takes the fact for a misprint: it alone, or one of two and of low confidence."""
        for check in self.picture.checks:
            if check.rule == "misprint" and set(figure.citation.facts) & set(check.facts):
                return len(check.facts) == 1 or figure.confidence == "low"
        return False

    def one(self, name: str) -> Figure | None:
        """The first fact with a number that the line's data file keeps under a name, as a figure."""
        for fact in self.read(name):
            found = self.case.facts[fact]
            if found.quantity is not None and found.estimand in self.case.estimands:
                unit = self.case.estimands[found.estimand].unit
                limit = fresh_days(self.case.estimands[found.estimand].kind)
                return as_figure(self.case, found, unit, self.as_of, limit, self.picture)
        return None

    def fact(self, figure: Figure) -> Fact | None:
        """The one fact behind a figure; None for a figure worked out from several or counted in a table."""
        ids = figure.citation.facts
        return self.case.facts[ids[0]] if len(ids) == 1 else None

    def origin(self, figure: Figure) -> str:
        """Origin of the fact behind a figure, as the case writes it."""
        fact = self.fact(figure)
        return fact.origin if fact else ""

    def newest(self, indicator: str, origin: str = "") -> tuple[Figure, ...]:
        """The newest point and its rivals of a like period, in order of time; empty if there is none.

        Claims of low confidence count only where there is no better one at any time.
        """
        points = self.points(indicator, origin)
        points = tuple(p for p in points if p.confidence != "low") or points
        return tuple(p for p in points if p is points[-1] or self.comparable(indicator, p, points[-1]))

    def comparable(self, indicator: str, a: Figure, b: Figure) -> bool:
        """True if two points of an indicator speak of the same thing in time."""
        kind = self.case.estimands[self.indicators[indicator].estimand].kind
        return comparable(kind, a.value.period, b.value.period, self.as_of)

    def bears(self, finding: str) -> tuple[str, ...]:
        """Candidate measures a finding of the line's own code bears on, those that the case has."""
        return self.known(self.settings.bears.get(finding, ()))

    def known(self, measures: Sequence[str]) -> tuple[str, ...]:
        """The measures of a list that the case has."""
        return tuple(measure for measure in measures if measure in self.case.measures)

    def read(self, name: str) -> tuple[str, ...]:
        """Fact ids that the line's data file keeps under a name, as they stand after corrections."""
        ids = []
        for fact in self.settings.facts.get(name, ()):
            while fact in self.case.corrected:
                fact = self.case.corrected[fact]
            if fact in self.case.facts:
                ids.append(fact)
        return tuple(ids)


FindingMaker = Callable[[Room], Finding | None]
"""A finding of a line's own code; None where the case does not support it."""
