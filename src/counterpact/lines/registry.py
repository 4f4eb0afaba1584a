"""All seven lines at once. The only place that knows them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
    """Every line's assessment, in the order of `Line`.

    Where the case keeps an assessment made from tables that the record here does not hold, and neither the case
    nor a table has changed since, the kept one is given with its date instead of a poorer one made today.
    """
    return {line: _best(line, case, picture, record, as_of) for line in Line}


def _best(line: Line, case: Case, picture: Picture, record: RecordView, as_of: date) -> Assessment:
    fresh = assess_line(line)(case, picture, record, as_of)
    if case.folder is None:
        return fresh
    from counterpact.lines.store import load

    kept = load(case, line, record)
    if kept is None or not kept.assessment.vintages:
        return fresh
    if kept.void:
        note = f"The assessment kept with the case, of {kept.assessment.as_of}, is void: {kept.void}."
        return replace(fresh, missing=(note, *fresh.missing))
    richer = any(record.vintage(name) is None for name in kept.assessment.vintages)
    return kept.assessment if richer else fresh


def to_mapping(assessments: Mapping[Line, Assessment]) -> dict[str, object]:
    """All assessments as plain values, by the name of the line."""
    from counterpact.lines.store import to_plain

    return {line.value: to_plain(assessment) for line, assessment in assessments.items()}
