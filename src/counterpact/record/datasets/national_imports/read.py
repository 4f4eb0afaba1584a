"""Imports as national statistics offices publish them, in the columns Eurostat uses."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import (
    absurd_jumps,
    duplicate_rows,
    encoding_damage,
    found,
    mixed_aggregates,
    silent_reporters,
)
from counterpact.record.formats.tabular import read_text_table, typed
from counterpact.record.reading import Reading, SourceFile

TYPES = {
    "REPORTER": "text", "PARTNER": "text", "PRODUCT": "text", "FLOW": "text", "STAT_PROCEDURE": "text",
    "PERIOD": "text", "VALUE_IN_EUR": "number",
}  # fmt: skip
AGGREGATES = (
    "World", "Africa", "America", "Asia", "Europe", "Australia and Oceania", "Commonwealth of Independent States",
    "Eurasian Economic Union", "Non-EAEU countries", "European Union - 27 countries (from 2020)", "Non-EU countries",
    "Shanghai Cooperation Organisation", "Rest of the world",
)  # fmt: skip
"""Checked by sums: without these the partners of a reporter add up to its "World" within 1 %. `Other countries`,
`Unknown country` and Kyrgyzstan's small `European Union (EU)` are remainders that no partner holds, so they stay."""


def read(files: Sequence[SourceFile]) -> Reading:
    """One or several yearly files → reporter, partner, product, flow, year, EUR. Raises `SourceError`."""
    frames = [typed(read_text_table(file, columns=list(TYPES)), TYPES, file.label) for file in files]
    raw = pl.concat(frames)
    odd = raw.filter(~pl.col("PERIOD").str.contains(r"^Y\d{4}$"))
    if odd.height:
        raise SourceError(
            Problem(files[0].label, column="PERIOD", what=f'"{odd["PERIOD"][0]}" is not a year such as Y2023')
        )
    frame = raw.select(
        reporter=pl.col("REPORTER"),
        partner=pl.col("PARTNER").str.strip_chars(),
        product=pl.col("PRODUCT"),
        flow=pl.col("FLOW").str.to_lowercase(),
        year=pl.col("PERIOD").str.slice(1).cast(pl.Int64),
        eur=pl.col("VALUE_IN_EUR"),
        is_aggregate=pl.col("PARTNER").str.strip_chars().is_in(AGGREGATES),
    ).sort("reporter", "partner", "year")
    states = frame.filter(~pl.col("is_aggregate"))
    whole = states.group_by("reporter", "year").agg(pl.col("eur").sum()).with_columns(partner=pl.lit("all partners"))
    aggregates = mixed_aggregates(
        frame, by=(), member="partner", value="eur", aggregates=AGGREGATES, done="kept, marked is_aggregate"
    )
    return Reading(
        {"imports": frame},
        findings=found(
            aggregates,
            duplicate_rows(frame, done="kept"),
            encoding_damage(frame["partner"]),
            absurd_jumps(whole, by=("reporter", "partner"), time="year", value="eur", times=5.0, floor=1e9),
            absurd_jumps(states, by=("reporter", "partner"), time="year", value="eur"),
            silent_reporters(states.filter(pl.col("eur") > 1e7), reporter="partner", time="year", what="partners"),
        ),
    )
