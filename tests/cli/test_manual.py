"""The manual is under test: every command, option and setting stands in it, and the README says nothing false."""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from counterpact.cli.app import app
from counterpact.cli.reference_page import render

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_commands_is_up_to_date() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
    assert page == render(), "run: python -m counterpact.cli.reference_page > docs/reference/commands.md"


def test_every_option_has_a_help_text() -> None:
    rows = [line for line in render().splitlines() if line.startswith("| `--")]
    assert rows
    assert not [row for row in rows if row.split("|")[2].strip() == ""]


def test_every_command_of_the_readme_exists() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"`counterpact (\w+)", readme))
    shown = CliRunner().invoke(app, ["--help"]).output
    assert named
    assert all(name in shown for name in named), named


def test_every_environment_variable_is_in_the_manual() -> None:
    settings = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    used: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        used |= set(re.findall(r"environ(?:\.get\(|\[)\s*\"([A-Z_]+)\"", path.read_text("utf-8")))
    for path in (ROOT / "src").rglob("dataset.yml"):
        used |= set(re.findall(r"key_env:\s*(\w+)", path.read_text("utf-8")))
    used -= {"LOCALAPPDATA", "XDG_DATA_HOME"}
    assert used
    assert [name for name in used if name not in settings] == []


def test_the_manual_links_only_to_pages_that_exist() -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        for target in re.findall(r"\]\(([^)#]+\.md)[^)]*\)", page.read_text("utf-8")):
            assert target.startswith("http") or (page.parent / target).exists(), f"{page.name} → {target}"
