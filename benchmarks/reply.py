"""Replies re-solved in place against a cold build of each linear program, in the same run.

Usage: python benchmarks/reply.py [--scenarios N] [--full]
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from generators import structured

from counterpact.strategy.solving.linear import Program
from counterpact.strategy.solving.reply import Oracle


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=40)
    parser.add_argument("--full", action="store_true", help="300 scenarios")
    options = parser.parse_args()
    instance = structured(scenarios=300 if options.full else options.scenarios)
    oracle = Oracle(instance, threads=1)
    stack, M = oracle.stack, len(instance.leader.names)
    rng = np.random.default_rng(0)
    start = (rng.random(M) < 0.3).astype(float)
    oracle.sweep(np.zeros(M))
    oracle.sweep(start)
    step = start.copy()
    step[: M // 10] = 1 - step[: M // 10]
    for words, z in (("six measures changed", step), ("another package", (rng.random(M) < 0.3).astype(float))):
        cost = stack.costs(z)
        begun = time.process_time()
        cold = np.empty((stack.S, stack.O))
        for s, scenario in enumerate(stack.scenarios):
            for o in range(stack.O):
                program = Program(scenario.A, scenario.lower, scenario.upper, scenario.ceiling)
                cold[s, o] = cost[s, o] @ program.maximise(cost[s, o])[0]
        slow = time.process_time() - begun
        begun = time.process_time()
        sweep = oracle.sweep(z)
        quick = time.process_time() - begun
        worst = float(np.abs(sweep.lower - cold).max())
        pairs = stack.S * stack.O
        print(
            f"{words}: {pairs} replies; cold {1000 * slow / pairs:.2f} ms, in place {1000 * quick / pairs:.2f} ms each "
            f"({sweep.solved} solved, {pairs - sweep.solved} known): {slow / quick:.1f} times faster; "
            f"largest difference {worst:.1e}"
        )


if __name__ == "__main__":
    main()
