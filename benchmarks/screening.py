"""How fast screening is: `python benchmarks/screening.py --list FILE [--list FILE] --queries CSV [--cluster N]`.

On one core, in one run: the batch and single queries with reasons, against the token_sort floor of rapidfuzz over the
same names; and an index of 100,000 entities made by writing the listed names with exchanged parts. With `--cluster N`
a million queries go over a local cluster of N processes through `counterpact.cluster`, where that is installed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz import utils as fuzz_utils

from counterpact.lines.sanctions.lists import SanctionsList, load_lists
from counterpact.lines.sanctions.screening.evaluation import read_people
from counterpact.lines.sanctions.screening.index import build, load, save
from counterpact.lines.sanctions.screening.query import Query
from counterpact.lines.sanctions.screening.screener import Screener

FLOOR_QUERIES = 300
LARGE = 100_000
MILLION = 1_000_000


def cpu(task: Any) -> tuple[float, Any]:
    """Processor seconds of a task, and its result."""
    start = time.process_time()
    result = task()
    return time.process_time() - start, result


def floor(names: list[str], queries: list[Query]) -> float:
    """Queries per second of token_sort over every listed name."""
    choices = [fuzz_utils.default_process(name) for name in names]
    asked = [fuzz_utils.default_process(q.name) for q in queries[:FLOOR_QUERIES]]
    seconds, _ = cpu(lambda: process.cdist(asked, choices, scorer=fuzz.token_sort_ratio, score_cutoff=85, workers=1))
    return len(asked) / seconds


def enlarged(lists: tuple[SanctionsList, ...], count: int) -> tuple[SanctionsList, ...]:
    """Lists of `count` entities: copies whose names take the first part of the next name."""
    made: list[SanctionsList] = []
    total, turn = 0, 0
    while total < count:
        for one in lists:
            names = one.tables["names"]
            parts = names["name"].str.split(" ")
            other = parts.list.first().shift(-turn * 17 - 1).fill_null("x")
            changed = names.with_columns(name=pl.when(turn == 0).then(names["name"]).otherwise(
                pl.concat_str([other, pl.lit(" "), names["name"]])))  # fmt: skip
            keep = min(one.entities, count - total)
            entities = one.tables["entities"].head(keep)
            changed = changed.join(entities.select("entity"), on="entity", how="semi")
            tables = dict(one.tables) | {"entities": entities, "names": changed}
            made.append(dataclasses.replace(one, dataset=f"{one.dataset}{turn}", tables=tables))
            total += keep
            if total >= count:
                break
        turn += 1
    return tuple(made)


def million(screener: Screener, queries: list[Query], workers: int) -> dict[str, Any]:
    """A million queries (the given ones, over and over) on a local Dask cluster."""
    from counterpact.cluster import engine
    from counterpact.lines.sanctions.screening.spread import spread

    many = (queries * (MILLION // len(queries) + 1))[:MILLION]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        save(screener.index, path)
        on = engine(f"local:{workers}")
        start = time.perf_counter()
        answers = spread(many, path, on)
        seconds = time.perf_counter() - start
        on.close()
    assert len(answers) == MILLION
    return {"million_s": seconds, "million_workers": workers, "million_with_hit": sum(1 for a in answers if a)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="append", required=True)
    parser.add_argument("--queries", type=Path, action="append", required=True)
    parser.add_argument("--cluster", type=int, default=0, help="processes of a local Dask cluster; 0: leave it out")
    asked = parser.parse_args()
    lists = load_lists(asked.list)
    queries = [q for path in asked.queries for q in read_people(path, names_only=True)]
    screener = Screener(build(lists))
    list(screener.many(queries[:50]))
    seconds, _ = cpu(lambda: sum(1 for _ in screener.many(queries)))
    single = []
    for query in queries:
        start = time.process_time()
        screener.one(query)
        single.append(1000 * (time.process_time() - start))
    names = [screener.index.name(i) for i in range(screener.index.names)]
    found: dict[str, Any] = {
        "entities": screener.index.entities, "names": screener.index.names, "queries": len(queries),
        "batch_per_second": len(queries) / seconds, "token_sort_per_second": floor(names, queries),
        "single_ms_p50": float(np.percentile(single, 50)), "single_ms_p99": float(np.percentile(single, 99)),
    }  # fmt: skip
    found["ratio"] = found["batch_per_second"] / found["token_sort_per_second"]
    large = enlarged(lists, LARGE)
    found["large_build_s"], index = cpu(lambda: build(large))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.index"
        save(index, path)
        found["large_mb"] = path.stat().st_size / 1e6
        found["large_entities"] = index.entities
        found["large_load_s"], _ = cpu(lambda: load(path).table[0].sum())
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if asked.cluster:
        found |= million(screener, queries, asked.cluster)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
