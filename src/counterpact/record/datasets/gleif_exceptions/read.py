"""GLEIF reporting exceptions: why an entity names no parent."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import found
from counterpact.record.formats import gleif
from counterpact.record.reading import Reading, SourceFile

COLUMNS = ("entity", "category", "reason", "reference")


def read(files: Sequence[SourceFile]) -> Reading:
    """`repex` files (XML, gz or zip), full and changes: one row per LEI, category and reason; deleted ones left out.

    A later record of an LEI and category replaces the earlier ones. Raises `SourceError`.
    """
    sources = gleif.sources(files, "ReportingExceptionData")
    rows: dict[tuple[str, str], dict[str, str | None]] = {}
    for source in sources:
        fresh: dict[tuple[str, str], dict[str, str | None]] = {}
        for record in gleif.records(source, "Exception"):
            key = (gleif.text(record, "LEI"), gleif.text(record, "ExceptionCategory"))
            reasons = [element.text.strip() for element in gleif.every(record, "ExceptionReason") if element.text]
            if not all(key) or not reasons:
                raise SourceError(
                    Problem(source.file.label, record.sourceline or 0, what="an exception lacks its LEI or its reason")
                )
            if gleif.deleted(record):
                fresh.setdefault(key, {})
                continue
            reference = gleif.text(record, "ExceptionReference") or None
            fresh.setdefault(key, {}).update(dict.fromkeys(reasons, reference))
        rows |= fresh
    table = [(*key, reason, reference) for key, reasons in rows.items() for reason, reference in reasons.items()]
    frame = pl.DataFrame(table, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return Reading(
        {"exceptions": frame},
        vintage=max(source.day for source in sources),
        findings=found(
            *(source.finding() for source in sources),
            gleif.wrong_lei(frame["entity"].unique(maintain_order=True).to_list()),
        ),
    )
