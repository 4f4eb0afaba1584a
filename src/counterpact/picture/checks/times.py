"""Rules about dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from counterpact.case.model import Fact
from counterpact.case.values import Claim, EstimandKind
from counterpact.picture.checks.desk import Desk
from counterpact.picture.evidence import ADDITIVE, span, stated_interval
from counterpact.picture.result import Check
from counterpact.quantity import format_number

PATIENCE = timedelta(days=31)
"""How far a source may run ahead of the end of a period before it counts as a forecast."""
ZONES = timedelta(days=7)
"""Announcements and time zones."""
RIVAL_DAYS = 60


def before_its_time(desk: Desk) -> Iterator[Check]:
    """A claim about a time that its source cannot have seen: the end (a forecast) or all of it (an error)."""
    for fact in desk.case.standing_facts():
        written, when = desk.source_date(fact), span(fact, desk.case)
        estimand = desk.case.estimands.get(fact.estimand)
        rule = estimand is not None and estimand.kind in (EstimandKind.CAP, EstimandKind.CAPACITY)
        if fact.claim is not Claim.ACTUAL or written is None or when is None or fact.period is None or rule:
            continue
        if stated_interval(fact) is None or fact.period.open_end:
            continue
        if when[0] > written + ZONES:
            text = f"The source is of {written}, before the period {fact.period} began: a plan or a wrong date."
            yield Check("before-its-time", "error", (fact.id,), fact.estimand, text)
        elif estimand is not None and estimand.kind in ADDITIVE and when[1] - timedelta(days=1) > written + PATIENCE:
            text = f"The source is of {written}, before the period {fact.period} ended: "
            text += "in part a forecast, stated as a fact."
            yield Check("forecast-as-fact", "warning", (fact.id,), fact.estimand, text)


def corrected_dates(desk: Desk) -> Iterator[Check]:
    """A second reading that moved a date or a number."""
    for fact in desk.case.facts.values():
        first = desk.case.facts.get(fact.corrects)
        if first is None:
            continue
        if fact.period != first.period:
            text = f"First read as {first.period}, on second reading {fact.period}."
            yield Check("date-conflict", "note", (first.id, fact.id), fact.estimand, text)
        if (fact.low, fact.high) != (first.low, first.high) and stated_interval(fact) is not None:
            ends = [format_number(v) for v in (first.low, first.high) if v is not None]
            text = f"First read as {' to '.join(dict.fromkeys(ends)) or 'no number'}; the second reading stands."
            yield Check("corrected", "note", (first.id, fact.id), fact.estimand, text)


def _words(fact: Fact) -> set[str]:
    return set(re.findall(r"[a-z]{4,}", fact.statement.lower()))


def rival_dates(desk: Desk) -> Iterator[Check]:
    """Two statements of the same event with different dates."""
    events = [
        (f, _words(f), span(f, desk.case))
        for f in desk.case.standing_facts()
        if f.period is not None and (stated_interval(f) is None or not f.estimand)
    ]
    for (a, wa, sa), (b, wb, sb) in combinations(events, 2):
        if sa is None or sb is None or sa == sb or (a.subject, a.object) != (b.subject, b.object):
            continue
        alike = len(wa & wb) / max(len(wa | wb), 1)
        if alike >= 0.6 and abs((sa[0] - sb[0]).days) <= RIVAL_DAYS:
            text = f"The same event is dated {a.period} and {b.period}."
            yield Check("date-conflict", "warning", (a.id, b.id), "", text)
