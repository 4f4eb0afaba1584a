"""Canada's autonomous sanctions list: persons, entities and ships under SEMA and JVCFOA."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats import markup
from counterpact.record.formats.days import span
from counterpact.record.formats.listing import Kind, Listing, collector_paused, wrong_imo
from counterpact.record.formats.markup import Spec, one
from counterpact.record.reading import Reading, SourceFile

_RECORD = Spec(
    "Country LastName GivenName EntityOrShip TitleOrShip ShipIMONumber DateOfBirthOrShipBuildDate Aliases Schedule "
    "Item DateOfListing"
)


def read(files: Sequence[SourceFile]) -> Reading:
    """`data-set` of `record`s → the seven tables of a listing; vintage: the newest day of listing.

    Raises `SourceError` on an unknown element, a record without a name, or a day of listing that is none.
    """
    file = files[0]
    listing = Listing()
    days: list[date] = []
    top = markup.root(file, "data-set")
    with collector_paused():
        for element in top:
            if markup.local(element) != "record":
                raise markup.unknown(file, element, f'an element "{markup.local(element)}" is not known here')
            days.append(_entry(listing, element, file))
        tables = listing.tables()
    findings = found(wrong_imo(tables), encoding_damage(tables["names"]["name"]))
    return Reading(tables, max(days, default=None), findings)


def _entry(listing: Listing, element: markup.Element, file: SourceFile) -> date:
    entry = markup.record(element, _RECORD, file)
    regime, thing = one(entry, "Country"), one(entry, "EntityOrShip")
    person = " ".join(part for part in (one(entry, "GivenName"), one(entry, "LastName")) if part)
    if bool(thing) == bool(person) or not regime or not one(entry, "Item"):
        raise markup.unknown(file, element, "a record needs a regime, an item, and either a person's name or another's")
    listed, last = span(one(entry, "DateOfListing"))
    if listed is None or listed != last:
        raise markup.unknown(file, element, f'the day of listing "{one(entry, "DateOfListing")}" is not a day')
    ship = bool(thing) and bool(one(entry, "ShipIMONumber") or one(entry, "TitleOrShip"))
    kind: Kind = "person" if person else "vessel" if ship else "organisation"
    schedule = one(entry, "Schedule")
    place = f"schedule {schedule}, item {one(entry, 'Item')}" if schedule else f"item {one(entry, 'Item')}"
    entity = f"{regime.split(' / ')[0]}: {place}"
    title = one(entry, "TitleOrShip")
    listing.entity(
        entity,
        kind,
        thing or person,
        programmes=(regime,),
        listed=listed,
        legal_basis=place,
        reference=place,
        remarks=f"Title: {title}" if title and not ship else "",
    )
    if ship:
        listing.identifier(entity, "imo", one(entry, "ShipIMONumber"))
        listing.identifier(entity, "vessel-type", title)
    day = one(entry, "DateOfBirthOrShipBuildDate")
    listing.day(entity, {"person": "birth", "vessel": "built"}.get(kind, "founded"), day, *span(day))
    for alias in one(entry, "Aliases").split(";"):
        listing.name(entity, alias)
    return listed
