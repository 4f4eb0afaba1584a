"""OFAC's SDN list, native CSV: `sdn` with or without its `alt`, `add` and `sdn_comments` files."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats import ofac
from counterpact.record.formats.listing import Listing
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
    listing = Listing()
    for row in sdn.to_dicts():
        _entity(listing, row, overflow.get(row["ent_num"], ""), parts["sdn"][0].label)
    known = set(sdn["ent_num"])
    loose = 0
    for file in parts["alt"]:
        for row in table(file, ofac.ALT).to_dicts():
            loose += row["ent_num"] not in known
            if row["ent_num"] in known:
                listing.name(
                    row["ent_num"],
                    row["alt_name"],
                    "former" if row["alt_type"] == "fka" else "alias",
                    strength="strong",
                )
    for file in parts["add"]:
        for row in table(file, ofac.ADD).to_dicts():
            loose += row["ent_num"] not in known
            if row["ent_num"] in known:
                listing.address(
                    row["ent_num"], ", ".join(t for t in (row["address"], row["city"]) if t), row["country"]
                )
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


def wrong_imo(tables: dict[str, pl.DataFrame]) -> DataFinding | None:
    """IMO numbers whose check digit is neither a ship's nor a company's, and companies' among non-vessels."""
    numbers = tables["identifiers"].filter(pl.col("scheme").str.starts_with("imo"))
    bad = numbers.filter(~pl.col("valid"))
    if not bad.height:
        return None
    return DataFinding(
        "imo-check-digit",
        "warning",
        f"{bad.height:,} IMO numbers fail both check digits, such as {bad['value'][0]}",
        bad.height,
        "kept, marked not valid",
        tuple(bad["value"].head(5)),
    )


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


def _entity(listing: Listing, row: dict[str, str], overflow: str, label: str) -> None:
    entity, kind = row["ent_num"], ofac.KINDS.get(row["type"].lower())
    if kind is None or not entity.isdigit():
        raise SourceError(Problem(label, column="type", what=f'entry {entity}: "{row["type"]}" is not a known type'))
    text = row["remarks"] + overflow
    listing.entity(
        entity, kind, row["name"], programmes=ofac.programmes(row["program"]), remarks=text, reason=row["title"]
    )
    ofac.remarks(listing, entity, text)
    if kind in ("vessel", "aircraft"):
        listing.identifier(entity, "call-sign", row["call_sign"])
        listing.place(entity, "flag", row["vess_flag"], row["vess_flag"])
        if row["vess_owner"]:
            listing.relation(entity, "owned by", target_name=row["vess_owner"])
        if row["vess_type"]:
            listing.identifier(entity, "vessel-type", row["vess_type"])
