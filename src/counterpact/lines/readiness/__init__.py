"""Readiness: what the exchange adds to both armies, and what stands ready against it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.lines.assessing import close, found_in, open_room
from counterpact.lines.contract import Assessment, Finding, RecordView
from counterpact.lines.deepening import with_indicators
from counterpact.lines.prose import sentence
from counterpact.lines.readiness.findings import MAKERS
from counterpact.lines.readiness.troops_abroad import DATASET, troops_abroad
from counterpact.lines.room import Room
from counterpact.lines.sentence import newest, say
from counterpact.picture.result import Picture


def assess(case: Case, picture: Picture, record: RecordView, as_of: date) -> Assessment:
    """Assess readiness: forces and munitions exchanged, tests, duties of defence, allied exercises."""
    room = open_room(Line.READINESS, case, picture, record, as_of)
    deeper = troops_abroad(room)
    room = with_indicators(room, deeper)
    findings = found_in(room, MAKERS)
    return close(room, headline(room, findings), findings, used=(DATASET,) if deeper else ())


def headline(room: Room, findings: Sequence[Finding]) -> str:
    """What the alliance gained in force and what answers it."""
    found = {f.id: f for f in findings}
    parts = [
        newest(room, "troops", "{by} put the DPRK force in the Kursk region at {v} {v:when}"),
    ]
    if "containers-trend" in found:
        _, late, *_ = found["containers-trend"].figures
        parts.append(
            say(room, "{late} of munitions had gone to Russia by {late:end}, by the count of {late:by}", late=late)
        )
    if "duties" in found:
        own, mutual = found["duties"].figures
        is_are = "is" if mutual.value.high <= 1 else "are"
        parts.append(
            say(
                room,
                "of the {own} of mutual defence that bind the two, {mutual} " + is_are + " between themselves",
                own=own,
                mutual=mutual,
            )
        )
    parts.append(newest(room, "exercises", "the three allies have held {v} joint exercises {v:when}"))
    return sentence([part for part in parts if part])
