"""What changed since an earlier revision, a date, or another copy of the case (`--since`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from counterpact.case.case import Case
from counterpact.case.event import Event
from counterpact.errors import UsageError
from counterpact.report.evidence import Block

_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?$")


def changes(case: Case, since: str | None) -> Block | None:
    """Changes since a day (`2026-06-30`), the parent revision of a recorded edit, or the folder of an older copy.

    None if `since` is None. Raises `UsageError` if it is neither.
    """
    if since is None:
        return None
    if Path(since).is_dir():
        return _since_copy(case, Path(since))
    events = _since_day(case, since) if _DAY.match(since) else _since_revision(case, since)
    rows = _rows((e.entity, e.field, e.old, e.new) for e in events)
    return {"since": since, "summary": _summary(since, len(rows)), "rows": rows}


def _since_copy(case: Case, folder: Path) -> Block:
    from counterpact.case.diff import diff_cases
    from counterpact.case.read import read_case

    older = read_case(folder)
    rows = _rows((c.entity, c.field, c.old, c.new) for c in diff_cases(older, case).changes)
    return {"since": older.revision, "summary": _summary(f"revision {older.revision[:12]}", len(rows)), "rows": rows}


def _since_day(case: Case, day: str) -> list[Event]:
    return [e for e in case.events if e.time[: len(day)] > day] + list(case.hand_edits)


def _since_revision(case: Case, revision: str) -> list[Event]:
    if case.revision.startswith(revision):
        return []
    for i, event in enumerate(case.events):
        if event.parent.startswith(revision) or event.id.startswith(revision):
            return [*case.events[i + (not event.parent.startswith(revision)) :], *case.hand_edits]
    raise UsageError(
        f'"{since_text(revision)}" is neither a day, nor a revision among the recorded edits of this case, '
        "nor the folder of an older copy. Write a day as 2026-06-30, or name a folder."
    )


def since_text(text: str) -> str:
    """The argument as shown in an error, cut if long."""
    return text if len(text) <= 60 else text[:57] + "…"


def _summary(since: str, count: int) -> str:
    if not count:
        return f"Nothing in the case changed since {since}."
    return f"{count} change{'s' if count > 1 else ''} in the tables of the case since {since}."


def _rows(found: Iterable[tuple[str, str, object, object]]) -> list[tuple[str, str, str, str]]:
    rows = []
    for entity, field, old, new in found:
        kind = "changed" if field else "added" if old is None else "removed"
        rows.append((f"{entity} {field}".strip(), kind, _said(old), _said(new)))
    return rows


def _said(value: object) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, dict):
        named = value.get("statement") or value.get("name")
        return str(named) if named else "; ".join(f"{k}: {v}" for k, v in value.items() if k != "id")[:300]
    return str(value)
