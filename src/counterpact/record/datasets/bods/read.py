"""Beneficial ownership in BODS 0.4: parties and their interests, with the whole history of each record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.checks import found
from counterpact.record.formats.bods import Details, Interest, Statement, Unspecified, statements, unspecified
from counterpact.record.formats.listing import script
from counterpact.record.reading import DataFinding, Reading, SourceFile

TEXT, FLAG, NUMBER, DAY, MANY = pl.String, pl.Boolean, pl.Float64, pl.Date, pl.List(pl.String)
HEAD = {"statement": TEXT, "record": TEXT, "publisher": TEXT, "status": TEXT, "current": FLAG, "statement_date": DAY}
SCHEMA: dict[str, dict[str, Any]] = {
    "parties": HEAD
    | dict.fromkeys(("kind", "type", "subtype", "name", "jurisdiction"), TEXT)
    | {"nationalities": MANY}
    | dict.fromkeys(
        ("born", "died", "founded", "dissolved", "exposed", "unspecified_reason", "unspecified_description"), TEXT
    )
    | {"component": FLAG},
    "names": dict.fromkeys(("statement", "record", "name", "role", "script"), TEXT),
    "identifiers": dict.fromkeys(("statement", "record", "scheme", "scheme_name", "value"), TEXT),
    "addresses": dict.fromkeys(("statement", "record", "role", "country", "text"), TEXT),
    "interests": HEAD
    | dict.fromkeys(("subject", "subject_reason", "party", "party_reason", "party_description", "type", "direct"), TEXT)
    | {"beneficial": FLAG}
    | dict.fromkeys(("share_exact", "share_low", "share_high"), NUMBER)
    | {"low_open": FLAG, "high_open": FLAG, "start": DAY, "end": DAY, "details": TEXT}
    | {"component": FLAG, "components": MANY},
}
Rows = dict[str, list[tuple[Any, ...]]]
Key = tuple[str, str]


def read(files: Sequence[SourceFile]) -> Reading:
    """Packages or streams of statements → parties, names, identifiers, addresses, interests. Raises `SourceError`.

    A record's numbers are its publisher's own, so records are told apart by both.
    """
    read_in = [(statement, file) for file in files for statement in statements(file)]
    said = [statement for statement, _ in read_in]
    last, findings = _history(said)
    rows: Rows = {table: [] for table in SCHEMA}
    for statement, file in read_in:
        try:
            _fill(rows, statement, current=last[_key(statement)] is statement and statement.record_status != "closed")
        except ValueError as error:
            raise SourceError(
                Problem(file.label, what=f"statement {statement.statement_id} has a date that is none", why=str(error))
            ) from error
    tables = {table: pl.DataFrame(rows[table], schema=SCHEMA[table], orient="row") for table in SCHEMA}
    return Reading(
        tables,
        vintage=max((day for s in said if (day := _day(s.publication_details.publication_date))), default=None),
        findings=found(*findings, _loose(said)),
    )


def _key(statement: Statement) -> Key:
    return statement.publication_details.publisher.name, statement.record_id


def _history(said: Sequence[Statement]) -> tuple[dict[Key, Statement], list[DataFinding | None]]:
    """The last statement of each record, and what is wrong with the order of states."""
    last: dict[Key, Statement] = {}
    wrong: list[str] = []
    doubles = len(said) - len({s.statement_id for s in said})
    for statement in said:
        before = last.get(_key(statement))
        status = statement.record_status
        if status not in ("new", "updated", "closed"):
            wrong.append(f"{statement.record_id}: status {status}")
        elif status == "new" and before:
            wrong.append(f"{statement.record_id}: new after {before.record_status}")
        elif status != "new" and (before is None or before.record_status == "closed"):
            wrong.append(f"{statement.record_id}: {status} after {before.record_status if before else 'nothing'}")
        if before is None or statement.statement_date[:10] >= before.statement_date[:10]:
            last[_key(statement)] = statement
    message = f"{len(wrong)} statements do not follow new, updated, closed, such as {wrong[0] if wrong else ''}"
    return last, [
        DataFinding("record-status", "warning", message, len(wrong), "kept", tuple(wrong[:5])) if wrong else None,
        DataFinding("duplicate", "warning", f"{doubles} statements stand twice", doubles) if doubles else None,
    ]


def _loose(said: Sequence[Statement]) -> DataFinding | None:
    """Interests in or of parties of whom the files say nothing."""
    known = {_key(s) for s in said if s.record_type != "relationship"}
    ends = [
        (s.publication_details.publisher.name, end)
        for s in said
        if s.record_type == "relationship"
        for end in (s.record_details.subject, s.record_details.interested_party)
        if isinstance(end, str)
    ]
    loose = [record for publisher, record in ends if (publisher, record) not in known]
    if not loose:
        return None
    message = f"{len(loose)} ends of interests name records that are not in these files, such as {loose[0]}"
    return DataFinding("loose-end", "warning", message, len(loose), "kept", tuple(loose[:5]))


def _fill(rows: Rows, s: Statement, *, current: bool) -> None:
    publisher, details = s.publication_details.publisher.name, s.record_details
    head = (s.statement_id, s.record_id, publisher, s.record_status, current, _day(s.statement_date))
    if s.record_type == "relationship":
        made = [_interest(details, interest) for interest in details.interests] or [_interest(details, None)]
        rows["interests"] += [(*head, *row) for row in made]
        return
    names = [(n.full_name, n.type) for n in details.names]
    names += [(details.name, "legal")] if details.name else []
    names += [(name, "alternative") for name in details.alternate_names]
    rows["parties"].append((*head, *_party(s.record_type, details, names[0][0] if names else None)))
    two = (s.statement_id, s.record_id)
    rows["names"] += [(*two, name, role or None, script(name)) for name, role in names]
    rows["identifiers"] += [(*two, i.scheme or None, i.scheme_name or None, i.id or None) for i in details.identifiers]
    for a in details.addresses:
        text = ", ".join(part.strip() for part in (a.address, a.post_code) if part.strip())
        rows["addresses"].append((*two, a.type or None, a.country.code or a.country.name or None, text or None))


def _party(kind: str, details: Details, name: str | None) -> tuple[Any, ...]:
    why: Unspecified | None = details.unspecified_person_details or details.unspecified_entity_details
    _, reason, description = unspecified(why)
    return (
        kind,
        details.person_type or details.entity_type.type or None,
        details.entity_type.subtype or None,
        name,
        details.jurisdiction.code or details.jurisdiction.name or None,
        [nation.code or nation.name for nation in details.nationalities],
        details.birth_date or None,
        details.death_date or None,
        details.founding_date or None,
        details.dissolution_date or None,
        details.political_exposure.status or None,
        reason,
        description,
        details.is_component,
    )


def _interest(details: Details, interest: Interest | None) -> tuple[Any, ...]:
    subject, subject_reason, _ = unspecified(details.subject)
    ends = (subject, subject_reason, *unspecified(details.interested_party))
    tail = (details.is_component, details.component_records)
    if interest is None:
        return (*ends, *(None,) * 11, *tail)
    share = interest.share
    low = _first(share.exact, share.minimum, share.exclusive_minimum)
    high = _first(share.exact, share.maximum, share.exclusive_maximum)
    return (
        *ends,
        interest.type or None,
        interest.direct_or_indirect or None,
        interest.beneficial_ownership_or_control,
        share.exact,
        low,
        high,
        share.exact is None and share.minimum is None and share.exclusive_minimum is not None,
        share.exact is None and share.maximum is None and share.exclusive_maximum is not None,
        _day(interest.start_date),
        _day(interest.end_date),
        interest.details or None,
        *tail,
    )


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _day(text: str) -> date | None:
    return date.fromisoformat(text[:10]) if text else None
