from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from counterpact.case.case import TABLES
from counterpact.case.diff import changes, diff_cases
from counterpact.case.read import read_case
from counterpact.case.replay import State
from tests.case.starters import STARTER, change, copy_to


def test_a_case_does_not_differ_from_itself(folder: Path) -> None:
    found = diff_cases(read_case(folder), read_case(folder))
    assert not found
    assert str(found).startswith("No difference")


def test_rows_added_removed_and_changed_field_by_field(folder: Path, tmp_path: Path) -> None:
    other = copy_to(tmp_path / "other" / "starter")
    change(other, "facts.csv", "1000000,1500000", "1000000,1600000")
    change(other, "facts.csv", "Contradicts F001 and is kept beside it", "")
    change(other, "needs.csv", "need-grain", "need-of-grain")
    change(other, "case.yml", "- 2026", "- 2027")
    found = diff_cases(read_case(folder), read_case(other))
    assert dict(found.counts) == {"added": 1, "removed": 1, "changed": 3}
    assert [str(change) for change in found.changes] == [
        "case  horizon: [2024, 2026] → [2024, 2027]",
        "needs/need-grain  removed: place: BBB; good: grain; low: 30000; high: 60000; unit: tonne; "
        "note: The guard keeps room for this much",
        "needs/need-of-grain  added: place: BBB; good: grain; low: 30000; high: 60000; unit: tonne; "
        "note: The guard keeps room for this much",
        "facts/F001  high: 1500000 → 1600000",
        "facts/F002  note: Contradicts F001 and is kept beside it → (empty)",
    ]
    assert found.as_json()["changes"][3] == {
        "kind": "changed", "entity": "facts/F001", "field": "high", "old": "1500000", "new": "1600000",
    }  # fmt: skip
    back = diff_cases(read_case(other), read_case(folder))
    assert dict(back.counts) == {"added": 1, "removed": 1, "changed": 3}


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_replaying_the_differences_gives_the_other_case(data: st.DataObject) -> None:
    """The diff is complete: applied as events to the old tables it gives the new ones."""
    case = read_case(STARTER)
    rows = {name: dict(table) for name, table in case.rows.items()}
    for row_type in TABLES:
        table = rows.get(row_type.table, {})
        for row_id in list(table):
            act = data.draw(st.sampled_from(["keep", "drop", "note", "copy"]))
            if act == "drop":
                del table[row_id]
            elif act == "note" and "note" in row_type.model_fields:
                table[row_id] = table[row_id].model_copy(update={"note": data.draw(st.text("ab,\n", max_size=3))})
            elif act == "copy":
                table[f"{row_id}-2"] = table[row_id].model_copy(update={"id": f"{row_id}-2"})
    new = replace(case, rows=rows)
    state = State(case.head, case.rows).apply_all(changes(case.head, case.rows, new.head, new.rows))
    assert {n: t for n, t in state.rows.items() if t} == {n: t for n, t in rows.items() if t}
