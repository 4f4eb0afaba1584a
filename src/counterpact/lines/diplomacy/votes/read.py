"""Roll calls from files: long tables (one row a vote) or wide ones (one column a state, by ISO alpha-3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from counterpact.errors import Problem, SourceError, UsageError
from counterpact.lines.diplomacy.votes.cells import ballots
from counterpact.lines.diplomacy.votes.files import (
    calls_of,
    column,
    is_wide,
    numbered,
    read_calls,
    read_pairs,
    read_table,
)
from counterpact.lines.diplomacy.votes.states import Coded, code_states
from counterpact.lines.diplomacy.votes.table import ABSENT, NOT_MEMBER, Item, VoteTable
from counterpact.lines.diplomacy.votes.wide import lengthen


def read_votes(
    votes: Sequence[Path],
    roll_calls: Sequence[Path] = (),
    *,
    issues: Path | None = None,
    bridges: Path | None = None,
) -> VoteTable:
    """Files of votes and of roll calls → one table. Several files of each are joined; a wide file may bring its own.

    Raises `SourceError` (what the file, row and column cannot mean) or `UsageError` (no votes at all).
    """
    if not votes:
        raise UsageError("no file of votes was given")
    notes: list[str] = []
    frames, calls = [], [read_calls(path, notes) for path in roll_calls]
    known = pl.concat(calls, how="diagonal") if calls else None
    for path in votes:
        frame = read_table(path)
        if is_wide(frame):
            frame, own = lengthen(frame, path.name, known, notes)
        else:
            own = calls_of(frame, path.name, notes).unique("rcid", maintain_order=True) if not roll_calls else None
            frame = _long(frame, path.name)
        if own is not None:
            calls.append(own)
        frames.append(ballots(frame, path.name))
    items = _items(calls, votes[0].name, notes)
    long = pl.concat(frames, how="diagonal")
    coded = code_states(long, items, votes[0].name, notes)
    return _assemble(items, coded, notes, read_pairs(bridges, "rcid1", "rcid2"), read_pairs(issues, "rcid", "issue"))


def _long(frame: pl.DataFrame, label: str) -> pl.DataFrame:
    """A long table under our names. Raises `SourceError` without a number of the roll call or a name of the state."""
    key = column(frame, "rcid") or column(frame, "resolution")
    name, code, vote = (column(frame, part) for part in ("country", "country_code", "vote"))
    if key is None or vote is None or (name is None and code is None):
        raise SourceError(
            Problem(
                label,
                what="a long table of votes needs a roll call, a state and a vote",
                why=f"its columns are {', '.join(frame.columns[:8])}",
                do="Name them rcid, country or country_code, and vote",
            )
        )
    nothing = pl.lit(None, dtype=pl.String)
    return frame.select(
        numbered(frame[key]).alias("rcid"),
        (pl.col(name).cast(pl.String) if name else nothing).alias("country"),
        (pl.col(code).cast(pl.String) if code else nothing).alias("country_code"),
        pl.col(vote).cast(pl.String).alias("vote"),
    )


def _items(calls: Sequence[pl.DataFrame], label: str, notes: list[str]) -> pl.DataFrame:
    """Items in order of session, date and number; an item given twice counts once, a session out of order is said."""
    if not calls:
        raise UsageError(
            Problem(label, what="the roll calls of these votes were not given", do="Give them: --roll-calls FILE")
        )
    whole = pl.concat(calls, how="diagonal").unique("rcid", keep="first", maintain_order=True)
    jumps = int((whole["session"].diff().fill_null(0) < 0).sum())
    if jumps:
        notes.append(f"{jumps} roll calls stand out of the order of their sessions; they were put in order.")
    return whole.sort("session", pl.col("date").fill_null(pl.date(9999, 1, 1)), "rcid")


def _assemble(
    items: pl.DataFrame,
    coded: Coded,
    notes: list[str],
    pairs: pl.DataFrame | None,
    issues: pl.DataFrame | None,
) -> VoteTable:
    place = {rcid: i for i, rcid in enumerate(items["rcid"])}
    row = np.array([place[r] for r in coded.rcid], dtype=np.int64)
    matrix = np.full((items.height, len(coded.cow)), NOT_MEMBER, dtype=np.int8)
    matrix[row, coded.state] = coded.vote
    session = items["session"].to_numpy()
    _mark_absent(matrix, session)
    there = np.asarray((matrix >= 0).any(axis=1))
    kept = tuple(
        Item(r["rcid"], r["session"], r["date"], r["unres"] or "", r["short"] or "", r["text"], r["amend"], r["para"])
        for r in items.iter_rows(named=True)
    )
    table = VoteTable(
        kept,
        coded.cow,
        coded.codes,
        coded.names,
        matrix,
        _positions(pairs, place),
        _issue_positions(issues, place),
        (),
    )
    if not there.all():
        notes.append(f"{int((~there).sum())} roll calls have no votes and were left out.")
        table = table.only(there)
    if not table.items:
        raise SourceError(Problem("", what="no vote belongs to a roll call that was given"))
    return replace(table, notes=tuple(notes))


def _mark_absent(matrix: NDArray[np.int8], session: NDArray[np.int64]) -> None:
    """A state without a row was absent if it voted in that session, at or after its first vote ever."""
    cast: NDArray[np.bool_] = np.asarray(matrix >= 0)
    first = np.where(cast.any(axis=0), cast.argmax(axis=0), len(matrix))
    after: NDArray[np.bool_] = np.asarray(np.arange(len(matrix))[:, None] >= first[None, :])
    for number in np.unique(session):
        rows = np.flatnonzero(session == number)
        voted: NDArray[np.bool_] = np.asarray(cast[rows].any(axis=0))
        block = matrix[rows]
        block[(block < 0) & voted[None, :] & after[rows]] = ABSENT
        matrix[rows] = block


def _positions(pairs: pl.DataFrame | None, place: dict[int, int]) -> np.ndarray:
    if pairs is None:
        return np.zeros((0, 2), dtype=np.int32)
    found = [(place[a], place[b]) for a, b in pairs.rows() if a in place and b in place]
    return np.array(found, dtype=np.int32).reshape(-1, 2)


def _issue_positions(issues: pl.DataFrame | None, place: dict[int, int]) -> dict[str, np.ndarray]:
    found: dict[str, list[int]] = {}
    for rcid, name in issues.rows() if issues is not None else ():
        if rcid in place:
            found.setdefault(name, []).append(place[rcid])
    return {name: np.unique(np.array(rows, dtype=np.int32)) for name, rows in sorted(found.items())}
