"""From native files to a vintage in the store: read, assert, stamp, write, publish."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from counterpact.errors import Problem, SourceError
from counterpact.record import catalog
from counterpact.record.reading import Reading, SourceFile, open_files
from counterpact.record.store import Entry, Finding, Part, Store

if TYPE_CHECKING:
    import polars as pl

Progress = Callable[[str], None]

_NAME_DATE = re.compile(r"(?<!\d)(20\d\d|19\d\d)[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")


@dataclass(frozen=True)
class Imported:
    """Outcome of one import."""

    entry: Entry
    new: bool  # False: the same content was in the store already


def import_files(
    store: Store,
    name: str,
    paths: Sequence[Path],
    *,
    vintage: date | None = None,
    origin: str = "file",
    retrieved: datetime | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Read native files of one data set into the store as one vintage.

    The vintage is the day given, else the day the file states, else the day in the file's name, else the day of
    retrieval. The same content again is a no-op. Raises `SourceError` – and changes nothing – if a file is not what
    the publisher's format says or an assertion of `dataset.yml` fails.
    """
    files = open_files(paths)
    digest = _content_hash(files)
    known = [e for e in store.entries(name) if e.sha256 == digest and vintage in (None, e.vintage)]
    if known:
        return Imported(known[-1], new=False)
    say = progress or (lambda _: None)
    say(f"reading {', '.join(file.label for file in files[:3])}{' …' if len(files) > 3 else ''}")
    reading = catalog.reader(name)(files)
    problems = check(name, reading, files[0].label if files else name)
    if problems:
        raise SourceError(problems)
    moment = retrieved or datetime.now(UTC).replace(microsecond=0)
    day, basis = _vintage(vintage, reading, paths, moment)
    say("writing")
    with store.writing():
        parts = _write(store, name, reading, day, moment, digest)
        entry = Entry(
            dataset=name,
            vintage=day,
            retrieved=moment,
            files=tuple(file.label for file in files),
            sha256=digest,
            parts=parts,
            findings=tuple(
                Finding(f.rule, f.severity, f.message, f.rows, f.done, f.examples) for f in reading.findings
            ),
            origin=origin,
            vintage_basis=basis,
        )
        store.publish([entry])
    return Imported(entry, new=True)


def check(name: str, reading: Reading, label: str) -> list[Problem]:
    """Everything in which a reading breaks the assertions of its data set."""
    described = catalog.dataset(name).tables
    problems = [
        Problem(label, what=f'the reader gave no table "{table}"', do="Tell the maintainers: the reader is wrong")
        for table in described
        if table not in reading.tables
    ]
    for table, frame in reading.tables.items():
        expected = described.get(table)
        if expected is None:
            problems.append(Problem(label, what=f'table "{table}" is not described in dataset.yml'))
            continue
        problems += _check_shape(label, table, frame, expected)
        problems += _check_values(label, table, frame, expected)
    return problems


def _check_shape(label: str, table: str, frame: pl.DataFrame, expected: catalog.Table) -> list[Problem]:
    problems = []
    least, most = expected.rows
    if not least <= frame.height <= most:
        problems.append(
            Problem(
                label,
                what=f"{table} has {frame.height:,} rows; between {least:,} and {most:,} are believed",
                why="a list that is cut short is the worst error in this field",
                do="Compare with the publisher's page. If the list really changed, widen `rows` in dataset.yml",
            )
        )
    have = {column: str(dtype) for column, dtype in frame.schema.items()}
    if have != expected.columns:
        odd = sorted(set(have.items()) ^ set(expected.columns.items()))
        problems.append(
            Problem(
                label,
                column=odd[0][0] if odd else "",
                what=f"the columns of {table} are not those described",
                why="; ".join(f"{column}: {dtype}" for column, dtype in odd[:6]),
                do="The publisher changed the format, or the reader and dataset.yml disagree",
            )
        )
    return problems


def _check_values(label: str, table: str, frame: pl.DataFrame, expected: catalog.Table) -> list[Problem]:
    import polars as pl

    problems = []
    for column in expected.not_null:
        if column in frame.columns and (empty := frame[column].null_count()):
            problems.append(Problem(label, column=column, what=f"{empty:,} rows of {table} have no value here"))
    for column, (low, high) in expected.ranges.items():
        if column in frame.columns:
            outside = frame.filter(~pl.col(column).is_between(low, high))
            if outside.height:
                problems.append(
                    Problem(
                        label,
                        column=column,
                        do="See the rows in the file; the list was not stored",
                        what=f"{outside.height:,} rows of {table} lie outside {low:g} to {high:g}",
                        why=f"for example {outside[column][0]}",
                    )
                )
    if expected.key and set(expected.key) <= set(frame.columns):
        doubles = frame.height - frame.select(expected.key).n_unique()
        if doubles:
            problems.append(
                Problem(label, column=", ".join(expected.key), what=f"{doubles:,} rows of {table} repeat a key")
            )
    return problems


def _content_hash(files: Sequence[SourceFile]) -> str:
    distinct = sorted({file.path: file.sha256 for file in files}.values())
    return hashlib.sha256("\n".join(distinct).encode()).hexdigest()


def _vintage(given: date | None, reading: Reading, paths: Sequence[Path], moment: datetime) -> tuple[date, str]:
    if given:
        return given, "given"
    if reading.vintage:
        return reading.vintage, "file"
    days = [date(int(y), int(m), int(d or 1)) for path in paths for y, m, d in _NAME_DATE.findall(path.name)]
    if days:
        return max(days), "name"
    return moment.date(), "retrieved"


def _write(store: Store, name: str, reading: Reading, day: date, moment: datetime, digest: str) -> tuple[Part, ...]:
    import polars as pl

    parts = []
    for table, frame in reading.tables.items():
        stamped = frame.with_columns(
            _dataset=pl.lit(name),
            _vintage=pl.lit(day),
            _retrieved=pl.lit(moment.replace(tzinfo=None)),
            _sha256=pl.lit(digest),
        )
        parts.append(store.write_part(name, table, stamped, f"{day.isoformat()}-{digest[:12]}"))
    return tuple(parts)
