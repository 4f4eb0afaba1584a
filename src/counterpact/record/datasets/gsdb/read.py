"""Global Sanctions Data Base, version 4."""

from __future__ import annotations

from collections.abc import Sequence

from counterpact.record.checks import duplicate_rows, encoding_damage, found
from counterpact.record.formats.tabular import read_text_table, typed
from counterpact.record.reading import Reading, SourceFile

FLAGS = ("trade", "arms", "military", "financial", "travel", "other", "target_mult", "sender_mult")
ORDER = (
    "case_id", "sanctioned_state", "sanctioning_state", "begin", "end", "trade", "descr_trade", "arms", "military",
    "financial", "travel", "other", "target_mult", "sender_mult", "objective", "success",
)  # fmt: skip
TYPES = {
    name: "whole" if name in ("case_id", "begin", "end") else "flag" if name in FLAGS else "text" for name in ORDER
}


def read(files: Sequence[SourceFile]) -> Reading:
    """`GSDB_V4.csv` → one row per sanctions case. Raises `SourceError`."""
    frame = typed(read_text_table(files[0], columns=ORDER), TYPES, files[0].label, nulls=("", "NA"))
    return Reading({"cases": frame}, findings=found(duplicate_rows(frame), encoding_damage(frame["sanctioned_state"])))
