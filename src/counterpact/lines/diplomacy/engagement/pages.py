"""What the case knows of one state: what it depends on, where it stands, what binds it. Sourced facts, nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from counterpact.case.case import Case
from counterpact.case.model import Actor, Fact
from counterpact.case.reference import TreatyTerm
from counterpact.case.values import Claim

#: Themes of the case's facts that say where a state stands rather than what flows.
STANDS = frozenset({"diplomatic", "treaty", "military", "legal", "human_rights"})


@dataclass(frozen=True)
class Page:
    """Fact ids about one state. `depends`: amounts that tie it to the alliance or the coalition, the newest of each
    estimand; `stands`: statements and votes, newest first; `treaties`: row ids in force; `measures`: that ask it."""

    actor: str
    name: str
    depends: tuple[str, ...]
    stands: tuple[str, ...]
    treaties: tuple[str, ...]
    measures: tuple[str, ...]


def page(case: Case, actor: str) -> Page | None:
    """What the case knows of an actor; None if it holds no fact about it."""
    row = case.actors.get(actor)
    if row is None:
        return None
    about = [f for f in case.facts.values() if f.id not in case.corrected and _about(f, row)]
    newest = sorted(about, key=lambda f: (f.period.last.toordinal() if f.period else 0, f.id), reverse=True)
    numbers: dict[str, Fact] = {}
    for fact in newest:
        if fact.quantity is not None and fact.claim in (Claim.ACTUAL, Claim.RULE) and fact.theme not in STANDS:
            numbers.setdefault(fact.estimand, fact)
    words = [f for f in newest if f.theme in STANDS and not f.part_of and f.quantity is None]
    treaties = [
        t.id
        for t in case.table(TreatyTerm).values()
        if t.row_type == "member" and _named(row.name, t.member) and not t.end
    ]
    asked = tuple(m.id for m in case.measures.values() if actor in m.who)
    if not numbers and not words:
        return None
    return Page(
        actor, row.name, tuple(f.id for f in numbers.values()), tuple(f.id for f in words), tuple(treaties), asked
    )


def _about(fact: Fact, row: Actor) -> bool:
    """True if the subject or the object of the fact names the state, alone or among others."""
    return _named(row.name, fact.subject) or _named(row.name, fact.object)


def _named(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None
