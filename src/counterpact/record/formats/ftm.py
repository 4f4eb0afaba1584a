"""FollowTheMoney: one entity a line, each a schema and lists of values by property. What of it the record keeps.

The vocabulary (https://followthemoney.tech/explorer/) is stated here as tables; the package itself is not needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from counterpact.errors import Problem, SourceError
from counterpact.record.formats.listing import Kind
from counterpact.record.reading import SourceFile

KINDS: dict[str, Kind] = {
    "Person": "person", "Company": "organisation", "Organization": "organisation", "LegalEntity": "organisation",
    "PublicBody": "organisation", "Vessel": "vessel", "Airplane": "aircraft", "CryptoWallet": "crypto",
    "Vehicle": "other", "Asset": "other", "Security": "other", "RealEstate": "other",
}  # fmt: skip

TIES = {
    "Ownership": ("owner", "asset", "owner of"),
    "Directorship": ("director", "organization", "director of"),
    "Membership": ("member", "organization", "member of"),
    "Employment": ("employee", "employer", "employed by"),
    "Family": ("person", "relative", "family of"),
    "Associate": ("person", "associate", "associate of"),
    "UnknownLink": ("subject", "object", "linked to"),
    "Representation": ("agent", "client", "agent of"),
    "Succession": ("predecessor", "successor", "succeeded by"),
}
"""Schemata that tie two entities: property of the one, of the other, and what the first is to the second."""

NAMES = {
    "alias": ("alias", ""),
    "weakAlias": ("alias", "weak"),
    "previousName": ("former", ""),
    "abbreviation": ("alias", ""),
}
NUMBERS = {
    "imoNumber": "imo", "mmsi": "mmsi", "callSign": "call-sign", "passportNumber": "passport",
    "idNumber": "national-id", "taxNumber": "tax", "vatCode": "vat", "innCode": "inn", "ogrnCode": "ogrn",
    "kppCode": "kpp", "okpoCode": "okpo",
    "registrationNumber": "registration", "leiCode": "lei", "swiftBic": "bic", "dunsCode": "duns", "isin": "isin",
    "isinCode": "isin", "ticker": "ticker", "publicKey": "crypto-address", "serialNumber": "serial",
    "uscCode": "usc", "npiCode": "npi", "cageCode": "cage", "socialSecurityNumber": "ssn", "icaoCode": "icao",
}  # fmt: skip
DATES = {
    "birthDate": "birth", "deathDate": "death", "incorporationDate": "created", "dissolutionDate": "dissolved",
    "buildDate": "built",
}  # fmt: skip
PLACES = {
    "nationality": "nationality", "citizenship": "nationality", "flag": "flag", "pastFlags": "former flag",
    "jurisdiction": "registration", "mainCountry": "main country", "country": "country", "birthCountry": "birth",
    "birthPlace": "birth",
}  # fmt: skip


class Entity(msgspec.Struct):
    """One line. Every property holds a list of texts; a nested export holds entities, which is refused."""

    id: str
    schema: str
    caption: str = ""
    properties: dict[str, list[str]] = msgspec.field(default_factory=dict)
    last_seen: str | None = None
    last_change: str | None = None

    def first(self, name: str) -> str:
        """First value of a property, or nothing."""
        return next(iter(self.properties.get(name, ())), "")

    def every(self, name: str) -> list[str]:
        """All values of a property."""
        return self.properties.get(name, [])


_DECODER = msgspec.json.Decoder(Entity)


def entities(file: SourceFile) -> Iterator[Entity]:
    """Entities of a file, one at a time. Raises `SourceError` with the line that is none."""
    with file.stream() as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                yield _DECODER.decode(line)
            except msgspec.DecodeError as error:
                raise SourceError(
                    Problem(
                        file.label,
                        number,
                        what="this line is no FollowTheMoney entity",
                        why=str(error),
                        do="Use entities.ftm.json, not the nested or the simplified export; if it is, get it again",
                    )
                ) from error


_PERCENT = re.compile(r"^([<>]?=?)\s*(\d+(?:[.,]\d+)?)\s*%?(?:\s*[-–]\s*(\d+(?:[.,]\d+)?)\s*%?)?$")


def percentage(text: str) -> tuple[float | None, float | None]:
    """Least and greatest share a text can mean, in per cent; (None, None) if it cannot be read.

    >>> percentage("51"), percentage("25-50%"), percentage(">75")
    ((51.0, 51.0), (25.0, 50.0), (75.0, 100.0))
    >>> percentage("most"), percentage("510")
    ((None, None), (None, None))
    """
    found = _PERCENT.match(text.strip())
    if not found:
        return None, None
    sign, first, second = found.groups()
    low = float(first.replace(",", "."))
    high = float(second.replace(",", ".")) if second else low
    if sign.startswith(">"):
        high = 100.0
    elif sign.startswith("<"):
        low = 0.0
    return (low, high) if 0 <= low <= high <= 100 else (None, None)
