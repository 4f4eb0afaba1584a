"""What the lists say of one entity, as far as screening uses it, and the identifiers that settle a match."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec
import polars as pl

from counterpact.lines.sanctions.lists import SanctionsList
from counterpact.record.formats.listing import imo_company, imo_ship

STRONG = {
    "imo-ship": "imo", "imo-company": "imo-company", "mmsi": "mmsi", "lei": "lei", "inn": "inn", "ogrn": "ogrn",
    "passport": "passport", "national-id": "id", "tax": "tax", "registration": "registration",
    "crypto-address": "crypto", "bic": "bic", "swift": "bic", "duns": "duns", "isin": "isin", "ssn": "id", "vat": "tax",
    "document": "id", "okpo": "okpo", "call-sign": "call-sign", "serial": "serial",
}  # fmt: skip
"""Schemes of the record → the pool a number is compared in. Other schemes (websites, phones) settle nothing."""
DECIDING = frozenset({"imo", "mmsi", "lei", "inn", "ogrn", "passport", "crypto", "id", "tax", "registration", "isin",
                      "bic",
                      "imo-company"})  # fmt: skip
SHORTEST = {"passport": 6, "id": 6, "tax": 7, "registration": 6, "serial": 5, "call-sign": 4}
"""A shorter number may be anybody's."""

_GENDER = re.compile(r"\bgender:?\s*(male|female)\b", re.I)
_NOT_WORD = re.compile(r"[^0-9A-Za-z]+")


class Entry(msgspec.Struct, frozen=True):
    """One listed entity. Dates of birth (or of founding) as spans of ISO days."""

    id: str  # dataset:entity
    kind: str
    name: str
    names: tuple[str, ...]
    programmes: tuple[str, ...] = ()
    listed: str = ""
    status: str = ""
    born: tuple[tuple[str, str], ...] = ()
    countries: tuple[str, ...] = ()
    gender: str = ""
    numbers: tuple[tuple[str, str], ...] = ()  # pool, value
    addresses: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()  # aliases the publisher calls weak
    reference: str = ""

    @property
    def dataset(self) -> str:
        """The list it stands on."""
        return self.id.split(":", 1)[0]


def entries_of(one: SanctionsList) -> Iterator[Entry]:
    """Entities of a list in its order."""
    tables = one.tables
    names = _by(tables["names"], "name", "strength")
    numbers = _by(tables["identifiers"], "scheme", "value")
    addresses = _by(tables["addresses"], "text", "country")
    dates = _by(tables["dates"].filter(pl.col("role").is_in(["birth", "created", "founded"])), "first", "last")
    places = _by(tables["places"], "role", "country")
    wanted = ("entity", "kind", "name", "programmes", "listed", "status", "reference", "remarks")
    for entity, kind, name, programmes, listed, status, reference, remarks in tables["entities"].select(wanted).rows():
        rows = names.get(entity, ())
        gender = _GENDER.search(remarks or "")
        where = [c for role, c in places.get(entity, ()) if role != "birth"]
        yield Entry(
            id=f"{one.dataset}:{entity}",
            kind=kind,
            name=name,
            names=tuple(dict.fromkeys((name, *(text for text, _ in rows)))),
            programmes=tuple(programmes or ()),
            listed=listed.isoformat() if listed else "",
            status=status or "",
            born=tuple((a.isoformat(), b.isoformat()) for a, b in dates.get(entity, ()) if a and b),
            countries=tuple(dict.fromkeys(c for c in map(country, filter(None, where)) if c)),
            gender=gender.group(1).lower() if gender else "",
            numbers=tuple(dict.fromkeys(_pooled(numbers.get(entity, ())))),
            addresses=tuple(text or land for text, land in addresses.get(entity, ()) if text or land),
            weak=tuple(text for text, strength in rows if strength == "weak"),
            reference=reference or "",
        )


def _by(frame: Any, *columns: str) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in frame.select("entity", *columns).rows():
        found.setdefault(row[0], []).append(row[1:])
    return found


def _pooled(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, str]]:
    for scheme, value in rows:
        if scheme in STRONG and value:
            yield STRONG[scheme], plain_number(STRONG[scheme], value)


def plain_number(pool: str, value: str) -> str:
    """A number without spaces and punctuation; crypto addresses keep their case."""
    found = _NOT_WORD.sub("", value)
    return found if pool == "crypto" else found.upper()


def number_key(pool: str, value: str) -> int:
    """63 bits of a hash of a pooled number."""
    return int.from_bytes(blake2b(f"{pool}:{value}".encode(), digest_size=8).digest(), "big") >> 1


def number_keys(entry: Entry) -> Iterator[int]:
    """Keys of the numbers that may settle a match."""
    for pool, value in entry.numbers:
        if usable(pool, value):
            yield number_key(pool, value)


def usable(pool: str, value: str) -> bool:
    """Whether a number can settle anything: long enough, and an IMO number has its check digit."""
    if pool == "imo":
        return imo_ship(value)
    if pool == "imo-company":
        return imo_company(value)
    return len(value) >= SHORTEST.get(pool, 5)


@lru_cache(maxsize=4096)
def country(text: str) -> str:
    """ISO 3166-1 alpha-2 code of a country as lists write it, lower-case; empty if it is none we know.

    >>> country("Russian"), country("Democratic People's Republic of Korea"), country("kp"), country("nowhere")
    ('ru', 'kp', 'kp', '')
    """
    from counterpact.record.states import states

    word = " ".join(text.replace("’", "'").casefold().split())
    if word in _COUNTRIES:
        return _COUNTRIES[word]
    rows = [s for s in states() if s.last is None or s.last > 2000]
    for state in rows:
        if word in (state.iso2.casefold(), state.iso3.casefold(), state.name.casefold()):
            return state.iso2.casefold()
    if len(word) > 4:
        for state in sorted(rows, key=lambda s: -len(s.name)):
            name = state.name.casefold()
            if len(name) > 3 and (name in word or (" " not in word and word[:5] == name[:5])):
                return state.iso2.casefold()
    return ""


_COUNTRIES = {
    "democratic people's republic of korea": "kp", "dprk": "kp", "north korean": "kp", "korea, north": "kp",
    "north korea": "kp", "republic of korea": "kr", "south korea": "kr", "korea, south": "kr",
    "russian federation": "ru", "russia": "ru", "iran (islamic republic of)": "ir", "syrian arab republic": "sy",
    "democratic republic of the congo": "cd", "united kingdom of great britain and northern ireland": "gb",
    "uk": "gb", "british": "gb", "united states of america": "us", "usa": "us", "american": "us",
    "united states": "us", "chinese": "cn", "china": "cn", "french": "fr", "german": "de", "turkish": "tr",
    "palestinian": "ps", "hong kong": "hk", "state of palestine": "ps", "swiss": "ch", "cote d'ivoire": "ci",
    "ivory coast": "ci", "filipino": "ph", "burma": "mm", "saudi": "sa",
}  # fmt: skip


def read_date(text: str) -> tuple[date | None, date | None, str]:
    """First and last day a query's date can mean, and what was ignored of it.

    >>> read_date("1965")[:2]
    (datetime.date(1965, 1, 1), datetime.date(1965, 12, 31))
    >>> read_date("00.00.1970")[2]
    'day and month of "00.00.1970" are zero: read as the year'
    """
    from counterpact.record.formats.days import span

    text = " ".join(text.split())
    if not text:
        return None, None, ""
    first, last = span(text[:10] if re.match(r"^\d{4}-\d\d-\d\dT", text) else text)
    if first and last:
        return first, last, ""
    parts = re.split(r"[./\-]", text)
    years = [p for p in parts if len(p) == 4 and p.isdigit() and 1800 <= int(p) <= 2100]
    rest = [p for p in parts if p not in years]
    if len(years) == 1 and all(p.isdigit() or p in ("", "xx", "XX") for p in rest):
        year = int(years[0])
        months = [int(p) for p in rest if p.isdigit() and 1 <= int(p) <= 12 and text.startswith(years[0])]
        if len(rest) == 2 and months and rest[0].isdigit() and int(rest[0]) == months[0]:
            return *span(f"{year}-{months[0]:02d}"), f'the day of "{text}" cannot be read: read as the month'
        why = "day and month" if all(not p.strip("0xX") for p in rest) else "the rest"
        said = "are zero" if why == "day and month" else "is no day"
        return date(year, 1, 1), date(year, 12, 31), f'{why} of "{text}" {said}: read as the year'
    return None, None, f'the date "{text}" cannot be read and was ignored'
