"""Amounts, periods and units as people write them, for captions, tables, tooltips and running text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

from counterpact.lines import prose

_PLURALS = {"person": "people", "piece": "pieces", "unit": "units", "": ""}
_SCALES = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


@lru_cache(maxsize=512)
def many(unit: str) -> str:
    """The plural of a unit.

    >>> many("container"), many("person"), many("USD"), many("programme-year")
    ('containers', 'people', 'USD', 'programme-years')
    """
    if unit in _PLURALS:
        return _PLURALS[unit]
    first, _, rest = unit.partition(" ")
    if not first.islower() or "/" in unit or first in ("share", "percent") or first.endswith("s"):
        return unit
    first = first[:-1] + "ies" if first.endswith("y") and first[-2:-1] not in "aeiou" else first + "s"
    return f"{first} {rest}".strip()


def rounded(value: float, digits: int = 3) -> float:
    """A model's number to three significant digits: more would pretend.

    >>> rounded(1234567.8), rounded(0.045678), rounded(0.0)
    (1230000.0, 0.0457, 0.0)
    """
    return float(f"{value:.{digits}g}") if math.isfinite(value) else value


def amount(low: float, high: float, unit: str) -> str:
    """An interval with its unit, in words.

    >>> amount(6000, 12400, "container"), amount(5e6, math.inf, "USD"), amount(1, 1, "container")
    ('6,000 to 12,400 containers', 'at least $5 million', '1 container')
    """
    if math.isinf(low) and math.isinf(high):
        return "not known"
    if math.isinf(low):
        return f"at most {amount(high, high, unit)}"
    known = prose.amount(0, 0, unit) != f"0 {unit}" or not unit
    text = prose.amount(low, high, unit)
    if known or low == high == 1 or not text.endswith(unit):
        return text
    return text[: len(text) - len(unit)] + many(unit)


def model_amount(low: float, high: float, unit: str) -> str:
    """As `amount`, rounded to what a model can know.

    >>> model_amount(1234567.8, 2345678.9, "USD")
    '$1.23 million to $2.35 million'
    """
    return amount(rounded(low), rounded(high), unit)


def percent(share: float) -> str:
    """A share as a percentage without false precision.

    >>> percent(0.1234), percent(0.004), percent(1.0), percent(1e-9), percent(-0.28)
    ('12 %', '0.4 %', '100 %', '0 %', '−28 %')
    """
    shown = share * 100
    if abs(shown) < 0.05:
        return "0 %"
    text = f"{shown:.0f} %" if abs(shown) >= 1 else f"{shown:.1g} %"
    return text.replace("-", "−")


def scale(values: Iterable[float], unit: str) -> tuple[float, str]:
    """What to divide an axis by, and the name of the axis.

    >>> scale([4e6, 1e7], "round"), scale([12, 40], "voyage"), scale([2e9], "USD"), scale([0.2], "share")
    ((1000000.0, 'million rounds'), (1.0, 'voyages'), (1000000000.0, 'billion USD'), (0.01, '%'))
    """
    if unit == "share":
        return 0.01, "%"
    largest = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    for divisor, word in _SCALES:
        if largest >= divisor * (1 if divisor > 1e3 else 20):
            return divisor, f"{word} {many(unit)}".strip()
    return 1.0, many(unit) if unit != "percent" else "%"


def period_words(text: str) -> str:
    """A period as a case writes it, in words.

    >>> period_words("2023-08/2025-03"), period_words("2024"), period_words("2024-12-04/..")
    ('August 2023 to March 2025', '2024', 'since 4 December 2024')
    """
    start, _, end = text.partition("/")
    if end == "..":
        return f"since {prose.day(start)}"
    return f"{prose.day(start)} to {prose.day(end)}" if end and end != start else prose.day(start)


def first_up(text: str) -> str:
    """First letter large."""
    return prose.capital(text)


listing = prose.listing
