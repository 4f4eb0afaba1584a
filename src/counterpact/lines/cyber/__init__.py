"""Cyber: how much the DPRK steals and earns through networks, and how much of it is stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.lines import law
from counterpact.lines.assessing import close, found_in, open_room
from counterpact.lines.contract import Assessment, Finding, RecordView
from counterpact.lines.cyber.findings import MAKERS
from counterpact.lines.prose import sentence
from counterpact.lines.room import Room
from counterpact.lines.sentence import say
from counterpact.picture.result import Picture


def assess(case: Case, picture: Picture, record: RecordView, as_of: date) -> Assessment:
    """Assess cyber: thefts by year, IT workers, freezes, attributions."""
    room = open_room(Line.CYBER, case, picture, record, as_of)
    findings = found_in(room, (*MAKERS, law.alone, law.legal_bases))
    return close(room, headline(room, findings), findings)


def headline(room: Room, findings: Sequence[Finding]) -> str:
    """Whether theft grows, what is stopped, and how wide the doubt about IT workers is."""
    found = {f.id: f for f in findings}
    parts = []
    if "theft-trend" in found:
        early, late, *_ = found["theft-trend"].figures
        word = "rose" if late.value.low > early.value.high else "fell"
        parts.append(
            say(
                room,
                "thefts of crypto assets " + word + " from {early} {early:when} to {late} {late:when} "
                "by {late:by}'s count",
                early=early,
                late=late,
            )
        )
    if "stopped" in found:
        _freeze, share, _ = found["stopped"].figures
        parts.append(say(room, "the largest known freeze comes to {share} of that", share=share))
    if "it-revenue" in found:
        low, high, *_ = found["it-revenue"].figures
        parts.append(
            say(
                room,
                "what IT workers earn is not known: claims run from {low:range} ({low:by}, {low:period}) to "
                "{high:range} ({high:by}, {high:period})",
                low=low,
                high=high,
            )
        )
    return sentence(parts)
