"""Two lists side by side: who is on both, who on one only, and how many days lie between the two listings.

By number first, since a name can be shared or written in many ways; then, if a matcher is given, by name for those whom
no number settles. Lists whose days lie far apart are compared all the same, but the difference is then a count with a
warning and no finding: it may only be the time between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from counterpact.lines.sanctions.gaps.partners import PartnerList

#: Lists of days further apart than this give no finding.
NEAR = 30

Matcher = Callable[[pl.DataFrame, pl.DataFrame], Sequence[tuple[str, str]]]
"""Entries of one list and of the other → pairs of entity ids that are the same by name."""


@dataclass(frozen=True)
class Gap:
    """`both`: pairs (a's entity, b's entity, how); `only_a`, `only_b`: entity ids; `lag`: days from a's to b's listing.

    Ships are counted by IMO number, since one list may hold a ship twice. `settled` False: no names were compared, and
    for want of a common number somebody on one list may well stand on the other; only `both` is then sure.
    """

    a: PartnerList
    b: PartnerList
    kind: str
    both: tuple[tuple[str, str, str], ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    lag: pl.DataFrame  # a, b, days (b's day − a's day), where both lists give a day
    counts: dict[str, int]
    without_number: tuple[int, int]
    days_apart: int
    settled: bool
    warnings: tuple[str, ...]

    @property
    def finding(self) -> bool:
        """Whether the two lists are close enough in time for the difference to be a finding."""
        return self.settled and self.days_apart <= NEAR and self.a.dated and self.b.dated

    def plain(self, *, named: bool = False) -> dict[str, Any]:
        """One JSON-able object; `named` adds the entries themselves, which are the user's own lists' content."""
        found: dict[str, Any] = {
            "kind": self.kind, "settled": self.settled, "theme": self.a.theme,
            "a": _about(self.a), "b": _about(self.b), "counts": self.counts,
            "without_number": {"a": self.without_number[0], "b": self.without_number[1]},
            "days_apart": self.days_apart, "is_finding": self.finding, "warnings": list(self.warnings),
            "lag_days": self._lag(),
        }  # fmt: skip
        if named:
            found["only_a"], found["only_b"] = _rows(self.a, self.only_a), _rows(self.b, self.only_b)
        return found

    def _lag(self) -> dict[str, float] | None:
        if not self.lag.height:
            return None
        days = self.lag["days"]
        return {"pairs": self.lag.height, "median": float(days.median()), "b_later": int((days > 0).sum()),  # type: ignore[arg-type]
                "a_later": int((days < 0).sum())}  # fmt: skip


def _about(one: PartnerList) -> dict[str, Any]:
    return {"partner": one.partner, "dataset": one.dataset, "vintage": one.vintage.isoformat(), "dated": one.dated}


def _rows(one: PartnerList, wanted: Sequence[str]) -> list[dict[str, Any]]:
    rows = one.entries.filter(pl.col("entity").is_in(list(wanted))).sort("entity")
    return [
        {"entity": e, "name": n, "listed": d.isoformat() if d else None, "numbers": list(k)}
        for e, n, d, k in rows.select("entity", "name", "listed", "numbers").iter_rows()
    ]


def compare(a: PartnerList, b: PartnerList, kind: str, *, by_name: Matcher | None = None) -> Gap:
    """Compare two lists of the same theme for one kind of entry (vessel, organisation, person)."""
    left, right = a.of(kind), b.of(kind)
    pairs = _by_number(left, right)
    how = dict.fromkeys(pairs, "number")
    if by_name is not None:
        met_a, met_b = {x for x, _ in pairs}, {y for _, y in pairs}
        rest = left.filter(~pl.col("entity").is_in(met_a)), right.filter(~pl.col("entity").is_in(met_b))
        how |= dict.fromkeys(by_name(*rest), "name")
    met_a, met_b = {x for x, _ in how}, {y for _, y in how}
    only_a = tuple(e for e in left["entity"] if e not in met_a)
    only_b = tuple(e for e in right["entity"] if e not in met_b)
    apart = abs((a.vintage - b.vintage).days)
    bare = tuple(int((frame["numbers"].list.len() == 0).sum()) for frame in (left, right))
    settled = kind == "vessel" or by_name is not None
    warnings = _warnings(a, b, kind, apart, bare, settled)
    both = tuple((x, y, word) for (x, y), word in sorted(how.items()))
    counts = _counts(left, right, how, kind)
    lag = _lags(left, right, both)
    return Gap(a, b, kind, both, only_a, only_b, lag, counts, (bare[0], bare[1]), apart, settled, warnings)


def _by_number(left: pl.DataFrame, right: pl.DataFrame) -> list[tuple[str, str]]:
    x, y = (f.select("entity", pl.col("numbers").alias("number")).explode("number").drop_nulls() for f in (left, right))
    met = x.join(y, on="number", suffix="_b").select("entity", "entity_b").unique().sort("entity", "entity_b")
    return [(x, y) for x, y in met.iter_rows()]


def _counts(left: pl.DataFrame, right: pl.DataFrame, how: dict[tuple[str, str], str], kind: str) -> dict[str, int]:
    """Of ships by IMO number, of others by entry."""
    if kind == "vessel":
        numbers = [f["numbers"].explode().drop_nulls() for f in (left, right)]
        x, y = (set(n.filter(n.str.starts_with("imo:"))) for n in numbers)
        return {"a": len(x), "b": len(y), "both": len(x & y), "only_a": len(x - y), "only_b": len(y - x)}
    met_a, met_b = {p for p, _ in how}, {q for _, q in how}
    return {"a": left.height, "b": right.height, "both": len(met_a), "only_a": left.height - len(met_a),
            "only_b": right.height - len(met_b)}  # fmt: skip


def _lags(left: pl.DataFrame, right: pl.DataFrame, both: Sequence[tuple[str, str, str]]) -> pl.DataFrame:
    pairs = pl.DataFrame([(x, y) for x, y, _ in both], {"a": pl.String, "b": pl.String}, orient="row")
    first, second = left.select(a="entity", day_a="listed"), right.select(b="entity", day_b="listed")
    days = pairs.join(first, on="a").join(second, on="b").drop_nulls()
    return days.select("a", "b", (pl.col("day_b") - pl.col("day_a")).dt.total_days().alias("days")).sort("a", "b")


def _warnings(
    a: PartnerList, b: PartnerList, kind: str, apart: int, bare: tuple[int, ...], settled: bool
) -> tuple[str, ...]:
    found = []
    if apart > NEAR:
        found.append(
            f"The lists lie {apart} days apart ({a.partner} {a.vintage}, {b.partner} {b.vintage}): a difference may "
            "only be the time between them. This is a count, not a finding."
        )
    for one in (a, b):
        if not one.dated:
            found.append(
                f"The files of {one.partner} ({one.dataset}) state no day; {one.vintage} is the day they were brought "
                "in, and their content may be older."
            )
    for one in (a, b):
        if one.later:
            day, ids = one.later
            mine = one.of(kind)["entity"]
            found.append(
                f"Of {len(mine)} {kind} entries of {one.partner} of {one.vintage}, {int(mine.is_in(list(ids)).sum())} "
                f"still stand on its list of {day}; what was listed since has no number there and is not compared."
            )
    if not settled:
        found.append("Compared by numbers alone: who has none, or another one, on the other list is not found there.")
    elif any(bare):
        found.append(f"Without a number to compare by: {bare[0]} of {a.partner}, {bare[1]} of {b.partner}.")
    return tuple(found)
