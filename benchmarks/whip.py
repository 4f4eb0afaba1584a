"""Whip count: what 20 known positions add, and how long an update takes.

`python benchmarks/whip.py [--shared FOLDER] [--fit]`. Sessions 60 to 70 are forecast from earlier ones only; `--fit`
prints the predictive density over the grid on sessions 54 to 59, from which whip/fitted.yml was taken.
Divided: on each side, yes and no, at least 20 % of those who said yes or no. Novel: no look-alike above .5.
"""

from __future__ import annotations

import argparse
import time
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

REVEALED = 20
FEWEST = 60  # votes cast on an item


def seen_items(table: Any, first: int, last: int) -> list[dict[str, Any]]:
    """Items with chances by trees fitted on earlier sessions, and the directions of the sessions before."""
    from counterpact.lines.diplomacy.forecast.model import LESSONS, learn, sessions
    from counterpact.lines.diplomacy.whip.likeness import MEMORY, directions

    whole, trees, found = sessions(table, first - LESSONS, last), None, []
    for k, one in enumerate(whole):
        if one.number < first:
            continue
        if trees is None or (one.number - first) % 3 == 0:
            trees = learn(whole[max(0, k - LESSONS) : k])
        n, s, _ = one.features.shape
        chance = trees.chances(one.features.reshape(n * s, -1))[0].reshape(n, s, 3)
        common = directions(table.vote[(table.session < one.number) & (table.session >= one.number - MEMORY)], 4)
        for vote, given, near in zip(one.vote, chance, one.near.similarity, strict=True):
            cast = np.flatnonzero((vote >= 0) & (vote < 3))
            if len(cast) < FEWEST:
                continue
            yes, no = int((vote == 2).sum()), int((vote == 0).sum())
            divided = min(yes, no) >= 0.2 * (yes + no)
            found.append(
                {"truth": 2 - vote[cast], "chance": given[cast][:, ::-1], "common": common[cast],
                 "divided": divided, "kind": "novel" if near[0] < 0.5 else "alike"}
            )  # fmt: skip
    return found


def score(items: list[dict[str, Any]], scale: tuple[float, ...], times: int = 3, seed: int = 0) -> tuple[float, ...]:
    """Accuracy before, accuracy after, log density after, over the states not revealed."""
    from counterpact.lines.diplomacy.whip import count as c

    rng = np.random.default_rng(seed)
    before = after = n = 0
    density = 0.0
    for item in items:
        truth, size = item["truth"], len(item["truth"])
        chance = np.column_stack([item["chance"], np.zeros(size)])
        made = c.Forecast(tuple(map(str, range(size))), chance, item["common"], np.array(scale))
        u, v = c._odds(made)
        for _ in range(times):
            order = rng.permutation(size)
            b, root = c._posterior(made, u, v, {int(i): int(truth[i]) for i in order[:REVEALED]})
            rest = order[REVEALED:]
            x = item["common"][rest]
            narrow = 1 / np.sqrt(1 + np.pi / 8 * ((x @ root) ** 2).sum(axis=1))
            yes, no = c._sigmoid(narrow * (u[rest] + x @ b)), 1 - c._sigmoid(narrow * (v[rest] + x @ b))
            p = np.clip(np.column_stack([yes, 1 - yes - no, no]), 1e-4, 1)
            p /= p.sum(axis=1, keepdims=True)
            before += int((item["chance"][rest].argmax(axis=1) == truth[rest]).sum())
            after += int((p.argmax(axis=1) == truth[rest]).sum())
            density += float(np.log(p[np.arange(len(rest)), truth[rest]]).sum())
            n += len(rest)
    return before / n, after / n, density / n


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    from counterpact.lines.diplomacy.votes import read_votes
    from counterpact.lines.diplomacy.whip.asking import scales
    from counterpact.lines.diplomacy.whip.count import Forecast, whip

    folder = options.shared / "unga"
    table = read_votes([folder / "votes_sessions_1_70.parquet"], [folder / "roll_calls_sessions_1_70.parquet"])
    if options.fit:
        items = seen_items(table, 54, 59)
        for level, first, rest in product((0.5, 1.0, 1.5, 2.0), (0.7, 1.2, 2.0, 3.0), (0.25, 0.4, 0.5, 0.8)):
            for kind in ("novel", "alike"):
                own = [i for i in items if i["kind"] == kind]
                print(
                    kind, level, first, rest, round(score(own, (level, first, rest, rest, rest), 1)[2], 4), flush=True
                )
        return
    items = seen_items(table, 60, 70)
    for kind in ("novel", "alike"):
        for name, own in (("divided", [i for i in items if i["divided"]]), ("all", items)):
            rows = [i for i in own if i["kind"] == kind]
            before, after, _ = score(rows, scales()[kind])
            print(f"{kind} {name}: {len(rows)} items, accuracy on the rest {before:.3f} -> {after:.3f}")
    rng = np.random.default_rng(0)
    states = tuple(f"S{i}" for i in range(193))
    common = np.column_stack([np.ones(193), rng.standard_normal((193, 4))])
    made = Forecast(states, rng.dirichlet([4, 2, 2, 1], 193), common, np.array(scales()["novel"]))
    known = dict.fromkeys(states[:20], "yes")
    whip(made, known)
    begun = time.process_time()
    for _ in range(10):
        whip(made, known)
    print(f"one update, 193 states: {(time.process_time() - begun) * 100:.0f} ms of processor time")


if __name__ == "__main__":
    main()
