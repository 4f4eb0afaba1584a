"""Findings that any line may make from the reference tables: legal bases, rules about to end, who carries what."""

from __future__ import annotations

import re
from datetime import date, timedelta

from counterpact.case.case import Case
from counterpact.case.model import Measure
from counterpact.case.reference import LegalBasis, RegimeRule
from counterpact.case.values import Line, MeasureStatus, Side
from counterpact.lines import prose
from counterpact.lines.contract import Finding
from counterpact.lines.figures import counted
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding

IN_FORCE = frozenset({MeasureStatus.IN_FORCE, MeasureStatus.PARTLY, MeasureStatus.BREACHED})
_SOON = timedelta(days=180)
_END = re.compile(r"(?:runs to|until|ends on|expires on)\s+(\d{4}-\d{2}-\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def legal_bases(room: Room) -> Finding | None:
    """Measures of the line for whose legal basis the second reading found no text."""
    own = {m.id: m for m in room.case.measures_of(room.line)}
    rows = [row for row in room.case.table(LegalBasis).values() if row.measure in own]
    if not rows:
        return None
    kinds = {kind: [r for r in rows if r.verdict.startswith(kind)] for kind in ("corrected", "not found")}
    if not kinds["not found"]:
        return None
    read = all(row.reading.verified for row in rows)
    total = counted(len(rows), "measure", "legal_bases", "measures of the line with a second reading", read)
    mended = counted(len(kinds["corrected"]), "", "legal_bases", "verdict: corrected", read)
    lost = counted(len(kinds["not found"]), "", "legal_bases", "verdict: not found", read)
    which = prose.listing([f"“{own[row.measure].name}”" for row in kinds["not found"][:3]])
    return finding(
        room,
        "legal-bases",
        "of the legal bases of {total} on this line, the second reading found no text for {lost} ({which}) and "
        "corrected {mended}.",
        severity="concern",
        measures=tuple(dict.fromkeys(row.measure for row in (*kinds["not found"], *kinds["corrected"]))),
        total=total,
        mended=mended,
        lost=lost,
        which=which,
    )


def end_of(rule: RegimeRule) -> date | None:
    """The day a dated rule, or its suspension, ends; None if the row names none."""
    named = _END.search(rule.detail)
    text = named.group(1) if named else rule.valid_to
    found = _DAY.match(text.strip())
    return date.fromisoformat(found.group(0)) if found else None


def ending(room: Room, topics: frozenset[str]) -> Finding | None:
    """The rule of these topics that ends next, if it ends within half a year of the date of the assessment."""
    soon = []
    for rule in room.case.table(RegimeRule).values():
        end = end_of(rule)
        if rule.topic in topics and end and room.as_of <= end <= room.as_of + _SOON:
            soon.append((end, rule))
    if not soon:
        return None
    end, rule = min(soon, key=lambda pair: (pair[0], pair[1].id))
    why = f"{prose.day(end.isoformat())} less the date of the assessment; row {rule.id}: {rule.rule}; {rule.detail}"
    days = counted((end - room.as_of).days, "day", "regimes", why, rule.reading.verified)
    unread = "" if rule.reading.verified else "; the page behind this row has not been read"
    return finding(
        room,
        "rule-ending",
        "{days} remain until {end}, when the dated rule “{rule}” of {actor} reaches its end{unread}.",
        severity="concern",
        days=days,
        end=prose.day(end.isoformat()),
        rule=f"{rule.rule}: {rule.detail}" if rule.detail else rule.rule,
        actor=rule.actor,
        unread=unread,
    )


def alone(room: Room) -> Finding | None:
    """Measures in force that one coalition member carries alone: the listing gap between partners."""
    carried: dict[str, list[Measure]] = {}
    total = 0
    for measure in room.case.measures_of(room.line):
        who = [a for a in measure.who if a in room.case.actors and room.case.actors[a].side is Side.COALITION]
        if measure.status in IN_FORCE and who and not measure.level_of:
            total += 1
            if len(measure.who) == 1:
                carried.setdefault(who[0], []).append(measure)
    if not carried:
        return None
    lead = max(carried, key=lambda actor: len(carried[actor]))
    own = carried[lead]
    return finding(
        room,
        "carried-alone",
        "of {total} in force on this line that coalition members carry, {name} carries {own} alone, among them {some}; "
        "the case names no partner for them.",
        severity="concern" if len(own) > 1 else "note",
        measures=tuple(m.id for m in own),
        name=prose.the(room.case.actors[lead].name),
        own=counted(len(own), "", "measures", f"in force, carried by {lead} alone"),
        total=counted(total, "measure", "measures", "in force, carried by coalition members"),
        some=prose.listing([f"“{m.name}”" for m in own[:2]]),
    )


def states_on_channels(case: Case) -> dict[str, int]:
    """States outside the alliance that could act on a channel → number of such channels, most first."""
    tally: dict[str, int] = {}
    for channel in case.channels.values():
        states = {case.state_of(name) for name in channel.jurisdictions}
        for state in states:
            actor = case.actors.get(state)
            if actor and actor.kind.value == "state" and actor.side is not Side.ALLIANCE:
                tally[state] = tally.get(state, 0) + 1
    return dict(sorted(tally.items(), key=lambda item: (-item[1], item[0])))


def breached(room: Room, line: Line) -> tuple[list[Measure], int]:
    """Measures of a line that are in force but breached, and how many are in force in all."""
    active = [m for m in room.case.measures_of(line) if m.status in IN_FORCE]
    return [m for m in active if m.status is MeasureStatus.BREACHED], len(active)
