"""Eurostat exports and imports by partner and month, all products together (easy-Comext extracts)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import duplicate_rows, found, mixed_aggregates
from counterpact.record.formats.eurostat import is_aggregate, month, short_name
from counterpact.record.formats.tabular import check_header, read_text_table
from counterpact.record.reading import Reading, SourceFile

COLUMNS = ("REPORTER", "PARTNER", "PRODUCT", "FLOW", "STAT_PROCEDURE", "PERIOD", "VALUE_IN_EUR")
FLOWS = {"EXPORT": "export", "IMPORT": "import", "2-EXPORT": "export", "1-IMPORT": "import", "EXPORTATION": "export"}


def read(files: Sequence[SourceFile]) -> Reading:
    """CSV or Parquet → reporter, partner, flow, month, EUR; the same flow named twice by the extract is kept once.

    Raises `SourceError` on a period that is no month or a flow that is not known.
    """
    parts = []
    for file in files:
        raw = pl.read_parquet(file.open()) if file.name.endswith(".parquet") else read_text_table(file)
        check_header(file.label, raw.columns, COLUMNS, optional=("src",))
        parts.append(raw.select(COLUMNS).with_columns(pl.all().cast(pl.String)))
    frame = pl.concat(parts).select(
        reporter=short_name("REPORTER"),
        reporter_label=pl.col("REPORTER"),
        partner=short_name("PARTNER"),
        flow=pl.col("FLOW").replace_strict(FLOWS, default=None),
        month=month("PERIOD"),
        eur=pl.col("VALUE_IN_EUR").cast(pl.Float64, strict=False),
        is_aggregate=is_aggregate("REPORTER"),
    )
    broken = frame.filter(pl.any_horizontal(pl.col("flow", "month", "eur").is_null()))
    if broken.height:
        raise SourceError(
            Problem(
                files[0].label,
                column="PERIOD",
                what=f"{broken.height:,} rows have no flow, month or value",
                why=str(broken.row(0)),
                do="Export monthly values in EUR",
            )
        )
    doubles = duplicate_rows(frame, done="kept once")
    unique = frame.unique(maintain_order=True).sort("reporter_label", "partner", "flow", "month")
    aggregates = unique.filter("is_aggregate")["reporter_label"].unique().to_list()
    mixed = mixed_aggregates(
        unique, by=(), member="reporter_label", value="eur", aggregates=aggregates, done="kept, marked is_aggregate"
    )
    return Reading({"totals": unique}, findings=found(doubles, mixed))
