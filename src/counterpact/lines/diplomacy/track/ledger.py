"""Sealed forecasts: an append-only file in which each line carries the hash of all before it.

One line a record, as canonical JSON (keys sorted, no spaces, UTF-8). `hash` is the SHA-256 of the line's other
members, `before` among them; a line changed, dropped or put in between breaks every hash after it. A hash cannot show
that the last lines were cut off, nor when a file was written: keep the newest hash where others see it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import Problem, SourceError, UsageError
from counterpact.lines.diplomacy.whip.count import POSITIONS

#: Name of the file in a case folder.
FILE = "forecasts.jsonl"
METHOD = "votes-1"
_START = "0" * 64
_BINS = 10


@dataclass(frozen=True)
class Scores:
    """How sealed forecasts came true. `brier`: mean over votes, summed over positions (0 to 2; Brier 1950).

    `bins`: (from, to, chances, mean chance given, share that came true) over all chances given.
    """

    sealed: int
    settled: int
    votes: int
    brier: float
    bins: tuple[tuple[float, float, int, float, float], ...]


def seal(
    path: Path,
    question: str,
    chances: Mapping[str, Mapping[str, float]],
    *,
    made: date,
    vote_day: date,
    known: Mapping[str, str] | None = None,
) -> str:
    """Append a forecast; returns its hash, which is also its name. `chances`: state → position → chance.

    Raises `UsageError` if it was made after the vote or is no forecast, `SourceError` if the file was tampered with.
    """
    if made > vote_day:
        raise UsageError(f"made on {made}, after the vote of {vote_day}: that is no forecast and is not sealed")
    rows: dict[str, list[float]] = {}
    for state, one in sorted(chances.items()):
        row = [round(float(one.get(p, 0.0)), 4) for p in POSITIONS]
        if min(row) < 0 or abs(sum(row) - 1) > 0.01:
            raise UsageError(f"the chances of {state} are no chances: they sum to {sum(row):.2f}")
        rows[state] = row
    if not rows:
        raise UsageError("a forecast without states is not sealed")
    return _append(
        path,
        {
            "kind": "forecast", "question": question, "made": made.isoformat(), "vote_day": vote_day.isoformat(),
            "method": METHOD, "positions": list(POSITIONS), "chances": rows,
            "known": dict(sorted((known or {}).items())),
        },
    )  # fmt: skip


def settle(path: Path, name: str, votes: Mapping[str, str], *, day: date) -> str:
    """Append what came of a sealed forecast: state → position. `name`: its hash or the beginning of it.

    Raises `UsageError` for an unknown name, one settled already, a result before the seal, or an unknown position.
    """
    records = read(path)
    sealed = [r for r in records if r["kind"] == "forecast" and name and r["hash"].startswith(name)]
    if len(sealed) != 1:
        raise UsageError(f'"{name}" names {len(sealed)} sealed forecasts of {path.name}; give more of its hash')
    forecast = sealed[0]
    if any(r["kind"] == "result" and r["of"] == forecast["hash"] for r in records):
        raise UsageError(f"{forecast['hash'][:12]} is settled already; a result is never changed")
    if day.isoformat() < forecast["made"]:
        raise UsageError(f"the vote of {day} came before the forecast of {forecast['made']}: it is not settled")
    strange = [p for p in votes.values() if p not in POSITIONS]
    if strange or not set(votes) & set(forecast["chances"]):
        what = f'"{strange[0]}" is no position' if strange else "no state of the forecast is among the votes"
        raise UsageError(f"{what}; give yes, abstain, no or absent for its states")
    return _append(
        path,
        {"kind": "result", "of": forecast["hash"], "day": day.isoformat(), "votes": dict(sorted(votes.items()))},
    )


def read(path: Path) -> list[dict[str, Any]]:
    """All records, the chain of hashes checked; none without a file. Raises `SourceError` at the first broken line."""
    if not path.exists():
        return []
    found: list[dict[str, Any]] = []
    before = _START
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            record = json.loads(line)
            own = record.pop("hash")
            whole = record["before"] == before and own == _hash(record)
        except (ValueError, KeyError, AttributeError, TypeError):
            whole, record, own = False, {}, ""
        if not whole:
            raise SourceError(
                Problem(
                    path.name,
                    number,
                    what="this line is not what was sealed: its hash, or the hash of the line before, does not fit",
                    do="Take the file back from a copy; nothing after this line can be trusted",
                )
            )
        before = own
        found.append({**record, "hash": own})
    return found


def scores(records: list[dict[str, Any]]) -> Scores:
    """Brier score and calibration of what is settled. States known when sealed do not count: they were no forecast."""
    sealed = {r["hash"]: r for r in records if r["kind"] == "forecast"}
    results = [r for r in records if r["kind"] == "result"]
    chance: list[list[float]] = []
    truth: list[int] = []
    for result in results:
        forecast = sealed[result["of"]]
        for state, position in result["votes"].items():
            if state in forecast["chances"] and state not in forecast["known"]:
                chance.append(forecast["chances"][state])
                truth.append(POSITIONS.index(position))
    given = np.array(chance, dtype=np.float64).reshape(-1, len(POSITIONS))
    hit = np.eye(len(POSITIONS))[np.array(truth, dtype=np.intp)]
    brier = float(((given - hit) ** 2).sum(axis=1).mean()) if len(given) else float("nan")
    return Scores(len(sealed), len(results), len(given), brier, _bins(given.ravel(), hit.ravel()))


def _bins(given: NDArray[np.float64], hit: NDArray[np.float64]) -> tuple[tuple[float, float, int, float, float], ...]:
    place = np.minimum((given * _BINS).astype(np.intp), _BINS - 1)
    rows = []
    for k in range(_BINS):
        here = place == k
        if here.any():
            mean, share = float(given[here].mean()), float(hit[here].mean())
            rows.append((k / _BINS, (k + 1) / _BINS, int(here.sum()), mean, share))
    return tuple(rows)


def _append(path: Path, record: dict[str, Any]) -> str:
    """One line more, after the chain has been checked."""
    records = read(path)
    record = {**record, "before": records[-1]["hash"] if records else _START}
    own = _hash(record)
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(_canonical({**record, "hash": own}) + "\n")
    return own


def _hash(record: Mapping[str, Any]) -> str:
    return sha256(_canonical(record).encode()).hexdigest()


def _canonical(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
