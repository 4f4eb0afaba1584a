"""What readiness finds: who owes whom defence, how far the drills ran, what the exchange adds to Russia's fire."""

from __future__ import annotations

from counterpact.case.reference import TreatyTerm
from counterpact.case.values import Side
from counterpact.lines import law, prose
from counterpact.lines.contract import Finding
from counterpact.lines.figures import counted
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding


def _defence_terms(room: Room) -> list[TreatyTerm]:
    """Rows of members with a binding duty of mutual defence that is in force at the date of the assessment."""
    today = room.as_of.isoformat()
    return [
        row
        for row in room.case.table(TreatyTerm).values()
        if row.row_type == "member"
        and row.defense.startswith("1")
        and row.legally_binding.startswith("1")
        and row.in_force
        and row.in_force <= today
        and not (row.end[:4].isdigit() and row.end[:10] < today)
    ]


def duties(room: Room) -> Finding | None:
    """Binding duties of mutual defence: who would owe help to the alliance, who to South Korea and Japan."""
    rows = _defence_terms(room)
    alliance = {room.case.actors[a].name.split(" (")[0] for a in room.case.head.alliance if a in room.case.actors}
    own = [r for r in rows if r.member in alliance]
    if not own:
        return None
    treaties = sorted({r.treaty for r in own if any(name in r.partners for name in alliance)})
    shared = {r.treaty for r in own}
    to_alliance = sorted({r.member for r in rows if r.treaty in shared and r.member not in alliance})
    read = all(r.reading.verified for r in rows)
    outsiders = f" Under the others {prose.listing(to_alliance)} are bound as well." if to_alliance else ""
    return finding(
        room,
        "duties",
        "{own} of mutual defence bind the members of the alliance, {mutual} between the two themselves ({names})."
        "{outsiders}",
        facts=room.read("article-4"),
        severity="concern",
        own=counted(len({r.treaty for r in own}), "treaty", "treaties", "members of the alliance, defence duty", read),
        mutual=counted(len(treaties), "", "treaties", "between the members of the alliance", read),
        names=prose.listing([f"“{t}”" for t in treaties]),
        outsiders=outsiders,
    )


def allied_duties(room: Room) -> Finding | None:
    """How many coalition members owe a binding duty of mutual defence to another party."""
    rows = _defence_terms(room)
    sides = {a.name: a.side for a in room.case.actors.values()}
    members = {r.member for r in rows if sides.get(r.member) is Side.COALITION}
    if not members:
        return None
    pacts = {r.treaty for r in rows if sides.get(r.member) is Side.COALITION}
    read = all(r.reading.verified for r in rows)
    return finding(
        room,
        "allied-duties",
        "on the other side, {members} of the case owe mutual defence under {pacts}{ukraine}.",
        members=counted(len(members), "coalition member", "treaties", "defence duty in force", read),
        pacts=counted(len(pacts), "treaty", "treaties", "with a coalition member bound", read),
        ukraine="" if "Ukraine" in members else "; Ukraine is a party to none of them",
    )


def drills(room: Room) -> Finding | None:
    """Allied field drills put off in the last large exercise."""
    cut, planned = room.one("drills-postponed"), room.one("drills-planned")
    if cut is None or planned is None:
        return None
    return finding(
        room,
        "drills",
        "of {planned} planned for the last large allied exercise, {cut} were put off ({cut:by}, {day}).",
        severity="concern",
        planned=planned,
        cut=cut,
        day=prose.until(cut.value.period),
    )


MAKERS = (duties, drills, allied_duties, law.legal_bases)
