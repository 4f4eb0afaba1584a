"""Entries of two lists matched by name, with the house's own screening: names and aliases, dates, countries, gender.

A pair counts as the same if the stricter of screening's two readings takes it for one, at the threshold that was fitted
for pairs of names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from counterpact.lines.sanctions.gaps.compare import Matcher
from counterpact.lines.sanctions.gaps.partners import PartnerList
from counterpact.lines.sanctions.lists import SanctionsList, load_list
from counterpact.lines.sanctions.screening.entry import Entry, entries_of
from counterpact.lines.sanctions.screening.query import Query

if TYPE_CHECKING:
    from datetime import date

    from counterpact.record.store import Store


def matcher(store: Store, a: PartnerList, b: PartnerList) -> Matcher:
    """A matcher of entries of list `a` with entries of list `b`: for each of `a` the best of `b`, if it is the same."""

    def pairs(left: pl.DataFrame, right: pl.DataFrame) -> list[tuple[str, str]]:
        from counterpact.lines.sanctions.screening.index import build
        from counterpact.lines.sanctions.screening.screener import Screener
        from counterpact.lines.sanctions.screening.weights import weights

        if not left.height or not right.height:
            return []
        screener = Screener(build([_part(store, b, right)]))
        asked = list(entries_of(_part(store, a, left)))
        found = []
        for entry, answer in zip(asked, screener.many([_query(e) for e in asked], limit=3), strict=True):
            same = [hit for hit in answer.hits if hit.same >= weights().same_threshold and hit.entry.kind == entry.kind]
            if same:
                best = max(same, key=lambda hit: (hit.same, hit.entry.id))
                found.append((_own(entry), _own(best.entry)))
        return sorted(set(found))

    return pairs


def _part(store: Store, one: PartnerList, wanted: pl.DataFrame) -> SanctionsList:
    whole = load_list(one.dataset, store=store, as_of=one.vintage)
    ids = wanted["entity"].to_list()
    return replace(whole, tables={name: t.filter(pl.col("entity").is_in(ids)) for name, t in whole.tables.items()})


def _own(entry: Entry) -> str:
    return entry.id.partition(":")[2]


def _query(entry: Entry) -> Query:
    from datetime import date as day

    born: tuple[date, date] | None = None
    if entry.born:
        first, last = min(b[0] for b in entry.born), max(b[1] for b in entry.born)
        born = (day.fromisoformat(first), day.fromisoformat(last))
    names = tuple(n for n in entry.names if n != entry.name)
    return Query(entry.name, entry.kind, born, entry.countries, entry.gender, (), names)
