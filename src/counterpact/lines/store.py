"""Keep an assessment with its case, so that it can be shown with its date when the record is not at hand.

One file per line: `assessments/<line>.json` in the folder of the case. It holds the case revision and the
record vintages it was made from, and is void as soon as either changes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.errors import CaseError, Problem
from counterpact.lines.chartspec import ChartSpec
from counterpact.lines.contract import Assessment, ChartBuilder, RecordView

FOLDER = "assessments"
FORMAT = 1


@dataclass(frozen=True)
class Stored:
    """A kept assessment. `void` says why it no longer holds; empty = it still does."""

    assessment: Assessment
    void: str = ""


@lru_cache(maxsize=1)
def _parts() -> Mapping[str, TypeAdapter[Any]]:
    """One reader and writer per field of an assessment, charts apart (they are functions)."""
    from typing import get_type_hints

    hints = get_type_hints(Assessment)
    return {f.name: TypeAdapter(hints[f.name]) for f in fields(Assessment) if f.name != "charts"}


@lru_cache(maxsize=1)
def _charts() -> TypeAdapter[dict[str, ChartSpec]]:
    return TypeAdapter(dict[str, ChartSpec])


def to_plain(assessment: Assessment) -> dict[str, Any]:
    """An assessment as plain values; an infinite end is the text "Infinity"."""
    plain = {name: _finite(part.dump_python(getattr(assessment, name), mode="json")) for name, part in _parts().items()}
    drawn = {name: build() for name, build in assessment.charts.items()}
    plain["charts"] = _finite(_charts().dump_python(drawn, mode="json"))
    return plain


def from_plain(plain: Mapping[str, Any]) -> Assessment:
    """The assessment that `to_plain` wrote. Raises `pydantic.ValidationError` or `KeyError` on anything else."""
    values = {name: part.validate_python(_loosen(plain[name]), strict=False) for name, part in _parts().items()}
    charts: dict[str, ChartBuilder] = {}
    for name, spec in _charts().validate_python(_loosen(plain["charts"])).items():
        charts[name] = _drawn(spec)
    return Assessment(**values, charts=charts)


def _drawn(spec: ChartSpec) -> ChartBuilder:
    return lambda: spec


def save(assessment: Assessment, folder: Path) -> Path:
    """Write an assessment into the folder of its case; returns the file. Same assessment, same bytes."""
    target = folder / FOLDER / f"{assessment.line.value}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"format": FORMAT, **to_plain(assessment)}, ensure_ascii=False, indent=1, allow_nan=False)
    part = target.with_suffix(".part")
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(target)
    return target


def load(case: Case, line: Line, record: RecordView, folder: Path | None = None) -> Stored | None:
    """The kept assessment of a line, or None if there is none; says whether it still holds.

    A record that is not at hand (no vintage at all) does not void an assessment; a newer vintage does.
    Raises `CaseError` if the file is not an assessment.
    """
    place = folder or case.folder
    target = place / FOLDER / f"{line.value}.json" if place else None
    if target is None or not target.is_file():
        return None
    try:
        plain = json.loads(target.read_text(encoding="utf-8"))
        if plain.pop("format") != FORMAT:
            raise KeyError("format")
        assessment = from_plain(plain)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise CaseError(
            Problem(
                file=f"{FOLDER}/{line.value}.json",
                what="is not an assessment this version can read",
                why=f"{type(error).__name__} while reading it",
                do="Delete the file; `counterpact assess` makes it anew",
            )
        ) from error
    return Stored(assessment, _void(assessment, case, record))


def _void(assessment: Assessment, case: Case, record: RecordView) -> str:
    if assessment.case_revision != case.revision:
        return f"the case has changed since {assessment.as_of} (revision {assessment.case_revision[:12]})"
    for dataset, vintage in assessment.vintages.items():
        now = record.vintage(dataset)
        if now is not None and str(now) != vintage:
            return f"{dataset} has changed: made from {vintage}, the record now holds {now}"
    return ""


def _finite(value: Any) -> Any:
    """Infinite numbers as text, so that every JSON reader can read the file."""
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value


def _loosen(value: Any) -> Any:
    """The way back."""
    if value in ("Infinity", "-Infinity") and isinstance(value, str):
        return float("inf") if value == "Infinity" else float("-inf")
    if isinstance(value, dict):
        return {key: _loosen(item) for key, item in value.items()}
    return [_loosen(item) for item in value] if isinstance(value, list) else value


def keep(case: Case, assessments: Mapping[Line, Assessment]) -> list[Path]:
    """Keep assessments with their case. Raises `UsageError` if the case has no folder one can write to."""
    from counterpact.errors import UsageError

    if case.folder is None or not os.access(case.folder, os.W_OK):
        raise UsageError(
            Problem(
                file=case.head.slug,
                what="the case has no folder that can be written to",
                do="Copy it first: counterpact case new NAME --from CASE",
            )
        )
    return [save(assessment, case.folder) for assessment in assessments.values()]
