"""The chain that decides: why an entity is blocked, step by step, from the listed persons down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpact.lines.sanctions.ownership.status import BLOCKED, Decision


@dataclass(frozen=True)
class Step:
    """One entity of a chain with who brings it in: `owners` by id with the share each adds (fractions)."""

    entity: str
    name: str
    ground: str
    owners: tuple[tuple[str, float], ...]
    total: float
    certain: bool

    def __str__(self) -> str:
        if self.ground == "listed":
            return f"{self.name} is listed"
        if self.ground == "control":
            return f"{self.name} is controlled by {self.owners[0][0]}"
        parts = " + ".join(f"{share:.4g} % of {owner}" for owner, share in ((o, 100 * s) for o, s in self.owners))
        word = "" if self.certain else "at most "
        return f"{self.name} is held to {word}{100 * self.total:.4g} % ({parts})"


def chain(decision: Decision, entity: str) -> tuple[Step, ...]:
    """Steps from the listed persons to the entity, each after those it rests on; empty if it is not blocked.

    Raises `SourceError` for an entity that is not in the graph.
    """
    holdings = decision.holdings
    seen: set[int] = set()
    steps: list[Step] = []
    waiting: list[tuple[int, bool]] = [(decision.number(entity), False)]
    while waiting:  # depth first without recursion: chains of real groups can be long
        number, done = waiting.pop()
        reason = decision.reasons.get(number)
        if reason is None or (number in seen and not done):
            continue
        if not done:
            seen.add(number)
            waiting.append((number, True))
            waiting += [(owner, False) for owner, _ in reversed(reason.owners) if owner not in seen]
            continue
        owners = tuple((holdings.name(owner), share) for owner, share in reason.owners)
        total = min(1.0, sum(share for _, share in owners))
        certain = bool(decision.status[number] == BLOCKED)
        steps.append(Step(holdings.ids[number], holdings.name(number), reason.ground, owners, total, certain))
    return tuple(steps)


def nearly(decision: Decision, entity: str) -> tuple[tuple[str, float, float], ...]:
    """Holders of the entity that are themselves in, each with its least and greatest share (fractions)."""
    holdings, number = decision.holdings, decision.number(entity)
    return tuple(
        (holdings.name(int(holdings.owner[e])), float(holdings.low[e]), float(holdings.high[e]))
        for e in np.flatnonzero(holdings.asset == number)
        if decision.status[holdings.owner[e]]
    )
