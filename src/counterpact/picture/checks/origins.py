"""Rules about who says it: copies that are no second witness, and figures that must not be added."""

from __future__ import annotations

import re
from collections.abc import Iterator

from counterpact.case.values import Claim
from counterpact.picture.checks.desk import Desk, near, tell
from counterpact.picture.evidence import ADDITIVE, Evidence
from counterpact.picture.result import Check


def _shown(e: Evidence) -> int:
    """Significant digits of the number."""
    digits = f"{e.fact.low or 0:.9e}".split("e")[0]
    return len(digits.rstrip("0").rstrip(".").replace(".", ""))


def _linked(a: Evidence, b: Evidence) -> bool:
    pair = {a.id, b.id}
    return bool({a.fact.repeats, b.fact.repeats, a.fact.part_of, b.fact.part_of} & pair)


def _alike(a: Evidence, b: Evidence) -> float:
    wa, wb = (set(re.findall(r"\w+", e.fact.statement.lower())) for e in (a, b))
    return len(wa & wb) / max(len(wa | wb), 1)


def copies(desk: Desk) -> Iterator[Check]:
    """The same number for the same time from the same hand (or word for word): one witness, not two."""
    for a, b in desk.pairs(claims=tuple(Claim)):
        if a.fact.unit != b.fact.unit or _linked(a, b) or not a.overlaps(b) or a.definition != b.definition:
            continue
        if a.fact.low is None or not (
            near(a.fact.low, b.fact.low or 0.0, 1e-9) and near(a.fact.high or 0, b.fact.high or 0, 1e-9)
        ):
            continue
        same_time = a.months == b.months
        hand = a.fact.source == b.fact.source or a.fact.origin == b.fact.origin
        wording = _alike(a, b) >= 0.8
        odd = _shown(a) >= 3 and same_time
        if not (wording or (hand and same_time) or odd):
            continue
        why = "in the same words" if wording else "from the same source or origin" if hand else "to the same odd digits"
        severity = "note" if odd and not hand and not wording else "warning"
        text = f"{tell(a)} and {tell(b)} give the same number {why}: probably one witness, not two. "
        text += "Mark one as repeating the other."
        yield Check("same-origin", severity, (a.id, b.id), a.estimand.id, text)


def overlaps(desk: Desk) -> Iterator[Check]:
    """Amounts of one estimand over overlapping periods: rivals or nested totals, never to be added."""
    for group in desk.groups.values():
        if group[0].estimand.kind not in ADDITIVE:
            continue
        actual = [e for e in group if e.fact.claim is Claim.ACTUAL and not e.fact.repeats]
        met = [e for e in actual if any(e.overlaps(o) and o.id != e.id for o in actual)]
        origins = sorted({e.fact.origin for e in met})
        if len(met) > 1:
            text = (
                f"{len(met)} figures on {group[0].estimand.name} cover overlapping times "
                f"({', '.join(origins)}): compare them, never add them."
            )
            yield Check("overlap", "note", tuple(e.id for e in met), group[0].estimand.id, text)
