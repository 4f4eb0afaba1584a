"""GLEIF level 2: the relationship record file, parents and children among entities with an LEI."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import found
from counterpact.record.formats import gleif
from counterpact.record.reading import DataFinding, Reading, SourceFile

SCHEMA = {
    "entity": pl.String, "relation": pl.String, "target": pl.String, "status": pl.String, "first": pl.Date,
    "last": pl.Date, "accounting_first": pl.Date, "accounting_last": pl.Date, "share": pl.Float64,
    "standard": pl.String, "registration": pl.String, "updated": pl.Date, "validation": pl.String,
    "reference": pl.String,
}  # fmt: skip
Key = tuple[str, str, str]


def read(files: Sequence[SourceFile]) -> Reading:
    """`rr` files (XML, gz or zip), full and changes: the newest record of each pair and relation, deleted ones left
    out. `share` in per cent where a record states it. Raises `SourceError`."""
    sources = gleif.sources(files, "RelationshipData")
    newest: dict[Key, tuple[datetime, tuple[Any, ...] | None]] = {}
    count = 0
    for source in sources:
        for record in gleif.records(source, "RelationshipRecord"):
            key, row = _row(record, source.file)
            moment = gleif.stamp(record)
            count += 1
            if key not in newest or moment >= newest[key][0]:
                newest[key] = (moment, None if gleif.deleted(record) else row)
    rows = [row for _, row in newest.values() if row]
    replaced = count - len(rows)
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    frame, unclear = _unclear(frame)
    codes = pl.concat([frame["entity"], frame["target"]]).unique(maintain_order=True).to_list()
    note = f"{replaced} records were replaced or deleted by newer ones"
    return Reading(
        {"relations": frame},
        vintage=max(source.day for source in sources),
        findings=found(
            *(source.finding() for source in sources),
            gleif.wrong_lei(codes),
            unclear,
            DataFinding("replaced", "note", note, replaced, "set aside") if replaced else None,
        ),
    )


def _row(record: Any, file: SourceFile) -> tuple[Key, tuple[Any, ...]]:
    start = gleif.text(record, "Relationship/StartNode/NodeID")
    end = gleif.text(record, "Relationship/EndNode/NodeID")
    relation = gleif.text(record, "Relationship/RelationshipType").lower().replace("_", " ")
    if not (start and end and relation):
        raise SourceError(Problem(file.label, record.sourceline or 0, what="a relationship lacks a node or its type"))
    period, accounting = _period(record, "RELATIONSHIP_PERIOD"), _period(record, "ACCOUNTING_PERIOD")
    key = (start, relation, end)
    return key, (
        *key,
        gleif.text(record, "Relationship/RelationshipStatus"),
        *period,
        *accounting,
        _share(record),
        gleif.text(record, "Relationship/RelationshipQualifiers/RelationshipQualifier/QualifierCategory") or None,
        gleif.text(record, "Registration/RegistrationStatus") or None,
        gleif.day(gleif.text(record, "Registration/LastUpdateDate")),
        gleif.text(record, "Registration/ValidationSources") or None,
        gleif.text(record, "Registration/ValidationReference") or None,
    )


def _period(record: Any, kind: str) -> tuple[Any, Any]:
    """First and last day of the latest period of a kind."""
    spans = [
        (first, gleif.day(gleif.text(p, "EndDate")))
        for p in gleif.every(record, "Relationship/RelationshipPeriods/RelationshipPeriod")
        if gleif.text(p, "PeriodType") == kind and (first := gleif.day(gleif.text(p, "StartDate")))
    ]
    return max(spans, key=lambda span: span[0], default=(None, None))


def _share(record: Any) -> float | None:
    for part in gleif.every(record, "Relationship/RelationshipQuantifiers/RelationshipQuantifier"):
        if gleif.text(part, "QuantifierUnits") == "PERCENTAGE":
            return float(gleif.text(part, "QuantifierAmount"))
    return None


def _unclear(frame: pl.DataFrame) -> tuple[pl.DataFrame, DataFinding | None]:
    """`1.00` per cent of a company that is consolidated: some registrars mean the whole, some one hundredth."""
    odd = (pl.col("share") <= 1) & pl.col("relation").str.contains("consolidated")
    count = frame.filter(odd).height
    if not count:
        return frame, None
    message = f"{count} shares of consolidated companies are stated as 1 per cent or less: per cent or fraction?"
    cleared = frame.with_columns(share=pl.when(odd).then(None).otherwise("share"))
    return cleared, DataFinding("share-unit", "warning", message, count, "share set aside")
