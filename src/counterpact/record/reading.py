"""What a reader is given and what it returns."""

from __future__ import annotations

import builtins
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING

from counterpact.errors import Problem, SourceError

if TYPE_CHECKING:
    import polars as pl

_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)


@dataclass(frozen=True)
class SourceFile:
    """One native file as its publisher gives it: plain, gzip, or a member of a zip archive."""

    path: Path
    member: str = ""  # name inside a zip archive

    @property
    def name(self) -> str:
        """Name without `.gz`, in lower case: what readers decide by."""
        base = Path(self.member).name if self.member else self.path.name
        return base.lower().removesuffix(".gz")

    @property
    def label(self) -> str:
        """Name for messages."""
        return f"{self.path.name}:{self.member}" if self.member else self.path.name

    @cached_property
    def sha256(self) -> str:
        """Content hash of the file on disk (not of what is inside)."""
        digest = hashlib.sha256()
        with self.path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()

    def bytes(self) -> bytes:
        """The content, unpacked. Raises `SourceError` on a truncated archive or an HTML page in place of data."""
        try:
            if self.member:
                with zipfile.ZipFile(self.path) as archive:
                    data = archive.read(self.member)
            else:
                data = self.path.read_bytes()
            if data[:2] == b"\x1f\x8b":
                data = gzip.decompress(data)
        except _DAMAGED as error:
            raise self._damaged(error) from error
        self._refuse_page(data[:512])
        return data

    def _damaged(self, error: Exception) -> SourceError:
        return SourceError(
            Problem(
                self.label,
                what="the compressed file is damaged or cut short",
                why=str(error),
                do="Download it again; nothing was stored",
            )
        )

    def _refuse_page(self, head: builtins.bytes) -> None:
        if head.lstrip().lower().startswith((b"<!doctype html", b"<html")) and not self.name.endswith(
            (".html", ".htm")
        ):
            raise SourceError(
                Problem(
                    self.label,
                    what="this is a web page, not data",
                    why="publishers answer with a page when an address has moved or a limit is reached",
                    do="Open it in a browser to see what it says, then download again",
                )
            )

    def text(self, encodings: Sequence[str] = ("utf-8-sig",)) -> str:
        """The content as text in the first encoding that fits; bad bytes are named by line, never replaced."""
        data = self.bytes()
        last: UnicodeDecodeError | None = None
        for encoding in encodings:
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                last = error
        assert last is not None
        raise SourceError(
            Problem(
                self.label,
                data[: last.start].count(b"\n") + 1,
                what=f"byte {data[last.start]:#04x} is not valid {encodings[-1]}",
                do="The file was damaged or saved in another encoding; get the publisher's original",
            )
        )

    @contextmanager
    def stream(self) -> Iterator[IO[builtins.bytes]]:
        """The content unpacked as it is read, for files larger than memory. Raises `SourceError` as `bytes` does."""
        try:
            with ExitStack() as stack:
                if self.member:
                    archive = stack.enter_context(zipfile.ZipFile(self.path))
                    raw: IO[builtins.bytes] = stack.enter_context(archive.open(self.member))
                else:
                    raw = stack.enter_context(self.path.open("rb"))
                packed = raw.read(2) == b"\x1f\x8b"
                raw.seek(0)
                plain = stack.enter_context(gzip.open(raw)) if packed else raw
                self._refuse_page(plain.read(512))
                plain.seek(0)
                yield plain  # type: ignore[misc]
        except _DAMAGED as error:
            raise self._damaged(error) from error

    def open(self) -> io.BytesIO:
        """The content as a stream."""
        return io.BytesIO(self.bytes())


@dataclass(frozen=True)
class DataFinding:
    """A defect met in the data, and what the program did with the rows: kept, set aside or refused."""

    rule: str
    severity: str  # note, warning, error
    message: str
    rows: int = 0
    done: str = "kept"
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What a reader returns: typed tables by name, the date of the list if the file says it, and defects met."""

    tables: Mapping[str, pl.DataFrame]
    vintage: date | None = None
    findings: tuple[DataFinding, ...] = field(default=())


def open_files(paths: Sequence[Path]) -> tuple[SourceFile, ...]:
    """Files on disk, zip archives opened into their members (in name order). Raises `SourceError` if one is missing."""
    files: list[SourceFile] = []
    for path in paths:
        if not path.is_file():
            raise SourceError(Problem(str(path), what="there is no such file", do="Check the path"))
        if path.suffix.lower() == ".zip":
            try:
                with zipfile.ZipFile(path) as archive:
                    members = sorted(m for m in archive.namelist() if not m.endswith("/"))
            except zipfile.BadZipFile as error:
                raise SourceError(
                    Problem(
                        path.name,
                        what="the zip archive is damaged or cut short",
                        why=str(error),
                        do="Download it again; nothing was stored",
                    )
                ) from error
            files += [SourceFile(path, member) for member in members]
        else:
            files.append(SourceFile(path))
    return tuple(files)
