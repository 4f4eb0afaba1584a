"""Does a case hold together? References, units, order, cycles, plausible dates and intervals."""

from __future__ import annotations

from collections.abc import Mapping

from counterpact.case import model as m
from counterpact.case.case import Case
from counterpact.errors import Problem


def check_case(case: Case) -> list[Problem]:
    """Every problem of a case, in order of file and row; empty = it holds together."""
    numbers = case.files.row_numbers if case.files else {}
    return check_tables(case.head, case.rows, numbers, {}, case.folder.name if case.folder else "")


def check_tables(
    head: m.Head | None,
    rows: Mapping[str, Mapping[str, m.Row]],
    row_numbers: Mapping[str, Mapping[str, int]],
    ids: Mapping[str, set[str]],
    folder: str = "",
) -> list[Problem]:
    """The checks on tables that may be incomplete: `ids` names rows that exist but could not be read."""
    return []
