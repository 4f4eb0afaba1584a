"""What a rule looks at: every standing figure, in its estimand's unit where a factor allows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations

from counterpact.case.case import Case
from counterpact.case.model import Fact
from counterpact.case.values import Claim, EstimandKind
from counterpact.picture.evidence import ADDITIVE, Evidence, Role, in_unit_of, span, stated_interval
from counterpact.picture.result import Contradiction
from counterpact.quantity import Period, format_interval, format_number


@dataclass(frozen=True)
class Desk:
    """The case's figures, grouped for the rules."""

    case: Case
    figures: tuple[Evidence, ...]
    contradictions: tuple[Contradiction, ...]

    @classmethod
    def of(cls, case: Case, contradictions: tuple[Contradiction, ...]) -> Desk:
        """Read every standing fact that has a number, an estimand, a period and a convertible unit."""
        found = []
        for fact in case.standing_facts():
            estimand, when = case.estimands.get(fact.estimand), span(fact, case)
            if estimand is None or when is None or estimand.kind is EstimandKind.EVENT:
                continue
            interval = in_unit_of(case, fact, estimand)
            if interval is not None:
                found.append(Evidence(fact, estimand, *interval, *when, Role.NOTHING))
        return cls(case, tuple(found), contradictions)

    @cached_property
    def groups(self) -> dict[str, tuple[Evidence, ...]]:
        """Figures by estimand."""
        found: dict[str, list[Evidence]] = {}
        for e in self.figures:
            found.setdefault(e.estimand.id, []).append(e)
        return {name: tuple(group) for name, group in found.items()}

    def pairs(self, *, claims: tuple[Claim, ...] = (Claim.ACTUAL,)) -> Iterator[tuple[Evidence, Evidence]]:
        """Pairs of figures of one estimand, both of these claims."""
        for group in self.groups.values():
            yield from combinations([e for e in group if e.fact.claim in claims], 2)

    def source_date(self, fact: Fact) -> date | None:
        """Last day on which the source can have been written."""
        source = self.case.sources.get(fact.source)
        return Period(source.date).last if source and source.date else None


def middle(e: Evidence) -> float:
    """A size to compare magnitudes with (never a value to compute with)."""
    if math.isfinite(e.low) and math.isfinite(e.high):
        return (e.low + e.high) / 2
    return e.low if math.isfinite(e.low) else e.high


def pace(e: Evidence) -> float:
    """Amounts per day, levels as they are: what can be compared across periods."""
    return middle(e) / e.days if e.estimand.kind in ADDITIVE else middle(e)


def tell(e: Evidence) -> str:
    """`13,221 person (official, 2024)`: the figure as claimed."""
    stated = stated_interval(e.fact)
    if e.fact.low is not None and e.fact.low == e.fact.high:
        text = format_number(e.fact.low)
        if stated and math.isinf(stated[1]):
            text = f"at least {text}"
    else:
        text = format_interval(*stated) if stated and math.isfinite(stated[0]) else "?"
    return f"{text} {e.fact.unit} ({e.fact.origin}, {e.fact.period})"


def near(a: float, b: float, share: float = 0.006) -> bool:
    """True if two numbers agree to a share of their size."""
    return abs(a - b) <= share * max(abs(a), abs(b))
