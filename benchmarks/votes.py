"""Vote forecasts against plain baselines: `python benchmarks/votes.py [--shared FOLDER] [--from 60] [--to 70]`.

Sessions are forecast one by one from the sessions before them only; both baselines run on the same votes.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

TARGETS = {"accuracy": 0.92, "macro_f1": 0.83, "novel_accuracy": 0.78, "ece": 0.03}


def main() -> None:
    """Print the scores, or one JSON value."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--from", dest="first", type=int, default=60)
    parser.add_argument("--to", dest="last", type=int, default=70)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    from counterpact.lines.diplomacy.forecast import evaluate
    from counterpact.lines.diplomacy.votes import read_votes

    folder = options.shared / "unga"
    table = read_votes([folder / "votes_sessions_1_70.parquet"], [folder / "roll_calls_sessions_1_70.parquet"])
    begun = time.process_time()
    found = evaluate(table, options.first, to_session=options.last)
    found["seconds"] = time.process_time() - begun
    found["targets"] = TARGETS
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print(f"{found['votes']:,} votes in {found['seconds']:.0f} s of processor time")
    for name, row in (("forecast", found), *found["baselines"].items(), ("target", TARGETS)):
        scores = {k: row[k] for k in ("accuracy", "macro_f1", "novel_accuracy", "ece", "brier") if k in row}
        print(f"{name:11}", "  ".join(f"{k} {v:.3f}" for k, v in scores.items()))
    print(
        f"Brier skill over the look-alike baseline {found['brier_skill']:.3f}; novel share {found['novel_share']:.3f}"
    )


if __name__ == "__main__":
    main()
