"""What is asked: a name and whatever else is known; what cannot be used is said, never silently dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from counterpact.errors import UsageError
from counterpact.lines.sanctions.screening.entry import country, plain_number, read_date, usable
from counterpact.lines.sanctions.screening.names import MAX_LETTERS, clean, parse
from counterpact.record.formats.listing import imo_company, imo_ship

KINDS = ("", "person", "organisation", "vessel", "aircraft")
POOLS = ("imo", "mmsi", "lei", "inn", "ogrn", "passport", "id", "tax", "registration", "crypto", "bic", "isin")


@dataclass(frozen=True)
class Query:
    """One question. `kind` empty: any. `ignored` says what of the input was not used, and why."""

    name: str
    kind: str = ""
    born: tuple[date, date] | None = None
    countries: tuple[str, ...] = ()
    gender: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()  # further names of the same party
    ignored: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.name) or bool(self.names) or bool(self.numbers)


def make(
    name: str = "",
    *,
    kind: str = "",
    born: str | None = "",
    countries: Sequence[str] = (),
    gender: str | None = "",
    numbers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    names: Sequence[str] = (),
) -> Query:
    """A query from what a user writes. Raises `UsageError` only for a kind that does not exist."""
    if kind not in KINDS:
        raise UsageError(f'"{kind}" is no kind; say one of {", ".join(KINDS[1:])}, or nothing for any')
    ignored: list[str] = []
    texts = [_name(text, kind, ignored) for text in (name, *names)]
    first, last, why = read_date(born or "")
    if why:
        ignored.append(why)
    lands = []
    for text in countries:
        code = country(text) if text else ""
        if text and not code:
            ignored.append(f'the country "{text[:40]}" is not known')
        elif code:
            lands.append(code)
    sex = (gender or "").strip().lower()
    sex = {"m": "male", "f": "female"}.get(sex, sex)
    pairs = numbers.items() if isinstance(numbers, Mapping) else numbers
    return Query(
        name=texts[0],
        kind=kind,
        born=(first, last) if first and last else None,
        countries=tuple(dict.fromkeys(lands)),
        gender=sex if sex in ("male", "female") else "",
        numbers=tuple(found for pool, value in pairs if value for found in _number(pool, value, ignored)),
        names=tuple(text for text in texts[1:] if text),
        ignored=tuple(dict.fromkeys(ignored)),
    )


def _name(text: str, kind: str, ignored: list[str]) -> str:
    found = clean(text)
    if not found:
        if text:
            ignored.append("the name holds nothing that can be read")
        return ""
    if found != " ".join(text.split()):
        ignored.append("control and formatting characters in the name")
    parsed = parse(found, kind or "person")
    if not parsed.parts:
        ignored.append(f'the name "{found[:40]}" has no letters or digits')
        return ""
    if parsed.cut:
        ignored.append(f"the name is very long; only its first {MAX_LETTERS} letters and 16 parts are compared")
    if sum(map(len, parsed.parts)) == 1:
        ignored.append("a name of one letter matches nothing by name")
        return ""
    return found


def _number(pool: str, value: str, ignored: list[str]) -> list[tuple[str, str]]:
    plain = plain_number(pool, value)
    if pool == "imo":
        digits = "".join(c for c in plain if c.isdigit())
        if imo_ship(digits):
            return [("imo", digits)]
        if imo_company(digits):
            ignored.append(f"IMO {digits} fits the check digit of a company, not of a ship; looked up as a company's")
            return [("imo-company", digits)]
        ignored.append(f"IMO {value[:20]} fails its check digit and was ignored")
        return []
    if not usable(pool, plain):
        ignored.append(f'the {pool} number "{value[:20]}" is too short to settle anything and was ignored')
        return []
    return [(pool, plain)]
