from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.errors import CaseError, UsageError
from counterpact.lines.chartspec import ChartSpec
from counterpact.lines.contract import Assessment, EmptyRecord
from counterpact.lines.registry import assess_all
from counterpact.lines.store import FOLDER, from_plain, keep, load, save, to_plain
from counterpact.quantity import Period

from .small import picture


class Vintages(EmptyRecord):
    """A record of which only the vintages matter."""

    def __init__(self, **held: str) -> None:
        self.held = held

    def vintage(self, dataset: str) -> date | None:
        return date.fromisoformat(self.held[dataset]) if dataset in self.held else None


def drawn(charts: dict[str, Callable[[], ChartSpec]]) -> dict[str, ChartSpec]:
    return {name: build() for name, build in charts.items()}


@pytest.mark.parametrize("line", list(Line))
def test_a_round_trip_through_json_keeps_everything(assessed: dict[Line, Assessment], line: Line) -> None:
    one = assessed[line]
    text = json.dumps(to_plain(one), allow_nan=False)  # strict JSON: no NaN, no Infinity
    back = from_plain(json.loads(text))
    assert replace(back, charts={}) == replace(one, charts={})
    assert drawn(dict(back.charts)) == drawn(dict(one.charts))


def test_open_ends_survive(assessed: dict[Line, Assessment]) -> None:
    ends = [p.value.high for a in assessed.values() for i in a.indicators for p in i.points]
    assert float("inf") in ends, "the shipped case has an `at least` among its indicators"


def test_a_kept_assessment_holds_while_nothing_changed(
    shipped: Case, assessed: dict[Line, Assessment], tmp_path: Path
) -> None:
    one = replace(assessed[Line.CYBER], vintages={"ofac_sdn": "2026-02-01"})
    first = save(one, tmp_path).read_bytes()
    assert save(one, tmp_path).read_bytes() == first
    for record in (EmptyRecord(), Vintages(ofac_sdn="2026-02-01")):
        kept = load(shipped, Line.CYBER, record, tmp_path)
        assert kept is not None
        assert kept.void == ""
        assert kept.assessment.as_of == one.as_of
    assert load(shipped, Line.SANCTIONS, EmptyRecord(), tmp_path) is None


def test_a_new_revision_voids_it(shipped: Case, assessed: dict[Line, Assessment], tmp_path: Path) -> None:
    save(assessed[Line.CYBER], tmp_path)
    kept = load(replace(shipped, revision="other"), Line.CYBER, EmptyRecord(), tmp_path)
    assert kept is not None
    assert "case has changed" in kept.void


def test_a_new_vintage_voids_it(shipped: Case, assessed: dict[Line, Assessment], tmp_path: Path) -> None:
    save(replace(assessed[Line.CYBER], vintages={"ofac_sdn": "2026-02-01"}), tmp_path)
    kept = load(shipped, Line.CYBER, Vintages(ofac_sdn="2026-03-01"), tmp_path)
    assert kept is not None
    assert "2026-03-01" in kept.void


def test_the_kept_one_is_shown_when_the_record_is_not_at_hand(
    shipped: Case, assessed: dict[Line, Assessment], tmp_path: Path
) -> None:
    richer = replace(assessed[Line.CYBER], headline="Made with the record.", vintages={"ofac_sdn": "2026-02-01"})
    case = replace(shipped, folder=tmp_path)
    keep(case, {Line.CYBER: richer})
    day = Period(shipped.head.as_of).last
    assert assess_all(case, picture(), EmptyRecord(), day)[Line.CYBER].headline == "Made with the record."
    moved = replace(case, revision="other")
    again = assess_all(moved, picture(), EmptyRecord(), day)[Line.CYBER]
    assert again.headline != "Made with the record."
    assert "is void" in again.missing[0]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 2}', '{"format": 1, "line": "cyber"}'])
def test_a_broken_file_is_an_error_that_says_what_to_do(shipped: Case, tmp_path: Path, text: str) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "cyber.json").write_text(text, encoding="utf-8")
    with pytest.raises(CaseError, match="Delete the file"):
        load(shipped, Line.CYBER, EmptyRecord(), tmp_path)


def test_a_case_without_a_folder_cannot_keep_anything(shipped: Case) -> None:
    with pytest.raises(UsageError):
        keep(replace(shipped, folder=None), {})
