"""The order of engagement with the levers the case knows of, as sourced associations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from counterpact.case.case import Case
from counterpact.errors import UsageError
from counterpact.lines.diplomacy.engagement.order import Visits, candidates, visits
from counterpact.lines.diplomacy.engagement.pages import page
from counterpact.lines.diplomacy.whip.asking import Asked

NOTE = (
    "Worth = chance of being pivotal × how open the state's own chances and record are. Levers are facts of the case "
    "that go along with a state's position; that pulling one would move it is not shown."
)


@dataclass(frozen=True)
class Engagement:
    """Visits, and for each state the ids of facts and treaties of the case that tie it (`levers`)."""

    visits: Visits
    levers: dict[str, tuple[str, ...]]
    note: str = NOTE

    def plain(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {**asdict(self.visits), "levers": {s: list(v) for s, v in self.levers.items()}, "note": self.note}


def engage(
    case: Case, asked: Asked, budget: float, *, cost: Sequence[str] = (), before: Sequence[str] = ()
) -> Engagement:
    """Candidates outside the alliance and the best visits. Raises `UsageError` for what cannot be read."""
    alliance = [case.actors[a].iso3 for a in case.head.alliance if case.actors[a].iso3]
    found = candidates(asked, leave_out=alliance)
    done = visits(found, budget, cost=_costs(cost), before=_pairs(before))
    actors = {a.iso3: a.id for a in case.actors.values() if a.iso3}
    made = {c.state: page(case, actors[c.state]) for c in found if c.state in actors}
    levers = {s: (*p.depends, *p.stands, *p.treaties) for s, p in made.items() if p}
    return Engagement(done, levers)


def _costs(words: Sequence[str]) -> dict[str, float]:
    found = {}
    for word in words:
        state, _, number = word.partition("=")
        try:
            found[state.strip().upper()] = float(number)
        except ValueError:
            raise UsageError(f'"{word}" is no cost of a state; write it as in IND=2.') from None
    return found


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for word in words:
        first, sign, rest = word.upper().partition("=")
        then = [s.strip() for s in rest.split(",") if s.strip()]
        if not sign or not first.strip() or not then:
            raise UsageError(f'"{word}" names no leader and those after it; write it as in ZAF=AGO,BWA.')
        found += [(first.strip(), s) for s in then]
    return found
