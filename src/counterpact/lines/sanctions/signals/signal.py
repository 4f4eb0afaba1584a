"""What a signal is, and the rules as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Signal:
    """One firing of a rule: about whom, when, and the fact in words."""

    rule: str
    subject: str
    when: str
    fact: str


@dataclass(frozen=True)
class Found:
    """All firings of one rule. `fired` of `looked_at` subjects: the base rate, without which a signal says little."""

    rule: str
    signals: tuple[Signal, ...]
    fired: int
    looked_at: int
    source: str
    basis: str
    caution: str
    notes: tuple[str, ...] = ()

    @property
    def base_rate(self) -> float:
        """Share of the subjects looked at on which the rule fires."""
        return self.fired / self.looked_at if self.looked_at else 0.0

    def plain(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "rule": self.rule, "source": self.source, "basis": self.basis, "caution": self.caution,
            "fired": self.fired, "looked_at": self.looked_at, "base_rate": self.base_rate, "notes": list(self.notes),
            "signals": [{"subject": s.subject, "when": s.when, "fact": s.fact} for s in self.signals],
        }  # fmt: skip


@cache
def rules() -> dict[str, dict[str, Any]]:
    """`rules.yml`."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("rules.yml").read_text(encoding="utf-8"))
    return found


def found(rule: str, signals: Iterable[Signal], looked_at: int, notes: Iterable[str] = ()) -> Found:
    """The firings of a rule with its source and base rate."""
    about, ordered = rules()[rule], tuple(sorted(signals, key=lambda s: (s.subject, s.when, s.fact)))
    fired = len({s.subject for s in ordered})
    return Found(rule, ordered, fired, looked_at, about["source"], about["basis"], about["caution"], tuple(notes))
