"""The frame of an assessment, the same for all seven lines: open a room, close it with what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.lines import inputs
from counterpact.lines.contract import (
    Assessment,
    ChartBuilder,
    Finding,
    LineInputs,
    ParticipationDraw,
    RecordView,
    Requirement,
)
from counterpact.lines.drawings import builders
from counterpact.lines.figures import span
from counterpact.lines.indicators import chosen, indicator
from counterpact.lines.room import FindingMaker, Room
from counterpact.lines.rules import findings as by_rule
from counterpact.lines.settings import settings
from counterpact.picture.result import Picture

_RANK = {"alarm": 0, "concern": 1, "note": 2}


def open_room(line: Line, case: Case, picture: Picture, record: RecordView, as_of: date) -> Room:
    """The working place of a line: its data file and the indicators that the case bears."""
    setting = settings(line)
    made = [indicator(case, picture, wish, as_of) for wish in chosen(case, line, setting.indicators)]
    found = {i.id: i for i in made if i}
    return Room(line, case, picture, record, as_of, setting, MappingProxyType(found))


def found_in(room: Room, makers: Sequence[FindingMaker] = (), more: Sequence[Finding] = ()) -> tuple[Finding, ...]:
    """Findings of the line's own code, `more` of them, then those by rule, the gravest first, else in order."""
    own = [made for maker in makers if (made := maker(room))]
    return tuple(sorted([*own, *more, *by_rule(room)], key=lambda f: _RANK[f.severity]))


def close(
    room: Room,
    headline: str,
    findings: Sequence[Finding],
    *,
    participation: tuple[ParticipationDraw, ...] = (),
    requirements: tuple[Requirement, ...] = (),
    charts: Mapping[str, ChartBuilder] | None = None,
    used: Sequence[str] = (),
) -> Assessment:
    """The assessment of a room. `used`: data sets of the record that went into it."""
    return Assessment(
        line=room.line,
        headline=headline or nothing_to_say(room),
        as_of=room.as_of,
        case_revision=room.case.revision,
        indicators=tuple(room.indicators.values()),
        findings=tuple(findings),
        inputs=LineInputs(
            effects=inputs.effects(room.case, room.line),
            costs=inputs.costs(room.case, room.line),
            participation=participation,
            requirements=requirements,
        ),
        vintages={name: str(room.record.vintage(name)) for name in used if room.record.vintage(name)},
        missing=missing(room, used),
        serves_outside=_outside(room),
        charts={**builders(room), **(charts or {})},
    )


def nothing_to_say(room: Room) -> str:
    """The headline where the case has nothing to answer with."""
    return f"The facts of this case do not answer the question of this line: {room.settings.question}"


def missing(room: Room, used: Sequence[str] = ()) -> tuple[str, ...]:
    """What is not here: indicators the case lacks, tables the record lacks or that are too old."""
    said = [
        f'The case has no number on "{wish.name.lower()}"; the indicator is left out.'
        for wish in room.settings.indicators
        if wish.id not in room.indicators and wish.estimand in room.case.estimands
    ]
    for table in room.settings.tables:
        dataset = next((d for d in (table.dataset, *table.instead) if room.record.vintage(d)), table.dataset)
        name, vintage = f"{table.title} ({dataset})", room.record.vintage(dataset)
        if vintage is None:
            said.append(f"{name} is not in the record; withheld: {table.withholds}.")
        elif (age := (room.as_of - vintage).days) > table.max_age_days:
            said.append(f"{name}, of {vintage}, is {span(age)} old, too old; withheld: {table.withholds}.")
        elif dataset not in used:
            said.append(
                f"{name}, of {vintage}, is in the record, but this line does not read it yet; "
                f"withheld: {table.withholds}."
            )
    return tuple(said)


def _outside(room: Room) -> str:
    """What the line serves outside the adversary model: its own words and its measures without an effect."""
    acting = {effect.measure for effect in room.case.effects.values()}
    idle = [m for m in room.case.measures_of(room.line) if m.id not in acting and m.serves]
    serves = dict.fromkeys(m.serves.rstrip(".") for m in idle)
    own = room.settings.serves_outside
    if own:
        return own
    if not serves:
        return ""
    total, some = len(room.case.measures_of(room.line)), "; ".join(f"“{s}”" for s in list(serves)[:3])
    touch = "touches" if len(idle) == 1 else "touch"
    return f"{len(idle)} of the line's {total} measures {touch} no channel; served instead, among others: {some}."
