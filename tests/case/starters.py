"""A small sound case to break: the starter, copied and changed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path

from counterpact.errors import CaseError, Problem

STARTER = Path(str(resources.files("counterpact.case"))) / "starter"


def copy_to(folder: Path) -> Path:
    """The starter in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in STARTER.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Replace text that must be there."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text, (name, old)
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def problems_of(call: Callable[[], object]) -> tuple[Problem, ...]:
    """The problems a call reports; none if it succeeds."""
    try:
        call()
    except CaseError as error:
        return error.problems
    return ()
