"""Replies of the oracle against HiGHS from nothing (passModel + run, presolve on, arrays ready), in the same run.

Usage: python benchmarks/reply.py [plain|structured] [--scenarios N] [--measures M] [--nodes N] [--arcs A] [--goods K]
           [--seed N] [--cold N]
Times are processor time per scenario; `--cold` scenarios are solved from nothing, all are solved by the oracle.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from generators import plain, structured

from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.linear import load, quiet
from counterpact.strategy.solving.reply import Oracle, Sweep


def from_nothing(instance: Instance, z: Vector, count: int) -> tuple[float, Vector]:
    """Processor seconds per reply and the normalised values of the first `count` scenarios."""
    seconds, values = 0.0, np.empty((count, len(instance.objectives)))
    for s, scenario in enumerate(instance.scenarios[:count]):
        for o in range(len(instance.objectives)):
            cost = scenario.harm[o] / instance.normalisers[o] + scenario.fixed - scenario.penalty @ z
            begun = time.process_time()
            solver = quiet()
            rows, columns = (scenario.lower, scenario.upper), (np.zeros(len(cost)), scenario.ceiling)
            load(solver, scenario.A, rows, columns, -cost)
            solver.run()
            values[s, o] = -solver.getInfo().objective_function_value
            seconds += time.process_time() - begun
    return seconds / values.size, values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("form", nargs="?", choices=("plain", "structured"), default="plain")
    for name, value in (
        ("scenarios", 200),
        ("measures", 60),
        ("nodes", 200),
        ("arcs", 800),
        ("goods", 8),
        ("seed", 11),
    ):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--cold", type=int, default=40)
    asked = parser.parse_args()
    if asked.form == "plain":
        instance = plain(
            scenarios=asked.scenarios, nodes=asked.nodes, arcs=asked.arcs, goods=asked.goods, measures=asked.measures,
            seed=asked.seed,
        )  # fmt: skip
    else:
        instance = structured(scenarios=asked.scenarios, measures=asked.measures, seed=asked.seed)
    S, M = len(instance.scenarios), len(instance.leader.names)
    pairs = S * len(instance.objectives)
    rng = np.random.default_rng(asked.seed)
    tiny = plain(scenarios=2, nodes=200, arcs=800, goods=8, measures=2)
    Oracle(tiny).sweep(np.zeros(2))  # load the compiled loops
    begun = time.process_time()
    oracle = Oracle(instance)
    built = time.process_time() - begun
    print(f"{pairs} replies; {instance.scenarios[0].A.shape[1]} columns; oracle built in {built:.2f} s")

    def compare(words: str, z: Vector) -> Sweep:
        begun = time.process_time()
        sweep = oracle.sweep(z)
        quick = (time.process_time() - begun) / pairs
        slow, values = from_nothing(instance, z, min(S, asked.cold))
        off = np.abs(sweep.lower[: len(values)] - values) / (1 + np.abs(values))
        proven = np.abs(sweep.upper - sweep.lower) / (1 + np.abs(sweep.lower))
        print(
            f"{words}: from nothing {1000 * slow:.2f} ms, oracle {1000 * quick:.2f} ms: {slow / quick:.1f} times "
            f"cheaper ({sweep.solved} of {pairs} solved); values off by {off.max():.0e}, bounds by {proven.max():.1e}"
        )
        return sweep

    compare("first sweep, nothing done", np.zeros(M))
    z = (rng.random(M) < 0.25).astype(float)
    for k in range(3):
        z = (rng.random(M) < 0.25).astype(float)
        compare(f"wide change {k + 1}", z)
    for k in range(3):
        z = z.copy()
        changed = rng.choice(M, 2, replace=False)
        z[changed] = 1 - z[changed]
        compare(f"local change {k + 1}", z)
    z = (rng.random(M) < 0.25).astype(float)
    begun = time.process_time()
    screened = oracle.sweep(z, greatest=True)
    quick = (time.process_time() - begun) / pairs
    slow, _ = from_nothing(instance, z, min(S, asked.cold))
    top = float((oracle.sweep(z).lower @ instance.weights).max())
    off = abs(float((screened.upper @ instance.weights).max()) - top) / (1 + abs(top))
    print(
        f"only the greatest wanted (wide change): oracle {1000 * quick:.2f} ms: {slow / quick:.1f} times cheaper "
        f"({screened.solved} of {pairs} begun); the greatest is off by {off:.0e}"
    )
    print(f"answers that had to be solved again: {oracle.failures}")


if __name__ == "__main__":
    main()
