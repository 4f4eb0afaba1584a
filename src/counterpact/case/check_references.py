"""Every id in a cell must exist in its table, and nothing may be its own ancestor."""

from __future__ import annotations

from collections.abc import Mapping

from counterpact.case.checking import Tables, cycles
from counterpact.case.table import TYPES

REFERENCES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "actors": {"part_of": ("actors",), "members": ("actors",)},
    "factors": {"facts": ("facts",)},
    "channels": {
        "from_place": ("actors",),
        "to_place": ("actors",),
        "good": ("goods",),
        "jurisdictions": ("actors",),
        "payer": ("actors",),
        "payee": ("actors",),
        "price": ("factors",),
        "facts": ("facts",),
    },
    "limits": {"place": ("actors",), "good": ("goods",), "facts": ("facts",)},
    "purses": {"actor": ("actors",), "facts": ("facts",)},
    "needs": {"place": ("actors",), "good": ("goods",), "facts": ("facts",)},
    "estimands": {"good": ("goods",), "channels": ("channels",), "factor": ("factors",), "of": ("estimands",)},
    "facts": {
        "estimand": ("estimands",),
        "source": ("sources",),
        "repeats": ("facts",),
        "part_of": ("facts",),
        "corrects": ("facts",),
    },
    "objective_terms": {"objective": ("objectives",), "channel": ("channels",), "factor": ("factors",)},
    "measures": {
        "level_of": ("measures",),
        "who": ("actors",),
        "requires": ("measures",),
        "excludes": ("measures",),
        "facts": ("facts",),
    },
    "effect_families": {"facts": ("facts",)},
    "effects": {
        "measure": ("measures",),
        "family": ("effect_families",),
        "channels": ("channels",),
        "enables": ("measures", "actors"),
        "facts": ("facts",),
    },
    "legal_bases": {"measure": ("measures",)},
}
"""Columns that hold ids: table → column → the tables the id may be in."""

HIERARCHIES: tuple[tuple[str, str], ...] = (
    ("actors", "part_of"),
    ("actors", "members"),
    ("estimands", "of"),
    ("facts", "repeats"),
    ("facts", "part_of"),
    ("facts", "corrects"),
    ("measures", "requires"),
    ("measures", "level_of"),
)
"""Columns that refer to their own table and must not run in a circle."""

_SINGULAR = {"effect_families": "effect family"}


def singular(table: str) -> str:
    """The name of one row of a table.

    >>> singular("facts"), singular("effect_families"), singular("objective_terms")
    ('fact', 'effect family', 'objective term')
    """
    return _SINGULAR.get(table, table.removesuffix("s").replace("_", " "))


def check_references(tables: Tables) -> None:
    """Report every id that is not in its table, and every circle."""
    for table, found in REFERENCES.items():
        for row in tables.rows.get(table, {}).values():
            for column, targets in found.items():
                for name in _ids(getattr(row, column), strip=(table, column) == ("estimands", "channels")):
                    if not any(tables.knows(target, name) for target in targets):
                        article = " or ".join(singular(target) for target in targets)
                        home = " and ".join(f"{target}.csv" for target in targets)
                        do = f"{tables.nearest(name, targets)} {article.capitalize()} ids are defined in {home}"
                        a = "an" if article[0] in "aeiou" else "a"
                        tables.report(row, column, f'"{name}" is not {a} {article} of this case', do=do.strip())
    for table, column in HIERARCHIES:
        _check_circle(tables, table, column)


def _ids(value: str | tuple[str, ...], *, strip: bool) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    return tuple(name.removeprefix("-") if strip else name for name in names if name)


def _check_circle(tables: Tables, table: str, column: str) -> None:
    assert column in TYPES[table].model_fields
    rows = tables.rows.get(table, {})
    edges = {i: [n for n in _ids(getattr(row, column), strip=False) if n in rows] for i, row in rows.items()}
    for circle in cycles(edges):
        way = " → ".join((*circle, circle[0]))
        what = "refers to itself" if len(circle) == 1 else f"runs in a circle: {way}"
        tables.report(rows[circle[0]], column, what, do="Take one of these references out")
