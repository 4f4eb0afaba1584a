"""The UK Sanctions List: its CSV and its XML brought to one form, then to a listing.

The form: `Designation`, with every field a list of values by the name of its XML element.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats import markup, uk
from counterpact.record.formats.days import span
from counterpact.record.formats.listing import Listing, Role, collector_paused, wrong_imo
from counterpact.record.formats.markup import Spec, inner, one
from counterpact.record.formats.rows import first_line, rows
from counterpact.record.reading import Reading, SourceFile

_NAME = ("Name6", "Name1", "Name2", "Name3", "Name4", "Name5")
_LINES = tuple(f"AddressLine{i}" for i in range(1, 7))
_FIELDS = {  # column of the CSV → element of the XML; values that stand alone
    "Last Updated": "LastUpdated", "OFSI Group ID": "OFSIGroupID", "UN Reference Number": "UNReferenceNumber",
    "Title": "Title", "Regime Name": "RegimeName", "Individual, Entity, Ship": "IndividualEntityShip",
    "Designation source": "DesignationSource", "Sanctions Imposed": "SanctionsImposed",
    "Other Information": "OtherInformation", "UK Statement of Reasons": "UKStatementofReasons",
    "Phone number": "PhoneNumber", "Website": "Website", "Email address": "EmailAddress",
    "Date Designated": "DateDesignated", "D.O.B": "DOB", "Nationality(/ies)": "Nationality", "Position": "Position",
    "Gender": "Gender", "Type of entity": "TypeOfEntity", "Subsidiaries": "Subsidiary",
    "Parent Company": "ParentCompany", "Business registration number (s)": "BusinessRegistrationNumber",
    "IMO number": "IMONumber", "Current owner/operator (s)": "CurrentOwnerOperator",
    "Previous owner/operator (s)": "PreviousOwnerOperator",
    "Current believed flag of ship": "CurrentBelievedFlagOfShip",
    "Previous flags": "PreviousFlag", "Type of ship": "TypeOfShip", "Tonnage of ship": "TonnageOfShip",
    "Length of ship": "LengthOfShip", "Year Built": "YearBuilt",
    "Hull identification number (HIN)": "HullIdentificationNumber",
}  # fmt: skip
_NAME_COLUMNS = ("Name 6", "Name 1", "Name 2", "Name 3", "Name 4", "Name 5")
_GROUPS = (  # columns that belong together in a row
    ("Name non-latin script", "Non-latin script type", "Non-latin script language"),
    ("Passport number", "Passport additional information"),
    ("National Identifier number", "National Identifier additional information"),
    ("Town of birth", "Country of birth"),
)
_ADDRESS_COLUMNS = (*(f"Address Line {i}" for i in range(1, 7)), "Address Postal Code", "Address Country")
COLUMNS = (
    "Unique ID", "Name type", "Alias strength", *_NAME_COLUMNS, *(column for group in _GROUPS for column in group),
    *_ADDRESS_COLUMNS, *_FIELDS,
)  # fmt: skip
_DESIGNATION = Spec(
    "LastUpdated DateDesignated UniqueID OFSIGroupID UNReferenceNumber RegimeName IndividualEntityShip "
    "DesignationSource SanctionsImposed OtherInformation UKStatementofReasons",
    Names=Spec(Name=Spec(f"{' '.join(_NAME)} NameType AliasStrength")),
    NonLatinNames=Spec(NonLatinName=Spec("NameNonLatinScript NonLatinScriptType NonLatinScriptLanguage")),
    Titles=Spec("Title"),
    Addresses=Spec(Address=Spec(f"{' '.join(_LINES)} AddressPostalCode AddressCountry")),
    PhoneNumbers=Spec("PhoneNumber"),
    EmailAddresses=Spec("EmailAddress"),
    Websites=Spec("Website"),
    IndividualDetails=Spec(
        Individual=Spec(
            DOBs=Spec("DOB"),
            Nationalities=Spec("Nationality"),
            Positions=Spec("Position"),
            Genders=Spec("Gender"),
            PassportDetails=Spec(Passport=Spec("PassportNumber PassportAdditionalInformation")),
            NationalIdentifierDetails=Spec(
                NationalIdentifier=Spec("NationalIdentifierNumber NationalIdentifierAdditionalInformation")
            ),
            BirthDetails=Spec(Location=Spec("TownOfBirth CountryOfBirth")),
        )
    ),
    EntityDetails=Spec(
        Entity=Spec(
            TypeOfEntities=Spec("TypeOfEntity"),
            BusinessRegistrationNumbers=Spec("BusinessRegistrationNumber"),
            ParentCompanies=Spec("ParentCompany"),
            Subsidiaries=Spec("Subsidiary"),
        )
    ),
    ShipDetails=Spec(
        Ship=Spec(
            IMONumbers=Spec("IMONumber"),
            CurrentOwnerOperators=Spec("CurrentOwnerOperator"),
            PreviousOwnerOperators=Spec("PreviousOwnerOperator"),
            CurrentBelievedFlagOfShips=Spec("CurrentBelievedFlagOfShip"),
            PreviousFlags=Spec("PreviousFlag"),
            TypeOfShipDetails=Spec("TypeOfShip"),
            TonnageOfShipDetails=Spec("TonnageOfShip"),
            LengthOfShipDetails=Spec("LengthOfShip"),
            YearsBuilt=Spec("YearBuilt"),
            HullIdentificationNumbers=Spec("HullIdentificationNumber"),
        )
    ),
)
_NUMBERS = {"UNReferenceNumber": "un-reference", "OFSIGroupID": "ofsi-group", "PhoneNumber": "phone",
            "EmailAddress": "email", "Website": "website", "BusinessRegistrationNumber": "registration",
            "IMONumber": "imo", "HullIdentificationNumber": "hull", "TypeOfShip": "vessel-type"}  # fmt: skip
_TIES = {"CurrentOwnerOperator": "owned by", "PreviousOwnerOperator": "formerly owned by", "ParentCompany": "parent",
         "Subsidiary": "subsidiary"}  # fmt: skip
_PLACES = {"Nationality": "nationality", "CurrentBelievedFlagOfShip": "flag", "PreviousFlag": "former-flag"}
_REMARKS = {"OtherInformation": "", "Title": "Title: ", "Position": "Position: ", "Gender": "Gender: ",
            "TypeOfEntity": "Type of entity: ", "TonnageOfShip": "Tonnage: ", "LengthOfShip": "Length: ",
            "SanctionsImposed": "Sanctions imposed: "}  # fmt: skip


@dataclass
class Designation:
    """One designation, whatever the file it came from."""

    id: str
    where: Problem
    fields: dict[str, dict[str, None]] = field(default_factory=dict)
    names: dict[tuple[str, str, str], None] = field(default_factory=dict)  # name, type, strength
    scripts: dict[tuple[str, ...], None] = field(default_factory=dict)
    passports: dict[tuple[str, ...], None] = field(default_factory=dict)
    nationals: dict[tuple[str, ...], None] = field(default_factory=dict)
    births: dict[tuple[str, ...], None] = field(default_factory=dict)
    addresses: dict[tuple[str, ...], None] = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        """One value of a field; empty ones are left out."""
        if value:
            self.fields.setdefault(name, {})[value] = None

    def text(self, name: str) -> str:
        """All values of a field."""
        return "; ".join(self.fields.get(name, ()))

    def problem(self, what: str) -> SourceError:
        """An error that says where this designation stands."""
        return SourceError(
            Problem(self.where.file, self.where.row, self.where.column, f"{self.id or 'an entry'}: {what}")
        )


def read(files: Sequence[SourceFile]) -> Reading:
    """CSV or XML → a listing; vintage: the report date or the day generated.

    Raises `SourceError` on a changed header, an unknown element, kind, name type or strength.
    """
    file = files[0]
    listing = Listing()
    with collector_paused():
        day, designations = _from_xml(file) if file.name.endswith(".xml") else _from_csv(file)
        for designation in designations:
            _file(listing, designation)
        tables = listing.tables()
    return Reading(tables, day, found(wrong_imo(tables), encoding_damage(tables["names"]["name"])))


def _day(file: SourceFile, text: str) -> date:
    first, last = span(text.replace("-", " ") if text[2:3] == "-" else text)
    if first is None or first != last:
        raise SourceError(
            Problem(file.label, 1, what=f'the day of the list "{text}" cannot be read', do="Is this the whole file?")
        )
    return first


def _from_csv(file: SourceFile) -> tuple[date, list[Designation]]:
    label, _, day = first_line(file).partition(":")
    if label.strip() != "Report Date":
        raise SourceError(Problem(file.label, 1, what='the first line is not "Report Date: …"'))
    made: dict[str, Designation] = {}
    for line, row in rows(file, COLUMNS, skip=1):
        entry = made.setdefault(row["Unique ID"], Designation(row["Unique ID"], Problem(file.label, line)))
        entry.names[uk.name([row[c] for c in _NAME_COLUMNS]), row["Name type"], row["Alias strength"]] = None
        for column, element in _FIELDS.items():
            entry.add(element, row[column])
        targets = (entry.scripts, entry.passports, entry.nationals, entry.births)
        for target, group in zip(targets, _GROUPS, strict=True):
            target[tuple(row[column] for column in group)] = None
        entry.addresses[tuple(row[column] for column in _ADDRESS_COLUMNS)] = None
    return _day(file, day.strip()), list(made.values())


def _from_xml(file: SourceFile) -> tuple[date, list[Designation]]:
    day, made = "", []
    for element in markup.root(file, "Designations"):
        name = markup.local(element)
        if name == "DateGenerated":
            day = (element.text or "").strip()
        elif name == "Designation":
            made.append(_designation(markup.record(element, _DESIGNATION, file), file, element.sourceline))
        else:
            raise markup.unknown(file, element, f'an element "{name}" is not known here')
    return _day(file, day), made


def _designation(found: markup.Record, file: SourceFile, line: int) -> Designation:
    entry = Designation(one(found, "UniqueID"), Problem(file.label, line))
    for name in inner(found, "Names", "Name"):
        entry.names[uk.name([one(name, part) for part in _NAME]), one(name, "NameType"), one(name, "AliasStrength")] = (
            None
        )
    for element, values in _leaves(found):
        for value in values:
            entry.add(element, value)
    for item in inner(found, "NonLatinNames", "NonLatinName"):
        entry.scripts[_cells(item, "NameNonLatinScript", "NonLatinScriptType", "NonLatinScriptLanguage")] = None
    for item in inner(found, "Addresses", "Address"):
        entry.addresses[_cells(item, *_LINES, "AddressPostalCode", "AddressCountry")] = None
    for person in inner(found, "IndividualDetails", "Individual"):
        for item in inner(person, "PassportDetails", "Passport"):
            entry.passports[_cells(item, "PassportNumber", "PassportAdditionalInformation")] = None
        for item in inner(person, "NationalIdentifierDetails", "NationalIdentifier"):
            cells = _cells(item, "NationalIdentifierNumber", "NationalIdentifierAdditionalInformation")
            entry.nationals[cells] = None
        for item in inner(person, "BirthDetails", "Location"):
            entry.births[_cells(item, "TownOfBirth", "CountryOfBirth")] = None
    return entry


def _leaves(found: markup.Record) -> Iterator[tuple[str, list[str]]]:
    """Fields that stand alone, at any depth."""
    wanted = set(_FIELDS.values())
    for name, values in found.items():
        if name in wanted:
            yield name, values
        elif values and isinstance(values[0], dict):
            for value in values:
                yield from _leaves(value)


def _cells(item: markup.Record, *names: str) -> tuple[str, ...]:
    return tuple(one(item, name) for name in names)


def _file(listing: Listing, entry: Designation) -> None:
    kind = uk.KINDS.get(entry.text("IndividualEntityShip").lower())
    main = next((name for name, sort, _ in entry.names if sort.lower() == "primary name" and name), "")
    if kind is None or not entry.id or not main:
        raise entry.problem(f'"{entry.text("IndividualEntityShip")}" is not a known kind, or there is no primary name')
    listed, last = span(entry.text("DateDesignated"))
    listing.entity(
        entry.id,
        kind,
        main,
        programmes=tuple(entry.fields.get("RegimeName", ())),
        listed=listed if listed == last else None,
        reason=entry.text("UKStatementofReasons"),
        reference=entry.id,
        legal_basis=entry.text("DesignationSource"),
        remarks="; ".join(label + entry.text(name) for name, label in _REMARKS.items() if entry.text(name)),
    )
    for name, sort, strength in entry.names:
        if sort.lower() not in uk.NAME_TYPES or strength.lower() not in uk.STRENGTHS:
            raise entry.problem(f'a name of type "{sort}", strength "{strength}" is not known')
        role: Role = uk.NAME_TYPES[sort.lower()]
        listing.name(entry.id, name, role, strength=uk.STRENGTHS[strength.lower()])
    for text, _, language in entry.scripts:
        listing.name(entry.id, text, "primary", language=language)
    for name, scheme in _NUMBERS.items():
        for value in entry.fields.get(name, ()):
            uk.number(listing, entry.id, scheme, value)
    for scheme, numbers in (("passport", entry.passports), ("national-id", entry.nationals)):
        for value, note in numbers:
            listing.identifier(entry.id, scheme, value, note=note)
    for name, tie in _TIES.items():
        for value in entry.fields.get(name, ()):
            for target in uk.several(value):
                listing.relation(entry.id, tie, target_name=target)
    _where_and_when(listing, entry)


def _where_and_when(listing: Listing, entry: Designation) -> None:
    for name, role in _PLACES.items():
        for value in entry.fields.get(name, ()):
            for country in uk.several(value):
                listing.place(entry.id, role, country, country)
    for town, country in entry.births:
        listing.place(entry.id, "birth", town, country)
    for *lines, country in entry.addresses:
        listing.address(entry.id, ", ".join(line for line in lines if line), country)
    for name, role in (("DOB", "birth"), ("YearBuilt", "built"), ("LastUpdated", "updated")):
        for value in entry.fields.get(name, ()):
            for text in uk.several(value):
                listing.day(entry.id, role, text, *uk.day(text))
