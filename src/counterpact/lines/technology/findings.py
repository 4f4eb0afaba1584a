"""What the technology line finds: who supplies, which transit states are named, what Russia gives in return."""

from __future__ import annotations

from dataclasses import replace

from counterpact.lines import law, prose
from counterpact.lines.contract import Figure, Finding
from counterpact.lines.figures import counted
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding
from counterpact.provenance import Basis

_TOPICS = frozenset({"ownership", "CHPL", "anti-circumvention", "no re-export"})


def without_sign(change: Figure) -> tuple[Figure, str]:
    """A change as its size and the word for its direction."""
    if change.value.high > 0:
        return change, "rose"
    return replace(change, value=change.value * -1), "fell"


def ending(room: Room) -> Finding | None:
    """Control rules that end soon."""
    return law.ending(room, _TOPICS)


def transfers(room: Room) -> Finding | None:
    """Claims that Russia gives military technology: how many, by how many origins, and how far they were read."""
    facts = [room.case.facts[f] for f in room.read("transfers")]
    if not facts:
        return None
    origins = dict.fromkeys(prose.origin(f.origin) for f in facts)
    sure = [f for f in facts if f.confidence.value == "high"]
    return finding(
        room,
        "transfers",
        "{claims} say that Russia passes military technology to the DPRK, from {origins} ({who}); {sure} are held with "
        "high confidence and none gives an amount, so the model counts programmes helped, not quality.",
        severity="alarm",
        facts=tuple(f.id for f in facts),
        claims=counted(len(facts), "claim", "facts", "facts on military technology without a number"),
        origins=counted(len(origins), "origin", "facts", "their origins"),
        who=prose.listing(list(origins)),
        sure=counted(len(sure), "", "facts", "of these, confidence high"),
    )


def evidence(room: Room) -> Finding | None:
    """How much of what is said of this line's measures rests on a change that was seen."""
    own = {m.id for m in room.case.measures_of(room.line)}
    effects = [e for e in room.case.effects.values() if e.measure in own]
    if not effects:
        return None
    seen = [e for e in effects if e.basis in (Basis.CAUSAL, Basis.OBSERVED)]
    return finding(
        room,
        "evidence",
        "of {effects} that this line hands to the model, {seen} {rest} on a change that was observed; the others are "
        "assumptions, one interval per family.",
        rest="rests" if len(seen) <= 1 else "rest",
        measures=tuple(dict.fromkeys(e.measure for e in seen)),
        facts=tuple(dict.fromkeys(f for e in seen for f in e.facts if f in room.case.facts)),
        effects=counted(len(effects), "effect", "effects", "effects of the line's measures"),
        seen=counted(len(seen), "", "effects", "basis: causal or observed change"),
    )


MAKERS = (ending, transfers, evidence, law.legal_bases)
