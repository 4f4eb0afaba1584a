"""Write a case folder: all of it, or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from counterpact.case import model as m
from counterpact.case.case import TABLES, Case
from counterpact.case.event import Event
from counterpact.case.head import FILE as HEAD_FILE
from counterpact.case.head import head_text, read_head
from counterpact.case.read import START, load_case
from counterpact.case.replay import FILE as EVENTS_FILE
from counterpact.case.table import REQUIRED, columns, table_text
from counterpact.errors import CaseError, Problem


def case_files(case: Case) -> dict[str, bytes]:
    """Every file of a case by its path inside the folder.

    A case that was read gives the bytes that were read (if they were canonical). Raises `CaseError` if a text
    cannot be written as UTF-8, or if a case with recorded edits was changed in memory around its log.
    """
    files = case.files
    if files is None or not (case.events or case.hand_edits):
        return _folder_files(case.head, case.rows, case)
    texts = _folder_files(files.head, files.rows, case)
    assert files.start_head is not None
    assert files.start_rows is not None
    start = files.start_files or _folder_files(files.start_head, files.start_rows, case)
    texts |= {f"{START}/{name}": data for name, data in start.items()}
    texts[EVENTS_FILE] = events_text(case.events).encode()
    return texts


def events_text(events: tuple[Event, ...]) -> str:
    """The log, one line per event."""
    return "".join(f"{event.line()}\n" for event in events)


def _folder_files(head: m.Head, rows: Mapping[str, Mapping[str, m.Row]], case: Case) -> dict[str, bytes]:
    files = case.files
    text = files.head_text if files else ""
    texts = {HEAD_FILE: text if text and read_head(text)[0] == head else head_text(head)}
    for row_type in TABLES:
        table = rows.get(row_type.table, {})
        layout = files.columns.get(row_type.table) if files else None
        if table or layout is not None:
            texts[f"{row_type.table}.csv"] = table_text(row_type, table.values(), layout)
        elif row_type.table in REQUIRED:
            texts[f"{row_type.table}.csv"] = ",".join(columns(row_type)) + "\n"
    problems = []
    data = {}
    for name, content in texts.items():
        try:
            data[name] = content.encode()
        except UnicodeEncodeError as error:
            bad = error.object[error.start : error.end]
            problems.append(Problem(name, what=f"cannot be written as UTF-8: {bad!r}", do="Take the character out"))
    if problems:
        raise CaseError(problems)
    return data


def write_case(case: Case, folder: str | Path, *, overwrite: bool = False) -> Path:
    """Write a case to a folder; returns the folder.

    The files are written to a temporary folder beside, read back and compared, and only then renamed into place.
    Raises `CaseError`, with nothing written, if the folder holds a case and `overwrite` is false, or if what was
    written does not read as the same case.
    """
    target = Path(folder)
    if (target / HEAD_FILE).exists() and not overwrite:
        raise CaseError(Problem(str(target), what="holds a case already", do="Name another folder, or say overwrite"))
    files = case_files(case)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, data in files.items():
            write_synced(temporary / name, data)
        _compare(case, temporary)
        if target.exists():
            _move_files(temporary, target, files)
        else:
            temporary.chmod(0o755)
            temporary.replace(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def write_synced(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _compare(case: Case, folder: Path) -> None:
    again, problems = load_case(folder)
    if again is None or problems:
        raise CaseError(problems)
    for row_type in TABLES:
        before, after = case.rows.get(row_type.table, {}), again.rows.get(row_type.table, {})
        if dict(before) != dict(after):
            row = next((i for i in (*before, *after) if before.get(i) != after.get(i)), "")
            what = f'row "{row}" does not read back as it was'
            why = "A required text is empty, or the case was changed in memory around its recorded edits"
            raise CaseError(Problem(f"{row_type.table}.csv", what=what, why=why, do="Mend the row; edit by events"))
    if again.head != case.head:
        raise CaseError(Problem(HEAD_FILE, what="the head does not read back as it was"))


def _move_files(source: Path, target: Path, files: Mapping[str, bytes]) -> None:
    for name in files:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).replace(target / name)
    for row_type in TABLES:
        name = f"{row_type.table}.csv"
        if name not in files:
            (target / name).unlink(missing_ok=True)
    if EVENTS_FILE not in files:
        (target / EVENTS_FILE).unlink(missing_ok=True)
        shutil.rmtree(target / START, ignore_errors=True)
