"""Dates as lists write them → spans of days: `18 Jun 1964`, `circa 1947`, `13.10.1944`, `1955 to 1957`."""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache

_MONTHS = {name.lower(): i for i in range(1, 13) for name in (calendar.month_abbr[i], calendar.month_name[i])} | {
    "sept": 9
}
_FORMS = (
    (re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$"), "ymd"),
    (re.compile(r"^(\d{1,2})[./](\d{1,2})[./](\d{4})$"), "dmy"),
    (re.compile(r"^(\d{1,2}) ([A-Za-z]+)\.? (\d{4})$"), "dmy"),
    (re.compile(r"^([A-Za-z]+)\.? (\d{4})$"), "my"),
    (re.compile(r"^(\d{4})-(\d{1,2})$"), "ym"),
    (re.compile(r"^(\d{4})$"), "y"),
)
_RANGE = re.compile(r"^(?:between )?(.+?)\s+(?:to|and|-|–)\s+(.+)$", re.I)
_LOOSE = re.compile(r"^(?:circa|approximately|about|c\.|ca\.)\s*", re.I)


@lru_cache(maxsize=65536)
def span(text: str) -> tuple[date | None, date | None]:
    """First and last day a text can mean; (None, None) if it cannot be read. `circa` widens to the year.

    >>> span("Jun 1964")
    (datetime.date(1964, 6, 1), datetime.date(1964, 6, 30))
    >>> span("1955 to 1957")[1], span("soon")
    (datetime.date(1957, 12, 31), (None, None))
    """
    text = " ".join(text.strip().rstrip(".").split())
    loose = _LOOSE.sub("", text)
    if loose != text:
        first, last = span(loose)
        if first and last:
            return date(first.year, 1, 1), date(last.year, 12, 31)
        return None, None
    for form, order in _FORMS:
        if match := form.match(text):
            return _build(dict(zip(order, match.groups(), strict=True)))
    if match := _RANGE.match(text):
        first, last = span(match.group(1))[0], span(match.group(2))[1]
        if first and last and first <= last:
            return first, last
    return None, None


def _build(parts: dict[str, str]) -> tuple[date | None, date | None]:
    year = int(parts["y"])
    raw = parts.get("m", "")
    month = int(raw) if raw.isdigit() else _MONTHS.get(raw.lower(), 0) if raw else 0
    if raw and not 1 <= month <= 12:
        return None, None
    try:
        if "d" in parts:
            day = date(year, month, int(parts["d"]))
            return day, day
        if month:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError:
        return None, None
