"""A small list of made-up entries in the shape of the record."""

from __future__ import annotations

from datetime import date
from functools import cache

from counterpact.lines.sanctions.lists import SanctionsList
from counterpact.lines.sanctions.screening.index import Index, build
from counterpact.record.formats.listing import Listing

SHIP, COMPANY = "9074729", "0123456"


def sample(*, remarks: str = "Gender: Male", more: int = 300) -> SanctionsList:
    """Ten telling entries and `more` fillers, so that rarity means something."""
    made = Listing()
    made.entity("1", "person", "Testov, Igor Pavlovich", programmes=("RUS",), remarks=remarks)
    made.name("1", "Игорь Тестов")
    made.day("1", "birth", "12 May 1970", date(1970, 5, 12))
    made.place("1", "nationality", "Russian", "Russian")
    made.identifier("1", "passport", "AB 1234567")
    made.entity("2", "person", "KIM Song-hun")
    made.entity("3", "organisation", "OOO Sever Trading")
    made.entity("4", "vessel", "SEA BEAVER 5")
    made.identifier("4", "imo", SHIP)
    made.entity("5", "person", "Abdul Rahman Al-Testi")
    made.entity("6", "organisation", "Nordlicht Bank AG")
    for i in range(more):
        made.entity(f"f{i}", "person", f"{_word(i)} {_word(i * 7 + 3)}")
    return SanctionsList("sample", "A sample", date(2026, 1, 1), f"digest-{remarks}-{more}", made.tables())


def _word(i: int) -> str:
    onsets, vowels = "bdfgklmnprstvz", "aeiou"
    return "".join(onsets[(i // 3**k) % 14] + vowels[(i // 2**k) % 5] for k in range(3)).title()


@cache
def index() -> Index:
    """The index of the sample."""
    return build([sample()])
