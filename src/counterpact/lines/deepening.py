"""Where a line reads the record: a table that is here and young enough, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from counterpact.lines.contract import Indicator
from counterpact.lines.room import Room

if TYPE_CHECKING:
    import polars as pl


def fresh_table(room: Room, dataset: str) -> pl.DataFrame | None:
    """The rows of a data set as of the assessment, or None if it is not in the record or older than the line allows."""
    setting = next(table for table in room.settings.tables if table.dataset == dataset)
    vintage = room.record.vintage(dataset)
    if vintage is None or (room.as_of - vintage).days > setting.max_age_days:
        return None
    return cast("pl.DataFrame", room.record.table(dataset))


def with_indicators(room: Room, more: Sequence[Indicator]) -> Room:
    """The room with further indicators behind those of the case."""
    return replace(room, indicators=MappingProxyType({**room.indicators, **{i.id: i for i in more}}))
