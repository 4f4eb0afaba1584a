from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

import counterpact.api
from counterpact.case.read import read_case
from counterpact.case.values import Line
from counterpact.cli.assess import assess
from counterpact.lines.contract import EmptyRecord
from counterpact.lines.registry import assess_all
from counterpact.quantity import Period
from tests.lines.small import picture


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    """The command on the shipped case, with a picture that found nothing (the real one takes its time)."""
    case = read_case("russia-dprk")
    made = assess_all(case, picture(), EmptyRecord(), Period(case.head.as_of).last)
    opened = SimpleNamespace(case=case, assess=lambda: made)
    monkeypatch.setattr(counterpact.api, "open", lambda name, **_: opened)
    app = typer.Typer()
    app.command()(assess)
    return lambda *words: CliRunner().invoke(app, ["russia-dprk", *words])


def test_all_seven_lines_are_shown(run) -> None:
    shown = run()
    assert shown.exit_code == 0, shown.output
    for line in Line:
        assert line.value.capitalize() in shown.output
    assert "not in the record" in shown.output


def test_one_line_as_json(run) -> None:
    shown = run("cyber", "--json")
    assert shown.exit_code == 0, shown.output
    found = json.loads(shown.stdout)
    assert list(found) == ["cyber"]
    assert found["cyber"]["headline"].endswith(".")
    assert found["cyber"]["charts"]["thefts"]["kind"] == "timeline"


def test_an_unknown_line_is_wrong_use(run) -> None:
    assert run("cybr").exit_code == 2
