"""Voting data of the UN Digital Library: one row per member and resolution."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import duplicate_rows, encoding_damage, found
from counterpact.record.formats.tabular import newest, read_text_table, typed
from counterpact.record.reading import Reading, SourceFile

TYPES = {
    "undl_id": "text", "ms_code": "text", "ms_name": "text", "ms_vote": "text", "date": "day", "session": "text",
    "resolution": "text", "draft": "text", "committee_report": "text", "meeting": "text", "title": "text",
    "agenda_title": "text", "subjects": "text", "total_yes": "whole", "total_no": "whole",
    "total_abstentions": "whole", "total_non_voting": "whole", "total_ms": "whole", "undl_link": "text",
}  # fmt: skip
BALLOTS = {"Y": "yes", "N": "no", "A": "abstain", "X": "absent"}
PER_VOTE = ("undl_id", "ms_code", "ms_name", "ms_vote")


def read(files: Sequence[SourceFile]) -> Reading:
    """The library's CSV → `votes` and `resolutions`; its totals are checked against its own rows.

    Raises `SourceError` on an unknown ballot, or totals that do not agree with the votes given.
    """
    frames = [typed(read_text_table(file, columns=list(TYPES)), TYPES, file.label) for file in files]
    whole = pl.concat(frames)
    strange = whole.filter(~pl.col("ms_vote").is_in(list(BALLOTS)))
    if strange.height:
        raise SourceError(
            Problem(files[0].label, column="ms_vote", what=f'"{strange["ms_vote"][0]}" is not Y, N, A or X')
        )
    votes = whole.select(*PER_VOTE).with_columns(vote=pl.col("ms_vote").replace_strict(BALLOTS)).drop("ms_vote")
    resolutions = whole.drop("ms_code", "ms_name", "ms_vote").unique(maintain_order=True)
    _check_totals(votes, resolutions, files[0].label)
    return Reading(
        {"votes": votes, "resolutions": resolutions},
        vintage=newest(whole["date"]),
        findings=found(duplicate_rows(votes, "votes"), encoding_damage(resolutions["title"])),
    )


def _check_totals(votes: pl.DataFrame, resolutions: pl.DataFrame, label: str) -> None:
    counted = votes.group_by("undl_id").agg(
        (pl.col("vote") == "yes").sum().alias("yes"),
        (pl.col("vote") == "no").sum().alias("no"),
        (pl.col("vote") == "abstain").sum().alias("abstentions"),
    )
    wrong = resolutions.join(counted, on="undl_id").filter(
        (pl.col("yes") != pl.col("total_yes"))
        | (pl.col("no") != pl.col("total_no"))
        | (pl.col("abstentions") != pl.col("total_abstentions"))
    )
    if wrong.height:
        row = wrong.row(0, named=True)
        raise SourceError(
            Problem(
                label,
                column="total_yes",
                what=f"{wrong.height:,} resolutions state totals their votes do not add up to",
                why=f"{row['resolution']}: stated {row['total_yes']}-{row['total_no']}-{row['total_abstentions']}, "
                f"counted {row['yes']}-{row['no']}-{row['abstentions']}",
                do="The file is cut short; get it again",
            )
        )
