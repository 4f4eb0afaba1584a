"""The arithmetic fault-finder: what is wrong or doubtful in the facts, found without being told.

Each rule is a function `rule(desk) -> Iterator[Check]`; rules know units, sums, series, dates and words, never
the names of rows. Severity: `error` = arithmetic says that something is wrong; `warning` = probably; `note` =
worth knowing before one uses the number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from counterpact.case.case import Case
from counterpact.picture.checks import origins, rivals, series, sums, times, units, words
from counterpact.picture.checks.desk import Desk
from counterpact.picture.evidence import Evidence
from counterpact.picture.result import Check, Contradiction

RULES: tuple[Callable[[Desk], Iterator[Check]], ...] = (
    units.unknown_units,
    units.unit_arithmetic,
    units.magnitudes,
    sums.parts_and_whole,
    sums.parts_in_the_sentence,
    sums.running_totals,
    words.numbers,
    words.unit_words,
    words.named_years,
    times.before_its_time,
    times.corrected_dates,
    times.rival_dates,
    series.records,
    series.shifted_years,
    series.silence,
    origins.copies,
    origins.overlaps,
    rivals.subsets,
    rivals.upper_ends,
    rivals.plans,
    rivals.denials,
    rivals.contradictions,
)
_RANK = {"error": 0, "warning": 1, "note": 2}


def run_checks(
    case: Case, limits: Sequence[Evidence] = (), contradictions: Sequence[Contradiction] = ()
) -> tuple[Check, ...]:
    """Every check of every rule, errors first, each once."""
    del limits  # the desk reads plans, forecasts and rules too
    desk = Desk.of(case, tuple(contradictions))
    found = {check: None for rule in RULES for check in rule(desk)}
    return tuple(sorted(found, key=lambda c: (_RANK[c.severity], c.rule, c.facts)))
