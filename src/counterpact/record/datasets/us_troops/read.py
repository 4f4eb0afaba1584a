"""US troops abroad by country and year (troopdata)."""

from __future__ import annotations

from collections.abc import Sequence

from counterpact.record.formats.tabular import read_text_table, typed
from counterpact.record.reading import Reading, SourceFile

COUNTS = (
    "troops_ad", "army_ad", "navy_ad", "air_force_ad", "marine_corps_ad", "coast_guard_ad", "space_force_ad",
    "army_national_guard", "air_national_guard", "army_reserve", "navy_reserve", "marine_corps_reserve",
    "air_force_reserve", "coast_guard_reserve", "total_selected_reserve", "army_civilian", "navy_civilian",
    "marine_corps_civilian", "air_force_civilian", "dod_civilian", "total_civilian",
)  # fmt: skip
TYPES = {"countryname": "text", "year": "whole", "ccode": "whole", "iso3c": "text", "region": "text"} | dict.fromkeys(
    COUNTS, "number"
)


def read(files: Sequence[SourceFile]) -> Reading:
    """`troopdata_us_country_year.csv` → one row per country and year, counts of persons. Raises `SourceError`."""
    frame = read_text_table(files[0], columns=list(TYPES))
    return Reading({"troops": typed(frame, TYPES, files[0].label, nulls=("", "NA"))})
