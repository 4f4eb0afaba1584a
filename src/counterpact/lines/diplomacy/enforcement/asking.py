"""Whose enforcement matters: weights, how likely each takes part, and whom a coalition should ask first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from counterpact.case.case import Case
from counterpact.errors import UsageError, nearest
from counterpact.lines import inputs
from counterpact.lines.contract import ParticipationDraw
from counterpact.lines.diplomacy.enforcement.weights import Step, Weight, coalition, weights
from counterpact.lines.settings import participation_rules
from counterpact.picture.result import Picture


@dataclass(frozen=True)
class Enforcement:
    """`weights`: greatest first. `parts`: actor → chance of taking part when asked, for those some measure asks.

    `members`: who was taken as inside from the start; `steps`: who would add most to them, one after another.
    """

    weights: tuple[Weight, ...]
    parts: dict[str, ParticipationDraw]
    members: tuple[str, ...]
    steps: tuple[Step, ...]

    def plain(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        rows = []
        for one in self.weights:
            part = self.parts.get(one.actor)
            chance = (
                None
                if part is None
                else {"low": part.low, "high": part.high, "reason": part.citation.reason, "basis": part.citation.basis}
            )
            rows.append({**asdict(one), "participation": chance})
        return {"weights": rows, "members": list(self.members), "coalition": [asdict(s) for s in self.steps]}


def enforcement(case: Case, picture: Picture, members: Iterable[str] = ()) -> Enforcement:
    """Weights of all actors outside the alliance, and the coalition grown from `members`.

    Raises `UsageError` for a member the case does not know or that belongs to the alliance.
    """
    inside = tuple(dict.fromkeys(members))
    for member in inside:
        if member not in case.actors:
            raise UsageError(f'"{member}" is no actor of this case. {nearest(member, list(case.actors))}')
        if member in case.head.alliance:
            raise UsageError(f'"{member}" belongs to the alliance and cannot be a member of the coalition.')
    draws = {d.actor: d for d in inputs.participation(case, participation_rules())}
    return Enforcement(weights(case, picture), draws, inside, coalition(case, picture, inside))
