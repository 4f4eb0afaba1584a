"""The clock of a schedule: years, half years or quarters in a row, each with its length and its discount.

Months are counted from the start of the first period; a decision is taken at the start of its period.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import Problem, UsageError
from counterpact.quantity import Period

Array = NDArray[np.float64]

_LABEL = re.compile(r"^(\d{4})(?:-(H[12]|Q[1-4]))?$")
_HOW = "Write years, half years or quarters in order: 2027..2030, or 2027-H1,2027-H2,2028"
MOST = 24
"""Most periods of one schedule."""


def _span(label: str) -> tuple[int, int]:
    """(first month since year 0, months) of a label. Raises `UsageError`."""
    found = _LABEL.match(label)
    if not found:
        raise UsageError(Problem("", what=f'"{label}" is not a period of a schedule', do=_HOW))
    year, part = int(found[1]), found[2] or ""
    length = {"": 12, "H": 6, "Q": 3}[part[:1]]
    return 12 * year + (length * (int(part[1]) - 1) if part else 0), length


def _label(first: int, length: int) -> str:
    year, month = divmod(first, 12)
    return str(year) if length == 12 else f"{year}-{'H' if length == 6 else 'Q'}{month // length + 1}"


@dataclass(frozen=True)
class Periods:
    """Periods in a row.

    >>> Periods.parse("2027-H1,2027-H2,2028").start.tolist()
    [0, 6, 12]
    >>> Periods.parse("2027..2029").labels
    ('2027', '2028', '2029')
    """

    labels: tuple[str, ...]
    discount: float = 0.0  # a year; 0: harm counts the same whenever it is done

    def __post_init__(self) -> None:
        if not self.labels:
            raise UsageError(Problem("", what="a schedule needs at least one period", do=_HOW))
        if len(self.labels) > MOST:
            raise UsageError(f"{len(self.labels)} periods are more than the {MOST} a schedule may have.")
        if not 0 <= self.discount < 1:
            raise UsageError(f"the discount must lie in [0, 1) a year, not {self.discount:g}.")
        spans = [_span(label) for label in self.labels]
        for (first, length), (second, _), a, b in zip(spans, spans[1:], self.labels, self.labels[1:], strict=False):
            if second != first + length:
                what = f"{b} does not begin where {a} ends: the periods are out of order, overlap or leave a gap"
                raise UsageError(Problem("", what=what, do=_HOW))

    @classmethod
    def parse(cls, text: str, discount: float = 0.0) -> Periods:
        """From `2027..2030` or a list with commas; both may be mixed. Raises `UsageError`."""
        labels: list[str] = []
        for part in filter(None, (p.strip() for p in text.split(","))):
            first, dots, last = (p.strip() for p in part.partition(".."))
            if not dots:
                labels.append(first)
                continue
            (a, length), (b, other) = _span(first), _span(last)
            if length != other or b < a:
                what = f'"{part}" does not run from an earlier to a later period of the same length'
                raise UsageError(Problem("", what=what, do=_HOW))
            if (b - a) // length >= MOST:
                raise UsageError(f'"{part}" has more than the {MOST} periods a schedule may have.')
            labels += [_label(m, length) for m in range(a, b + 1, length)]
        return cls(tuple(labels), discount)

    @property
    def count(self) -> int:
        """How many."""
        return len(self.labels)

    @property
    def _spans(self) -> NDArray[np.int64]:
        return np.array([_span(label) for label in self.labels], dtype=np.int64)

    @property
    def start(self) -> NDArray[np.int64]:
        """(T,) months from the start of the first period."""
        first: NDArray[np.int64] = self._spans[:, 0] - self._spans[0, 0]
        return first

    @property
    def years(self) -> Array:
        """(T,) length of each period in years."""
        return self._spans[:, 1] / 12.0

    @property
    def factor(self) -> Array:
        """(T,) what harm of each period counts: (1 + discount)^−years to its start."""
        counted: Array = (1.0 + self.discount) ** (-self.start / 12.0)
        return counted

    @property
    def months(self) -> int:
        """Length of the horizon in months."""
        return int(self._spans[:, 1].sum())

    @property
    def weight(self) -> float:
        """Σ factor · years: what turns a sum over the horizon into a yearly average."""
        return float(self.factor @ self.years)

    def month(self, when: str) -> float:
        """Months from the start of the horizon to `when`; a span that is no label of the clock counts from its end.

        Raises `UsageError` if `when` is not a date or a period.
        """
        base = int(self._spans[0, 0])
        if when in self.labels:
            return float(self.start[self.labels.index(when)])
        if _LABEL.match(when) and "-" in when:
            first, length = _span(when)
            return float(first + length - base)
        try:
            last = Period(when).last
        except ValueError as error:
            what = f'"{when}" is not a day, month, year or period'
            raise UsageError(Problem("", what=what, do="Write 2025, 2025-06, 2025-06-30 or 2025-H1")) from error
        return float(12 * last.year + last.month - base)

    def index(self, when: str) -> int:
        """The period `when` is or begins in; −1 before the horizon. Raises `UsageError` after it."""
        if when in self.labels:
            return self.labels.index(when)
        month = self.month(when) - 1e-6
        if month >= float(self.start[-1] + 12 * self.years[-1]):
            what = f"{when} lies after the last period, {self.labels[-1]}"
            raise UsageError(Problem("", what=what, do="Name more periods, or an earlier day"))
        return int(np.searchsorted(self.start, month, side="right")) - 1
