"""Time cells: the coarsest cut of time in which every fact of a component is a sum of whole cells.

Amounts over nested periods are then nested sums, so a cumulative series can only grow and no fact is ever
spread over time by assumption. Cells never cross a New Year: a year is a union of cells.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

Span = tuple[date, date]


@dataclass(frozen=True)
class Cells:
    """`edges[i] .. edges[i+1]` is cell i (first day, first day after).

    >>> cells = Cells.cut([(date(2023, 9, 1), date(2025, 4, 1))], (2024, 2024))
    >>> [str(e) for e in cells.edges]
    ['2023-09-01', '2024-01-01', '2025-01-01', '2025-04-01']
    >>> list(cells.within((date(2024, 1, 1), date(2025, 1, 1))))
    [1]
    """

    edges: tuple[date, ...]

    @classmethod
    def cut(cls, spans: Iterable[Span], horizon: tuple[int, int]) -> Cells:
        """Cells for facts with these spans, covering the whole horizon (first and last calendar year)."""
        edges = {date(year, 1, 1) for year in range(horizon[0], horizon[1] + 2)}
        for first, end in spans:
            edges |= {first, end}
            edges |= {date(year, 1, 1) for year in range(first.year + 1, end.year + 1)}
        return cls(tuple(sorted(edges)))

    def __len__(self) -> int:
        return len(self.edges) - 1

    def within(self, span: Span) -> range:
        """Cells inside a span whose ends are edges."""
        first, end = span
        return range(self.edges.index(first), self.edges.index(end))

    def year(self, cell: int) -> int:
        """Calendar year of a cell."""
        return self.edges[cell].year

    def of_year(self, year: int) -> list[int]:
        """Cells of a calendar year."""
        return [i for i in range(len(self)) if self.year(i) == year]

    @property
    def years(self) -> list[int]:
        """Calendar years that hold a cell."""
        return sorted({self.year(i) for i in range(len(self))})

    def ends(self, cell: int) -> date:
        """First day after a cell."""
        return self.edges[cell + 1]
