"""One million holdings under the three regimes' rules, and the cascade against a plain loop of matrix products.

Usage: python benchmarks/ownership.py [--edges N]
"""

from __future__ import annotations

import argparse
import time
from datetime import date

import numpy as np
import polars as pl

from counterpact.lines.sanctions.ownership.graph import Holdings, build
from counterpact.lines.sanctions.ownership.rules import Rule, rule
from counterpact.lines.sanctions.ownership.status import decide


def table(edges: int, seed: int = 0) -> pl.DataFrame:
    """Random holdings: about 1.5 owners an entity, a third of the shares as bands, chains and circles included."""
    rng = np.random.default_rng(seed)
    entities = edges * 2 // 3
    owner, asset = rng.integers(0, entities, edges), rng.integers(0, entities, edges)
    low = rng.choice([10.0, 25.0, 30.0, 50.0, 51.0, 75.0, 100.0], edges, p=[0.2, 0.2, 0.15, 0.15, 0.15, 0.1, 0.05])
    high = np.where(rng.random(edges) < 0.33, np.minimum(100.0, low + 25), low)
    return pl.DataFrame({"owner": owner, "asset": asset, "low": low, "high": high}).with_columns(
        pl.col("owner").cast(pl.String), pl.col("asset").cast(pl.String)
    )


def plainly(holdings: Holdings, listed: set[str], law: Rule) -> np.ndarray:
    """The certain set by sums over every holding until nothing changes."""
    inside = np.array([name in listed for name in holdings.ids])
    while True:
        sums = np.bincount(holdings.asset, holdings.low * inside[holdings.owner], len(holdings.ids))
        grown = inside | (sums > law.share + 1e-9 if law.strict else sums >= law.share - 1e-9)
        if (grown == inside).all():
            return grown
        inside = grown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=1_000_000)
    options = parser.parse_args()
    frame = table(options.edges)
    begun = time.process_time()
    holdings = build(frame)
    built = time.process_time() - begun
    print(
        f"{options.edges} rows → {len(holdings.owner)} holdings of {len(holdings.ids)} entities: {built:.2f} s to build"
    )
    listed = [holdings.ids[i] for i in np.random.default_rng(1).choice(len(holdings.ids), 2000, replace=False)]
    for regime in ("OFAC", "EU", "UK"):
        law = rule(regime, date(2026, 8, 20))
        begun = time.process_time()
        decision = decide(holdings, listed, law)
        ours = time.process_time() - begun
        line = f"{regime}: {decision.counts}, {ours:.2f} s"
        if law.aggregate:
            begun = time.process_time()
            same = bool((plainly(holdings, set(listed), law) == (decision.status == 2)).all())
            line += f"; plain loop {time.process_time() - begun:.2f} s, the same entities: {same}"
            if not same:
                raise SystemExit(line)
        print(line)


if __name__ == "__main__":
    main()
