"""Quantities: an interval with a unit and a period, and nothing in between.

`low` and `high` are what a source gives, never a middle: rivals are compared, not averaged. Arithmetic is
interval arithmetic; units must agree or a named `Factor` (an interval itself) must be given.
"""

from __future__ import annotations

import calendar
import math
import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from counterpact.errors import UnitError

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


@lru_cache(maxsize=4096)
def _first_day(text: str) -> date:
    match = _DATE.match(text)
    if not match:
        raise ValueError(f'"{text}" is not a date; write 2024, 2024-03 or 2024-03-31')
    year, month, day = match.groups()
    return date(int(year), int(month or 1), int(day or 1))


@lru_cache(maxsize=4096)
def _last_day(text: str) -> date:
    first = _first_day(text)
    if len(text) == 10:
        return first
    month = 12 if len(text) == 4 else first.month
    return date(first.year, month, calendar.monthrange(first.year, month)[1])


@dataclass(frozen=True)
class Period:
    """A span of days, written as the source writes it: `2024`, `2024-03`, `2024-03-07`.

    `end` empty means the same text as `start`; `open_end` means "still going on".

    >>> Period("2024-03", "2024-11").days
    275
    >>> Period("2024") in Period("2023", "2025-06")
    True
    """

    start: str
    end: str = ""
    open_end: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", str(self.start))
        object.__setattr__(self, "end", str(self.end))
        if self.last < self.first:
            raise ValueError(f"the period ends ({self.end}) before it begins ({self.start})")

    @property
    def first(self) -> date:
        """First day."""
        return _first_day(self.start)

    @property
    def last(self) -> date:
        """Last day, included."""
        return date.max if self.open_end else _last_day(self.end or self.start)

    @property
    def days(self) -> int:
        """Length in days, both ends included."""
        return (self.last - self.first).days + 1

    @property
    def years(self) -> range:
        """Calendar years the period touches (an open end counts to its first year only)."""
        last = self.first.year if self.open_end else self.last.year
        return range(self.first.year, last + 1)

    def __contains__(self, other: Period) -> bool:
        return self.first <= other.first and other.last <= self.last

    def overlaps(self, other: Period) -> bool:
        """True if at least one day is common."""
        return self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        if self.open_end:
            return f"since {self.start}"
        return self.start if self.end in ("", self.start) else f"{self.start} to {self.end}"


@dataclass(frozen=True)
class Factor:
    """A named conversion between two units, itself an interval: `barrels per tonne = 7.5 to 8.0`.

    `varies`: True if the ratio may differ by period and channel, False if it is one unknown constant.

    >>> f = Factor("barrels per tonne", "tonne", "barrel", 7.5, 8.0)
    >>> f.inverse.low, f.inverse.high
    (0.125, 0.13333333333333333)
    """

    name: str
    from_unit: str
    to_unit: str
    low: float
    high: float
    varies: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high < math.inf:
            raise ValueError(f"factor {self.name}: needs 0 < low ≤ high, has {self.low} and {self.high}")

    @property
    def inverse(self) -> Factor:
        """The same ratio read the other way round."""
        return Factor(self.name, self.to_unit, self.from_unit, 1 / self.high, 1 / self.low, self.varies)


@dataclass(frozen=True)
class Quantity:
    """An interval `[low, high]` of a unit over a period; "at least x" has `high = inf`.

    >>> oil = Quantity(500_000, 1_000_000, "barrel", Period("2024"))
    >>> total = oil + Quantity.exact(168_679, "barrel", Period("2024"))
    >>> (total.low, total.high)
    (668679, 1168679)
    >>> oil + Quantity.exact(3, "tonne")
    Traceback (most recent call last):
    counterpact.errors.UnitError: "barrel" and "tonne" do not agree. Name a conversion factor: .convert(factor).
    """

    low: float
    high: float
    unit: str
    period: Period | None = None

    def __post_init__(self) -> None:
        if math.isnan(self.low) or math.isnan(self.high) or self.low > self.high:
            raise ValueError(f"an interval needs low ≤ high, has {self.low} and {self.high}")

    @classmethod
    def exact(cls, value: float, unit: str, period: Period | None = None) -> Quantity:
        """A single value."""
        return cls(value, value, unit, period)

    @classmethod
    def at_least(cls, value: float, unit: str, period: Period | None = None) -> Quantity:
        """A lower bound only."""
        return cls(value, math.inf, unit, period)

    @property
    def width(self) -> float:
        """`high - low`."""
        return self.high - self.low

    @property
    def is_exact(self) -> bool:
        """True if low and high are the same."""
        return self.low == self.high

    def _same_unit(self, other: Quantity) -> None:
        if self.unit != other.unit:
            raise UnitError(
                f'"{self.unit}" and "{other.unit}" do not agree. Name a conversion factor: .convert(factor)'
            )

    def _joint_period(self, other: Quantity) -> Period | None:
        return self.period if self.period == other.period else None

    def __add__(self, other: Quantity) -> Quantity:
        self._same_unit(other)
        return Quantity(self.low + other.low, self.high + other.high, self.unit, self._joint_period(other))

    def __sub__(self, other: Quantity) -> Quantity:
        self._same_unit(other)
        return Quantity(self.low - other.high, self.high - other.low, self.unit, self._joint_period(other))

    def __mul__(self, scale: float) -> Quantity:
        ends = sorted((self.low * scale, self.high * scale))
        return replace(self, low=ends[0], high=ends[1])

    __rmul__ = __mul__

    def convert(self, factor: Factor) -> Quantity:
        """This quantity in the factor's other unit; the interval of the factor widens the result."""
        if self.unit == factor.to_unit and self.unit != factor.from_unit:
            factor = factor.inverse
        if self.unit != factor.from_unit:
            raise UnitError(
                f'factor "{factor.name}" goes from {factor.from_unit} to {factor.to_unit}, not from {self.unit}'
            )
        ends = [end * c for end in (self.low, self.high) for c in (factor.low, factor.high)]
        return Quantity(min(ends), max(ends), factor.to_unit, self.period)

    def overlaps(self, other: Quantity) -> bool:
        """True if one value satisfies both (units must agree)."""
        self._same_unit(other)
        return self.low <= other.high and other.low <= self.high

    def __contains__(self, other: Quantity) -> bool:
        self._same_unit(other)
        return self.low <= other.low and other.high <= self.high

    def hull(self, other: Quantity) -> Quantity:
        """The smallest interval that holds both."""
        self._same_unit(other)
        return Quantity(min(self.low, other.low), max(self.high, other.high), self.unit, self._joint_period(other))

    def __str__(self) -> str:
        return f"{format_interval(self.low, self.high)} {self.unit}"


def format_number(value: float) -> str:
    """A number for people, three to four significant digits.

    >>> [format_number(v) for v in (0, 0.125, 13221, 4_000_000, 2.02e9, float("inf"))]
    ['0', '0.125', '13,221', '4.0 m', '2.02 bn', '∞']
    """
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if size >= 1e9:
        return f"{value / 1e9:,.3g} bn" if size < 1e12 else f"{value / 1e9:,.0f} bn"
    if size >= 1e6:
        text = f"{value / 1e6:,.3g}" if size < 1e9 else f"{value / 1e6:,.0f}"
        return (text if "." in text or size >= 1e8 else text + ".0" if size < 1e7 else text) + " m"
    if size >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def format_interval(low: float, high: float) -> str:
    """`4.0 m to 6.0 m`, `at least 1,000`, or a single number.

    >>> format_interval(4e6, 6e6), format_interval(1000, math.inf), format_interval(5, 5)
    ('4.0 m to 6.0 m', 'at least 1,000', '5')
    """
    if low == high:
        return format_number(low)
    if math.isinf(high):
        return f"at least {format_number(low)}"
    return f"{format_number(low)} to {format_number(high)}"
