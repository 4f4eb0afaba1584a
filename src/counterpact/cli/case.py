"""`counterpact case`: begin, check, show, compare and edit a case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from counterpact.case.case import Case

app = typer.Typer(no_args_is_help=True, help="Begin, check, show, compare and edit a case.")

Name = Annotated[str, typer.Argument(metavar="CASE", help="Name of a shipped case, or a folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
Author = Annotated[
    str, typer.Option("--author", envvar="COUNTERPACT_AUTHOR", help="Who edits; or set COUNTERPACT_AUTHOR.")
]
Reason = Annotated[str, typer.Option("--reason", help="Why, in one sentence.")]


def _print(value: Any, as_json: bool) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2) if as_json else str(value))


@contextmanager
def _told(as_json: bool) -> Iterator[None]:
    """Print every problem of an error, to the error stream or as JSON, and leave with its exit code."""
    from counterpact.errors import CounterpactError

    try:
        yield
    except CounterpactError as error:
        if as_json:
            _print({"ok": False, "problems": [asdict(problem) for problem in error.problems]}, True)
        else:
            typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None


@app.command()
def check(name: Name, as_json: Json = False) -> None:
    """Check a case: every problem with file, row and column. Exit code 3 if there is one."""
    from counterpact.case.check import case_notes
    from counterpact.case.read import read_case

    with _told(as_json):
        case = read_case(name)
        notes = case_notes(case)
        if as_json:
            found = {"ok": True, "revision": case.revision, "problems": [], "notes": [asdict(n) for n in notes]}
            _print(found, True)
            return
        for note in notes:
            typer.echo(f"note: {note}")
        rows = sum(len(table) for table in case.rows.values())
        typer.echo(f"{case.head.title}: {rows} rows hold together, revision {case.revision}.")


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Short name: small letters, digits, dashes.")],
    folder: Annotated[Path | None, typer.Option("--folder", help="Where (default: a folder of that name).")] = None,
    source: Annotated[str | None, typer.Option("--from", help="Copy this case instead of the starter.")] = None,
    as_json: Json = False,
) -> None:
    """Begin a case: a small explained example that passes `case check`, or a copy of another case."""
    from counterpact.case.new import new_case

    with _told(as_json):
        made = new_case(name, folder, source=source)
        text = f"{made} is ready. Read {made / 'README.md'}, then: counterpact case check {made}"
        _print({"ok": True, "folder": str(made)} if as_json else text, as_json)


@app.command()
def show(
    name: Name,
    entity: Annotated[str, typer.Argument(help="A table (facts) or a row (facts/M001); empty = overview.")] = "",
    as_json: Json = False,
) -> None:
    """Show what a case holds: all of it in numbers, one table, or one row with the meaning of each column."""
    from counterpact.case.read import read_case
    from counterpact.case.show import as_text, view

    with _told(as_json):
        found = view(read_case(name), entity)
        _print(found if as_json else as_text(found), as_json)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="CASE", help="The case, or the older of two.")],
    new: Annotated[str | None, typer.Argument(metavar="OTHER", help="The newer case; empty with --since.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Compare with this revision or date of the same case.")
    ] = None,
    as_json: Json = False,
) -> None:
    """What changed between two cases, or since a revision or date: row by row, field by field."""
    from counterpact.case.diff import diff_cases
    from counterpact.case.events import at
    from counterpact.case.read import read_case
    from counterpact.errors import UsageError

    with _told(as_json):
        if (new is None) == (since is None):
            raise UsageError("name either a second case or --since REVISION|DATE")
        first = read_case(old)
        pair = (at(first, since), first) if since else (first, read_case(str(new)))
        found = diff_cases(*pair)
        _print(found.as_json() if as_json else found, as_json)


@app.command()
def history(name: Name, as_json: Json = False) -> None:
    """List the recorded edits of a case, oldest first, with the revision after each."""
    from counterpact.case import events
    from counterpact.case.read import read_case

    with _told(as_json):
        steps = events.history(read_case(name))
        if as_json:
            _print([{**asdict(step.event), "revision": step.revision} for step in steps], True)
            return
        for step in steps:
            typer.echo(step)
        if not steps:
            typer.echo("No edit was recorded.")


@app.command()
def edit(
    name: Name,
    entity: Annotated[str, typer.Argument(help="Row, e.g. facts/M001, or `case` for the head.")] = "",
    field: Annotated[str, typer.Argument(help="Column.")] = "",
    value: Annotated[str | None, typer.Argument(help="New cell; empty text clears it.")] = None,
    cells: Annotated[
        list[str] | None, typer.Option("--set", metavar="COLUMN=CELL", help="Make a row of these cells; repeat it.")
    ] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the row.")] = False,
    adopt: Annotated[bool, typer.Option("--adopt", help="Only record changes made in the tables by hand.")] = False,
    author: Author = "",
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Record an edit on top of the tables. It can be taken back with `case undo`."""
    from counterpact.case import events

    with _told(as_json):
        if adopt:
            _edited(events.adopt_hand_edits(name, author=author, reason=reason), as_json)
            return
        wish = events.wish(entity, field, value, cells=cells or [], delete=delete)
        _edited(events.append(name, wish, author=author, reason=reason), as_json)


@app.command()
def undo(
    name: Name,
    event: Annotated[str, typer.Argument(help="Id of the event, or its beginning; see `case history`.")],
    author: Author = "",
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Take a recorded edit back by a new one; refused if the value has changed since."""
    from counterpact.case import events

    with _told(as_json):
        _edited(events.undo(name, event, author=author, reason=reason), as_json)


def _edited(case: Case, as_json: bool) -> None:
    last = case.events[-1] if case.events else None
    if as_json:
        _print({"ok": True, "revision": case.revision, "event": asdict(last) if last else None}, True)
        return
    typer.echo(f"Recorded as {last.id}; the case is at revision {case.revision}." if last else "Nothing to record.")
