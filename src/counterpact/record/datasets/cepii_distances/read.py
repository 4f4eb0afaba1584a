"""CEPII GeoDist: distances and ties between pairs of countries."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.record.formats.tabular import read_stata
from counterpact.record.reading import Reading, SourceFile

FLAGS = ("contig", "comlang_off", "comlang_ethno", "colony", "comcol", "curcol", "col45", "smctry")
NUMBERS = ("dist", "distcap", "distw", "distwces")


def read(files: Sequence[SourceFile]) -> Reading:
    """`dist_cepii.dta` → one row per ordered pair of ISO alpha-3 codes; distances in km. Raises `SourceError`."""
    frame = read_stata(files[0])
    frame = frame.rename(
        {old: new for old, new in (("iso_o", "exporter"), ("iso_d", "importer")) if old in frame.columns}
    )
    flags = pl.col(*FLAGS).cast(pl.Boolean)
    return Reading({"pairs": frame.select("exporter", "importer", flags, pl.col(*NUMBERS).cast(pl.Float64))})
