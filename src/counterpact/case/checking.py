"""The shared ground of the checks: the tables as far as they could be read, and a place to report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from counterpact.case import model as m
from counterpact.errors import Problem, nearest

T = TypeVar("T", bound=m.Row)


@dataclass
class Tables:
    """What the checks look at.

    `row_numbers`: spreadsheet row of each id, where known. `ids`: ids that stand in a file although their row
    could not be read; `unread`: tables whose file could not be read at all, so that nothing is said about them.
    """

    head: m.Head | None
    rows: Mapping[str, Mapping[str, m.Row]]
    row_numbers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    ids: Mapping[str, set[str]] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def of(self, row_type: type[T]) -> Mapping[str, T]:
        """Rows of one table by id."""
        return cast(Mapping[str, T], self.rows.get(row_type.table, {}))

    def each(self, row_type: type[T]) -> Iterator[T]:
        """Rows of one table in file order."""
        return iter(self.of(row_type).values())

    def knows(self, table: str, row_id: str) -> bool:
        """True if the id stands in the table, or if the table could not be read."""
        return table in self.unread or row_id in self.rows.get(table, {}) or row_id in self.ids.get(table, ())

    def nearest(self, row_id: str, tables: Iterable[str]) -> str:
        """The sentence naming the closest id of these tables, by id or by name."""
        known = [i for table in tables for i in self.rows.get(table, {})]
        found = nearest(row_id, known)
        if found:
            return found
        names = {getattr(row, "name", ""): i for table in tables for i, row in self.rows.get(table, {}).items()}
        close = nearest(row_id, [name for name in names if name])
        named = close.removeprefix('Did you mean "').removesuffix('"?')
        return f'Did you mean "{names[named]}" ({named})?' if close else ""

    def report(self, row: m.Row, column: str, what: str, *, why: str = "", do: str = "") -> None:
        """Note a problem of one cell."""
        number = self.row_numbers.get(row.table, {}).get(row.id, 0)
        if not number:
            what = f'row "{row.id}": {what}'
        self.problems.append(Problem(f"{row.table}.csv", number, column, what, why, do))

    def report_head(self, column: str, what: str, *, why: str = "", do: str = "") -> None:
        """Note a problem of the head."""
        self.problems.append(Problem("case.yml", 0, column, what, why, do))


def cycles(edges: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Circles in a directed graph, each once, beginning at its first node in the order of `edges`.

    One circle per set of nodes that can reach each other is enough to mend, so not all are enumerated.

    >>> cycles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]})
    [('a', 'b', 'c')]
    """
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for root in edges:
        path: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = []
        if root not in done:
            path.append(root)
            stack.append((root, iter(edges.get(root, ()))))
        while stack:
            node, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                stack.pop()
                path.pop()
                done.add(node)
            elif step in path:
                found.append(tuple(path[path.index(step) :]))
            elif step not in done:
                path.append(step)
                stack.append((step, iter(edges.get(step, ()))))
    return found
