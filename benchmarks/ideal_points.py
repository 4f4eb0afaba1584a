"""Ideal points against the published ones: `python benchmarks/ideal_points.py [--shared FOLDER] [--json]`.

In one run: processor time of the fit (compiled loops already cached, files already read), correlations with the
three published series of July 2025, the same for a naive series (first axis of each year by itself), and how often
90 % intervals hold: on simulated votes with known positions, and between two halves of the real items.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

MARKS = {"since_1991": 0.99, "all_years": 0.97, "pooled": 0.95, "seconds": 10.0, "coverage": (0.85, 0.95)}
SERIES = ("idealpointfp", "idealpointall", "idealpointlegacy")


def read(shared: Path) -> tuple[Any, pl.DataFrame]:
    """The table of votes and the published points."""
    from counterpact.lines.diplomacy.votes import read_votes
    from counterpact.record import catalog
    from counterpact.record.reading import open_files

    folder = shared / "unga"
    table = read_votes(
        [folder / "votes_sessions_1_70.parquet"],
        [folder / "roll_calls_sessions_1_70.parquet"],
        issues=folder / "issues_sessions_1_70.parquet",
        bridges=folder / "voeten_Matches_identical_resolutions.csv",
    )
    files = open_files([folder / "voeten_IdealpointsJuly2025.dta"])
    return table, catalog.reader("unga_ideal_points")(files).tables["points"]


def agreement(value: np.ndarray, layout: Any, table: Any, published: pl.DataFrame, series: str) -> dict[str, float]:
    """Median correlation per year since 1991 and over all years, and over all state-years together."""
    ours = pl.DataFrame(
        {"ccode": table.cow[layout.state].astype(np.int64), "year": layout.year.astype(np.int64), "ours": value}
    )
    both = ours.join(published.select("ccode", "year", series), on=["ccode", "year"]).drop_nulls()
    by_year = both.group_by("year").agg(pl.corr("ours", series).alias("r")).drop_nulls().sort("year")
    return {
        "since_1991": float(by_year.filter(pl.col("year") >= 1991)["r"].median()),  # type: ignore[arg-type]
        "all_years": float(by_year["r"].median()),  # type: ignore[arg-type]
        "worst_year": float(by_year["r"].min()),  # type: ignore[arg-type]
        "pooled": float(both.select(pl.corr("ours", series)).item()),
        "state_years": both.height,
    }


def halves(table: Any, seed: int = 0) -> float:
    """Share of state-years whose two positions, from two halves of the wordings, differ as 90 % intervals allow."""
    from counterpact.lines.diplomacy.points import estimate

    groups = table.groups()
    side = np.random.default_rng(seed).random(groups.max() + 1) < 0.5
    one, two = estimate(table.only(side[groups])), estimate(table.only(~side[groups]))
    first = {key(one, u): (one.value[u], one.error[u]) for u in range(len(one.value))}
    pairs = [(two.value[u], two.error[u], *first[key(two, u)]) for u in range(len(two.value)) if key(two, u) in first]
    a = np.array(pairs)
    return float((np.abs(a[:, 0] - a[:, 2]) < 1.645 * np.hypot(a[:, 1], a[:, 3])).mean())


def key(points: Any, unit: int) -> tuple[int, int]:
    """State and year of a row."""
    return int(points.table.cow[points.layout.state[unit]]), int(points.layout.year[unit])


def simulated(table: Any, points: Any, seed: int = 0) -> float:
    """Coverage of 90 % intervals where the truth is known: votes drawn from the model with the items fitted."""
    from counterpact.lines.diplomacy.points import estimate
    from counterpact.lines.diplomacy.points.simulate import draw

    vote, truth = draw(points, seed)
    again = estimate(replace(table, vote=vote))
    truth = (truth - truth.mean()) / truth.std()
    return float((np.abs(truth - again.value) < 1.645 * again.error).mean())


def main() -> None:
    """Print the table, or one JSON value."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    from counterpact.lines.diplomacy.points import estimate
    from counterpact.lines.diplomacy.points.naive import by_year

    table, published = read(options.shared)
    estimate(table.only(table.session >= 69))  # compiles, or loads what was compiled
    begun = time.process_time()
    points = estimate(table)
    taken = time.process_time() - begun
    begun = time.process_time()
    plain = by_year(table, points.layout, table.column["USA"])
    plain_taken = time.process_time() - begun
    out: dict[str, Any] = {
        "votes": int((points.layout.vote < 3).sum()),
        "seconds": taken,
        "naive_seconds": plain_taken,
        "ours": {name: agreement(points.value, points.layout, table, published, name) for name in SERIES},
        "naive": {name: agreement(plain, points.layout, table, published, name) for name in SERIES},
        "coverage_halves": halves(table),
        "coverage_simulated": simulated(table, points),
        "marks": MARKS,
    }
    if options.json:
        print(json.dumps(out, indent=1))
        return
    print(f"{out['votes']:,} votes in {taken:.1f} s of processor time (naive {plain_taken:.1f} s)")
    for who in ("ours", "naive"):
        for name, found in out[who].items():
            print(f"{who:6} {name:17}", "  ".join(f"{k} {v:.4g}" for k, v in found.items()))
    print(f"90 % intervals hold: halves {out['coverage_halves']:.3f}, simulated {out['coverage_simulated']:.3f}")


if __name__ == "__main__":
    main()
