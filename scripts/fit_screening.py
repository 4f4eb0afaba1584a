"""Fit the weights of name screening on labelled data of your own, and write them with their test figures.

    python scripts/fit_screening.py --pairs name_pairs.csv --entities entity_pairs.yml \\
        --positives treated.csv --negatives negatives.csv [--negatives more.csv] --list FILE [--list FILE] [--write]

Figures are cross-validated by groups of names; the threshold against lists is fixed on every second row of positives
and negatives (the largest at which recall there is at least .99), the figures are of the other rows.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

import counterpact.lines.sanctions.screening as room
from counterpact.lines.sanctions.lists import load_lists
from counterpact.lines.sanctions.screening import weights as weights_module
from counterpact.lines.sanctions.screening.evaluation import (
    best_scores,
    point,
    read_entities,
    read_pairs,
    read_people,
    score,
)
from counterpact.lines.sanctions.screening.fit import (
    ALERT_PRIOR,
    LAMBDA,
    SAME_PRIOR,
    cross_validate,
    features,
    fit,
    groups,
)
from counterpact.lines.sanctions.screening.index import build
from counterpact.lines.sanctions.screening.measure import NAMES
from counterpact.lines.sanctions.screening.screener import Screener

SEEDS = 5


def pairs_part(path: Path, entities: Path) -> dict[str, Any]:
    """Weights of both readings from labelled pairs, with their cross-validated figures."""
    pairs, checks = read_pairs(path), read_entities(entities)
    group_p, group_e = groups(pairs, checks)
    made: dict[str, Any] = {"fitted_on": {"pairs": len(pairs), "entities": len(checks), "lambda": LAMBDA}}
    for what, rows, group, prior in (("alert", pairs, group_p, ALERT_PRIOR), ("same", checks, group_e, SAME_PRIOR)):
        X, y = features(rows), np.array([row.match for row in rows])
        found = [score(y, cross_validate(X, y, group, prior, seed=s) >= 0.5) for s in range(SEEDS)]
        made["fitted_on"][f"{what}_cv"] = {
            name: round(float(np.mean([getattr(one, name) for one in found])), 4)
            for name in ("precision", "recall", "f1", "accuracy")
        }
        beta = fit(X, y, prior)
        made[what] = {name: round(float(b), 4) for name, b in zip(NAMES, beta, strict=True) if abs(b) > 5e-5}
    return made | {"alert_threshold": 0.5, "same_threshold": 0.5, "list_threshold": 0.5}


def lists_part(made: dict[str, Any], positives: list[Path], negatives: list[Path], lists: list[str]) -> None:
    """The threshold for whole lists, chosen on every second row and reported on the others."""
    index = build(load_lists(lists))
    screener = Screener(index)
    found = np.concatenate([best_scores(screener, read_people(p, names_only=True)) for p in positives])
    false = np.concatenate([best_scores(screener, read_people(p, names_only=True)) for p in negatives])
    grid = np.round(np.arange(0.5, 0.99, 0.005), 3)
    chosen = max(float(t) for t in grid if (found[::2] >= t).mean() >= 0.99)
    made["list_threshold"] = round(chosen - 0.01, 3)  # a little room below the last that did
    made["fitted_on"]["lists"] = {
        "entities": index.entities,
        "train": point(found[::2], false[::2], made["list_threshold"]),
        "test": point(found[1::2], false[1::2], made["list_threshold"]),
    }


def main() -> None:
    """Write weights.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--entities", type=Path, required=True)
    parser.add_argument("--positives", type=Path, action="append", default=[])
    parser.add_argument("--negatives", type=Path, action="append", default=[])
    parser.add_argument("--list", action="append", default=[])
    parser.add_argument("--write", action="store_true", help="write weights.json of the package")
    asked = parser.parse_args()
    made = pairs_part(asked.pairs, asked.entities)
    target = Path(room.__file__).parent / "weights.json"
    before = target.read_text("utf-8")
    target.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    weights_module.weights.cache_clear()
    try:
        if asked.positives and asked.negatives and asked.list:
            lists_part(made, asked.positives, asked.negatives, asked.list)
    finally:
        target.write_text(json.dumps(made, indent=1) + "\n" if asked.write else before, "utf-8")
    print(json.dumps(made, indent=1))


if __name__ == "__main__":
    main()
