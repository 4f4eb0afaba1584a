"""R's own files (`.rda`, `.RData`) without R: the XDR serialisation, version 2 and 3, packed or not.

Read are vectors (logical, integer, number, text), lists, factors, data frames and their attributes: all that data
files hold. Code, environments and other languages' objects stop the reader. Format: R Internals, section 1.8.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.reading import SourceFile

_SYMBOL, _PAIRLIST, _CHAR, _LOGICAL, _INTEGER, _REAL, _STRINGS, _LIST = 1, 2, 9, 10, 13, 14, 16, 19
_POINTER, _ALTREP, _NIL, _REFERENCE = 22, 238, 254, 255
_VECTORS = (_LOGICAL, _INTEGER, _REAL, _STRINGS, _LIST)
_ATTRIBUTES, _TAG, _LATIN1 = 1 << 9, 1 << 10, 1 << 14
MISSING = -(2**31)
"""R's `NA` in vectors of whole numbers and of logicals."""


@dataclass(frozen=True)
class Vector:
    """One R vector: numbers as an array (shape `(length,)`), text as a list with None for NA, a list as a list."""

    value: npt.NDArray[Any] | list[Any]
    attributes: Mapping[str, Vector] = field(default_factory=dict)
    logical: bool = False

    def __getitem__(self, name: str) -> Vector:
        """An element of a named list or a column of a data frame. Raises `KeyError`."""
        names = self.texts("names")
        if name not in names:
            raise KeyError(name)
        item = self.value[names.index(name)]
        assert isinstance(item, Vector)
        return item

    def texts(self, attribute: str) -> list[str]:
        """An attribute that is text, such as `names` or `levels`; empty if there is none."""
        found = self.attributes.get(attribute)
        return [str(text) for text in found.value] if found else []

    def series(self, name: str) -> pl.Series:
        """A column: factors by their labels, NA as null."""
        if isinstance(self.value, list):
            return pl.Series(name, self.value, dtype=pl.String)
        if self.value.dtype == np.float64:
            return pl.Series(name, self.value).fill_nan(None)
        whole = pl.Series(name, self.value.astype(np.int64))
        whole = whole.set(whole == MISSING, None)
        levels = self.texts("levels")
        if levels:
            labels: list[str | None] = [levels[code - 1] if code is not None else None for code in whole.to_list()]
            return pl.Series(name, labels, dtype=pl.String)
        return whole.cast(pl.Boolean) if self.logical else whole

    def frame(self) -> pl.DataFrame:
        """A data frame. Raises `TypeError` if the columns are not vectors."""
        columns = []
        for name, column in zip(self.texts("names"), self.value, strict=True):
            if not isinstance(column, Vector):
                raise TypeError(name)
            columns.append(column.series(name))
        return pl.DataFrame(columns)


def read_rdata(file: SourceFile) -> dict[str, Vector]:
    """Objects of an `.rda` or `.RData` file by name. Raises `SourceError` on anything that is not one."""
    data = _unpacked(file)
    if data[:5] not in (b"RDX2\n", b"RDX3\n") or data[5:7] != b"X\n":
        raise _bad(file, "this is not an R data file in binary form", data[:7].decode("latin-1"))
    try:
        reader = _Reader(data, 7)
        version, _, _ = reader.whole(), reader.whole(), reader.whole()
        if version == 3:
            reader.take(reader.whole())  # the name of the native encoding
        return reader.named()
    except (struct.error, IndexError, ValueError, TypeError) as error:
        raise _bad(file, "the R data file is damaged or cut short", str(error)) from error


def _unpacked(file: SourceFile) -> bytes:
    data = file.bytes()
    try:
        if data[:3] == b"BZh":
            return bz2.decompress(data)
        if data[:6] == b"\xfd7zXZ\0":
            return lzma.decompress(data)
    except (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error) as error:
        raise _bad(file, "the compressed file is damaged or cut short", str(error)) from error
    return data


def _bad(file: SourceFile, what: str, why: str) -> SourceError:
    return SourceError(Problem(file.label, what=what, why=why, do="Get the original file again; nothing was stored"))


class _Reader:
    """A position in the bytes, and the symbols met so far (later ones refer back to them)."""

    def __init__(self, data: bytes, position: int) -> None:
        self.data = data
        self.position = position
        self.met: list[str] = []

    def whole(self) -> int:
        (number,) = struct.unpack_from(">i", self.data, self.position)
        self.position += 4
        return int(number)

    def take(self, size: int) -> bytes:
        end = self.position + size
        if size < 0 or end > len(self.data):
            raise ValueError(f"{size:,} bytes wanted at {self.position:,} of {len(self.data):,}")
        block = self.data[self.position : end]
        self.position = end
        return block

    def named(self) -> dict[str, Vector]:
        """A pairlist with tags: what a file holds at its top, and what attributes are."""
        return {name: value for name, value in self.item() if isinstance(value, Vector)}

    def item(self) -> Any:
        """Any object: a `Vector`, a symbol as text, or a pairlist as a list of tags and values."""
        flags = self.whole()
        kind = flags & 0xFF
        if kind in _VECTORS:
            return self.vector(kind, bool(flags & _ATTRIBUTES))
        if kind == _NIL:
            return []
        if kind == _PAIRLIST:
            return self.pairs(flags)
        if kind == _SYMBOL:
            self.met.append(self.text() or "NA")
            return self.met[-1]
        if kind == _REFERENCE:
            return self.met[(flags >> 8 or self.whole()) - 1]
        if kind == _POINTER:  # data.table leaves one among its attributes; it points nowhere
            self.met.append("")
            self.item(), self.item()
            return self.item() if flags & _ATTRIBUTES else []
        if kind == _ALTREP:
            return self.compact(self.item(), self.item(), self.item())
        raise ValueError(f"objects of type {kind} are not data")

    def pairs(self, flags: int) -> list[tuple[str, Any]]:
        found = []
        while flags & 0xFF == _PAIRLIST:
            if flags & _ATTRIBUTES:
                self.item()
            tag = self.item() if flags & _TAG else ""
            found.append((str(tag), self.item()))
            flags = self.whole()
        if flags & 0xFF != _NIL:  # a dotted pair
            self.position -= 4
            found.append(("", self.item()))
        return found

    def text(self) -> str | None:
        flags = self.whole()
        if flags & 0xFF != _CHAR:
            raise ValueError(f"text is of type {flags & 0xFF}")
        size = self.whole()
        if size == -1:
            return None
        return self.take(size).decode("latin-1" if flags & _LATIN1 else "utf-8")

    def vector(self, kind: int, attributes: bool) -> Vector:
        size = self.whole()
        if size == -1:
            size = self.whole() << 32 | self.whole() & 0xFFFFFFFF
        value: npt.NDArray[Any] | list[Any]
        if kind == _STRINGS:
            value = [self.text() for _ in range(size)]
        elif kind == _LIST:
            value = [self.item() or Vector([]) for _ in range(size)]
        else:
            wire = ">f8" if kind == _REAL else ">i4"
            value = np.frombuffer(self.take(size * int(wire[2])), dtype=wire).astype(wire[1:])
        return Vector(value, self.named() if attributes else {}, logical=kind == _LOGICAL)

    def compact(self, info: list[tuple[str, Any]], state: Any, attributes: list[tuple[str, Any]]) -> Vector:
        """Version 3 writes `1:n` as a rule, and wraps vectors whose order is known."""
        name = info[0][1]
        if name in ("compact_intseq", "compact_realseq"):
            size, first, step = (float(x) for x in state.value)
            steps = first + step * np.arange(int(size))
            return Vector(steps.astype(np.int32) if name == "compact_intseq" else steps)
        if str(name).startswith("wrap_"):
            inner: Vector = state[0][1] if isinstance(state, list) else state.value[0]
            return Vector(inner.value, dict(attributes) or inner.attributes, logical=inner.logical)
        raise ValueError(f"vectors stored as {name} are not data")
