"""Common High Priority List: HS6 codes with tiers."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import excel_codes, found
from counterpact.record.formats.tabular import read_text_table
from counterpact.record.reading import Reading, SourceFile

TIERS = ("1", "2", "3.A", "3.B", "4.A", "4.B")


def read(files: Sequence[SourceFile]) -> Reading:
    """`hs6,tier[,hs2022_description]` → one row per code. Raises `SourceError` on a code that is not six digits."""
    file = files[0]
    raw = read_text_table(file, columns=["hs6", "tier", "hs2022_description"], optional=("hs2022_description",))
    if "hs2022_description" not in raw.columns:
        raw = raw.with_columns(hs2022_description=pl.lit(None, pl.String))
    tier = pl.col("tier").str.strip_chars().str.replace("TIER_", "").str.replace("_", ".")
    frame = raw.select(
        hs6=pl.col("hs6").str.strip_chars(), tier=tier, description=pl.col("hs2022_description").replace("", None)
    )
    damaged = excel_codes(frame["hs6"], done="refused")
    odd = frame.filter(~pl.col("hs6").str.contains(r"^\d{6}$") | ~pl.col("tier").is_in(TIERS))
    if odd.height:
        row = odd.row(0, named=True)
        raise SourceError(
            Problem(
                file.label,
                column="hs6",
                what=f'"{row["hs6"]}" in tier "{row["tier"]}" is no HS6 code of a known tier',
                why=damaged.message if damaged else "",
                do="Get the publisher's original",
            )
        )
    return Reading({"codes": frame}, findings=found(damaged))
