"""Votes laid out for the fit: one entry a vote, sorted by state and year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import UsageError
from counterpact.lines.diplomacy.votes.table import VoteTable


@dataclass(frozen=True)
class Layout:
    """State-years (`state`, `year`, in order; `first`: start of each state) and votes (`unit`, `item`, `vote`).

    `wording[i]`: the wording of item i of the table; several items share one if their words are identical.
    `gap`: years since the row before of the same state, 0 at its first.
    """

    state: NDArray[np.int32]
    year: NDArray[np.int32]
    first: NDArray[np.int64]
    gap: NDArray[np.float64]
    unit: NDArray[np.int32]
    item: NDArray[np.int32]
    vote: NDArray[np.int8]
    wording: NDArray[np.int32]
    wordings: int


def lay_out(table: VoteTable, *, bridged: bool = True) -> Layout:
    """The layout of a table. Raises `UsageError` if no roll call divides the states: no direction can be told then."""
    divided = ((table.vote == 0) | (table.vote == 1)).sum(axis=1)
    if not len(table.items) or not (divided > 0).any():
        raise UsageError(
            f"all {len(table.items)} roll calls are unanimous: votes that nobody opposes order nobody; give more items"
        )
    years = table.session.astype(np.int64) + 1945
    row, column = np.nonzero(table.vote >= 0)
    key = column.astype(np.int64) * 10_000 + years[row]
    order = np.argsort(key, kind="stable")
    units, unit = np.unique(key[order], return_inverse=True)
    state, year = (units // 10_000).astype(np.int32), (units % 10_000).astype(np.int32)
    first = np.flatnonzero(np.r_[True, state[1:] != state[:-1]])
    gap = np.r_[0.0, np.diff(year).astype(float)]
    gap[first] = 0.0
    wording = table.groups() if bridged else np.arange(len(table.items), dtype=np.int32)
    return Layout(
        state,
        year,
        first.astype(np.int64),
        gap,
        unit.astype(np.int32),
        wording[row[order]].astype(np.int32),
        table.vote[row[order], column[order]],
        wording,
        int(wording.max()) + 1,
    )
