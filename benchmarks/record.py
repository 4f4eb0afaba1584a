"""How fast the record reads: `python benchmarks/record.py [--rows 10000000] [--shared FOLDER] [--json]`.

Each task is timed against a plain method in the same run, so that the ratio means something on any machine:
ATT&CK against `json.load`, OFAC against `csv.reader`, BACI against `csv.DictReader` on a slice of the same file.
The large import runs in a process of its own, whose greatest resident memory is reported.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PLAIN_ROWS = 500_000  # rows the naive reader of the large file gets; its time is scaled by rows
MARKS = {"attack": 0.6, "ofac": 1.0}  # seconds
MARK_ROWS_PER_SECOND = 1_000_000
MARK_MEMORY_MB = 2_000


def best(task: Callable[[], Any], times: int = 3) -> float:
    """Least seconds of a few runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        task()
        taken.append(time.perf_counter() - start)
    return min(taken)


def attack(shared: Path) -> dict[str, Any]:
    """ATT&CK enterprise from gz to the four tables."""
    from counterpact.record import catalog
    from counterpact.record.reading import open_files

    path = shared / "cyber" / "enterprise-attack-18.1-stix20-rebuilt.json.gz"
    read = catalog.reader("attack_enterprise")

    def plain() -> None:
        with gzip.open(path) as stream:
            json.load(stream)

    ours, other = best(lambda: read(open_files([path]))), best(plain)
    return {"task": "ATT&CK enterprise, gz to tables", "seconds": ours, "mark": MARKS["attack"],
            "plain": "json.load alone", "ratio": other / ours}  # fmt: skip


def ofac(shared: Path) -> dict[str, Any]:
    """The SDN list with its aliases and addresses to the seven tables."""
    from counterpact.record import catalog
    from counterpact.record.reading import open_files

    folder = shared / "lists" / "ofac"
    paths = [folder / "sdn_raw_2024-05-03.csv.gz", *sorted(folder.glob("a[ld][td]_2025-02-27*"))]
    read = catalog.reader("ofac_sdn")

    def plain() -> None:
        for path in paths:
            with gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as stream:
                list(csv.reader(stream))

    ours, other = best(lambda: read(open_files(paths))), best(plain)
    return {"task": "OFAC SDN + alt + add to tables", "seconds": ours, "mark": MARKS["ofac"],
            "plain": "csv.reader alone, remarks unread", "ratio": other / ours}  # fmt: skip


def write_baci(path: Path, rows: int, seed: int = 0) -> None:
    """A file in the columns of BACI with as many rows, as the publisher formats them."""
    import numpy as np
    import polars as pl

    draw = np.random.default_rng(seed)
    codes = np.array([f"{code:06d}" for code in draw.choice(999_999, 5_000, replace=False)])
    states = draw.integers(4, 900, 220)
    quantity = np.round(np.exp(draw.normal(0, 3, rows)), 3)
    frame = pl.DataFrame(
        {
            "t": np.full(rows, 2022),
            "i": draw.choice(states, rows),
            "j": draw.choice(states, rows),
            "k": draw.choice(codes, rows),
            "v": np.round(np.exp(draw.normal(1, 3, rows)), 3),
            "q": pl.Series(quantity).set(pl.Series(draw.random(rows) < 0.04), None),
        }
    )
    frame.write_csv(path, null_value="NA")


def baci_import(path: Path, home: Path) -> dict[str, Any]:
    """Import one file into a store; what the child process prints."""
    import resource

    from counterpact.record.ingest import import_files
    from counterpact.record.store import Store

    start = time.perf_counter()
    done = import_files(Store(home), "baci", [path])
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "rows": done.entry.parts[0].rows, "memory_mb": used}


def baci(rows: int) -> dict[str, Any]:
    """A BACI-shaped CSV to Parquet in the store, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "BACI_HS17_Y2022_V202401.csv"
        subprocess.run([sys.executable, __file__, "--make", str(path), "--rows", str(rows)], check=True)
        command = [sys.executable, __file__, "--import", str(path), "--home", folder]
        done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        start, count = time.perf_counter(), 0
        with path.open(newline="") as stream:
            for row in csv.DictReader(stream):
                (int(row["t"]), int(row["i"]), int(row["j"]), row["k"].zfill(6), float(row["v"]) * 1000)
                count += 1
                if count == PLAIN_ROWS:
                    break
        plain = (time.perf_counter() - start) / count * rows
        size = path.stat().st_size / 1e6
    return {"task": f"BACI, {rows:,} rows ({size:,.0f} MB) to the store", **done,
            "rows_per_second": done["rows"] / done["seconds"], "mark": rows / MARK_ROWS_PER_SECOND,
            "plain": "csv.DictReader, nothing written (scaled)", "ratio": plain / done["seconds"]}  # fmt: skip


def main() -> None:
    """Run all tasks and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("COUNTERPACT_SHARED", default)))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--import", type=Path, dest="source", help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        write_baci(given.make, given.rows)
        return
    if given.source:
        print(json.dumps(baci_import(given.source, given.home)))
        return
    results = [attack(given.shared), ofac(given.shared), baci(given.rows)]
    if given.json:
        print(json.dumps(results, indent=1))
        return
    for result in results:
        line = f"{result['task']}: {result['seconds']:.2f} s (mark {result['mark']:.1f} s)"
        if "memory_mb" in result:
            line += f", {result['rows_per_second'] / 1e6:.1f} M rows/s, at most {result['memory_mb']:,.0f} MB"
            line += f" (mark {MARK_MEMORY_MB:,} MB)"
        print(f"{line}; {result['ratio']:.1f} × as fast as {result['plain']}")


if __name__ == "__main__":
    main()
