"""What the sanctions line finds: rules in force and breached, gaps between partners, prices that differ."""

from __future__ import annotations

from counterpact.case.reference import RegimeRule, UnMeasure
from counterpact.case.values import Line
from counterpact.lines import law, prose
from counterpact.lines.contract import Figure, Finding
from counterpact.lines.figures import counted
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding
from counterpact.quantity import Period

_CAP_TOPIC = "price cap crude"


def breaches(room: Room) -> Finding | None:
    """Measures in force that the case records as breached."""
    broken, active = law.breached(room, Line.SANCTIONS)
    if not broken:
        return None
    return finding(
        room,
        "breached",
        "of {active} in force on this line, {broken} are recorded as breached or exceeded: {names}.",
        severity="alarm",
        measures=tuple(m.id for m in broken),
        active=counted(active, "measure", "measures", "line sanctions, in force"),
        broken=counted(len(broken), "", "measures", "line sanctions, in force but breached"),
        names=prose.listing([f"“{m.name}”" for m in broken]),
    )


def paragraphs(room: Room) -> Finding | None:
    """How many paragraphs of the Council bind the exchange, and how many were checked against the text."""
    rows = list(room.case.table(UnMeasure).values())
    if not rows:
        return None
    read = [row for row in rows if row.reading.verified]
    caps = [row for row in rows if row.cap]
    return finding(
        room,
        "paragraphs",
        "the case holds {rows} of Council resolutions, {caps} of them with an amount; {read} were checked against the "
        "page, the rest are shown as not verified.",
        rows=counted(len(rows), "paragraph", "un_measures", "all rows"),
        caps=counted(len(caps), "", "un_measures", "rows with an amount allowed"),
        read=counted(len(read), "", "un_measures", "rows whose page was read"),
    )


def price_caps(room: Room) -> Finding | None:
    """Price caps on crude that differ between partners, and a review of them that has fallen due."""
    ours, theirs = room.newest("price-cap"), room.newest("price-cap-us")
    if not ours or not theirs or ours[-1].value.overlaps(theirs[-1].value):
        return None
    rows = [row for row in room.case.table(RegimeRule).values() if row.topic == _CAP_TOPIC and "review due" in row.rule]
    due = [row for row in rows if row.valid_from <= room.as_of.isoformat()]
    review = " A review of the first fell due {late} before this assessment; its result is not in the case."
    late: Figure | str = _since(room, due[-1]) if due else ""
    return finding(
        room,
        "price-caps",
        "two price caps on Russian crude stand side by side, {ours} {ours:when} (EU and partners) and {theirs} "
        "{theirs:when} (United States), so services that one denies the other may allow." + (review if due else ""),
        severity="concern",
        ours=ours[-1],
        theirs=theirs[-1],
        late=late,
    )


def _since(room: Room, rule: RegimeRule) -> Figure:
    """Days from the first day of a dated rule to the date of the assessment."""
    days = (room.as_of - Period(rule.valid_from).first).days
    return counted(days, "day", "regimes", f"row {rule.id}: {rule.rule}, {rule.valid_from}", rule.reading.verified)


MAKERS = (breaches, law.alone, price_caps, paragraphs, law.legal_bases)
