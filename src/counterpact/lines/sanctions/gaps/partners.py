"""One partner's list on one theme and day, whatever its native form, with the numbers that tell entries apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from counterpact.errors import Problem, SourceError, UsageError, nearest

if TYPE_CHECKING:
    from counterpact.record.store import Store

KINDS = ("vessel", "organisation", "person")
THEMES = ("dprk", "russia")

#: Numbers that name one entity. Registers call the same number by other names (a tax number is an INN): pooled.
_POOLS = {
    "imo-ship": "imo", "imo-company": "imo-company", "lei": "lei", "un-reference": "un",
    "registration": "number", "tax": "number", "inn": "number", "ogrn": "number", "uscc": "number", "duns": "duns",
    "passport": "document", "national-id": "document",
}  # fmt: skip
#: Fewer letters and digits than this, and a register's or a document's number may be somebody else's too.
_LONG = {"number": 8, "document": 6}


@dataclass(frozen=True)
class PartnerList:
    """`entries`: entity, kind, name, listed (day or null), numbers (list of `pool:value`), one row an entity.

    `dated` False: the file says no day and the vintage is the day it was brought in. `later`: day and entities of a
    newer list of the partner that gives no numbers but the same entry ids.
    """

    partner: str
    theme: str
    dataset: str
    vintage: date
    dated: bool
    entries: pl.DataFrame
    later: tuple[date, frozenset[str]] | None = None

    def of(self, kind: str) -> pl.DataFrame:
        """Entries of one kind."""
        return self.entries.filter(pl.col("kind") == kind)


@cache
def partners() -> dict[str, dict[str, Any]]:
    """What `partners.yml` says."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(
        Path(__file__).with_name("partners.yml").read_text(encoding="utf-8")
    )
    return found


def loaded(store: Store) -> tuple[str, ...]:
    """Partners of whom the record holds a list."""
    return tuple(p for p, about in partners().items() if any(store.vintage(d) is not None for d in about["datasets"]))


def partner_list(store: Store, partner: str, theme: str, as_of: date | None = None) -> PartnerList:
    """The best list the record holds of a partner: the newest day, and of lists of that year the one with numbers.

    Raises `UsageError` for an unknown partner or theme, `SourceError` if no list is loaded.
    """
    if partner not in partners():
        raise UsageError(f'"{partner}" is no partner known here. {nearest(partner, tuple(partners()))}')
    if theme not in THEMES:
        raise UsageError(f'"{theme}" is no theme of the lists. {nearest(theme, THEMES)}')
    about = partners()[partner]
    have = [d for d in about["datasets"] if any(as_of is None or e.vintage <= as_of for e in store.entries(d))]
    if not have:
        raise SourceError(
            Problem("record", what=f"the record holds no list of {partner}",
                    do=f"Import one: counterpact record import {about['datasets'][0]} FILE")
        )  # fmt: skip
    dataset = have[0]
    entry = store.entry(dataset, as_of)
    entries = _entries(store, dataset, entry.vintage, about["themes"][theme])
    dated = entry.vintage != _brought(entries)
    later = _later(store, about.get("later", dataset), entry.vintage, as_of)
    return PartnerList(partner, theme, dataset, entry.vintage, dated, entries.drop("_retrieved"), later)


def _later(store: Store, dataset: str, than: date, as_of: date | None) -> tuple[date, frozenset[str]] | None:
    days = [e.vintage for e in store.entries(dataset) if e.vintage > than and (as_of is None or e.vintage <= as_of)]
    return (max(days), frozenset(store.table(dataset, max(days), table="entities")["entity"])) if days else None


def _brought(entries: pl.DataFrame) -> date | None:
    day = entries["_retrieved"].max() if entries.height else None
    return day.date() if day is not None else None  # type: ignore[union-attr]


def _entries(store: Store, dataset: str, day: date, theme: dict[str, Sequence[str]]) -> pl.DataFrame:
    entities = store.table(dataset, day, table="entities").filter(
        (pl.col("status").fill_null("listed") == "listed") & pl.col("delisted").is_null()
    )
    wanted = pl.lit(False)
    for start in theme.get("starts", ()):
        wanted |= pl.col("programmes").list.eval(pl.element().str.starts_with(start)).list.any()
    for column, key in (("entity", "ids"), ("reference", "references")):
        for start in theme.get(key, ()):
            wanted |= pl.col(column).str.starts_with(start)
    chosen = entities.filter(wanted.fill_null(False))
    numbers = pl.concat([_numbers(store.table(dataset, day, table="identifiers")), _un_references(chosen, dataset)])
    grouped = numbers.group_by("entity").agg(pl.col("number").unique().sort().alias("numbers"))
    rows = chosen.select("entity", "kind", "name", "listed", "_retrieved").join(grouped, on="entity", how="left")
    rows = rows.with_columns(pl.col("numbers").fill_null(pl.lit([], pl.List(pl.String))))
    return rows.unique("entity", keep="first").sort("entity")


def _numbers(identifiers: pl.DataFrame) -> pl.DataFrame:
    """(entity, number) of the schemes that name one entity; numbers that fail their check digit are left out."""
    pool = pl.col("scheme").replace_strict(_POOLS, default=None, return_dtype=pl.String)
    value = pl.col("value").str.to_uppercase().str.replace_all(r"[^0-9A-Z.]", "")
    least = pl.col("pool").replace_strict(_LONG, default=1, return_dtype=pl.Int64)
    return (
        identifiers.filter(pl.col("valid").fill_null(True))
        .select("entity", pool.alias("pool"), value.alias("value"))
        .drop_nulls("pool")
        .filter(pl.col("value").str.len_chars() >= least)
        .select("entity", pl.concat_str("pool", pl.lit(":"), "value").alias("number"))
    )


def _un_references(chosen: pl.DataFrame, dataset: str) -> pl.DataFrame:
    if dataset != "un_consolidated":
        return pl.DataFrame(schema={"entity": pl.String, "number": pl.String})
    reference = pl.concat_str(pl.lit("un:"), pl.col("reference").str.to_uppercase())
    return chosen.drop_nulls("reference").select("entity", reference.alias("number"))
