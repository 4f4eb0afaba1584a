"""ATOP member-level codings, and treaties coded by the user in the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.formats.tabular import read_text_table, typed
from counterpact.record.reading import DataFinding, Reading, SourceFile

TEXT = ("source", "version")


def columns() -> tuple[str, ...]:
    """The column names of version 4, in order (see `columns.txt`)."""
    text = (resources.files(__package__) / "columns.txt").read_text("utf-8")
    return tuple(text.split())


def read(files: Sequence[SourceFile]) -> Reading:
    """`atop_member_level.csv` and any further file in the same columns → one row per member and phase.

    Files whose name does not start with `atop` are taken as coded by the user: `user_coded` is true and `atopid` must
    be 9000 or above, so that they never mix with ATOP's own. Raises `SourceError`.
    """
    types = {name: "text" if name in TEXT else "number" for name in columns()}
    frames, findings = [], []
    for file in files:
        own = not file.name.startswith("atop")
        frame = typed(read_text_table(file, columns=list(types)), types, file.label, nulls=("", "NA", "."))
        if own and (clash := frame.filter(pl.col("atopid") < 9000)).height:
            raise SourceError(
                Problem(
                    file.label,
                    column="atopid",
                    what=f"{clash['atopid'][0]:g} is a number of ATOP's own",
                    do="Give treaties you code yourself numbers from 9000 upwards",
                )
            )
        frames.append(frame.with_columns(user_coded=pl.lit(own)))
        if own:
            findings.append(
                DataFinding("user-coded", "note", f"{frame.height} rows of {file.label} are user-coded", frame.height)
            )
    whole = pl.concat(frames)
    return Reading(
        {"members": whole.with_columns(pl.col("atopid", "member", "yrent", "yrexit").cast(pl.Int64))},
        findings=tuple(findings),
    )
