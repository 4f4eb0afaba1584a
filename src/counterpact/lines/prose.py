"""Figures in running text: amounts with their unit, periods, origins, lists. Every sentence is built from these."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

from counterpact.lines.settings import wording
from counterpact.quantity import Period, Quantity

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def number(value: float) -> str:
    """A number for a sentence, three significant digits for millions and above, else as given.

    >>> [number(v) for v in (0, 0.5, 47.6, 13221, 4_000_000, 1_340_000_000, 660_500_000)]
    ['0', '0.5', '47.6', '13,221', '4 million', '1.34 billion', '660.5 million']
    """
    size = abs(value)
    for scale, word in ((1e9, "billion"), (1e6, "million")):
        if size >= scale:
            return f"{_short(value / scale)} {word}"
    return f"{value:,.0f}" if value == int(value) else _short(value)


def _short(value: float) -> str:
    """At most four significant digits, no trailing zeros.

    >>> _short(1.340), _short(212.74), _short(4.0)
    ('1.34', '212.7', '4')
    """
    return f"{value:,.4g}"


@lru_cache(maxsize=256)
def _unit(unit: str) -> tuple[str, str, str, float]:
    """(before, after for one, after for many, scale) of a unit; an unknown unit is put behind, as written."""
    known = wording().units.get(unit)
    if known:
        return known.before, known.one or known.many, known.many or known.one, known.scale
    return "", f" {unit}", f" {plural(unit)}", 1.0


def amount(low: float, high: float, unit: str, link: str = " to ") -> str:
    """An interval with its unit.

    >>> amount(4_000_000, 6_000_000, "USD"), amount(20_000, math.inf, "USD")
    ('$4 million to $6 million', 'at least $20,000')
    >>> amount(0.5, 0.5, "share"), amount(0.3, 0.35, "share")
    ('50 %', '30 % to 35 %')
    >>> amount(1, 1, "veto"), amount(2, 2, "veto"), amount(0, 0, "")
    ('1 veto', '2 vetoes', 'none')
    """
    before, one, many, scale = _unit(unit)
    if low == high == 0 and not unit:
        return "none"

    def single(value: float, last: bool = True) -> str:
        shown = value * scale
        sign = "−" if shown < 0 else ""
        after = "" if not last and not before and not many.startswith(" %") else (one if shown == 1 else many)
        return f"{sign}{before}{number(abs(round(shown, 10)))}{after}"

    if low == high:
        return single(low)
    if math.isinf(high):
        return f"at least {single(low)}"
    if low <= 0 and math.isfinite(high) and low == 0:
        return f"at most {single(high)}"
    return f"{single(low, last=False)}{link}{single(high)}"


def quantity(value: Quantity) -> str:
    """A quantity in words, without its period.

    >>> quantity(Quantity(500_000, 600_000, "USD"))
    '$500,000 to $600,000'
    """
    return amount(value.low, value.high, value.unit)


def day(text: str) -> str:
    """A date as people write it.

    >>> day("2024"), day("2024-03"), day("2024-03-07")
    ('2024', 'March 2024', '7 March 2024')
    """
    year, month, dom = ([*text.split("-"), "", ""])[:3]
    if not month:
        return year
    name = MONTHS[int(month) - 1]
    return f"{int(dom)} {name} {year}" if dom else f"{name} {year}"


def when(period: Period | None) -> str:
    """A period with its preposition, ready to follow an amount.

    >>> when(Period("2024")), when(Period("2024-03", "2024-11")), when(Period("2025-02-24"))
    ('in 2024', 'from March to November 2024', 'on 24 February 2025')
    >>> when(Period("2023-09", "2025-03")), when(Period("2024-12-04", open_end=True))
    ('from September 2023 to March 2025', 'since 4 December 2024')
    """
    if period is None:
        return ""
    start = period.start
    if period.open_end:
        return f"since {day(start)}"
    end = period.end or start
    if end == start:
        return f"on {day(start)}" if len(start) == 10 else f"in {day(start)}"
    if start[:4] == end[:4] and len(start) == 7 and len(end) == 7:
        if (start[5:], end[5:]) == ("01", "12"):
            return f"in {start[:4]}"
        return f"from {MONTHS[int(start[5:]) - 1]} to {day(end)}"
    return f"from {day(start)} to {day(end)}"


def span(period: Period | None) -> str:
    """A period without a preposition.

    >>> span(Period("2019", "2020")), span(Period("2024-03"))
    ('2019 to 2020', 'March 2024')
    """
    if period is None or period.open_end:
        return when(period)
    return day(period.start) if period.end in ("", period.start) else f"{day(period.start)} to {day(period.end)}"


def until(period: Period | None) -> str:
    """The end of a period.

    >>> until(Period("2024-01", "2024-08"))
    'August 2024'
    """
    return day(period.end or period.start) if period and not period.open_end else ""


def plural(noun: str) -> str:
    """More than one of a thing: the last word of the noun, or the word before "of", "in" or "to", takes the ending.

    >>> [plural(n) for n in ("veto", "country", "launch", "member of the team", "listings")]
    ['vetoes', 'countries', 'launches', 'members of the team', 'listings']
    """
    head, link, tail = noun, "", ""
    for word in (" of ", " in ", " to ", " for ", " per "):
        if word in noun:
            head, tail = noun.split(word, 1)
            link = word
            break
    if head.endswith("s") and not head.endswith("ss"):
        made = head
    elif head.endswith("y") and head[-2:-1] not in "aeiou":
        made = head[:-1] + "ies"
    elif head.endswith(("s", "x", "ch", "sh")) or head == "veto":
        made = head + "es"
    else:
        made = head + "s"
    return made + link + tail


def origin(name: str) -> str:
    """The name of an origin as a sentence needs it; unknown origins are shown as the case writes them."""
    return wording().origins.get(name, name)


def listing(items: Iterable[str]) -> str:
    """A list in a sentence.

    >>> listing(["A"]), listing(["A", "B"]), listing(["A", "B", "C"]), listing([])
    ('A', 'A and B', 'A, B and C', '')
    """
    words: Sequence[str] = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def capital(text: str) -> str:
    """First letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def the(name: str) -> str:
    """A state's name with its article where English wants one.

    >>> the("United States"), the("Japan"), the("DPRK (North Korea)")
    ('the United States', 'Japan', 'the DPRK (North Korea)')
    """
    first = ("United", "Republic", "DPRK", "European", "Netherlands", "UN ", "Group", "International", "Council")
    return f"the {name}" if name.startswith(first) else name


def sentence(parts: Sequence[str]) -> str:
    """Clauses as one sentence; empty if there are none.

    >>> sentence(["the first holds", "the second does not"])
    'The first holds; the second does not.'
    """
    return capital("; ".join(parts)) + "." if parts else ""
