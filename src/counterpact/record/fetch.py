"""Getting files from publishers, politely: resume, conditional requests, retries with back-off, one request at a time.

A download goes to `NAME.part` beside its final place; only a complete file is renamed. What the server said about the
file (ETag, Last-Modified) is kept beside it, so that the next fetch asks "changed since?" and a broken one resumes.
Proxy settings come from the environment (`HTTPS_PROXY` …), as httpx reads them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from counterpact.errors import Problem, SourceError, UsageError
from counterpact.record import catalog
from counterpact.record.store import Store
from counterpact.version import __version__

if TYPE_CHECKING:
    import httpx

Progress = Callable[[str, int, int | None], None]
"""Called with file name, bytes so far, bytes in all (None = the server does not say)."""

TRIES = 5
PAUSE = 1.0  # seconds between requests to one publisher, and the base of the back-off
RETRY_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})


class Remembered(msgspec.Struct, frozen=True):
    """What the server said about a file when it was fetched."""

    url: str
    etag: str = ""
    modified: str = ""
    size: int = 0


@dataclass(frozen=True)
class Fetched:
    """One file on disk and whether the publisher had anything new."""

    path: Path
    changed: bool
    published: datetime | None  # Last-Modified, if the server says it


def fetch(
    store: Store,
    name: str,
    *,
    values: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    pause: float = PAUSE,
    base: str = "",
) -> tuple[Fetched, ...]:
    """Download the files of a data set into the store's `downloads` folder. Raises `SourceError`, `UsageError`.

    `values` fills `{year}`-like fields of the addresses; `base` is a mirror on your own network.
    """
    import httpx

    described = catalog.dataset(name)
    if not described.addresses:
        raise UsageError(
            f'"{name}" has no address to fetch from: {described.note or "its publisher has none for programs"}. '
            f"Get the file from {described.home} and run: counterpact record import {name} FILE"
        )
    folder = store.root / "downloads" / name
    folder.mkdir(parents=True, exist_ok=True)
    headers = {"User-Agent": f"counterpact/{__version__} (public-policy research; one request at a time)"}
    done = []
    with httpx.Client(follow_redirects=True, timeout=httpx.Timeout(30, read=120), headers=headers) as client:
        for number, address in enumerate(described.addresses):
            if number:
                time.sleep(pause)
            url = _fill(address, name, dict(values or {}))
            if base:
                url = base.rstrip("/") + "/" + address.file
            key = os.environ.get(address.key_env, "") if address.key_env else ""
            done.append(download(client, url, folder / address.file, progress=progress, pause=pause, secret=key))
    return tuple(done)


def download(
    client: httpx.Client,
    url: str,
    target: Path,
    *,
    progress: Progress | None = None,
    pause: float = PAUSE,
    secret: str = "",
) -> Fetched:
    """One file: asks only for what changed, resumes what was cut, tries again with back-off. Raises `SourceError`.

    `secret`: a key inside the address; it stands in no message and on no disk.
    """
    import httpx

    note = target.with_suffix(target.suffix + ".json")
    shown = url.replace(secret, "KEY") if secret else url
    known = _recall(note, shown) if target.exists() else None
    reason = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(pause * 2 ** (attempt - 1))
        try:
            return _attempt(client, url, shown, target, note, known, progress)
        except _RetryError as error:
            reason = str(error)
            if error.wait:
                time.sleep(min(error.wait, 60.0))
        except httpx.TransportError as error:
            reason = (str(error) or type(error).__name__).replace(secret or url, "KEY" if secret else url)
    raise SourceError(
        Problem(
            shown,
            what=f"the download did not succeed in {TRIES} tries",
            why=reason,
            do="Run the same command again to resume, or get the file by hand and use: counterpact record import",
        )
    )


class _RetryError(Exception):
    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


def _attempt(
    client: httpx.Client,
    url: str,
    shown: str,
    target: Path,
    note: Path,
    known: Remembered | None,
    progress: Progress | None,
) -> Fetched:
    part = target.with_suffix(target.suffix + ".part")
    part_note = target.with_suffix(target.suffix + ".part.json")
    begun = _recall(part_note, shown) if part.exists() else None
    offset = part.stat().st_size if begun and (begun.etag or begun.modified) else 0
    headers = {}
    if offset and begun:
        headers = {"Range": f"bytes={offset}-", "If-Range": begun.etag or begun.modified}
    elif known:
        headers = {k: v for k, v in (("If-None-Match", known.etag), ("If-Modified-Since", known.modified)) if v}
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == 304:
            return Fetched(target, changed=False, published=_when(known.modified if known else ""))
        if response.status_code == 416:  # what we had is no longer a prefix of the file
            part.unlink(missing_ok=True)
            raise _RetryError("the server would not resume")
        if response.status_code in RETRY_STATUS:
            raise _RetryError(f"the server answered {response.status_code}", _retry_after(response))
        if response.status_code not in (200, 206):
            raise SourceError(
                Problem(
                    shown,
                    what=f"the server answered {response.status_code} {response.reason_phrase}",
                    do="Open the address in a browser; if it moved, import the file by hand",
                )
            )
        if response.status_code == 200:
            offset = 0
        said = Remembered(shown, response.headers.get("etag", ""), response.headers.get("last-modified", ""))
        length = response.headers.get("content-length")
        coded = bool(response.headers.get("content-encoding"))
        total = offset + int(length) if length and not coded else None
        part_note.write_bytes(msgspec.json.encode(said))
        size = _receive(response, part, offset, total, target.name, progress)
    if total is not None and size != total:
        raise _RetryError(f"the connection ended after {size:,} of {total:,} bytes")
    part.replace(target)
    part_note.unlink(missing_ok=True)
    note.write_bytes(msgspec.json.encode(Remembered(shown, said.etag, said.modified, size)))
    return Fetched(target, changed=True, published=_when(said.modified))


def _receive(
    response: httpx.Response, part: Path, offset: int, total: int | None, name: str, progress: Progress | None
) -> int:
    size = offset
    with part.open("ab" if offset else "wb") as stream:
        for block in response.iter_bytes(1 << 16):
            stream.write(block)
            size += len(block)
            if progress:
                progress(name, size, total)
        stream.flush()
        os.fsync(stream.fileno())
    return size


def _recall(note: Path, url: str) -> Remembered | None:
    try:
        known = msgspec.json.decode(note.read_bytes(), type=Remembered)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return known if known.url == url else None


def _retry_after(response: httpx.Response) -> float:
    text = response.headers.get("retry-after", "")
    return float(text) if text.isdigit() else 0.0


def _when(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, TypeError):
        return None


def _fill(address: catalog.Address, name: str, values: dict[str, str]) -> str:
    if address.key_env:
        key = os.environ.get(address.key_env, "")
        if not key:
            raise UsageError(f'"{name}" needs a key from its publisher. Put it in the environment as {address.key_env}')
        values["key"] = key
    try:
        return address.url.format_map(values)
    except KeyError as error:
        raise UsageError(f'"{name}" needs a value for {error}: --set {error.args[0]}=…') from error
