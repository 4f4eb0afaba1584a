"""What the forms of Eurostat's trade data share: labels with remarks, aggregates beside members, months in words."""

from __future__ import annotations

import calendar

import polars as pl

AGGREGATE = r"^(?:European Union|Union européenne|Euro area|Zone euro|EU\d|EA\d|EXT_EU|INT_EU|WORLD)"
MONTHS = {calendar.month_abbr[i]: i for i in range(1, 13)}


def short_name(column: str) -> pl.Expr:
    """`Germany (incl. German Democratic Republic 'DD' from 1991)` → `Germany`."""
    return pl.col(column).cast(pl.String).str.replace(r"\s*\(.*$", "").str.strip_chars()


def is_aggregate(column: str) -> pl.Expr:
    """True for unions of states that stand beside their members."""
    return pl.col(column).cast(pl.String).str.contains(AGGREGATE)


def month(column: str) -> pl.Expr:
    """`202212-Dec. 2022` or `Dec. 2022` → `2022-12`; anything else null."""
    text = pl.col(column).str.replace(r"^\d{6}-", "")
    year = text.str.extract(r"(\d{4})$")
    number = text.str.extract(r"^([A-Z][a-z]{2})\. ").replace_strict(MONTHS, default=None, return_dtype=pl.Int64)
    return year + "-" + number.cast(pl.String).str.zfill(2)
