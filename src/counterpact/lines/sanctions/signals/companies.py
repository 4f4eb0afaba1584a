"""Signals about companies: founded after a listing at a listed company's address."""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from counterpact.lines.sanctions.signals.signal import Found, Signal, found, rules

_NOISE = re.compile(r"[\W_]+")
#: Shorter than this and an address names a town rather than a house.
_LEAST = 12


def address_key(text: str) -> str:
    """An address without signs, order of words or case; empty if it is too short to name a house.

    >>> address_key("12, Lenin Street, Vladivostok") == address_key("Vladivostok, Lenin street 12")
    True
    >>> address_key("Pyongyang")
    ''
    """
    words = sorted(_NOISE.sub(" ", text.casefold()).split())
    key = " ".join(words)
    return key if len(key) >= _LEAST and any(w.isdigit() for w in words) else ""


def successors(mine: pl.DataFrame, listed: pl.DataFrame) -> Found:
    """Companies of the user's table (`name`, `address`, `founded`) founded within the rule's window after a listing
    (`name`, `address`, `listed`) at the same address. The number of companies of the table at that address is said.
    """
    rule = rules()["founded after a listing"]
    keyed = [
        frame.with_columns(pl.col("address").map_elements(address_key, return_dtype=pl.String).alias("key")).filter(
            pl.col("key") != ""
        )
        for frame in (mine, listed)
    ]
    crowd = keyed[0].group_by("key").len("crowd")
    met = keyed[0].join(crowd, on="key").join(keyed[1], on="key", suffix="_listed")
    days = (pl.col("founded") - pl.col("listed")).dt.total_days()
    near = met.with_columns(days.alias("days")).filter((pl.col("days") >= 0) & (pl.col("days") <= rule["days"]))
    signals = [
        Signal("founded after a listing", name, _day(founded),
               rule["words"].format(days=d, listed=other) + f" ({crowd} of your companies are at it)")
        for name, founded, d, other, crowd in near.select("name", "founded", "days", "name_listed", "crowd").iter_rows()
    ]  # fmt: skip
    skipped = mine.height - keyed[0].height
    notes = (
        [f"{skipped} of {mine.height} addresses are too short to name a house and were not compared."]
        if skipped
        else []
    )
    return found("founded after a listing", signals, mine.height, notes)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
