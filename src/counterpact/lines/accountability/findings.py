"""What accountability finds: which courts reach whom, how far the compensation bodies are, which road is closed."""

from __future__ import annotations

from counterpact.case.reference import ForumFact
from counterpact.lines import law, prose
from counterpact.lines.contract import Finding
from counterpact.lines.figures import counted
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding

_JOINED = ("party", "party (host)", "entry into force")


def icc_parties(room: Room) -> set[str]:
    """Names of the states that are parties to the Rome Statute, as the forum table has them."""
    rows = [row for row in room.case.table(ForumFact).values() if row.forum == "ICC"]
    joined = {row.actor for row in rows if row.fact_type in _JOINED}
    left = {row.actor for row in rows if row.fact_type == "withdrawal"}
    return joined - left


def reach(room: Room) -> Finding | None:
    """States that could act on a channel and owe the Court cooperation."""
    rows = [row for row in room.case.table(ForumFact).values() if row.forum == "ICC"]
    states = law.states_on_channels(room.case)
    if not rows or not states:
        return None
    names = {state: room.case.actors[state].name for state in states}
    parties = icc_parties(room)
    inside = [s for s in states if names[s] in parties]
    known = {row.actor for row in rows}
    silent = [s for s in states if names[s] not in known]
    outside = [s for s in states if names[s] in known and names[s] not in parties]
    tail = " The table is silent on {silent}." if silent else ""
    return finding(
        room,
        "icc-reach",
        "of {states} that could act on a channel, {inside} owe the International Criminal Court cooperation and "
        "{outside} do not, among them {names}." + tail,
        severity="concern",
        states=counted(len(states), "state", "channels", "states named as jurisdictions, alliance left out"),
        inside=counted(len(inside), "", "forums", "parties to the Rome Statute in the forum table"),
        outside=counted(len(outside), "", "forums", "in the forum table, not parties"),
        silent=counted(len(silent), "", "forums", "jurisdictions without a row in the forum table"),
        names=prose.listing([prose.the(names[s]) for s in outside[:4]]),
    )


def arrests(room: Room) -> Finding | None:
    """Findings that a party let a wanted person pass."""
    rows = [r for r in room.case.table(ForumFact).values() if r.forum == "ICC" and "arrest" in f"{r.fact_type}{r.fact}"]
    failed = [r for r in room.case.table(ForumFact).values() if r.forum == "ICC" and "non-compliance" in r.fact_type]
    if not failed:
        return None
    all_rows = [*failed, *(r for r in rows if r not in failed)]
    states = dict.fromkeys(prose.the(r.actor) for r in all_rows)
    return finding(
        room,
        "arrests",
        "{visits} of a wanted person to a party are on record without an arrest ({names}); the judges have found "
        "{failed} in breach.",
        severity="concern",
        facts=room.read("arrests"),
        visits=counted(len(all_rows), "visit", "forums", "visit without arrest or finding of non-compliance"),
        failed=counted(len(failed), "state", "forums", "finding of non-compliance"),
        names=prose.listing(list(states)),
    )


def claims_commission(room: Room) -> Finding | None:
    """Signatures of the claims convention against the ratifications it needs."""
    signed, needed = room.newest("claims-signatories"), room.newest("claims-needed")
    if not signed or not needed:
        return None
    return finding(
        room,
        "claims-commission",
        "the claims convention has {signed:n} signatures ({signed:by}) and needs {needed:n} ratifications; how many "
        "have ratified is not in the case, so its start cannot be dated.",
        signed=signed[-1],
        needed=needed[-1],
    )


MAKERS = (reach, arrests, claims_commission, law.legal_bases)
