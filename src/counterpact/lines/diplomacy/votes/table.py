"""The one shape in which the diplomacy line holds roll calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

NO, ABSTAIN, YES, ABSENT, NOT_MEMBER = 0, 1, 2, 3, -1
BALLOTS = ("no", "abstain", "yes", "absent")
"""Words of the codes 0 to 3; the first three are ordered."""


@dataclass(frozen=True)
class Item:
    """One roll call. `title`: the short words, `text`: all words known; `para`: a vote on a part, not on the whole."""

    rcid: int
    session: int
    date: date | None
    resolution: str
    title: str
    text: str
    amend: bool = False
    para: bool = False

    @property
    def year(self) -> int:
        """The year a session opens in: the published series date all votes of a session by it."""
        return self.session + 1945


@dataclass(frozen=True)
class VoteTable:
    """States by items. `vote[i, s]`: 0 no, 1 abstain, 2 yes, 3 absent, −1 not a member (or not in the file).

    `cow`: Correlates of War codes of the columns, one for a state and its successor; `codes`: ISO alpha-3 (or the
    COW abbreviation) and `names` as of the last year of the table. Items stand in order of session, date and number.
    `bridges`: pairs of positions of items with the same words. `issues`: names of issues → positions of items.
    `notes`: what was met while reading, in words.
    """

    items: tuple[Item, ...]
    cow: NDArray[np.int32]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    vote: NDArray[np.int8]
    bridges: NDArray[np.int32]
    issues: dict[str, NDArray[np.int32]]
    notes: tuple[str, ...] = ()

    @cached_property
    def session(self) -> NDArray[np.int32]:
        """Session of each item."""
        return np.array([item.session for item in self.items], dtype=np.int32)

    @cached_property
    def column(self) -> dict[str, int]:
        """Column of a state by its code."""
        return {code: place for place, code in enumerate(self.codes)}

    def only(self, keep: NDArray[np.bool_] | Sequence[int]) -> VoteTable:
        """The same table with some items only; bridges and issues follow."""
        chosen = np.flatnonzero(keep) if np.asarray(keep).dtype == bool else np.sort(np.asarray(keep, dtype=np.int64))
        new = np.full(len(self.items), -1, dtype=np.int32)
        new[chosen] = np.arange(len(chosen), dtype=np.int32)
        bridges = new[self.bridges] if len(self.bridges) else self.bridges
        if len(bridges):
            bridges = bridges[(bridges >= 0).all(axis=1)]
        issues = {name: new[place][new[place] >= 0] for name, place in self.issues.items()}
        return replace(
            self,
            items=tuple(self.items[i] for i in chosen),
            vote=np.ascontiguousarray(self.vote[chosen]),
            bridges=bridges,
            issues=issues,
        )

    def groups(self) -> NDArray[np.int32]:
        """Number of the wording of each item: items joined by bridges share one, so that scales compare over time."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        n = len(self.items)
        pairs = self.bridges.reshape(-1, 2)
        graph = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
        labels = connected_components(graph, directed=False)[1]
        _, first, number = np.unique(labels, return_index=True, return_inverse=True)
        order = np.argsort(np.argsort(first, kind="stable"), kind="stable")
        return np.asarray(order[number], dtype=np.int32)
