"""Rewrite the pinned closure in pyproject.toml: every package of every extra and group, as name==version.

Usage: uv run --no-project python scripts/pin.py        (needs uv; writes names and versions, never an address)
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
GROUPS = ("lint", "docs", "browser", "oracle", "peers")


def closure() -> list[str]:
    """The universal closure for Python 3.11 to 3.13, wheels only, with environment markers where they matter."""
    command = [
        "uv",
        "pip",
        "compile",
        str(PYPROJECT),
        "--universal",
        "--python-version",
        "3.11",
        "--all-extras",
        "--only-binary",
        ":all:",
        "--no-header",
        "--no-annotate",
        "--no-emit-index-url",
        "--quiet",
    ]
    for group in GROUPS:
        command += ["--group", group]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [line.strip() for line in done.stdout.splitlines() if "==" in line]


def main() -> None:
    """Replace the list in place."""
    text = PYPROJECT.read_text("utf-8")
    empty = re.sub(r"constraint-dependencies = \[.*?\]\n", "constraint-dependencies = []\n", text, flags=re.S)
    PYPROJECT.write_text(empty, "utf-8")
    try:
        lines = "".join(f'  "{line.replace(chr(34), chr(39))}",\n' for line in closure())
    except BaseException:
        PYPROJECT.write_text(text, "utf-8")
        raise
    PYPROJECT.write_text(
        empty.replace("constraint-dependencies = []\n", f"constraint-dependencies = [\n{lines}]\n"), "utf-8"
    )


if __name__ == "__main__":
    main()
