"""The store as a whole: what is here, how fresh it is, filling it from a folder, keeping it up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from counterpact.errors import SourceError, UsageError
from counterpact.record import catalog
from counterpact.record.fetch import fetch
from counterpact.record.ingest import Imported, import_files
from counterpact.record.store import Entry, Store


class Freshness(StrEnum):
    """How old the newest vintage is, measured against the publisher's own cadence."""

    FRESH = "fresh"
    DUE = "due"  # older than one cadence
    STALE = "stale"  # older than two
    FINISHED = "finished series"
    ABSENT = "not here"


@dataclass(frozen=True)
class Holding:
    """One line of the catalogue: a data set and what the store holds of it."""

    dataset: catalog.Dataset
    entries: tuple[Entry, ...]
    freshness: Freshness

    @property
    def rows(self) -> int:
        """Rows of the newest vintage, over all its tables."""
        return sum(part.rows for part in self.entries[-1].parts) if self.entries else 0


@dataclass(frozen=True)
class Outcome:
    """What became of one import of `import_all` or `update`."""

    dataset: str
    files: tuple[Path, ...]
    imported: Imported | None
    error: SourceError | UsageError | None = None


def freshness(described: catalog.Dataset, newest: date | None, today: date) -> Freshness:
    """Fresh, due, stale, finished or absent."""
    if newest is None:
        return Freshness.ABSENT
    if described.cadence_days == 0:
        return Freshness.FINISHED
    age = (today - newest).days
    if age > 2 * described.cadence_days:
        return Freshness.STALE
    return Freshness.DUE if age > described.cadence_days else Freshness.FRESH


def holdings(store: Store, today: date) -> tuple[Holding, ...]:
    """The whole catalogue beside what the store holds."""
    found = []
    for name in catalog.names():
        described = catalog.dataset(name)
        entries = store.entries(name)
        newest = entries[-1].vintage if entries else None
        found.append(Holding(described, entries, freshness(described, newest, today)))
    return tuple(found)


def recognise(folder: Path) -> Iterator[tuple[str, tuple[Path, ...]]]:
    """Data sets whose files lie in a folder (by the patterns of the catalogue), each with the files of one vintage."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    roots = [folder, folder / "data"] if (folder / "data").is_dir() else [folder]
    for name in catalog.names():
        described = catalog.dataset(name)
        matches = sorted({p for root in roots for pattern in described.files for p in root.glob(pattern)})
        if described.together and matches:
            yield name, tuple(matches)
        else:
            for path in matches:
                yield name, (path,)


def import_all(
    store: Store, folder: Path, *, only: Sequence[str] = (), progress: Callable[[str], None] | None = None
) -> Iterator[Outcome]:
    """Import every file of a folder that the catalogue recognises; one bad file does not stop the others."""
    for name, paths in recognise(folder):
        if only and name not in only:
            continue
        if progress:
            progress(f"{name}: {', '.join(path.name for path in paths[:3])}")
        try:
            yield Outcome(name, paths, import_files(store, name, paths))
        except SourceError as error:
            yield Outcome(name, paths, None, error)


def update(
    store: Store, today: date, *, names: Sequence[str] = (), pause: float = 1.0, base: str = ""
) -> Iterator[Outcome]:
    """Fetch and import what is due or stale (or the named data sets), where the publisher has an address."""
    for holding in holdings(store, today):
        name = holding.dataset.name
        wanted = name in names if names else holding.freshness in (Freshness.DUE, Freshness.STALE)
        if not wanted or not holding.dataset.addresses:
            continue
        try:
            fetched = fetch(store, name, pause=pause, base=base)
            paths = tuple(file.path for file in fetched)
            yield Outcome(name, paths, import_files(store, name, paths, origin=holding.dataset.addresses[0].url))
        except (SourceError, UsageError) as error:
            yield Outcome(name, (), None, error)
