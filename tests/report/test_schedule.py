"""A schedule as a page: everything inside, nothing fetched, the same bytes again, its mark on it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from counterpact.errors import UsageError
from counterpact.report import schedule as report
from counterpact.strategy.compiling.compile import compile_case
from counterpact.strategy.schedule.make import make_schedule
from counterpact.strategy.schedule.periods import Periods
from counterpact.strategy.schedule.wish import Wish
from tests.strategy import small_case


@pytest.fixture(scope="module")
def made() -> report.Block:
    case = small_case.case(
        [small_case.channel("a_b", "a", "b", 100), small_case.channel("c_d", "c", "d", 60)],
        [small_case.measure("one", lead_months_high=9), small_case.measure("two", lead_months_high=20)],
        [("one", "block", 0.3, 0.6, ("a_b",)), ("two", "block", 0.3, 0.9, ("c_d",))],
    )
    flows = [{"a_b": 50.0 + 10 * k, "c_d": 60.0 - 10 * k} for k in range(5)]
    compiled = compile_case(case, small_case.picture(case, flows), scenarios=24, months=36)
    return report.assemble(make_schedule(compiled, Wish(Periods.parse("2027..2029"), starts=(1,), signposts=1)))


def test_the_page_holds_all_and_fetches_nothing(made: report.Block) -> None:
    page = report.render(made)
    assert page == report.render(json.loads(json.dumps(made)))
    assert made["handling"] in page
    assert "What begins when" in page
    assert 'id="option-schedule"' in page
    assert not re.search(r'(?:src|href)="https?://(?!www\.apache\.org)', page)
    for step in made["steps"]:
        assert step["name"] in page


def test_files_are_whole_or_not_there(made: report.Block, tmp_path: Path) -> None:
    page, data = report.write(made, tmp_path / "out")
    assert json.loads(data.read_text(encoding="utf-8"))["periods"] == ["2027", "2028", "2029"]
    assert page.name == "small-schedule.html"
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="the schedule"):
        report.write(made, tmp_path / "file" / "x")
