"""Where the shared real data lies, for tests that need it.

The folder is `../shared/data` beside the project checkout, or the one named by COUNTERPACT_SHARED.
Use: `from tests.shared_data import shared`, and mark the test with `@pytest.mark.shared`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared(*parts: str) -> Path:
    """The path of a shared file or folder, e.g. `shared("case", "facts.csv")`.

    Skips the test, saying why, where the file is not there; under CI (environment variable CI=true) fails it.
    """
    root = os.environ.get("COUNTERPACT_SHARED")
    base = Path(root) if root else Path(__file__).resolve().parents[2] / "shared" / "data"
    path = base.joinpath(*parts)
    if path.exists():
        return path
    why = f"shared data not found: {'/'.join(parts) or 'shared/data'} (set COUNTERPACT_SHARED to its folder)"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(why)
    pytest.skip(why)
