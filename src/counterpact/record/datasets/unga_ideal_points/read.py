"""Published ideal points of UN members by year."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats.tabular import read_stata
from counterpact.record.reading import DataFinding, Reading, SourceFile

WHOLE = ("ccode", "year", "nvotesfp", "nvotesall", "nvotesLegacy")
NUMBERS = (
    "idealpointfp", "idealpointall", "idealpointlegacy", "qofp", "q5fp", "q10fp", "q50fp", "q90fp", "q95fp", "q100fp",
    "qoall", "q5all", "q10all", "q50all", "q90all", "q95all", "q100all",
)  # fmt: skip
COLUMNS = (
    "ccode", "iso3c", "countryname", "year", "idealpointfp", "idealpointall", "idealpointlegacy", "nvotesfp", "qofp",
    "q5fp", "q10fp", "q50fp", "q90fp", "q95fp", "q100fp", "nvotesall", "qoall", "q5all", "q10all", "q50all", "q90all",
    "q95all", "q100all", "nvotesLegacy",
)  # fmt: skip


def read(files: Sequence[SourceFile]) -> Reading:
    """The Stata file → one row per state and year; names damaged by a wrong encoding are mended and reported."""
    frame = read_stata(files[0], COLUMNS).with_columns(
        pl.col(*WHOLE).cast(pl.Int64), pl.col(*NUMBERS).cast(pl.Float64), pl.col("iso3c").replace("", None)
    )
    damage = encoding_damage(frame["countryname"], done="mended")
    mended = frame.with_columns(pl.col("countryname").map_elements(_mend, return_dtype=pl.String))
    nameless = int(mended["iso3c"].null_count())
    blank = None
    if nameless:
        blank = DataFinding(
            "missing-code", "note", f"{nameless} rows have no ISO code or name; their COW code stands", nameless
        )
    return Reading({"points": mended}, findings=found(damage, blank))


def _mend(name: str) -> str | None:
    try:
        return name.encode("latin-1").decode("utf-8") or None
    except UnicodeError:
        return name
