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
    return tuple(code.strip(" []") for code in text.split("] [") if code.strip(" []"))


def remarks(listing: Listing, entity: str, text: str) -> None:
    """File every remark that is a name, number, date, place or tie; the whole text stays with the entity."""
    for raw in _SPLIT.split(text):
        part = raw.strip().removeprefix("alt. ").strip().rstrip(".")
        if part:
            _remark(listing, entity, part)


def _remark(listing: Listing, entity: str, part: str) -> None:
    if match := _NAME.match(part):
        former: Role = "former" if match["kind"] == "f.k.a." else "alias"
        listing.name(entity, match["name"], former, strength="weak" if former == "alias" else "")
        return
    if part.startswith("Linked To:"):
        listing.relation(entity, "linked to", target_name=part.removeprefix("Linked To:").strip())
        return
    if part.startswith("Digital Currency Address - "):
        currency, _, value = part.removeprefix("Digital Currency Address - ").partition(" ")
        listing.identifier(entity, f"crypto-{currency.lower()}", value)
        return
    for word, role in _DAYS.items():
        if part.startswith(f"{word} "):
            value = part.removeprefix(word).strip()
            listing.day(entity, role, value, *span(value))
            return
    for word, role in _PLACES.items():
        if part.startswith(f"{word} "):
            value = part.removeprefix(word).strip()
            listing.place(entity, role, value, "" if role == "birth" else value)
            return
    for word, scheme in _SCHEMES:
        if part.startswith(f"{word} "):
            value = part.removeprefix(word).strip()
            match = _NUMBER.match(value)
            listing.identifier(
                entity, scheme, match["value"] if match else value, country=(match["country"] or "") if match else ""
            )
            return
