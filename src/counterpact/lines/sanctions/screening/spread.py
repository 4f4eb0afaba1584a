"""A large batch over an engine of `counterpact.cluster`: each worker opens the index by memory map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from counterpact.lines.sanctions.screening.index import load
from counterpact.lines.sanctions.screening.query import Query
from counterpact.lines.sanctions.screening.screener import Screener

if TYPE_CHECKING:
    from counterpact.cluster import Engine

Found = tuple[tuple[str, str, float, float], ...]
"""Hits of one query: entity, listed name, score, same."""
BATCH = 20_000
"""Queries of one batch; a few seconds of work."""


def spread(
    queries: Sequence[Query],
    index: Path,
    engine: Engine,
    *,
    threshold: float | None = None,
    limit: int = 5,
    progress: Callable[[int, int], None] | None = None,
) -> list[Found]:
    """Hits of each query in order. `index`: a file that every worker can read (see `index.save`)."""
    batches = [tuple(queries[at : at + BATCH]) for at in range(0, len(queries), BATCH)]
    shared = (str(index), threshold, limit)
    return [found for answer in engine.map(_work, batches, shared, progress) for found in answer]


@lru_cache(maxsize=2)
def _screener(path: str, threshold: float | None) -> Screener:
    return Screener(load(Path(path)), threshold=threshold)


def _work(shared: tuple[str, float | None, int], batch: tuple[Query, ...]) -> list[Found]:
    path, threshold, limit = shared
    return [
        tuple((hit.entry.id, hit.listed_name, hit.score, hit.same) for hit in answer.hits)
        for answer in _screener(path, threshold).many(batch, limit=limit)
    ]
