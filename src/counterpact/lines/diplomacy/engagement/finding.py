"""What the brief says of the third states whose enforcement weighs most: a page each, of sourced facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from counterpact.case.model import Fact
from counterpact.case.values import ActorKind, Side
from counterpact.lines import prose
from counterpact.lines.contract import Finding
from counterpact.lines.diplomacy.enforcement.weights import Weight
from counterpact.lines.diplomacy.engagement.pages import Page, page
from counterpact.lines.figures import counted
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding

MOST = 2
"""States with a page in the brief."""
AMOUNTS = frozenset({"USD", "share", "barrel", "barrel/day", "tonne"})
"""Units of money and goods: what says most of a dependence."""


def pages(room: Room, weights: Sequence[Weight]) -> list[Finding]:
    """Pages of the third states of greatest weight of which the case knows both dependence and stand."""
    found = []
    for weight in weights:
        actor = room.case.actors[weight.actor]
        made = page(room.case, actor.id) if (actor.kind, actor.side) == (ActorKind.STATE, Side.THIRD) else None
        if made is not None and made.depends and made.stands:
            found.append(_finding(room, made))
    return found[:MOST]


def _finding(room: Room, made: Page) -> Finding:
    """Two statements of each kind in the case's own words, and how many more there are."""
    bound = f" It is bound by {prose.listing(_treaties(room, made))}." if made.treaties else ""
    return finding(
        room,
        f"page-{made.actor}",
        "{name}: what ties it – {ties} Where it stands – {stand}{bound} The page rests on {rests}, cited here; "
        "{asked} of the case ask it to act.",
        facts=(*made.depends, *made.stands),
        measures=made.measures,
        name=prose.the(made.name),
        ties=_quoted(room, made.depends, lambda f: f.unit in AMOUNTS),
        stand=_quoted(room, made.stands, lambda f: made.name in f.subject),
        bound=bound,
        rests=counted(
            len(made.depends) + len(made.stands), "fact", "facts", f"facts with {made.name} as subject or object"
        ),
        asked=counted(len(made.measures), "measure", "measures", f"measures with {made.name} among who"),
    )


def _quoted(room: Room, facts: Sequence[str], first: Callable[[Fact], bool]) -> str:
    """Two statements, those that `first` holds for before others, then the newest; weak ones only if all are."""
    rows = [room.case.facts[f] for f in facts]
    sure = [f for f in rows if f.confidence.value != "low"] or rows
    sure.sort(key=lambda f: (first(f), f.period.start if f.period else ""), reverse=True)
    return " ".join(f"“{f.statement}”" for f in sure[:2])


def _treaties(room: Room, made: Page) -> list[str]:
    from counterpact.case.reference import TreatyTerm

    rows = room.case.table(TreatyTerm)
    return [rows[t].treaty for t in made.treaties]
