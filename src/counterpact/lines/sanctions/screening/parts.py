"""Tables of name parts for the compiled loops: letters, sound, spellings, kind and weight of each part once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any
from zlib import crc32

import numpy as np

from counterpact.lines.sanctions.screening.align import CODES, LETTERS
from counterpact.lines.sanctions.screening.names import Name
from counterpact.lines.sanctions.screening.skeleton import hard, soft
from counterpact.lines.sanctions.screening.words import Part, words

WEIGHTS = {
    Part.NAME: 1.0, Part.PARTICLE: 0.15, Part.TITLE: 0.08, Part.GENERIC: 0.45, Part.NUMBER: 0.5, Part.INITIAL: 0.35,
    Part.COMMON: 0.7, Part.PLACE: 0.8, Part.FORM: 0.03, Part.SYLLABIC: 1.0,
}  # fmt: skip
"""How much a part weighs in its name, by what it is. Assumption: set by judgement before any fit, never tuned."""

TRANSLATE = {ord(c): i + 1 for i, c in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")}
FIELDS = (
    ("letters", np.uint8, LETTERS), ("length", np.int8, 0), ("soft", np.int64, 0), ("hard", np.int64, 0),
    ("sets", np.int32, 3), ("kind", np.int8, 0), ("mask", np.int64, 0), ("weight", np.float32, 0),
)  # fmt: skip


@lru_cache(maxsize=1 << 18)
def row(part: str, kind: Part) -> tuple[Any, ...]:
    """One part as the fields of a table. A sound of fewer than two consonants has no hard form (0)."""
    codes = part.translate(TRANSLATE)[:LETTERS].encode("latin-1")
    sound = hard(part) if kind not in (Part.NUMBER, Part.INITIAL) else ""
    consonants = len(sound.lstrip("a"))
    mask = 0
    for code in codes:
        mask |= 1 << (code % 32)
    sets = (
        (*words().variants.get(part, ())[:3], -1, -1, -1)[:3]
        if kind in (Part.NAME, Part.COMMON, Part.SYLLABIC, Part.PARTICLE)
        else (-1, -1, -1)
    )
    return (
        codes.ljust(LETTERS, b"\0"),
        len(codes),
        _hash(soft(part)),
        _hash(sound) if consonants >= 2 else 0,
        sets,
        int(kind),
        mask,
        WEIGHTS.get(kind, 1.0),
    )


def _hash(text: str) -> int:
    return crc32(text.encode()) | len(text) << 32


@cache
def form_numbers() -> dict[str, int]:
    """Legal forms as 64 · family + form, both counted from 1."""
    forms = sorted(set(words().forms.values()))
    families = {name: i + 1 for i, name in enumerate(sorted({form.split("/")[0] for form in forms}))}
    return {"": 0} | {form: 64 * families[form.split("/")[0]] + i + 1 for i, form in enumerate(forms)}


@dataclass
class PartsBuilder:
    """Collects parts, each once, and makes the arrays."""

    rows: dict[tuple[str, Part], int] = field(default_factory=dict)

    def add(self, name: Name) -> list[int]:
        """Row numbers of a name's parts."""
        rows = self.rows
        return [rows.setdefault(key, len(rows)) for key in zip(name.parts, name.kinds, strict=True)]

    def arrays(self) -> tuple[Any, ...]:
        """The table: letters (V, 24), length, soft, hard, sets (V, 3), kind, mask, weight."""
        found = [row(part, kind) for part, kind in self.rows]
        return table(found)


def table(found: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Rows (see `row`) as arrays."""
    letters = np.frombuffer(b"".join(r[0] for r in found), np.uint8).reshape(len(found), LETTERS).copy()
    made = [letters]
    for at, (_, kind, width) in enumerate(FIELDS[1:], 1):
        values = np.array([r[at] for r in found], kind)
        made.append(values.reshape(len(found), width) if width else values)
    return tuple(made)


def masks(letters: Any, lengths: Any) -> Any:
    """Bit masks (rows, 37) of the letters of parts, as `align` wants them for the first name."""
    made = np.zeros((len(lengths), CODES), np.uint64)
    for i, n in enumerate(lengths):
        for k in range(n):
            made[i, letters[i, k]] |= np.uint64(1 << k)
    return made
