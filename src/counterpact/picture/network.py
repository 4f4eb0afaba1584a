"""Channels as a graph: which places pass a good on, and which channels must be reconciled together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from counterpact.case.case import Case
from counterpact.case.model import Limit
from counterpact.case.values import ChannelStatus

UNUSED = (ChannelStatus.POTENTIAL, ChannelStatus.PLANNED)
"""Statuses of channels that carry nothing in the status quo unless a fact says so."""


@dataclass(frozen=True)
class Network:
    """The channels of a case by place and good."""

    case: Case

    @cached_property
    def arriving(self) -> dict[tuple[str, str], list[str]]:
        """(place, good) → channels that end there."""
        return self._by_end("to_place")

    @cached_property
    def leaving(self) -> dict[tuple[str, str], list[str]]:
        """(place, good) → channels that start there."""
        return self._by_end("from_place")

    def _by_end(self, end: str) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for channel in self.case.channels.values():
            found.setdefault((getattr(channel, end), channel.good), []).append(channel.id)
        return found

    @cached_property
    def transit(self) -> list[tuple[str, str]]:
        """(place, good) with flow in and out: what arrives leaves within the year."""
        return [key for key in self.arriving if key in self.leaving]

    def role(self, place: str, good: str) -> str:
        """`source`, `transit`, `sink` or `none`."""
        come, go = (place, good) in self.arriving, (place, good) in self.leaving
        return {(True, True): "transit", (False, True): "source", (True, False): "sink"}.get((come, go), "none")

    def limited(self, limit: Limit) -> list[str]:
        """Channels whose sum a supply or demand limit restrains."""
        side = self.leaving if limit.role == "supply" else self.arriving
        return side.get((limit.place, limit.good), [])

    def joined(self, extra: Iterable[Iterable[str]] = ()) -> list[tuple[str, ...]]:
        """Groups of channels that share a transit place, a limit, an estimand or a headline (`extra`).

        Groups are independent of each other: each is reconciled by its own small program.
        """
        parent = {channel: channel for channel in self.case.channels}

        def find(item: str) -> str:
            while parent[item] != item:
                parent[item] = parent[parent[item]]
                item = parent[item]
            return item

        bonds = [self.arriving[key] + self.leaving[key] for key in self.transit]
        bonds += [self.limited(limit) for limit in self.case.limits.values()]
        bonds += [list(group) for group in extra]
        for bond in bonds:
            known = [channel for channel in bond if channel in parent]
            for other in known[1:]:
                parent[find(other)] = find(known[0])
        groups: dict[str, list[str]] = {}
        for channel in parent:
            groups.setdefault(find(channel), []).append(channel)
        return [tuple(group) for group in groups.values()]


def signed(channels: Iterable[str]) -> dict[str, float]:
    """`a -b` → {a: 1, b: −1}: the channels an estimand sums."""
    return {name.removeprefix("-"): -1.0 if name.startswith("-") else 1.0 for name in channels}
