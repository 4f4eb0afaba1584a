"""Read a case: shipped, by its name, or any folder. All problems are reported at once."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from counterpact.case import model as m
from counterpact.case.case import TABLES, Case, Files
from counterpact.case.check import check_tables
from counterpact.case.checking import Tables
from counterpact.case.diff import changes
from counterpact.case.event import Event
from counterpact.case.head import FILE as HEAD_FILE
from counterpact.case.head import read_head
from counterpact.case.read_table import TableRead, read_table
from counterpact.case.replay import FILE as EVENTS_FILE
from counterpact.case.replay import State
from counterpact.case.revision import revisions
from counterpact.case.table import REQUIRED, TYPES
from counterpact.errors import CaseError, Problem, nearest

START = "start"
"""Folder inside a case that keeps the tables as they were before the first recorded edit."""


def shipped_cases() -> tuple[str, ...]:
    """Names of the cases inside the package."""
    home = _cases_home()
    if not home.is_dir():
        return ()
    return tuple(sorted(entry.name for entry in home.iterdir() if (entry / HEAD_FILE).is_file()))


def find_case(path_or_name: str | Path) -> Path:
    """The folder of a case: the name of a shipped one, or a path. Raises `CaseError` naming the nearest case."""
    name = str(path_or_name)
    shipped = shipped_cases()
    if name in shipped:
        return _cases_home() / name
    folder = Path(path_or_name)
    if folder.name == HEAD_FILE and folder.is_file():
        return folder.parent
    if folder.is_dir():
        return folder
    do = nearest(name, shipped) or f"Shipped cases: {', '.join(shipped) or 'none'}. Or give a folder"
    raise CaseError(Problem("", what=f'"{name}" is neither a shipped case nor a folder', do=do))


def read_case(path_or_name: str | Path) -> Case:
    """Read and check a case.

    Raises `CaseError` with every problem: unreadable files, wrong cells, broken references, wrong units, edits
    that do not apply. Nothing is written.
    """
    case, problems = load_case(find_case(path_or_name))
    if problems or case is None:
        raise CaseError(sorted(set(problems)))
    return case


def load_case(folder: Path) -> tuple[Case | None, list[Problem]]:
    """Read a folder as far as it can be read, with all problems; the case is None if its head is broken."""
    now = _read_tables(folder)
    problems = list(now.problems)
    events, event_problems = read_events(folder)
    problems += event_problems
    if problems or now.head is None:
        problems += check_tables(Tables(now.head, now.rows, now.row_numbers, now.ids, frozenset(now.unread)))
        return None, sorted(set(problems))
    start = now
    if events and (folder / START).is_dir():
        start = _read_tables(folder / START, f"{START}/")
        if start.problems or start.head is None:
            return None, start.problems
    try:
        case = _replay(folder, now, start, events)
    except CaseError as error:
        return None, list(error.problems)
    return case, check_tables(Tables(case.head, case.rows, now.row_numbers))


@dataclass
class _Tables:
    head: m.Head | None
    head_text: str
    rows: dict[str, dict[str, m.Row]]
    columns: dict[str, tuple[str, ...]]
    row_numbers: dict[str, dict[str, int]]
    ids: dict[str, set[str]]
    unread: set[str]
    problems: list[Problem]


def _cases_home() -> Path:
    return Path(str(resources.files("counterpact"))) / "cases"


def _read_tables(folder: Path, prefix: str = "") -> _Tables:
    tables = _Tables(None, "", {}, {}, {}, {}, set(), [])
    head_path = folder / HEAD_FILE
    if head_path.is_file():
        try:
            tables.head_text = head_path.read_bytes().decode("utf-8-sig")
            tables.head, found = read_head(tables.head_text, prefix + HEAD_FILE)
            tables.problems += found
        except UnicodeDecodeError as error:
            row = error.object[: error.start].count(b"\n") + 1
            what = f"is not UTF-8: byte 0x{error.object[error.start]:02X}"
            tables.problems.append(Problem(prefix + HEAD_FILE, row, "", what, do="Save the file as UTF-8"))
    else:
        do = "A case folder holds case.yml; `counterpact case new NAME` makes one"
        tables.problems.append(Problem(prefix + HEAD_FILE, what="the file is missing", do=do))
    for row_type in TABLES:
        _read_one(row_type, folder, prefix, tables)
    names = tuple(f"{name}.csv" for name in TYPES)
    for path in sorted(folder.glob("*.csv")):
        if path.name not in names:
            do = nearest(path.name, names) or "Move it out of the folder"
            tables.problems.append(Problem(prefix + path.name, what="is not a table of a case", do=do))
    return tables


def _read_one(row_type: type[m.Row], folder: Path, prefix: str, tables: _Tables) -> None:
    name = row_type.table
    path = folder / f"{name}.csv"
    read = TableRead()
    if path.is_file():
        read = read_table(row_type, path.read_bytes(), f"{prefix}{path.name}")
        tables.columns[name] = read.header
    elif name in REQUIRED:
        do = f"Add it with the header row; {(row_type.__doc__ or '').strip()}"
        read.problems.append(Problem(f"{prefix}{path.name}", what="the file is missing", do=do))
    if read.problems and not read.ids:
        tables.unread.add(name)
    tables.rows[name] = read.rows
    tables.row_numbers[name] = read.row_numbers
    tables.ids[name] = read.ids
    tables.problems += read.problems


def read_events(folder: Path) -> tuple[tuple[Event, ...], list[Problem]]:
    """The log of a case folder, oldest first; empty if there is none."""
    path = folder / EVENTS_FILE
    if not path.is_file():
        return (), []
    events: list[Event] = []
    problems: list[Problem] = []
    names = {f.name for f in fields(Event)}
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            values = json.loads(line.decode("utf-8"))
            if not set(values) <= names:
                raise ValueError(f"unknown entries: {', '.join(sorted(set(values) - names))}")
            events.append(Event(**values))
            if events[-1].signed().id != events[-1].id:
                raise ValueError("its id does not fit its content: the line was changed")
        except (ValueError, TypeError) as error:
            do = "Recorded edits are never changed: put the line back, and undo with `counterpact case undo`"
            problems.append(Problem(EVENTS_FILE, number, "", f"the line cannot be read: {error}", do=do))
    return tuple(events), problems


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in (".csv", ".yml")}


def _replay(folder: Path, now: _Tables, start: _Tables, events: tuple[Event, ...]) -> Case:
    assert now.head is not None
    assert start.head is not None
    pending: tuple[Event, ...] = ()
    if start is not now:
        expected = State(start.head, start.rows).apply_all(e for e in events if e.by_hand)
        pending = changes(expected.head, expected.rows, now.head, now.rows)
    state = State(start.head, start.rows).apply_all((*events, *pending))
    *_, revision = revisions(start.head, start.rows, (*events, *pending))
    frozen = MappingProxyType({table: MappingProxyType(rows) for table, rows in state.rows.items()})
    files = Files(
        head=now.head,
        rows=now.rows,
        head_text=now.head_text,
        columns=now.columns,
        row_numbers=now.row_numbers,
        start_head=start.head if events else None,
        start_rows=start.rows if events else None,
        start_files=_bytes(folder / START) if start is not now else {},
    )
    return Case(state.head, frozen, revision, folder, events, pending, files)
