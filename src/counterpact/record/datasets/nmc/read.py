"""National Material Capabilities, abridged CSV."""

from __future__ import annotations

from collections.abc import Sequence

from counterpact.record.formats.tabular import read_text_table, typed
from counterpact.record.reading import Reading, SourceFile

TYPES = {
    "stateabb": "text", "ccode": "whole", "year": "whole", "milex": "number", "milper": "number", "irst": "number",
    "pec": "number", "tpop": "number", "upop": "number", "cinc": "number", "version": "text",
}  # fmt: skip


def read(files: Sequence[SourceFile]) -> Reading:
    """`NMC-60-abridged.csv` → one row per state and year; −9 (missing) becomes null. Raises `SourceError`."""
    frame = read_text_table(files[0], columns=list(TYPES))
    return Reading({"capabilities": typed(frame, TYPES, files[0].label, nulls=("", "-9", "-9.0", "NA"))})
