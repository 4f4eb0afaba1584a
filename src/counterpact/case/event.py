"""One recorded edit of a case, and its line in `events.jsonl`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

HEAD = "case"
"""Entity name of the head of a case."""


@dataclass(frozen=True)
class Event:
    """One edit: who changed which field of which entity from what to what, when, why, and on which revision.

    `entity` is `facts/M001`, or `case` for the head. `field` is a column, and `old` and `new` are cells as text;
    for the head they are JSON values. An empty `field` means the whole row: `old` is null when a row is made,
    `new` is null when it is deleted, the other a map from column to cell. `by_hand`: the change was found in the
    table itself (where it already stands) and recorded afterwards. `undoes`: id of the event this one takes back.
    """

    id: str
    parent: str
    author: str
    time: str
    entity: str
    field: str
    old: Any
    new: Any
    reason: str
    by_hand: bool = False
    undoes: str = ""

    @property
    def table(self) -> str:
        """Table name, or `case`."""
        return self.entity.partition("/")[0]

    @property
    def row(self) -> str:
        """Row id, empty for the head."""
        return self.entity.partition("/")[2]

    def line(self) -> str:
        """The canonical line of this event, without line end."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=False, separators=(", ", ": "))

    def signed(self) -> Event:
        """The same event with the id that its content gives: 12 hex digits of SHA-256."""
        blank = replace(self, id="")
        return replace(self, id=hashlib.sha256(blank.line().encode()).hexdigest()[:12])
