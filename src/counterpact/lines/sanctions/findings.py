"""What the sanctions line finds: rules in force and breached, gaps between partners, prices that differ."""

from __future__ import annotations

from counterpact.case.reference import RegimeRule, UnMeasure
from counterpact.case.values import Line
from counterpact.lines import law, prose
from counterpact.lines.contract import Figure, Finding
from counterpact.lines.figures import counted
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding
from counterpact.quantity import Period, Quantity

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
    """Price caps on crude in force side by side."""
    rows = [row for row in room.case.table(RegimeRule).values() if row.topic == _CAP_TOPIC and row.unit == "USD/bbl"]
    live = [row for row in rows if row.value and row.valid_from <= room.as_of.isoformat() and not _over(room, row)]
    newest: dict[str, RegimeRule] = {}
    for row in sorted(live, key=lambda row: row.valid_from):
        newest[row.actor] = row
    figures = {row.actor: _cap(row) for row in newest.values()}
    if len({f.value.low for f in figures.values()}) < 2:
        return None
    low = min(figures, key=lambda actor: figures[actor].value.low)
    high = max(figures, key=lambda actor: figures[actor].value.low)
    return finding(
        room,
        "price-caps",
        "two crude price caps stand side by side: {low} ({a}) and {high} ({b}), so a cargo barred to one partner's "
        "services may still use the other's.",
        severity="concern",
        low=figures[low],
        high=figures[high],
        a=low,
        b=high,
    )


def _over(room: Room, row: RegimeRule) -> bool:
    return bool(row.valid_to) and row.valid_to[:10] < room.as_of.isoformat()


def _cap(row: RegimeRule) -> Figure:
    cap = counted(0, "USD/barrel", "regimes", f"row {row.id}: {row.rule}", row.reading.verified)
    value = Quantity.exact(float(row.value), "USD/barrel", Period(row.valid_from, open_end=True))
    return Figure(value, cap.citation, verified=cap.verified)


MAKERS = (breaches, law.alone, price_caps, paragraphs, law.legal_bases)
