"""A store, or part of it, as one file for a machine without a network; every hash is checked on the way in."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import msgspec

from counterpact.errors import Problem, SourceError
from counterpact.record import catalog
from counterpact.record.store import Entry, Manifest, Part, Store, hash_file

_STAMP = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bundle


def export(store: Store, target: Path, names: Sequence[str] = ()) -> Manifest:
    """Write the newest vintages (all vintages of the named data sets) into one zip. Returns what went in."""
    entries = tuple(e for e in store.manifest().entries if not names or e.dataset in names)
    missing = set(names) - {e.dataset for e in entries}
    if missing:
        raise SourceError(Problem("record", what=f"nothing is stored for {', '.join(sorted(missing))}"))
    manifest = Manifest(entries=entries)
    scratch = target.with_suffix(target.suffix + ".tmp")
    with zipfile.ZipFile(scratch, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("manifest.json", _STAMP), msgspec.json.encode(manifest))
        for part in _parts(entries):
            archive.writestr(zipfile.ZipInfo(part.path, _STAMP), (store.root / part.path).read_bytes())
    scratch.replace(target)
    return manifest


def restricted(manifest: Manifest) -> tuple[str, ...]:
    """Data sets in a bundle whose licence does not let rows be passed on to others."""
    return tuple(
        sorted(
            {
                e.dataset
                for e in manifest.entries
                if e.dataset in catalog.names() and not catalog.dataset(e.dataset).licence.redistributable
            }
        )
    )


def load(store: Store, source: Path) -> tuple[Entry, ...]:
    """Read a bundle into the store. Every file is verified before anything becomes visible. Returns what was new."""
    with _opened(source) as archive:
        manifest = _manifest(archive, source)
        problems = [p for part in _parts(manifest.entries) if (p := _strange(part, archive, source))]
        if problems:
            raise SourceError(problems)
        with store.writing():
            have = {(e.dataset, e.vintage, e.sha256) for e in store.manifest().entries}
            fresh = tuple(e for e in manifest.entries if (e.dataset, e.vintage, e.sha256) not in have)
            for part in _parts(fresh):
                _unpack(archive, part, store.root, source)
            if fresh:
                store.publish(fresh)
    return fresh


def _opened(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except FileNotFoundError as error:
        raise SourceError(Problem(str(source), what="there is no such file")) from error
    except zipfile.BadZipFile as error:
        raise SourceError(
            Problem(source.name, what="the bundle is damaged or cut short", why=str(error), do="Copy it again")
        ) from error


def _manifest(archive: zipfile.ZipFile, source: Path) -> Manifest:
    try:
        return msgspec.json.decode(archive.read("manifest.json"), type=Manifest)
    except (KeyError, msgspec.DecodeError, zipfile.BadZipFile) as error:
        raise SourceError(
            Problem(
                source.name,
                what="this is not a bundle of a record",
                why=str(error),
                do="Make one with: counterpact record export FILE",
            )
        ) from error


def _parts(entries: Sequence[Entry]) -> tuple[Part, ...]:
    return tuple({part.path: part for entry in entries for part in entry.parts}.values())


def _strange(part: Part, archive: zipfile.ZipFile, source: Path) -> Problem | None:
    path = PurePosixPath(part.path)
    if path.is_absolute() or ".." in path.parts or path.suffix != ".parquet":
        return Problem(
            source.name,
            what=f'the bundle names a file outside the store: "{part.path}"',
            do="Do not use it; it was tampered with",
        )
    if part.path not in archive.namelist():
        return Problem(source.name, what=f'"{part.path}" is missing from the bundle', do="Make it again")
    return None


def _unpack(archive: zipfile.ZipFile, part: Part, root: Path, source: Path) -> None:
    target = root / part.path
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_suffix(".tmp")
    try:
        scratch.write_bytes(archive.read(part.path))
        if hash_file(scratch) != part.sha256:
            raise SourceError(
                Problem(
                    source.name,
                    what=f'"{part.path}" does not have the hash the bundle states',
                    do="Copy the bundle again; nothing was stored",
                )
            )
        scratch.replace(target)
    except zipfile.BadZipFile as error:
        raise SourceError(
            Problem(source.name, what=f'"{part.path}" is damaged', why=str(error), do="Copy the bundle again")
        ) from error
    finally:
        scratch.unlink(missing_ok=True)
