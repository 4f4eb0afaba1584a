"""Rules about units and sizes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from counterpact.case.values import Bound, Claim, EstimandKind
from counterpact.picture.checks.desk import Desk, middle, pace, tell
from counterpact.picture.evidence import Evidence, conversions, in_unit_of, stated_interval
from counterpact.picture.result import Check
from counterpact.quantity import format_interval

FAR = 1.3
"""Powers of ten between a figure and every comparable one before it is called an outlier (×20)."""
NEAR_YEARS = 2


def unknown_units(desk: Desk) -> Iterator[Check]:
    """A fact in a unit that no factor turns into its estimand's."""
    for fact in desk.case.standing_facts():
        estimand = desk.case.estimands.get(fact.estimand)
        if estimand is None or stated_interval(fact) is None or fact.unit == estimand.unit:
            continue
        if not conversions(desk.case, fact.unit, estimand.unit):
            text = (
                f'Given in "{fact.unit}", but {estimand.name} is counted in "{estimand.unit}" and no factor joins them.'
            )
            yield Check("unit", "error", (fact.id,), estimand.id, text)


def unit_arithmetic(desk: Desk) -> Iterator[Check]:
    """Two figures in different units for the same thing and time that no factor reconciles."""
    for a, b in desk.pairs(claims=(Claim.ACTUAL, Claim.DENIAL)):
        if a.fact.unit == b.fact.unit or not a.overlaps(b):
            continue
        odd, other = (a, b) if b.fact.unit == b.estimand.unit else (b, a)
        ends, rival = _as_number(desk, odd), _as_number(desk, other)
        if ends is None or rival is None or (ends[0] <= rival[1] and rival[0] <= ends[1]):
            continue
        inside = other.first >= odd.first and other.end <= odd.end
        if odd.months != other.months and not (inside and other.low > odd.high):
            continue
        text = (
            f"{tell(odd)} is {format_interval(*ends)} {odd.estimand.unit} by the case's factors, "
            f"which does not agree with {tell(other)}."
        )
        yield Check("unit-arithmetic", "error", (odd.id, other.id), odd.estimand.id, text)


def _as_number(desk: Desk, e: Evidence) -> tuple[float, float] | None:
    """The claimed number itself ("at least" left aside), with its rounding, in the estimand's unit."""
    about = e.fact.model_copy(update={"bound": Bound.ABOUT, "high": e.fact.high or e.fact.low})
    return in_unit_of(desk.case, about, e.estimand)


def _comparable(e: Evidence, group: tuple[Evidence, ...]) -> list[Evidence]:
    """Figures of the same definition to judge by: those of the same time, else those of the years around."""
    near = 365 * NEAR_YEARS
    found = [
        o
        for o in group
        if o.id != e.id
        and middle(o) > 0
        and (o.first - e.end).days <= near
        and (e.first - o.end).days <= near
        and o.fact.repeats != e.id
        and o.fact.source != e.fact.source
        and o.fact.claim is not Claim.DENIAL
        and o.definition == e.definition
    ]
    return [o for o in found if o.months == e.months] or found


def gap(e: Evidence, o: Evidence) -> float:
    """Powers of ten between two figures: the lesser of amount and pace, 0 where those point apart."""
    if pace(o) <= 0 or pace(e) <= 0:
        return 0.0
    amount, speed = math.log10(middle(e) / middle(o)), math.log10(pace(e) / pace(o))
    return 0.0 if amount * speed <= 0 else math.copysign(min(abs(amount), abs(speed)), amount)


def _accompanied(e: Evidence, others: list[Evidence]) -> bool:
    """True if another figure lies within the usual distance."""
    return len(others) > 1 and any(o.id != e.id and abs(gap(e, o)) < FAR for o in others)


def misprinted(group: tuple[Evidence, ...]) -> set[str]:
    """Facts of an estimand that stand alone, far from all others: unfit to judge others by."""
    alone = set()
    for e in group:
        others = _comparable(e, group)
        if len(others) > 1 and min(abs(gap(e, o)) for o in others) >= FAR:
            alone.add(e.id)
    return alone


def _power(ratio: float) -> str:
    size = float(f"{max(ratio, 1 / ratio):.2g}")
    return f"about {size:,.0f} times {'greater' if ratio > 1 else 'smaller'}"


def magnitudes(desk: Desk) -> Iterator[Check]:
    """A figure that is far (×20 and more) from every comparable figure of its estimand: a misprint?"""
    for group in desk.groups.values():
        if group[0].estimand.kind is EstimandKind.EVENT:
            continue
        seen: set[tuple[str, ...]] = set()
        for e in group:
            others = _comparable(e, group)
            if middle(e) <= 0 or not others or e.fact.claim is Claim.DENIAL:
                continue
            gaps = [gap(e, o) for o in others]
            if min(abs(g) for g in gaps) < FAR or min(gaps) * max(gaps) < 0:
                continue
            agree = all(_accompanied(o, others) for o in others)
            closest = min(others, key=lambda o: abs(gap(e, o)))
            alone = len(others) > 1 and agree
            facts = (e.id,) if alone else tuple(sorted((e.id, closest.id)))
            if facts in seen:
                continue
            seen.add(facts)
            ratio = 10 ** gap(e, closest)
            text = f"{tell(e)} is {_power(ratio)} than {tell(closest)}"
            text += (
                ", its nearest comparable figure: a misprint or another thing?"
                if alone
                else ": one of the two is a misprint or counts another thing."
            )
            strong = abs(abs(math.log10(ratio)) - round(abs(math.log10(ratio)))) < 0.25 or alone
            yield Check("misprint", "error" if strong else "warning", facts, e.estimand.id, text)
