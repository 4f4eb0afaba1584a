"""Tests against peers are deselected where the peer (group `oracle`) is not installed; CI runs them with it."""

from __future__ import annotations

from importlib.util import find_spec

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    missing = [i for i in items if (m := i.get_closest_marker("needs")) and find_spec(m.args[0]) is None]
    if missing:
        config.hook.pytest_deselected(items=missing)
        items[:] = [i for i in items if i not in missing]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(module): deselected where the module is not installed")
