"""Ask the index: one query with its reasons, or many at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterpact.lines.sanctions.screening.entry import DECIDING, Entry, number_key
from counterpact.lines.sanctions.screening.evidence import weigh
from counterpact.lines.sanctions.screening.index import KINDS, Index
from counterpact.lines.sanctions.screening.names import parse, pieces
from counterpact.lines.sanctions.screening.pairs import compare
from counterpact.lines.sanctions.screening.parts import PartsBuilder, form_numbers
from counterpact.lines.sanctions.screening.query import Query
from counterpact.lines.sanctions.screening.reasons import Reason, matched, weighed
from counterpact.lines.sanctions.screening.search import CANDIDATES, search
from counterpact.lines.sanctions.screening.weights import weights

SLACK = 3.0
"""Points below the threshold at which a name is still looked at, since a date or a number may lift it."""
CHUNK = 5_000


@dataclass(frozen=True)
class Hit:
    """One listed entity that may be meant. `score` is a probability by the fitted weights, `same` the stricter one."""

    entry: Entry
    listed_name: str
    score: float
    same: float
    reasons: tuple[Reason, ...]
    settled: bool = False  # by a number


@dataclass(frozen=True)
class Answer:
    """What was found for one query, best first; `ignored` says what of the query was not used."""

    query: Query
    hits: tuple[Hit, ...]

    @property
    def ignored(self) -> tuple[str, ...]:
        """What of the input was not used."""
        return self.query.ignored


class Screener:
    """An index with the fitted weights."""

    def __init__(self, index: Index, *, threshold: float | None = None) -> None:
        self.index = index
        self.threshold = weights().list_threshold if threshold is None else threshold

    def one(self, query: Query, *, limit: int = 10, threshold: float | None = None) -> Answer:
        """The best entities for one query, with reasons."""
        return next(iter(self.many([query], limit=limit, threshold=threshold)))

    def many(
        self,
        queries: Sequence[Query],
        *,
        limit: int = 10,
        threshold: float | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[Answer]:
        """Answers in the order of the queries, some thousands at a time; `progress` gets how many are done."""
        chosen = self.threshold if threshold is None else threshold
        for begin in range(0, len(queries), CHUNK):
            chunk = queries[begin : begin + CHUNK]
            who, names, points = self._search(chunk, _odds(chosen) - SLACK)
            by: dict[int, dict[int, tuple[float, int]]] = {}
            for q, name, value in zip(who.tolist(), names.tolist(), points.tolist(), strict=True):
                entity = int(self.index.data["name_entity"][name])
                seen = by.setdefault(q, {})
                if entity not in seen or value > seen[entity][0]:
                    seen[entity] = (value, name)
            for q, query in enumerate(chunk):
                yield Answer(query, self._settle(query, by.get(q, {}), chosen, limit))
            if progress:
                progress(begin + len(chunk))

    def _search(self, queries: Sequence[Query], least: float) -> tuple[Any, Any, Any]:
        builder, forms_of = PartsBuilder(), form_numbers()
        start, rows, forms, kinds, owner = [0], [], [], [], []
        for q, query in enumerate(queries):
            for kind in (query.kind,) if query.kind else ("person", "organisation", "vessel"):
                for text in (query.name, *query.names):
                    for piece in pieces(text, kind) if text else ():
                        name = parse(piece, kind)
                        rows += builder.add(name)
                        start.append(len(rows))
                        forms.append(forms_of[name.form])
                        kinds.append(KINDS.get(kind, -1))
                        owner.append(q)
        if not rows:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        data = self.index.data
        asked, names, points = search(
            builder.arrays(), np.array(start, np.int32), np.array(rows, np.int32), np.array(forms, np.int32),
            np.array(kinds, np.int64), self.index.table, data["name_start"], data["name_parts"], data["name_form"],
            data["name_kind"], data["key_start"], data["key_names"], data["rarity"], data["norm"],
            weights().alert, least, CANDIDATES,
        )  # fmt: skip
        return np.array(owner)[asked], names, points

    def _settle(
        self, query: Query, found: dict[int, tuple[float, int]], threshold: float, limit: int
    ) -> tuple[Hit, ...]:
        holders: set[int] = set()
        for pool, value in query.numbers:
            if pool in DECIDING:
                holders |= set(self.index.holders(number_key(pool, value)))
        if not found and not holders:
            return ()
        ranked = []
        for entity in dict.fromkeys((*found, *sorted(holders))):
            entry = self.index.entry(entity)
            more = list(weigh(query, entry))
            points = found[entity][0] if entity in found else -4.0
            total = points + sum(reason.points for reason in more)
            if _logistic(total) >= threshold or entity in holders:
                ranked.append((total, entity, entry, more))
        ranked.sort(key=lambda row: (-row[0], row[2].id))
        return tuple(self._hit(query, found, *row, holders=holders) for row in ranked[:limit])

    def _hit(self, query: Query, found: dict[int, tuple[float, int]], total: float, entity: int, entry: Entry,
             more: list[Reason], holders: set[int]) -> Hit:  # fmt: skip
        settled = entity in holders
        if entity not in found:
            reason = (
                Reason("name", "the name does not match", -4.0) if query.name else Reason("name", "no name given", -4.0)
            )
            return Hit(entry, entry.name, _logistic(total), _logistic(total), (*more, reason), settled)
        name = self.index.name(found[entity][1])
        kind = entry.kind if entry.kind in KINDS else (query.kind or "organisation")
        best: tuple[float, Any, Any, Any, Any] | None = None
        for text in (query.name, *query.names):
            for asked in pieces(text, kind) if text else ():
                for listed in pieces(name, kind):
                    one, two = parse(asked, kind), parse(listed, kind)
                    features, links = compare(one, two, kind)
                    value = float(features @ weights().alert)
                    if len(links) and (best is None or value > best[0]):
                        best = (value, features, links, one, two)
        assert best is not None
        value, features, links, one, two = best
        reasons = [*matched(one, two, links), *weighed(features, weights().alert), *more]
        if name in entry.weak:
            reasons.append(Reason("alias", "the publisher calls this alias weak"))
        same = float(features @ weights().same) + sum(reason.points for reason in more)
        return Hit(entry, name, _logistic(total), _logistic(same), tuple(reasons), settled)


def _odds(probability: float) -> float:
    p = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(p / (1 - p))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-min(max(x, -60.0), 60.0)))
