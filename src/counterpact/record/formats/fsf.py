"""The EU's consolidated Financial Sanctions File, XML 1.1 and CSV 1.1: two forms of the same fields.

A row of the CSV carries one part (a name, an address, a birth, a document, a citizenship) beside the entity; its
columns are the attributes of the XML under other names. The regulation behind each part is left out on purpose (the
one behind the listing is kept), as are row ids and languages of regulations. The CSV does not say whether a name is
strong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats import markup
from counterpact.record.formats.days import span
from counterpact.record.formats.listing import Kind, Listing, Strength, collector_paused, slug, wrong_imo
from counterpact.record.formats.rows import rows
from counterpact.record.formats.uk import number
from counterpact.record.reading import Reading, SourceFile

Part = Mapping[str, str]

_KINDS: dict[str, Kind] = {"person": "person", "enterprise": "organisation"}
_COUNTRY = "countryIso2Code countryDescription regulationLanguage logicalId"
_PLACE = f"city zipCode region place {_COUNTRY}"
_ATTRIBUTES = {
    "sanctionEntity": "designationDate designationDetails unitedNationId euReferenceNumber logicalId",
    "regulation": "regulationType organisationType publicationDate entryIntoForceDate numberTitle programme logicalId",
    "subjectType": "code classificationCode",
    "nameAlias": "firstName middleName lastName wholeName function gender title nameLanguage strong regulationLanguage "
    "logicalId",
    "citizenship": f"region {_COUNTRY}",
    "birthdate": "circa calendarType birthdate dayOfMonth monthOfYear year yearRangeFrom yearRangeTo " + _PLACE,
    "identification": "diplomatic knownExpired knownFalse reportedLost revokedByIssuer issuedBy issuedDate validFrom "
    "validTo latinNumber nameOnDocument number region identificationTypeCode identificationTypeDescription " + _COUNTRY,
    "address": "street poBox asAtListingTime " + _PLACE,
    "contactInfo": "key value",
    "regulationSummary": "regulationType publicationDate numberTitle publicationUrl",
    "remark": "",
    "publicationUrl": "",
}
_KNOWN = {name: frozenset(words.split()) for name, words in _ATTRIBUTES.items()}
_PARTS = ("nameAlias", "citizenship", "birthdate", "identification", "address")
_INSIDE = {
    "sanctionEntity": {"remark", "regulation", "subjectType", *_PARTS},
    "regulation": {"publicationUrl", "remark"},
    "address": {"remark", "regulationSummary", "contactInfo"},
} | {name: {"remark", "regulationSummary"} for name in _PARTS if name != "address"}
_FLAGS = {"diplomatic": "diplomatic", "knownExpired": "known expired", "knownFalse": "known false",
          "reportedLost": "reported lost", "revokedByIssuer": "revoked by issuer"}  # fmt: skip
_SCHEMES = {"passport": "passport", "id": "national-id", "imo": "imo", "swiftbic": "swift", "regnumber": "registration",
            "fiscalcode": "tax", "taxid": "tax", "ssn": "ssn", "other": "other"}  # fmt: skip
_STRENGTHS: dict[str, Strength] = {"true": "strong", "false": "weak"}
_CONTACTS = {"PHONE": "phone", "FAX": "fax", "EMAIL": "email", "WEB": "website", "WEBSITE": "website"}


def read_xml(files: Sequence[SourceFile]) -> Reading:
    """`export` of `sanctionEntity`s → a listing; vintage: `generationDate`.

    Raises `SourceError` on an unknown element, attribute or kind of subject.
    """
    file = files[0]
    top = markup.root(file, "export")
    listing = Listing(vessels=False)  # the file calls ships enterprises
    with collector_paused():
        for element in top:
            if markup.local(element) != "sanctionEntity":
                raise markup.unknown(file, element, f'an element "{markup.local(element)}" is not known here')
            _entity_xml(listing, element, file)
        tables = listing.tables()
    day = _generated(file, top.get("generationDate", "")[:10])
    return Reading(tables, day, found(wrong_imo(tables), encoding_damage(tables["names"]["name"])))


def _entity_xml(listing: Listing, element: markup.Element, file: SourceFile) -> None:
    own = markup.attributes(element, _KNOWN["sanctionEntity"], file)
    parts: dict[str, list[dict[str, str]]] = {}
    for child in element:
        name = markup.local(child)
        if name not in _INSIDE["sanctionEntity"]:
            raise markup.unknown(file, child, f'"sanctionEntity" holds an element "{name}" that is not known', _KNOWN)
        parts.setdefault(name, []).append(_part_xml(child, name, file))
    subject = parts.get("subjectType", [{}])[0].get("code", "")
    basis = parts.get("regulation", [{}])
    names = sorted(parts.get("nameAlias", ()), key=lambda part: part.get("strong") == "false")  # strong ones first
    problem = Problem(file.label, element.sourceline or 0)
    remarks = [part["remark"] for part in parts.get("remark", ()) if part.get("remark")]
    _entity(listing, own, subject, whole(names[0]) if names else "", basis, remarks, problem)
    for kind in _PARTS:
        for part in parts.get(kind, ()):
            _file(listing, own["logicalId"], kind, part)


def _part_xml(element: markup.Element, name: str, file: SourceFile) -> dict[str, str]:
    part = markup.attributes(element, _KNOWN[name], file)
    remarks = [element.text.strip()] if name == "remark" and element.text else []
    contacts = []
    for child in element:
        inside = markup.local(child)
        if inside not in _INSIDE.get(name, ()):
            raise markup.unknown(file, child, f'"{name}" holds an element "{inside}" that is not known', _KNOWN)
        found = markup.attributes(child, _KNOWN[inside], file)
        if inside == "remark" and child.text and child.text.strip():
            remarks.append(child.text.strip())
        elif inside == "contactInfo":
            contacts.append(f"{found.get('key', '')}[{found.get('value', '')}]")
    return part | {"remark": "; ".join(remarks), "contacts": "\n".join(contacts)}


# Columns of the CSV: prefix → column → attribute of the XML.
_REGULATION = ("Type", "OrganisationType", "PublicationDate", "EntryIntoForceDate", "NumberTitle", "Programme",
               "PublicationUrl")  # fmt: skip
_TAIL = ("LogicalId", "RegulationLanguage", "Remark", *(f"Regulation_{word}" for word in _REGULATION))
_CSV = {
    "NameAlias": ("LastName", "FirstName", "MiddleName", "WholeName", "NameLanguage", "Gender", "Title", "Function",
                  *_TAIL),
    "Address": ("City", "Street", "PoBox", "ZipCode", "Region", "Place", "AsAtListingTime", "ContactInfo",
                "CountryIso2Code", "CountryDescription", *_TAIL),
    "BirthDate": ("BirthDate", "Day", "Month", "Year", "YearRangeFrom", "YearRangeTo", "Circa", "CalendarType",
                  "ZipCode", "Region", "Place", "City", "CountryIso2Code", "CountryDescription", *_TAIL),
    "Identification": ("Number", "Diplomatic", "KnownExpired", "KnownFalse", "ReportedLost", "RevokedByIssuer",
                       "IssuedBy", "IssuedDate", "ValidFrom", "ValidTo", "LatinNumber", "NameOnDocument", "TypeCode",
                       "TypeDescription", "Region", "CountryIso2Code", "CountryDescription", *_TAIL),
    "Citizenship": ("Region", "CountryIso2Code", "CountryDescription", *_TAIL),
}  # fmt: skip
COLUMNS = (
    "fileGenerationDate", "Entity_LogicalId", "Entity_EU_ReferenceNumber", "Entity_UnitedNationId",
    "Entity_DesignationDate", "Entity_DesignationDetails", "Entity_Remark", "Entity_SubjectType",
    "Entity_SubjectType_ClassificationCode", *(f"Entity_Regulation_{word}" for word in _REGULATION),
    *(f"{prefix}_{column}" for prefix, columns in _CSV.items() for column in columns),
)  # fmt: skip
_ELEMENT = {"NameAlias": "nameAlias", "Address": "address", "BirthDate": "birthdate",
            "Identification": "identification", "Citizenship": "citizenship"}  # fmt: skip
_RENAMED = {"Day": "dayOfMonth", "Month": "monthOfYear", "BirthDate": "birthdate", "TypeCode": "identificationTypeCode",
            "TypeDescription": "identificationTypeDescription", "ContactInfo": "contacts"}  # fmt: skip


def read_csv(files: Sequence[SourceFile]) -> Reading:
    """Rows of parts, by `Entity_LogicalId` → a listing; vintage: `fileGenerationDate`.

    Raises `SourceError` on a changed header or an unknown kind of subject.
    """
    file = files[0]
    groups: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for line, row in rows(file, COLUMNS, separator=";"):
        groups.setdefault(row["Entity_LogicalId"], []).append((line, row))
    listing = Listing(vessels=False)  # the file calls ships enterprises
    generated = ""
    with collector_paused():
        for lines in groups.values():
            generated = lines[0][1]["fileGenerationDate"]
            _entity_csv(listing, lines, file)
        tables = listing.tables()
    return Reading(
        tables,
        _generated(file, generated),
        found(wrong_imo(tables), encoding_damage(tables["names"]["name"])),
    )


def _entity_csv(listing: Listing, lines: list[tuple[int, dict[str, str]]], file: SourceFile) -> None:
    line, first = lines[0]
    own = {
        "logicalId": first["Entity_LogicalId"],
        "euReferenceNumber": first["Entity_EU_ReferenceNumber"],
        "unitedNationId": first["Entity_UnitedNationId"],
        "designationDate": first["Entity_DesignationDate"],
        "designationDetails": first["Entity_DesignationDetails"],
    }
    basis = [
        {
            "numberTitle": row["Entity_Regulation_NumberTitle"],
            "programme": row["Entity_Regulation_Programme"],
            "publicationDate": row["Entity_Regulation_PublicationDate"],
        }
        for _, row in lines
    ]
    parts = [(element, _part_csv(row, prefix)) for _, row in lines for prefix, element in _ELEMENT.items()]
    name = next((whole(part) for element, part in parts if element == "nameAlias" and whole(part)), "")
    remarks = [first["Entity_Remark"]] if first["Entity_Remark"] else []
    subject = first["Entity_SubjectType_ClassificationCode"]
    _entity(listing, own, subject, name, basis, remarks, Problem(file.label, line))
    for element, part in parts:
        if any(part.values()):
            _file(listing, own["logicalId"], element, part)


def _part_csv(row: Mapping[str, str], prefix: str) -> dict[str, str]:
    part = {}
    for column in _CSV[prefix]:
        if not column.startswith("Regulation"):
            part[_RENAMED.get(column, column[0].lower() + column[1:])] = row[f"{prefix}_{column}"]
    return part


def _generated(file: SourceFile, text: str) -> date:
    first, last = span(text)
    if first is None or first != last:
        raise SourceError(
            Problem(file.label, what=f'the day the file was generated, "{text}", cannot be read', do="Is it whole?")
        )
    return first


def whole(name: Part) -> str:
    """The whole name, or its pieces where the source gives no whole."""
    return name.get("wholeName") or " ".join(
        name[piece] for piece in ("firstName", "middleName", "lastName") if name.get(piece)
    )


def _entity(
    listing: Listing,
    own: Part,
    subject: str,
    name: str,
    regulations: Sequence[Part],
    remarks: Sequence[str],
    where: Problem,
) -> None:
    entity = own.get("logicalId", "")
    if subject not in _KINDS or not name or not entity:
        raise SourceError(
            Problem(where.file, where.row, what=f'entity "{entity}": subject "{subject}" or its name is not known')
        )
    published = next((r["publicationDate"] for r in regulations if r.get("publicationDate")), "")
    first, last = span(own.get("designationDate") or published)
    listing.entity(
        entity,
        _KINDS[subject],
        name,
        programmes=tuple(dict.fromkeys(r["programme"] for r in regulations if r.get("programme"))),
        listed=first if first == last else None,
        reason=own.get("designationDetails", ""),
        legal_basis="; ".join(dict.fromkeys(r["numberTitle"] for r in regulations if r.get("numberTitle"))),
        reference=own.get("euReferenceNumber", ""),
        remarks="; ".join(dict.fromkeys(remarks)),
    )
    listing.identifier(entity, "un-reference", own.get("unitedNationId", ""))


def _file(listing: Listing, entity: str, kind: str, part: Part) -> None:
    country = part.get("countryDescription", "")
    country = "" if country == "UNKNOWN" else country
    if kind == "nameAlias":
        strength = _STRENGTHS.get(part.get("strong", ""), "")
        listing.name(entity, whole(part), strength=strength, language=part.get("nameLanguage", "").lower())
    elif kind == "citizenship":
        listing.place(entity, "nationality", part.get("region", ""), country)
    elif kind == "address":
        listing.address(entity, _text(part, ("street", "poBox", "zipCode", "city", "place", "region")), country)
        for contact in part.get("contacts", "").split("\n"):
            key, _, value = contact.partition("[")
            listing.identifier(entity, _CONTACTS.get(key.strip()) or slug(key) or "contact", value.rstrip("]"))
    elif kind == "birthdate":
        _birth(listing, entity, part, country)
    else:
        _document(listing, entity, part, country)


def _birth(listing: Listing, entity: str, part: Part, country: str) -> None:
    low, high = part.get("yearRangeFrom", ""), part.get("yearRangeTo", "")
    day, month, year = (part.get(word, "") for word in ("dayOfMonth", "monthOfYear", "year"))
    pieces = (year, month, day if month else "") if year else ()
    text = part.get("birthdate") or "-".join(piece.zfill(2) for piece in pieces if piece)
    if not text and (low or high):
        text = f"between {low} and {high}" if low and high else low or high
    if text and part.get("circa") == "true" and not low:
        text = f"circa {text}"
    listing.day(entity, "birth", text, *span(text))
    listing.place(entity, "birth", _text(part, ("place", "city", "region", "zipCode")), country)


def _document(listing: Listing, entity: str, part: Part, country: str) -> None:
    code = part.get("identificationTypeCode", "")
    notes = [label for flag, label in _FLAGS.items() if part.get(flag) == "true"]
    for label, field in (("issued by", "issuedBy"), ("issued", "issuedDate"), ("valid from", "validFrom"),
                         ("valid to", "validTo"), ("in the name of", "nameOnDocument"), ("", "remark")):  # fmt: skip
        if part.get(field):
            notes.append(f"{label} {part[field]}".strip())
    if code not in _SCHEMES and part.get("identificationTypeDescription"):
        notes.append(part["identificationTypeDescription"])
    scheme = _SCHEMES.get(code) or slug(code) or "document"
    for value in dict.fromkeys((part.get("number", ""), part.get("latinNumber", ""))):
        if value and scheme == "imo":
            number(listing, entity, scheme, value, "; ".join(notes))
        else:
            listing.identifier(entity, scheme, value, country=country, note="; ".join(notes))


def _text(part: Part, fields: Sequence[str]) -> str:
    return ", ".join(part[field] for field in fields if part.get(field))
