"""One crosswalk of state codes with dates: Correlates of War, Gleditsch–Ward, ISO 3166-1 alpha-2 and alpha-3.

A code means a state only in a year: `CS` was Czechoslovakia until 1992 and Serbia and Montenegro from 2003; `RUS`
numbers 365 in both lists, as did the Soviet Union. `states.csv` holds one row per state, code and span of years; its
first years are those of the Correlates of War system membership (v2016) where that list has the state.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from counterpact.errors import UsageError, nearest

Scheme = Literal["cow", "gw", "iso2", "iso3", "name"]


@dataclass(frozen=True)
class State:
    """A state over a span of years, `last` included; `last` None = still there."""

    cow: int
    gw: int
    abbreviation: str
    iso2: str
    iso3: str
    name: str
    first: int
    last: int | None
    note: str = ""

    def existed(self, year: int) -> bool:
        """True if the state existed in a year (both ends included)."""
        return self.first <= year and (self.last is None or year <= self.last)


@cache
def states() -> tuple[State, ...]:
    """All rows of the crosswalk."""
    import csv

    text = (resources.files(__package__) / "states.csv").read_text("utf-8")
    return tuple(
        State(
            int(r["cow"]),
            int(r["gw"]),
            r["abbreviation"],
            r["iso2"],
            r["iso3"],
            r["name"],
            int(r["from"]),
            int(r["to"]) if r["to"] else None,
            r["note"],
        )
        for r in csv.DictReader(text.splitlines())
    )


@cache
def _index(scheme: Scheme) -> dict[str, tuple[State, ...]]:
    index: dict[str, list[State]] = {}
    for state in states():
        code = str(getattr(state, scheme)).casefold()
        if code:
            index.setdefault(code, []).append(state)
    return {code: tuple(found) for code, found in index.items()}


def find(code: str | int, scheme: Scheme, year: int) -> State | None:
    """The state a code meant in a year, or None. At a year of change the successor wins.

    >>> find("CS", "iso2", 1985).name, find("CS", "iso2", 2004).name
    ('Czechoslovakia', 'Serbia and Montenegro')
    >>> find(365, "cow", 1980).iso3, find(365, "cow", 2020).iso3
    ('SUN', 'RUS')
    """
    there = [s for s in _index(scheme).get(str(code).strip().casefold(), ()) if s.existed(year)]
    return max(there, key=lambda s: s.first) if there else None


def translate(code: str | int, source: Scheme, target: Scheme, year: int) -> str:
    """A code of one scheme in another, for a year. Raises `UsageError` if the code meant no state then.

    >>> translate("PRK", "iso3", "cow", 2024)
    '731'
    """
    state = find(code, source, year)
    if state is None:
        known = sorted(_index(source))
        raise UsageError(f'"{code}" was no state\'s {source} code in {year}. {nearest(str(code).casefold(), known)}')
    return str(getattr(state, target))
