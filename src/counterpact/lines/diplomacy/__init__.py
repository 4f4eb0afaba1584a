"""Diplomacy: is the coalition holding, who stands outside it, and which road through the UN is open?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.lines import inputs
from counterpact.lines.assessing import close, found_in, open_room
from counterpact.lines.contract import Assessment, Finding, RecordView
from counterpact.lines.diplomacy.drawings import has_positions, positions
from counterpact.lines.diplomacy.enforcement import finding as enforcing
from counterpact.lines.diplomacy.engagement.finding import pages
from counterpact.lines.diplomacy.findings import MAKERS, swing
from counterpact.lines.diplomacy.track.finding import NONE, sealed
from counterpact.lines.prose import sentence
from counterpact.lines.room import Room
from counterpact.lines.sentence import say
from counterpact.lines.settings import participation_rules
from counterpact.picture.result import Picture


def assess(case: Case, picture: Picture, record: RecordView, as_of: date) -> Assessment:
    """Assess diplomacy: votes, vetoes, monitoring, and how likely each actor takes part when asked."""
    room = open_room(Line.DIPLOMACY, case, picture, record, as_of)
    weights = enforcing.enforcers(room)
    weighed = enforcing.enforcement(room, weights)
    record_of = sealed(room)
    more = [*([weighed] if weighed else []), *pages(room, weights), *([record_of] if record_of else [])]
    findings = found_in(room, MAKERS, more)
    draws = inputs.participation(case, participation_rules())
    charts = {**enforcing.charts(weights)}
    if has_positions(room):
        charts["positions"] = partial(positions, room)
    made = close(room, headline(room, findings), findings, participation=draws, charts=charts)
    return made if record_of else replace(made, missing=(*made.missing, NONE))


def headline(room: Room, findings: Sequence[Finding]) -> str:
    """Where the coalition stands, from the votes, the Council and the states outside."""
    found = {f.id: f for f in findings}
    parts = []
    votes = swing(room)
    if votes:
        top, _, last = votes
        move = "has slipped" if last.value.high < top.value.low else "holds"
        parts.append(
            say(
                room,
                "support in the General Assembly " + move + ", from {top:n} votes {top:when} to {last:n} {last:when}",
                top=top,
                last=last,
            )
        )
    if "vetoes" in found:
        parts.append(say(room, "{n} by Russia close the Council route", n=found["vetoes"].figures[0]))
    if "outside" in found:
        total, out, _ = found["outside"].figures
        parts.append(
            say(
                room,
                "{out} of {total} that could act on the exchange stay outside the monitoring team",
                out=out,
                total=total,
            )
        )
    return sentence(parts)
