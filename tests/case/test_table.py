"""Canonical spelling: what is written reads back the same, and read files are written byte for byte."""

from __future__ import annotations

import csv
import io
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpact.case import model as m
from counterpact.case.case import TABLES
from counterpact.case.cells import damage, enum_columns, number_columns
from counterpact.case.read_table import read_table
from counterpact.case.table import columns, list_adapter, number_text, required_columns, table_text

IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,6}", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffd"), max_size=12)
DAYS = st.dates().map(str) | st.integers(1000, 2100).map(str)


def _cell(row_type: type[m.Row], name: str) -> st.SearchStrategy[Any]:
    info = row_type.model_fields[name]
    kinds = {info.annotation, *get_args(info.annotation)}
    limits = {k: getattr(part, k) for part in info.metadata for k in ("ge", "gt", "le") if hasattr(part, k)}
    if name == "id":
        return IDS.filter(lambda text: damage(row_type, "id", text) is None)
    if name == "role":
        return st.sampled_from(["supply", "demand"])
    if name in enum_columns(row_type):
        return st.sampled_from(enum_columns(row_type)[name])
    if name in number_columns(row_type):
        if int in kinds:
            return st.integers(0, 99)
        least = limits.get("ge", limits.get("gt"))
        floats = st.floats(least, limits.get("le"), allow_nan=False, allow_infinity=False)
        return floats.filter(lambda x: "gt" not in limits or x > limits["gt"]).map(lambda x: x + 0.0)
    if bool in kinds:
        return st.booleans()
    if tuple in {getattr(kind, "__origin__", None) for kind in kinds} or "tuple" in str(info.annotation):
        return st.lists(IDS, max_size=3).map(" ".join)
    if "Period" in str(info.annotation):
        return st.sampled_from(["2024", "2023-09/2025-03", "2024-12-04/..", "2024-02-29"])
    if any("_day" in str(part) for part in info.metadata):
        return DAYS
    filled = name in required_columns(row_type) or bool(info.default)
    return TEXT.filter(lambda text: (text or not filled) and damage(row_type, name, text) is None)


@st.composite
def tables(draw: st.DrawFn) -> tuple[type[m.Row], list[m.Row]]:
    row_type = draw(st.sampled_from(TABLES))
    rows = []
    for row_id in draw(st.lists(_cell(row_type, "id"), max_size=4, unique=True)):
        optional = [name for name in columns(row_type) if name not in required_columns(row_type)]
        chosen = required_columns(row_type) | set(draw(st.lists(st.sampled_from(optional), unique=True)))
        cells = {name: draw(_cell(row_type, name)) for name in columns(row_type) if name in chosen}
        if cells.get("low") is not None and cells.get("high") is not None:
            cells["low"], cells["high"] = sorted((cells["low"], cells["high"]))
        rows.append({**cells, "id": row_id})
    return row_type, list_adapter(row_type).validate_python(rows)


@given(tables(), st.randoms())
@settings(max_examples=80, deadline=None)
def test_writing_and_reading_are_inverse(table: tuple[type[m.Row], list[m.Row]], random: Any) -> None:
    row_type, rows = table
    text = table_text(row_type, rows)
    read = read_table(row_type, text.encode(), "t.csv")
    assert read.problems == []
    assert list(read.rows.values()) == rows
    assert table_text(row_type, read.rows.values(), read.header) == text

    layout = list(columns(row_type))
    random.shuffle(layout)
    text = table_text(row_type, rows, layout)  # any order, unused columns kept
    read = read_table(row_type, text.encode(), "t.csv")
    assert read.problems == []
    assert list(read.rows.values()) == rows
    assert table_text(row_type, read.rows.values(), read.header) == text


@given(tables())
@settings(max_examples=60, deadline=None)
def test_written_files_are_what_the_csv_module_reads(table: tuple[type[m.Row], list[m.Row]]) -> None:
    row_type, rows = table
    text = table_text(row_type, rows)
    records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len(records) == len(rows) + 1
    assert {len(record) for record in records} == {len(records[0])}
    assert records[0][0] == "id"
    assert [record[0] for record in records[1:]] == [row.id for row in rows]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_spelt_exactly_and_once(value: float) -> None:
    text = number_text(value)
    assert float(text) == value
    assert number_text(float(text)) == text


@pytest.mark.parametrize("spelling", ["4000000", "4e6", "4000000.0", "4.0e6"])
def test_other_spellings_of_a_number_become_canonical(spelling: str) -> None:
    data = f"id,name,unit,normaliser\nx,X,piece,{spelling}\n".encode()
    read = read_table(m.Objective, data, "objectives.csv")
    assert not read.problems
    assert table_text(m.Objective, read.rows.values(), read.header).splitlines()[1] == "x,X,piece,4000000"


def test_every_column_stands_once_with_id_first() -> None:
    for row_type in TABLES:
        found = columns(row_type)
        assert found[0] == "id"
        assert len(set(found)) == len(found)
        assert set(found) == set(row_type.model_fields)
        if "low" in found and "unit" in found:
            assert found.index("low") + 2 == found.index("high") + 1 == found.index("unit")


def test_a_layout_that_lacks_a_used_column_gets_it() -> None:
    row = m.Good(id="x", name="X", kind="civilian", unit="tonne", note="said")
    assert table_text(m.Good, [row], ("unit", "id", "name", "kind")).startswith("id,name,kind,unit,note\n")
