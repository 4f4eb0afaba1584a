"""Vetoes in the UN Security Council."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.formats.tabular import newest, read_text_table, typed
from counterpact.record.reading import DataFinding, Reading, SourceFile

DERIVED = (
    "russia_china",
    "usa_uk",
    "usa_france",
    "usa_france_uk",
    "france_uk",
)  # sums of the members' columns: left out
MEMBERS = ("China", "France", "Russia", "USSR", "USA", "UK")
TYPES = {
    "year": "whole", "date": "day", "month": "whole", "draft": "text", "meeting_record": "text", "agenda_item": "text",
    "crisis_topic": "text", "region": "text", "member_veto1": "text", "member_veto2": "text", "member_veto3": "text",
    "single_veto": "flag", "multiple_vetoes": "flag", "China": "flag", "France": "flag", "Russia": "flag",
    "USSR": "flag", "USA": "flag", "UK": "flag",
}  # fmt: skip


def read(files: Sequence[SourceFile]) -> Reading:
    """One row per vetoed draft, and `casts`: one row per draft and member that cast a veto. Raises `SourceError`."""
    file = files[0]
    frame = typed(
        read_text_table(file, columns=[*TYPES, *DERIVED]), TYPES, file.label, nulls=("", "NA"), day_format="%m/%d/%Y"
    )
    named = (
        pl.concat(
            [
                frame.with_row_index("row").select("row", "date", "draft", pl.col(f"member_veto{i}").alias("member"))
                for i in (1, 2, 3)
            ]
        )
        .drop_nulls("member")
        .sort("row", "member")
    )
    strange = named.filter(~pl.col("member").is_in(MEMBERS))
    if strange.height:
        raise SourceError(Problem(file.label, column="member_veto1", what=f'"{strange["member"][0]}" has no veto'))
    flagged = frame.select(pl.sum_horizontal(pl.col(*MEMBERS).cast(pl.Int64)).alias("n"))["n"]
    counts = named.group_by("row").len().sort("row")["len"]
    odd = int((flagged != counts).sum()) if flagged.len() == counts.len() else frame.height
    findings = (
        (DataFinding("members-disagree", "warning", f"{odd} rows name other members than their flags say", odd),)
        if odd
        else ()
    )
    return Reading(
        {"vetoes": frame.drop(*MEMBERS), "casts": named.drop("row")}, findings=findings, vintage=newest(frame["date"])
    )
