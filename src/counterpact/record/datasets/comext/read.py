"""Eurostat Comext by CN8 and month: SDMX-CSV, the data browser's workbook, or a Parquet extract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import excel_codes, found, mixed_aggregates, silent_reporters
from counterpact.record.formats.eurostat import is_aggregate, short_name
from counterpact.record.formats.tabular import check_header, read_text_table
from counterpact.record.reading import Reading, SourceFile

SDMX = (
    "DATAFLOW",
    "LAST UPDATE",
    "freq",
    "reporter",
    "partner",
    "product",
    "flow",
    "indicators",
    "TIME_PERIOD",
    "OBS_VALUE",
    "OBS_FLAG",
)
EXTRACT = ("cn8", "flow", "indicator", "reporter", "partner", "month", "value")
FLOWS = {
    "1": "import",
    "2": "export",
    "IMPORT": "import",
    "EXPORT": "export",
    "2-EXPORT": "export",
    "1-IMPORT": "import",
}
_PRODUCT = re.compile(r"\[(\w+)\]\s*$")


def read(files: Sequence[SourceFile]) -> Reading:
    """One row per product, flow, indicator, reporter, partner and month; `:` (not available) is no row.

    Values keep the indicator's own unit: EUR, or 100 kg. Raises `SourceError`.
    """
    frame = pl.concat([_part(file) for file in files])
    strange = frame.filter(pl.col("flow").is_null() | ~pl.col("month").str.contains(r"^\d{4}-\d{2}$"))
    if strange.height:
        raise SourceError(
            Problem(
                files[0].label,
                what=f"{strange.height:,} rows have no known flow or month",
                why=str(strange.row(0)),
                do="Export monthly data with flow labels or codes",
            )
        )
    members = frame.filter(~pl.col("is_aggregate"))
    aggregates = frame.filter("is_aggregate")["reporter"].unique().sort().to_list()
    return Reading(
        {"trade": frame},
        vintage=_updated(files[0]),
        findings=found(
            excel_codes(frame["product"], done="kept"),
            mixed_aggregates(
                frame, by=(), member="reporter", value="value", aggregates=aggregates, done="kept, marked is_aggregate"
            ),
            silent_reporters(members, reporter="reporter", time="month", least=12),
        ),
    )


def _part(file: SourceFile) -> pl.DataFrame:
    if file.name.endswith(".parquet"):
        raw = pl.read_parquet(file.open())
        check_header(file.label, raw.columns, EXTRACT)
        raw = raw.rename({"cn8": "product"})
    elif file.name.endswith(".xlsx"):
        raw = _workbook(file)
    else:
        text = read_text_table(file, columns=SDMX, optional=("OBS_FLAG", "CONF_STATUS"))
        raw = text.select(
            "product",
            "flow",
            pl.col("indicators").alias("indicator"),
            "reporter",
            "partner",
            pl.col("TIME_PERIOD").alias("month"),
            pl.col("OBS_VALUE").replace("", None).alias("value"),
        )
    value = pl.col("value").cast(pl.Float64, strict=False)
    frame = raw.select(
        pl.col("product").cast(pl.String),
        flow=pl.col("flow").cast(pl.String).replace_strict(FLOWS, default=None),
        indicator=pl.col("indicator").cast(pl.String),
        reporter=short_name("reporter"),
        partner=short_name("partner"),
        month=pl.col("month").cast(pl.String),
        value=value,
        is_aggregate=is_aggregate("reporter"),
    )
    return frame.drop_nulls("value")


def _updated(file: SourceFile) -> date | None:
    """The day of "Last updated" in a workbook; the other forms do not say it."""
    if not file.name.endswith(".xlsx"):
        return None
    import openpyxl

    sheet = openpyxl.load_workbook(file.open(), read_only=True)["Sheet 1"]
    sheet.reset_dimensions()
    for cells in sheet.iter_rows(max_row=6, values_only=True):
        if cells and str(cells[0]).startswith("Last updated"):
            return datetime.strptime(str(cells[1])[:10], "%d/%m/%Y").date()
    return None


def _workbook(file: SourceFile) -> pl.DataFrame:
    """Sheets `Sheet 1` …: a head with product, flow and indicator, then reporter and partner down, months across."""
    import openpyxl

    rows: list[tuple[Any, ...]] = []
    book = openpyxl.load_workbook(file.open(), read_only=True, data_only=True)
    sheets = [name for name in book.sheetnames if name.startswith("Sheet")]
    if not sheets:
        raise SourceError(Problem(file.label, what="there is no sheet with data", do="Export with labels, all sheets"))
    for name in sheets:
        sheet = book[name]
        sheet.reset_dimensions()
        rows += _sheet(f"{file.label}:{name}", [tuple(cells) for cells in sheet.iter_rows(values_only=True)])
    schema = {
        "product": pl.String,
        "flow": pl.String,
        "indicator": pl.String,
        "reporter": pl.String,
        "partner": pl.String,
        "month": pl.String,
        "value": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _sheet(label: str, table: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    head = {str(cells[0]): cells for cells in table[:12] if cells and cells[0]}
    missing = [key for key in ("PRODUCT [PRODUCT]", "FLOW", "INDICATORS", "TIME") if key not in head]
    if missing:
        raise SourceError(Problem(label, what=f'there is no row "{missing[0]}"', do="Eurostat changed the layout"))
    code = _PRODUCT.search(str(head["PRODUCT [PRODUCT]"][2]))
    if not code:
        raise SourceError(Problem(label, what="the product has no code in brackets", do="Export with codes and labels"))
    months = {i: str(m) for i, m in enumerate(head["TIME"]) if m and re.fullmatch(r"\d{4}-\d{2}", str(m))}
    flow, indicator = head["FLOW"][2], head["INDICATORS"][2]
    body = table[next(i for i, c in enumerate(table) if c and str(c[0]).startswith("REPORTER")) + 1 :]
    rows = []
    for number, cells in enumerate(body):
        if len(cells) < 2 or not cells[0] or cells[0] == "Special value":
            break
        for i, when in months.items():
            value = cells[i] if i < len(cells) else None
            if value in (None, "", ":"):
                continue
            if not isinstance(value, int | float):
                raise SourceError(
                    Problem(label, number + len(table) - len(body) + 1, when, f'"{value}" is not a number')
                )
            rows.append((code.group(1), flow, indicator, cells[0], cells[1], when, float(value)))
    return rows
