"""CN8 codes whose export from the EU to Russia is restricted."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.record.checks import duplicate_rows, excel_codes, found
from counterpact.record.formats.tabular import read_text_table
from counterpact.record.reading import DataFinding, Reading, SourceFile


def read(files: Sequence[SourceFile]) -> Reading:
    """`code,product` → one row per code; codes that are not 4, 6 or 8 digits are set aside. Raises `SourceError`."""
    raw = read_text_table(files[0], columns=["code", "product"])
    frame = raw.select(pl.col("code").str.strip_chars(), pl.col("product").str.strip_chars().replace("", None))
    good = frame.filter(pl.col("code").str.contains(r"^(\d{4}|\d{6}|\d{8})$"))
    bad = frame.height - good.height
    odd = (
        DataFinding("not-a-code", "warning", f"{bad} codes are not 4, 6 or 8 digits", bad, "set aside") if bad else None
    )
    unique = good.unique(maintain_order=True)
    return Reading(
        {"codes": unique},
        findings=found(excel_codes(frame["code"]), odd, duplicate_rows(good, "codes", done="set aside")),
    )
