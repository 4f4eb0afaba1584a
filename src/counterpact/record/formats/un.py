"""The XML of the UN Security Council's consolidated list.

Left out on purpose: VERSIONNUM, SORT_KEY and SORT_KEY_LAST_MOD (housekeeping of the publisher). The narrative
(COMMENTS1) is the reason; posts, titles, gender and notes are the remarks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats import markup
from counterpact.record.formats.days import span
from counterpact.record.formats.listing import Listing, Role, Strength, collector_paused, slug, wrong_imo
from counterpact.record.formats.markup import Spec, inner, one
from counterpact.record.reading import Reading, SourceFile

_VALUES = Spec("VALUE")
_ADDRESS = Spec("STREET CITY STATE_PROVINCE ZIP_CODE COUNTRY NOTE")
_COMMON = "DATAID VERSIONNUM FIRST_NAME UN_LIST_TYPE REFERENCE_NUMBER LISTED_ON DELISTED_ON SUBMITTED_ON SUBMITTED_BY \
COMMENTS1 NAME_ORIGINAL_SCRIPT SORT_KEY SORT_KEY_LAST_MOD"
_ALIAS = Spec("QUALITY ALIAS_NAME NOTE DATE_OF_BIRTH CITY_OF_BIRTH COUNTRY_OF_BIRTH")
_SPECS = {
    "INDIVIDUAL": Spec(
        f"{_COMMON} SECOND_NAME THIRD_NAME FOURTH_NAME GENDER",
        LIST_TYPE=_VALUES,
        LAST_DAY_UPDATED=_VALUES,
        TITLE=_VALUES,
        DESIGNATION=_VALUES,
        NATIONALITY=_VALUES,
        INDIVIDUAL_ALIAS=_ALIAS,
        INDIVIDUAL_ADDRESS=_ADDRESS,
        INDIVIDUAL_DATE_OF_BIRTH=Spec("TYPE_OF_DATE DATE YEAR FROM_YEAR TO_YEAR NOTE"),
        INDIVIDUAL_PLACE_OF_BIRTH=_ADDRESS,
        INDIVIDUAL_DOCUMENT=Spec(
            "TYPE_OF_DOCUMENT TYPE_OF_DOCUMENT2 NUMBER ISSUING_COUNTRY COUNTRY_OF_ISSUE CITY_OF_ISSUE DATE_OF_ISSUE "
            "NOTE"
        ),
    ),
    "ENTITY": Spec(_COMMON, LIST_TYPE=_VALUES, LAST_DAY_UPDATED=_VALUES, ENTITY_ALIAS=_ALIAS, ENTITY_ADDRESS=_ADDRESS),
}
_SECTIONS = {"INDIVIDUALS": "INDIVIDUAL", "ENTITIES": "ENTITY"}
_QUALITIES: dict[str, tuple[Role, Strength]] = {
    "Good": ("alias", "strong"), "Low": ("alias", "weak"), "a.k.a.": ("alias", ""), "f.k.a.": ("former", ""),
    "": ("alias", ""),
}  # fmt: skip
_FORMERLY = ("previously listed as", "formerly listed as")
_DOCUMENTS = {
    "passport": "passport", "numéro de passeport": "passport", "número de pasaporte": "passport",
    "national identification number": "national-id", "national identification no.": "national-id", "": "document",
}  # fmt: skip
_ZONE = re.compile(r"^(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)$")  # the list of 2020 has days with a time zone
_IMO = re.compile(r"\bIMO\)?(?:\s+number)?:?\s*(\d{7})(?!\d)", re.I)


def read_xml(files: Sequence[SourceFile]) -> Reading:
    """`CONSOLIDATED_LIST` → the seven tables of a listing; vintage: `dateGenerated`.

    Raises `SourceError` on an unknown element, alias quality, type of date or type of list.
    """
    listing = Listing()
    file = files[0]
    top = markup.root(file, "CONSOLIDATED_LIST")
    with collector_paused():
        for section in top:
            name = _SECTIONS.get(markup.local(section))
            if name is None:
                raise markup.unknown(file, section, f'a section "{markup.local(section)}" is not known', _SECTIONS)
            for element in section:
                if markup.local(element) != name:
                    raise markup.unknown(file, element, f'"{markup.local(element)}" among {markup.local(section)}')
                _Entry(listing, file, element, name).read()
        tables = listing.tables()
    try:
        day = date.fromisoformat(top.get("dateGenerated", "")[:10])
    except ValueError as error:
        raise SourceError(
            Problem(file.label, column="dateGenerated", what="the day of the list cannot be read", why=str(error))
        ) from error
    return Reading(tables, day, found(wrong_imo(tables), encoding_damage(tables["names"]["name"])))


class _Entry:
    """One person or organisation on its way into the listing."""

    def __init__(self, listing: Listing, file: SourceFile, element: markup.Element, kind: str) -> None:
        self.listing, self.file, self.element, self.kind = listing, file, element, kind
        self.found = markup.record(element, _SPECS[kind], file)
        self.id = one(self.found, "DATAID")

    def read(self) -> None:
        """File everything the entry says."""
        entry, listing = self.found, self.listing
        name = " ".join(one(entry, f"{which}_NAME") for which in ("FIRST", "SECOND", "THIRD", "FOURTH")).split()
        sort = set(inner(entry, "LIST_TYPE", "VALUE"))
        if not self.id.isdigit() or not name or sort - {"UN List"}:
            raise self._unknown(f"no number, no name, or a list of another type ({', '.join(sorted(sort))})")
        listing.entity(
            self.id,
            "person" if self.kind == "INDIVIDUAL" else "organisation",
            " ".join(name),
            programmes=(one(entry, "UN_LIST_TYPE"),),
            listed=self._day("LISTED_ON"),
            delisted=self._day("DELISTED_ON"),
            reason=one(entry, "COMMENTS1"),
            reference=one(entry, "REFERENCE_NUMBER"),
            remarks="; ".join(self._remarks()),
        )
        if original := one(entry, "NAME_ORIGINAL_SCRIPT"):
            listing.name(self.id, original, "primary")
        for value in inner(entry, "LAST_DAY_UPDATED", "VALUE"):
            listing.day(self.id, "updated", value, *span(value))
        listing.day(self.id, "submitted", one(entry, "SUBMITTED_ON"), *span(one(entry, "SUBMITTED_ON")))
        for value in inner(entry, "NATIONALITY", "VALUE"):
            listing.place(self.id, "nationality", value, value)
        for number in _IMO.findall(one(entry, "COMMENTS1")):
            listing.identifier(self.id, "imo", number, note="from the comments")
        self._aliases()
        self._births()
        self._documents()
        for address in entry.get(f"{self.kind}_ADDRESS", ()):
            listing.address(self.id, _text(address, note=True), one(address, "COUNTRY"))

    def _aliases(self) -> None:
        for alias in self.found.get(f"{self.kind}_ALIAS", ()):
            quality = one(alias, "QUALITY")
            if quality not in _QUALITIES:
                raise self._unknown(f'an alias is of quality "{quality}", which is not known')
            role, strength = _QUALITIES[quality]
            if one(alias, "NOTE").lower().startswith(_FORMERLY):
                role = "former"
            self.listing.name(self.id, one(alias, "ALIAS_NAME"), role, strength=strength)
            born = one(alias, "DATE_OF_BIRTH")
            self.listing.day(self.id, "birth", born, *span(born))
            self.listing.place(self.id, "birth", one(alias, "CITY_OF_BIRTH"), one(alias, "COUNTRY_OF_BIRTH"))

    def _births(self) -> None:
        for birth in self.found.get("INDIVIDUAL_DATE_OF_BIRTH", ()):
            sort, day = one(birth, "TYPE_OF_DATE"), _ZONE.sub(r"\1", one(birth, "DATE")) or one(birth, "YEAR")
            first, last, note = one(birth, "FROM_YEAR"), one(birth, "TO_YEAR"), one(birth, "NOTE")
            if sort not in ("EXACT", "APPROXIMATELY", "BETWEEN", ""):
                raise self._unknown(f'a date of birth is of type "{sort}", which is not known')
            if first or last:
                text = f"between {first} and {last}" if first and last else first or last
            else:
                text = f"circa {day}" if day and sort == "APPROXIMATELY" else day
            self.listing.day(
                self.id, "birth", f"{text} ({note})" if text and note else text or note, *span(text or note)
            )
        for place in self.found.get("INDIVIDUAL_PLACE_OF_BIRTH", ()):
            self.listing.place(self.id, "birth", _text(place, note=True), one(place, "COUNTRY"))

    def _documents(self) -> None:
        for document in self.found.get("INDIVIDUAL_DOCUMENT", ()):
            sort = " ".join(one(document, "TYPE_OF_DOCUMENT").split())
            issued = one(document, "DATE_OF_ISSUE")
            parts = (
                one(document, "TYPE_OF_DOCUMENT2"),
                f"issued {issued}" if issued else "",
                one(document, "CITY_OF_ISSUE"),
                one(document, "NOTE"),
            )
            countries = dict.fromkeys(
                country for field in ("ISSUING_COUNTRY", "COUNTRY_OF_ISSUE") for country in document.get(field, ())
            )
            self.listing.identifier(
                self.id,
                _DOCUMENTS.get(sort.lower()) or slug(sort),
                one(document, "NUMBER"),
                country="; ".join(countries),
                note="; ".join(part for part in parts if part),
            )

    def _remarks(self) -> Iterator[str]:
        entry = self.found
        for label, wrapper in (("Title", "TITLE"), ("Designation", "DESIGNATION")):
            if values := inner(entry, wrapper, "VALUE"):
                yield f"{label}: {', '.join(values)}"
        for label, field in (("Gender", "GENDER"), ("Submitted by", "SUBMITTED_BY")):
            if one(entry, field):
                yield f"{label}: {one(entry, field)}"
        for alias in entry.get(f"{self.kind}_ALIAS", ()):
            if one(alias, "NOTE"):
                yield f"{one(alias, 'ALIAS_NAME') or 'Alias'}: {one(alias, 'NOTE')}"
        for document in entry.get("INDIVIDUAL_DOCUMENT", ()):
            if one(document, "NOTE") and not one(document, "NUMBER"):
                yield f"{one(document, 'TYPE_OF_DOCUMENT') or 'Document'}: {one(document, 'NOTE')}"

    def _day(self, field: str) -> date | None:
        text = one(self.found, field)
        if not text:
            return None
        first, last = span(text[:10])
        if first is None or first != last:
            raise self._unknown(f'{field} "{text}" is not a day')
        return first

    def _unknown(self, what: str) -> SourceError:
        return markup.unknown(self.file, self.element, f"entry {self.id or 'without number'}: {what}")


def _text(place: markup.Record, *, note: bool = False) -> str:
    parts = [one(place, field) for field in ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE")]
    if note and one(place, "NOTE"):
        parts.append(f"({one(place, 'NOTE')})")
    return ", ".join(part for part in parts if part)
