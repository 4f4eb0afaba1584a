"""What GLEIF's three files share: a header with the day and the number of records, additions and deletions, the LEI."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from lxml import etree

from counterpact.errors import Problem, SourceError
from counterpact.record.formats.markup import broken, local, unknown
from counterpact.record.reading import DataFinding, SourceFile

Node = Any  # lxml's elements carry no types


@dataclass
class Source:
    """One file as it is read: what its header says and how many records came."""

    file: SourceFile
    day: date
    content: str
    stated: int
    records: int = 0

    @property
    def is_change(self) -> bool:
        """True for a file of changes: its header or its name says so."""
        return "DELTA" in self.content or "update" in self.file.name or "delta" in self.file.name

    def finding(self) -> DataFinding | None:
        """A count in the header that is not the number of records: an excerpt, or a file cut short by its maker."""
        if self.records == self.stated:
            return None
        message = f"{self.file.label} states {self.stated:,} records and holds {self.records:,}: an excerpt"
        return DataFinding("record-count", "warning", message, self.records, "kept")


def sources(files: Sequence[SourceFile], top: str) -> list[Source]:
    """Files in the order they apply: full files first, then changes by day. Raises `SourceError`."""
    found = [_header(file, top) for file in files]
    full = [source for source in found if not source.is_change]
    if not full:
        raise SourceError(
            Problem(
                files[0].label,
                what="this file holds only changes",
                why="stored alone it would be taken for the whole list",
                do="Give the full file and its changes together",
            )
        )
    return sorted(found, key=lambda s: (s.is_change, s.day, s.file.name))


def _header(file: SourceFile, top: str) -> Source:
    try:
        with file.stream() as stream:
            walk = etree.iterparse(stream, events=("start", "end"), resolve_entities=False, no_network=True)
            _, first = next(walk)
            if local(first) != top:
                raise unknown(file, first, f'the top element is "{local(first)}" where "{top}" is expected')
            values: dict[str, str] = {}
            for event, element in walk:
                if event == "end":
                    values[local(element)] = (element.text or "").strip()
                if event == "end" and local(element) in ("Header", "LEIHeader"):
                    break
    except etree.XMLSyntaxError as error:
        raise broken(file, error) from error
    try:
        day = date.fromisoformat(values["ContentDate"][:10])
        return Source(file, day, values.get("FileContent", ""), int(values["RecordCount"]))
    except (KeyError, ValueError) as error:
        raise SourceError(Problem(file.label, what="the header states no day or no number of records")) from error


def records(source: Source, name: str) -> Iterator[Node]:
    """Records of one file, each thrown away after use; the count is kept in `source`. Raises `SourceError`."""
    try:
        with source.file.stream() as stream:
            walk = etree.iterparse(stream, tag=f"{{*}}{name}", resolve_entities=False, no_network=True, huge_tree=True)
            for _, element in walk:
                source.records += 1
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise broken(source.file, error) from error


def text(element: Node, path: str) -> str:
    """Text at a path of local names (`Entity/LegalName`), or nothing."""
    found = element.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return (found.text or "").strip() if found is not None else ""


def every(element: Node, path: str) -> list[Node]:
    """All elements at a path of local names."""
    return list(element.findall("/".join(f"{{*}}{step}" for step in path.split("/"))))


def day(value: str) -> date | None:
    """The day of a time stamp; several forms stand in one file. Raises `ValueError` on anything else."""
    return date.fromisoformat(value[:10]) if value else None


def stamp(element: Node) -> datetime:
    """When a record was last changed or deleted; the oldest moment if it does not say. Zones differ within a file."""
    moments = (text(element, "Registration/LastUpdateDate"), text(element, "Extension/Deletion/DeletedAt"))
    read = [datetime.fromisoformat(moment) for moment in moments if moment]
    return max((m if m.tzinfo else m.replace(tzinfo=UTC) for m in read), default=datetime.min.replace(tzinfo=UTC))


def deleted(element: Node) -> bool:
    """True if the record says it was deleted from the list."""
    return bool(text(element, "Extension/Deletion/DeletedAt"))


def lei_valid(lei: str) -> bool:
    """True if the two check digits of a Legal Entity Identifier fit (ISO 17442: ISO 7064 mod 97-10).

    >>> lei_valid("5493001KJTIIGC8Y1R12"), lei_valid("5493001KJTIIGC8Y1R13")
    (True, False)
    """
    if not ((lei.isascii() and lei.isalnum() and lei.isupper()) or lei.isdigit()):
        return False
    return int("".join(str(int(letter, 36)) for letter in lei)) % 97 == 1


def wrong_lei(values: Sequence[str]) -> DataFinding | None:
    """Identifiers whose check digits do not fit."""
    bad = [value for value in values if not lei_valid(value)]
    if not bad:
        return None
    message = f"{len(bad)} Legal Entity Identifiers fail their check digits, such as {bad[0]}"
    return DataFinding("lei-check-digit", "warning", message, len(bad), "kept", tuple(bad[:5]))
