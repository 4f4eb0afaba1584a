"""Queries from a table: CSV, XLSX or Parquet. The file is read where it lies and is not copied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from counterpact.errors import Problem, SourceError, nearest
from counterpact.lines.sanctions.screening.query import POOLS, Query, make
from counterpact.lines.sanctions.screening.schemata import KINDS
from counterpact.lines.sanctions.screening.screener import Answer

COLUMNS = {
    "name": ("name", "full_name", "fullname", "caption", "company", "vessel", "ship"),
    "kind": ("kind", "schema", "type"),
    "born": ("born", "date_of_birth", "birth_date", "birthdate", "dob", "founded"),
    "country": ("country", "nationality", "flag", "jurisdiction"),
    "gender": ("gender", "sex"),
    "id": ("id", "row_id", "key", "reference"),
}
"""What a column may be called; numbers by the name of their pool (imo, lei, inn, passport …)."""


def read_table(path: Path, *, name_column: str = "") -> list[dict[str, str]]:
    """Rows as text by lower-case column name. Raises `SourceError` if that cannot be done."""
    import polars as pl

    suffix = path.suffix.lower()
    try:
        if suffix in (".xlsx", ".xlsm"):
            rows = _sheet(path)
        elif suffix in (".parquet", ".pq"):
            rows = pl.read_parquet(path).rows(named=True)
        else:
            rows = pl.read_csv(path, infer_schema=False, separator="\t" if suffix == ".tsv" else ",").rows(named=True)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise SourceError(
            Problem(str(path), what="the file cannot be read", why=str(error).splitlines()[0],
                    do="Give a CSV (UTF-8), an XLSX or a Parquet file")
        ) from error  # fmt: skip
    found = [{str(k).strip().lower(): "" if v is None else str(v) for k, v in row.items()} for row in rows]
    if name_column:
        found = [row | {"name": row.get(name_column.strip().lower(), "")} for row in found]
    have = list(found[0]) if found else []
    if name_column and name_column.strip().lower() not in have:
        raise SourceError(Problem(path.name, 1, name_column, "this column is missing", nearest(name_column, have)))
    if not any(column in have for column in (*COLUMNS["name"], *POOLS)):
        raise SourceError(
            Problem(path.name, 1, what="no column holds names", why=f"the columns are: {', '.join(have) or 'none'}",
                    do=f"Call it one of {', '.join(COLUMNS['name'])}, or name it with --name-column")
        )  # fmt: skip
    return found


def _sheet(path: Path) -> list[dict[str, Any]]:
    import zipfile

    import openpyxl

    try:
        rows = list(
            openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)
        )
    except (zipfile.BadZipFile, KeyError, IndexError) as error:
        raise ValueError(f"not a workbook: {error}") from error
    if not rows:
        return []
    head = [str(cell) if cell is not None else f"column {i}" for i, cell in enumerate(rows[0], 1)]
    return [dict(zip(head, row, strict=False)) for row in rows[1:]]


def queries(rows: Sequence[dict[str, str]], *, kind: str = "") -> list[Query]:
    """One query a row; a cell that cannot be used is said in the query's `ignored`."""
    made = []
    for row in rows:
        cells = {what: next((row[c] for c in names if row.get(c)), "") for what, names in COLUMNS.items()}
        said = cells["kind"].strip().lower()
        sort = kind or (said if said in KINDS.values() else KINDS.get(said, ""))
        numbers = [(pool, row[pool]) for pool in POOLS if pool != "id" and row.get(pool)]
        made.append(
            make(cells["name"], kind=sort, born=cells["born"], gender=cells["gender"], numbers=numbers,
                 countries=[cells["country"]] if cells["country"] else [])
        )  # fmt: skip
    return made


def label(rows: Sequence[dict[str, str]], number: int) -> str:
    """The row's own id, or its number as a spreadsheet counts."""
    return next((rows[number][c] for c in COLUMNS["id"] if rows[number].get(c)), str(number + 2))


def flat(key: str, answer: Answer) -> list[dict[str, Any]]:
    """Rows of an output table: one per hit; one without entity if something was ignored and nothing found."""
    ignored = "; ".join(answer.ignored)
    found = [
        {
            "row": key,
            "query": answer.query.name,
            "entity": hit.entry.id,
            "listed_name": hit.listed_name,
            "score": round(hit.score, 4),
            "same": round(hit.same, 4),
            "by_number": hit.settled,
            "reasons": "; ".join(f"{r.text} ({r.points:+.2f})" if r.points else r.text for r in hit.reasons),
            "ignored": ignored,
        }
        for hit in answer.hits
    ]
    if not found and ignored:
        empty = dict.fromkeys(("entity", "listed_name", "score", "same", "by_number", "reasons"), "")
        found = [{"row": key, "query": answer.query.name, **empty, "ignored": ignored}]
    return found
