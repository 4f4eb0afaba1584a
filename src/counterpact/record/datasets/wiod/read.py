"""World Input-Output Tables of 2013 as R data files: wide matrices → a long table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.formats.rdata import Vector, read_rdata
from counterpact.record.reading import DataFinding, Reading, SourceFile

FINAL = ("c37", "c38", "c39", "c41", "c42")
PARTS = ("year", "countries", "industries", "final", "output", "inter")
CLASSES = ("RNr", "IndustryCode.WIOD", "Desc")
_HALF = 0.5  # values are rounded to whole m USD


def read(files: Sequence[SourceFile]) -> Reading:
    """`wiot_YYYY.RData` (lists of matrices, m USD), one or several years, and a class table → long tables.

    Each row of a matrix must add up to the stated output within rounding. Raises `SourceError`.
    """
    flows, output, classes, cells = [], [], [], 0
    for file in files:
        for table in read_rdata(file).values():
            if table.texts("names") == list(CLASSES):
                classes.append(_classes(table))
                continue
            part, made = _year(table, file)
            flows += part
            output.append(made)
            cells += len(table["inter"].value) + len(table["final"].value)
    if not output:
        raise SourceError(
            Problem(files[0].label, what="there is no input-output table here", do="Give wiot_YYYY.RData")
        )
    empty = cells - sum(frame.height for frame in flows)
    findings = [DataFinding("zero-cells", "note", f"{empty:,} of {cells:,} cells are zero", empty, "left out")]
    if classes:
        rows = sum(frame.height for frame in classes)
        message = "the class table is of the release 2016: its codes are not the c1 to c35 of these tables"
        findings.append(DataFinding("other-release", "warning", message, rows, "kept apart, in classes"))
    schema = {"number": pl.Int64, "code": pl.String, "description": pl.String, "release": pl.String}
    return Reading(
        {
            "flows": pl.concat(flows),
            "output": pl.concat(output),
            "classes": pl.concat(classes) if classes else pl.DataFrame(schema=schema),
        },
        findings=tuple(findings),
    )


def _classes(table: Vector) -> pl.DataFrame:
    return table.frame().select(
        number=pl.col("RNr").cast(pl.Int64),
        code="IndustryCode.WIOD",
        description="Desc",
        release=pl.lit("2016"),
    )


def _year(table: Vector, file: SourceFile) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    names = table.texts("names")
    if missing := [part for part in PARTS if part not in names]:
        raise SourceError(
            Problem(file.label, what=f'the list has no part "{missing[0]}"', why=f"it has {', '.join(names)}")
        )
    year = int(table["year"].value[0])
    countries, industries = list(table["countries"].value), list(table["industries"].value)
    n, k = len(countries) * len(industries), len(countries) * len(FINAL)
    total = np.asarray(table["output"].value, float)
    inter, final = _matrix(table, "inter", (n, n), file), _matrix(table, "final", (n, k), file)
    _check_sums(inter, final, total, file)
    maker = pl.DataFrame(
        {
            "from_country": np.repeat(countries, len(industries)).tolist(),
            "from_industry": industries * len(countries),
        }
    )
    parts = []
    for matrix, uses, is_final in ((inter, industries, False), (final, list(FINAL), True)):
        taker = pl.DataFrame(
            {"to_country": np.repeat(countries, len(uses)).tolist(), "use": uses * len(countries)},
        )
        row, column = np.nonzero(matrix)
        parts.append(
            pl.concat([maker[row], taker[column]], how="horizontal").select(
                pl.lit(year, pl.Int32).alias("year"),
                pl.all(),
                pl.lit(is_final).alias("is_final"),
                pl.Series("usd_m", matrix[row, column], dtype=pl.Float64),
            )
        )
    made = maker.rename({"from_country": "country", "from_industry": "industry"}).select(
        pl.lit(year, pl.Int32).alias("year"), pl.all(), pl.Series("usd_m", total)
    )
    return parts, made


def _matrix(table: Vector, name: str, shape: tuple[int, int], file: SourceFile) -> npt.NDArray[np.int64]:
    values = np.asarray(table[name].value, np.int64)
    if values.size != shape[0] * shape[1] or len(table["output"].value) != shape[0]:
        raise SourceError(
            Problem(
                file.label,
                what=f'"{name}" holds {values.size:,} values where {shape[0]:,} × {shape[1]:,} are expected',
                do="Get the original file of the release 2013",
            )
        )
    return values.reshape(shape, order="F")


def _check_sums(
    inter: npt.NDArray[np.int64], final: npt.NDArray[np.int64], total: npt.NDArray[np.float64], file: SourceFile
) -> None:
    """Deliveries add up to output, but for half a million of rounding in each cell."""
    off = np.abs(inter.sum(axis=1) + final.sum(axis=1) - total)
    worst = int(off.argmax())
    if off[worst] > _HALF * (inter.shape[1] + final.shape[1] + 1):
        raise SourceError(
            Problem(
                file.label,
                worst + 1,
                what=f"deliveries differ from the stated output by {off[worst]:,.0f} m USD",
                why="more than rounding explains",
                do="Get the original file of the release 2013",
            )
        )
