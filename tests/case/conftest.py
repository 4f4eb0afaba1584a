from __future__ import annotations

from pathlib import Path

import pytest

from tests.case.starters import copy_to


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_to(tmp_path / "starter")
