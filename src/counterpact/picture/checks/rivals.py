"""Rules about rivals: subsets, upper ends, plans, denials, and what the reconciliation found."""

from __future__ import annotations

from collections.abc import Iterator

from counterpact.case.values import Claim
from counterpact.picture.checks.desk import Desk, middle, near, tell
from counterpact.picture.checks.text import mentions
from counterpact.picture.evidence import Evidence
from counterpact.picture.result import Check, ConflictKind
from counterpact.quantity import format_number

CLOSE = 0.02


def _parts_of(desk: Desk, whole: Evidence) -> list[tuple[float, str]]:
    """Numbers known to be a part of a figure: facts that say so, and lesser numbers in its own sentence."""
    found = [
        (f.low, f.id)
        for f in desk.case.standing_facts()
        if f.part_of == whole.id and f.low is not None and f.unit == whole.fact.unit
    ]
    own = whole.fact.low or 0.0
    said = [m.value for m in mentions(whole.fact.statement) if not m.percent and not m.currency]
    return found + [(v, "") for v in said if 0.05 * own < v < 0.95 * own and v >= 100]


def subsets(desk: Desk) -> Iterator[Check]:
    """A lesser rival that is, within rounding, a known part of the greater one."""
    for a, b in desk.pairs():
        small, large = sorted((a, b), key=middle)
        if not small.disjoint(large) or small.months != large.months or small.fact.unit != large.fact.unit:
            continue
        if small.fact.part_of or small.fact.source == large.fact.source:
            continue
        for value, fact in _parts_of(desk, large):
            if fact not in (small.id,) and small.fact.low is not None and near(value, small.fact.low, CLOSE):
                facts = tuple(f for f in (small.id, large.id, fact) if f)
                text = f"{tell(small)} is close to {format_number(value)}, a part of {tell(large)}: "
                text += "it probably counts only that part."
                yield Check("subset", "warning", facts, small.estimand.id, text)
                break


def upper_ends(desk: Desk) -> Iterator[Check]:
    """A single value that is just the upper end of another source's range."""
    for a, b in desk.pairs():
        for point, wide in ((a, b), (b, a)):
            low, high = wide.fact.low, wide.fact.high
            single = point.fact.low is not None and point.fact.low == point.fact.high
            if not single or low is None or high is None or low >= high or not point.overlaps(wide):
                continue
            if point.fact.unit == wide.fact.unit and near(point.fact.low or 0.0, high, 1e-9) and high > 1.2 * low:
                text = f"{tell(point)} is the upper end of {tell(wide)}, taken as the value."
                yield Check("upper-end", "note", (point.id, wide.id), point.estimand.id, text)


def plans(desk: Desk) -> Iterator[Check]:
    """A plan, forecast or proposal beside what then happened."""
    for group in desk.groups.values():
        for plan in (e for e in group if e.fact.claim in (Claim.PLAN, Claim.FORECAST)):
            real = [
                e
                for e in group
                if e.fact.claim is Claim.ACTUAL
                and e.end >= plan.first
                and (plan.overlaps(e) or (e.first - plan.end).days <= 366)
                and plan.disjoint(e)
                and e.definition == plan.definition
            ]
            if real:
                rivals = "; ".join(tell(e) for e in real)
                text = f"{tell(plan)} was a {plan.fact.claim.value}; what is reported is {rivals}."
                yield Check("plan-and-actual", "note", (plan.id, *(e.id for e in real)), plan.estimand.id, text)


def denials(desk: Desk) -> Iterator[Check]:
    """A denial or a small admission by the party concerned against what others report."""
    for group in desk.groups.values():
        for denial in (e for e in group if e.fact.claim is Claim.DENIAL):
            against = [e for e in group if e.fact.claim is Claim.ACTUAL and e.overlaps(denial) and e.disjoint(denial)]
            if against:
                rivals = "; ".join(tell(e) for e in against)
                text = f"{tell(denial)} is what the party concerned admits; others report {rivals}."
                yield Check("denial", "warning", (denial.id, *(e.id for e in against)), denial.estimand.id, text)


def contradictions(desk: Desk) -> Iterator[Check]:
    """What the reconciliation found, in the same list."""
    names = {
        ConflictKind.CONFLICT: ("rival-values", "warning"),
        ConflictKind.DEFINITIONS: ("definition", "note"),
        ConflictKind.PERIODS: ("period", "note"),
    }
    for found in desk.contradictions:
        rule, severity = names[found.kind]
        if found.kind is ConflictKind.PERIODS and "times faster" in found.explanation:
            rule, severity = "rival-values", "warning"
        yield Check(rule, severity, found.facts, found.estimands[0] if found.estimands else "", found.explanation)
