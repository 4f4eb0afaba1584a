"""The light JSON mirror of OFAC's SDN list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats import ofac
from counterpact.record.formats.listing import Listing, collector_paused
from counterpact.record.reading import Reading, SourceFile


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    uid: int
    name: str
    type: str
    programs: list[str]
    alternateNames: list[str]  # noqa: N815 - the file's own word


class _Counts(msgspec.Struct):
    entries: int
    alternateNames: int  # noqa: N815


class _File(msgspec.Struct):
    published: date
    counts: _Counts
    entries: list[_Entry]


_DECODER = msgspec.json.Decoder(_File)


def read(files: Sequence[SourceFile]) -> Reading:
    """`entries` → a listing; vintage: `published`. Raises `SourceError` if the counts the file states do not hold."""
    file = files[0]
    listing = Listing()
    with collector_paused():
        try:
            content = _DECODER.decode(file.bytes())
        except msgspec.DecodeError as error:
            raise SourceError(
                Problem(
                    file.label,
                    what="this is not the light JSON of the SDN list",
                    why=str(error),
                    do="The file is damaged, or its format changed",
                )
            ) from error
        _check_counts(content, file)
        for row, entry in enumerate(content.entries, 1):
            kind = ofac.KINDS.get(entry.type)
            if kind is None or not entry.type:
                raise SourceError(Problem(file.label, row, "type", f'entry {entry.uid}: "{entry.type}" is not known'))
            entity = str(entry.uid)
            listing.entity(entity, kind, entry.name, programmes=tuple(entry.programs))
            for name in entry.alternateNames:
                listing.name(entity, name)
        tables = listing.tables()
    return Reading(tables, content.published, found(encoding_damage(tables["names"]["name"])))


def _check_counts(content: _File, file: SourceFile) -> None:
    others = sum(len(entry.alternateNames) for entry in content.entries)
    stated = (content.counts.entries, content.counts.alternateNames)
    if stated != (len(content.entries), others):
        raise SourceError(
            Problem(
                file.label,
                what=f"the file states {stated[0]:,} entries and {stated[1]:,} other names, and holds "
                f"{len(content.entries):,} and {others:,}",
                do="The file is cut short or was changed; get it again",
            )
        )
