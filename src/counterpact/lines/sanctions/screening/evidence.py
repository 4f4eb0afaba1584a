"""What besides the name speaks for or against a match: numbers, dates, countries, gender; in points of log-odds.

The points are assumptions, the same for every list (`EVIDENCE`); how often each agrees or contradicts for true and
false matches is printed by `evaluate screening`. A number that can be checked settles the matter either way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from counterpact.lines.sanctions.screening.entry import DECIDING, Entry, usable
from counterpact.lines.sanctions.screening.query import Query
from counterpact.lines.sanctions.screening.reasons import Reason

EVIDENCE = {
    "number-same": 12.0, "number-differs": -2.0, "born-same-day": 2.0, "born-same-year": 0.7, "born-near": 0.0,
    "born-differs": -1.5, "country-same": 0.4, "country-differs": -0.4, "gender-differs": -1.5,
}  # fmt: skip
"""Assumptions. A wrong day or year of birth is common on lists, so a difference alone never clears a name."""


def weigh(query: Query, entry: Entry) -> Iterator[Reason]:
    """Reasons from everything but the name."""
    yield from _numbers(query, entry)
    if query.born and entry.born:
        yield _born(query.born, entry.born)
    if query.countries and entry.countries:
        both = sorted(set(query.countries) & set(entry.countries))
        if both:
            yield Reason("country", f"same country ({', '.join(both)})", EVIDENCE["country-same"])
        else:
            said = f"{', '.join(query.countries)} against {', '.join(entry.countries)}"
            yield Reason("country", f"other country: {said}", EVIDENCE["country-differs"])
    if query.gender and entry.gender and query.gender != entry.gender:
        yield Reason("gender", f"{query.gender} against {entry.gender}", EVIDENCE["gender-differs"])


def _numbers(query: Query, entry: Entry) -> Iterator[Reason]:
    listed: dict[str, set[str]] = {}
    for pool, value in entry.numbers:
        listed.setdefault(pool, set()).add(value)
    for pool, value in query.numbers:
        if not usable(pool, value) or pool not in listed:
            continue
        if value in listed[pool]:
            yield Reason("number", f"same {pool} {value}", EVIDENCE["number-same"])
        elif pool in DECIDING and pool in ("imo", "lei", "inn", "ogrn"):
            said = f"{pool} {value} against {', '.join(sorted(listed[pool]))}"
            yield Reason("number", said, EVIDENCE["number-differs"] * 3)
        elif pool in DECIDING:
            yield Reason("number", f"another {pool}", 0.0)


def _born(asked: tuple[date, date], listed: tuple[tuple[str, str], ...]) -> Reason:
    best: Reason | None = None
    for first, last in listed:
        one = _born_one(asked, date.fromisoformat(first), date.fromisoformat(last))
        if best is None or one.points > best.points:
            best = one
    assert best is not None
    return best


def _born_one(asked: tuple[date, date], first: date, last: date) -> Reason:
    if asked == (first, last) and first == last:
        return Reason("born", f"same day of birth or founding ({first})", EVIDENCE["born-same-day"])
    if asked[0] <= last and first <= asked[1]:
        return Reason("born", f"same year or span ({first:%Y})", EVIDENCE["born-same-year"])
    apart = max((asked[0] - last).days, (first - asked[1]).days)
    if apart <= 730:
        return Reason("born", f"within two years ({first:%Y})", EVIDENCE["born-near"])
    return Reason("born", f"{asked[0]:%Y} against {first:%Y}", EVIDENCE["born-differs"])
