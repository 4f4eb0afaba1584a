"""Sanctions lists in one typed form, from the record or straight from a publisher's file.

A list is named by its data set (`un_consolidated`: the newest vintage of the record), by a file (`sdn.csv`, recognised
by the patterns of the catalogue, else by trying the readers), or by both (`ofac_sdn=FILE`). A file passes the same
assertions as an import: a list of half its usual size is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from counterpact.errors import Problem, SourceError, UsageError
from counterpact.record import catalog
from counterpact.record.store import Store

if TYPE_CHECKING:
    import polars as pl

NOT_LISTS = ("gleif_level1", "meti_eul")
"""Data sets in the shape of a listing that say who exists, not who is sanctioned; read only when named."""


@dataclass(frozen=True)
class SanctionsList:
    """One vintage of one list: the seven tables of `record/shapes/listing.yml`."""

    dataset: str
    title: str
    vintage: date | None
    digest: str  # of the content
    tables: Mapping[str, pl.DataFrame]

    @property
    def entities(self) -> int:
        """How many persons, organisations, ships and aircraft stand on it."""
        return self.tables["entities"].height


def list_names() -> tuple[str, ...]:
    """Data sets of the catalogue that are sanctions lists."""
    return tuple(n for n in catalog.names() if catalog.dataset(n).shape == "listing" and n not in NOT_LISTS)


def load_lists(
    wanted: Sequence[str] = (), *, store: Store | None = None, as_of: date | None = None
) -> tuple[SanctionsList, ...]:
    """The lists asked for; without any, every sanctions list of the record. Raises `SourceError`, `UsageError`."""
    if wanted:
        return tuple(load_list(name, store=store, as_of=as_of) for name in wanted)
    store = store or Store()
    held = {entry.dataset for entry in store.manifest().entries}
    found = tuple(_from_record(name, store, as_of) for name in list_names() if name in held)
    if not found:
        raise SourceError(
            Problem(
                "record",
                what="there is no sanctions list in the record",
                do="Import one: counterpact record import un_consolidated FILE; or name a file with --list",
            )
        )
    return found


def load_list(wanted: str, *, store: Store | None = None, as_of: date | None = None) -> SanctionsList:
    """One list, by data set, file, or `dataset=FILE`. Raises `SourceError`, `UsageError`."""
    name, _, path = wanted.partition("=")
    if path:
        return _from_file(name, Path(path))
    if wanted in catalog.names():
        return _from_record(wanted, store or Store(), as_of)
    if Path(wanted).exists():
        return _recognised(Path(wanted))
    raise UsageError(
        f'"{wanted}" is neither a list of the catalogue ({", ".join(list_names())}) nor a file. '
        "Name one of them, a file, or DATASET=FILE."
    )


def _from_record(name: str, store: Store, as_of: date | None) -> SanctionsList:
    entry = store.entry(name, as_of)
    tables = {part.table: store.table(name, as_of, table=part.table) for part in entry.parts}
    return SanctionsList(name, catalog.dataset(name).title, entry.vintage, entry.sha256, tables)


def _from_file(name: str, path: Path) -> SanctionsList:
    from counterpact.record.ingest import check
    from counterpact.record.reading import open_files

    described = catalog.dataset(name)
    if described.shape != "listing":
        raise UsageError(f'"{name}" is not a list. Lists are: {", ".join(list_names())}')
    paths = _files(path, described.files)
    if not paths:
        raise SourceError(Problem(str(path), what="there is no such file, or the folder holds none of this list"))
    reading = catalog.reader(name)(open_files(paths))
    if problems := check(name, reading, path.name):
        raise SourceError(problems)
    digest = hashlib.sha256()
    for one in paths:
        digest.update(one.read_bytes())
    return SanctionsList(name, described.title, reading.vintage, digest.hexdigest(), reading.tables)


def _files(path: Path, patterns: Iterable[str]) -> list[Path]:
    if not path.is_dir():
        return [path] if path.is_file() else []
    names = [pattern.rsplit("/", 1)[-1] for pattern in patterns]
    return sorted(p for p in path.rglob("*") if p.is_file() and any(fnmatch(p.name, name) for name in names))


def _recognised(path: Path) -> SanctionsList:
    """The list a file holds: by its name first, then by the first reader that takes it."""
    by_name = [n for n in list_names() if _named(path, catalog.dataset(n).files)]
    said: list[Problem] = []
    for name in [*by_name, *(n for n in list_names() if n not in by_name)]:
        try:
            return _from_file(name, path)
        except SourceError as error:
            if name in by_name:
                raise
            said += error.problems[:1]
    raise SourceError(
        Problem(
            path.name,
            what="this is not a list that any reader takes",
            why=str(said[0]) if said else "",
            do=f"Say which it is: --list DATASET={path.name}",
        )
    )


def _named(path: Path, patterns: Iterable[str]) -> bool:
    if path.is_dir():
        return bool(_files(path, patterns))
    return any(fnmatch(path.as_posix(), f"*{pattern}") for pattern in patterns)
