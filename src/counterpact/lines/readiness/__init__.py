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
        newest(room, "troops", "{by} put the DPRK force in Russia at {v} {v:when}"),
        newest(room, "ammunition-share", "DPRK shells are said to be {v} of what Russia fires ({by})"),
    ]
    if "duties" in found:
        own, mutual = found["duties"].figures
        parts.append(
            say(
                room,
                "{mutual} of the {own} of mutual defence that bind the two are between themselves",
                own=own,
                mutual=mutual,
            )
        )
    parts.append(newest(room, "exercises", "the three allies have held {v} of their joint series {v:when}"))
    return sentence([part for part in parts if part])
