"""The gaps as a user asks for them: all pairs of loaded partners on a theme, and what each would have to add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any

from counterpact.errors import Problem, SourceError
from counterpact.lines.sanctions.gaps.compare import Gap, compare
from counterpact.lines.sanctions.gaps.histories import histories, seen
from counterpact.lines.sanctions.gaps.names import matcher
from counterpact.lines.sanctions.gaps.partners import KINDS, PartnerList, loaded, partner_list

if TYPE_CHECKING:
    from counterpact.record.store import Store


@dataclass(frozen=True)
class Closing:
    """What one partner would have to add to hold what another holds: `missing` entries of `source` by kind."""

    partner: str
    source: str
    missing: dict[str, int]


@dataclass(frozen=True)
class Gaps:
    """All comparisons of a theme. `closings`: for each partner, against each other partner."""

    theme: str
    lists: tuple[PartnerList, ...]
    gaps: tuple[Gap, ...]
    closings: tuple[Closing, ...]
    changes: dict[str, int]  # ships with a history: renamed, reflagged

    def plain(self, *, named: bool = False) -> dict[str, Any]:
        """One JSON-able object. `named` lists the entries, which are content of the user's own lists."""
        return {
            "theme": self.theme,
            "lists": [
                {"partner": x.partner, "dataset": x.dataset, "vintage": x.vintage.isoformat(), "dated": x.dated,
                 "entries": {k: x.of(k).height for k in KINDS}}
                for x in self.lists
            ],
            "gaps": [g.plain(named=named) for g in self.gaps],
            "to_add": [{"partner": c.partner, "from": c.source, "missing": c.missing} for c in self.closings],
            "ships_with_a_history": self.changes,
        }  # fmt: skip


def find_gaps(
    store: Store,
    theme: str,
    partners: Sequence[str] = (),
    *,
    kinds: Sequence[str] = KINDS,
    as_of: date | None = None,
    by_name: bool = True,
) -> Gaps:
    """Compare the lists of the partners (default: all that are loaded), pair by pair and kind by kind.

    `by_name` False: persons and companies by number only. Raises `UsageError` for an unknown partner or theme,
    `SourceError` if fewer than two lists are loaded.
    """
    chosen = tuple(partners) or loaded(store)
    if len(chosen) < 2:
        raise SourceError(
            Problem("record", what=f"a gap needs the lists of two partners; the record holds {len(chosen)}",
                    do="Import more lists: counterpact record import ofac_sdn FILE")
        )  # fmt: skip
    lists = [x for x in (partner_list(store, p, theme, as_of) for p in chosen) if x.entries.height]
    found = [
        compare(a, b, kind, by_name=matcher(store, a, b) if by_name and kind != "vessel" else None)
        for a, b in combinations(lists, 2)
        for kind in kinds
    ]
    changes = histories(seen(store, sorted({x.dataset for x in lists}))) if "vessel" in kinds else ()
    count = {"renamed": sum(h.renamings > 0 for h in changes), "reflagged": sum(h.reflaggings > 0 for h in changes)}
    return Gaps(theme, tuple(lists), tuple(found), _closings(lists, found), count)


def _closings(lists: Sequence[PartnerList], found: Sequence[Gap]) -> tuple[Closing, ...]:
    made = []
    for one in lists:
        for other in lists:
            if one is other:
                continue
            missing = {}
            for gap in found:
                if gap.settled and {gap.a.partner, gap.b.partner} == {one.partner, other.partner}:
                    missing[gap.kind] = gap.counts["only_b" if gap.a is one else "only_a"]
            if missing:
                made.append(Closing(one.partner, other.partner, missing))
    return tuple(made)
