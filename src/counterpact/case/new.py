"""Begin a case: a small example that passes every check, or a copy of another case."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import replace
from importlib import resources
from pathlib import Path

import yaml

from counterpact.case.case import TABLES
from counterpact.case.head import FILE as HEAD_FILE
from counterpact.case.read import find_case, read_case
from counterpact.case.reference_page import head_section, table_section
from counterpact.case.write import case_files, write_synced
from counterpact.errors import CaseError, Problem, UsageError

README = "README.md"

_TEXT = """# {title}

A case of Counterpact, begun from {source}. Replace the rows with your own, table by table, in this order:
sources, actors, goods, factors, channels, estimands, facts, objectives, measures, effects. After each table run

    counterpact case check {folder}

which lists everything that does not hold together, with the row as your spreadsheet counts it. In a spreadsheet,
import the tables with all columns as text, and save as "CSV UTF-8": otherwise ids and dates are rewritten.

Every column is explained below.
"""


def new_case(name: str, folder: str | Path | None = None, *, source: str | Path | None = None) -> Path:
    """Make the folder of a new case; returns it.

    `name`: slug of the case. `folder`: where (default: a folder of that name here). `source`: a case to copy, in
    its present state and without its log; default is the commented starter. Raises `UsageError` for a name that
    cannot be a slug and `CaseError` if the folder exists and is not empty; nothing is written then.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9\-]*", name):
        proposal = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "my-case"
        do = f"Use small letters, digits and dashes, e.g. {proposal}"
        raise UsageError(Problem("", what=f'"{name}" cannot be the name of a case', do=do))
    target = Path(folder) if folder is not None else Path(name)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CaseError(Problem(str(target), what="exists and is not empty", do="Choose another name or folder"))
    files = _files(name, target, source)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for path, data in files.items():
            write_synced(temporary / path, data)
        read_case(temporary)
        temporary.chmod(0o755)
        temporary.replace(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def _files(name: str, target: Path, source: str | Path | None) -> dict[str, bytes]:
    if source is None:
        home = Path(str(resources.files("counterpact.case"))) / "starter"
        files = {path.name: path.read_bytes() for path in sorted(home.iterdir()) if path.suffix in (".csv", ".yml")}
        title, begun = name.replace("-", " ").capitalize(), "the starter"
        files[HEAD_FILE] = _set(files[HEAD_FILE], "title", title)
    else:
        case = read_case(find_case(source))
        files = case_files(replace(case, events=(), hand_edits=()))
        title, begun = case.head.title, f"{case.head.slug}, revision {case.revision}"
    files[HEAD_FILE] = _set(files[HEAD_FILE], "slug", name)
    sections = [head_section(), *(table_section(row_type) for row_type in TABLES)]
    text = "\n".join([_TEXT.format(title=title, source=begun, folder=target), *sections])
    files[README] = text.encode()
    return files


def _set(text: bytes, key: str, value: str) -> bytes:
    """`case.yml` with the line of one setting replaced; all remarks stay."""
    line = yaml.safe_dump({key: value}, allow_unicode=True).strip().encode()
    return re.sub(rb"(?m)^" + key.encode() + rb": .*$", lambda _: line, text, count=1)
