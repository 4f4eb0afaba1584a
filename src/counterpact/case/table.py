"""The plain-text form of a table: which columns, in which order, and how each value is spelt.

There is one canonical spelling: UTF-8, LF, comma, quotes only where RFC 4180 needs them, `id` first, whole
numbers without a point or exponent, `true`/`false`, lists of ids joined by a space. Reading a canonical file
and writing it again gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticUndefined

from counterpact.case import model as m
from counterpact.case.case import TABLES

REQUIRED: tuple[str, ...] = (
    "sources", "actors", "goods", "channels", "estimands", "facts", "objectives", "objective_terms",
    "measures", "effect_families", "effects",
)  # fmt: skip
"""Tables without which there is nothing to analyse; the others may be absent, which means empty."""

TYPES: Mapping[str, type[m.Row]] = {row_type.table: row_type for row_type in TABLES}
"""Row class by table name."""

Cells = dict[str, str]
_SPECIAL = re.compile('[,"\n\r]')


@cache
def columns(row_type: type[m.Row]) -> tuple[str, ...]:
    """Columns of a table in canonical order: `id`, then the table's own in declared order.

    `low` and `high` stand right before `unit`, or before `varies` or `basis` where a table has no unit; other
    inherited columns come last.

    >>> columns(m.Good)
    ('id', 'name', 'kind', 'unit', 'note')
    >>> columns(m.Limit)[:7]
    ('id', 'place', 'good', 'role', 'low', 'high', 'unit')
    """
    fields = tuple(row_type.model_fields)
    own = [name for name in row_type.__annotations__ if name in fields and name != "id"]
    inherited = [name for name in fields if name not in own and name != "id"]
    if issubclass(row_type, m.Interval):
        inherited = [name for name in inherited if name not in ("low", "high")]
        anchor = next((name for name in ("unit", "varies", "basis") if name in own), None)
        at = own.index(anchor) if anchor else 0
        own[at:at] = ["low", "high"]
    return ("id", *own, *inherited)


@cache
def required_columns(row_type: type[m.Row]) -> frozenset[str]:
    """Columns whose cells must be filled."""
    return frozenset(name for name, info in row_type.model_fields.items() if info.is_required())


@cache
def list_adapter(row_type: type[m.Row]) -> TypeAdapter[list[Any]]:
    """Validator of a whole table at once (built once: one call per table is what makes reading fast)."""
    return TypeAdapter(list[row_type])  # type: ignore[valid-type]


@cache
def default_cells(row_type: type[m.Row]) -> Mapping[str, str]:
    """The text of each optional column's default."""
    return {
        name: cell_text(info.default)
        for name, info in row_type.model_fields.items()
        if info.default is not PydanticUndefined
    }


def number_text(value: float) -> str:
    """The one spelling of a number, short and exact.

    >>> [number_text(v) for v in (4e6, -0.0, 0.125, 7, 1e22)]
    ['4000000', '0', '0.125', '7', '1e+22']
    """
    if isinstance(value, int):
        return str(value)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def cell_text(value: Any) -> str:
    """One value as its cell; JSON-ready values (see `row_cells`) and defaults."""
    if type(value) is str:
        return value
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    return str(value)


def row_cells(row: m.Row) -> Cells:
    """A row as text cells by column, in canonical order."""
    return table_cells(type(row), [row])[0]


def table_cells(row_type: type[m.Row], rows: Iterable[m.Row]) -> list[Cells]:
    """Rows as text cells by column, in canonical order."""
    order = columns(row_type)
    dumped = list_adapter(row_type).dump_python(list(rows), mode="json")
    return [{name: cell_text(values[name]) for name in order} for values in dumped]


def used_cells(row_type: type[m.Row], cells: Cells) -> Cells:
    """A row's cells without those that hold the default."""
    default = default_cells(row_type)
    return {name: cell for name, cell in cells.items() if name not in default or cell != default[name]}


def used_columns(row_type: type[m.Row], cells: Sequence[Cells]) -> tuple[str, ...]:
    """Columns that must stand in the file: the required ones and those with a value other than the default."""
    default = default_cells(row_type)
    return tuple(
        name for name in columns(row_type) if name not in default or any(row[name] != default[name] for row in cells)
    )


def quote(cell: str) -> str:
    """A cell as RFC 4180 writes it.

    >>> print(quote("plain"), quote("a,b"))
    plain "a,b"
    """
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell


def table_text(row_type: type[m.Row], rows: Iterable[m.Row], layout: Sequence[str] | None = None) -> str:
    """The canonical file of a table.

    `layout`: columns to keep, in their order (those of the file that was read); if a value now needs a column
    that is not among them, the canonical order is used with all of both. Without a layout only the columns
    that are used are written.
    """
    cells = table_cells(row_type, rows)
    used = used_columns(row_type, cells)
    if layout is None:
        order = used
    elif set(used) <= set(layout):
        order = tuple(layout)
    else:
        order = tuple(name for name in columns(row_type) if name in used or name in layout)
    lines = [",".join(order)]
    lines += [",".join(quote(row[name]) for name in order) for row in cells]
    return "\n".join(lines) + "\n"
