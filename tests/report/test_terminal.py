"""The summary on a terminal, and the files of a brief."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from counterpact.errors import UsageError
from counterpact.report.files import write
from counterpact.report.terminal import show


def test_it_says_the_main_things_in_few_lines(brief: dict[str, Any]) -> None:
    out = io.StringIO()
    show(brief, Console(file=out, width=100), "brief/russia-dprk.html")
    text = out.getvalue()
    for words in ("TLP:AMBER", "The package", "Loopholes left", "What each line contributes", "brief/russia-dprk.html"):
        assert words in text
    assert text.count("\n") < 170
    assert "not verified" in text


def test_the_files_are_whole_and_named_after_the_case(small: dict[str, Any], tmp_path: Path) -> None:
    page, data = write(small, tmp_path / "deep" / "out")
    assert page.name == "starter.html"
    assert json.loads(data.read_text(encoding="utf-8"))["case"] == "starter"
    assert sorted(p.name for p in page.parent.iterdir()) == ["starter.html", "starter.json"]
    before = page.read_bytes()
    write(small, page.parent)
    assert page.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_said_plainly(small: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot write the brief"):
        write(small, tmp_path / "file" / "out")
