"""Sanctions: which limits are kept, which are breached, by how much, and where partners leave a gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.lines.assessing import close, found_in, open_room
from counterpact.lines.contract import Assessment, Finding, RecordView
from counterpact.lines.deepening import with_indicators
from counterpact.lines.prose import sentence
from counterpact.lines.room import Room
from counterpact.lines.sanctions import listings
from counterpact.lines.sanctions.findings import MAKERS
from counterpact.lines.sentence import say
from counterpact.picture.result import Picture


def assess(case: Case, picture: Picture, record: RecordView, as_of: date) -> Assessment:
    """Assess sanctions: limits against what the sources saw, listings, gaps between partners."""
    room = open_room(Line.SANCTIONS, case, picture, record, as_of)
    lists = listings.read(room)
    if lists is None:
        findings = found_in(room, MAKERS)
        return close(room, headline(room, findings), findings)
    room = with_indicators(room, listings.indicators(room, lists))
    findings = found_in(room, MAKERS, listings.findings(room, lists))
    return close(room, headline(room, findings), findings, used=lists.datasets)


def headline(room: Room, findings: Sequence[Finding]) -> str:
    """Whether the limits hold, from the oil cap, the count of breaches and the gap between partners."""
    found = {f.id: f for f in findings}
    parts = []
    if "oil-over-cap" in found:
        seen, _, *ratio = found["oil-over-cap"].figures
        times = ", {ratio} the yearly limit" if ratio else ", above the yearly limit"
        parts.append(
            say(
                room,
                "{by} saw {seen} of refined oil reach the DPRK {seen:when}" + times,
                by=found_origin(room, found["oil-over-cap"]),
                seen=seen,
                **({"ratio": ratio[0]} if ratio else {}),
            )
        )
    if "oil-silent" in found:
        last, _gap = found["oil-silent"].figures
        parts.append(say(room, "Russia's reports to the UN end with {last:end}", last=last))
    if "breached" in found:
        active, broken, *_ = found["breached"].figures
        parts.append(say(room, "{broken} of {active} in force are recorded as breached", active=active, broken=broken))
    return sentence(parts)


def found_origin(room: Room, finding: Finding) -> str:
    """Who made the first figure of a finding, in words."""
    return say(room, "{v:by}", v=finding.figures[0])
