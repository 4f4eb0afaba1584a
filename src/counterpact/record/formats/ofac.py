"""What OFAC's files share: the twelve columns without a header, and the remarks that hold half of the data."""

from __future__ import annotations

import re

from counterpact.record.formats.days import span
from counterpact.record.formats.listing import Kind, Listing, Role

SDN = ("ent_num", "name", "type", "program", "title", "call_sign", "vess_type", "tonnage", "grt", "vess_flag",
       "vess_owner", "remarks")  # fmt: skip
ALT = ("ent_num", "alt_num", "alt_type", "alt_name", "alt_remarks")
ADD = ("ent_num", "add_num", "address", "city", "country", "add_remarks")
COMMENTS = ("ent_num", "remarks")
NOTHING = "-0-"
KINDS: dict[str, Kind] = {
    "individual": "person",
    "vessel": "vessel",
    "aircraft": "aircraft",
    "": "organisation",
    "entity": "organisation",
}

_SPLIT = re.compile(r";\s+|\.\s*$")
_NUMBER = re.compile(r"^(?P<value>[^\s(]+(?: [^\s(]+)*?)(?: \((?P<country>[^)]+)\))?(?: issued .*| expires .*)?$")
_NAME = re.compile(r"^(?P<kind>a\.k\.a\.|f\.k\.a\.|n\.k\.a\.) '(?P<name>.+?)'?$")
_SCHEMES = (
    ("Vessel Registration Identification IMO", "imo"), ("Identification Number IMO", "imo"),
    ("Company Number IMO", "imo"),
    ("MMSI", "mmsi"), ("Passport", "passport"), ("National ID No.", "national-id"), ("Tax ID No.", "tax"),
    ("Registration Number", "registration"), ("Registration ID", "registration"), ("Company Number", "registration"),
    ("SWIFT/BIC", "swift"), ("Legal Entity Number", "lei"), ("D-U-N-S Number", "duns"), ("Website", "website"),
    ("Email Address", "email"), ("Aircraft Construction Number (also called L/N or S/N or F/N)", "aircraft-serial"),
    ("Aircraft Tail Number", "aircraft-tail"), ("Business Registration Number", "registration"),
    ("Unified Social Credit Code (USCC)", "uscc"), ("Chinese Commercial Code", "chinese-commercial-code"),
    ("Identification Number", "id"), ("ISIN", "isin"),
)  # fmt: skip
_DAYS = {"DOB": "birth", "Organization Established Date": "founded", "Vessel Year of Build": "built",
         "Aircraft Manufacture Date": "built"}  # fmt: skip
_PLACES = {"POB": "birth", "nationality": "nationality", "citizen": "nationality", "Former Vessel Flag": "former-flag",
           "Nationality of Registration": "registration"}  # fmt: skip


def programmes(text: str) -> tuple[str, ...]:
    """`NPWMD] [DPRK2` → the two codes."""
    if "]" not in text:
        return (text.strip(),) if text.strip() else ()
    return tuple(code.strip(" []") for code in text.split("] [") if code.strip(" []"))


def remarks(listing: Listing, entity: str, text: str) -> None:
    """File every remark that is a name, number, date, place or tie; the whole text stays with the entity."""
    if text:
        for raw in _SPLIT.split(text):
            if raw:
                _remark(listing, entity, raw.strip().removeprefix("alt. ").strip().rstrip("."))


SCHEMES = dict(_SCHEMES)
_FIELDS: dict[str, tuple[str, str]] = (
    {word: ("number", scheme) for word, scheme in _SCHEMES}
    | {word: ("day", role) for word, role in _DAYS.items()}
    | {word: ("place", role) for word, role in _PLACES.items()}
    | {"Linked To:": ("relation", "linked to"), "Digital Currency Address -": ("crypto", "")}
)
_FIELD = re.compile("(" + "|".join(re.escape(word) for word in sorted(_FIELDS, key=len, reverse=True)) + ") (.+)", re.S)


def _remark(listing: Listing, entity: str, part: str) -> None:
    if part[1:2] == "." and (match := _NAME.match(part)):
        former: Role = "former" if match["kind"] == "f.k.a." else "alias"
        listing.name(entity, match["name"], former, strength="weak" if former == "alias" else "")
        return
    field = _FIELD.match(part)
    if not field:
        return
    (sort, word), value = _FIELDS[field[1]], field[2].strip()
    if sort == "day":
        listing.day(entity, word, value, *span(value))
    elif sort == "place":
        listing.place(entity, word, value, "" if word == "birth" else value)
    elif sort == "relation":
        listing.relation(entity, word, target_name=value)
    elif sort == "crypto":
        currency, _, address = value.partition(" ")
        listing.identifier(entity, f"crypto-{currency.lower()}", address)
    else:
        number = _NUMBER.match(value)
        listing.identifier(
            entity, word, number["value"] if number else value, country=(number["country"] or "") if number else ""
        )
