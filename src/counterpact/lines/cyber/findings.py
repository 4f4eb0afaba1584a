"""What the cyber line finds: how little of what is stolen is stopped, and what nobody knows about IT workers."""

from __future__ import annotations

from counterpact.lines.contract import Finding
from counterpact.lines.figures import derived
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding
from counterpact.quantity import Quantity


def stopped(room: Room) -> Finding | None:
    """The largest freeze in the case against the newest full-year theft."""
    thefts = [p for p in room.points("crypto") if p.value.period and 360 <= p.value.period.days <= 366]
    freezes = room.points("frozen")
    if not thefts or not freezes:
        return None
    theft, freeze = thefts[-1], max(freezes, key=lambda p: p.value.high)
    if theft.value.unit != freeze.value.unit or theft.value.low <= 0:
        return None
    most = round(freeze.value.high / theft.value.low, 3)
    share = derived(
        Quantity(0.0, most, "share"), "the greatest freeze over the least theft: an upper end", (freeze, theft)
    )
    return finding(
        room,
        "stopped",
        "the largest freeze in the case, {freeze} {freeze:when}, equals {share} of the {theft} stolen {theft:when} "
        "({theft:by}); no full count of what was recovered is in hand.",
        severity="concern",
        freeze=freeze,
        share=share,
        theft=theft,
    )


def rival_attribution(room: Room) -> Finding | None:
    """An attack that two parties give to different authors."""
    facts = room.read("rival-attribution")
    if len(facts) < 2:
        return None
    first, second = (room.case.facts[fact].statement for fact in facts[:2])
    return finding(
        room,
        "rival-attribution",
        "one attack has two authors on record: “{first}” against “{second}”",
        facts=facts,
        first=first,
        second=second,
    )


MAKERS = (stopped, rival_attribution)
