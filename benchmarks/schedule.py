"""How long a schedule of a case takes, step by step, in process time of one core.

python benchmarks/schedule.py [CASE] [--periods 2027..2030] [--scenarios 60] [--starts 10]
"""

from __future__ import annotations

import argparse
import itertools
import time
from typing import Any

import counterpact.api as api


def main() -> None:
    """Print seconds of each step, the gap, and sizes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("case", nargs="?", default="russia-dprk")
    parser.add_argument("--periods", default="2027..2030")
    parser.add_argument("--scenarios", type=int, default=60)
    parser.add_argument("--starts", type=int, default=0)
    parser.add_argument("--signposts", type=int, default=3)
    parser.add_argument("--exact", nargs="*", default=[])
    given = parser.parse_args()
    steps: list[tuple[str, float]] = []
    opened = api.open(given.case, progress=lambda words: steps.append((words, time.process_time())))
    more: dict[str, Any] = {"starts": (given.starts,)} if given.starts else {}
    found = opened.schedule(
        given.periods, scenarios=given.scenarios, signposts=given.signposts, exact=tuple(given.exact),
        time_limit=900.0, **more,
    )  # fmt: skip
    steps.append(("", time.process_time()))
    for (words, begin), (_, end) in itertools.pairwise(steps):
        print(f"{end - begin:8.2f} s  {words}")
    designed = next(t for w, t in steps if w == "designing the schedule")
    instance = found.expanded.instance
    print(f"{steps[-1][1] - designed:8.2f} s  from the design on")
    print(f"gap {found.gap:.1%}, effect {found.package.effect:.1%}, certificate {found.certificate.passed}")
    print(f"{instance.scenarios[0].A.shape} rows, columns; {len(instance.leader.names)} leader variables")
    print(f"{len(found.steps)} measures, {len(found.signposts)} signposts")


if __name__ == "__main__":
    main()
