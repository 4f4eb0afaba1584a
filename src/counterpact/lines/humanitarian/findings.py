"""What the humanitarian line finds: how old the household figures are and what the civilian minimum rests on."""

from __future__ import annotations

from counterpact.case.values import Lever
from counterpact.lines import prose
from counterpact.lines.contract import Finding
from counterpact.lines.figures import counted
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding
from counterpact.provenance import Basis

_DELAYS = 1
"""On the scale of the case, 1 means that lawful trade or aid is delayed."""


def minimum(room: Room) -> Finding | None:
    """How many civilian minima of the case rest on an assumption only."""
    needs = list(room.case.needs.values())
    if not needs:
        return None
    guessed = [need for need in needs if need.basis is Basis.ASSUMPTION]
    goods = prose.listing(sorted({room.case.goods[n.good].name.lower() for n in guessed if n.good in room.case.goods}))
    tail = f" ({goods}); the guard is only as good as they are." if goods else "."
    return finding(
        room,
        "minimum",
        "of {all} that the package must leave room for, {guessed} {rest} on an assumption" + tail,
        rest="rests" if len(guessed) <= 1 else "rest",
        severity="concern" if guessed else "note",
        facts=tuple(dict.fromkeys(f for n in needs for f in n.facts if f in room.case.facts)),
        all=counted(len(needs), "civilian minimum", "needs", "all rows"),
        guessed=counted(len(guessed), "", "needs", "basis: assumption"),
    )


def staff(room: Room) -> Finding | None:
    """International aid staff in the country."""
    newest = room.newest("aid-staff")
    if not newest or newest[-1].value.high > 0:
        return None
    return finding(
        room,
        "aid-staff",
        "no international aid staff were in the country {v:when} ({v:by}), so deliveries cannot be verified on the "
        "ground: room for goods is not proof that they arrive.",
        severity="alarm",
        v=newest[-1],
    )


def harm(room: Room) -> Finding | None:
    """Measures that the case itself thinks may delay lawful trade or aid, or do worse."""
    levers = [m for m in room.case.measures.values() if m.lever is not Lever.NONE]
    risky = sorted((m for m in levers if m.civilian_harm >= _DELAYS), key=lambda m: (-m.civilian_harm, m.id))
    if not risky:
        return None
    worst = [m for m in risky if m.civilian_harm == risky[0].civilian_harm]
    return finding(
        room,
        "harm",
        "{risky} of the {levers} that the coalition can decide on may delay lawful trade or aid, or do worse, by the "
        "scale of the case (its own judgement); the heaviest: {names}.",
        measures=tuple(m.id for m in risky),
        risky=counted(len(risky), "", "measures", f"civilian_harm of {_DELAYS} or more, an assumption of the case"),
        levers=counted(len(levers), "measure", "measures", "lever other than none"),
        names=prose.listing([f"“{m.name}”" for m in worst[:3]]),
    )


MAKERS = (staff, minimum, harm)
