"""All seven lines at once. The only place that knows them all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from typing import cast

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.lines.contract import Assess, Assessment, RecordView
from counterpact.picture.result import Picture


def assess_line(line: Line) -> Assess:
    """The `assess` function of one line."""
    return cast(Assess, import_module(f"counterpact.lines.{line.value}").assess)


def assess_all(case: Case, picture: Picture, record: RecordView, as_of: date) -> dict[Line, Assessment]:
    """Every line's assessment, in the order of `Line`."""
    return {line: assess_line(line)(case, picture, record, as_of) for line in Line}


def to_mapping(assessments: Mapping[Line, Assessment]) -> dict[str, object]:
    """All assessments as plain values, by the name of the line."""
    from counterpact.lines.store import to_plain

    return {line.value: to_plain(assessment) for line, assessment in assessments.items()}
