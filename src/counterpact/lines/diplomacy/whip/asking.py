"""From votes and a draft (or a past roll call) to a count that known positions can update."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from counterpact.errors import UsageError, nearest
from counterpact.lines.diplomacy.forecast import Forecast as Forecasted
from counterpact.lines.diplomacy.forecast import forecast
from counterpact.lines.diplomacy.votes.table import ABSENT, BALLOTS, VoteTable
from counterpact.lines.diplomacy.whip.count import POSITIONS, Count, Forecast, whip
from counterpact.lines.diplomacy.whip.likeness import MEMORY, directions

TARGETS = ("majority", "two thirds")


@dataclass(frozen=True)
class Asked:
    """A count, the forecast it started from, and, for a past roll call, what every state did (`outcome`)."""

    forecast: Forecasted
    count: Count
    outcome: dict[str, str]

    def plain(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        found, names = self.count, self.names
        rows = [
            {"state": s, "name": names[s], **dict(zip(POSITIONS, map(float, p), strict=True)), "pivotal": float(w)}
            for s, p, w in zip(found.states, found.chance, found.pivotal, strict=True)
        ]
        return {
            "known": found.known,
            "passes": found.passes,
            "tallies": {k: vars(t) for k, t in found.tallies.items()},
            "states": sorted(rows, key=lambda r: (r["no"] - r["yes"], r["state"])),
            "surprises": [{"state": s, "position": p, "chance": c} for s, p, c in found.surprises],
            "lobbying": [{"turned": list(who), "passes": chance} for who, chance in found.flips],
            "outcome": self.outcome,
            "novel": self.forecast.novel,
            "look_alikes": [vars(one) for one in self.forecast.look_alikes],
            "notes": list(self.notes),
        }

    @property
    def names(self) -> dict[str, str]:
        """Name of each state by its code."""
        return {one.state: one.name for one in self.forecast.states}

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know before believing a number."""
        said = list(self.forecast.notes)
        if not self.count.known:
            said.append("No position is known: the level of the vote is the look-alikes' own; enter what you know.")
        for state, position, chance in self.count.surprises:
            said.append(f"{self.names[state]} at {position} was given {chance:.0%}: check it, it moves the others too.")
        return tuple(said)


def count(
    table: VoteTable,
    text: str = "",
    *,
    roll_call: int | None = None,
    known: Mapping[str, str] | None = None,
    targets: Sequence[str] = TARGETS,
    sponsors: Sequence[str] = (),
    turned: int = 5,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Asked:
    """The whip count on a draft, or on a roll call of the table seen from the sessions before it.

    Raises `UsageError`: neither or both given, a text that says too little, unknown states, positions or targets.
    """
    if (roll_call is None) == (not text.strip()):
        raise UsageError("give either a draft text or the number of one roll call")
    outcome: dict[str, str] = {}
    if roll_call is not None:
        place = next((i for i, item in enumerate(table.items) if item.rcid == roll_call), None)
        if place is None:
            raise UsageError(f"roll call {roll_call} is not among the {len(table.items)} of these files")
        text = table.items[place].text
        outcome = {s: BALLOTS[v] for s, v in zip(table.codes, table.vote[place].tolist(), strict=True) if v >= 0}
        table = table.only(table.session < table.items[place].session)
    found = forecast(table, text, sponsors=sponsors, progress=progress)
    return Asked(found, whip(build(table, found), known or {}, targets=targets, turned=turned, seed=seed), outcome)


def build(table: VoteTable, found: Forecasted) -> Forecast:
    """What the count starts from: chances, what states have in common, and how far that may move the log odds."""
    scale = scales()["novel" if found.novel else "alike"]
    recent = table.session > int(table.session.max()) - MEMORY
    columns = [table.column[code] for code in found.columns]
    vote = table.vote[recent]
    cast = (vote >= 0) & (vote < ABSENT)
    if not (cast.any(axis=1) & (np.where(cast, vote, -9).max(axis=1) > np.where(cast, vote, 9).min(axis=1))).any():
        raise UsageError("all votes of the last sessions are unanimous: nothing shows which states vote alike")
    common = directions(vote, len(scale) - 1)[columns]
    order = [BALLOTS.index(position) for position in POSITIONS]
    return Forecast(found.columns, found.chance[:, order], common, np.array(scale))


@lru_cache(maxsize=1)
def scales() -> dict[str, tuple[float, ...]]:
    """The fitted standard deviations of the shifts for novel texts and for others, see `fitted.yml`."""
    import yaml

    text = resources.files(__package__).joinpath("fitted.yml").read_text("utf-8")
    return {kind: tuple(float(v) for v in row) for kind, row in yaml.safe_load(text)["scale"].items()}


def read_known(words: Sequence[str], states: Sequence[str] = ()) -> dict[str, str]:
    """`USA=yes` … as a mapping. Raises `UsageError` for a word without =, an unknown position, or a contradiction."""
    known: dict[str, str] = {}
    for word in words:
        state, sign, position = (part.strip() for part in word.partition("="))
        state, position = state.upper(), position.lower()
        if not sign or not state:
            raise UsageError(f'"{word}" is no known position; write it as in USA=yes.')
        if position not in POSITIONS:
            raise UsageError(f'"{position}" is no position. Choose one of {", ".join(POSITIONS)}.')
        if states and state not in states:
            raise UsageError(f'"{state}" is no state of these votes. {nearest(state, list(states))}')
        if known.get(state, position) != position:
            raise UsageError(f"{state} was given both as {known[state]} and as {position}; say which holds.")
        known[state] = position
    return known
