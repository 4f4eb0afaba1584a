"""Apply recorded events to a case in memory; an event whose old value is not the current one is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from counterpact.case import model as m
from counterpact.case.cells import damage, explain
from counterpact.case.event import HEAD, Event
from counterpact.case.head import head_values
from counterpact.case.table import TYPES, Cells, row_cells, used_cells
from counterpact.errors import CaseError, Problem, nearest

FILE = "events.jsonl"

Rows = dict[str, dict[str, m.Row]]


class State:
    """Head and tables while events are applied; start one from a case, apply, and take `head` and `rows`."""

    def __init__(self, head: m.Head, rows: Mapping[str, Mapping[str, m.Row]]) -> None:
        self.head = head
        self.rows: Rows = {table: dict(found) for table, found in rows.items()}

    def current(self, entity: str, field: str) -> Any:
        """The value an edit of this field finds: a cell, a whole row as cells, a head value; None = no such row."""
        if entity == HEAD:
            return head_values(self.head).get(field)
        row = self._table(entity).get(entity.partition("/")[2])
        if row is None:
            return None
        cells = row_cells(row)
        if not field:
            return used_cells(type(row), cells)
        if field not in cells:
            known = tuple(cells)
            do = nearest(field, known) or f"Columns are: {', '.join(known)}"
            raise CaseError(Problem(FILE, 0, field, f'"{field}" is not a column of {entity}', do=do))
        return cells[field]

    def apply(self, event: Event, row: int = 0) -> None:
        """Make one edit. `row`: line of the log, for the error.

        Raises `CaseError` if the old value is not current, the entity is unknown, or the new value is not valid.
        """
        now = self.current(event.entity, event.field)
        if now != event.old:
            who = f"event {event.id} says it was" if row else "the edit expects"
            what = f"{_place(event)} is {_show(now)}, but {who} {_show(event.old)}"
            raise CaseError(Problem(FILE, row, "old", what, why="It was changed in between", do=_remedy(event)))
        if event.entity == HEAD:
            self._edit_head(event, row)
        elif event.field:
            rows = self._table(event.entity)
            if event.row not in rows:
                do = nearest(event.row, tuple(rows)) or f"`counterpact case show CASE {event.table}` lists them"
                raise CaseError(Problem(FILE, row, "entity", f'"{event.entity}" is not there', do=do))
            cells = row_cells(rows[event.row])
            self._put(event, {**cells, event.field: str(event.new or "")}, row)
        elif event.new is None:
            del self._table(event.entity)[event.row]
        else:
            self._put(event, {name: str(cell) for name, cell in dict(event.new).items()}, row)

    def apply_all(self, events: Iterable[Event]) -> State:
        """Make several edits in order; returns self."""
        for number, event in enumerate(events, start=1):
            self.apply(event, number)
        return self

    def _table(self, entity: str) -> dict[str, m.Row]:
        table, slash, row = entity.partition("/")
        if table not in TYPES or not slash or not row:
            do = nearest(table, tuple(TYPES)) or f"Tables are: {', '.join(TYPES)}"
            what = f'"{entity}" names no row: write table/id, e.g. facts/M001, or "{HEAD}" for the head'
            raise CaseError(Problem(FILE, 0, "entity", what, do=do))
        return self.rows.setdefault(table, {})

    def _put(self, event: Event, cells: Cells, line: int) -> None:
        row_type = TYPES[event.table]
        filled = {name: cell for name, cell in cells.items() if cell}
        wrong = [(name, found) for name, cell in filled.items() if (found := damage(row_type, name, cell))]
        problems = [Problem(event.entity, line, name, what, do=do) for name, (what, do) in wrong]
        try:
            row = row_type.model_validate(filled)
        except ValidationError as error:
            problems += [
                explain(row_type, event.entity, line, found)
                for found in error.errors()
                if not found["loc"] or found["loc"][0] not in {name for name, _ in wrong}
            ]
            raise CaseError(problems) from None
        if problems:
            raise CaseError(problems)
        if row.id != event.row:
            what = f'the row says id "{row.id}"'
            raise CaseError(Problem(event.entity, line, "id", what, do="An id cannot change; make a new row"))
        self._table(event.entity)[row.id] = row

    def _edit_head(self, event: Event, line: int) -> None:
        if event.field not in m.Head.model_fields:
            do = nearest(event.field, tuple(m.Head.model_fields))
            raise CaseError(Problem(FILE, line, "field", f'"{event.field}" is not a setting of a case', do=do))
        values = {**head_values(self.head), event.field: event.new}
        if event.new is None:
            del values[event.field]
        try:
            self.head = m.Head.model_validate(values)
        except ValidationError as error:
            found = error.errors()[0]
            what = f"{_show(event.new)}: {found['msg'].lower()}"
            raise CaseError(Problem("case.yml", 0, event.field, what)) from None


def _place(event: Event) -> str:
    return f'{event.entity}, column "{event.field}",' if event.field else event.entity


def _show(value: Any) -> str:
    return "not there" if value is None else "a whole row" if isinstance(value, dict) else f'"{value}"'


def _remedy(event: Event) -> str:
    if event.by_hand:
        return "The table holds the value before the recorded edits: edit with `counterpact case edit` instead"
    return "Look at `counterpact case history`, then make the edit again on the current value"
