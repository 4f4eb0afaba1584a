"""Multinational Military Exercises, version 7."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats.tabular import check_header, read_text_table, typed
from counterpact.record.reading import Reading, SourceFile

NAMES = {
    "MMEID": "id", "Ex_Name": "name", "Series_Name": "series", "Location": "location", "lat": "latitude",
    "lon": "longitude", "s.year": "start_year", "s.month": "start_month", "s.day": "start_day", "e.year": "end_year",
    "e.month": "end_month", "e.day": "end_day", "CPX": "command_post", "Air": "air", "Land": "land", "Sea": "sea",
    "Amphibious": "amphibious", "Cyber": "cyber", "Warfighting": "warfighting", "Peacekeeping": "peacekeeping",
    "Humanitarian": "humanitarian", "FocusDescription": "focus", "AdditionalParticipantInfo": "more_participants",
}  # fmt: skip
OTHER = ("StartDate", "EndDate")  # the same days again, in mixed formats
KINDS = dict.fromkeys(NAMES.values(), "text") | dict.fromkeys(
    ("latitude", "longitude", "start_year", "start_month", "start_day", "end_year", "end_month", "end_day"), "number"
)


def read(files: Sequence[SourceFile]) -> Reading:
    """`mme_v7.csv` → `exercises` (one row each) and `participants` (exercise, state). `xx` becomes null."""
    file = files[0]
    raw = read_text_table(file, encodings=("utf-8-sig", "cp1252"))
    states = [name for name in raw.columns if name.startswith("State")]
    check_header(file.label, [c for c in raw.columns if c not in states], [*NAMES, *OTHER])
    exercises = typed(raw.rename(NAMES), KINDS, file.label, nulls=("", "NA", "xx", "xxxx", "XX", "xx "))
    whole = [name for name, kind in KINDS.items() if kind == "number" and "itude" not in name]
    participants = (
        raw.select(pl.col("MMEID").alias("id"), *states)
        .unpivot(index="id", on=states, variable_name="_", value_name="state")
        .with_columns(pl.col("state").str.strip_chars())
        .filter(pl.col("state") != "")
        .select("id", "state")
        .unique(maintain_order=True)
    )
    return Reading(
        {"exercises": exercises.with_columns(pl.col(whole).cast(pl.Int64, strict=False)), "participants": participants},
        findings=found(encoding_damage(exercises["name"]), encoding_damage(participants["state"])),
    )
