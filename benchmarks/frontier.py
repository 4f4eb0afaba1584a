"""The frontier of the shipped case: effect against money, levels decided, seconds and how many were asked.

Usage: python benchmarks/frontier.py [--points N] [--scenarios N] [--gap SHARE] [--axes effect,money] [--limit SECONDS]
"""

from __future__ import annotations

import argparse
import time

import counterpact.api
from counterpact.strategy.frontier.trace import trace


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", default="russia-dprk")
    parser.add_argument("--axes", default="effect,money")
    parser.add_argument("--points", type=int, default=100)
    parser.add_argument("--scenarios", type=int, default=50)
    parser.add_argument("--gap", type=float, default=0.02)
    parser.add_argument("--limit", type=float, default=600.0)
    options = parser.parse_args()
    opened = counterpact.api.open(options.case, scenarios=options.scenarios)
    instance = opened.compiled.instance
    request = opened.request(gap=options.gap, time_limit=options.limit)
    wall, cpu = time.perf_counter(), time.process_time()
    found = trace(instance, request, tuple(options.axes.split(",")), points=options.points)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    decided = sum(level.gap <= options.gap + 1e-9 for level in found.levels)
    most = found.points[-1].effect if found.points else 0.0
    wide = [level.gap for level in found.levels if level.point is not None]
    levels = f"{decided} of {len(found.levels)} levels decided"
    print(f"{wall:.1f} s, {cpu:.1f} s of CPU; {len(found.points)} points, {levels}")
    print(f"complete: {found.complete}; widest gap {max(wide, default=0):.2%} of a level's own effect")
    room = [found.points[level.point - 1].risk - level.lower for level in found.levels if level.point]
    share = max(room, default=0) / (most * found.risk_before)
    print(f"widest gap as a share of the dearest point's effect: {share:.2%}")
    print(dict(found.work))


if __name__ == "__main__":
    main()
