from __future__ import annotations

from pathlib import Path

import pytest

from counterpact.case.case import TABLES
from counterpact.case.check import check_case
from counterpact.case.events import Edit, append
from counterpact.case.new import new_case
from counterpact.case.read import read_case
from counterpact.case.reference_page import render
from counterpact.case.table import columns
from counterpact.errors import CaseError, UsageError
from tests.case.starters import change

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "case-tables.md"


@pytest.mark.parametrize("name", ["my-case", "2024", "true", "null"])
def test_a_new_case_passes_its_own_check(name: str, tmp_path: Path) -> None:
    made = new_case(name, tmp_path / name)
    case = read_case(made)
    assert check_case(case) == []
    assert case.head.slug == name
    assert (made / "case.yml").read_text().startswith("# The head of a case")


def test_the_readme_explains_every_column_and_setting(tmp_path: Path) -> None:
    text = (new_case("my-case", tmp_path / "my-case") / "README.md").read_text()
    for row_type in TABLES:
        assert f"## {row_type.table}.csv" in text
        for column in columns(row_type):
            assert f"| `{column}` |" in text
            assert row_type.model_fields[column].description


def test_every_table_the_starter_shows_has_a_row(tmp_path: Path) -> None:
    made = new_case("my-case", tmp_path / "my-case")
    for path in made.glob("*.csv"):
        assert 2 <= len(path.read_text().splitlines()) <= 8


def test_a_copy_of_a_case_has_its_present_state_and_no_log(folder: Path, tmp_path: Path) -> None:
    append(folder, Edit("facts/F001", "low", "1200000"), author="Ada", reason="")
    change(folder, "channels.csv", "Grain by rail", "Grain by train")
    case = read_case(new_case("mine", tmp_path / "mine", source=folder))
    assert case.facts["F001"].low == 1_200_000
    assert case.channels["grain-rail"].name == "Grain by train"
    assert case.events == ()
    assert case.head.slug == "mine"


def test_nothing_is_made_over_something(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_text("mine")
    with pytest.raises(CaseError, match="exists and is not empty"):
        new_case("my-case", tmp_path / "there")
    with pytest.raises(UsageError, match=r"e\.g\. my-case"):
        new_case("My Case!", tmp_path / "x")
    with pytest.raises(CaseError, match="neither a shipped case"):
        new_case("mine", tmp_path / "x", source="no-such-case-anywhere")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_the_committed_reference_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), (
        "run: python -m counterpact.case.reference_page > docs/reference/case-tables.md"
    )
