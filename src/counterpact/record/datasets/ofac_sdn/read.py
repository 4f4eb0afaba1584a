"""OFAC's SDN list, native CSV: `sdn` with or without its `alt`, `add` and `sdn_comments` files."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats import ofac
from counterpact.record.formats.listing import Listing, collector_paused, wrong_imo
from counterpact.record.formats.tabular import read_text_table
from counterpact.record.reading import DataFinding, Reading, SourceFile


def read(files: Sequence[SourceFile]) -> Reading:
    """Twelve columns, no header, `-0-` for nothing → the seven tables of a listing. Raises `SourceError`.

    Files are told apart by name (`sdn…`, `alt…`, `add…`, `…comments…`); remarks that overflow into the comments file
    are joined before they are read.
    """
    parts = {role: [f for f in files if _role(f) == role] for role in ("sdn", "alt", "add", "comments")}
    if not parts["sdn"]:
        raise SourceError(
            Problem(
                files[0].label,
                what="there is no SDN file among these",
                do="Give sdn.csv, and with it alt.csv, add.csv and sdn_comments.csv if you have them",
            )
        )
    sdn = pl.concat([table(f, ofac.SDN) for f in parts["sdn"]])
    overflow: dict[str, str] = {}
    for file in parts["comments"]:
        for number, text in table(file, ofac.COMMENTS).rows():
            overflow[number] = overflow.get(number, "") + text
    with collector_paused():
        listing, loose = _fill(parts, sdn, overflow)
        tables = listing.tables()
    other = (
        DataFinding(
            "other-vintage",
            "warning",
            f"{loose:,} aliases or addresses belong to entries that are not on "
            "this SDN file: the files are of different days",
            loose,
            "set aside",
        )
        if loose
        else None
    )
    return Reading(tables, findings=found(other, wrong_imo(tables), encoding_damage(tables["entities"]["name"])))


def _fill(parts: dict[str, list[SourceFile]], sdn: pl.DataFrame, overflow: dict[str, str]) -> tuple[Listing, int]:
    listing = Listing()
    for row in sdn.rows():
        _entity(listing, row, overflow.get(row[0], ""), parts["sdn"][0].label)
    known = set(sdn["ent_num"])
    loose = 0
    for file in parts["alt"]:
        for entity, _, sort, name, _ in table(file, ofac.ALT).rows():
            if entity in known:
                listing.name(entity, name, "former" if sort == "fka" else "alias", strength="strong")
            else:
                loose += 1
    for file in parts["add"]:
        for entity, _, street, city, country, _ in table(file, ofac.ADD).rows():
            if entity in known:
                listing.address(entity, f"{street}, {city}" if street and city else street or city, country)
            else:
                loose += 1
    return listing, loose


def table(file: SourceFile, columns: Sequence[str]) -> pl.DataFrame:
    """One of OFAC's headerless files, `-0-` as empty text."""
    frame = read_text_table(file, columns=list(columns), header=False, encodings=("utf-8-sig", "cp1252"))
    if frame.width != len(columns):
        raise SourceError(
            Problem(
                file.label,
                1,
                what=f"{frame.width} cells where OFAC's file has {len(columns)}",
                do="Get the publisher's original file",
            )
        )
    text = pl.all().str.strip_chars()
    return frame.with_columns(text).with_columns(pl.all().replace(ofac.NOTHING, ""))


def _role(file: SourceFile) -> str:
    if "comment" in file.name:
        return "comments"
    return next((role for role in ("alt", "add", "sdn") if file.name.startswith(role)), "")


def _entity(listing: Listing, row: tuple[str, ...], overflow: str, label: str) -> None:
    entity, name, sort, program, title, call_sign, vess_type, _, _, flag, owner, text = row
    kind = ofac.KINDS.get(sort.lower())
    if kind is None or not entity.isdigit():
        raise SourceError(Problem(label, column="type", what=f'entry {entity}: "{sort}" is not a known type'))
    text += overflow
    listing.entity(entity, kind, name, programmes=ofac.programmes(program), remarks=text, reason=title)
    ofac.remarks(listing, entity, text)
    if kind in ("vessel", "aircraft"):
        listing.identifier(entity, "call-sign", call_sign)
        listing.place(entity, "flag", flag, flag)
        if owner:
            listing.relation(entity, "owned by", target_name=owner)
        if vess_type:
            listing.identifier(entity, "vessel-type", vess_type)
