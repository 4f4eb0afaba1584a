"""Humanitarian: what civilians need, what is known of it, and what a package must leave room for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.lines import inputs, law
from counterpact.lines.assessing import close, found_in, open_room
from counterpact.lines.contract import Assessment, Finding, RecordView
from counterpact.lines.humanitarian.findings import MAKERS
from counterpact.lines.prose import sentence
from counterpact.lines.room import Room
from counterpact.lines.sentence import say
from counterpact.picture.result import Picture


def assess(case: Case, picture: Picture, record: RecordView, as_of: date) -> Assessment:
    """Assess the humanitarian line: hunger, access, returns, and the civilian minima that bind the package."""
    room = open_room(Line.HUMANITARIAN, case, picture, record, as_of)
    findings = found_in(room, (*MAKERS, law.legal_bases))
    return close(room, headline(room, findings), findings, requirements=inputs.requirements(case))


def headline(room: Room, findings: Sequence[Finding]) -> str:
    """What is known of need and access, and how old that knowledge is."""
    found = {f.id: f for f in findings}
    parts = []
    hunger = room.newest("hunger")
    if "hunger-old" in found:
        value, age = found["hunger-old"].figures
        parts.append(
            say(
                room,
                "the newest estimate of hunger, {v} of the population {v:when}, is {age} old, so "
                "today's level is not known",
                v=value,
                age=age,
            )
        )
    elif hunger:
        parts.append(say(room, "{v} of the population were undernourished {v:when} ({v:by})", v=hunger[-1]))
    if "aid-staff" in found:
        parts.append("no international aid staff are in the country to check")
    if "minimum" in found:
        total, guessed = found["minimum"].figures
        parts.append(
            say(
                room,
                "of {total} that the package must leave room for, {guessed} {rest} on assumption",
                guessed=guessed,
                rest="rests" if guessed.value.high <= 1 else "rest",
                total=total,
            )
        )
    return sentence(parts)
