"""Briefs made once for all tests of the room."""

from __future__ import annotations

from typing import Any

import pytest

from counterpact.case.case import Case
from counterpact.case.read import read_case
from tests.report import sample


@pytest.fixture(scope="session")
def shipped() -> Case:
    return read_case("russia-dprk")


@pytest.fixture(scope="session")
def brief(shipped: Case) -> dict[str, Any]:
    """The shipped case's facts with a hand-made picture and plan."""
    return sample.brief(shipped)


@pytest.fixture(scope="session")
def public(shipped: Case) -> dict[str, Any]:
    return sample.brief(shipped, public=True)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The starter case."""
    return sample.brief(sample.starter(tmp_path_factory.mktemp("starter")))
