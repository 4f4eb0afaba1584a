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


class Chain:
    """The running hash of a case: of its start, then of one event after the other."""

    def __init__(self, head: m.Head, rows: Mapping[str, Mapping[str, m.Row]]) -> None:
        self._digest = hashlib.sha256(head_text(head).encode())
        for row_type in TABLES:
            table = rows.get(row_type.table)
            if table:
                text = table_text(row_type, table.values())
                self._digest.update(f"\n{row_type.table}\n{text}".encode(errors="surrogatepass"))

    def add(self, event: Event) -> str:
        """Take one more event in; returns the revision after it."""
        self._digest.update(f"\n{event.line()}".encode())
        return self.revision

    @property
    def revision(self) -> str:
        """12 hex digits."""
        return self._digest.hexdigest()[:12]


def revisions(head: m.Head, rows: Mapping[str, Mapping[str, m.Row]], events: Sequence[Event] = ()) -> Iterator[str]:
    """The revision of the start, then the one after each event: `len(events) + 1` of them."""
    chain = Chain(head, rows)
    yield chain.revision
    for event in events:
        yield chain.add(event)
