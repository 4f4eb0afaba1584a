"""Rules about a figure's place in the series of its estimand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from counterpact.case.values import Claim
from counterpact.picture.checks.desk import Desk, middle, near, tell
from counterpact.picture.checks.units import misprinted
from counterpact.picture.evidence import ADDITIVE, Evidence
from counterpact.picture.result import Check
from counterpact.quantity import Period

_SINCE = re.compile(r"\b(highest|most|largest|best|lowest|least|smallest)\b[^.;]{0,20}\bsince\s+((?:19|20)\d\d)", re.I)
_RECORD = re.compile(r"\brecord\b(?!s|ed|ing)|\ball-time (high|low)\b|\bhighest ever\b|\blowest ever\b", re.I)
_LOW = re.compile(r"\b(lowest|least|smallest|low)\b", re.I)
_QUIET = 2.0
_LEAST_REPORTS = 3
YEAR = timedelta(days=366)


def _rivals(e: Evidence, group: tuple[Evidence, ...]) -> list[Evidence]:
    """Earlier figures of like length: what a record must beat."""
    return [
        o
        for o in group
        if o.id != e.id and o.first < e.first and o.fact.claim is Claim.ACTUAL and 0.8 <= o.days / e.days <= 1.25
    ]


def records(desk: Desk) -> Iterator[Check]:
    """A "record" or "highest since" that the estimand's own earlier figures deny."""
    for group in desk.groups.values():
        unfit = misprinted(group)
        for e in group:
            sentence = e.fact.statement
            since, record = _SINCE.search(sentence), _RECORD.search(sentence)
            if not since and not record:
                continue
            lowest = bool(_LOW.search(since.group(1) if since else sentence[max(0, record.start() - 15) :][:40]))  # type: ignore[union-attr]
            after = int(since.group(2)) if since else 0
            beaten = [
                o
                for o in _rivals(e, group)
                if o.id not in unfit
                and o.first.year > after
                and (middle(o) <= middle(e) if lowest else middle(o) >= middle(e))
            ]
            if beaten:
                told = "; ".join(tell(o) for o in beaten)
                word = f"{'lowest' if lowest else 'highest'} since {after}" if since else "a record"
                text = f"{tell(e)} is called {word}, but there was {told}."
                yield Check("record-claim", "error", (e.id, *(o.id for o in beaten)), e.estimand.id, text)


def shifted_years(desk: Desk) -> Iterator[Check]:
    """A figure that disagrees with its own year but is, to the digit, a rival's figure of the year beside it."""
    for group in desk.groups.values():
        actual = [e for e in group if e.fact.claim is Claim.ACTUAL]
        for e in actual:
            if e.low != e.high and not near(e.low, e.high, 0.02):
                continue
            same = [o for o in actual if o.id != e.id and _same_time(o, e, 0)]
            beside = [
                o
                for o in actual
                if o.id != e.id
                and near(middle(o), middle(e), 0.01)
                and len(f"{middle(e):.3g}".strip("0.")) > 1
                and (_same_time(o, e, 1) or _same_time(o, e, -1))
            ]
            clash = [o for o in same if not near(middle(o), middle(e), 0.1) and o.disjoint(e)]
            if beside and clash:
                text = (
                    f"{tell(e)} is the figure of {beside[0].fact.period} ({tell(beside[0])}): the year may be shifted."
                )
                yield Check("shifted-year", "warning", (e.id, beside[0].id), e.estimand.id, text)


def _same_time(a: Evidence, b: Evidence, years: int) -> bool:
    return (a.first.year + years, a.first.month) == (b.first.year, b.first.month) and abs(a.days - b.days) <= 31


def silence(desk: Desk) -> Iterator[Check]:
    """An origin that reported again and again and then stopped: a fact about the source, not a zero."""
    today = Period(desk.case.head.as_of).last
    for group in desk.groups.values():
        if group[0].estimand.kind not in ADDITIVE:
            continue
        by_origin: dict[str, list[Evidence]] = {}
        for e in group:
            if e.fact.claim is Claim.ACTUAL:
                by_origin.setdefault(e.fact.origin, []).append(e)
        for origin, reports in by_origin.items():
            ends = sorted({e.end for e in reports})
            if len(ends) < _LEAST_REPORTS:
                continue
            gaps = sorted((b - a).days for a, b in pairwise(ends))
            usual = timedelta(days=gaps[len(gaps) // 2])
            if today - ends[-1] > max(YEAR, _QUIET * usual):
                last = max(reports, key=lambda e: (e.end, e.id))
                text = (
                    f"{origin} gave {len(ends)} reports on {last.estimand.name} and none for any time after "
                    f"{last.fact.period}. Silence is not a zero."
                )
                yield Check("falls-silent", "note", tuple(e.id for e in reports), last.estimand.id, text)
