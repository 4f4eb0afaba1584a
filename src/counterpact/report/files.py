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
    from counterpact.errors import UsageError
    from counterpact.report.brief import to_json
    from counterpact.report.html import render

    name = brief["case"] + ("-public" if brief["public"] else "")
    texts = {folder / f"{name}.html": render(dict(brief)), folder / f"{name}.json": to_json(brief) + "\n"}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            part = path.with_name(path.name + ".part")
            part.write_text(text, encoding="utf-8", newline="\n")
            part.replace(path)
    except OSError as error:
        raise UsageError(
            f'cannot write the brief to "{folder}": {error.strerror}. Name another folder: --out'
        ) from error
    page, data = texts
    return page, data
