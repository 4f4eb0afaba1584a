"""Monthly totals from the workbooks of two offices: Georgia (all partners together) and Russia (29 main partners)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import found, mixed_letters
from counterpact.record.formats.tabular import read_sheet, sheet_names
from counterpact.record.reading import DataFinding, Reading, SourceFile

ENGLISH = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
RUSSIAN = ("январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь",
           "декабрь")  # fmt: skip
NO_DATA = ("…", "...", "-", "–")
Row = tuple[str, str, str, str, str, float, bool]
SCHEMA = {
    "reporter": pl.String, "partner": pl.String, "partner_name": pl.String, "flow": pl.String, "month": pl.String,
    "usd_m": pl.Float64, "preliminary": pl.Boolean,
}  # fmt: skip


def read(files: Sequence[SourceFile]) -> Reading:
    """Workbooks told apart by their sheets → reporter, partner, flow, month, m USD. Raises `SourceError`."""
    rows: list[Row] = []
    findings: list[DataFinding | None] = []
    for file in files:
        sheets = sheet_names(file)
        part, defects = _russia(file) if "Экспорт" in sheets else _georgia(file, sheets[0])
        rows += part
        findings += defects
    return Reading({"totals": pl.DataFrame(rows, schema=SCHEMA, orient="row")}, findings=found(*findings))


def _georgia(file: SourceFile, sheet: str) -> tuple[list[Row], list[DataFinding | None]]:
    table = read_sheet(file, sheet)
    head = next((cells for cells in table if len(cells) > 1 and cells[1] == 1995), None)
    if head is None:
        raise SourceError(Problem(file.label, what="no row lists the years from 1995", do="The layout was changed"))
    years = {i: str(cell) for i, cell in enumerate(head) if i and cell is not None}
    rows: list[Row] = []
    stated: dict[tuple[str, str], float] = {}
    flow = ""
    for number, cells in enumerate(table, 1):
        name = str(cells[0] or "").strip()
        if name in ("Total Exports", "Total Imports"):
            flow = name.removeprefix("Total ").lower().removesuffix("s")
            stated |= {(flow, year): _number(cells[i], file, sheet, number, year) or 0.0 for i, year in years.items()}
        elif flow and name in ENGLISH:
            for i, year in years.items():
                value = _number(cells[i], file, sheet, number, year)
                if value is not None:
                    month = f"{year.rstrip('*')}-{ENGLISH.index(name) + 1:02d}"
                    rows.append(("GEO", "WLD", "World", flow, month, value, year.endswith("*")))
    _check_years(rows, stated, file)
    early = [row for row in rows if row[6]]
    message = f"{len(early)} months of {early[0][4][:4] if early else ''} are preliminary"
    return rows, [DataFinding("preliminary", "note", message, len(early), "kept, marked") if early else None]


def _check_years(rows: Sequence[Row], stated: dict[tuple[str, str], float], file: SourceFile) -> None:
    """The months of a year add up to the total the office states."""
    sums: dict[tuple[str, str], float] = {}
    for row in rows:
        key = (row[3], row[4][:4])
        sums[key] = sums.get(key, 0.0) + row[5]
    for (flow, year), total in stated.items():
        months = sums.get((flow, year.rstrip("*")), 0.0)
        if abs(months - total) > 1e-6 * max(total, 1.0):
            what = f"the months of {flow}s add up to {months:,.3f}, the stated total is {total:,.3f}"
            raise SourceError(Problem(file.label, column=year, what=what, do="Get the publisher's original"))


def _russia(file: SourceFile) -> tuple[list[Row], list[DataFinding | None]]:
    rows: list[Row] = []
    findings: list[DataFinding | None] = []
    blank = 0
    for sheet, flow in (("Экспорт", "export"), ("Импорт", "import")):
        table = read_sheet(file, sheet)
        raw = pl.Series([" ".join(str(cell or "").split()) for cell in table[4][1:]], dtype=pl.String)
        names, finding = mixed_letters(raw, done="mended")
        findings.append(finding)
        codes = [_code(name, file, sheet) for name in names]
        year = ""
        for number, cells in enumerate(table[5:], 6):
            if isinstance(cells[0], int):
                year = str(cells[0])
                continue
            month = str(cells[0] or "").strip()
            if not month:
                continue
            if month not in RUSSIAN or not year:
                raise SourceError(Problem(f"{file.label}:{sheet}", number, what=f'"{month}" is no month'))
            when = f"{year}-{RUSSIAN.index(month) + 1:02d}"
            for code, name, cell in zip(codes, names, cells[1:], strict=True):
                value = _number(cell, file, sheet, number, name)
                blank += value is None
                if value is not None:
                    rows.append(("RUS", code, name, flow, when, value, False))
    none = DataFinding("missing-cells", "note", f"{blank} months of a partner say no data", blank, "set aside")
    return rows, [*findings, none if blank else None]


@cache
def _codes() -> dict[str, str]:
    text = (resources.files(__package__) / "partners.csv").read_text("utf-8")
    return {row["name"]: row["iso3"] for row in csv.DictReader(text.splitlines())}


def _code(name: str, file: SourceFile, sheet: str) -> str:
    if name not in _codes():
        raise SourceError(
            Problem(f"{file.label}:{sheet}", 5, what=f'"{name}" is a partner the reader does not know',
                    do="Add it to partners.csv of this data set")
        )  # fmt: skip
    return _codes()[name]


def _number(cell: Any, file: SourceFile, sheet: str, row: int, column: str) -> float | None:
    if cell is None or str(cell).strip() in NO_DATA:
        return None
    if not isinstance(cell, int | float):
        raise SourceError(Problem(f"{file.label}:{sheet}", row, column, f'"{cell}" is not a number'))
    return float(cell)
