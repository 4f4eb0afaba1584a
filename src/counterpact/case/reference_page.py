"""The manual of the case format, written from the attribute docstrings so that it cannot fall behind."""

from __future__ import annotations

import re
from enum import EnumType
from typing import Any, get_args

from pydantic.fields import FieldInfo

from counterpact.case import model as m
from counterpact.case.case import TABLES
from counterpact.case.cells import enum_columns, number_columns
from counterpact.case.check_references import REFERENCES
from counterpact.case.table import REQUIRED, columns, default_cells, required_columns

_INTRODUCTION = """# Tables of a case

A case is a folder: `case.yml`, one CSV file per table, and `events.jsonl` once edits were recorded.

- Files are UTF-8, comma separated, quoted as RFC 4180 says; the first row holds the column names. A byte-order
  mark and Windows line ends are accepted and left out when the program writes.
- An empty cell means the default, or "not known" where there is none. A column whose cells are all default may
  be left out; so may a table that is not marked *required*.
- Several ids stand in one cell separated by blanks. A date is `2024`, `2024-03` or `2024-03-31`; a period is one
  date, `2023-09/2025-03`, or `2024-12-04/..` if it is still going on.
- Numbers have a decimal point and no thousands separator. Numbers that a spreadsheet has shortened (`1.50E+06`)
  are refused, because digits may be lost; `1.5e6` is read.
- Rows are known by their `id`, never by their number. Ids are letters, digits, dot, dash and underscore.

Edits recorded by the program stand in `events.jsonl`, one per line, on top of the tables; `start/` then keeps the
tables as they were before the first one, so that a change made in a table by hand is noticed.
"""


def render() -> str:
    """The reference page `docs/reference/case-tables.md`."""
    return "\n".join([_INTRODUCTION, head_section(), *(table_section(row_type) for row_type in TABLES)])


def head_section(level: int = 2) -> str:
    """The settings of `case.yml`."""
    lines = [f"{'#' * level} case.yml", "", _sentence(m.Head.__doc__), "", "| setting | | meaning |", "|---|---|---|"]
    for name, info in m.Head.model_fields.items():
        need = "required" if info.is_required() else _default(_head_default(info))
        lines.append(f"| `{name}` | {need} | {_escape(info.description or '')}{_words_of(info)} |")
    return "\n".join(lines) + "\n"


def table_section(row_type: type[m.Row], level: int = 2) -> str:
    """One table: what a row is, and each column with its kind and default."""
    name = row_type.table
    must = " *Required.*" if name in REQUIRED else " *Optional.*"
    lines = [f"{'#' * level} {name}.csv", "", _sentence(row_type.__doc__) + must, ""]
    lines += ["| column | holds | default | meaning |", "|---|---|---|---|"]
    defaults = default_cells(row_type)
    for column in columns(row_type):
        default = "required" if column in required_columns(row_type) else _default(defaults[column])
        about = _escape(row_type.model_fields[column].description or "")
        words = enum_columns(row_type).get(column)
        about += f" Words: {', '.join(f'`{word}`' for word in words)}." if words else ""
        lines.append(f"| `{column}` | {_kind(row_type, column)} | {default} | {about}{_limits(row_type, column)} |")
    return "\n".join(lines) + "\n"


def _kind(row_type: type[m.Row], column: str) -> str:
    info = row_type.model_fields[column]
    targets = REFERENCES.get(row_type.table, {}).get(column)
    if targets:
        many = "ids" if info.annotation is not str else "id"
        return f"{many} of {' or '.join(targets)}"
    if column in enum_columns(row_type):
        return "word"
    if column in number_columns(row_type):
        return "number"
    if bool in (info.annotation, *get_args(info.annotation)):
        return "true or false"
    text = str(info.annotation)
    if "Period" in text:
        return "period"
    return "date" if any("_day" in str(part) for part in info.metadata) else "text"


def _limits(row_type: type[m.Row], column: str) -> str:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    found = [
        f"{sign} {getattr(part, name):g}"
        for part in row_type.model_fields[column].metadata
        for name, sign in signs.items()
        if getattr(part, name, None) is not None
    ]
    return f" ({', '.join(found)})" if found else ""


def _default(text: str) -> str:
    return f"`{text}`" if text else "empty"


def _head_default(info: FieldInfo) -> str:
    return str(info.default) if info.default not in ((), None) and info.default_factory is None else ""


def _words_of(info: FieldInfo) -> str:
    kind: Any = info.annotation
    if not isinstance(kind, EnumType):
        return ""
    return f" Words: {', '.join(f'`{word}`' for word in list[Any](kind))}."


def _sentence(text: str | None) -> str:
    return _escape(re.sub(r"\s+", " ", (text or "").strip()))


def _escape(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


if __name__ == "__main__":
    print(render(), end="")
