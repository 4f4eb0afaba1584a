"""`counterpact schedule`: its words, its tables, what it makes of bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import counterpact.api
from counterpact.api import Opened
from counterpact.cli.schedule import schedule
from counterpact.errors import UsageError
from tests.strategy import small_case


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    """The command on a small case whose picture is given."""
    case = small_case.case(
        [small_case.channel("a_b", "a", "b", 100), small_case.channel("c_d", "c", "d", 60)],
        [small_case.measure("one", lead_months_high=9), small_case.measure("two", lead_months_high=20)],
        [("one", "block", 0.3, 0.6, ("a_b",)), ("two", "block", 0.3, 0.9, ("c_d",))],
    )
    found = small_case.picture(case, [{"a_b": 50.0 + 10 * k, "c_d": 60.0 - 10 * k} for k in range(5)])

    class Small(Opened):
        def picture(self) -> Any:
            return found

        def assess(self) -> Any:
            return {}

    monkeypatch.setattr(counterpact.api, "open", lambda name, **more: Small(case, seed=more["seed"]))
    app = typer.Typer()
    app.command()(schedule)
    always = ("small", "--scenarios", "24", "--signposts", "0", "--money", "10")
    return lambda *words: CliRunner().invoke(app, [*always, *words])


def test_tables_show_what_begins_when(run) -> None:
    shown = run("--starts", "1", "--periods", "2026..2028")
    assert shown.exit_code == 0, shown.output
    for words in ("What begins when", "Period by period", "2028", "Certificate passed"):
        assert words in shown.output


def test_json_carries_the_handling_mark_and_the_default_years(run, tmp_path: Path) -> None:
    shown = run("--json", "--out", str(tmp_path))
    assert shown.exit_code == 0, shown.output
    found = json.loads(shown.stdout)
    assert found["periods"] == ["2026", "2027", "2028", "2029"]  # the facts of the small case end in 2025
    assert found["handling"].startswith("TLP:")
    assert json.loads((tmp_path / "small-schedule.json").read_text(encoding="utf-8")) == found


def test_a_file_of_what_is_done_is_read(run, tmp_path: Path) -> None:
    path = tmp_path / "done.csv"
    path.write_text("id,when\none,2025\n", encoding="utf-8")
    found = json.loads(run("--json", "--done", str(path)).stdout)
    assert next(s for s in found["steps"] if s["id"] == "one")["done"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--starts", "two"), "is not a number"),
        (("--done", "nowhere.csv"), "neither ID@WHEN nor a file"),
        (("--periods", "2028..2027"), "earlier to a later"),
        (("--per-period-money", "1,2"), "4 periods"),
    ],
)
def test_wrong_use_says_what_to_write(run, words: tuple[str, ...], said: str) -> None:
    shown = run(*words)
    assert isinstance(shown.exception, UsageError)
    assert said in str(shown.exception)
