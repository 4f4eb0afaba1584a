"""CEPII BACI: world trade by HS6, one CSV a year."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.reading import Reading, SourceFile

NATIVE = ("t", "i", "j", "k", "v", "q")


def read(files: Sequence[SourceFile]) -> Reading:
    """`BACI_HSxx_Yyyyy_Vyyyymm.csv` (t,i,j,k,v,q) → year, exporter, importer, hs6, value (USD), quantity (tonnes).

    The file gives thousand USD; `NA` quantities are missing. Exporter and importer are UN M49 numbers. Plain files are
    read without a copy in memory as text. Raises `SourceError`.
    """
    years = [file for file in files if file.name.startswith("baci_hs") and file.name.endswith(".csv")]
    if not years:
        raise SourceError(Problem(files[0].label, what="this is not a file of BACI", do="Its names begin with BACI_HS"))
    return Reading({"trade": pl.concat([_year(file) for file in years])})


def _year(file: SourceFile) -> pl.DataFrame:
    plain = not file.member and not file.path.name.lower().endswith(".gz")
    source = file.path if plain else file.open()
    kinds = {"t": pl.Int32, "i": pl.Int32, "j": pl.Int32, "k": pl.String, "v": pl.Float64, "q": pl.Float64}
    if plain:
        start = file.path.open("rb").read(512)
        if start.lstrip().lower().startswith((b"<!doctype", b"<html")):
            raise SourceError(Problem(file.label, what="this is a web page, not data", do="Download it again"))
    try:
        raw = pl.read_csv(source, schema_overrides=kinds, null_values=["NA", "           NA"], extra_columns="raise")
    except pl.exceptions.PolarsError as error:
        raise SourceError(
            Problem(
                file.label,
                what="the table cannot be read",
                why=str(error).splitlines()[0],
                do="The file is cut short or damaged; get it again",
            )
        ) from error
    if tuple(raw.columns) != NATIVE:
        raise SourceError(
            Problem(
                file.label,
                1,
                what=f"the columns are {', '.join(raw.columns[:8])}",
                why=f"BACI has {', '.join(NATIVE)}",
                do="Get the publisher's original",
            )
        )
    frame = raw.select(
        year="t",
        exporter="i",
        importer="j",
        hs6=pl.col("k").str.strip_chars().str.zfill(6),
        usd=pl.col("v") * 1000.0,
        tonnes="q",
    )
    empty = frame.select(pl.any_horizontal(pl.col("year", "exporter", "importer", "hs6", "usd").is_null()).sum()).item()
    if empty:
        raise SourceError(
            Problem(
                file.label,
                what=f"{empty:,} rows lack a year, country, product or value",
                do="The file is cut short; get it again",
            )
        )
    return frame
