"""OFAC's advanced XML: reference values, places, documents, parties, ties and entries, joined by number.

The file (about 100 MB) is read as a stream; its sections come in the order in which they are needed. Left out on
purpose: reliability, validity and status codes, links between features and identities, and calendars.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats import markup
from counterpact.record.formats.days import span
from counterpact.record.formats.listing import Kind, Listing, Role, collector_paused, slug, wrong_imo
from counterpact.record.formats.markup import Element, local
from counterpact.record.formats.ofac_period import period, point
from counterpact.record.formats.ofac_xml import number_or_sentence
from counterpact.record.reading import Reading, SourceFile

SECTIONS = frozenset(
    ("DateOfIssue", "ReferenceValueSets", "Locations", "IDRegDocuments", "DistinctParties", "ProfileRelationships",
     "SanctionsEntries", "SanctionsEntryLinks")
)  # fmt: skip
_WANTED = ("DateOfIssue", "ReferenceValueSets", "Location", "IDRegDocument", "DistinctParty", "ProfileRelationship",
           "SanctionsEntry")  # fmt: skip
_KINDS: dict[str, Kind] = {"individual": "person", "entity": "organisation", "vessel": "vessel", "aircraft": "aircraft"}
_ALIASES: dict[str, Role] = {"a.k.a.": "alias", "f.k.a.": "former", "n.k.a.": "alias", "name": "primary"}
_SURNAMES = ("last name", "maiden name")
_DAYS = {"birthdate": "birth"}
_PLACES = {"place of birth": "birth", "nationality country": "nationality", "citizenship country": "nationality",
           "nationality": "nationality", "citizenship": "nationality",
           "nationality of registration": "registration"}  # fmt: skip
_FLAGS = {"vessel flag": "flag", "other vessel flag": "flag", "former vessel flag": "former-flag"}


@dataclass
class _Entry:
    """What the sanctions entries say of one profile."""

    programmes: dict[str, None] = field(default_factory=dict)
    bases: dict[str, None] = field(default_factory=dict)
    listed: date | None = None


@dataclass
class _Party:
    """One party as read, before its entry is known."""

    id: str
    kind: Kind
    names: list[tuple[str, Role, bool]]
    remarks: list[str]


def read_xml(files: Sequence[SourceFile]) -> Reading:
    """`Sanctions` → the seven tables of a listing; vintage: the date of issue.

    Raises `SourceError` on an unknown section, element, alias type or kind, and on a number that points nowhere.
    """
    reader = _Reader(files[0])
    with collector_paused():
        reader.walk()
        tables = reader.finish()
    return Reading(tables, reader.issued, found(wrong_imo(tables), encoding_damage(tables["names"]["name"])))


class _Reader:
    """The state of one pass over the file."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.listing = Listing()
        self.issued: date | None = None
        self.values: dict[str, dict[str, str]] = {}  # kind of reference value → id → text
        self.party_kind: dict[str, str] = {}  # party sub-type → party type
        self.places: dict[str, tuple[str, str]] = {}  # location → text, country
        self.documents: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)  # by identity
        self.parties: dict[str, _Party] = {}
        self.ties: list[tuple[str, str, str, str]] = []
        self.entries: dict[str, _Entry] = defaultdict(_Entry)

    def walk(self) -> None:
        """Every section in the order of the file."""
        handlers = {
            "DateOfIssue": self._issue,
            "ReferenceValueSets": self._reference,
            "Location": self._location,
            "IDRegDocument": self._document,
            "DistinctParty": self._party,
            "ProfileRelationship": self._tie,
            "SanctionsEntry": self._entry,
        }
        for name, element in markup.stream(self.file, "Sanctions", _WANTED, SECTIONS):
            handlers[name](element)
        if self.issued is None or not self.values:
            raise SourceError(
                Problem(
                    self.file.label, what="the date of issue or the reference values are missing", do="Is it whole?"
                )
            )

    def _value(self, kind: str, number: str | None, element: Element) -> str:
        text = self.values.get(kind, {}).get(number or "")
        if text is None:
            raise markup.unknown(self.file, element, f'{kind} "{number}" is not among the reference values')
        return text

    def _children(self, element: Element, *known: str) -> Iterator[Element]:
        for child in element:
            if local(child) not in known:
                raise markup.unknown(
                    self.file, child, f'"{local(element)}" holds an element "{local(child)}" that is not known', known
                )
            yield child

    def _issue(self, element: Element) -> None:
        first, last = point(element)
        if first is None or first != last:
            raise markup.unknown(self.file, element, "the date of issue is not a day")
        self.issued = first

    def _reference(self, element: Element) -> None:
        for group in element:
            for value in group:
                kind, number = local(value), value.get("ID", "")
                self.values.setdefault(kind, {})[number] = (value.text or "").strip()
                if kind == "PartySubType":
                    self.party_kind[number] = value.get("PartyTypeID", "")

    def _location(self, element: Element) -> None:
        parts, country = [], ""
        known = ("LocationPart", "LocationCountry", "LocationAreaCode", "FeatureVersionReference",
                 "IDRegDocumentReference")  # fmt: skip
        for child in self._children(element, *known):
            if local(child) == "LocationCountry":
                country = self._value("Country", child.get("CountryID"), child)
            elif local(child) == "LocationPart":
                parts += [text for value in child.iterfind("{*}LocationPartValue/{*}Value") if (text := _text(value))]
            elif local(child) == "LocationAreaCode" and not country:
                country = self.values.get("AreaCode", {}).get(child.get("AreaCodeID", ""), "")
        self.places[element.get("ID", "")] = (", ".join(parts), country)

    def _document(self, element: Element) -> None:
        number, notes = "", []
        known = ("Comment", "IDRegistrationNo", "IssuingAuthority", "DocumentDate", "IDRegDocumentMention",
                 "FeatureVersionReference", "DocumentedNameReference", "ProfileRelationshipReference")  # fmt: skip
        for child in self._children(element, *known):
            name, text = local(child), _text(child)
            if name == "IDRegistrationNo":
                number = text
            elif name == "Comment" and text:
                notes.append(text)
            elif name == "IssuingAuthority" and text:
                notes.append(f"issued by {text}")
            elif name == "DocumentDate":
                what = self._value("IDRegDocDateType", child.get("IDRegDocDateTypeID"), child)
                notes += [f"{what}: {words}" for when in child if (words := period(when)[2])]
        country = element.get("IssuedBy-CountryID")
        sort = self._value("IDRegDocType", element.get("IDRegDocTypeID"), element)
        where = self._value("Country", country, element) if country else ""
        self.documents[element.get("IdentityID", "")].append((sort, number, where, "; ".join(notes)))

    def _party(self, element: Element) -> None:
        remarks: list[str] = []
        for child in self._children(element, "Comment", "Profile"):
            if local(child) == "Comment":
                remarks += [_text(child)] if _text(child) else []
                continue
            number = child.get("ID", "")
            sub = child.get("PartySubTypeID", "")
            kind = _KINDS.get(self._value("PartySubType", sub, child).lower()) or _KINDS.get(
                self.values.get("PartyType", {}).get(self.party_kind.get(sub, ""), "").lower()
            )
            if kind is None or not number:
                raise markup.unknown(self.file, child, f'profile "{number}": its kind is not known')
            party = self.parties[number] = _Party(number, kind, [], remarks)
            for part in self._children(child, "Identity", "Feature", "SanctionsEntryReference",
                                       "ExternalReference"):  # fmt: skip
                if local(part) == "Identity":
                    self._identity(party, part)
                elif local(part) == "Feature":
                    self._feature(party, part)

    def _identity(self, party: _Party, identity: Element) -> None:
        groups = {
            group.get("ID", ""): self._value("NamePartType", group.get("NamePartTypeID"), group).lower()
            for group in identity.iterfind("{*}NamePartGroups/{*}MasterNamePartGroup/{*}NamePartGroup")
        }
        for alias in self._children(identity, "Alias", "NamePartGroups", "IDRegDocumentReference"):
            if local(alias) != "Alias":
                continue
            sort = self._value("AliasType", alias.get("AliasTypeID"), alias).lower()
            if sort not in _ALIASES:
                raise markup.unknown(self.file, alias, f'an alias of type "{sort}" is not known')
            role: Role = "primary" if alias.get("Primary") == "true" else _ALIASES[sort]
            for documented in alias.iterfind("{*}DocumentedName"):
                parts = [
                    (groups.get(value.get("NamePartGroupID", ""), ""), _text(value))
                    for value in documented.iterfind("{*}DocumentedNamePart/{*}NamePartValue")
                ]
                party.names.append((_name(parts), role, alias.get("LowQuality") == "true"))
        for sort, number, country, note in self.documents.pop(identity.get("ID", ""), ()):
            party.remarks += number_or_sentence(self.listing, party.id, sort, number, country, note)

    def _feature(self, party: _Party, feature: Element) -> None:
        sort = self._value("FeatureType", feature.get("FeatureTypeID"), feature)
        for version in self._children(feature, "FeatureVersion", "IdentityReference"):
            if local(version) == "IdentityReference":
                continue
            for part in self._children(version, "Comment", "DatePeriod", "VersionDetail", "VersionLocation"):
                name = local(part)
                if name == "DatePeriod":
                    first, last, words = period(part)
                    self.listing.day(party.id, _DAYS.get(sort.lower()) or slug(sort), words, first, last)
                elif name == "VersionLocation":
                    self._placed(party, sort, part)
                elif name == "VersionDetail":
                    reference = part.get("DetailReferenceID")
                    text = self._value("DetailReference", reference, part) if reference else _text(part)
                    self._detailed(party, sort, text)
                elif _text(part):
                    party.remarks.append(f"{sort}: {_text(part)}")

    def _placed(self, party: _Party, sort: str, part: Element) -> None:
        place = self.places.get(part.get("LocationID", ""))
        if place is None:
            raise markup.unknown(self.file, part, f'location "{part.get("LocationID")}" is not in the file')
        text, country = place
        if sort.lower() in _PLACES:
            self.listing.place(party.id, _PLACES[sort.lower()], text or country, country)
        elif sort.lower() == "location":
            self.listing.address(party.id, text, country)
        else:
            self.listing.place(party.id, slug(sort), text or country, country)

    def _detailed(self, party: _Party, sort: str, text: str) -> None:
        word = sort.lower()
        if not text:
            return
        if word in _PLACES or word in _FLAGS:
            self.listing.place(
                party.id, _PLACES.get(word) or _FLAGS[word], text, "" if word == "place of birth" else text
            )
        elif word in _DAYS:
            self.listing.day(party.id, _DAYS[word], text, *span(text))
        elif word == "vessel owner":
            self.listing.relation(party.id, "owned by", target_name=text)
        elif word == "title":
            party.remarks.append(f"Title: {text}")
        else:
            party.remarks += number_or_sentence(self.listing, party.id, sort, text)

    def _tie(self, element: Element) -> None:
        relation = self._value("RelationType", element.get("RelationTypeID"), element).lower().strip(". …")
        comment = next((_text(child) for child in self._children(element, "Comment", "DatePeriod",
                        "IDRegDocumentReference") if local(child) == "Comment"), "")  # fmt: skip
        former = "formerly" if element.get("Former") == "true" else ""
        note = "; ".join(part for part in (former, comment) if part)
        ends = element.get("From-ProfileID", ""), element.get("To-ProfileID", "")
        for end in ends:
            if end not in self.parties:
                raise markup.unknown(self.file, element, f'a tie names profile "{end}", which is not in the file')
        self.ties.append((*ends, relation, note))

    def _entry(self, element: Element) -> None:
        entry = self.entries[element.get("ProfileID", "")]
        for child in self._children(element, "LimitationsToPublication", "EntryEvent", "SanctionsMeasure",
                                    "SupportingInfo"):  # fmt: skip
            if local(child) == "EntryEvent":
                if basis := child.get("LegalBasisID"):
                    entry.bases[self._value("LegalBasis", basis, child)] = None
                for when in child.iterfind("{*}Date"):
                    first, last = point(when)
                    if first == last and first and (entry.listed is None or first < entry.listed):
                        entry.listed = first
            elif local(child) == "SanctionsMeasure":
                sort = self._value("SanctionsType", child.get("SanctionsTypeID"), child)
                for comment in child.iterfind("{*}Comment"):
                    if sort.lower() == "program" and _text(comment):
                        entry.programmes[_text(comment)] = None

    def finish(self) -> dict[str, pl.DataFrame]:
        """Parties with an entry become rows; one without either a name or an entry stops the import."""
        for party in self.parties.values():
            entry = self.entries.get(party.id)
            main = next((name for name, role, _ in party.names if role == "primary" and name), "")
            if entry is None or not main:
                raise SourceError(
                    Problem(
                        self.file.label,
                        what=f"profile {party.id} has no sanctions entry or no primary name",
                        why="a party without an entry is not known to be listed",
                        do="The file is cut short, or its form changed",
                    )
                )
            self.listing.entity(
                party.id,
                party.kind,
                main,
                programmes=tuple(entry.programmes),
                listed=entry.listed,
                legal_basis="; ".join(entry.bases),
                remarks="; ".join(dict.fromkeys(party.remarks)),
            )
            for name, role, weak in party.names:
                self.listing.name(
                    party.id, name, role, strength="" if role == "primary" else "weak" if weak else "strong"
                )
        for source, target, relation, note in self.ties:
            target_name = next((name for name, _, _ in self.parties[target].names if name), "")
            self.listing.relation(source, relation, target=target, target_name=target_name, note=note)
        return self.listing.tables()


def _name(parts: list[tuple[str, str]]) -> str:
    """`LAST, First` where the parts say which is which, else as written."""
    last = [text for sort, text in parts if sort in _SURNAMES and text]
    rest = [text for sort, text in parts if sort not in _SURNAMES and text]
    return ", ".join(part for part in (" ".join(last), " ".join(rest)) if part)


def _text(element: Element) -> str:
    return (element.text or "").strip()
