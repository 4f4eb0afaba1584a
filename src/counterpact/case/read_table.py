"""One CSV table: from bytes to rows, with every problem found at once.

A byte-order mark and Windows line ends are accepted (they change nothing; the writer leaves them out). All else
that a spreadsheet can do to a file is reported with the row and column as the spreadsheet counts them.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from counterpact.case import cells as c
from counterpact.case import model as m
from counterpact.case.table import Cells, columns, list_adapter, required_columns
from counterpact.errors import Problem, nearest

_NOT_UTF8 = re.compile("[\udc80-\udcff]")  # how Python keeps bytes that are not UTF-8 in a text


@dataclass
class TableRead:
    """What reading one file gave: rows by id, their spreadsheet rows, the header, all ids seen, the problems."""

    rows: dict[str, m.Row] = field(default_factory=dict)
    row_numbers: dict[str, int] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    ids: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def read_table(row_type: type[m.Row], data: bytes, file: str) -> TableRead:
    """Parse the bytes of one table file.

    Rows with a problem are left out of `rows` but their ids stay in `ids`, so that what refers to them is not
    reported as well.
    """
    result = TableRead()
    text = _decode(data, file, result)
    if text is None:
        return result
    records = _records(text, file, result)
    if not records or not _header(row_type, records[0][1], file, result):
        return result
    numbers: list[int] = []
    values: list[Cells] = []
    flawed: set[tuple[int, str]] = set()
    for number, record in records[1:]:
        cells = _cells(row_type, number, record, file, result, flawed)
        if cells is not None:
            numbers.append(number)
            values.append(cells)
    _validate(row_type, numbers, values, flawed, file, result)
    return result


def _decode(data: bytes, file: str, result: TableRead) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        what, do = "is saved as UTF-16", 'Save it as "CSV UTF-8 (comma delimited)"'
        result.problems.append(Problem(file, 0, "", what, do=do))
        return None
    if not data.strip():
        result.problems.append(Problem(file, 0, "", "is empty", do="Write at least the header row"))
        return None
    return data.decode("utf-8-sig", errors="surrogateescape")


def _records(text: str, file: str, result: TableRead) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, record in enumerate(reader, start=1):
            if any(record):
                records.append((number, record))
    except csv.Error as error:
        do = "Close the quotation mark; write a quotation mark inside a quoted cell twice"
        result.problems.append(Problem(file, number + 1, "", f"the row cannot be read as CSV: {error}", do=do))
    return records


def _header(row_type: type[m.Row], header: list[str], file: str, result: TableRead) -> bool:
    known = columns(row_type)
    result.header = tuple(name.strip() for name in header)
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        do = 'Save it as "CSV UTF-8 (comma delimited)" or replace the separators with commas'
        result.problems.append(Problem(file, 1, "", "the columns are not separated by commas", do=do))
        return False
    for name in sorted(set(result.header)):
        if name not in known:
            do = nearest(name, known) or f"Columns are: {', '.join(known)}"
            what = f'"{name}" is not a column of {row_type.table}' if name else "a column has no name"
            result.problems.append(Problem(file, 1, name, what, do=do))
        elif result.header.count(name) > 1:
            result.problems.append(Problem(file, 1, name, "the column stands twice", do="Delete one of them"))
    for name in columns(row_type):
        if name in required_columns(row_type) and name not in result.header:
            about = row_type.model_fields[name].description or ""
            result.problems.append(Problem(file, 1, name, "the column is missing", do=f"Add it: {about}"))
    return "id" in result.header


def _cells(
    row_type: type[m.Row], number: int, record: list[str], file: str, result: TableRead, flawed: set[tuple[int, str]]
) -> Cells | None:
    """One record as filled cells of known columns; None if its length does not fit the header."""
    if len(record) != len(result.header):
        what = f"has {len(record)} cells, the header has {len(result.header)}"
        result.problems.append(
            Problem(file, number, "", what, do="Quote a cell that holds a comma; fill up empty cells")
        )
        at = result.header.index("id")
        result.ids.update(record[at : at + 1])
        return None
    cells: Cells = {}
    known = row_type.model_fields
    for column, cell in zip(result.header, record, strict=True):
        if not cell or column not in known:
            continue
        wrong = _bad_bytes(cell) or c.damage(row_type, column, cell)
        if wrong:
            what, do = wrong
            result.problems.append(Problem(file, number, column, what, do=do))
            flawed.add((number, column))
        cells[column] = cell
    return cells


def _bad_bytes(cell: str) -> tuple[str, str] | None:
    if not _NOT_UTF8.search(cell):
        return None
    bad = [ord(ch) - 0xDC00 for ch in _NOT_UTF8.findall(cell)]
    guess = bytes(bad).decode("cp1252", errors="replace")
    seen = " ".join(f"0x{byte:02X}" for byte in bad[:4])
    return f'is not UTF-8: bytes {seen} (perhaps "{guess[:4]}" of Windows-1252)', "Save the file as UTF-8"


def _validate(
    row_type: type[m.Row],
    numbers: list[int],
    values: list[Cells],
    flawed: set[tuple[int, str]],
    file: str,
    result: TableRead,
) -> None:
    missing = required_columns(row_type) - set(result.header)
    broken: set[int] = {index for index, number in enumerate(numbers) if any(number == row for row, _ in flawed)}
    adapter = list_adapter(row_type)
    try:
        rows: list[Any] = adapter.validate_python(values)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            index = int(found["loc"][0])
            broken.add(index)
            inner = {**found, "loc": found["loc"][1:]}
            column = str(found["loc"][1]) if len(found["loc"]) > 1 else ""
            if (numbers[index], column) in flawed or (found["type"] == "missing" and column in missing):
                continue
            result.problems.append(c.explain(row_type, file, numbers[index], inner))
        good = [i for i in range(len(values)) if i not in broken]
        rows = adapter.validate_python([values[i] for i in good])
        _collect(rows, [numbers[i] for i in good], file, result)
    else:
        _collect(rows, numbers, file, result)
    result.ids.update(cells["id"] for cells in values if "id" in cells)


def _collect(rows: list[Any], numbers: list[int], file: str, result: TableRead) -> None:
    for row, number in zip(rows, numbers, strict=True):
        first = result.row_numbers.get(row.id)
        if first is not None:
            what = f'"{row.id}" is the id of row {first} already'
            result.problems.append(Problem(file, number, "id", what, do="Give each row an id of its own"))
            continue
        result.rows[row.id] = row
        result.row_numbers[row.id] = number
