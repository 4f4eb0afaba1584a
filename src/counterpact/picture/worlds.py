"""Worlds: maximal consistent sets of facts, weighted by confidence and independent witnesses.

A fact's odds of being right are an assumption, the same for every fact of a class: high 9:1, medium 7:3,
low 4:6; a row from memory counts one class lower. A witness counts once per estimand, however often it is
repeated. The weight of a world is the product of the odds of the witnesses it keeps; where worlds do not
differ the odds cancel. Rivals are never averaged: a world takes a claim or leaves it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from counterpact.case.model import Fact
from counterpact.picture.contradictions import Enumeration, enumerate_sets
from counterpact.picture.evidence import Evidence, witnesses
from counterpact.picture.reconcile import Component
from counterpact.picture.result import World
from counterpact.provenance import Confidence

ODDS = {Confidence.HIGH: 9.0, Confidence.MEDIUM: 7 / 3, Confidence.LOW: 2 / 3}
"""Odds that a claim of this confidence is right (assumption)."""
_LOWER = {
    Confidence.HIGH: Confidence.MEDIUM,
    Confidence.MEDIUM: Confidence.LOW,
    Confidence.LOW: Confidence.LOW,
}
MOST_PER_COMPONENT = 24
MOST_WORLDS = 64


@dataclass(frozen=True)
class Branch:
    """One way of resolving a component's conflicts: what holds (facts and ceilings), what was dropped or lifted."""

    active: frozenset[str]
    dropped: tuple[str, ...]
    lifted: tuple[str, ...]
    weight: float


def odds(fact: Fact) -> float:
    """Odds that the fact is right."""
    return ODDS[fact.confidence if fact.reading.verified else _LOWER[fact.confidence]]


def log_weight(kept: frozenset[str], limits: Sequence[Evidence], witness: Mapping[str, str]) -> float:
    """Sum of the log odds of the independent witnesses kept (the best odds of each)."""
    best: dict[str, float] = {}
    for e in limits:
        if e.id in kept:
            name = witness[e.id]
            best[name] = max(best.get(name, -math.inf), math.log(odds(e.fact)))
    return sum(best.values())


def branches(
    part: Component, known: Mapping[frozenset[str], Enumeration] = MappingProxyType({})
) -> tuple[tuple[Branch, ...], bool]:
    """Worlds of one component, heaviest first, and whether the list is whole."""
    sets = known.get(frozenset(part.binding)) or enumerate_sets(part.system, part.binding)
    witness = witnesses(part.limits)
    logs = np.array([log_weight(s, part.limits, witness) for s in sets.maximal])
    weights = np.exp(logs - logs.max())
    order = sorted(range(len(weights)), key=lambda i: (-weights[i], sorted(sets.maximal[i])))
    kept = order[:MOST_PER_COMPONENT]
    total = float(sum(weights[i] for i in kept))
    found = []
    for i in kept:
        facts = sets.maximal[i]
        lifted = _lift(part, facts)
        active = facts | (frozenset(part.ceilings) - lifted)
        dropped = tuple(f for f in part.binding if f not in facts)
        found.append(Branch(active, dropped, tuple(sorted(lifted)), float(weights[i]) / total))
    return tuple(found), sets.complete and len(kept) == len(order)


def _lift(part: Component, facts: frozenset[str]) -> frozenset[str]:
    """Ceilings and limits that must give way to these facts (least total change)."""
    lifted: frozenset[str] = frozenset()
    ceilings = frozenset(part.ceilings)
    for _ in range(len(ceilings) + 1):
        tension = part.system.tension(facts | (ceilings - lifted), rigid=facts)
        if tension.consistent:
            return lifted
        lifted |= tension.violated or tension.support & ceilings
    return lifted


def combine(
    parts: Sequence[tuple[Branch, ...]], loose: frozenset[str], *, seed: int = 0
) -> tuple[tuple[World, ...], tuple[tuple[int, ...], ...], bool]:
    """Worlds of the whole case from independent components.

    Returns the worlds (heaviest first), for each the branch taken in every component, and whether all
    combinations are listed. Too many: `MOST_WORLDS` are drawn by weight without repetition.
    `loose`: facts that bind but are in no component with a conflict; they are in every world.
    """
    sizes = [len(b) for b in parts]
    number = math.prod(sizes)
    if number <= MOST_WORLDS:
        picks = [tuple(int(k) for k in np.unravel_index(i, sizes or [1])) for i in range(number)]
        picks = [p[: len(sizes)] for p in picks]
    else:
        picks = _draw(parts, seed)
    logs = [sum(math.log(parts[c][k].weight) for c, k in enumerate(p)) for p in picks]
    weights = np.exp(np.array(logs) - max(logs))
    weights /= weights.sum()
    order = sorted(range(len(picks)), key=lambda i: (-weights[i], picks[i]))
    worlds = []
    for i in order:
        facts: set[str] = set(loose)
        dropped: list[str] = []
        for c, k in enumerate(picks[i]):
            facts |= {f for f in parts[c][k].active if ":" not in f}
            dropped += parts[c][k].dropped
        worlds.append(World(frozenset(facts), tuple(dropped), float(weights[i])))
    return tuple(worlds), tuple(picks[i] for i in order), number <= MOST_WORLDS


def _draw(parts: Sequence[tuple[Branch, ...]], seed: int) -> list[tuple[int, ...]]:
    """Distinct combinations: the heaviest first, then drawn by weight."""
    rng = np.random.default_rng(seed)
    picks = [tuple(0 for _ in parts)]
    seen = set(picks)
    for c, options in enumerate(parts):  # every branch of every component appears at least once
        for k in range(1, len(options)):
            pick = tuple(k if i == c else 0 for i in range(len(parts)))
            if pick not in seen and len(picks) < MOST_WORLDS:
                seen.add(pick)
                picks.append(pick)
    for _ in range(50 * MOST_WORLDS):
        if len(picks) >= MOST_WORLDS:
            break
        pick = tuple(int(rng.choice(len(b), p=[x.weight for x in b])) for b in parts)
        if pick not in seen:
            seen.add(pick)
            picks.append(pick)
    return picks
