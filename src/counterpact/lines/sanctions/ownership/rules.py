"""The ownership rules as dated data: `rules.yml`, one row for each regime and time in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from counterpact.errors import UsageError, nearest


@dataclass(frozen=True)
class Rule:
    """When an entity counts as owned under a regime. `share` is a fraction; `last` None = still in force."""

    regime: str
    first: date
    last: date | None
    share: float
    strict: bool
    aggregate: bool
    control: bool
    tests: tuple[str, ...]
    source: str
    url: str
    seen: str
    note: str

    def met(self, share: float) -> bool:
        """Whether a share (a fraction) reaches the threshold, rounding of decimals forgiven.

        >>> rule("UK", date(2024, 1, 1)).met(0.5), rule("OFAC", date(2024, 1, 1)).met(0.5)
        (False, True)
        """
        return share > self.share + 1e-9 if self.strict else share >= self.share - 1e-9

    def covers(self, day: date) -> bool:
        """Whether the rule is in force on a day."""
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def words(self) -> str:
        """The rule in a sentence.

        >>> rule("OFAC", date(2024, 1, 1)).words
        '50 % or more, listed holders added together'
        """
        size = f"more than {self.share:.0%}" if self.strict else f"{self.share:.0%} or more"
        size = size.replace("%", " %")
        added = "listed holders added together" if self.aggregate else "by one listed holder or a joint arrangement"
        return f"{size}, {added}" + (", or control" if self.control else "")


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, by regime and date."""
    rows: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("rules.yml").read_text(encoding="utf-8"))
    return tuple(
        Rule(**{**row, "last": row.get("last"), "share": row["share"] / 100, "tests": tuple(row["tests"])})
        for row in rows
    )


def regimes() -> tuple[str, ...]:
    """Regimes with a rule.

    >>> regimes()
    ('OFAC', 'EU', 'UK')
    """
    return tuple(dict.fromkeys(r.regime for r in rules()))


def in_force(day: date) -> list[str]:
    """Regimes that have a rule on a day.

    >>> in_force(date(2009, 1, 1))
    ['OFAC']
    """
    return [r.regime for r in rules() if r.covers(day)]


def rule(regime: str, day: date) -> Rule:
    """The rule of a regime on a day. Raises `UsageError` for an unknown regime or a day before its first rule."""
    own = [r for r in rules() if r.regime == regime]
    if not own:
        raise UsageError(f'"{regime}" has no ownership rule here. {nearest(regime, regimes())}')
    for r in own:
        if r.covers(day):
            return r
    raise UsageError(f"{regime} had no ownership rule on {day} that we know of: the first is of {own[0].first}.")
