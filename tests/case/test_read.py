"""Bad input: every problem at once, each with file, row as a spreadsheet counts, column, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterpact.case.read import read_case, shipped_cases
from counterpact.case.table import REQUIRED, TYPES
from counterpact.errors import CaseError
from tests.case.starters import change, problems_of

FAULTS = {
    # name: (file, old, new, row, column, words of the message)
    "unknown good": ("channels.csv", "AAA,shells,sea", "AAA,shell,sea", 2, "good", '"shell" is not a good'),
    "negative capacity": ("channels.csv", ",1000000,3000000,", ",-1,3000000,", 2, "capacity_low", "-1 is below 0"),
    "unit mismatch": ("facts.csv", "80000,80000,tonne", "80000,80000,piece", 4, "unit", "not the unit of estimand"),
    "unknown unit": ("facts.csv", "80000,80000,tonne", "80000,80000,tons", 4, "unit", 'Did you mean "tonne"?'),
    "duplicate id": ("facts.csv", "\nF002,", "\nF001,", 3, "id", '"F001" is the id of row 2 already'),
    "circular requirement": (
        "measures.csv",
        "assumption,,,,memory,,\nask",
        "assumption,port-checks,,,memory,,\nask",
        2,
        "requires",
        "refers to itself",
    ),
    "effect on unknown channel": ("effects.csv", "shells-sea", "shells-see", 2, "channels", 'mean "shells-sea"'),
    "outside the horizon": ("facts.csv", "between,2024", "between,2031", 2, "period", "after the horizon"),
    "year 0202": ("facts.csv", "between,2024", "between,0202", 2, "period", "not a plausible period"),
    "ends before it begins": ("facts.csv", "between,2024", "between,2024/2023", 2, "period", "before it begins"),
    "decimal comma": ("purses.csv", "5000000000", '"1,5E+06"', 2, "low", "decimal comma"),
    "shortened number": ("purses.csv", "5000000000", "5.00E+09", 2, "low", "shortens it"),
    "number that became a date": ("purses.csv", "5000000000", "Sep-23", 2, "low", "turned into a date"),
    "id that became a number": ("sources.csv", "S002", "3.00E+01", 3, "id", "spreadsheet has turned into a number"),
    "id that became a date": ("sources.csv", "S002", "Sep-23", 3, "id", "spreadsheet has turned into a date"),
    "date that was rewritten": ("channels.csv", "2023-09", "Sep-23", 2, "since", "a date as a spreadsheet rewrites"),
    "slash date": ("sources.csv", "2025-03-01", "01/03/2025", 2, "date", "a date as a spreadsheet rewrites"),
    "error value": ("goods.csv", "Grain,", "#REF!,", 3, "name", "error message of a spreadsheet"),
    "infinite number": ("purses.csv", "5000000000", "inf", 2, "low", "not a number"),
    "percent": ("effect_families.csv", "0.05,0.4", "0.05,40%", 2, "high", "Write the share, 0.4"),
    "not a number": ("purses.csv", "5000000000", "much", 2, "low", "not a number"),
    "word not in the list": ("channels.csv", "observed", "obsrved", 2, "status", 'Did you mean "observed"?'),
    "empty required cell": ("goods.csv", ",tonne,", ",,", 3, "unit", "is empty but must be filled"),
    "low above high": ("facts.csv", "1000000,1500000", "1600000,1500000", 2, "low", "is above high"),
    "capacity turned round": ("channels.csv", "50000,200000", "300000,200000", 4, "capacity_low", "is above"),
    "bad id": ("goods.csv", "\ngrain,", "\ngrain two,", 3, "id", "cannot be an id"),
    "too many cells": ("goods.csv", "Grain,", "Grain, wheat,", 3, "", "has 6 cells, the header has 5"),
    "unknown column": ("goods.csv", "id,name,kind", "id,nam,kind", 1, "nam", 'Did you mean "name"?'),
    "column twice": ("goods.csv", "unit,note", "unit,unit", 1, "unit", "stands twice"),
    "missing column": ("goods.csv", "id,name,kind", "id,nom,kind", 1, "name", "the column is missing"),
    "unclosed quote": ("goods.csv", "Grain,", '"Grain,', 3, "", "cannot be read as CSV"),
    "semicolons": ("goods.csv", "id,name,kind,unit,note", "id;name;kind;unit;note", 1, "", "not separated by commas"),
    "unknown setting": ("case.yml", "summary:", "sumary:", 5, "sumary", 'Did you mean "summary"?'),
    "setting twice": ("case.yml", "summary:", "title:", 5, "title", "stands twice"),
    "bad yaml": ("case.yml", "title: A", "title: 'A", 6, "", "not valid YAML"),
    "missing setting": ("case.yml", "baseline: 2024\n", "", 0, "baseline", "is missing"),
    "unknown member": ("case.yml", "- AAA", "- AAB", 0, "alliance", "not an actor"),
    "horizon turned round": ("case.yml", "- 2024\n- 2026", "- 2026\n- 2024", 0, "horizon", "before it begins"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_reported_where_it_is(fault: str, folder: Path) -> None:
    file, old, new, row, column, words = FAULTS[fault]
    change(folder, file, old, new)
    found = problems_of(lambda: read_case(folder))
    assert found, "the fault was not noticed"
    hits = [p for p in found if (p.file, p.row, p.column) == (file, row, column) and words in str(p)]
    assert hits, "\n".join(map(str, found))
    assert all(p.do for p in hits) or "before it begins" in words


def test_a_sound_case_has_no_problem(folder: Path) -> None:
    case = read_case(folder)
    assert case.head.slug == "starter"
    assert list(case.facts) == ["F001", "F002", "F003"]


def test_all_problems_come_at_once_and_a_broken_row_is_reported_once(folder: Path) -> None:
    change(folder, "channels.csv", "AAA,shells,sea", "AAA,shell,sea")
    change(folder, "facts.csv", "80000,80000,tonne", "80000,80000,tons")
    change(folder, "goods.csv", "Grain,civilian", "Grain,civil")  # the row is lost, its id is not
    change(folder, "effects.csv", "shells-sea", "shells-see")
    (folder / "sources.csv").unlink()
    found = problems_of(lambda: read_case(folder))
    assert [(p.file, p.row) for p in found] == [
        ("channels.csv", 2), ("effects.csv", 2), ("facts.csv", 4), ("goods.csv", 3), ("sources.csv", 0),
    ]  # fmt: skip


def test_errors_exit_with_3_and_nothing_is_written(folder: Path) -> None:
    change(folder, "facts.csv", "F001", "F 001")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    assert caught.value.exit_code == 3
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("table", TYPES)
def test_a_missing_table_is_reported_if_required_and_else_empty(table: str, folder: Path) -> None:
    (folder / f"{table}.csv").unlink(missing_ok=True)
    missing = [p for p in problems_of(lambda: read_case(folder)) if p.what == "the file is missing"]
    assert [p.file for p in missing] == ([f"{table}.csv"] if table in REQUIRED else [])


def test_a_missing_head_and_an_unknown_table(folder: Path) -> None:
    (folder / "case.yml").unlink()
    (folder / "chanels.csv").write_text("id\n")
    found = problems_of(lambda: read_case(folder))
    assert [(p.file, p.what) for p in found] == [
        ("case.yml", "the file is missing"),
        ("chanels.csv", "is not a table of a case"),
    ]
    assert 'Did you mean "channels.csv"?' in str(found[1])


def test_bytes_that_are_not_utf8_are_found_cell_by_cell(folder: Path) -> None:
    data = (folder / "actors.csv").read_bytes()
    data = data.replace(b"Second ally", "Zweiter Verbündeter".encode("cp1252"), 1)
    (folder / "actors.csv").write_bytes(data.replace(b"Our side", "Côté".encode("cp1252")))
    found = problems_of(lambda: read_case(folder))
    assert [(p.file, p.row, p.column) for p in found] == [("actors.csv", 3, "name"), ("actors.csv", 5, "name")]
    assert "0xFC" in str(found[0])
    assert '"ü"' in str(found[0])
    assert "UTF-8" in found[0].do


def test_other_encodings_are_named(folder: Path) -> None:
    (folder / "goods.csv").write_bytes((folder / "goods.csv").read_text().encode("utf-16"))
    (folder / "case.yml").write_bytes((folder / "case.yml").read_bytes().replace(b"starter case", b"caf\xe9"))
    found = problems_of(lambda: read_case(folder))
    assert [(p.file, p.row) for p in found] == [("case.yml", 4), ("goods.csv", 0)]
    assert "UTF-16" in str(found[1])


def test_byte_order_mark_windows_lines_and_blank_rows_change_nothing(folder: Path) -> None:
    plain = read_case(folder)
    for path in folder.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        width = text.splitlines()[0].count(",")
        path.write_bytes(b"\xef\xbb\xbf" + (text + "," * width + "\n").replace("\n", "\r\n").encode())
    again = read_case(folder)
    assert again == plain
    assert again.revision == plain.revision


def test_rows_are_counted_as_a_spreadsheet_does(folder: Path) -> None:
    change(folder, "facts.csv", "One to one", '"One\nto one')
    change(folder, "facts.csv", "shipped in 2024.,Example institute", 'shipped in 2024.",Example institute')
    change(folder, "facts.csv", "80000,80000,tonne", "80000,80000,tons")
    assert [p.row for p in problems_of(lambda: read_case(folder))] == [4]


def test_yaml_keeps_norway_and_dates(folder: Path) -> None:
    change(folder, "case.yml", "as_of: '2025-06-30'", "as_of: 2025-06-30")
    change(folder, "case.yml", "- tonne", "- tonne\n- no\n- on")
    case = read_case(folder)
    assert case.head.as_of == "2025-06-30"
    assert case.head.units[:3] == ("tonne", "no", "on")


def test_an_unknown_name_names_the_nearest_case() -> None:
    with pytest.raises(CaseError, match="neither a shipped case nor a folder"):
        read_case("no-such-case-anywhere")
    if "russia-dprk" in shipped_cases():
        with pytest.raises(CaseError, match='Did you mean "russia-dprk"'):
            read_case("russia-dpkr")
