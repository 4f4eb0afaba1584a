"""EU designations transcribed act by act: consolidated framework acts and the acts that amend them."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Sequence

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats.days import span
from counterpact.record.formats.listing import Kind, Listing, Role, Strength, collector_paused, wrong_imo
from counterpact.record.formats.rows import rows
from counterpact.record.formats.uk import number
from counterpact.record.reading import Reading, SourceFile

_SHARED = (
    "recordId", "programKey", "annex", "measure", "startDate", "reason", "schema", "name", "alias", "weakAlias",
    "previousName", "country", "nationality", "jurisdiction", "birthDate", "birthPlace", "position", "passportNumber",
    "gender", "appearance", "ethnicity", "fatherName", "motherName", "incorporationDate", "legalForm", "sector",
    "registrationNumber", "taxNumber", "idNumber", "innCode", "ogrnCode", "kppCode", "okpoCode", "leiCode", "swiftBic",
    "ticker", "imoNumber", "mmsi", "flag", "address", "phone", "email", "website", "notes",
)  # fmt: skip
CONSOLIDATED = ("celex", *_SHARED)
AMENDMENT = ("amendedCelex", "amendmentCelex", *_SHARED)
_KINDS: dict[str, Kind] = {
    "Person": "person", "LegalEntity": "organisation", "Organization": "organisation", "Company": "organisation",
    "Vessel": "vessel", "Asset": "other",
}  # fmt: skip
_NAMES: dict[str, tuple[Role, Strength]] = {
    "alias": ("alias", "strong"), "weakAlias": ("alias", "weak"), "previousName": ("former", ""),
}  # fmt: skip
_NUMBERS = {
    "passportNumber": "passport", "registrationNumber": "registration", "taxNumber": "tax", "idNumber": "national-id",
    "innCode": "inn", "ogrnCode": "ogrn", "kppCode": "kpp", "okpoCode": "okpo", "leiCode": "lei", "swiftBic": "swift",
    "ticker": "ticker", "imoNumber": "imo", "mmsi": "mmsi", "phone": "phone", "email": "email", "website": "website",
}  # fmt: skip
_PLACES = {"nationality": "nationality", "jurisdiction": "registration", "flag": "flag", "country": "country"}
_DAYS = {"birthDate": "birth", "incorporationDate": "founded"}
_REMARKS = {
    "position": "Position", "gender": "Gender", "appearance": "Appearance", "ethnicity": "Ethnicity",
    "fatherName": "Father", "motherName": "Mother", "legalForm": "Legal form", "sector": "Sector", "notes": "Notes",
}  # fmt: skip


def read(files: Sequence[SourceFile]) -> Reading:
    """All acts → one listing; a row is one name in one legal context. The files state no vintage.

    Raises `SourceError` on a changed header, an unknown schema, or a row whose act is not the file's.
    """
    listing = Listing()
    taken: Counter[str] = Counter()
    with collector_paused():
        for file in files:
            amending = file.text().split(",", 1)[0] == AMENDMENT[0]
            for line, row in rows(file, AMENDMENT if amending else CONSOLIDATED, encodings=("utf-8-sig",)):
                act = row["amendmentCelex" if amending else "celex"]
                if f"{act.lower()}.csv" != file.name or row["schema"] not in _KINDS or not row["name"]:
                    raise SourceError(
                        Problem(
                            file.label,
                            line,
                            what=f'act "{act}" and kind "{row["schema"]}" do not fit this file, or the name is empty',
                            do="Compare with the publisher's description of the format",
                        )
                    )
                _row(listing, row, act, taken)
        tables = listing.tables()
    findings = found(wrong_imo(tables), encoding_damage(tables["names"]["name"]))
    return Reading(tables, findings=findings)


def _row(listing: Listing, row: dict[str, str], act: str, taken: Counter[str]) -> None:
    entity = _identity(row, act, taken)
    first, last = span(row["startDate"])
    amended = row.get("amendedCelex", "")
    basis = (f"{act} amending {amended}" if amended else act, f"annex {row['annex']}", row["measure"])
    listing.entity(
        entity,
        _KINDS[row["schema"]],
        row["name"],
        programmes=(row["programKey"],),
        listed=first if first == last else None,
        status="added or changed" if amended else "listed",
        reason=row["reason"],
        legal_basis="; ".join(part for part in basis if part != "annex "),
        reference=row["recordId"],
        remarks="; ".join(f"{label}: {row[column]}" for column, label in _REMARKS.items() if row[column]),
    )
    if row["startDate"] and (first is None or first != last):
        listing.day(entity, "listed", row["startDate"], first, last)
    for column, (role, strength) in _NAMES.items():
        for value in values(row[column]):
            listing.name(entity, value, role, strength=strength)
    for column, scheme in _NUMBERS.items():
        for value in values(row[column]):
            number(listing, entity, scheme, value)
    for column, where in _PLACES.items():
        for value in values(row[column]):
            listing.place(entity, where, value, value)
    for column, what in _DAYS.items():
        for value in values(row[column]):
            listing.day(entity, what, value, *span(value))
    for value in values(row["birthPlace"]):
        listing.place(entity, "birth", value)
    for value in values(row["address"]):
        listing.address(entity, value)


def values(cell: str) -> list[str]:
    """One or several values of a cell: `Foo; Bar`; a value that holds `;` or a quotation mark is quoted as in CSV.

    >>> values('"Foo; Bar"; Baz')
    ['Foo; Bar', 'Baz']
    """
    if '"' in cell:
        cells = next(csv.reader([cell], delimiter=";", skipinitialspace=True))
        return [value.strip() for value in cells if value.strip()]
    return [value.strip() for value in cell.split(";") if value.strip()] if cell else []


def _identity(row: dict[str, str], act: str, taken: Counter[str]) -> str:
    """Act, programme, annex and measure with the printed number; a digest of the name where none is printed."""
    printed = row["recordId"]
    if not printed:
        about = "\x1f".join((row["name"], row["birthDate"], row["imoNumber"], row["registrationNumber"]))
        printed = hashlib.sha256(about.encode()).hexdigest()[:10]
    amended = row.get("amendedCelex", "")
    parts = (act, amended, row["programKey"], row["annex"], row["measure"], row["schema"], printed)
    entity = "/".join(part for part in parts if part)
    taken[entity] += 1
    return entity if taken[entity] == 1 else f"{entity}/{taken[entity]}"
