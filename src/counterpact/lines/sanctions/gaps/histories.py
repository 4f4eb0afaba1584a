"""Ships that changed their name or flag: across the vintages of a list, or as a list itself says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from counterpact.record.store import Store

#: What a list says of a ship at one time.
SEEN = {"imo": pl.String, "what": pl.String, "value": pl.String, "dataset": pl.String, "vintage": pl.Date}


@dataclass(frozen=True)
class History:
    """Of one ship (IMO number): every name and flag with the lists and days that say so.

    `names`, `flags`: (value, data set, first vintage, last vintage). A change counts only between vintages of one list,
    or where a list itself calls a name or flag a former one; two lists may just spell a name differently.
    """

    imo: str
    names: tuple[tuple[str, str, date, date], ...]
    flags: tuple[tuple[str, str, date, date], ...]
    renamings: int
    reflaggings: int

    def plain(self) -> dict[str, Any]:
        """JSON-able."""
        rows = {
            key: [{"value": v, "dataset": d, "first": a.isoformat(), "last": b.isoformat()} for v, d, a, b in said]
            for key, said in (("names", self.names), ("flags", self.flags))
        }
        return {"imo": self.imo, **rows, "renamings": self.renamings, "reflaggings": self.reflaggings}


def seen(store: Store, datasets: Sequence[str]) -> pl.DataFrame:
    """What every vintage of the lists says of each ship with a valid IMO number (columns of `SEEN`).

    `what` is name, former name, flag or former flag; a name compares in capitals without spaces and signs.
    """
    frames = [pl.DataFrame(schema=SEEN)]
    for dataset in datasets:
        for entry in store.entries(dataset):
            frames += [f.select(list(SEEN)) for f in _one(store, dataset, entry.vintage)]
    return pl.concat(frames).filter(pl.col("value") != "").unique().sort("imo", "what", "dataset", "vintage", "value")


def _one(store: Store, dataset: str, day: date) -> list[pl.DataFrame]:
    ships = (
        store.table(dataset, day, table="identifiers")
        .filter((pl.col("scheme") == "imo-ship") & pl.col("valid").fill_null(True))
        .select("entity", imo="value")
    )
    about = [pl.lit(dataset).alias("dataset"), pl.lit(day).alias("vintage")]
    names = store.table(dataset, day, table="names").filter(pl.col("role").is_in(["primary", "former"]))
    clean = pl.col("name").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    kind = pl.when(pl.col("role") == "former").then(pl.lit("former name")).otherwise(pl.lit("name"))
    found = [ships.join(names, on="entity").select("imo", kind.alias("what"), clean.alias("value"), *about)]
    flags = store.table(dataset, day, table="places").filter(
        pl.col("role").is_in(["flag", "former-flag", "former flag"])
    )
    value = pl.coalesce("country", "text").str.strip_chars()
    kind = pl.when(pl.col("role") == "flag").then(pl.lit("flag")).otherwise(pl.lit("former flag"))
    found.append(ships.join(flags, on="entity").select("imo", kind.alias("what"), value.alias("value"), *about))
    return found


def histories(said: pl.DataFrame) -> tuple[History, ...]:
    """Ships with at least one change of name or flag, most changes first. `said` as `seen` gives it."""
    found = []
    for (imo,), rows in said.group_by(["imo"], maintain_order=True):
        renamings, reflaggings = _changes(rows, "name"), _changes(rows, "flag")
        if renamings or reflaggings:
            spans = [_spans(rows, what) for what in ("name", "flag")]
            found.append(History(str(imo), spans[0], spans[1], renamings, reflaggings))
    return tuple(sorted(found, key=lambda h: (-h.renamings - h.reflaggings, h.imo)))


def _changes(rows: pl.DataFrame, what: str) -> int:
    """The most changes any one list shows: distinct values over its vintages, former ones counted, less the present."""
    mine = rows.filter(pl.col("what").is_in([what, f"former {what}"]))
    if mine.height == 0:
        return 0
    distinct: list[int] = mine.group_by("dataset").agg(pl.col("value").n_unique())["value"].to_list()
    return max(distinct) - 1


def _spans(rows: pl.DataFrame, what: str) -> tuple[tuple[str, str, date, date], ...]:
    mine = rows.filter(pl.col("what").is_in([what, f"former {what}"]))
    spans = mine.group_by("value", "dataset").agg(first=pl.col("vintage").min(), last=pl.col("vintage").max())
    return tuple(spans.sort("first", "dataset", "value").select("value", "dataset", "first", "last").iter_rows())
