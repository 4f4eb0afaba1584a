"""Technology: which controlled goods still reach Russia, by which transit states, and what Russia passes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.lines.assessing import close, found_in, open_room
from counterpact.lines.contract import Assessment, Finding, RecordView
from counterpact.lines.prose import sentence
from counterpact.lines.room import Room
from counterpact.lines.sentence import say
from counterpact.lines.technology.findings import MAKERS, without_sign
from counterpact.picture.result import Picture


def assess(case: Case, picture: Picture, record: RecordView, as_of: date) -> Assessment:
    """Assess technology: priority goods, transit states, components in weapons, control rules."""
    room = open_room(Line.TECHNOLOGY, case, picture, record, as_of)
    findings = found_in(room, MAKERS)
    return close(room, headline(room, findings), findings)


def headline(room: Room, findings: Sequence[Finding]) -> str:
    """Who supplies, whether transit fell, what is passed on."""
    found = {f.id: f for f in findings}
    parts = []
    share = room.newest("china-share")
    if share:
        old = ", the newest figure in hand" if share[-1].stale else ""
        parts.append(
            say(room, "China supplied {v} of Russia's imports of high-priority goods {v:when}" + old, v=share[-1])
        )
    change = room.newest("hong-kong-change")
    if change:
        size, word = without_sign(change[-1])
        parts.append(say(room, "transshipment through Hong Kong " + word + " by {v} {v:when}", v=size))
    if "transfers" in found:
        claims, origins, _ = found["transfers"].figures
        parts.append(
            say(
                room,
                "{claims} from {origins} say Russia passes on military technology, none with an amount",
                claims=claims,
                origins=origins,
            )
        )
    return sentence(parts)
