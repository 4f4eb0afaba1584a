"""What the UK's lists share: names in six parts, half-known days of birth, alias strengths, IMO numbers in prose."""

from __future__ import annotations

import re
from datetime import date

from counterpact.record.formats.days import span
from counterpact.record.formats.listing import Kind, Listing, Role, Strength

KINDS: dict[str, Kind] = {
    "individual": "person", "entity": "organisation", "ship": "vessel",
}  # fmt: skip
NAME_TYPES: dict[str, Role] = {
    "primary name": "primary", "primary name variation": "alias", "alias": "alias", "aka": "alias",
    "fka": "former",
}  # fmt: skip
STRENGTHS: dict[str, Strength] = {
    "": "", "good": "strong", "low": "weak", "strong": "strong", "weak": "weak", "good quality": "strong",
    "low quality": "weak", "good quality a.k.a": "strong", "low quality a.k.a": "weak", "good quality a.k.a.": "strong",
    "low quality a.k.a.": "weak",
}  # fmt: skip
_HALF = re.compile(r"^(\d\d|dd)/(\d\d|mm)/(\d{4})$", re.I)
_SEVEN = re.compile(r"(?<!\d)\d{7}(?!\d)")
_NUMBERED = re.compile(r"(?:^|\s)\(\d+\)\s*")


def day(text: str) -> tuple[date | None, date | None]:
    """A day of birth of which day or month may be unknown: `dd/mm/1945`, `00/03/1958`.

    >>> day("dd/mm/1945")
    (datetime.date(1945, 1, 1), datetime.date(1945, 12, 31))
    """
    match = _HALF.match(text.strip())
    if match and not (match[1].isdigit() and int(match[1])):
        month = match[2]
        return span(f"{match[3]}-{month}" if month.isdigit() and int(month) else match[3])
    return span(text)


def name(parts: list[str]) -> str:
    """Parts 1 to 5, then the surname or whole name (part 6): `[name 6, name 1 … name 5]`."""
    return " ".join(" ".join((*parts[1:], parts[0])).split())


def number(listing: Listing, entity: str, scheme: str, value: str, note: str = "") -> None:
    """One number; of an IMO cell every number of seven digits in it (`IMO9562233`)."""
    if scheme == "imo" and (found := _SEVEN.findall(value)):
        for digits in found:
            listing.identifier(entity, "imo", digits, note=note)
        return
    listing.identifier(entity, scheme, value, note=note)


def several(text: str) -> list[str]:
    """`(1) Russia. (2) Ukraine` → both; a value without numbers is one value.

    >>> several("(1) Russia. (2) Ukraine"), several("Korea (North)")
    (['Russia', 'Ukraine'], ['Korea (North)'])
    """
    pieces = [piece.strip() for piece in _NUMBERED.split(text)]
    if len(pieces) == 1:
        return [pieces[0]] if pieces[0] else []
    return [piece.rstrip(". ;") for piece in pieces if piece]
