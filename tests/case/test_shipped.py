"""The shipped cases read, check, and are written byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterpact.case.check import check_case
from counterpact.case.read import find_case, read_case, shipped_cases
from counterpact.case.write import case_files

COMPLETE = [name for name in shipped_cases() if (find_case(name) / "facts.csv").is_file()]


@pytest.mark.parametrize("name", COMPLETE)
def test_a_shipped_case_holds_together(name: str) -> None:
    case = read_case(name)
    assert case.head.slug == name
    assert check_case(case) == []


@pytest.mark.parametrize("name", COMPLETE)
def test_a_shipped_case_is_canonical(name: str) -> None:
    folder = find_case(name)
    written = case_files(read_case(name))
    on_disk = {p.name: p.read_bytes() for p in folder.iterdir() if isinstance(p, Path) and p.suffix in (".csv", ".yml")}
    assert set(on_disk) - set(written) <= {"hindcasts.yml"}  # read by the calibration, not a table of the case
    assert [file for file, content in written.items() if on_disk.get(file) != content] == []
