"""Named arrays in one file that is opened by memory map: a header in JSON, then the arrays, each on a border of 64."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from counterpact.errors import Problem, SourceError

MAGIC = b"CPIX0001"


def write(path: Path, arrays: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Write the file beside its place and move it there, so that a reader never sees half of it."""
    places, at = {}, 0
    for name, array in arrays.items():
        at = -(-at // 64) * 64
        places[name] = (array.dtype.str, list(array.shape), at)
        at += array.nbytes
    head = msgspec.json.encode({"about": dict(about), "arrays": places})
    head += b" " * (-(len(MAGIC) + 8 + len(head)) % 64)
    scratch = path.with_suffix(f".{os.getpid()}.tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with scratch.open("wb") as stream:
            stream.write(MAGIC + len(head).to_bytes(8, "little") + head)
            begin = stream.tell()
            for name, array in arrays.items():
                stream.seek(begin + places[name][2])
                stream.write(np.ascontiguousarray(array).tobytes())
            stream.truncate(max(stream.tell(), begin + at))
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arrays (views of the map; a change would stay in memory) and what the header says. Raises `SourceError`."""
    try:
        whole = np.memmap(path, np.uint8, "c")  # as arrays in memory: one compilation serves both
        if bytes(whole[:8]) != MAGIC:
            raise ValueError("not an index, or of another version")
        size = int.from_bytes(bytes(whole[8:16]), "little")
        head = msgspec.json.decode(bytes(whole[16 : 16 + size]))
        plain = whole.view(np.ndarray)[16 + size :]
        found = {}
        for name, (kind, shape, at) in head["arrays"].items():
            dtype = np.dtype(kind)
            count = int(np.prod(shape)) if shape else 1
            found[name] = plain[at : at + count * dtype.itemsize].view(dtype).reshape(shape)
    except (OSError, ValueError, msgspec.DecodeError) as error:
        raise SourceError(
            Problem(str(path), what="the index cannot be read", why=str(error), do="Delete it; it is built anew")
        ) from error
    return found, head["about"]
