"""OFSI's consolidated list of asset freeze targets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats import uk
from counterpact.record.formats.days import span
from counterpact.record.formats.listing import Listing, Role, collector_paused, wrong_imo
from counterpact.record.formats.rows import first_line, rows
from counterpact.record.reading import Reading, SourceFile

COLUMNS = (
    "Name 6", "Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Title", "Name Non-Latin Script",
    "Non-Latin Script Type", "Non-Latin Script Language", "DOB", "Town of Birth", "Country of Birth", "Nationality",
    "Passport Number", "Passport Details", "National Identification Number", "National Identification Details",
    "Position", "Address 1", "Address 2", "Address 3", "Address 4", "Address 5", "Address 6", "Post/Zip Code",
    "Country", "Other Information", "Group Type", "Alias Type", "Alias Quality", "Regime", "Listed On",
    "UK Sanctions List Date Designated", "Last Updated", "Group ID",
)  # fmt: skip
_ADDRESS = ("Address 1", "Address 2", "Address 3", "Address 4", "Address 5", "Address 6", "Post/Zip Code")
_LABEL = re.compile(r"\(([^():]{2,60})\):\s*")
_NUMBERS = {"IMO number": "imo", "Phone number": "phone", "Website": "website", "Email address": "email",
            "Business Reg No": "registration", "UN Ref": "un-reference"}  # fmt: skip
_TIES = {"Current owners": "owned by", "Previous owners": "formerly owned by", "Parent company": "parent",
         "Subsidiaries": "subsidiary"}  # fmt: skip
_FLAGS = {"Current believed flag of ship": "flag", "Previous flags": "former-flag"}


def read(files: Sequence[SourceFile]) -> Reading:
    """Rows by group id → a listing; vintage: the day above the header.

    Raises `SourceError` on a changed header, an unknown kind of group, alias or quality, or a target without a primary
    name.
    """
    file = files[0]
    above = first_line(file).split(",")
    day = span(above[1].strip())[0] if len(above) > 1 and above[0] == "Last Updated" else None
    if day is None:
        raise SourceError(
            Problem(
                file.label,
                1,
                what='the first line is not "Last Updated" with a day',
                do="This is another file, or the publisher changed the format",
            )
        )
    groups: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for line, row in rows(file, COLUMNS, skip=1):
        groups.setdefault(row["Group ID"], []).append((line, row))
    listing = Listing()
    with collector_paused():
        for entity, lines in groups.items():
            _target(listing, entity, lines, file)
        tables = listing.tables()
    return Reading(tables, day, found(wrong_imo(tables), encoding_damage(tables["names"]["name"])))


def _target(listing: Listing, entity: str, lines: list[tuple[int, dict[str, str]]], file: SourceFile) -> None:
    main = next((row for _, row in lines if row["Alias Type"].lower() == "primary name"), None)
    line = lines[0][0]
    if main is None or not entity or not _name(main):
        raise SourceError(Problem(file.label, line, "Alias Type", f'group "{entity}" has no primary name'))
    said = _labelled(main["Other Information"])
    kind = uk.KINDS.get(main["Group Type"].lower())
    if kind is None:
        raise SourceError(Problem(file.label, line, "Group Type", f'"{main["Group Type"]}" is not known'))
    posts = dict.fromkeys(row["Position"] for _, row in lines if row["Position"])
    remarks = [main["Other Information"], *(f"Position: {post}" for post in posts)]
    listing.entity(
        entity,
        kind,
        _name(main),
        programmes=tuple(dict.fromkeys(row["Regime"] for _, row in lines if row["Regime"])),
        listed=span(main["Listed On"])[0],
        reason=said.get("UK Statement of Reasons", ""),
        reference=said.get("UK Sanctions List Ref", ""),
        remarks="; ".join(text for text in remarks if text),
    )
    for label, scheme in _NUMBERS.items():
        if value := said.get(label, "").rstrip(". "):
            uk.number(listing, entity, scheme, value)
    for label, tie in _TIES.items():
        for target in uk.several(said.get(label, "")):
            listing.relation(entity, tie, target_name=target.rstrip(". "))
    for label, role in _FLAGS.items():
        for flag in uk.several(said.get(label, "")):
            listing.place(entity, role, flag.rstrip(". "), flag.rstrip(". "))
    for number, row in lines:
        _row(listing, entity, row, number, file)


def _row(listing: Listing, entity: str, row: dict[str, str], line: int, file: SourceFile) -> None:
    sort, quality = row["Alias Type"].lower(), row["Alias Quality"].lower()
    if sort not in uk.NAME_TYPES or quality not in uk.STRENGTHS:
        raise SourceError(
            Problem(file.label, line, "Alias Type", f'"{row["Alias Type"]}", "{row["Alias Quality"]}" is not known')
        )
    role: Role = uk.NAME_TYPES[sort]
    listing.name(entity, _name(row), role, strength=uk.STRENGTHS[quality])
    script = row["Name Non-Latin Script"]
    listing.name(entity, script, "primary" if role == "primary" else role, language=row["Non-Latin Script Language"])
    for text in uk.several(row["DOB"]):
        listing.day(entity, "birth", text, *uk.day(text))
    for column, what in (("UK Sanctions List Date Designated", "designated"), ("Last Updated", "updated")):
        listing.day(entity, what, row[column], *span(row[column]))
    listing.place(entity, "birth", row["Town of Birth"], row["Country of Birth"])
    for country in uk.several(row["Nationality"]):
        listing.place(entity, "nationality", country, country)
    listing.identifier(entity, "passport", row["Passport Number"], note=row["Passport Details"])
    listing.identifier(
        entity, "national-id", row["National Identification Number"], note=row["National Identification Details"]
    )
    listing.address(entity, ", ".join(row[column] for column in _ADDRESS if row[column]), row["Country"])


def _name(row: dict[str, str]) -> str:
    return uk.name([row[column] for column in COLUMNS[:6]])


def _labelled(text: str) -> dict[str, str]:
    """`(UN Ref):TAi.002. (Gender):Male` → by label; text before the first label is left to the remarks."""
    pieces = _LABEL.split(text)
    return {label: value.strip().rstrip(".") for label, value in zip(pieces[1::2], pieces[2::2], strict=True)}
