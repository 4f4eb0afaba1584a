"""The one shape of every sanctions list: a builder that readers fill and that makes the tables of `shapes/listing.yml`.

| table | a row is |
|---|---|
| entities | somebody or something listed: person, organisation, vessel, aircraft |
| names | one way of writing a name: role (primary, alias, former), strength (strong, weak), script |
| identifiers | one number: scheme (imo-ship, imo-company, mmsi, passport, tax …), valid by its check digit |
| addresses | one address |
| dates | birth, listing, renaming …; a span where the source gives a year or a range |
| places | of birth, nationality, flag, registration |
| relations | "Linked To", owner, parent, with shares where the source gives them |
"""

from __future__ import annotations

import gc
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import polars as pl

from counterpact.record.reading import DataFinding

Kind = Literal["person", "organisation", "vessel", "aircraft", "crypto", "other"]
Role = Literal["primary", "alias", "former"]
Strength = Literal["", "strong", "weak"]

SCHEMA: dict[str, dict[str, Any]] = {
    "entities": {
        "entity": pl.String, "kind": pl.String, "name": pl.String, "programmes": pl.List(pl.String), "listed": pl.Date,
        "delisted": pl.Date, "status": pl.String, "reason": pl.String, "legal_basis": pl.String,
        "reference": pl.String, "remarks": pl.String,
    },
    "names": dict.fromkeys(("entity", "name", "role", "strength", "script", "language"), pl.String),
    "identifiers": {
        "entity": pl.String, "scheme": pl.String, "value": pl.String, "valid": pl.Boolean, "country": pl.String,
        "note": pl.String,
    },
    "addresses": dict.fromkeys(("entity", "country", "text"), pl.String),
    "dates": {"entity": pl.String, "role": pl.String, "first": pl.Date, "last": pl.Date, "text": pl.String},
    "places": dict.fromkeys(("entity", "role", "country", "text"), pl.String),
    "relations": {
        "entity": pl.String, "relation": pl.String, "target": pl.String, "target_name": pl.String,
        "share_low": pl.Float64, "share_high": pl.Float64, "note": pl.String,
    },
}  # fmt: skip


@dataclass
class Listing:
    """Rows of the seven tables as they are read. Every method takes plain values; empty text becomes null.

    `vessels`: True if the list tells vessels from organisations; then an IMO number that fits both check digits (one in
    eleven does) is a company's if its holder is not a vessel.
    """

    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {table: [] for table in SCHEMA})
    vessels: bool = True

    def entity(
        self,
        entity: str,
        kind: Kind,
        name: str,
        *,
        programmes: tuple[str, ...] = (),
        listed: date | None = None,
        delisted: date | None = None,
        status: str = "listed",
        reason: str = "",
        legal_basis: str = "",
        reference: str = "",
        remarks: str = "",
        language: str = "",
    ) -> None:
        """Somebody or something listed; its primary name is also written to `names`."""
        self.rows["entities"].append(
            (
                entity,
                kind,
                name,
                list(programmes),
                listed,
                delisted,
                status,
                reason or None,
                legal_basis or None,
                reference or None,
                remarks or None,
            )
        )
        self.name(entity, name, "primary", language=language)

    def name(
        self, entity: str, name: str, role: Role = "alias", *, strength: Strength = "", language: str = ""
    ) -> None:
        """One way of writing a name; its script is told from its letters."""
        clean = " ".join(name.split())
        if clean:
            self.rows["names"].append((entity, clean, role, strength or None, script(clean), language or None))

    def identifier(
        self, entity: str, scheme: str, value: str, *, valid: bool | None = None, country: str = "", note: str = ""
    ) -> None:
        """One number. An `imo` is told apart by its check digit: `imo-ship` or `imo-company`."""
        value = value.strip()
        if scheme == "imo":
            digits = "".join(c for c in value if c.isdigit())
            ship, company = imo_ship(digits), imo_company(digits)
            scheme = "imo-ship" if ship or not company else "imo-company"
            value, valid = digits or value, ship or company
        if value:
            self.rows["identifiers"].append((entity, scheme, value, valid, country or None, note or None))

    def address(self, entity: str, text: str, country: str = "") -> None:
        """One address; `country` as the source writes it."""
        if text.strip() or country.strip():
            self.rows["addresses"].append((entity, country.strip() or None, " ".join(text.split()) or None))

    def day(self, entity: str, role: str, text: str, first: date | None = None, last: date | None = None) -> None:
        """A date as the source writes it, and as a span where it can be read."""
        if text.strip():
            self.rows["dates"].append((entity, role, first, last or first, text.strip()))

    def place(self, entity: str, role: str, text: str, country: str = "") -> None:
        """A place: `birth`, `nationality`, `flag`, `registration`."""
        if text.strip() or country.strip():
            self.rows["places"].append((entity, role, country.strip() or None, " ".join(text.split()) or None))

    def relation(
        self,
        entity: str,
        relation: str,
        *,
        target: str = "",
        target_name: str = "",
        share_low: float | None = None,
        share_high: float | None = None,
        note: str = "",
    ) -> None:
        """A tie to another entity, by id where the source gives one, else by name."""
        self.rows["relations"].append(
            (entity, relation, target or None, target_name.strip() or None, share_low, share_high, note or None)
        )

    def tables(self) -> dict[str, pl.DataFrame]:
        """The seven tables; rows that repeat another in full are dropped (publishers repeat aliases)."""
        self._tell_imo()
        made = {}
        for table, schema in SCHEMA.items():
            columns = zip(*self.rows[table], strict=True) if self.rows[table] else ((),) * len(schema)
            frame = pl.DataFrame(
                [_series(name, cells, kind) for (name, kind), cells in zip(schema.items(), columns, strict=True)]
            )
            made[table] = frame if table == "entities" else frame.unique(maintain_order=True)
        return made

    def _tell_imo(self) -> None:
        ships = {row[0] for row in self.rows["entities"] if row[1] == "vessel"}
        numbers = self.rows["identifiers"]
        for i, (entity, scheme, value, valid, country, note) in enumerate(numbers):
            if scheme == "imo-ship" and valid and entity not in ships and imo_company(value):
                said = "; ".join(text for text in (note, "fits the check digits of ships and of companies") if text)
                numbers[i] = (entity, "imo-company" if self.vessels else scheme, value, valid, country, said)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Python's cycle collector off while many rows, which hold no cycles, are made: it costs a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


_BETWEEN = "\x1f"  # no name of a programme holds a unit separator


def _series(name: str, cells: tuple[Any, ...], kind: Any) -> pl.Series:
    if kind != pl.List(pl.String):
        return pl.Series(name, cells, dtype=kind)
    joined = pl.Series(name, [_BETWEEN.join(cell) for cell in cells], dtype=pl.String)  # far faster than lists of lists
    return pl.select(
        pl.when(joined == "")
        .then(pl.lit([], dtype=pl.List(pl.String)))
        .otherwise(joined.str.split(_BETWEEN))
        .alias(name)
    ).to_series()


def slug(words: str) -> str:
    """A publisher's own word for a kind of number, as a scheme: nothing is guessed about it.

    >>> slug("V.A.T. Number"), slug("Effective Date (CMIC)")
    ('v-a-t-number', 'effective-date-cmic')
    """
    return _NOT_WORD.sub("-", words.lower()).strip("-")


_NOT_WORD = re.compile(r"[^0-9a-z]+")
_LETTER = re.compile("[A-Za-z]")


def wrong_imo(tables: dict[str, pl.DataFrame]) -> DataFinding | None:
    """IMO numbers whose check digit is neither a ship's nor a company's, and companies' among non-vessels."""
    numbers = tables["identifiers"].filter(pl.col("scheme").str.starts_with("imo"))
    bad = numbers.filter(~pl.col("valid"))
    if not bad.height:
        return None
    return DataFinding(
        "imo-check-digit",
        "warning",
        f"{bad.height:,} IMO numbers fail both check digits, such as {bad['value'][0]}",
        bad.height,
        "kept, marked not valid",
        tuple(bad["value"].head(5)),
    )


def imo_ship(digits: str) -> bool:
    """True if seven digits carry a ship's check digit: 7·d1 + 6·d2 + … + 2·d6 ends in d7 (IMO Res. A.1117(30)).

    >>> imo_ship("9074729"), imo_ship("9074728")
    (True, False)
    """
    return len(digits) == 7 and sum(int(d) * w for d, w in zip(digits, range(7, 1, -1), strict=False)) % 10 == int(
        digits[6]
    )


def imo_company(digits: str) -> bool:
    """True if seven digits carry a company's check digit: weights 8 6 4 2 9 7, (11 − sum mod 11) mod 10.

    IMO MSC.160(78), Unique Company and Registered Owner Identification Number Scheme.
    """
    if len(digits) != 7:
        return False
    total = sum(int(d) * w for d, w in zip(digits, (8, 6, 4, 2, 9, 7), strict=False))
    return (11 - total % 11) % 10 == int(digits[6])


_COMMON_NAMES = {"CJK": "han", "FULLWIDTH": "latin"}  # Unicode's first word → ours


def script(name: str) -> str | None:
    """The script most letters of a name are written in.

    >>> script("Kim"), script("김정은"), script("Иванов"), script("123")
    ('latin', 'hangul', 'cyrillic', None)
    """
    if name.isascii():
        return "latin" if _LETTER.search(name) else None
    counts: dict[str, int] = {}
    for letter in name:
        if letter.isalpha():
            word = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
            counts[word] = counts.get(word, 0) + 1
    best = max(counts, key=lambda w: counts[w], default="")
    if best in ("HIRAGANA", "KATAKANA") or (best == "CJK" and {"HIRAGANA", "KATAKANA"} & set(counts)):
        return "japanese"
    return _COMMON_NAMES.get(best) or best.lower() or None
