"""UN Comtrade: answers of the API (JSON) and bulk or preview files (CSV)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import duplicate_rows, excel_codes, found, mixed_aggregates, silent_reporters
from counterpact.record.formats.tabular import read_text_table, typed
from counterpact.record.reading import Reading, SourceFile

FIELDS = {
    "period": "text", "reporterCode": "whole", "reporterISO": "text", "flowCode": "text", "partnerCode": "whole",
    "partnerISO": "text", "classificationCode": "text", "cmdCode": "text", "netWgt": "number", "primaryValue": "number",
    "isAggregate": "flag",
}  # fmt: skip
NAMES = {
    "reporterCode": "reporter_m49", "reporterISO": "reporter", "flowCode": "flow", "partnerCode": "partner_m49",
    "partnerISO": "partner", "classificationCode": "classification", "cmdCode": "product", "netWgt": "kg",
    "primaryValue": "usd", "isAggregate": "is_reported_aggregate",
}  # fmt: skip


def read(files: Sequence[SourceFile]) -> Reading:
    """API answers (`{"data": […]}`) or CSV in the API's column names → one row per reporter, partner, flow and product.

    An answer that carries an error or was cut at the row limit is refused. Raises `SourceError`.
    """
    parts = [_json(file) if file.name.endswith(".json") else _csv(file) for file in files]
    frame = pl.concat(parts).rename(NAMES)
    imports = frame.filter(pl.col("flow") == "M")
    return Reading(
        {"trade": frame.unique(maintain_order=True)},
        findings=found(
            excel_codes(frame["product"], done="kept"),
            duplicate_rows(frame, done="kept once"),
            mixed_aggregates(frame, by=(), member="partner", value="usd", aggregates=("W00", "WLD", "_X"), done="kept"),
            silent_reporters(imports, reporter="reporter", time="period"),
        ),
    )


def _json(file: SourceFile) -> pl.DataFrame:
    try:
        answer: dict[str, Any] = msgspec.json.decode(file.bytes(), type=dict)
    except msgspec.DecodeError as error:
        raise SourceError(Problem(file.label, what="this is not an answer of the API", why=str(error))) from error
    if answer.get("error") or "data" not in answer:
        raise SourceError(
            Problem(
                file.label,
                what="the API answered with an error",
                why=str(answer.get("error") or answer)[:200],
                do="Check the key and the query, then fetch again",
            )
        )
    rows = answer["data"]
    if answer.get("count") not in (None, len(rows)):
        raise SourceError(
            Problem(
                file.label,
                what=f"the answer holds {len(rows):,} of {answer['count']:,} rows",
                do="Split the query: one period and one reporter at a time",
            )
        )
    columns = {name: [_text(row.get(name)) for row in rows] for name in FIELDS}
    return typed(pl.DataFrame(columns, schema=dict.fromkeys(FIELDS, pl.String)), FIELDS, file.label, first_row=1)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    return None if value is None else str(value)


def _csv(file: SourceFile) -> pl.DataFrame:
    raw = read_text_table(file, encodings=("utf-8-sig", "cp1252"))
    missing = [name for name in FIELDS if name not in raw.columns and name != "isAggregate"]
    if missing:
        raise SourceError(
            Problem(file.label, 1, missing[0], "this column is missing", do="Download with the API's own column names")
        )
    if "isAggregate" not in raw.columns:
        raw = raw.with_columns(isAggregate=pl.lit(""))
    return typed(raw.select(list(FIELDS)), FIELDS, file.label)
