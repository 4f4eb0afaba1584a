"""What a case holds, for `counterpact case show`: in numbers, by table, by row."""

from __future__ import annotations

from typing import Any

from counterpact.case.case import TABLES, Case
from counterpact.case.check import case_notes
from counterpact.case.event import HEAD
from counterpact.case.head import head_values
from counterpact.case.table import TYPES, row_cells
from counterpact.errors import Problem, UsageError, nearest


def view(case: Case, entity: str = "") -> dict[str, Any]:
    """JSON-ready values: `overview`, `table` or `row`. Raises `UsageError` naming the nearest table or id."""
    table, _, row_id = entity.partition("/")
    if not entity:
        counts = {t.table: len(case.rows.get(t.table, {})) for t in TABLES}
        notes = [str(note) for note in case_notes(case)]
        return {"view": "overview", "title": case.head.title, "revision": case.revision, "as_of": case.head.as_of,
                "summary": case.head.summary, "handling": str(case.head.handling), "rows": counts,
                "events": len(case.events), "known_gaps": list(case.head.known_gaps), "notes": notes}  # fmt: skip
    if entity == HEAD:
        return {"view": "row", "entity": HEAD, "cells": head_values(case.head), "meaning": {}}
    if table not in TYPES:
        do = nearest(table, tuple(TYPES)) or f"Tables are: {', '.join(TYPES)}"
        raise UsageError(Problem("", what=f'"{table}" is not a table of a case', do=do))
    rows = case.rows.get(table, {})
    if not row_id:
        return {"view": "table", "table": table, "rows": [row_cells(row) for row in rows.values()]}
    if row_id not in rows:
        do = nearest(row_id, tuple(rows))
        raise UsageError(Problem(f"{table}.csv", what=f'no row has the id "{row_id}"', do=do))
    meaning = {name: info.description or "" for name, info in TYPES[table].model_fields.items()}
    return {"view": "row", "entity": entity, "cells": row_cells(rows[row_id]), "meaning": meaning}


def as_text(found: dict[str, Any]) -> str:
    """A view as plain text."""
    if found["view"] == "overview":
        lines = [found["title"], found["summary"], ""]
        lines += [f"revision {found['revision']}, facts up to {found['as_of']}, {found['handling']}, "
                  f"{found['events']} recorded edits", ""]  # fmt: skip
        lines += [f"  {count:>5}  {table}" for table, count in found["rows"].items() if count]
        lines += ["", "Known gaps:", *(f"  {gap}" for gap in found["known_gaps"])] if found["known_gaps"] else []
        lines += ["", "Notes:", *(f"  {note}" for note in found["notes"])] if found["notes"] else []
        return "\n".join(lines)
    if found["view"] == "table":
        return "\n".join(_line(cells) for cells in found["rows"])
    width = max(len(name) for name in found["cells"])
    lines = [found["entity"]]
    for name, cell in found["cells"].items():
        if cell not in ("", None):
            lines.append(f"  {name:<{width}}  {cell}")
            if found["meaning"].get(name):
                lines.append(f"  {'':<{width}}    {found['meaning'][name]}")
    return "\n".join(lines)


def _line(cells: dict[str, str]) -> str:
    label = cells.get("name") or cells.get("statement") or cells.get("title") or ""
    rest = label or ", ".join(cell for name, cell in cells.items() if cell and name != "id")
    return f"{cells['id']}  {rest}"
