"""From facts to figures: the value in its estimand's unit, its age, whether it was checked, who disputes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from counterpact.case.case import Case
from counterpact.case.model import Fact
from counterpact.case.values import Claim, EstimandKind
from counterpact.lines.contract import Figure
from counterpact.lines.settings import wording
from counterpact.picture.result import Picture
from counterpact.provenance import Basis, Citation, Confidence
from counterpact.quantity import Period, Quantity

_ALIKE = 0.5
"""Two periods count as the same when they share at least half of the days they span together."""


def in_unit(case: Case, value: Quantity, unit: str) -> Quantity | None:
    """The value in `unit`, by a factor of the case if need be; None if no single factor joins the units."""
    if value.unit == unit:
        return value
    ways = [
        factor.conversion
        for factor in case.factors.values()
        if {factor.from_unit, factor.to_unit} == {value.unit, unit}
    ]
    return value.convert(ways[0]) if len(ways) == 1 else None


def clipped(period: Period, as_of: date) -> tuple[date, date]:
    """First and last day of a period; what still goes on ends with `as_of`."""
    return period.first, max(period.first, min(period.last, as_of))


def alike(a: Period | None, b: Period | None, as_of: date) -> bool:
    """True if two periods share at least half of the days they span together.

    >>> day = date(2026, 1, 1)
    >>> alike(Period("2024"), Period("2024-01", "2024-10"), day), alike(Period("2024"), Period("2025"), day)
    (True, False)
    """
    if a is None or b is None:
        return False
    (a0, a1), (b0, b1) = clipped(a, as_of), clipped(b, as_of)
    shared = (min(a1, b1) - max(a0, b0)).days + 1
    return shared >= _ALIKE * ((max(a1, b1) - min(a0, b0)).days + 1)


def comparable(kind: EstimandKind, a: Period | None, b: Period | None, as_of: date) -> bool:
    """True if two facts of this kind speak of the same thing in time.

    A running total must end within two months; a stock must be seen over a common span, or within six weeks if
    both were seen in a quarter or less; anything else needs periods that are alike.
    """
    if a is None or b is None:
        return False
    (a0, a1), (b0, b1) = clipped(a, as_of), clipped(b, as_of)
    if kind is EstimandKind.CUMULATIVE:
        return abs((a1 - b1).days) <= 62
    if kind is EstimandKind.STOCK:
        brief = max((a1 - a0).days, (b1 - b0).days) <= 92
        return (max(a0, b0) - min(a1, b1)).days <= (45 if brief else 0)
    return alike(a, b, as_of)


def fresh_days(kind: EstimandKind) -> int:
    """Days after which a value of this kind is called old; 0 = it does not age (a limit, a vote, an event)."""
    return wording().fresh_days[kind.value]


def age_in_days(case: Case, fact: Fact, as_of: date) -> int | None:
    """Days between the end of what the fact is about and `as_of`. What "still goes on" is as old as its page."""
    if fact.period is None:
        return None
    last = fact.period.last
    if fact.period.open_end:
        page = case.sources[fact.source].date if fact.source in case.sources else ""
        last = Period(page).last if page else fact.period.first
    return max(0, (as_of - last).days)


def stale(case: Case, fact: Fact, as_of: date, limit: int) -> str:
    """Why the figure is old, or an empty string. `limit` in days; 0 = never old."""
    age = age_in_days(case, fact, as_of)
    if not limit or age is None or age <= limit:
        return ""
    return f"{span(age)} old; counts as old after {span(limit)}"


def span(days: int) -> str:
    """A number of days in words.

    >>> [span(days) for days in (20, 45, 400, 1300)]
    ['20 days', '1 month', '13 months', '3.6 years']
    """
    if days < 31:
        return f"{days} days"
    months = int(days / 30.44)
    if months < 24:
        return f"{months} month{'s' if months > 1 else ''}"
    return f"{days / 365.25:.2g} years"


def rivals(fact: Fact, peers: Iterable[Fact], case: Case, picture: Picture, as_of: date) -> tuple[str, ...]:
    """Facts that say otherwise: another origin, a like period, an interval apart; and what reconciliation found."""
    mine, kind = fact.quantity, case.estimands[fact.estimand].kind
    found: set[str] = set()
    for peer in peers:
        value = peer.quantity
        if mine is None or value is None or peer.id == fact.id or peer.origin == fact.origin:
            continue
        same = in_unit(case, value, mine.unit)
        if same is not None and comparable(kind, fact.period, peer.period, as_of) and not same.overlaps(mine):
            found.add(peer.id)
    for clash in picture.contradictions:
        if fact.id in clash.facts:
            found.update(other for other in clash.facts if other != fact.id and other in case.facts)
    return tuple(sorted(found))


def usable(case: Case, estimand: str) -> tuple[Fact, ...]:
    """Facts of an estimand that make a point of an indicator, in file order.

    A point has a number and a period, stands after corrections, is not a mere repetition nor a part of another
    point. It says what happened; where no fact does (a limit, the length of a legal list), what the rule is.
    """
    standing = [
        fact
        for fact in case.facts_about(estimand)
        if fact.quantity is not None and fact.period is not None and not fact.repeats
    ]
    same = {fact.id for fact in standing}
    whole = [fact for fact in standing if fact.part_of not in same]
    actual = tuple(fact for fact in whole if fact.claim is Claim.ACTUAL)
    if case.estimands[estimand].kind is EstimandKind.CAP or not actual:
        return tuple(fact for fact in whole if fact.claim in (Claim.RULE, Claim.ACTUAL))
    return actual


def as_figure(
    case: Case, fact: Fact, unit: str, as_of: date, limit: int, picture: Picture, peers: Sequence[Fact] = ()
) -> Figure:
    """One fact as a figure in `unit` (in its own unit where no factor joins the two)."""
    own = fact.quantity
    assert own is not None, fact.id
    return Figure(
        value=in_unit(case, own, unit) or own,
        citation=Citation(reason=fact.statement, facts=(fact.id,), source=fact.source),
        confidence=fact.confidence.value,
        verified=fact.reading.verified,
        rivals=rivals(fact, peers, case, picture, as_of),
        stale=stale(case, fact, as_of, limit),
    )


def derived(value: Quantity, reason: str, figures: Sequence[Figure], basis: Basis = Basis.FACT) -> Figure:
    """A figure worked out from others: cites all their facts, is as sure as the least sure of them."""
    order = [Confidence.HIGH.value, Confidence.MEDIUM.value, Confidence.LOW.value]
    known = [part.confidence for part in figures if part.confidence in order]
    return Figure(
        value=value,
        citation=Citation(
            reason=reason,
            facts=tuple(dict.fromkeys(f for p in figures for f in p.citation.facts)),
            source="; ".join(dict.fromkeys(p.citation.source for p in figures if p.citation.source)),
            basis=basis,
        ),
        confidence=max(known, key=order.index) if known else "",
        verified=all(part.verified for part in figures),
        stale="; ".join(dict.fromkeys(part.stale for part in figures if part.stale)),
    )


def counted(count: int, unit: str, table: str, reason: str, verified: bool = True) -> Figure:
    """How many rows of a table of the case meet a condition; the citation names the table and the condition."""
    return Figure(
        value=Quantity.exact(count, unit),
        citation=Citation(reason=reason, source=f"{table}.csv", basis=Basis.DEFINITION),
        verified=verified,
    )


def spread(figures: Sequence[Figure], reason: str) -> Figure:
    """From the least to the greatest of rival figures: the range, never a middle. Units must agree."""
    hull = figures[0].value
    for other in figures[1:]:
        hull = hull.hull(other.value)
    return derived(hull, reason, figures)
