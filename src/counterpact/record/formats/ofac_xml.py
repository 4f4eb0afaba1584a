"""OFAC's XML lists: the SDN list and the consolidated non-SDN list share one schema.

A kind of number OFAC invents is kept under OFAC's own words (`BIK (RU)` → `bik-ru`); sentences that OFAC files as
numbers (sanctions risk, directives, gender …) go to the remarks. Row ids (`uid`) of aliases, addresses and numbers and
the `mainEntry` flags are left out on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats import markup, ofac
from counterpact.record.formats.days import span
from counterpact.record.formats.listing import Listing, Strength, collector_paused, slug, wrong_imo
from counterpact.record.formats.markup import Spec, inner, one
from counterpact.record.reading import Reading, SourceFile

_PUBLISHED = Spec("Publish_Date Record_Count")
_ENTRY = Spec(
    "uid firstName lastName title sdnType remarks",
    programList=Spec("program"),
    idList=Spec(id=Spec("uid idType idNumber idCountry issueDate expirationDate")),
    akaList=Spec(aka=Spec("uid type category lastName firstName")),
    addressList=Spec(address=Spec("uid address1 address2 address3 city stateOrProvince postalCode country")),
    nationalityList=Spec(nationality=Spec("uid country mainEntry")),
    citizenshipList=Spec(citizenship=Spec("uid country mainEntry")),
    dateOfBirthList=Spec(dateOfBirthItem=Spec("uid dateOfBirth mainEntry")),
    placeOfBirthList=Spec(placeOfBirthItem=Spec("uid placeOfBirth mainEntry")),
    vesselInfo=Spec("callSign vesselType vesselFlag vesselOwner tonnage grossRegisteredTonnage"),
)
_SENTENCES = (
    "secondary sanctions risk", "executive order", "caatsa", "additional sanctions information", "gender",
    "target type", "organization type", "transactions prohibited", "issuer name", "peesa information",
)  # fmt: skip
_DAYS = {"Organization Established Date": "founded", "Vessel Year of Build": "built",
         "Aircraft Manufacture Date": "built"}  # fmt: skip
_PLACES = {"Nationality of Registration": "registration", "Former Vessel Flag": "former-flag",
           "Other Vessel Flag": "flag", "Vessel Flag": "flag"}  # fmt: skip
_OWN = {"other-vessel-call-sign": "call-sign", "vessel-call-sign": "call-sign", "other-vessel-type": "vessel-type",
        "equity-ticker": "ticker", "phone-number": "phone"}  # fmt: skip
_LINKED = re.compile(r"^(?:\(Linked To: (.+)\)|Linked To: (.+?))\.?$", re.S)


def read_xml(files: Sequence[SourceFile]) -> Reading:
    """`sdnList` → the seven tables of a listing; vintage: OFAC's publish date.

    Raises `SourceError` on an unknown element or type, and if the entries are not as many as the file says it holds.
    """
    listing = Listing()
    days = []
    with collector_paused():
        for file in files:
            days.append(_read(listing, file))
        tables = listing.tables()
    return Reading(tables, max(days), found(wrong_imo(tables), encoding_damage(tables["entities"]["name"])))


def _read(listing: Listing, file: SourceFile) -> date:
    top = markup.root(file, "sdnList")
    published: markup.Record = {}
    entries = 0
    for element in top:
        name = markup.local(element)
        if name == "publshInformation":  # OFAC's spelling
            published = markup.record(element, _PUBLISHED, file)
        elif name == "sdnEntry":
            entries += 1
            _entry(listing, markup.record(element, _ENTRY, file), element, file)
        else:
            raise markup.unknown(file, element, f'an element "{name}" is not known here')
    stated = one(published, "Record_Count")
    if stated and int(stated) != entries:
        raise SourceError(
            Problem(
                file.label,
                what=f"the file says it holds {stated} entries, and holds {entries:,}",
                do="Download it again; nothing was stored",
            )
        )
    try:
        return datetime.strptime(one(published, "Publish_Date"), "%m/%d/%Y").date()
    except ValueError as error:
        raise SourceError(
            Problem(file.label, column="Publish_Date", what="the day of the list cannot be read", why=str(error))
        ) from error


def _entry(listing: Listing, entry: markup.Record, element: markup.Element, file: SourceFile) -> None:
    entity, sort = one(entry, "uid"), one(entry, "sdnType")
    kind = ofac.KINDS.get(sort.lower()) if sort else None
    if kind is None or not entity.isdigit():
        raise markup.unknown(file, element, f'entry {entity or "without uid"}: "{sort}" is not a known type')
    said = list(entry.get("remarks", ()))
    for number in inner(entry, "idList", "id"):
        note = "; ".join(
            f"{word} {one(number, field)}"
            for word, field in (("issued", "issueDate"), ("expires", "expirationDate"))
            if one(number, field)
        )
        said += number_or_sentence(
            listing, entity, one(number, "idType"), one(number, "idNumber"), one(number, "idCountry"), note
        )
    listing.entity(
        entity,
        kind,
        full_name(entry),
        programmes=tuple(p for wrapper in entry.get("programList", ()) for p in wrapper.get("program", ())),
        reason=one(entry, "title"),
        remarks="; ".join(said),
    )
    for text in entry.get("remarks", ()):
        linked(listing, entity, text)
    _names(listing, entity, entry, element, file)
    _places(listing, entity, entry)
    for vessel in entry.get("vesselInfo", ()):
        listing.identifier(entity, "call-sign", one(vessel, "callSign"))
        listing.identifier(entity, "vessel-type", one(vessel, "vesselType"))
        flag = one(vessel, "vesselFlag")
        listing.place(entity, "flag", flag, flag)
        if one(vessel, "vesselOwner"):
            listing.relation(entity, "owned by", target_name=one(vessel, "vesselOwner"))


def full_name(entry: markup.Record) -> str:
    """`LAST, First` as in OFAC's CSV."""
    return ", ".join(part for part in (one(entry, "lastName"), one(entry, "firstName")) if part)


def _names(listing: Listing, entity: str, entry: markup.Record, element: markup.Element, file: SourceFile) -> None:
    for alias in inner(entry, "akaList", "aka"):
        sort, quality = one(alias, "type"), one(alias, "category")
        if sort not in ("a.k.a.", "f.k.a.", "n.k.a.") or quality not in ("strong", "weak"):
            raise markup.unknown(file, element, f'entry {entity}: an alias "{sort}", "{quality}" is not known')
        strength: Strength = "strong" if quality == "strong" else "weak"
        listing.name(entity, full_name(alias), "former" if sort == "f.k.a." else "alias", strength=strength)


def _places(listing: Listing, entity: str, entry: markup.Record) -> None:
    for address in inner(entry, "addressList", "address"):
        fields = ("address1", "address2", "address3", "city", "stateOrProvince", "postalCode")
        text = ", ".join(one(address, field) for field in fields if one(address, field))
        listing.address(entity, text, one(address, "country"))
    for wrapper, item in (("nationalityList", "nationality"), ("citizenshipList", "citizenship")):
        for place in inner(entry, wrapper, item):
            listing.place(entity, "nationality", one(place, "country"), one(place, "country"))
    for birth in inner(entry, "dateOfBirthList", "dateOfBirthItem"):
        listing.day(entity, "birth", one(birth, "dateOfBirth"), *span(one(birth, "dateOfBirth")))
    for birth in inner(entry, "placeOfBirthList", "placeOfBirthItem"):
        listing.place(entity, "birth", one(birth, "placeOfBirth"))


def number_or_sentence(
    listing: Listing, entity: str, sort: str, value: str, country: str = "", note: str = ""
) -> list[str]:
    """File one of OFAC's numbers by its kind; what is a sentence and not a number is given back for the remarks."""
    sort = sort.strip().rstrip(":- ").strip()
    if sort.lower().startswith(_SENTENCES):
        return [f"{sort}: {value}"] if value else []
    if sort in _DAYS or "Date" in sort.split():
        listing.day(entity, _DAYS.get(sort) or slug(sort), value, *span(value))
    elif sort in _PLACES:
        listing.place(entity, _PLACES[sort], value, value)
    elif sort.startswith("Digital Currency Address"):
        listing.identifier(entity, f"crypto-{slug(sort.removeprefix('Digital Currency Address'))}", value, note=note)
    elif value.startswith("IMO "):
        listing.identifier(entity, "imo", value, country=country, note=note)
    else:
        scheme = ofac.SCHEMES.get(sort) or slug(sort)
        listing.identifier(entity, _OWN.get(scheme, scheme), value, country=country, note=note)
    return []


def linked(listing: Listing, entity: str, text: str) -> None:
    """`…; (Linked To: NAME)` in the remarks → a tie."""
    for part in text.split("; "):
        if match := _LINKED.match(part.strip()):
            listing.relation(entity, "linked to", target_name=match[1] or match[2])
