"""What changed between two cases, or two revisions of one: rows added, removed and changed, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from counterpact.case import model as m
from counterpact.case.case import TABLES, Case
from counterpact.case.event import HEAD, Event
from counterpact.case.head import head_values
from counterpact.case.table import row_cells, used_cells

Tables = Mapping[str, Mapping[str, m.Row]]


@dataclass(frozen=True)
class Change:
    """One difference. `field` empty = the whole row, `old` None = added, `new` None = removed (see `Event`)."""

    entity: str
    field: str
    old: Any
    new: Any

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        if self.field:
            return "changed"
        return "added" if self.old is None else "removed"

    def __str__(self) -> str:
        if self.kind == "changed":
            return f"{self.entity}  {self.field}: {_show(self.old)} → {_show(self.new)}"
        cells = self.new if self.old is None else self.old
        text = "; ".join(f"{name}: {cell}" for name, cell in cells.items() if name != "id")
        return f"{self.entity}  {self.kind}: {text}"


@dataclass(frozen=True)
class CaseDiff:
    """All differences from revision `old` to revision `new`, head first, then table by table."""

    old: str
    new: str
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows were added and removed and how many fields changed."""
        return {kind: sum(c.kind == kind for c in self.changes) for kind in ("added", "removed", "changed")}

    def as_json(self) -> dict[str, Any]:
        """JSON-ready values."""
        rows = [
            {"kind": c.kind, "entity": c.entity, "field": c.field, "old": c.old, "new": c.new} for c in self.changes
        ]
        return {"old_revision": self.old, "new_revision": self.new, "counts": dict(self.counts), "changes": rows}

    def __str__(self) -> str:
        if not self.changes:
            return f"No difference between {self.old} and {self.new}."
        n = self.counts
        head = (
            f"{self.old} → {self.new}: {n['added']} rows added, {n['removed']} removed, {n['changed']} fields changed"
        )
        return "\n".join([head, *(f"  {change}" for change in self.changes)])


def diff_cases(a: Case, b: Case) -> CaseDiff:
    """What one must do to `a` to get `b`. The order of rows is not compared."""
    return CaseDiff(a.revision, b.revision, tuple(_changes(a.head, a.rows, b.head, b.rows)))


def changes(old_head: m.Head, old: Tables, new_head: m.Head, new: Tables) -> tuple[Event, ...]:
    """The differences as events that nobody has recorded yet (no id, author or time), marked `by_hand`."""
    return tuple(
        Event("", "", "", "", c.entity, c.field, c.old, c.new, "the table was changed by hand", by_hand=True)
        for c in _changes(old_head, old, new_head, new)
    )


def _changes(old_head: m.Head, old: Tables, new_head: m.Head, new: Tables) -> Iterator[Change]:
    if old_head != new_head:
        before, after = head_values(old_head), head_values(new_head)
        for field in m.Head.model_fields:
            if before.get(field) != after.get(field):
                yield Change(HEAD, field, before.get(field), after.get(field))
    for row_type in TABLES:
        a, b = old.get(row_type.table, {}), new.get(row_type.table, {})
        yield from _removed(row_type, a, b)
        for row_id, row in b.items():
            entity = f"{row_type.table}/{row_id}"
            if row_id not in a:
                yield Change(entity, "", None, used_cells(row_type, row_cells(row)))
            elif row != a[row_id]:
                before_cells, after_cells = row_cells(a[row_id]), row_cells(row)
                for field, cell in after_cells.items():
                    if before_cells[field] != cell:
                        yield Change(entity, field, before_cells[field], cell)


def _removed(row_type: type[m.Row], a: Mapping[str, m.Row], b: Mapping[str, m.Row]) -> Iterator[Change]:
    for row_id, row in a.items():
        if row_id not in b:
            yield Change(f"{row_type.table}/{row_id}", "", used_cells(row_type, row_cells(row)), None)


def _show(value: Any) -> str:
    return "(empty)" if value in (None, "") else str(value)
