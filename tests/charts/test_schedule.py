"""The chart of a schedule: plain JSON, one stretch per state, the table says the same."""

from __future__ import annotations

import json

from counterpact.charts import palette, schedule

STEPS = [
    {"id": "a", "name": "First", "line": "cyber", "begins": "2027-H1", "lifted": "", "done": False,
     "cells": ("decided", "partly", "acts", "acts")},
    {"id": "b", "name": "Second", "line": "sanctions", "begins": "2026", "lifted": "2028", "done": True,
     "cells": ("acts", "acts", "lifted", "")},
]  # fmt: skip
PERIODS, YEARS = ("2027-H1", "2027-H2", "2028", "2029"), (0.5, 0.5, 1.0, 1.0)


def test_each_state_is_one_stretch_in_years() -> None:
    made = schedule.chart(STEPS, PERIODS, YEARS)
    data = made.option["series"][0]["data"]
    json.dumps(made.option, allow_nan=False)
    assert [d["value"] for d in data] == [[0, 0.5, 0, 0], [0.5, 1, 0, 0], [1, 3, 0, 0], [0, 1, 1, 1]]
    assert [d["show"]["hollow"] for d in data] == [True, True, False, False]
    assert [d["itemStyle"]["color"] for d in data[:2]] == [palette.GREY, palette.LINE["cyber"]]


def test_the_table_says_what_the_bars_show() -> None:
    made = schedule.chart(STEPS, PERIODS, YEARS)
    assert made.table.rows[1] == ("Second", "sanctions", "2026 (done)", "acts", "acts", "lifted", "")
    assert schedule.chart([], PERIODS, YEARS).table.rows == ()
