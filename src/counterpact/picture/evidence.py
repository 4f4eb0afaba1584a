"""Which facts limit the truth, how tightly, and why the others do not.

Reading of a number (`stated_interval`):

- *between*: as claimed. *at least* / *at most*: one end open.
- *about*: half a unit of the last digit the number shows, never more than a quarter of the number:
  11,000 means 10,500 to 11,500; 1,000,000 means 750,000 to 1,250,000. (Assumption: a source that writes a
  number with trailing zeros says no more than its leading digits.)

A fact in another unit than its estimand's is converted by the case's factors between the two units.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from counterpact.case.case import Case
from counterpact.case.model import Estimand, Fact
from counterpact.case.values import Bound, Claim, EstimandKind
from counterpact.quantity import Factor, Period

ADDITIVE = (EstimandKind.FLOW, EstimandKind.CUMULATIVE)
"""Kinds whose amounts add up over time."""
GREATEST_ROUNDING = 0.25


class Role(Enum):
    """What a fact may do in the reconciliation."""

    BINDS = "binds"
    DENIAL = "denial"  # contests the rivals, never limits the picture
    DEFINITION = "definition"  # contests the rivals as "different definitions"
    HISTORY = "history"  # before the horizon: contests other history
    CONTEXT = "context"  # a number about something outside the network: rivals among themselves
    NOTHING = "nothing"


@dataclass(frozen=True)
class Evidence:
    """One fact as a limit: `low ≤ amount over [first, end) ≤ high`, in the estimand's unit.

    `end` is the first day after the period. `reason` says why the fact does not bind (empty if it does).
    """

    fact: Fact
    estimand: Estimand
    low: float
    high: float
    first: date
    end: date
    role: Role
    reason: str = ""

    @property
    def id(self) -> str:
        """The fact's id."""
        return self.fact.id

    @property
    def definition(self) -> str:
        """Definition in a form that can be compared; empty = the estimand's own."""
        return " ".join(self.fact.definition.lower().split())

    @property
    def days(self) -> int:
        """Length of the period."""
        return (self.end - self.first).days

    @property
    def months(self) -> tuple[int, int]:
        """Months since year 0 that the period touches, first and last."""
        last = self.end - timedelta(days=1)
        return (self.first.year * 12 + self.first.month, last.year * 12 + last.month)

    def overlaps(self, other: Evidence) -> bool:
        """True if the periods share a day."""
        return self.first < other.end and other.first < self.end

    def disjoint(self, other: Evidence) -> bool:
        """True if no value lies in both intervals (beyond rounding error)."""
        slack = 1e-9 * max(abs(self.low), abs(other.low), 1e-12)
        return self.low > other.high + slack or other.low > self.high + slack


def rounding(value: float) -> float:
    """Half a unit of the last digit that `value` shows, at most a quarter of it.

    >>> rounding(11000), rounding(1_000_000), rounding(168_679), rounding(2.02e9)
    (500.0, 250000.0, 0.5, 5000000.0)
    """
    if value == 0 or not math.isfinite(value):
        return 0.0
    digits = f"{abs(value):.9e}"
    mantissa, exponent = digits.split("e")
    shown = len(mantissa.rstrip("0").rstrip(".").replace(".", ""))
    unit = 10.0 ** (int(exponent) - shown + 1)
    return float(min(unit / 2, GREATEST_ROUNDING * abs(value)))


def stated_interval(fact: Fact) -> tuple[float, float] | None:
    """What the fact says about its number, in the fact's unit; None without a number."""
    quantity = fact.quantity
    if quantity is None or fact.bound is Bound.NONE:
        return None
    low, high = quantity.low, quantity.high
    if fact.bound is Bound.ABOUT:
        low, high = low - rounding(low), high + rounding(high)
    return low, high


def conversions(case: Case, from_unit: str, to_unit: str, good: str = "") -> list[Factor]:
    """Factors of the case between two units, turned the right way round.

    Where some name a word of the good (`barrels_per_tonne_crude` for `crude_oil`), only those.
    """
    found = []
    for row in case.factors.values():
        if {row.from_unit, row.to_unit} == {from_unit, to_unit} and row.low and row.high:
            factor = row.conversion
            found.append((row.id, factor if factor.from_unit == from_unit else factor.inverse))
    words = set(good.split("_")) - {"oil"}
    named = [factor for name, factor in found if words & set(name.split("_"))]
    return named or [factor for _, factor in found]


def in_unit_of(case: Case, fact: Fact, estimand: Estimand) -> tuple[float, float] | None:
    """The stated interval in the estimand's unit, widened by the factor; None if there is no number or factor."""
    stated = stated_interval(fact)
    if stated is None or fact.unit == estimand.unit:
        return stated
    factors = conversions(case, fact.unit, estimand.unit, estimand.good)
    if not factors:
        return None
    ratios = min(f.low for f in factors), max(f.high for f in factors)
    ends = [end * c for end in stated for c in ratios if end or math.isfinite(c)]
    return min(ends), max(ends)


def span(fact: Fact, case: Case) -> tuple[date, date] | None:
    """First day and first day after; an open end is closed by the date of the source (or of the case)."""
    period = fact.period
    if period is None:
        return None
    if not period.open_end:
        return period.first, period.last + timedelta(days=1)
    source = case.sources.get(fact.source)
    until = Period(source.date if source and source.date else case.head.as_of).last
    return period.first, max(until, period.first) + timedelta(days=1)


def _unbound(fact: Fact, estimand: Estimand | None) -> str:
    """Why a fact can never limit an amount; empty if it may."""
    if not fact.estimand or estimand is None:
        return "no estimand: a statement"
    if fact.claim in (Claim.PLAN, Claim.FORECAST, Claim.RULE):
        return f"a {fact.claim.value}, not an observation"
    if estimand.kind is EstimandKind.CAP:
        return "a legal limit, not a claim about what happened"
    if estimand.kind is EstimandKind.EVENT or fact.bound is Bound.NONE:
        return "no number"
    return ""


def _role(fact: Fact, estimand: Estimand, end: date, case: Case) -> tuple[Role, str]:
    network = bool(estimand.channels) and estimand.kind in ADDITIVE
    if fact.claim is Claim.DENIAL:
        return Role.DENIAL, "a denial: set against the rivals, binds nothing"
    whole = case.facts.get(fact.part_of)
    if whole is not None and whole.estimand == fact.estimand:
        return Role.DEFINITION, f"a part of {whole.id}, not the whole"
    if fact.definition.strip():
        return Role.DEFINITION, f"definition differs: {fact.definition}"
    if not network:
        why = "outside the network" if not estimand.channels else f"a {estimand.kind.value}, not a flow"
        return Role.CONTEXT, f"{why}: compared with its rivals only"
    if end <= date(case.head.horizon[0], 1, 1):
        return Role.HISTORY, f"before {case.head.horizon[0]}: history only"
    return Role.BINDS, ""


def gather(case: Case) -> tuple[tuple[Evidence, ...], dict[str, str]]:
    """Every fact as a limit, and fact id → why it binds nothing (corrected and numberless ones included)."""
    limits: list[Evidence] = []
    unbound = {old: f"corrected by {new}" for old, new in case.corrected.items()}
    for fact in case.standing_facts():
        estimand = case.estimands.get(fact.estimand)
        reason = _unbound(fact, estimand)
        if reason or estimand is None:
            unbound[fact.id] = reason
            continue
        interval, when = in_unit_of(case, fact, estimand), span(fact, case)
        if interval is None:
            unbound[fact.id] = (
                "no number" if stated_interval(fact) is None else f"no factor from {fact.unit} to {estimand.unit}"
            )
            continue
        if when is None:
            unbound[fact.id] = "no period"
            continue
        role, reason = _role(fact, estimand, when[1], case)
        limits.append(Evidence(fact, estimand, *interval, *when, role, reason))
        if reason:
            unbound[fact.id] = reason
    return tuple(limits), dict(sorted(unbound.items()))


def witnesses(limits: tuple[Evidence, ...]) -> dict[str, str]:
    """Fact id → the independent witness it stands for: the root of `repeats`, joined per origin and estimand."""
    by_id = {e.id: e for e in limits}

    def root(fact: Fact) -> Fact:
        seen = {fact.id}
        while fact.repeats in by_id and fact.repeats not in seen:
            fact = by_id[fact.repeats].fact
            seen.add(fact.id)
        return fact

    return {e.id: f"{root(e.fact).origin}|{e.estimand.id}" for e in limits}


def each_estimand(limits: tuple[Evidence, ...]) -> Iterator[tuple[Estimand, tuple[Evidence, ...]]]:
    """Limits by estimand, in the order met."""
    groups: dict[str, list[Evidence]] = {}
    for limit in limits:
        groups.setdefault(limit.estimand.id, []).append(limit)
    for group in groups.values():
        yield group[0].estimand, tuple(group)
