"""FollowTheMoney entities in and out, written without the package (it needs ICU)."""

from __future__ import annotations

from typing import Any

from counterpact.lines.sanctions.screening.entry import Entry
from counterpact.lines.sanctions.screening.query import Query, make

SCHEMATA = {
    "Person": "person", "Company": "organisation", "Organization": "organisation", "LegalEntity": "", "Thing": "",
    "PublicBody": "organisation", "Vessel": "vessel", "Airplane": "aircraft", "CryptoWallet": "",
}  # fmt: skip
"""Schemata that can be asked for, and the kind each means; LegalEntity and Thing may be anything."""
OUT = {
    "person": "Person",
    "organisation": "Organization",
    "vessel": "Vessel",
    "aircraft": "Airplane",
    "crypto": "CryptoWallet",
}
NUMBERS = {
    "imoNumber": "imo", "mmsi": "mmsi", "leiCode": "lei", "innCode": "inn", "ogrnCode": "ogrn",
    "passportNumber": "passport", "idNumber": "id", "taxNumber": "tax", "registrationNumber": "registration",
    "publicKey": "crypto", "swiftBic": "bic", "isin": "isin", "isinCode": "isin",
}  # fmt: skip
_BACK = {pool: name for name, pool in NUMBERS.items() if name != "isinCode"} | {"imo-company": "registrationNumber"}
_COUNTRIES = ("country", "nationality", "citizenship", "jurisdiction", "flag", "mainCountry")
_READ = {"name", "alias", "weakAlias", "previousName", "firstName", "middleName", "lastName", "secondName",
         "fatherName",
         "birthDate", "incorporationDate", "gender", *NUMBERS, *_COUNTRIES}  # fmt: skip
MOST_NAMES = 20
"""Names of one query that are read."""


def query(schema: str, properties: dict[str, Any]) -> Query:
    """A query from an entity to be matched. Properties that are not used are named in `ignored`."""

    def every(*names: str) -> list[str]:
        found: list[str] = []
        for name in names:
            value = properties.get(name)
            values = value if isinstance(value, list) else [value]
            found += [str(v) for v in values if isinstance(v, str | int | float) and str(v).strip()]
        return found

    names = every("name", "alias", "previousName", "weakAlias")
    if not names:
        parts = [" ".join(every(n)) for n in ("firstName", "middleName", "secondName", "fatherName", "lastName")]
        names = [" ".join(part for part in parts if part)]
    kind = SCHEMATA[schema]
    made = make(
        names[0],
        kind=kind,
        names=names[1:MOST_NAMES],
        born=next(iter(every("birthDate", "incorporationDate")), ""),
        countries=every(*_COUNTRIES),
        gender=next(iter(every("gender")), ""),
        numbers=[(pool, value) for name, pool in NUMBERS.items() for value in every(name)],
    )
    unused = sorted(set(properties) - _READ)
    return Query(**{**made.__dict__, "ignored": (*made.ignored, *(f"property {name} is not used" for name in unused))})


def entity(entry: Entry, *, query_date: str = "") -> dict[str, Any]:
    """A listed entity as one FollowTheMoney object."""
    properties: dict[str, list[str]] = {"name": [entry.name], "topics": ["sanction"]}
    weak = set(entry.weak)
    if more := [name for name in entry.names if name != entry.name and name not in weak]:
        properties["alias"] = more
    if entry.weak:
        properties["weakAlias"] = list(entry.weak)
    for pool, value in entry.numbers:
        properties.setdefault(_BACK.get(pool, "idNumber"), []).append(value)
    if entry.countries:
        where = {"person": "nationality", "vessel": "flag"}.get(entry.kind, "country")
        properties[where] = list(entry.countries)
    if entry.born:
        born = [first if first == last else first[:4] for first, last in entry.born]
        properties["birthDate" if entry.kind == "person" else "incorporationDate"] = list(dict.fromkeys(born))
    if entry.gender:
        properties["gender"] = [entry.gender]
    if entry.addresses:
        properties["address"] = list(entry.addresses)
    if entry.programmes:
        properties["program"] = list(entry.programmes)
    return {
        "id": entry.id,
        "caption": entry.name,
        "schema": OUT.get(entry.kind, "LegalEntity"),
        "properties": properties,
        "datasets": [entry.dataset],
        "referents": [],
        "target": True,
    }
