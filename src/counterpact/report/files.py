"""The files of a brief in a folder: the page for people, the object for programs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write(brief: Mapping[str, Any], folder: Path) -> tuple[Path, Path]:
    """Write `CASE.html` and `CASE.json` (with `-public` for the public version); return both paths.

    Both are made whole before either is written; a file is replaced in one step. Raises `UsageError` if the folder
    cannot be made.
    """
    from counterpact.report.brief import to_json
    from counterpact.report.html import render

    name = brief["case"] + ("-public" if brief["public"] else "")
    page, data = folder / f"{name}.html", folder / f"{name}.json"
    save({page: render(dict(brief)), data: to_json(brief) + "\n"}, "the brief")
    return page, data


def save(texts: Mapping[Path, str], what: str) -> None:
    """Write the texts, each file replaced in one step. Raises `UsageError` if a folder or file cannot be made."""
    from counterpact.errors import UsageError

    folder = next(iter(texts)).parent
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(path.name + ".part")
            part.write_text(text, encoding="utf-8", newline="\n")
            part.replace(path)
    except OSError as error:
        raise UsageError(f'cannot write {what} to "{folder}": {error.strerror}. Name another folder: --out') from error
