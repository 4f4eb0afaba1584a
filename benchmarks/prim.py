"""PRIM against the EMA Workbench's on the same experiments, in the same run.

Usage: uv run --group peers python benchmarks/prim.py [--experiments N] [--columns D] [--repeats R] [--data FILE]

`--data`: the experiments of Bryant & Lempert (2010), as the EMA Workbench ships them; both trajectories are then
compared box by box. Times are CPU seconds, least of the repeats.
"""

from __future__ import annotations

import argparse
import csv
import io
import logging
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from counterpact.strategy.discovery.boxes import Experiments
from counterpact.strategy.discovery.prim import Trajectory, prim


def made(experiments: int, columns: int, seed: int = 0) -> tuple[Experiments, np.ndarray]:
    """Uniform draws that fail in a corner of three columns, and now and then elsewhere."""
    rng = np.random.default_rng(seed)
    X = rng.random((experiments, columns))
    failed = (X[:, 0] > 0.6) & (X[:, 1] < 0.4) & (X[:, 2] > 0.3)
    failed ^= rng.random(experiments) < 0.05
    return Experiments(tuple(f"u{j}" for j in range(columns)), X), failed


def bryant_lempert(path: Path) -> tuple[Experiments, np.ndarray]:
    """The nine uncertainties and the costliest tenth of the 882 experiments."""
    with path.open(newline="") as stream:
        header, *rows = csv.reader(stream)
    values = np.array(rows, dtype=float)
    return Experiments(tuple(header[2:11]), values[:, 2:11]), values[:, 15] > 0.5


def timed(run: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Least CPU seconds of some runs, and the last answer."""
    best, answer = np.inf, None
    for _ in range(repeats):
        begun = time.process_time()
        with redirect_stdout(io.StringIO()):
            answer = run()
        best = min(best, time.process_time() - begun)
    return best, answer


def peer(table: Experiments, failed: np.ndarray, peel: float, *, pastes: bool = True) -> Any:
    """The EMA Workbench's first box."""
    import pandas
    from ema_workbench.analysis import prim as ema

    frame = pandas.DataFrame(table.X, columns=list(table.names))
    try:
        algorithm = ema.Prim(frame, failed.astype(int), threshold=0.5, peel_alpha=peel)
    except TypeError:  # from 3.0 on the marks are yes or no and need no threshold
        algorithm = ema.Prim(frame, failed, peel_alpha=peel)
    if not pastes:
        algorithm._paste = lambda box: box
    return algorithm.find_box()


def report(words: str, table: Experiments, failed: np.ndarray, peel: float, repeats: int) -> None:
    """Time both and print how they compare. Theirs pastes in smaller steps, so peeling alone is compared as well."""
    prim(table, failed, peel=peel)
    own, trajectory = timed(lambda: prim(table, failed, peel=peel), repeats)
    other, box = timed(lambda: peer(table, failed, peel), max(1, repeats // 2))
    alone, _ = timed(lambda: peer(table, failed, peel, pastes=False), max(1, repeats // 2))
    print(
        f"{words}: ours {own:.4f} s; EMA Workbench {other:.3f} s ({other / own:.0f} times slower), "
        f"its peeling alone {alone:.3f} s ({alone / own:.0f} times)"
    )
    compare(trajectory, box)


def compare(trajectory: Trajectory, box: Any) -> None:
    """How many boxes of the peer's trajectory ours holds too, to six figures of coverage and density."""
    theirs = np.array(box.peeling_trajectory[["coverage", "density"]], dtype=float)
    ours = np.stack([trajectory.coverage, trajectory.density], axis=1)
    shared = sum(bool(np.abs(ours - row).max(axis=1).min() < 1e-6) for row in theirs)
    print(f"  boxes: ours {len(ours)}, theirs {len(theirs)}, of theirs {shared} in ours too")


def main() -> None:
    """Compare on made experiments, or on a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, default=10_000)
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--data", type=Path, default=None)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    table, failed = made(options.experiments, options.columns)
    report(f"{options.experiments} × {options.columns}, peel .05", table, failed, 0.05, options.repeats)
    if options.data:
        table, failed = bryant_lempert(options.data)
        report("Bryant & Lempert, peel .1", table, failed, 0.1, options.repeats)
        trajectory = prim(table, failed, peel=0.1)
        at = int(np.abs(trajectory.coverage - 0.7528).argmin())
        print(f"  our box {at}: {trajectory.box(at)}")


if __name__ == "__main__":
    main()
