"""Accountability: which courts and bodies reach whom. It serves outside the adversary model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.lines.accountability.findings import MAKERS
from counterpact.lines.assessing import close, found_in, open_room
from counterpact.lines.contract import Assessment, Finding, RecordView
from counterpact.lines.prose import sentence
from counterpact.lines.room import Room
from counterpact.lines.sentence import newest, say
from counterpact.picture.result import Picture


def assess(case: Case, picture: Picture, record: RecordView, as_of: date) -> Assessment:
    """Assess accountability: warrants, parties, compensation bodies, immobilised assets."""
    room = open_room(Line.ACCOUNTABILITY, case, picture, record, as_of)
    findings = found_in(room, MAKERS)
    return close(room, headline(room, findings), findings)


def headline(room: Room, findings: Sequence[Finding]) -> str:
    """What the courts reach today and what still waits for states."""
    found = {f.id: f for f in findings}
    parts = []
    if "icc-reach" in found:
        states, inside, *_ = found["icc-reach"].figures
        parts.append(
            say(
                room,
                "{inside} of {states} that could act on the exchange owe the International Criminal Court cooperation",
                inside=inside,
                states=states,
            )
        )
    parts.append(newest(room, "claims", "the Register of Damage holds {v} claims {v:when}"))
    if "claims-commission" in found:
        signed, needed = found["claims-commission"].figures
        parts.append(
            say(
                room,
                "the claims convention counts {signed:n} signatures but needs {needed:n} ratifications, and how many "
                "have ratified is not known",
                signed=signed,
                needed=needed,
            )
        )
    return sentence([part for part in parts if part])
