"""A comparison as a list of weighted reasons; their points add up to the log-odds of the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from counterpact.lines.sanctions.screening.align import (
    EXACT,
    HARD,
    INITIAL,
    JOINED,
    SCRAMBLED,
    SOFT,
    TYPO1,
    TYPO2,
    VARIANT,
    WEAK,
)
from counterpact.lines.sanctions.screening.measure import NAMES
from counterpact.lines.sanctions.screening.names import Name

HOW = {
    EXACT: "same", VARIANT: "another spelling or short form", SOFT: "sounds the same", HARD: "same consonants",
    TYPO1: "one letter differs", TYPO2: "two letters differ", WEAK: "only resembles", INITIAL: "initial",
    JOINED: "written together or apart", SCRAMBLED: "same letters in another order",
}  # fmt: skip
WORDS = {
    "start": "names of equal parts start here",
    "variant": "share of other spellings or short forms",
    "soft": "share that sounds the same but is written otherwise",
    "hard": "share with the same consonants only",
    "typo1": "share with one letter changed",
    "typo2": "share with two letters changed",
    "weak": "share that only resembles",
    "initial": "share that is only an initial",
    "joined": "share written together or apart",
    "scrambled": "share with letters in another order",
    "extra_query": "part of the query that the listed name lacks",
    "extra_listed": "part of the listed name that the query lacks",
    "conflict": "a part stands against another",
    "name_conflict": "a name part stands against another",
    "edits": "letters changed in all",
    "firm_extra": "a further word in one organisation's name",
    "unlike": "the names as a whole differ",
    "number_conflict": "numbers differ",
    "number_extra": "a number is on one side only",
    "number_vessel": "ships are told apart by number",
    "form_conflict": "legal forms of different families",
    "form_family": "legal forms differ within a family",
    "form_missing": "legal form on one side only",
    "order": "parts stand in another order",
    "single": "only one part matches",
    "short_edit": "a short part differs in a letter",
    "initials_only": "nothing but initials match",
    "initial_conflict": "an initial does not fit",
    "all_generic": "only general words match",
    "worst": "letters changed in the worst pair",
    "acronym": "one name abbreviates the other",
}


@dataclass(frozen=True)
class Reason:
    """One line: what, how many points of log-odds (0 = shown for information), and the feature or field behind it."""

    about: str
    text: str
    points: float = 0.0


def matched(query: Name, listed: Name, links: Sequence[Sequence[int]]) -> list[Reason]:
    """Which part matches which and how, then what is left over on either side."""
    found, used_q, used_l = [], set(), set()
    for first, count, other, many, how, edits in links:
        used_q |= set(range(first, first + count))
        used_l |= set(range(other, other + many))
        one, two = " ".join(query.parts[first : first + count]), " ".join(listed.parts[other : other + many])
        more = f", {edits} letters" if how in (WEAK, HARD, SOFT) and edits > 1 else ""
        found.append(Reason("match", f"{one} = {two} ({HOW[int(how)]}{more})"))
    left_q = [part for i, part in enumerate(query.parts) if i not in used_q]
    left_l = [part for i, part in enumerate(listed.parts) if i not in used_l]
    if left_q:
        found.append(Reason("missing", f"not in the listed name: {' '.join(left_q)}"))
    if left_l:
        found.append(Reason("missing", f"not in the query: {' '.join(left_l)}"))
    return found


def weighed(features: Any, beta: Any) -> list[Reason]:
    """The features that count, with their points, largest first after the start."""
    found = [
        Reason(name, WORDS.get(name, name), float(features[k] * beta[k]))
        for k, name in enumerate(NAMES)
        if abs(features[k] * beta[k]) > 5e-3
    ]
    return found[:1] + sorted(found[1:], key=lambda r: r.points)
