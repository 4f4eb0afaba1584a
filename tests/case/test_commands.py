"""`counterpact case …`: thin, every command with --json, exit code 3 with all problems for a broken case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from counterpact.cli.case import app
from tests.case.starters import change

RUN = CliRunner(env={"COUNTERPACT_AUTHOR": "Ada"})


def _json(*args: str, code: int = 0) -> Any:
    result = RUN.invoke(app, [*args, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def _text(*args: str, code: int = 0) -> str:
    result = RUN.invoke(app, list(args))
    assert result.exit_code == code, result.output
    return result.output


def test_check_says_that_a_case_holds_together(folder: Path) -> None:
    assert "rows hold together, revision" in _text("check", str(folder))
    assert _json("check", str(folder))["ok"] is True


def test_a_broken_case_exits_with_3_and_lists_every_problem(folder: Path) -> None:
    change(folder, "facts.csv", "80000,80000,tonne", "80000,80000,tons")
    change(folder, "effects.csv", "shells-sea", "shells-see")
    text = _text("check", str(folder), code=3)
    assert 'facts.csv, row 4, column "unit"' in text
    assert 'effects.csv, row 2, column "channels"' in text
    problems = _json("check", str(folder), code=3)["problems"]
    assert [(p["file"], p["row"]) for p in problems] == [("effects.csv", 2), ("facts.csv", 4)]


@pytest.mark.parametrize("command", ["check", "show", "history", "diff", "edit", "undo"])
def test_every_command_reports_a_broken_case_with_3(command: str, folder: Path) -> None:
    change(folder, "facts.csv", "80000,80000,tonne", "80000,80000,tons")
    more = {"diff": ["--since", "2020"], "edit": ["case", "title", "x"], "undo": ["abc"]}.get(command, [])
    assert 'column "unit"' in _text(command, str(folder), *more, code=3)
    assert _json(command, str(folder), *more, code=3)["ok"] is False


def test_edit_history_diff_undo_round(folder: Path) -> None:
    start = _json("check", str(folder))["revision"]
    event = _json("edit", str(folder), "facts/F001", "low", "1200000", "--reason", "read again")["event"]
    assert (event["author"], event["old"], event["new"]) == ("Ada", "1000000", "1200000")
    assert [step["id"] for step in _json("history", str(folder))] == [event["id"]]
    assert "low: 1000000 → 1200000 (read again)" in _text("history", str(folder))
    assert _json("diff", str(folder), "--since", start)["counts"]["changed"] == 1
    assert "Recorded as" in _text("undo", str(folder), event["id"])
    assert "No difference" in _text("diff", str(folder), str(folder))
    _text("edit", str(folder), "goods/rice", "--set", "name=Rice", "--set", "kind=civilian", "--set", "unit=tonne")
    _text("edit", str(folder), "goods/rice", "--delete")
    change(folder, "channels.csv", "Grain by rail", "Grain by train")
    assert _json("edit", str(folder), "--adopt")["event"]["by_hand"] is True


def test_show_by_case_table_and_row(folder: Path) -> None:
    assert "A starter case" in _text("show", str(folder))
    assert _json("show", str(folder))["rows"]["facts"] == 3
    assert "shells-sea  Shells by sea" in _text("show", str(folder), "channels")
    assert "Least physical or fleet limit" in _text("show", str(folder), "channels/shells-sea")
    assert _json("show", str(folder), "facts/F002")["cells"]["bound"] == "at least"
    assert _json("show", str(folder), "case")["cells"]["baseline"] == 2024
    assert 'Did you mean "F002"' in _text("show", str(folder), "facts/F02", code=2)
    assert 'Did you mean "facts"' in _text("show", str(folder), "fact", code=2)


def test_new_makes_a_case_that_checks(tmp_path: Path) -> None:
    made = tmp_path / "my-case"
    assert _json("new", "my-case", "--folder", str(made))["folder"] == str(made)
    _text("check", str(made))
    _text("new", "my-case", "--folder", str(made), code=3)
    _text("new", "My Case", "--folder", str(tmp_path / "x"), code=2)


def test_wrong_use_exits_with_2(folder: Path) -> None:
    _text("diff", str(folder), code=2)
    _text("edit", str(folder), "facts/F001", code=2)
    _text("check", "no-such-case-anywhere", code=3)
