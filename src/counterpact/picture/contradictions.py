"""Minimal contradictory sets: deletion filter and MARCO over facts as groups, every set verified.

MARCO (Liffiton, Previti, Malik & Mushtaq 2016, "Fast, flexible MUS enumeration", Constraints 21): a map of
unexplored subsets is asked for a seed; a consistent seed grows to a maximal consistent set (MSS), an
inconsistent one shrinks to a minimal inconsistent set (MUS); both are struck from the map.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from counterpact.picture.system import System

Set = frozenset[str]


@dataclass
class Map:
    """Unexplored subsets: not inside a known MSS, not around a known MUS. A tiny backtracking solver."""

    items: tuple[str, ...]
    inside: list[Set] = field(default_factory=list)  # complements of MSSes: take at least one
    around: list[Set] = field(default_factory=list)  # MUSes: leave at least one

    def seed(self) -> Set | None:
        """An unexplored set, as large as the search makes it; None if all subsets are explored."""
        left = self._search(frozenset(), frozenset())
        return None if left is None else frozenset(self.items) - left

    def _search(self, out: Set, kept: Set) -> Set | None:
        """Choose for each MUS one item to leave out, so that no MSS-complement is left out whole."""
        if any(clause <= out for clause in self.inside):
            return None
        for mus in self.around:
            if not mus & out:
                for item in sorted(mus - kept):
                    found = self._search(out | {item}, kept)
                    if found is not None:
                        return found
                    kept = kept | {item}
                return None
        return out


@dataclass(frozen=True)
class Enumeration:
    """What MARCO found: minimal inconsistent sets, maximal consistent sets, and whether both lists are whole."""

    minimal: tuple[Set, ...]
    maximal: tuple[Set, ...]
    complete: bool


def _core(system: System, facts: Set) -> Set:
    """The inconsistent subset that the duals point at, or `facts` if the duals mislead."""
    support = system.tension(facts).support & facts
    if support and support < facts and not system.tension(support).consistent:
        return support
    return facts


def shrink(system: System, facts: Set) -> Set:
    """Deletion filter: drop facts as long as the rest stays inconsistent. `facts` must be inconsistent."""
    core = _core(system, facts)
    for fact in sorted(core):
        if fact in core and not system.tension(core - {fact}).consistent:
            core = _core(system, core - {fact})
    return core


def grow(system: System, facts: Set, universe: Sequence[str]) -> Set:
    """A maximal consistent set around a consistent one."""
    everything = frozenset(universe)
    tension = system.tension(everything, rigid=facts)
    base = everything - tension.violated if facts <= everything - tension.violated else facts
    if not system.tension(base).consistent:
        base = facts
    for fact in universe:
        if fact not in base and system.tension(base | {fact}).consistent:
            base = base | {fact}
    return base


def enumerate_sets(system: System, facts: Sequence[str], *, most: int = 200, steps: int = 600) -> Enumeration:
    """All minimal inconsistent and maximal consistent sets of `facts`, up to `most` minimal sets and `steps`."""
    if not facts:
        return Enumeration((), (frozenset(),), True)
    if system.tension(facts).consistent:
        return Enumeration((), (frozenset(facts),), True)
    explored = Map(tuple(facts))
    minimal: list[Set] = []
    maximal: list[Set] = []
    for _ in range(steps):
        seed = explored.seed()
        if seed is None:
            return Enumeration(tuple(minimal), tuple(maximal), True)
        if system.tension(seed).consistent:
            mss = grow(system, seed, facts)
            maximal.append(mss)
            explored.inside.append(frozenset(facts) - mss)
        else:
            mus = shrink(system, seed)
            minimal.append(mus)
            explored.around.append(mus)
            if len(minimal) >= most:
                break
    if not maximal:
        maximal.append(grow(system, frozenset(), facts))
    return Enumeration(tuple(minimal), tuple(maximal), False)


def verified(system: System, facts: Set) -> bool:
    """Infeasible as a whole, feasible without any one of them; each solved anew from nothing."""
    return not system.feasible_cold(facts) and all(system.feasible_cold(facts - {f}) for f in facts)


def adjustments(system: System, facts: Set, raw: Callable[[str, float], float]) -> dict[str, float]:
    """What each fact alone would have to give (`raw` turns the row's unit into the fact's)."""
    return {fact: raw(fact, system.give(fact, facts - {fact})) for fact in sorted(facts)}
