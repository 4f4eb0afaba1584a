"""Least distances between states of the Correlates of War system, by year."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.record.formats.rdata import read_rdata
from counterpact.record.formats.tabular import check_header
from counterpact.record.reading import Reading, SourceFile

COLUMNS = ("ccode1", "ccode2", "year", "mindist")


def read(files: Sequence[SourceFile]) -> Reading:
    """`…cow_mindist.rda` → one row per pair of states and year, kilometres. Raises `SourceError`."""
    (table,) = read_rdata(files[0]).values()
    frame = table.frame()
    check_header(files[0].label, frame.columns, COLUMNS)
    return Reading(
        {
            "distances": frame.select(
                cow1=pl.col("ccode1").cast(pl.Int64),
                cow2=pl.col("ccode2").cast(pl.Int64),
                year=pl.col("year").cast(pl.Int64),
                km="mindist",
            )
        }
    )
