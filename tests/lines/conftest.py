from __future__ import annotations

import pytest

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.lines.contract import Assessment, EmptyRecord
from counterpact.lines.registry import assess_line
from counterpact.quantity import Period

from .small import picture


@pytest.fixture(scope="session")
def shipped() -> Case:
    from counterpact.case.read import read_case

    return read_case("russia-dprk")


@pytest.fixture(scope="session")
def assessed(shipped: Case) -> dict[Line, Assessment]:
    """All seven lines on the shipped case, made anew with a picture that found nothing and an empty record."""
    day = Period(shipped.head.as_of).last
    return {line: assess_line(line)(shipped, picture(), EmptyRecord(), day) for line in Line}
