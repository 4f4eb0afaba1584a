"""Where a figure comes from: sources, citations, confidence, how far it was checked, handling marks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Confidence(StrEnum):
    """How far the reader of a source trusts the claim."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Reading(StrEnum):
    """How far a row was checked against the page it cites. `partly` and `memory` look different everywhere."""

    READ = "read"
    PARTLY = "partly"
    MEMORY = "memory"

    @property
    def verified(self) -> bool:
        """True only for rows whose page was read."""
        return self is Reading.READ


class PageClass(StrEnum):
    """What kind of page was read."""

    PRIMARY = "primary"
    NEWS = "news"
    SECONDARY = "secondary"
    NOT_READ = "not read"


class Handling(StrEnum):
    """Traffic Light Protocol 2.0 (FIRST, 2022), from widest to narrowest circle."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"

    @property
    def rank(self) -> int:
        """0 for the widest circle; a document carries the highest rank of what it holds."""
        return list(Handling).index(self)


class Basis(StrEnum):
    """What an interval of the model rests on."""

    CAUSAL = "causal"
    OBSERVED = "observed change"
    FACT = "fact"
    DEFINITION = "definition"
    ASSUMPTION = "assumption"


@dataclass(frozen=True)
class Citation:
    """Why a figure is what it is: the facts or publication behind it and the reason it is used."""

    reason: str
    facts: tuple[str, ...] = ()
    source: str = ""
    basis: Basis = Basis.FACT
