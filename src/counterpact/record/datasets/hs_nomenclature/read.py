"""Harmonised System nomenclature as a tree."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.formats.tabular import read_text_table, typed
from counterpact.record.reading import Reading, SourceFile

TYPES = {"section": "text", "hscode": "text", "description": "text", "parent": "text", "level": "whole"}


def read(files: Sequence[SourceFile]) -> Reading:
    """`section,hscode,description,parent,level` → one row per code; parents must be there. Raises `SourceError`."""
    file = files[0]
    frame = typed(read_text_table(file, columns=list(TYPES)), TYPES, file.label)
    orphans = frame.filter((pl.col("parent") != "TOTAL") & ~pl.col("parent").is_in(frame["hscode"].implode()))
    odd = frame.filter(pl.col("hscode").str.len_chars() != pl.col("level"))
    problems = [
        Problem(file.label, column="parent", what=f'"{row["hscode"]}" has parent "{row["parent"]}", which is not there')
        for row in orphans.head(3).to_dicts()
    ] + [
        Problem(
            file.label,
            column="hscode",
            what=f'"{row["hscode"]}" does not have {row["level"]} digits',
            why="a spreadsheet may have dropped a leading zero",
        )
        for row in odd.head(3).to_dicts()
    ]
    if problems:
        raise SourceError(problems)
    return Reading({"codes": frame})
