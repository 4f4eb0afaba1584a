"""Statements of the Beneficial Ownership Data Standard 0.4: only the fields that are kept are built."""

from __future__ import annotations

from typing import Any

import msgspec

from counterpact.errors import Problem, SourceError
from counterpact.record.reading import SourceFile


class Base(msgspec.Struct, rename="camel"):
    """Fields are named as in the standard, in snake case."""


class Named(Base):
    """A name with a code: jurisdictions, countries, publishers."""

    name: str = ""
    code: str = ""


class PublicationDetails(Base):
    """When, by whom and in which version a statement was published."""

    publication_date: str
    bods_version: str
    publisher: Named = msgspec.field(default_factory=Named)


class Identifier(Base):
    """A number of a party."""

    id: str = ""
    scheme: str = ""
    scheme_name: str = ""


class PersonName(Base):
    """A name of a person."""

    full_name: str = ""
    type: str = ""


class Kind(Base):
    """Type of an entity."""

    type: str = ""
    subtype: str = ""
    details: str = ""


class Address(Base):
    """An address."""

    address: str = ""
    post_code: str = ""
    country: Named = msgspec.field(default_factory=Named)
    type: str = ""


class Unspecified(Base):
    """Why somebody is not named."""

    reason: str = ""
    description: str = ""


class Exposure(Base):
    """Whether a person is politically exposed."""

    status: str = ""


class Share(Base):
    """Per cent; the `exclusive` bounds are not reached."""

    exact: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None


class Interest(Base):
    """One interest in an entity."""

    type: str = ""
    direct_or_indirect: str = ""
    beneficial_ownership_or_control: bool | None = None
    details: str = ""
    share: Share = msgspec.field(default_factory=Share)
    start_date: str = ""
    end_date: str = ""


class Details(Base):
    """Record details of all three types; each uses its own fields."""

    is_component: bool = False
    name: str = ""
    entity_type: Kind = msgspec.field(default_factory=Kind)
    alternate_names: list[str] = msgspec.field(default_factory=list)
    jurisdiction: Named = msgspec.field(default_factory=Named)
    founding_date: str = ""
    dissolution_date: str = ""
    identifiers: list[Identifier] = msgspec.field(default_factory=list)
    addresses: list[Address] = msgspec.field(default_factory=list)
    unspecified_entity_details: Unspecified | None = None
    person_type: str = ""
    names: list[PersonName] = msgspec.field(default_factory=list)
    nationalities: list[Named] = msgspec.field(default_factory=list)
    birth_date: str = ""
    death_date: str = ""
    political_exposure: Exposure = msgspec.field(default_factory=Exposure)
    unspecified_person_details: Unspecified | None = None
    subject: str | Unspecified = ""
    interested_party: str | Unspecified = ""
    interests: list[Interest] = msgspec.field(default_factory=list)
    component_records: list[str] = msgspec.field(default_factory=list)


class Statement(Base):
    """What was said about one record at one time."""

    statement_id: str
    record_id: str
    record_type: str
    record_status: str
    record_details: Details
    publication_details: PublicationDetails
    statement_date: str = ""
    declaration_subject: str = ""


VERSION = "0.4"
_ONE = msgspec.json.Decoder(Statement)
_MANY = msgspec.json.Decoder(list[Statement])


def statements(file: SourceFile) -> list[Statement]:
    """A package (JSON array) or a stream (one statement a line). Raises `SourceError` on other versions."""
    data = file.bytes()
    try:
        if data.lstrip()[:1] == b"[":
            found = _MANY.decode(data)
        else:
            found = [_ONE.decode(line) for line in data.splitlines() if line.strip()]
    except msgspec.DecodeError as error:
        raise SourceError(
            Problem(
                file.label,
                what="this is not a package of BODS 0.4",
                why=str(error),
                do="Older versions name their statements otherwise; convert them, or get the publisher's 0.4 file",
            )
        ) from error
    strange = [s for s in found if s.publication_details.bods_version != VERSION or s.record_type not in _TYPES]
    if strange:
        first = strange[0]
        raise SourceError(
            Problem(
                file.label,
                what=f"statement {first.statement_id} is of version {first.publication_details.bods_version}, "
                f'type "{first.record_type}"',
                why="the reader knows 0.4 with entity, person and relationship",
                do="Convert the package to 0.4",
            )
        )
    return found


_TYPES = ("entity", "person", "relationship")


def unspecified(value: str | Unspecified | None) -> tuple[Any, Any, Any]:
    """Record, reason and description of somebody who is named or is not."""
    if isinstance(value, Unspecified):
        return None, value.reason or None, value.description or None
    return value or None, None, None
