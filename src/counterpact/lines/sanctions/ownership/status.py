"""Blocked, possibly blocked or not: the least fixed point of a regime's ownership rule on a graph of holdings.

    blocked = listed ∪ { a : Σ_{o ∈ blocked} share(o, a) reaches the threshold }        (a cascade, not a product)

OFAC FAQ 401 reads "indirectly" so: an entity that is itself owned by the threshold passes its whole holding on. The
certain set uses the least share of every holding, the possible set the greatest that the other holders leave room for;
both operators are monotone, so the worklist reaches the least fixed point whatever its order (Tarski 1955), circles
of holdings included. Where a regime adds no shares of different listed persons, each person has a fixed point alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import Problem, SourceError
from counterpact.lines.sanctions.ownership.graph import KINDS, Holdings
from counterpact.lines.sanctions.ownership.rules import Rule

NOT, POSSIBLY, BLOCKED = 0, 1, 2
WORDS = ("not", "possibly", "blocked")
_CONTROL = KINDS.index("control")


@dataclass(frozen=True)
class Reason:
    """Why an entity is in: `owners` with the share each added, or the one that controls it; no owners = listed."""

    ground: str  # listed, ownership, control
    owners: tuple[tuple[int, float], ...] = ()
    holder: int = -1  # the listed person (or first of a joint arrangement) under a rule that does not add


@dataclass(frozen=True)
class Decision:
    """`status` (entities,) 0 not, 1 possibly, 2 blocked; `reasons`: for every entity that is not 0."""

    holdings: Holdings
    rule: Rule
    status: NDArray[np.int8]
    reasons: dict[int, Reason]
    ignored: tuple[str, ...] = field(default=())  # listed ids that hold nothing and are held by nobody here

    def word(self, entity: str) -> str:
        """`blocked`, `possibly` or `not`. Raises `SourceError` for an entity that is not in the graph."""
        return WORDS[self.status[self.number(entity)]]

    def number(self, entity: str) -> int:
        """Number of an entity. Raises `SourceError` if it is not in the graph."""
        place = self.holdings.place.get(entity, -1)
        if place < 0:
            raise SourceError(Problem("", what=f'"{entity}" is in no holding of this graph', do="Check its number"))
        return place

    @property
    def counts(self) -> dict[str, int]:
        """How many entities have each status, the listed ones apart."""
        listed = sum(r.ground == "listed" for r in self.reasons.values())
        found = {word: int((self.status == k).sum()) for k, word in enumerate(WORDS)}
        return {"listed": listed, **found, "blocked": found["blocked"] - listed}


def decide(holdings: Holdings, listed: Iterable[str], rule: Rule) -> Decision:
    """Status of every entity under the rule, given the ids that are listed."""
    place = holdings.place
    wanted = sorted(set(listed))
    seeds = [place[name] for name in wanted if name in place]
    ignored = tuple(name for name in wanted if name not in place)
    status = np.zeros(len(holdings.ids), dtype=np.int8)
    reasons: dict[int, Reason] = {}
    run = _Cascade(holdings, rule)
    for group, joint in [(seeds, -1)] if rule.aggregate else _alone(holdings, seeds):
        for level, certain in ((BLOCKED, True), (POSSIBLY, False)):
            for entity, reason in run.spread(group, certain, joint).items():
                if status[entity] < level:
                    status[entity], reasons[entity] = level, reason
    for seed in seeds:
        status[seed], reasons[seed] = BLOCKED, Reason("listed")
    return Decision(holdings, rule, status, dict(sorted(reasons.items())), ignored)


def _alone(holdings: Holdings, seeds: Sequence[int]) -> list[tuple[list[int], int]]:
    """Each listed person alone, and the listed members of each joint arrangement by what they hold jointly."""
    chosen = set(seeds)
    joint: dict[int, set[int]] = {}
    for edge in np.flatnonzero(holdings.joint >= 0):
        if int(holdings.owner[edge]) in chosen:
            joint.setdefault(int(holdings.joint[edge]), set()).add(int(holdings.owner[edge]))
    arrangements = [(sorted(members), number) for number, members in sorted(joint.items()) if len(members) > 1]
    return [([seed], -1) for seed in seeds] + arrangements


class _Cascade:
    """Spreads from a set of holders by the rule; touches only what they reach."""

    def __init__(self, holdings: Holdings, rule: Rule) -> None:
        self.holdings, self.rule = holdings, rule
        self.tests = tuple(KINDS.index(t) for t in rule.tests)
        self.all_low = {
            k: np.bincount(holdings.asset[holdings.kind == k], holdings.low[holdings.kind == k], len(holdings.ids))
            for k in self.tests
        }
        self.start, self.asset = holdings.start.tolist(), holdings.asset.tolist()
        self.kind, self.low, self.high = holdings.kind.tolist(), holdings.low.tolist(), holdings.high.tolist()
        self.joint = holdings.joint.tolist()

    def spread(self, seeds: Sequence[int], certain: bool, joint: int = -1) -> dict[int, Reason]:
        """Entities the seeds bring in, with why. `certain`: by least shares, else by the greatest there is room for.

        `joint` ≥ 0: of what the seeds hold themselves only the holdings of that arrangement count.
        """
        rule, inside, reasons = self.rule, set(seeds), dict[int, Reason]()
        low: dict[tuple[int, int], float] = {}
        high: dict[tuple[int, int], float] = {}
        parts: dict[tuple[int, int], list[tuple[int, float]]] = {}
        queue, first = deque(seeds), frozenset(seeds)
        head = seeds[0] if seeds and not rule.aggregate else -1
        while queue:
            owner = queue.popleft()
            for edge in range(self.start[owner], self.start[owner + 1]):
                asset, kind = self.asset[edge], self.kind[edge]
                if asset in inside or (joint >= 0 and owner in first and self.joint[edge] != joint):
                    continue
                if kind == _CONTROL:
                    if rule.control:
                        reasons[asset] = Reason("control", ((owner, 0.0),), head)
                        inside.add(asset)
                        queue.append(asset)
                    continue
                if kind not in self.tests:
                    continue
                key = (asset, kind)
                low[key] = low.get(key, 0.0) + self.low[edge]
                high[key] = high.get(key, 0.0) + self.high[edge]
                parts.setdefault(key, []).append((owner, self.low[edge] if certain else self.high[edge]))
                others = max(0.0, float(self.all_low[kind][asset]) - low[key])
                if rule.met(low[key] if certain else min(high[key], 1.0 - others)):
                    reasons[asset] = Reason("ownership", tuple(parts[key]), head)
                    inside.add(asset)
                    queue.append(asset)
        return reasons
