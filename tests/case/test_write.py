"""A case is written whole or not at all, and reads back as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from counterpact.case import write
from counterpact.case.case import Case
from counterpact.case.read import read_case
from counterpact.case.revision import revisions
from counterpact.case.write import case_files, write_case
from counterpact.errors import CaseError
from tests.case.starters import STARTER, change


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def test_a_case_is_written_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    written = write_case(read_case(folder), tmp_path / "copy" / "starter")
    assert _bytes(written) == _bytes(folder) == _bytes(STARTER)
    assert read_case(written) == read_case(folder)


def test_absent_columns_and_tables_stay_absent_and_present_ones_present(folder: Path, tmp_path: Path) -> None:
    change(folder, "goods.csv", "id,name,kind,unit,note", "unit,id,name,kind")
    text = "unit,id,name,kind\npiece,shells,Shells,strategic\ntonne,grain,Grain,civilian\n"
    (folder / "goods.csv").write_text(text)
    (folder / "limits.csv").write_text("id,place,good,role,unit\n")
    (folder / "needs.csv").unlink()
    assert _bytes(write_case(read_case(folder), tmp_path / "copy")) == _bytes(folder)


def test_a_case_from_memory_has_only_the_columns_it_uses(folder: Path, tmp_path: Path) -> None:
    case = read_case(folder)
    bare = Case(case.head, case.rows)
    files = case_files(bare)
    assert files["objective_terms.csv"].splitlines()[0] == b"id,objective,channel"
    again = read_case(write_case(bare, tmp_path / "copy"))
    assert (again.head, again.rows, again.revision) == (case.head, case.rows, case.revision)


def test_the_revision_depends_on_the_content_alone(folder: Path) -> None:
    case = read_case(folder)
    assert case.revision == "b7c42aca452e"  # the same on every machine: written down once
    assert list(revisions(case.head, case.rows)) == [case.revision]
    change(folder, "purses.csv", "5000000000", "5e9")
    change(folder, "case.yml", "# The head", "# Another remark")
    change(folder, "objective_terms.csv", "factor,note", "note,factor")
    assert read_case(folder).revision == case.revision
    change(folder, "purses.csv", "5e9", "5000000001")
    assert read_case(folder).revision != case.revision


def test_no_case_is_overwritten_unless_told(folder: Path, tmp_path: Path) -> None:
    case = read_case(folder)
    other = write_case(case, tmp_path / "copy")
    (other / "README.md").write_text("mine")
    changed = replace(case, head=case.head.model_copy(update={"title": "Another"}), rows={**case.rows, "needs": {}})
    with pytest.raises(CaseError, match="holds a case already"):
        write_case(changed, other)
    assert read_case(other) == case
    write_case(changed, other, overwrite=True)
    again = read_case(other)
    assert again.head.title == "Another"
    assert not again.needs
    assert (other / "README.md").read_text() == "mine"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_nothing_is_left_when_writing_fails(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = read_case(folder)
    good = case.goods["grain"].model_copy(update={"unit": "", "note": "\ud800"})
    broken = replace(case, rows={**case.rows, "goods": {**case.goods, "grain": good}})
    with pytest.raises(CaseError, match="UTF-8"):
        write_case(broken, tmp_path / "copy")
    good = good.model_copy(update={"note": ""})
    broken = replace(case, rows={**case.rows, "goods": {**case.goods, "grain": good}})
    with pytest.raises(CaseError, match="is empty but must be filled"):
        write_case(broken, tmp_path / "copy")

    count = [0]

    def failing(path: Path, data: bytes) -> None:
        count[0] += 1
        if count[0] > 5:
            raise OSError("the disk is full")
        real(path, data)

    real = write.write_synced
    monkeypatch.setattr(write, "write_synced", failing)
    with pytest.raises(OSError, match="disk is full"):
        write_case(case, tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir()] == ["starter"]


def test_a_case_that_does_not_hold_together_is_not_written(folder: Path, tmp_path: Path) -> None:
    case = read_case(folder)
    good = case.goods["grain"].model_copy(update={"unit": "piece"})
    with pytest.raises(CaseError, match="not the unit of grain"):
        write_case(replace(case, rows={**case.rows, "goods": {**case.goods, "grain": good}}), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
