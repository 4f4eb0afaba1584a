"""The revision of a case: the first 12 hex digits of a SHA-256 over head, tables and events.

The tables enter in their canonical spelling with used columns only, so neither line ends nor empty columns nor
the spelling of a number change the revision. The chain: hash of the start, then one update per event line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from counterpact.case import model as m
from counterpact.case.case import TABLES
from counterpact.case.event import Event
from counterpact.case.head import head_text
from counterpact.case.table import table_text


def revisions(head: m.Head, rows: Mapping[str, Mapping[str, m.Row]], events: Sequence[Event] = ()) -> Iterator[str]:
    """The revision of the start, then the one after each event: `len(events) + 1` of them."""
    digest = hashlib.sha256(head_text(head).encode())
    for row_type in TABLES:
        table = rows.get(row_type.table)
        if table:
            digest.update(f"\n{row_type.table}\n{table_text(row_type, table.values())}".encode())
    yield digest.hexdigest()[:12]
    for event in events:
        digest.update(f"\n{event.line()}".encode())
        yield digest.hexdigest()[:12]
