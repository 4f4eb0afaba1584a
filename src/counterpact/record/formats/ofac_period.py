"""Days and periods of OFAC's advanced XML, of which month or day may be missing."""

from __future__ import annotations

import calendar
from datetime import date

from counterpact.record.formats.markup import Element, local


def point(element: Element) -> tuple[date | None, date | None]:
    """A `Year`, `Month`, `Day` of which the later may be missing → first and last day it can mean."""
    parts = {local(child): (child.text or "").strip() for child in element}
    try:
        year, month, day = (int(parts.get(name) or 0) for name in ("Year", "Month", "Day"))
        if not year:
            return None, None
        if not month:
            return date(year, 1, 1), date(year, 12, 31)
        if not day:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except ValueError:
        return None, None


def period(element: Element) -> tuple[date | None, date | None, str]:
    """Start and end of a `DatePeriod`, and words for it; `Approximate` is said in the words."""
    ends: list[date] = []
    approximate = False
    for end in element:
        approximate |= end.get("Approximate") == "true"
        for moment in end:
            ends += [day for day in point(moment) if day]
    if not ends:
        return None, None, ""
    first, last = min(ends), max(ends)
    words = first.isoformat() if first == last else f"{first.isoformat()} to {last.isoformat()}"
    return first, last, f"circa {words}" if approximate else words
