"""Delimited text, Stata files and workbooks → typed frames; a value that does not fit is named by row and column."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from counterpact.errors import Problem, SourceError, nearest
from counterpact.record.reading import SourceFile

TYPES: Mapping[str, Any] = {
    "text": pl.String,
    "whole": pl.Int64,
    "number": pl.Float64,
    "flag": pl.Boolean,
    "day": pl.Date,
}
_FLAGS = {"1": True, "0": False, "true": True, "false": False, "True": True, "False": False, "Y": True, "N": False}


def read_text_table(
    file: SourceFile,
    *,
    columns: Sequence[str] | None = None,
    header: bool = True,
    separator: str = ",",
    encodings: Sequence[str] = ("utf-8-sig",),
    quote: str | None = '"',
    optional: Sequence[str] = (),
) -> pl.DataFrame:
    """All cells as text, nothing guessed. `columns`: the header that must be there (or the names, if there is none).

    Raises `SourceError` naming what is missing or new in the header, or the row with another number of cells.
    """
    text = file.text(encodings).rstrip("\x1a")  # the DOS end-of-file mark some publishers still write
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()),
            has_header=header,
            infer_schema=False,
            separator=separator,
            quote_char=quote,
            empty_string_is_null=False,
            extra_columns="raise",
            new_columns=None if header or columns is None else list(columns),
        )
    except (pl.exceptions.ComputeError, pl.exceptions.NoDataError, pl.exceptions.ShapeError) as error:
        raise SourceError(
            _ragged(file, text, separator, quote)
            or Problem(
                file.label,
                what="the table cannot be read",
                why=str(error).splitlines()[0],
                do="Get the publisher's original file",
            )
        ) from error
    if (short := _missing_cells(frame, text, separator, header)) > 0:
        raise SourceError(
            _ragged(file, text, separator, quote)
            or Problem(file.label, what=f"{short:,} cells are missing at the ends of rows")
        )
    if header and columns is not None:
        frame = frame.rename({name: name.strip() for name in frame.columns if name != name.strip()})
        check_header(file.label, frame.columns, columns, optional)
    return frame


def check_header(label: str, have: Sequence[str], want: Sequence[str], optional: Sequence[str] = ()) -> None:
    """Raise `SourceError` if a column is missing or unknown."""
    missing = [name for name in want if name not in have and name not in optional]
    unknown = [name for name in have if name not in want and name not in optional]
    problems = [
        Problem(
            label,
            1,
            name,
            "this column is missing",
            nearest(name, unknown),
            "The publisher changed the format, or this is another file",
        )
        for name in missing
    ]
    problems += [
        Problem(
            label,
            1,
            name,
            "this column is not known",
            nearest(name, missing),
            "The publisher changed the format; the reader must be brought up to date first",
        )
        for name in unknown
    ]
    if problems:
        raise SourceError(problems)


def typed(
    frame: pl.DataFrame,
    types: Mapping[str, str],
    label: str,
    *,
    first_row: int = 2,
    nulls: Sequence[str] = ("",),
    day_format: str = "%Y-%m-%d",
) -> pl.DataFrame:
    """Text cells → the types named (`text`, `whole`, `number`, `flag`, `day`), in that order of columns.

    Cells equal to one of `nulls` become missing. Raises `SourceError` with the first few rows that do not fit.
    """
    made, problems = [], []
    for name, kind in types.items():
        raw = frame[name].cast(pl.String).str.strip_chars()
        raw = raw.set(raw.is_in(list(nulls)).fill_null(False), None)
        value = _cast(raw, kind, day_format)
        bad = (value.is_null() & raw.is_not_null()).arg_true()
        problems += [
            Problem(
                label,
                int(row) + first_row,
                name,
                f'"{raw[int(row)]}" is not a {_KINDS[kind]}',
                do="Get the publisher's original; a spreadsheet may have changed it",
            )
            for row in bad[:3]
        ]
        made.append(value.alias(name))
    if problems:
        raise SourceError(problems)
    return pl.DataFrame(made)


_KINDS = {"text": "text", "whole": "whole number", "number": "number", "flag": "yes or no", "day": "date"}


def _cast(raw: pl.Series, kind: str, day_format: str) -> pl.Series:
    if kind == "text":
        return raw
    if kind == "flag":
        return raw.replace_strict(_FLAGS, default=None, return_dtype=pl.Boolean)
    if kind == "day":
        return raw.str.to_date(day_format, strict=False)
    number = raw.cast(pl.Float64, strict=False)
    if kind == "number":
        return number
    whole = number.cast(pl.Int64, strict=False)
    return whole.set((whole.cast(pl.Float64) != number).fill_null(False), None)


def newest(days: pl.Series) -> date | None:
    """The last day of a column, or None if it is empty."""
    last = days.max()
    return last if isinstance(last, date) else None


def read_stata(file: SourceFile, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """A Stata `.dta` file (versions 104 to 119, packed or not). Raises `SourceError`."""
    import pyreadstat

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.dta"
        path.write_bytes(file.bytes())
        try:
            frame, _ = pyreadstat.read_dta(str(path), output_format="polars")
        except (pyreadstat.ReadstatError, ValueError, UnicodeDecodeError) as error:
            raise SourceError(
                Problem(
                    file.label,
                    what="this is not a Stata file that can be read",
                    why=str(error),
                    do="Get the publisher's original file",
                )
            ) from error
    if columns is not None:
        check_header(file.label, frame.columns, columns)
    return pl.DataFrame(frame)


def read_sheet(file: SourceFile, sheet: str) -> list[tuple[Any, ...]]:
    """All rows of one sheet of a workbook, values only. Raises `SourceError`."""
    book = _workbook(file)
    if sheet not in book.sheetnames:
        raise SourceError(
            Problem(
                file.label,
                what=f'there is no sheet "{sheet}"',
                why=nearest(sheet, book.sheetnames),
                do=f"Its sheets are: {', '.join(book.sheetnames)}",
            )
        )
    return list(book[sheet].iter_rows(values_only=True))


def sheet_names(file: SourceFile) -> list[str]:
    """Names of the sheets of a workbook. Raises `SourceError`."""
    return list(_workbook(file).sheetnames)


def _workbook(file: SourceFile) -> Any:
    import zipfile

    import openpyxl

    try:
        return openpyxl.load_workbook(file.open(), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise SourceError(
            Problem(
                file.label,
                what="this is not an Excel workbook (.xlsx)",
                why=str(error),
                do="Open it in a spreadsheet program and save it as .xlsx, or get the original",
            )
        ) from error


def _missing_cells(frame: pl.DataFrame, text: str, separator: str, header: bool) -> int:
    """Separators that a full table would have beyond those in the text: polars fills short rows in silence."""
    inside = (
        frame.select(pl.all().str.count_matches(separator, literal=True).sum()).sum_horizontal()[0]
        if frame.height
        else 0
    )
    inside += sum(name.count(separator) for name in frame.columns) if header else 0
    between = (frame.height + header) * (frame.width - 1)
    return int(between + inside - text.count(separator))


def _ragged(file: SourceFile, text: str, separator: str, quote: str | None) -> Problem | None:
    """The first row whose number of cells is not the header's, found the slow way for the message."""
    import csv

    rows = csv.reader(
        io.StringIO(text),
        delimiter=separator,
        quotechar=quote or '"',
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    width = None
    try:
        for cells in rows:
            width = width if width is not None else len(cells)
            if len(cells) != width:
                return Problem(
                    file.label,
                    rows.line_num,
                    what=f"{len(cells)} cells where the header has {width}",
                    do="The file is cut short or damaged; get it again",
                )
    except csv.Error as error:
        return Problem(file.label, rows.line_num, what="the table cannot be read", why=str(error))
    return None
