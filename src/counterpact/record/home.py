"""Where the store lives."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def home() -> Path:
    """`COUNTERPACT_HOME`, or `counterpact` in the user's data directory. Not created until something is stored."""
    named = os.environ.get("COUNTERPACT_HOME")
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    return base / "counterpact"
