"""Contradictions as people meet them: which facts, whose, of which of the three kinds, and what would mend them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations

from counterpact.picture.contradictions import Enumeration, Set, adjustments, enumerate_sets, shrink, verified
from counterpact.picture.evidence import ADDITIVE, Evidence, Role
from counterpact.picture.reconcile import Component
from counterpact.picture.result import ConflictKind, Contradiction
from counterpact.quantity import format_interval

STRAINED = 3.0
"""Amounts over different times are worth reporting if they need at least this many times the pace."""


def said(e: Evidence) -> str:
    """`M007 (state-US: at least 16,500 container, 2023-09 to 2024-09)`."""
    claim = format_interval(e.low, e.high) if math.isfinite(e.low) else f"at most {e.high:g}"
    return f"{e.id} ({e.fact.origin}: {claim} {e.estimand.unit}, {e.fact.period})"


def kind_of(facts: Sequence[Evidence]) -> ConflictKind:
    """Definitions if what is counted differs; otherwise a true conflict."""
    return ConflictKind.DEFINITIONS if len({e.definition for e in facts}) > 1 else ConflictKind.CONFLICT


def _explain(kind: ConflictKind, facts: Sequence[Evidence], suspects: tuple[str, ...]) -> str:
    if len(facts) == 1:
        text = f"{said(facts[0])} fits neither what the network can carry nor any factor."
    else:
        text = " against ".join(said(e) for e in facts)
        text += {
            ConflictKind.CONFLICT: ": not all of them can be right.",
            ConflictKind.DEFINITIONS: ": they cannot be put side by side, for they do not count the same thing ("
            + "; ".join(e.fact.definition or "the estimand's own definition" for e in facts)
            + ").",
            ConflictKind.PERIODS: ": they differ because they are about different times; read so, both can hold.",
        }[kind]
    denials = [e.id for e in facts if e.role is Role.DENIAL]
    if denials:
        text += f" {', '.join(denials)} is a denial or an admission by the party concerned."
    if suspects:
        text += f" Suspected with them: {', '.join(suspects)}."
    return text


def _suspects(facts: Sequence[Evidence]) -> tuple[str, ...]:
    """Factors that link facts of different estimands or units in the set."""
    factors = {e.estimand.factor for e in facts if e.estimand.factor}
    mixed = len({(e.estimand.id, e.fact.unit) for e in facts}) > 1 or len(facts) == 1
    return tuple(sorted(factors)) if mixed else ()


def _report(part: Component, mus: Set) -> Contradiction:
    facts = [e for e in part.limits if e.id in mus]
    by_id = {e.id: e for e in facts}

    def raw(fact: str, give: float) -> float:
        e = by_id[fact]
        factor = part.case.factors.get(e.estimand.factor)
        if factor is not None and not factor.varies and factor.low and factor.high:
            give *= math.sqrt(factor.low * factor.high)
        return give if math.isfinite(give) else math.inf

    kind, suspects = kind_of(facts), _suspects(facts)
    return Contradiction(
        kind,
        tuple(dict.fromkeys(e.estimand.id for e in facts)),
        tuple(e.id for e in facts),
        tuple(dict.fromkeys(e.fact.origin for e in facts)),
        suspects,
        adjustments(part.system, mus, raw),
        verified(part.system, mus),
        _explain(kind, facts, suspects),
    )


def without_echoes(limits: Iterable[Evidence]) -> list[Evidence]:
    """Leave out facts that only repeat another one that is here with the same interval and period."""
    limits = list(limits)
    known = {e.id: e for e in limits}

    def echo(e: Evidence) -> bool:
        root = known.get(e.fact.repeats)
        return root is not None and (root.low, root.high, root.first, root.end) == (
            e.low,
            e.high,
            e.first,
            e.end,
        )

    return [e for e in limits if not echo(e)]


def _same_thing(a: Evidence, b: Evidence) -> bool:
    return a.estimand.id == b.estimand.id and a.definition == b.definition


def _inside(a: Evidence, b: Evidence) -> bool:
    """True if the greater amount is said of no more channels than the lesser: reported less than was seen."""
    small, large = sorted((a, b), key=lambda e: e.low)
    return (
        bool(large.estimand.channels)
        and set(large.estimand.channels) <= set(small.estimand.channels)
        and (large.estimand.unit, large.estimand.factor) == (small.estimand.unit, small.estimand.factor)
        and large.estimand.id != small.estimand.id
        and not (a.fact.part_of or b.fact.part_of)
    )


def different_times(part: Component) -> list[Contradiction]:
    """Pairs that clash in number and can hold only because their periods differ: overlapping, not nested.

    Amounts of one estimand, or an amount seen on some channels against a lesser one reported for those and more.
    """
    found = []
    for a, b in combinations(without_echoes(part.limits), 2):
        if not a.overlaps(b) or not a.disjoint(b) or not (_same_thing(a, b) or _inside(a, b)):
            continue
        if (a.first, a.end) == (b.first, b.end) or a.months == b.months:
            continue
        nested = (a.first <= b.first and b.end <= a.end) or (b.first <= a.first and a.end <= b.end)
        if nested and a.estimand.kind in ADDITIVE:
            continue
        strain = needed_pace(a, b)
        if strain < STRAINED or not part.system.tension({a.id, b.id}).consistent:
            continue
        kind = ConflictKind.PERIODS if _same_thing(a, b) else ConflictKind.DEFINITIONS
        found.append(
            Contradiction(
                kind,
                tuple(dict.fromkeys((a.estimand.id, b.estimand.id))),
                (a.id, b.id),
                tuple(dict.fromkeys((a.fact.origin, b.fact.origin))),
                (),
                {},
                True,
                _explain(kind, (a, b), ()) + _strain(strain),
            )
        )
    return found


def needed_pace(a: Evidence, b: Evidence) -> float:
    """How many times faster things must have gone outside the common time for both amounts to hold; ∞ for levels."""
    if a.estimand.kind not in ADDITIVE:
        return math.inf
    small, large = sorted((a, b), key=lambda e: e.low)
    common = (min(a.end, b.end) - max(a.first, b.first)).days
    outside, missing = large.days - common, large.low - small.high
    if outside <= 0 or small.high <= 0 or missing <= 0:
        return math.inf if missing > 0 else 1.0
    return (missing / outside) / (small.high / small.days)


def _strain(pace: float) -> str:
    if not math.isfinite(pace):
        return ""
    text = f" For both to hold, things went {pace:.0f} times faster outside the common time"
    return text + " than the lower claim allows on average."


def _kin(a: Evidence, b: Evidence) -> bool:
    """True if one is a part of the other, or both are parts of the same whole."""
    shared = {a.fact.part_of, a.id} & {b.fact.part_of, b.id}
    return bool(shared - {""})


def different_definitions(part: Component, world: Set) -> list[Set]:
    """Minimal sets that hold a fact of another definition: pairs of one estimand, and one set for each such fact
    that cannot stand beside `world` (facts that agree) and the others of its kind.

    One source that counts two things is no rivalry, nor is a whole beside its part.
    """
    limits = {e.id: e for e in without_echoes(part.limits)}
    odd = [e for e in limits.values() if e.role is Role.DEFINITION and not e.fact.part_of]
    alone = {e.id for e in odd if not part.system.tension({e.id}).consistent}
    found = {frozenset({name}): None for name in sorted(alone)}
    for a in odd:
        for b in limits.values():
            rival = b.estimand.id == a.estimand.id and b.fact.origin != a.fact.origin and not _kin(a, b)
            if rival and not {a.id, b.id} & alone and a.id != b.id:
                pair = frozenset({a.id, b.id})
                if pair not in found and not part.system.tension(pair).consistent:
                    found[pair] = None
    if part.channels:
        for mus in _beside(part, world, frozenset(e.id for e in odd) - alone):
            if len({limits[f].fact.origin for f in mus}) > 1 and not any(known <= mus for known in found):
                found[mus] = None
    return list(found)


def _beside(part: Component, world: Set, odd: Set) -> list[Set]:
    """Minimal sets in `world` with the odd facts, until the rest agrees; each takes one odd fact out."""
    found = []
    facts = world | odd
    while odd and not part.system.tension(facts).consistent:
        mus = shrink(part.system, facts)
        found.append(mus)
        gone = min(mus & odd, default="")
        if not gone:
            break
        facts, odd = facts - {gone}, odd - {gone}
    return found


def find(
    parts: Iterable[Component], *, most: int = 200
) -> tuple[tuple[Contradiction, ...], bool, dict[Set, Enumeration]]:
    """Contradictions of all components, true conflicts first; False if a list was cut short.

    Also what was enumerated, by the set of facts, so that worlds need not do it again.
    """
    found: list[Contradiction] = []
    complete = True
    known: dict[Set, Enumeration] = {}
    for part in parts:
        names = {e.id for e in without_echoes(part.limits) if e.role is not Role.DEFINITION}
        facts = [name for name in part.system.facts if name in names]
        sets = enumerate_sets(part.system, facts, most=most)
        known[frozenset(facts)] = sets
        complete &= sets.complete
        minimal = [*sets.minimal, *different_definitions(part, sets.maximal[0])]
        found += [_report(part, mus) for mus in sorted(minimal, key=lambda s: (len(s), sorted(s)))]
        found += different_times(part)
    order = [ConflictKind.CONFLICT, ConflictKind.DEFINITIONS, ConflictKind.PERIODS]
    return tuple(sorted(found, key=lambda c: order.index(c.kind))), complete, known
