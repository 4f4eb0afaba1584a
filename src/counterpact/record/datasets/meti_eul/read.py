"""METI's end-user list as a JSON list of objects made by a third party."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

import msgspec

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import found
from counterpact.record.formats.listing import Listing
from counterpact.record.reading import DataFinding, Reading, SourceFile

LIST = "jp-end-user-list"
_RELEASE = re.compile(r"/press/\d{4}/\d{2}/(\d{4})(\d{2})(\d{2})\d+/")


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    entity_name: str
    entity_type: str
    aliases: list[str]
    addresses: list[str]
    country: str
    date_added: str | None
    reason: str
    last_verified: str
    list_id: str
    source_list_name: str
    source_url: str


_DECODER = msgspec.json.Decoder(list[_Entry])


def read(files: Sequence[SourceFile]) -> Reading:
    """One object per end user → a listing. Raises `SourceError` on unknown fields, kinds or another list."""
    file = files[0]
    try:
        entries = _DECODER.decode(file.bytes())
    except msgspec.DecodeError as error:
        raise SourceError(
            Problem(file.label, what="this is not the JSON of the end-user list", why=str(error))
        ) from error
    cells = Counter(address for entry in entries for address in entry.addresses)
    countries = [country for country in cells if not any(_within(country, other) for other in cells)]
    listing = Listing()
    spilled: list[str] = []
    days: set[date] = set()
    for row, entry in enumerate(entries, 1):
        if entry.list_id != LIST or entry.entity_type != "organization":
            raise SourceError(
                Problem(
                    file.label,
                    row,
                    what=f'an object of list "{entry.list_id}" and kind "{entry.entity_type}" does not belong here',
                )
            )
        days.add(_release(entry, row, file))
        listing.entity(
            entry.id, "organisation", entry.entity_name, programmes=(LIST,), reason=entry.reason,
            legal_basis=entry.source_url,
        )  # fmt: skip
        for alias in entry.aliases:
            listing.name(entry.id, alias)
        for address in entry.addresses:
            country = next((c for c in countries if address == c or _within(address, c)), "")
            if address != country:
                spilled.append(address)
            listing.address(entry.id, "" if address == country else address, country)
    return Reading(listing.tables(), max(days, default=None), found(_spilled(spilled)))


def _within(cell: str, country: str) -> bool:
    """True if a cell is a country that stands alone elsewhere, with more behind it."""
    return cell.startswith(f"{country} ")


def _release(entry: _Entry, row: int, file: SourceFile) -> date:
    match = _RELEASE.search(entry.source_url)
    if not match:
        raise SourceError(
            Problem(file.label, row, "source_url", f'"{entry.source_url}" does not say the day of METI\'s release')
        )
    year, month, day = map(int, match.groups())
    return date(year, month, day)


def _spilled(cells: list[str]) -> DataFinding | None:
    if not cells:
        return None
    return DataFinding(
        "name-in-country",
        "warning",
        f"{len(cells)} cells of the country hold more than a country, such as {cells[0]}",
        len(cells),
        "kept as the text of the address",
        tuple(cells[:5]),
    )
