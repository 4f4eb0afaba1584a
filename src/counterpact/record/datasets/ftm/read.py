"""FollowTheMoney JSON lines → the seven tables of a listing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import cast

from counterpact.record.checks import encoding_damage, found
from counterpact.record.formats import ftm
from counterpact.record.formats.days import span
from counterpact.record.formats.gleif import lei_valid
from counterpact.record.formats.listing import Listing, Role, Strength, collector_paused, wrong_imo
from counterpact.record.reading import DataFinding, Reading, SourceFile

TOPICS = {"sanction": "listed", "sanction.linked": "linked", "sanction.counter": "listed"}


def read(files: Sequence[SourceFile]) -> Reading:
    """`entities.ftm.json` → listing; sanctions, identifications and addresses go to the entity they belong to.

    Schemata the record has no place for (payments, posts, events …) are counted and set aside. Raises `SourceError`.
    """
    parties: dict[str, ftm.Entity] = {}
    sanctions: dict[str, list[ftm.Entity]] = {}
    ties: list[ftm.Entity] = []
    papers: list[ftm.Entity] = []
    places: dict[str, ftm.Entity] = {}
    left: Counter[str] = Counter()
    newest = ""
    with collector_paused():
        for file in files:
            for item in ftm.entities(file):
                newest = max(newest, (item.last_seen or "")[:10])
                if item.schema in ftm.KINDS:
                    parties[item.id] = item
                elif item.schema == "Sanction":
                    for holder in item.every("entity"):
                        sanctions.setdefault(holder, []).append(item)
                elif item.schema in ftm.TIES:
                    ties.append(item)
                elif item.schema in ("Passport", "Identification"):
                    papers.append(item)
                elif item.schema == "Address":
                    places[item.id] = item
                else:
                    left[item.schema] += 1
        listing = Listing()
        for item in parties.values():
            _party(listing, item, sanctions.get(item.id, []), places)
        for paper in papers:
            _paper(listing, paper)
        unread = [text for tie in ties for text in _tie(listing, tie, parties)]
        tables = listing.tables()
    loose = [holder for holder in sanctions if holder not in parties]
    return Reading(
        tables,
        vintage=date.fromisoformat(newest) if newest else None,
        findings=found(
            _left(left),
            _counted("loose-end", "sanctions on entities that are not in the file", loose, "set aside"),
            _counted("share", "shares that cannot be read", unread, "kept in the note"),
            wrong_imo(tables),
            encoding_damage(tables["names"]["name"]),
        ),
    )


def _left(left: Counter[str]) -> DataFinding | None:
    if not left:
        return None
    shown = ", ".join(f"{name} {count:,}" for name, count in left.most_common(5))
    return DataFinding("other-schema", "note", f"other schemata: {shown}", left.total(), "set aside")


def _counted(rule: str, what: str, values: list[str], done: str) -> DataFinding | None:
    if not values:
        return None
    return DataFinding(rule, "warning", f"{len(values)} {what}, such as {values[0]}", len(values), done,
                       tuple(values[:5]))  # fmt: skip


def _party(listing: Listing, item: ftm.Entity, acts: list[ftm.Entity], places: dict[str, ftm.Entity]) -> None:
    names = item.every("name") or [item.caption or item.id]
    name = item.caption if item.caption in names else names[0]
    starts = [span(text)[0] for act in acts for text in (act.first("listingDate"), act.first("startDate"))]
    ended = [span(act.first("endDate"))[1] for act in acts]
    over = bool(acts) and all(ended)
    listing.entity(
        item.id,
        ftm.KINDS[item.schema],
        name,
        programmes=tuple(dict.fromkeys(p for act in acts for p in _programmes(act))),
        listed=min((day for day in starts if day), default=None),
        delisted=max((day for day in ended if day), default=None) if over else None,
        status=_status(item, acts, over),
        reason=" ".join(dict.fromkeys(text for act in acts for text in act.every("reason"))),
        legal_basis="; ".join(dict.fromkeys(t for act in acts for t in act.every("authority"))),
        reference="; ".join(dict.fromkeys(t for act in acts for t in act.every("unscId") + act.every("authorityId"))),
        remarks=" ".join(item.every("notes")),
    )
    for other in names:
        if other != name:
            listing.name(item.id, other)
    for prop, (role, strength) in ftm.NAMES.items():
        for other in item.every(prop):
            listing.name(item.id, other, cast(Role, role), strength=cast(Strength, strength))
    for prop, scheme in ftm.NUMBERS.items():
        for number in item.every(prop):
            listing.identifier(item.id, scheme, number, valid=lei_valid(number) if scheme == "lei" else None)
    for prop, role in ftm.DATES.items():
        for text in item.every(prop):
            listing.day(item.id, role, text, *span(text))
    for prop, role in ftm.PLACES.items():
        for text in item.every(prop):
            listing.place(item.id, role, text, "" if prop == "birthPlace" else text)
    for text in item.every("address"):
        listing.address(item.id, text)
    for code in item.every("addressEntity"):
        if place := places.get(code):
            listing.address(item.id, place.first("full") or place.caption, place.first("country"))


def _status(item: ftm.Entity, acts: list[ftm.Entity], over: bool) -> str:
    if acts:
        return "delisted" if over else "listed"
    return next((state for topic, state in TOPICS.items() if topic in item.every("topics")), "mentioned")


def _programmes(act: ftm.Entity) -> list[str]:
    return act.every("programId") or act.every("program")


def _paper(listing: Listing, paper: ftm.Entity) -> None:
    scheme = "passport" if paper.schema == "Passport" else (paper.first("type") or "identification").lower()
    for holder in paper.every("holder"):
        for number in paper.every("number"):
            listing.identifier(holder, scheme, number, country=paper.first("country"))


_SPAN = (("from", "startDate"), ("until", "endDate"))


def _tie(listing: Listing, tie: ftm.Entity, parties: dict[str, ftm.Entity]) -> list[str]:
    """Adds one relation per pair; returns shares that could not be read."""
    one, other, word = ftm.TIES[tie.schema]
    share = tie.first("percentage")
    low, high = ftm.percentage(share) if share else (None, None)
    spans = [f"{word} {tie.first(name)}" for word, name in _SPAN if tie.first(name)]
    said = [*tie.every("role"), *tie.every("relationship"), *tie.every("status"), " ".join(spans)]
    if share and low is None:
        said.append(f"share: {share}")
    for source in tie.every(one):
        for target in tie.every(other):
            named = parties[target].caption if target in parties else ""
            listing.relation(
                source,
                word,
                target=target,
                target_name=named,
                share_low=low,
                share_high=high,
                note="; ".join(text for text in said if text),
            )
    return [share] if share and low is None else []
