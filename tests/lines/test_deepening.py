from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.lines.contract import Assessment, EmptyRecord
from counterpact.lines.readiness import assess
from counterpact.quantity import Period

from .small import picture


class Troops(EmptyRecord):
    """A record that holds one table."""

    def __init__(self, vintage: date) -> None:
        self.day = vintage

    def vintage(self, dataset: str) -> date | None:
        return self.day if dataset == "us_troops" else None

    def table(self, dataset: str, as_of: date | None = None) -> Any:
        rows = [("KOR", year, 28_000.0 + year) for year in range(2008, 2025)] + [
            ("DEU", 2024, 1.0),
            ("JPN", 2024, None),
        ]
        return pl.DataFrame(rows, schema=["iso3c", "year", "troops_ad"], orient="row")


def test_a_table_of_the_record_adds_an_indicator_and_its_vintage(
    shipped: Case, assessed: dict[Line, Assessment]
) -> None:
    day = Period(shipped.head.as_of).last
    found = assess(shipped, picture(), Troops(date(2026, 1, 1)), day)
    (more,) = [i for i in found.indicators if i.id.startswith("us-troops")]
    assert more.name == "US troops in Republic of Korea"
    assert [p.value.low for p in more.points] == [28_000.0 + year for year in range(2015, 2025)]
    assert found.vintages == {"us_troops": "2026-01-01"}
    assert not any("us_troops" in text for text in found.missing)
    assert found.findings == assessed[Line.READINESS].findings


def test_an_old_table_is_left_alone(shipped: Case) -> None:
    found = assess(shipped, picture(), Troops(date(2020, 1, 1)), Period(shipped.head.as_of).last)
    assert not any(i.id.startswith("us-troops") for i in found.indicators)
    assert any("us_troops), of 2020-01-01" in text and "too old" in text for text in found.missing)
