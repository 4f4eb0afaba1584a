"""What goes wrong in a cell: damage a spreadsheet does, and validation errors in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import EnumType
from functools import cache
from typing import Any, get_args

from counterpact.case import model as m
from counterpact.errors import Problem, nearest

_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_SHORTENED = re.compile(r"-?\d(\.\d+)?E[+-]\d\d\d?")
_LOCAL_NUMBER = re.compile(r"-?[\d.,' \u00a0\u202f]+(E[+-]?\d+)?", re.IGNORECASE)
_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec"
_SHEET_DATE = re.compile(rf"(({_MONTH})[-/ ]\d\d(\d\d)?|\d\d?[-/ ]({_MONTH})([-/ ]\d\d(\d\d)?)?)", re.IGNORECASE)
_SLASH_DATE = re.compile(r"\d{1,4}[/.]\d{1,2}[/.]\d{2,4}")
_SHEET_ERROR = re.compile(r"#(REF!|NAME\?|VALUE!|DIV/0!|N/A|NUM!|NULL!|SPILL!|#+)")

AS_TEXT = "Give the column the type Text before importing it into a spreadsheet, or edit it with a text editor"


@cache
def number_columns(row_type: type[m.Row]) -> frozenset[str]:
    """Columns that hold numbers."""
    return frozenset(
        name
        for name, info in row_type.model_fields.items()
        if {info.annotation, *get_args(info.annotation)} & {int, float}
    )


@cache
def enum_columns(row_type: type[m.Row]) -> Mapping[str, tuple[str, ...]]:
    """Columns with a closed vocabulary, and their words."""
    found: dict[str, tuple[str, ...]] = {}
    for name, info in row_type.model_fields.items():
        for kind in (info.annotation, *get_args(info.annotation)):
            if isinstance(kind, EnumType):
                found[name] = tuple(str(word) for word in list[Any](kind))
    return found


def damage(row_type: type[m.Row], column: str, cell: str) -> tuple[str, str] | None:
    """What is wrong with the text of a cell before its meaning is looked at: (what, do), or None.

    >>> damage(m.Good, "name", "#REF!")[0]
    '"#REF!" is the error message of a spreadsheet, not a value'
    """
    if cell.startswith("#") and _SHEET_ERROR.fullmatch(cell):
        return f'"{cell}" is the error message of a spreadsheet, not a value', "Put the value back from an older copy"
    if "\ufffd" in cell or "\x00" in cell:
        return "a character of this cell was lost", "Put the text back from an older copy and save as UTF-8"
    if column in number_columns(row_type):
        return _number_damage(cell)
    if column == "id" and (_SHORTENED.fullmatch(cell) or _SHEET_DATE.fullmatch(cell)):
        kind = "number" if _SHORTENED.fullmatch(cell) else "date"
        return f'"{cell}" is an id that a spreadsheet has turned into a {kind}', f"Put the id back. {AS_TEXT}"
    return None


def _number_damage(cell: str) -> tuple[str, str] | None:
    if _SHORTENED.fullmatch(cell):
        return (
            f'"{cell}" is a number as a spreadsheet shortens it; digits may be lost',
            f"Write the number in full, e.g. {float(cell):.0f}, from the source",
        )
    if _NUMBER.fullmatch(cell):
        return None if abs(float(cell)) < float("inf") else (f'"{cell}" is too large', "Write a finite number")
    if _SHEET_DATE.fullmatch(cell):
        return f'"{cell}" is a number that a spreadsheet has turned into a date', f"Put the number back. {AS_TEXT}"
    if _LOCAL_NUMBER.fullmatch(cell):
        return (
            f'"{cell}" is not a number: it has a decimal comma or a thousands separator',
            "Write it with a decimal point and no separator, e.g. 1500000 or 0.25",
        )
    if cell.endswith("%") and _NUMBER.fullmatch(cell[:-1].strip()):
        share = float(cell[:-1]) / 100
        return f'"{cell}" is not a number: it has a percent sign', f"Write the share, {share:g}"
    return f'"{cell}" is not a number', "Write digits with a decimal point; leave the cell empty if it is not known"


def explain(row_type: type[m.Row], file: str, row: int, found: Any) -> Problem:
    """One pydantic error of one cell as a problem a user can act on."""
    loc, kind, value = found["loc"], found["type"], found["input"]
    column = str(loc[0]) if loc else ("low" if issubclass(row_type, m.Interval) else "")
    info = row_type.model_fields.get(column)
    about = (info.description or "") if info else ""
    if not loc:
        about = "Correct one of the two"
    context = found.get("ctx", {})
    if kind == "missing":
        return Problem(file, row, column, "is empty but must be filled", do=about)
    words = enum_columns(row_type).get(column)
    if words:
        do = f"{nearest(str(value), words)} Allowed: {', '.join(words)}".strip()
        return Problem(file, row, column, f'"{value}" is not a word of this column', do=do)
    if kind == "string_pattern_mismatch" and column == "id":
        what = f'"{value}" cannot be an id'
        return Problem(file, row, column, what, do="Use letters, digits, dot, dash and underscore, without blanks")
    if kind == "string_pattern_mismatch":
        return Problem(file, row, column, f'"{value}" is not allowed', do=about)
    for test, word in (("ge", "below"), ("gt", "not above"), ("le", "above"), ("lt", "not below")):
        if test in context:
            return Problem(file, row, column, f"{value} is {word} {context[test]:g}", do=about)
    message = str(context.get("error", "")) or found["msg"]
    if kind == "value_error" and (_SHEET_DATE.fullmatch(str(value)) or _SLASH_DATE.fullmatch(str(value))):
        what = f'"{value}" is a date as a spreadsheet rewrites it'
        return Problem(file, row, column, what, do=f"Write 2023, 2023-09 or 2023-09-30. {AS_TEXT}")
    return Problem(
        file, row, column, message if isinstance(value, dict) or not loc else f'"{value}": {message}', do=about
    )
