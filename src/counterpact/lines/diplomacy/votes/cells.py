"""What a cell says: yes, no, abstain, absent, or nothing."""

from __future__ import annotations

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.lines.diplomacy.votes.table import ABSENT, ABSTAIN, NO, NOT_MEMBER, YES

WORDS = {
    "yes": YES, "y": YES, "in favour": YES, "in favor": YES, "for": YES, "favour": YES, "1": YES, "1.0": YES,
    "abstain": ABSTAIN, "a": ABSTAIN, "abstention": ABSTAIN, "abstained": ABSTAIN, "abstaining": ABSTAIN,
    "2": ABSTAIN, "2.0": ABSTAIN,
    "no": NO, "n": NO, "against": NO, "3": NO, "3.0": NO,
    "absent": ABSENT, "x": ABSENT, "non-voting": ABSENT, "not voting": ABSENT, "nonvoting": ABSENT,
    "did not vote": ABSENT, "dnv": ABSENT, "8": ABSENT, "8.0": ABSENT,
    "not a member": NOT_MEMBER, "9": NOT_MEMBER, "9.0": NOT_MEMBER, "": NOT_MEMBER, "na": NOT_MEMBER,
    "nan": NOT_MEMBER, "none": NOT_MEMBER, "null": NOT_MEMBER, "-": NOT_MEMBER,
}  # fmt: skip
"""Spellings met in public tables. The numbers are those of the Voeten files: 1 yes, 2 abstain, 3 no, 8 and 9 none."""


def ballots(frame: pl.DataFrame, label: str) -> pl.DataFrame:
    """Column `vote` from words to codes; cells that say nothing are dropped. Raises `SourceError` on other words."""
    said = frame["vote"].cast(pl.String).fill_null("").str.strip_chars().str.to_lowercase()
    codes = said.replace_strict(WORDS, default=None, return_dtype=pl.Int8)
    strange = said.filter(codes.is_null())
    if strange.len():
        row = int(codes.is_null().arg_max() or 0) + 2
        raise SourceError(
            Problem(
                label,
                row if "row" not in frame.columns else int(frame["row"][row - 2]),
                "vote" if "row" not in frame.columns else str(frame["country"][row - 2]),
                what=f'"{strange[0]}" is not a vote',
                do="Write yes, no, abstain or absent (or Y, N, A, X; or 1, 3, 2, 8)",
            )
        )
    return frame.with_columns(vote=codes).filter(pl.col("vote") != NOT_MEMBER)
