"""IMF International Trade in Goods by partner (IMTS), the wide CSV of the data portal."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import absurd_jumps, found, mixed_aggregates
from counterpact.record.formats.tabular import check_header, read_text_table
from counterpact.record.reading import Reading, SourceFile

FIXED = (
    "DATASET", "SERIES_CODE", "OBS_MEASURE", "COUNTRY.ID", "COUNTRY", "INDICATOR.ID", "INDICATOR",
    "COUNTERPART_COUNTRY.ID", "COUNTERPART_COUNTRY", "FREQUENCY.ID", "FREQUENCY", "SCALE.ID", "SCALE",
    "TRADE_FLOW.ID", "TRADE_FLOW",
)  # fmt: skip
FLOWS = {"MG_CIF_USD": "import", "MG_FOB_USD": "import", "XG_FOB_USD": "export"}


def read(files: Sequence[SourceFile]) -> Reading:
    """Wide table → reporter, partner, flow, valuation, year, USD. Aggregates (codes with digits) are marked.

    Values are in units: the table's own times ten to the power of its `SCALE.ID`. Raises `SourceError`.
    """
    file = files[0]
    raw = read_text_table(file)
    years = [name for name in raw.columns if name.isdigit()]
    check_header(file.label, [c for c in raw.columns if c not in years], FIXED)
    unknown = raw.filter(~pl.col("INDICATOR.ID").is_in(list(FLOWS)))
    if unknown.height or not years:
        raise SourceError(
            Problem(
                file.label,
                column="INDICATOR.ID",
                what=f'"{unknown["INDICATOR.ID"][0]}" is not known' if unknown.height else "no years",
            )
        )
    long = raw.unpivot(index=list(FIXED), on=years, variable_name="year", value_name="text")
    value = pl.col("text").str.strip_chars().replace("", None)
    frame = long.select(
        reporter=pl.col("COUNTRY.ID"),
        partner=pl.col("COUNTERPART_COUNTRY.ID"),
        partner_name=pl.col("COUNTERPART_COUNTRY"),
        flow=pl.col("INDICATOR.ID").replace_strict(FLOWS),
        valuation=pl.col("INDICATOR.ID").str.slice(3, 3),
        year=pl.col("year").cast(pl.Int64),
        usd=value.cast(pl.Float64, strict=False) * 10.0 ** pl.col("SCALE.ID").cast(pl.Float64),
        is_aggregate=pl.col("COUNTERPART_COUNTRY.ID").str.contains(r"\d|^.{1,2}$"),
        text=value,
    )
    broken = frame.filter(pl.col("usd").is_null() & pl.col("text").is_not_null())
    if broken.height:
        raise SourceError(
            Problem(file.label, column=str(broken["year"][0]), what=f'"{broken["text"][0]}" is not a number')
        )
    frame = frame.drop("text").drop_nulls("usd").sort("reporter", "partner", "flow", "year")
    states = frame.filter(~pl.col("is_aggregate"))
    names = frame.filter("is_aggregate")["partner"].unique().sort().to_list()
    return Reading(
        {"trade": frame},
        findings=found(
            absurd_jumps(states, by=("reporter", "partner_name", "flow"), time="year", value="usd"),
            mixed_aggregates(
                frame, by=(), member="partner", value="usd", aggregates=names, done="kept, marked is_aggregate"
            ),
        ),
    )
