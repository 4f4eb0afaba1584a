"""Four CSV files a third party made from the UK Sanctions List."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats import uk
from counterpact.record.formats.days import span
from counterpact.record.formats.listing import Listing, Role, Strength, collector_paused, wrong_imo
from counterpact.record.formats.rows import rows
from counterpact.record.reading import Reading, SourceFile

COLUMNS = {
    "subjects": ("unique_id", "subject_type", "un_reference_number", "ofsi_group_id", "date_designated",
                 "last_updated"),
    "names": ("name_id", "unique_id", "name_type", "alias_strength", "full_name", "name_6", "name_1", "name_2",
              "name_3", "name_4", "name_5"),
    "countries": ("id", "unique_id", "raw_value", "country_type", "iso", "resolution_method", "iso_available"),
    "identifiers": ("id", "unique_id", "ofsi_group_id", "raw_value", "identifier_type", "additional_info"),
}  # fmt: skip
_ROLES: dict[str, Role] = {"primary": "primary", "primary_variation": "alias", "alias": "alias"}
_STRENGTHS: dict[str, Strength] = {"": "", "good_quality_aka": "strong", "low_quality_aka": "weak"}
_SCHEMES = {"passport": "passport", "national": "national-id", "business_registration_numbers": "registration",
            "imo": "imo"}  # fmt: skip


def read(files: Sequence[SourceFile]) -> Reading:
    """The four files → a listing. Raises `SourceError` if one is missing, or a value of a type column is not known."""
    parts = {part: _part(files, part) for part in COLUMNS}
    listing = Listing()
    with collector_paused():
        primary: dict[str, str] = {}
        for _, row in rows(parts["names"], COLUMNS["names"]):
            if row["name_type"] == "primary":
                primary.setdefault(row["unique_id"], row["full_name"])
        days = [_subject(listing, line, row, primary, parts["subjects"]) for line, row in _rows(parts, "subjects")]
        for line, row in _rows(parts, "names"):
            _known(_ROLES, row, "name_type", line, parts["names"])
            _known(_STRENGTHS, row, "alias_strength", line, parts["names"])
            role, strength = _ROLES[row["name_type"]], _STRENGTHS[row["alias_strength"]]
            listing.name(row["unique_id"], row["full_name"], role, strength=strength)
        for line, row in _rows(parts, "countries"):
            _country(listing, line, row, parts["countries"])
        for line, row in _rows(parts, "identifiers"):
            _known(_SCHEMES, row, "identifier_type", line, parts["identifiers"])
            uk.number(
                listing, row["unique_id"], _SCHEMES[row["identifier_type"]], row["raw_value"], row["additional_info"]
            )
        tables = listing.tables()
    return Reading(tables, max(days), found(wrong_imo(tables), encoding_damage(tables["names"]["name"])))


def _rows(parts: dict[str, SourceFile], part: str) -> Iterator[tuple[int, dict[str, str]]]:
    return rows(parts[part], COLUMNS[part])


def _part(files: Sequence[SourceFile], part: str) -> SourceFile:
    for file in files:
        if file.name.endswith(f"{part}.csv"):
            return file
    raise SourceError(
        Problem(files[0].label, what=f"the file of {part} is missing", do="Give all four files in one import")
    )


def _known(table: dict[str, object] | dict[str, str] | dict[str, Role] | dict[str, Strength], row: dict[str, str],
           column: str, line: int, file: SourceFile) -> None:  # fmt: skip
    if row[column] not in table:
        raise SourceError(Problem(file.label, line, column, f'"{row[column]}" is not known'))


def _subject(listing: Listing, line: int, row: dict[str, str], primary: dict[str, str], file: SourceFile) -> date:
    entity = row["unique_id"]
    if row["subject_type"] not in uk.KINDS or entity not in primary:
        raise SourceError(
            Problem(file.label, line, "subject_type", f'{entity}: "{row["subject_type"]}" or its name is not known')
        )
    listed, updated = span(row["date_designated"])[0], span(row["last_updated"])[0]
    if listed is None or updated is None:
        raise SourceError(Problem(file.label, line, "date_designated", f"{entity}: a day cannot be read"))
    listing.entity(entity, uk.KINDS[row["subject_type"]], primary[entity], listed=listed, reference=entity)
    listing.identifier(entity, "un-reference", row["un_reference_number"])
    listing.identifier(entity, "ofsi-group", row["ofsi_group_id"])
    listing.day(entity, "updated", row["last_updated"], updated)
    return updated


def _country(listing: Listing, line: int, row: dict[str, str], file: SourceFile) -> None:
    entity, country, sort = row["unique_id"], row["raw_value"], row["country_type"]
    if sort == "address":
        listing.address(entity, "", country)
    elif sort in ("birth", "nationality"):
        listing.place(entity, sort, "", country)
    else:
        raise SourceError(Problem(file.label, line, "country_type", f'"{sort}" is not known'))
