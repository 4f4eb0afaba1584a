"""`counterpact record`: the store of public sources."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Public sources in one local store, every row with its provenance.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of a table.")]
Home = Annotated[Path | None, typer.Option("--home", help="Folder of the store (default: COUNTERPACT_HOME).")]


def _store(folder: Path | None) -> Any:
    from counterpact.record.store import Store

    return Store(folder)


def _table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="right" if column == "rows" else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _day(text: str | None) -> date | None:
    from counterpact.errors import UsageError

    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f'"{text}" is not a day; write 2024-05-03') from error


@app.command()
def datasets(home: Home = None, as_json: Json = False) -> None:
    """List every data set the record can read, and what the store holds of it."""
    from counterpact.record.library import holdings

    found = holdings(_store(home), date.today())
    if as_json:
        print(
            json.dumps(
                [
                    {
                        "name": h.dataset.name,
                        "title": h.dataset.title,
                        "group": h.dataset.group,
                        "rows": h.rows,
                        "vintages": [str(e.vintage) for e in h.entries],
                        "freshness": h.freshness.value,
                        "licence": h.dataset.licence.name,
                        "redistributable": h.dataset.licence.redistributable,
                        "tested_on": h.dataset.tested_on,
                    }
                    for h in found
                ],
                indent=1,
            )
        )
        return
    _table(
        "Data sets",
        ["name", "group", "publisher", "licence", "newest", "rows", "state"],
        [
            [
                h.dataset.name,
                h.dataset.group,
                h.dataset.publisher,
                h.dataset.licence.name,
                str(h.entries[-1].vintage) if h.entries else "–",
                f"{h.rows:,}" if h.entries else "",
                h.freshness.value,
            ]
            for h in found
        ],
    )


@app.command()
def show(name: str, home: Home = None, as_json: Json = False) -> None:
    """Everything about one data set: licence, formats, columns, vintages, freshness, the lines that use it."""
    from counterpact.record import catalog
    from counterpact.record.library import freshness

    described, entries = catalog.dataset(name), _store(home).entries(name)
    state = freshness(described, entries[-1].vintage if entries else None, date.today())
    if as_json:
        value = described.model_dump(mode="json") | {
            "freshness": state.value,
            "vintages": [
                {
                    "vintage": str(e.vintage),
                    "retrieved": e.retrieved.isoformat(),
                    "files": e.files,
                    "sha256": e.sha256,
                    "rows": {p.table: p.rows for p in e.parts},
                    "findings": [f.message for f in e.findings],
                }
                for e in entries
            ],
        }
        print(json.dumps(value, indent=1, ensure_ascii=False))
        return
    licence = described.licence
    print(f"{described.title} ({described.publisher})\n{described.home}")
    print(f"licence: {licence.name}; rows may {'' if licence.redistributable else 'not '}be passed on")
    print(f"formats: {', '.join(described.formats)}; used by: {', '.join(described.lines) or 'no line yet'}")
    print(f"read on: {described.tested_on}; state: {state.value}")
    if described.note:
        print(described.note)
    for table, shape in described.tables.items():
        _table(f"table {table}", ["column", "type"], [[c, t] for c, t in shape.columns.items()])
    if entries:
        _table(
            "vintages",
            ["vintage", "retrieved", "rows", "files", "findings"],
            [
                [
                    str(e.vintage),
                    e.retrieved.isoformat(),
                    f"{sum(p.rows for p in e.parts):,}",
                    ", ".join(e.files),
                    "\n".join(f"{f.severity}: {f.message} ({f.rows:,} rows {f.done})" for f in e.findings),
                ]
                for e in entries
            ],
        )


@app.command("import")
def import_(
    name: str,
    files: list[Path],
    home: Home = None,
    vintage: Annotated[str | None, typer.Option(help="Day of the list, if the file does not say it.")] = None,
    as_json: Json = False,
) -> None:
    """Read native files (plain, gz, zip, several parts) of one data set into the store as one vintage."""
    from counterpact.record.ingest import import_files

    done = import_files(_store(home), name, files, vintage=_day(vintage))
    _outcomes([(name, done, None)], as_json)


@app.command("import-all")
def import_all(folder: Path, home: Home = None, as_json: Json = False) -> None:
    """Read every file of a folder that the catalogue recognises, and print a summary."""
    from rich.console import Console

    from counterpact.record import library

    with Console(stderr=True).status("looking") as status:
        found = [
            (o.dataset, o.imported, o.error) for o in library.import_all(_store(home), folder, progress=status.update)
        ]
    _outcomes(found, as_json)
    if any(error for _, _, error in found):
        raise typer.Exit(3)


@app.command()
def fetch(
    name: str,
    home: Home = None,
    values: Annotated[list[str] | None, typer.Option("--set", help="Fill a field of the address: year=2024.")] = None,
    base: Annotated[str, typer.Option(help="A mirror on your own network instead of the publisher.")] = "",
    as_json: Json = False,
) -> None:
    """Download a data set from its publisher (resumes, asks only for what changed) and import it."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    from counterpact.errors import UsageError
    from counterpact.record.fetch import fetch as get
    from counterpact.record.ingest import import_files

    pairs = [value.partition("=") for value in values or []]
    if any(not sign for _, sign, _ in pairs):
        raise UsageError("--set wants name=value")
    store = _store(home)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(file: str, size: int, total: int | None) -> None:
            if file not in tasks:
                tasks[file] = bar.add_task(file, total=total)
            bar.update(tasks[file], completed=size, total=total)

        got = get(store, name, values={k: v for k, _, v in pairs}, progress=tell, base=base)
    done = import_files(store, name, [file.path for file in got], origin="fetch")
    _outcomes([(name, done, None)], as_json)


@app.command()
def update(
    home: Home = None,
    base: Annotated[str, typer.Option(help="A mirror on your own network instead of the publishers.")] = "",
    as_json: Json = False,
) -> None:
    """Fetch and import every data set of the store that is due or stale."""
    from counterpact.record import library

    found = [(o.dataset, o.imported, o.error) for o in library.update(_store(home), date.today(), base=base)]
    _outcomes(found, as_json)
    if any(error for _, _, error in found):
        raise typer.Exit(3)


@app.command()
def changes(
    name: str,
    before: str,
    after: str,
    home: Home = None,
    table: Annotated[str, typer.Option(help="Which table, where the data set has several.")] = "",
    as_json: Json = False,
) -> None:
    """What changed in a data set between two days: rows added, removed, and changed field by field."""
    from counterpact.record import catalog

    described = catalog.dataset(name).tables
    chosen = table or next(iter(described))
    days = [day for text in (before, after) if (day := _day(text))]
    found = _store(home).changes(name, days[0], days[1], table=chosen, key=described[chosen].key)
    parts = {"added": found.added, "removed": found.removed, "changed": found.changed}
    if as_json:
        print(json.dumps({k: v.to_dicts() for k, v in parts.items()}, default=str, ensure_ascii=False))
        return
    for title, frame in parts.items():
        rows = [[str(v) for v in row] for row in frame.head(50).rows()]
        _table(f"{title}: {frame.height:,}", frame.columns[:8], [row[:8] for row in rows])


@app.command()
def export(target: Path, names: Annotated[list[str] | None, typer.Argument()] = None, home: Home = None) -> None:
    """Write the store (or some data sets) into one file for a machine without a network."""
    from counterpact.record import bundle

    manifest = bundle.export(_store(home), target, names or ())
    print(f"{target}: {len(manifest.entries)} vintages")
    if held := bundle.restricted(manifest):
        print(f"For your own machines only; the licence of these does not let rows be passed on: {', '.join(held)}")


@app.command("import-bundle")
def import_bundle(source: Path, home: Home = None, as_json: Json = False) -> None:
    """Read a bundle into the store; every hash is verified first."""
    from counterpact.record import bundle
    from counterpact.record.ingest import Imported

    fresh = bundle.load(_store(home), source)
    _outcomes([(entry.dataset, Imported(entry, new=True), None) for entry in fresh], as_json)


@app.command()
def verify(home: Home = None) -> None:
    """Check every file of the store against its hash, and remove what a killed import left behind."""
    from counterpact.errors import SourceError

    store = _store(home)
    if problems := store.verify():
        raise SourceError(problems)
    with store.writing():
        print(f"all files are as they were imported; {store.collect()} loose files removed")


def _outcomes(found: list[tuple[str, Any, Any]], as_json: bool) -> None:
    if as_json:
        print(
            json.dumps(
                [
                    {"dataset": name, "error": str(error)}
                    if error
                    else {
                        "dataset": name,
                        "new": done.new,
                        "vintage": str(done.entry.vintage),
                        "files": done.entry.files,
                        "rows": {p.table: p.rows for p in done.entry.parts},
                        "findings": [
                            {
                                "rule": f.rule,
                                "severity": f.severity,
                                "message": f.message,
                                "rows": f.rows,
                                "done": f.done,
                            }
                            for f in done.entry.findings
                        ],
                    }
                    for name, done, error in found
                ],
                indent=1,
                ensure_ascii=False,
            )
        )
        return
    rows = []
    for name, done, error in found:
        if error:
            rows.append([name, "–", "", "refused", str(error)])
            continue
        said = "\n".join(f"{f.severity}: {f.message}" for f in done.entry.findings)
        counts = ", ".join(f"{p.table} {p.rows:,}" for p in done.entry.parts)
        rows.append([name, str(done.entry.vintage), counts, "new" if done.new else "already here", said])
    _table("Imported", ["data set", "vintage", "tables", "", "findings"], rows)
