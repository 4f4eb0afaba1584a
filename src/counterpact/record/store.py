"""The store: immutable Parquet files and one manifest, swapped by atomic rename.

A reader opens the manifest once and then only files that never change, so it neither waits for an import nor sees
half of one. An import writes its Parquet beside the others, flushes them to disk, and becomes visible with the one
rename of the manifest; killed before that, it leaves files nobody names (`collect` removes them). One writer at a
time holds a lock on the folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from counterpact.errors import Problem, SourceError, nearest
from counterpact.record.home import home

if TYPE_CHECKING:
    import duckdb
    import polars as pl

PROVENANCE = ("_dataset", "_vintage", "_retrieved", "_sha256")
"""Columns every row carries."""


class Part(msgspec.Struct, frozen=True):
    """One Parquet file: one table of one vintage."""

    table: str
    path: str  # relative to the store
    rows: int
    sha256: str  # of the Parquet file


class Finding(msgspec.Struct, frozen=True):
    """A defect met at import."""

    rule: str
    severity: str
    message: str
    rows: int
    done: str
    examples: tuple[str, ...] = ()


class Entry(msgspec.Struct, frozen=True):
    """One vintage of one data set."""

    dataset: str
    vintage: date
    retrieved: datetime
    files: tuple[str, ...]
    sha256: str  # over the content hashes of its files
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...] = ()
    origin: str = "file"  # file, an address, or a bundle
    vintage_basis: str = "file"  # where the date comes from: file, name, given, retrieved


class Manifest(msgspec.Struct, frozen=True):
    """All vintages, in the order of their import."""

    format: int = 1
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Changes:
    """What differs between two vintages of a table, by its key."""

    added: pl.DataFrame
    removed: pl.DataFrame
    changed: pl.DataFrame  # key columns, field, before, after


class Store:
    """A folder of vintages. Cheap to make; nothing is created on disk before the first import."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = (root or home()) / "record"

    # --- reading -----------------------------------------------------------------------------------------------------

    def manifest(self) -> Manifest:
        """The manifest as it stands now; empty if there is no store yet."""
        path = self.root / "manifest.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=Manifest)
        except FileNotFoundError:
            return Manifest()
        except msgspec.DecodeError as error:
            raise SourceError(
                Problem(
                    str(path),
                    what="the manifest of the store cannot be read",
                    why=str(error),
                    do="Restore it from a backup or a bundle; the Parquet files beside it are intact",
                )
            ) from error

    def entries(self, dataset: str) -> tuple[Entry, ...]:
        """Vintages of a data set, oldest first; of one vintage imported twice only the last counts."""
        latest = {entry.vintage: entry for entry in self.manifest().entries if entry.dataset == dataset}
        return tuple(latest[day] for day in sorted(latest))

    def vintage(self, dataset: str) -> date | None:
        """Date of the newest vintage, or None."""
        entries = self.entries(dataset)
        return entries[-1].vintage if entries else None

    def entry(self, dataset: str, as_of: date | None = None) -> Entry:
        """The vintage in force on a day (the newest by default). Raises `SourceError` if there is none."""
        entries = self.entries(dataset)
        fitting = [entry for entry in entries if as_of is None or entry.vintage <= as_of]
        if fitting:
            return fitting[-1]
        if entries:
            raise SourceError(
                Problem(
                    "record",
                    what=f'"{dataset}" has no vintage as of {as_of}',
                    why=f"the oldest here is of {entries[0].vintage}",
                    do="Import an older file",
                )
            )
        known = sorted({entry.dataset for entry in self.manifest().entries})
        raise SourceError(
            Problem(
                "record",
                what=f'data set "{dataset}" is not in the store',
                why=nearest(dataset, known),
                do=f"Import it: counterpact record import {dataset} FILE",
            )
        )

    def table(self, dataset: str, as_of: date | None = None, *, table: str = "") -> pl.DataFrame:
        """Rows of one table as of a day; a data set with one table needs no table name."""
        import polars as pl

        part = self._part(self.entry(dataset, as_of), table)
        return pl.read_parquet(self.root / part.path)

    def changes(self, dataset: str, before: date, after: date, *, table: str = "", key: Sequence[str]) -> Changes:
        """What was added, removed and changed between the vintages in force on two days. Raises `SourceError`."""
        import polars as pl

        old, new = (self.table(dataset, day, table=table).drop(PROVENANCE) for day in (before, after))
        on = list(key)
        fields = [name for name in new.columns if name in old.columns and name not in on]
        text = [
            pl.col(name).list.join("; ") if new.schema[name] == pl.List(pl.String) else pl.col(name).cast(pl.String)
            for name in fields
        ]
        joined = new.select(*on, *text).join(old.select(*on, *text), on=on, how="inner", suffix="__before")
        changed = [
            joined.filter(~pl.col(name).eq_missing(pl.col(f"{name}__before"))).select(
                *on, pl.lit(name).alias("field"), pl.col(f"{name}__before").alias("before"), pl.col(name).alias("after")
            )
            for name in fields
        ]
        none = new.select(*on).clear().with_columns(field=pl.lit(""), before=pl.lit(""), after=pl.lit(""))
        return Changes(
            added=new.join(old, on=on, how="anti"),
            removed=old.join(new, on=on, how="anti"),
            changed=pl.concat(changed) if changed else none,
        )

    def connect(self, as_of: date | None = None) -> duckdb.DuckDBPyConnection:
        """DuckDB in memory, a view per table: `dataset.table` as of a day, `dataset.table_all` over all vintages."""
        import duckdb

        connection = duckdb.connect(":memory:")
        for dataset in sorted({entry.dataset for entry in self.manifest().entries}):
            entries = self.entries(dataset)
            fitting = [entry for entry in entries if as_of is None or entry.vintage <= as_of]
            connection.execute(f'create schema "{dataset}"')
            for table in sorted({part.table for entry in entries for part in entry.parts}):
                every = [str(self.root / p.path) for e in entries for p in e.parts if p.table == table]
                self._view(connection, dataset, f"{table}_all", every)
                now = [str(self.root / p.path) for e in fitting[-1:] for p in e.parts if p.table == table]
                if now:
                    self._view(connection, dataset, table, now)
        return connection

    @staticmethod
    def _view(connection: duckdb.DuckDBPyConnection, schema: str, name: str, paths: list[str]) -> None:
        quoted = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        connection.execute(
            f'create view "{schema}"."{name}" as select * from read_parquet([{quoted}], union_by_name = true)'
        )

    def _part(self, entry: Entry, table: str) -> Part:
        if not table and len(entry.parts) == 1:
            return entry.parts[0]
        for part in entry.parts:
            if part.table == table:
                return part
        names = [part.table for part in entry.parts]
        raise SourceError(
            Problem(
                "record",
                what=f'data set "{entry.dataset}" has no table "{table}"',
                why=nearest(table, names),
                do=f"Its tables are: {', '.join(names)}",
            )
        )

    # --- writing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock. Raises `SourceError` if another import has it; a dead one's falls by itself."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("a+b") as lock:
            try:
                _lock(lock.fileno())
            except OSError as error:
                raise SourceError(
                    Problem(str(self.root), what="another import is writing to this store", do="Wait for it to end")
                ) from error
            yield

    def write_part(self, dataset: str, table: str, frame: pl.DataFrame, stem: str) -> Part:
        """Write one immutable Parquet file and flush it to disk; it is not visible until `publish`."""
        folder = self.root / dataset
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{table}-{stem}.parquet"
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            frame.write_parquet(scratch, compression="zstd", compression_level=1, statistics=True)
            digest = hash_file(scratch)
            _flush(scratch)
            scratch.replace(path)
        except OSError as error:
            raise SourceError(
                Problem(
                    str(path),
                    what="the table could not be written",
                    why=error.strerror or str(error),
                    do="Free some space or name another folder in COUNTERPACT_HOME; the store is unchanged",
                )
            ) from error
        finally:
            scratch.unlink(missing_ok=True)
        return Part(table, path.relative_to(self.root).as_posix(), frame.height, digest)

    def publish(self, entries: Sequence[Entry]) -> None:
        """Make new vintages visible, all at once. Call while `writing`."""
        manifest = self.manifest()
        new = Manifest(entries=(*manifest.entries, *entries))
        path = self.root / "manifest.json"
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            scratch.write_bytes(msgspec.json.format(msgspec.json.encode(new), indent=1))
            _flush(scratch)
            scratch.replace(path)
            _flush(self.root)
        except OSError as error:
            raise SourceError(
                Problem(
                    str(path),
                    what="the manifest could not be written",
                    why=error.strerror or str(error),
                    do="Free some space; the store is unchanged",
                )
            ) from error
        finally:
            scratch.unlink(missing_ok=True)

    def collect(self) -> int:
        """Remove files no manifest names (left by a killed import); returns how many. Call while `writing`."""
        named = {part.path for entry in self.manifest().entries for part in entry.parts}
        loose = [p for p in self.root.rglob("*") if p.suffix in (".parquet", ".tmp") and p.is_file()]
        loose = [p for p in loose if p.relative_to(self.root).as_posix() not in named]
        for path in loose:
            path.unlink(missing_ok=True)
        return len(loose)

    def verify(self) -> list[Problem]:
        """Check every Parquet file against its hash."""
        problems = []
        for entry in self.manifest().entries:
            for part in entry.parts:
                path = self.root / part.path
                if not path.is_file():
                    problems.append(Problem(part.path, what="the file is gone", do="Import the source again"))
                elif hash_file(path) != part.sha256:
                    problems.append(Problem(part.path, what="the file was changed", do="Import the source again"))
        return problems


def hash_file(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush(path: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened, and files are flushed by the replace
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
