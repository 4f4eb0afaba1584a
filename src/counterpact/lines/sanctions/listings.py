"""What the partners' lists in the record say: listings over time, gaps by ship, what all list together.

Counts only: names and numbers stay in the user's own lists. Without lists in the record nothing is said here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from counterpact.lines.contract import Figure, Finding, Indicator
from counterpact.lines.figures import spread
from counterpact.lines.room import Room
from counterpact.lines.sanctions.gaps.compare import Gap, compare
from counterpact.lines.sanctions.gaps.partners import THEMES, PartnerList, loaded, partner_list
from counterpact.lines.sentence import finding
from counterpact.provenance import Basis, Citation
from counterpact.quantity import Period, Quantity
from counterpact.record.store import Store

_WORDS = {"dprk": "DPRK", "russia": "Russia"}
_FIRST = 2014
"""First year of the series of listings: before, partners' lists give few days."""


@dataclass(frozen=True)
class Listings:
    """The partners' lists by theme."""

    lists: dict[str, tuple[PartnerList, ...]]

    @property
    def datasets(self) -> tuple[str, ...]:
        """Data sets read."""
        return tuple(sorted({x.dataset for all_of in self.lists.values() for x in all_of}))


def read(room: Room) -> Listings | None:
    """The lists that the record holds as of the assessment; None without any."""
    store = room.record
    if not isinstance(store, Store):
        return None
    found = {
        theme: tuple(x for p in loaded(store) if (x := partner_list(store, p, theme)).entries.height)
        for theme in THEMES
    }
    return Listings(found) if any(found.values()) else None


def indicators(room: Room, listings: Listings) -> tuple[Indicator, ...]:
    """Entries on each partner's list by year of listing, cumulated: those still listed, so early years are too low."""
    made = []
    for theme, lists in listings.lists.items():
        points = [point for one in lists for point in _by_year(one)]
        if points:
            ordered = tuple(sorted(points, key=lambda f: (f.value.period.first, f.citation.source)))  # type: ignore[union-attr]
            made.append(
                Indicator(
                    f"listed-{theme}", f"Entries on the partners' {_WORDS[theme]} lists", "entry", ordered,
                    note="Counted among those still listed on the list's day; whoever was taken off is not in it.",
                )
            )  # fmt: skip
    return tuple(made)


def _by_year(one: PartnerList) -> list[Figure]:
    days = one.entries["listed"].drop_nulls()
    undated = one.entries.height - len(days)
    points = []
    if len(days):
        for year in range(max(_FIRST, days.min().year), one.vintage.year + 1):  # type: ignore[union-attr]
            count = int((days.dt.year() <= year).sum())
            points.append(_figure(one, count, Period(str(year)), f"listed by the end of {year}", undated))
    else:
        points.append(_figure(one, one.entries.height, Period(one.vintage.isoformat()), "on the list", 0))
    return points


def _figure(one: PartnerList, count: int, period: Period, words: str, undated: int) -> Figure:
    more = f"; {undated} entries without a day are left out" if undated else ""
    reason = f"{one.partner} ({one.dataset}, {one.vintage}), {_WORDS[one.theme]} programmes: {words}{more}"
    cite = Citation(reason=reason, source=one.dataset, basis=Basis.DEFINITION)
    return Figure(Quantity.exact(float(count), "entry", period), cite)


def findings(room: Room, listings: Listings) -> tuple[Finding, ...]:
    """Gaps by ship: every pair close enough in time, else the closest pair as a count; and what all list together."""
    made = []
    for theme, lists in listings.lists.items():
        gaps = [compare(a, b, "vessel") for a, b in combinations(lists, 2)]
        gaps = sorted((g for g in gaps if g.counts["a"] and g.counts["b"]), key=lambda g: g.days_apart)
        made += [_gap(room, gap) for gap in gaps if gap.finding or gap is gaps[0]]
        if theme == "russia":
            made += _together(room, lists)
    return tuple(made)


def _ships(one: PartnerList) -> set[str]:
    numbers = one.of("vessel")["numbers"].explode().drop_nulls()
    return set(numbers.filter(numbers.str.starts_with("imo:")))


def _count(gap: Gap, key: str, words: str) -> Figure:
    reason = f"{gap.a.partner} {gap.a.vintage} and {gap.b.partner} {gap.b.vintage}, by IMO number: {words}"
    cite = Citation(reason=reason, source=f"{gap.a.dataset}, {gap.b.dataset}", basis=Basis.DEFINITION)
    return Figure(Quantity.exact(float(gap.counts[key]), "ship"), cite)


def _apart(gap: Gap) -> Figure:
    reason = f"days from {min(gap.a.vintage, gap.b.vintage)} to {max(gap.a.vintage, gap.b.vintage)}"
    cite = Citation(reason=reason, source=f"{gap.a.dataset}, {gap.b.dataset}", basis=Basis.DEFINITION)
    return Figure(Quantity.exact(float(gap.days_apart), "day"), cite)


def _gap(room: Room, gap: Gap) -> Finding:
    a, b = gap.a.partner, gap.b.partner
    closing = "The lists lie {apart} apart, so this is a gap."
    if not gap.finding:
        closing = (
            f"The lists are of {gap.a.vintage} and {gap.b.vintage}, {{apart}} apart, so the difference is a count and "
            "not yet a finding."
        )
    return finding(
        room,
        f"ships-{gap.a.theme}-{a}-{b}".lower(),
        f"of ships under {_WORDS[gap.a.theme]} programmes {a} lists {{a}} and {b} {{b}} by IMO number; {{both}} stand "
        f"on both, {{only_a}} only on that of {a}, {{only_b}} only on that of {b}. {closing}",
        severity="concern" if gap.finding and gap.counts["only_a"] + gap.counts["only_b"] else "note",
        measures=room.settings.bears.get("ship-gaps", ()),
        a=_count(gap, "a", f"on the list of {a}"),
        b=_count(gap, "b", f"on the list of {b}"),
        both=_count(gap, "both", "on both"),
        only_a=_count(gap, "only_a", f"on that of {a} only"),
        only_b=_count(gap, "only_b", f"on that of {b} only"),
        apart=_apart(gap),
    )  # fmt: skip


def _together(room: Room, lists: Sequence[PartnerList]) -> list[Finding]:
    """Ships that somebody lists and that everybody lists, beside the claimed size of the shadow fleet: no share, since
    a list also holds ships that are not of that fleet.
    """
    sizes = room.newest("shadow-fleet")
    sets = {one.partner: _ships(one) for one in lists if _ships(one)}
    if not sizes or len(sets) < 2:
        return []
    source = ", ".join(one.dataset for one in lists if one.partner in sets)
    figures = []
    for ships, words in ((set.union(*sets.values()), "at least one"), (set.intersection(*sets.values()), "every one")):
        cite = Citation(reason=f"IMO numbers on {words} of {', '.join(sets)}", source=source, basis=Basis.DEFINITION)
        figures.append(Figure(Quantity.exact(float(len(ships)), "ship"), cite))
    return [
        finding(
            room,
            "ships-together",
            f"{', '.join(sets)} list {{some}} under Russia programmes between them, {{all}} of them on every list; "
            "claims put the shadow fleet at {size}, but not every listed ship is of that fleet, and a listed ship may "
            "still sail.",
            severity="note",
            measures=room.settings.bears.get("ship-gaps", ()),
            some=figures[0],
            all=figures[1],
            size=spread(sizes, "the newest claims of the fleet's size"),
        )
    ]
