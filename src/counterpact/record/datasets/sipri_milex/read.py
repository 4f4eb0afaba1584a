"""SIPRI military expenditure, the workbook with one sheet per measure of spending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.formats.tabular import read_sheet
from counterpact.record.reading import DataFinding, Reading, SourceFile

SHEETS = {
    "Constant (2019) USD": "constant 2019 USD m",
    "Current USD": "current USD m",
    "Share of GDP": "share of GDP",
    "Per capita": "current USD per head",
    "Share of Govt. spending": "share of government spending",
}
MISSING = {". .", "..", "xxx", "x", ""}


def read(files: Sequence[SourceFile]) -> Reading:
    """Workbook → `spending`: country, year, unit, value. `. .` (no data) and `xxx` (no such state) become null rows
    left out, counted in a finding. Raises `SourceError`."""
    file = files[0]
    rows: list[tuple[str, str, int, str, float]] = []
    empty = 0
    broken: list[str] = []
    for sheet, unit in SHEETS.items():
        table = read_sheet(file, sheet)
        start, years = _header(file, sheet, table)
        region = ""
        for number, cells in enumerate(table[start + 1 :], start + 2):
            name = str(cells[0] or "").strip()
            values = {year: cells[column] for column, year in years.items() if column < len(cells)}
            if not name:
                continue
            if all(value is None for value in values.values()):
                region = name
                continue
            for year, value in values.items():
                if value is None or str(value).strip() in MISSING:
                    empty += 1
                elif str(value).startswith("#"):
                    broken.append(f"{sheet}, row {number}, {year}: {value}")
                elif isinstance(value, int | float):
                    rows.append((name, region, year, unit, float(value)))
                else:
                    raise SourceError(
                        Problem(
                            f"{file.label}:{sheet}",
                            number,
                            str(year),
                            f'"{value}" is not a number',
                            do="Get the publisher's original workbook",
                        )
                    )
    schema = {"country": pl.String, "region": pl.String, "year": pl.Int64, "unit": pl.String, "value": pl.Float64}
    findings = [
        DataFinding("missing-cells", "note", f"{empty:,} cells say no data or no such state", empty, "set aside")
    ]
    if broken:
        findings.append(
            DataFinding(
                "spreadsheet-error",
                "warning",
                f"{len(broken)} cells hold a formula error of the publisher's own workbook, such as {broken[0]}",
                len(broken),
                "set aside",
                tuple(broken[:5]),
            )
        )
    return Reading({"spending": pl.DataFrame(rows, schema=schema, orient="row")}, findings=tuple(findings))


def _header(file: SourceFile, sheet: str, table: Sequence[tuple[Any, ...]]) -> tuple[int, dict[int, int]]:
    for index, cells in enumerate(table[:12]):
        if str(cells[0] or "").strip() == "Country":
            years = {i: int(c) for i, c in enumerate(cells) if str(c or "").isdigit() and 1900 < int(c) < 2100}
            if years:
                return index, years
    raise SourceError(
        Problem(
            f"{file.label}:{sheet}",
            what='no row begins with "Country" and lists years',
            do="SIPRI changed the layout; the reader must be brought up to date",
        )
    )
