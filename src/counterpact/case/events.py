"""Edits of a case on disk: recorded one by one on top of the tables, listed, and taken back by a new event.

The tables of a folder stay as they are; `events.jsonl` lies on top. With the first event a copy of the tables is
put into `start/`, so that a later change made in a table by hand is noticed and can be recorded as events too.
"""

from __future__ import annotations

import json
import os
import shutil
import time as clock
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from counterpact.case.case import Case, Files
from counterpact.case.check import check_tables
from counterpact.case.checking import Tables
from counterpact.case.diff import Change
from counterpact.case.event import HEAD, Event
from counterpact.case.head import FILE as HEAD_FILE
from counterpact.case.read import START, find_case, read_case, read_events, shipped_cases
from counterpact.case.replay import FILE, State
from counterpact.case.revision import Chain, revisions
from counterpact.case.table import TYPES
from counterpact.case.write import write_synced
from counterpact.errors import CaseError, Problem, UsageError
from counterpact.quantity import Period

_ANY = object()
_LOCK = "events.lock"
_PATIENCE = 10.0  # seconds a writer waits for another one


@dataclass(frozen=True)
class Edit:
    """A wish to change one field: `new` as a cell of text (of the head: a JSON value).

    `field` empty: the whole row, `new` a map from column to cell to make it, None to delete it. `old`: what the
    author saw; if given and no longer current, the edit is refused.
    """

    entity: str
    field: str
    new: Any
    old: Any = _ANY


@dataclass(frozen=True)
class Step:
    """One entry of the history: the event and the revision after it."""

    event: Event
    revision: str

    def __str__(self) -> str:
        e = self.event
        return (
            f"{e.id}  {e.time}  {e.author}: {Change(e.entity, e.field, e.old, e.new)} ({e.reason})  → {self.revision}"
        )


def wish(entity: str, field: str = "", value: Any = None, *, cells: Sequence[str] = (), delete: bool = False) -> Edit:
    """An edit from words: one cell, `--delete`, or a new row from `column=cell` texts; head values may be JSON.

    Raises `UsageError` if the words do not say exactly one of the three.
    """
    ways = [bool(field) and value is not None, bool(cells), delete]
    if not entity or sum(ways) != 1 or (field and value is None):
        raise UsageError("say what to edit: ENTITY FIELD VALUE, or ENTITY --set COLUMN=CELL …, or ENTITY --delete")
    if delete:
        return Edit(entity, "", None)
    if cells:
        wrong = [cell for cell in cells if "=" not in cell]
        if wrong:
            raise UsageError(f'"{wrong[0]}" is not COLUMN=CELL')
        pairs = dict(cell.split("=", 1) for cell in cells)
        return Edit(entity, "", {"id": entity.partition("/")[2], **pairs})
    if entity == HEAD:
        with suppress(ValueError):
            value = json.loads(value)
    return Edit(entity, field, value)


def apply(case: Case, edits: Sequence[Edit], *, author: str, reason: str, time: str = "") -> Case:
    """The case after some edits, in memory only; they are its last events.

    Raises `CaseError` if an old value is not current, a value is not valid, or the case would not hold together.
    """
    state = State(case.head, case.rows)
    chain = _chain(case)
    events: list[Event] = []
    for edit in edits:
        now = state.current(edit.entity, edit.field)
        old = now if edit.old is _ANY else edit.old
        new = dict(edit.new) if isinstance(edit.new, Mapping) and not edit.field else edit.new
        event = Event("", chain.revision, author, time, edit.entity, edit.field, old, new, reason)
        events.append(_made(state, event, chain))
    return _with(case, state, events, chain.revision)


def append(
    case: str | Path, edits: Edit | Sequence[Edit], *, author: str, reason: str, time: str | None = None
) -> Case:
    """Record edits of a case folder, all or none; returns the case after them.

    Changes made in the tables by hand are recorded first. Raises `CaseError` as `apply` does, with nothing
    written, and if the case is one of those shipped inside the package.
    """
    wishes = [edits] if isinstance(edits, Edit) else list(edits)
    with _writing(case) as folder:
        before = _adopted(read_case(folder), author, _stamp(time))
        after = apply(before, wishes, author=_named(author), reason=reason, time=_stamp(time))
        _save(folder, after)
    return after


def undo(case: str | Path, event_id: str, *, author: str, reason: str = "", time: str | None = None) -> Case:
    """Take one event back by a new event; returns the case after it.

    Raises `CaseError` if there is no such event, or if what it wrote is not the current value any more.
    """
    with _writing(case) as folder:
        before = _adopted(read_case(folder), author, _stamp(time))
        event = find_event(before, event_id)
        chain = _chain(before)
        text = reason or f"undo: {event.reason}"
        back = Event(
            "", chain.revision, _named(author), _stamp(time), event.entity, event.field, event.new, event.old, text,
            undoes=event.id,
        )  # fmt: skip
        state = State(before.head, before.rows)
        made = _made(state, back, chain)
        after = _with(before, state, [made], chain.revision)
        _save(folder, after)
    return after


def adopt_hand_edits(case: str | Path, *, author: str, reason: str = "", time: str | None = None) -> Case:
    """Record what was changed in the tables by hand since the first event; returns the case.

    Nothing to do in a folder without recorded edits: its tables are the case.
    """
    with _writing(case) as folder:
        before = read_case(folder)
        after = _adopted(before, author, _stamp(time), reason)
        if after is not before:
            _save(folder, after)
    return after


def history(case: Case) -> tuple[Step, ...]:
    """Recorded events with the revision after each, oldest first."""
    chain = Chain(*_start(case))
    return tuple(Step(event, chain.add(event)) for event in case.events)


def find_event(case: Case, event_id: str) -> Event:
    """The event with this id, or with the only id that begins like this."""
    found = [event for event in case.events if event.id.startswith(event_id)] if event_id else []
    if len(found) != 1:
        what = f'"{event_id}" is the beginning of {len(found)} event ids'
        raise CaseError(Problem(FILE, what=what, do="`counterpact case history` lists them"))
    return found[0]


def at(case: Case, when: str | date) -> Case:
    """The case as it was: at a revision (or its beginning), or at the end of a day, month or year.

    Raises `CaseError` if no revision of this case begins so.
    """
    all_revisions = list(revisions(*_start(case), case.events))
    last = when if isinstance(when, date) else _last_day(when)
    if last is not None:
        count = sum(event.time[:10] <= last.isoformat() for event in case.events)
    else:
        fits = [n for n, revision in enumerate(all_revisions) if revision.startswith(str(when))]
        if len(fits) != 1:
            do = f"Revisions: {', '.join(all_revisions[-5:])}; or give a date such as 2025-06-30"
            what = f'"{when}" is not a revision of this case' if not fits else f'"{when}" fits {len(fits)} revisions'
            raise CaseError(Problem(FILE, what=what, do=do))
        count = fits[0]
    head, rows = _start(case)
    state = State(head, rows).apply_all(case.events[:count])
    frozen = MappingProxyType({t: MappingProxyType(found) for t, found in state.rows.items()})
    return Case(state.head, frozen, all_revisions[count], case.folder, case.events[:count])


def _last_day(text: str) -> date | None:
    try:
        return Period(text).last
    except ValueError:
        return None


def _start(case: Case) -> tuple[Any, Mapping[str, Mapping[str, Any]]]:
    files = case.files
    if files and files.start_head is not None and files.start_rows is not None:
        return files.start_head, files.start_rows
    if case.events or case.hand_edits:
        raise CaseError("the start of this case is not at hand: read it from its folder")
    return case.head, case.rows


def _chain(case: Case) -> Chain:
    head, rows = _start(case)
    chain = Chain(head, rows)
    for event in (*case.events, *case.hand_edits):
        chain.add(event)
    return chain


def _made(state: State, event: Event, chain: Chain) -> Event:
    """Apply one new event, take it into the chain, and return it with its id."""
    if event.old == event.new:
        raise CaseError(Problem(event.entity, column=event.field, what="has this value already"))
    event = event.signed()
    state.apply(event)
    chain.add(event)
    return event


def _with(case: Case, state: State, events: Sequence[Event], revision: str) -> Case:
    frozen = MappingProxyType({table: MappingProxyType(rows) for table, rows in state.rows.items()})
    files = case.files or Files(case.head, case.rows)
    problems = check_tables(Tables(state.head, frozen, files.row_numbers))
    if problems:
        raise CaseError(problems)
    head, rows = _start(case)
    files = replace(files, start_head=head, start_rows=rows)
    return replace(case, head=state.head, rows=frozen, revision=revision, events=(*case.events, *events), files=files)


def _adopted(case: Case, author: str, time: str, reason: str = "") -> Case:
    if not case.hand_edits:
        return case
    bare = replace(case, hand_edits=())
    chain = _chain(bare)
    events: list[Event] = []
    for found in case.hand_edits:
        named = replace(found, parent=chain.revision, author=_named(author), time=time, reason=reason or found.reason)
        events.append(named.signed())
        chain.add(events[-1])
    return replace(bare, events=(*case.events, *events), revision=chain.revision)


def _named(author: str) -> str:
    if not author.strip():
        raise CaseError(Problem("", what="an edit needs an author", do="Say who edits: --author NAME"))
    return author.strip()


def _stamp(time: str | None) -> str:
    return time if time is not None else datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def _writing(case: str | Path) -> Iterator[Path]:
    """The folder of a case, locked against other writers."""
    folder = find_case(case)
    if str(case) in shipped_cases():
        do = f"Copy it first: counterpact case new MYCASE --from {case}"
        raise CaseError(Problem(str(case), what="is shipped with the program and is not edited in place", do=do))
    lock = folder / _LOCK
    deadline = clock.monotonic() + _PATIENCE
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            if clock.monotonic() > deadline:
                do = f"Wait; if nobody is writing, a program was killed: delete {_LOCK}"
                raise CaseError(Problem(_LOCK, what="somebody else is editing this case", do=do)) from None
            clock.sleep(0.05)
    try:
        yield folder
    finally:
        lock.unlink(missing_ok=True)


def _save(folder: Path, case: Case) -> None:
    """Replace the log by one with the new events at its end; the copy of the start is made before the first."""
    _keep_start(folder)
    old = (folder / FILE).read_bytes() if (folder / FILE).is_file() else b""
    known = len(read_events(folder)[0])
    lines = "".join(f"{event.line()}\n" for event in case.events[known:])
    if old and not old.endswith(b"\n"):
        old += b"\n"
    temporary = folder / f".{FILE}.new"
    write_synced(temporary, old + lines.encode())
    temporary.replace(folder / FILE)


def _keep_start(folder: Path) -> None:
    if (folder / FILE).is_file() and (folder / START).is_dir():
        return
    temporary = folder / f".{START}.new"
    shutil.rmtree(temporary, ignore_errors=True)
    for name in (HEAD_FILE, *(f"{table}.csv" for table in TYPES)):
        if (folder / name).is_file():
            write_synced(temporary / name, (folder / name).read_bytes())
    shutil.rmtree(folder / START, ignore_errors=True)
    temporary.replace(folder / START)
