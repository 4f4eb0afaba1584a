"""20,000 replies on a local Dask cluster: two workers against one, and with one of the two killed midway.

Usage: python benchmarks/cluster.py [--replies 20000] [--scenarios 200] [--nodes 200] [--arcs 800] [--goods 8]
           [--measures 60] [--seed N]
Efficiency = time with one worker / (2 × time with two), by the clock and by processor time (of one worker's batches
against twice the busier of two), since other work on the machine disturbs the first.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from dataclasses import dataclass, field

import numpy as np
from generators import plain

from counterpact.cluster import engine
from counterpact.cluster.dask import Dask
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.many import Batch, batches, reply_batch


def timed(instance: Instance, batch: Batch) -> tuple[Vector, Vector, int, float]:
    """A batch with the worker that did it and its processor seconds."""
    begun = time.process_time()
    low, high = reply_batch(instance, batch)
    return low, high, os.getpid(), time.process_time() - begun


@dataclass
class Killer:
    """Kills one worker when half of the batches are done."""

    cluster: Dask
    killed: list[int] = field(default_factory=list)

    def __call__(self, done: int, count: int) -> None:
        """Progress."""
        if 2 * done >= count and not self.killed:
            self.killed.append(next(iter(self.cluster.client.run(os.getpid).values())))
            os.kill(self.killed[0], signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = {"replies": 20_000, "scenarios": 200, "nodes": 200, "arcs": 800, "goods": 8, "measures": 60, "seed": 11}
    for name, value in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = parser.parse_args()
    instance = plain(
        scenarios=asked.scenarios, nodes=asked.nodes, arcs=asked.arcs, goods=asked.goods, measures=asked.measures,
        seed=asked.seed,
    )  # fmt: skip
    rng = np.random.default_rng(asked.seed)
    points = (rng.random((-(-asked.replies // asked.scenarios), asked.measures)) < 0.25).astype(float)
    fixed = [b for _, b in batches(instance, points)]
    print(f"{len(points) * asked.scenarios} replies in {len(fixed)} batches")
    runs = []
    for workers, kill in ((1, False), (2, False), (2, True)):
        with engine(f"local:{workers}") as cluster:
            assert isinstance(cluster, Dask)
            cluster.map(timed, fixed[: 2 * workers], instance)  # the instance and the compiled loops are with everyone
            killer = Killer(cluster) if kill else None
            begun = time.perf_counter()
            answers = cluster.map(timed, fixed, instance, killer)
            span = time.perf_counter() - begun
        busy: dict[int, float] = {}
        for *_, worker, seconds in answers:
            busy[worker] = busy.get(worker, 0.0) + seconds
        runs.append((span, busy, answers))
        words = ", one killed midway" if killer and killer.killed else ""
        print(f"{workers} workers{words}: {span:.1f} s; processor seconds each {[round(b, 1) for b in busy.values()]}")
    (one, alone, first), (two, both, second), (_, _, third) = runs
    clock, processor = one / (2 * two), sum(alone.values()) / (2 * max(both.values()))
    off = max(
        float(np.abs(a[0] - b[0]).max() / (1 + np.abs(a[0]).max()))
        for other in (second, third)
        for a, b in zip(first, other, strict=True)
    )
    print(f"efficiency of two: {clock:.0%} by the clock, {processor:.0%} by processor time; values differ by {off:.1e}")


if __name__ == "__main__":
    main()
