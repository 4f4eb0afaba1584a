"""The index: every listed name cut into parts, inverted lists of its keys, and what each entry says; one file."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from counterpact.lines.sanctions.lists import SanctionsList
from counterpact.lines.sanctions.screening import arrays
from counterpact.lines.sanctions.screening.entry import Entry, entries_of, number_keys
from counterpact.lines.sanctions.screening.names import parse, pieces
from counterpact.lines.sanctions.screening.parts import FIELDS, PartsBuilder, form_numbers
from counterpact.version import __version__

KINDS = {"person": 0, "organisation": 1, "vessel": 2, "aircraft": 2}
ANY = 3
"""Kinds the lists do not tell (other, crypto) meet queries of every kind."""
FORMAT = 3
"""Of the file; raised when the cutting of names or the arrays change."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Index:
    """Arrays by name (mapped or in memory) and what they were made from."""

    data: dict[str, Any]
    about: dict[str, Any]

    @cached_property
    def table(self) -> tuple[Any, ...]:
        """The parts, as `align` wants them."""
        return tuple(self.data[f"part_{name}"] for name, _, _ in FIELDS)

    @property
    def names(self) -> int:
        """Listed names."""
        return len(self.data["name_entity"])

    @property
    def entities(self) -> int:
        """Listed entities."""
        return len(self.data["entity_at"]) - 1

    def name(self, number: int) -> str:
        """A listed name as the list writes it."""
        return _slice(self.data["name_text"], self.data["name_at"], number).decode()

    def entry(self, number: int) -> Entry:
        """What the list says of an entity."""
        return _decode(_slice(self.data["entity_text"], self.data["entity_at"], number))

    def holders(self, key: int) -> list[int]:
        """Entities that bear an identifier (by its key, see `number_keys`)."""
        keys = self.data["number_key"]
        at = bisect_left(keys, key)
        found = []
        while at < len(keys) and keys[at] == key:
            found.append(int(self.data["number_entity"][at]))
            at += 1
        return found

    @cached_property
    def positions(self) -> dict[str, int]:
        """Entity ids (`dataset:entity`) → numbers."""
        return {self.entry(i).id: i for i in range(self.entities)}


@lru_cache(maxsize=1 << 14)
def _decode(text: bytes) -> Entry:
    return msgspec.json.decode(text, type=Entry)


def _slice(blob: Any, at: Any, number: int) -> bytes:
    return bytes(blob[at[number] : at[number + 1]])


def build(lists: Sequence[SanctionsList], *, progress: Progress | None = None) -> Index:
    """The index of some lists."""
    from counterpact.lines.sanctions.screening.search import KEYS, all_keys, postings

    say = progress or (lambda _: None)
    parts, forms = PartsBuilder(), form_numbers()
    entries: list[bytes] = []
    texts: list[bytes] = []
    numbers: list[tuple[int, int]] = []
    entity_of, kind_of, form_of, rows, start = [], [], [], [], [0]
    for one in lists:
        say(f"indexing {one.title}")
        for entry in entries_of(one):
            number = len(entries)
            entries.append(msgspec.json.encode(entry))
            numbers += [(key, number) for key in number_keys(entry)]
            for text in entry.names:
                for piece in pieces(text, entry.kind):
                    name = parse(piece, entry.kind)
                    if not name.parts:
                        continue
                    rows += parts.add(name)
                    start.append(len(rows))
                    entity_of.append(number)
                    kind_of.append(KINDS.get(entry.kind, ANY))
                    form_of.append(forms[name.form])
                    texts.append(text.encode())
    say("inverting")
    table = parts.arrays()
    begin, ids = np.array(start, np.int32), np.array(rows, np.int32)
    keys, ends = all_keys(table, begin, ids, len(texts))
    key_start, key_names = postings(keys, ends, len(texts))
    counts = np.diff(key_start)
    rarity = np.log(1 + len(texts) / np.maximum(counts, 1)).astype(np.float32)
    total = np.add.reduceat(rarity[keys], ends[:-1]) if len(keys) else np.zeros(0, np.float32)
    numbers.sort()
    data = {f"part_{name}": array for (name, _, _), array in zip(FIELDS, table, strict=True)}
    data |= {
        "name_start": begin, "name_parts": ids, "name_form": np.array(form_of, np.int32),
        "name_kind": np.array(kind_of, np.int8), "name_entity": np.array(entity_of, np.int32),
        "key_start": key_start, "key_names": key_names, "rarity": rarity,
        "norm": (1 / np.sqrt(total + 8.0)).astype(np.float32),
        "number_key": np.array([key for key, _ in numbers], np.int64),
        "number_entity": np.array([entity for _, entity in numbers], np.int32),
    }  # fmt: skip
    for what, blobs in (("name", texts), ("entity", entries)):
        data[f"{what}_text"] = np.frombuffer(b"".join(blobs), np.uint8)
        data[f"{what}_at"] = np.cumsum([0, *map(len, blobs)]).astype(np.int64)
    assert len(key_start) == KEYS + 1
    return Index(data, about(lists) | {"entities": len(entries), "names": len(texts)})


def about(lists: Sequence[SanctionsList]) -> dict[str, Any]:
    """What an index of these lists says it was made from."""
    return {
        "format": FORMAT,
        "version": __version__,
        "lists": [
            {
                "dataset": one.dataset,
                "title": one.title,
                "vintage": one.vintage.isoformat() if one.vintage else None,
                "digest": one.digest,
                "entities": one.entities,
            }
            for one in lists
        ],
    }


def key_of(lists: Sequence[SanctionsList]) -> str:
    """Name of the file that holds the index of exactly these lists by this program."""
    return hashlib.sha256(msgspec.json.encode(about(lists))).hexdigest()[:20]


def open_index(lists: Sequence[SanctionsList], folder: Path | None, *, progress: Progress | None = None) -> Index:
    """The index of these lists from a folder, or built and kept there (`folder` None: not kept)."""
    if folder is None:
        return build(lists, progress=progress)
    path = folder / f"{key_of(lists)}.index"
    if not path.exists():
        made = build(lists, progress=progress)
        save(made, path)
    return load(path)


def save(index: Index, path: Path) -> None:
    """Write the index to one file."""
    arrays.write(path, index.data, index.about)


def load(path: Path) -> Index:
    """Open the index by memory map. Raises `SourceError` if it is none."""
    return Index(*arrays.read(path))
