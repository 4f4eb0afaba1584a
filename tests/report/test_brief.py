"""The object: same input same bytes, every figure with its sources, nothing that is not finite."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from counterpact.case.case import Case
from counterpact.case.write import write_case
from counterpact.errors import UsageError
from counterpact.provenance import Handling
from counterpact.report import figures
from counterpact.report.brief import to_json
from counterpact.report.changes import changes
from tests.report import sample

WANTED = (
    "case_revision", "seed", "versions", "handling", "contradictions", "bounds", "objectives", "package", "reply",
    "loopholes", "contribution", "lines", "scenarios", "frontier", "displacement", "calibration", "drivers",
    "evidence_values", "checks", "sources",
)  # fmt: skip
LINES = ["diplomacy", "sanctions", "readiness", "cyber", "humanitarian", "technology", "accountability"]


def all_figures(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every block with low, high and text, wherever it stands."""
    if isinstance(value, Mapping):
        if {"low", "high", "text", "basis"} <= set(value):
            yield value
        for inner in value.values():
            yield from all_figures(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from all_figures(inner)


def test_the_promised_keys_are_there(brief: dict[str, Any]) -> None:
    assert set(WANTED) <= set(brief)
    assert {"measures", "cost", "gap", "lower_bound_status", "assumption_share"} <= set(brief["package"])
    assert brief["package"]["certificate"]["passed"] is True
    assert [one["line"] for one in brief["lines"]] == LINES
    assert [one["line"] for one in brief["contribution"]] == LINES
    assert all({"shapley", "alone", "last_in"} <= set(one) for one in brief["contribution"])
    assert all({"estimand", "kind", "facts", "origins"} <= set(one) for one in brief["contradictions"])
    assert all({"route", "value", "closing_measures"} <= set(one) for one in brief["loopholes"])
    assert all({"status_quo", "under_package"} <= set(one) for one in brief["objectives"])


def test_same_input_same_bytes(shipped: Case, brief: dict[str, Any]) -> None:
    assert to_json(sample.brief(shipped)) == to_json(brief)


def test_every_number_is_finite_and_the_text_is_json(brief: dict[str, Any], small: dict[str, Any]) -> None:
    for one in (brief, small):
        assert json.loads(to_json(one))["case_revision"] == one["case_revision"]


@pytest.mark.parametrize("which", ["brief", "small", "public"])
def test_every_figure_has_sources_or_says_how_it_was_made(which: str, request: pytest.FixtureRequest) -> None:
    b = request.getfixturevalue(which)
    found = list(all_figures(b))
    assert len(found) > 20
    for one in found:
        assert one["facts"] or one.get("how"), one
        assert one["text"]
        assert set(one["facts"]) <= set(b["facts"]), one
        assert set(one.get("rivals", ())) <= set(b["facts"]), one


def test_every_cited_fact_has_its_source(brief: dict[str, Any]) -> None:
    assert brief["facts"]
    for fact in brief["facts"].values():
        assert fact["statement"]
        assert fact["origin"]
        assert brief["sources"][fact["source"]]["title"]


def test_an_unread_fact_is_never_shown_as_verified(shipped: Case, brief: dict[str, Any]) -> None:
    unread = {i for i, fact in shipped.facts.items() if not fact.reading.verified}
    assert unread
    for i in unread & set(brief["facts"]):
        assert brief["facts"][i]["verified"] is False
    for claim in (c for x in brief["contradictions"] for c in x["claims"]):
        assert claim["figure"]["verified"] is (claim["fact"] not in unread)


def test_an_interval_stays_an_interval(shipped: Case, brief: dict[str, Any]) -> None:
    for claim in (c for x in brief["contradictions"] for c in x["claims"]):
        value = shipped.facts[claim["fact"]].quantity
        assert value is not None
        assert claim["figure"]["low"] == figures.finite(value.low)
        assert claim["figure"]["high"] == figures.finite(value.high)


def test_the_mark_is_the_narrowest_of_what_is_inside(shipped: Case) -> None:
    first = next(iter(shipped.facts.values()))
    closed = first.model_copy(update={"handling": Handling.RED})
    rows = {**shipped.rows, "facts": {**shipped.rows["facts"], first.id: closed}}
    case = dataclasses.replace(shipped, rows=rows)
    assert sample.brief(shipped)["handling"] == "TLP:AMBER"
    assert sample.brief(case)["handling"] == "TLP:RED"
    assert first.id not in sample.brief(case, public=True)["facts"]


def test_since_an_older_copy(shipped: Case, tmp_path: Path) -> None:
    first = next(iter(shipped.facts.values()))
    older = first.model_copy(update={"statement": "It was said otherwise."})
    rows = {**shipped.rows, "facts": {**shipped.rows["facts"], first.id: older}}
    write_case(dataclasses.replace(shipped, rows=rows, files=None), tmp_path / "older")
    found = changes(shipped, str(tmp_path / "older"))
    assert found is not None
    assert (f"facts/{first.id} statement", "changed", "It was said otherwise.", first.statement) in found["rows"]


def test_since_nonsense_is_wrong_use(shipped: Case) -> None:
    assert changes(shipped, None) is None
    assert changes(shipped, shipped.revision)["rows"] == []  # type: ignore[index]
    with pytest.raises(UsageError, match="neither a day, nor a revision"):
        changes(shipped, "last tuesday")


def test_figures_are_set_where_their_words_stand_as_a_whole() -> None:
    one = {"text": "1", "low": 1.0, "high": 1.0}
    eleven = {"text": "11 states", "low": 11.0, "high": 11.0}
    parts = figures.weave("Of the 11 members, 1 left in 2021.", [one, eleven])
    assert figures.plain_text(parts) == "Of the 11 members, 1 left in 2021."
    assert [p["text"] for p in parts if isinstance(p, dict)] == ["11", "1"]
    assert figures.plain_text(figures.weave("A 4.5 rise", [{"text": "5", "low": 5, "high": 5}])) == "A 4.5 rise 5"
