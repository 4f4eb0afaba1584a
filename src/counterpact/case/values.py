"""Closed vocabularies of a case, and the value types its cells are parsed into."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

from counterpact.quantity import Period


class Side(StrEnum):
    """Whose side an actor is on."""

    ALLIANCE = "alliance"
    COALITION = "coalition"
    THIRD = "third"


class ActorKind(StrEnum):
    """What an actor is."""

    STATE = "state"
    ORGANISATION = "organisation"
    PLACE = "place"
    GROUP = "group"  # a named set of actors: EU, G7, MSMT


class GoodKind(StrEnum):
    """What sort of thing is exchanged."""

    STRATEGIC = "strategic"
    CIVILIAN = "civilian"
    MONEY = "money"
    PEOPLE = "people"
    KNOW_HOW = "know-how"


class Mode(StrEnum):
    """How a channel moves its good."""

    RAIL = "rail"
    SEA = "sea"
    SHIP_TO_SHIP = "ship-to-ship"
    ROAD = "road"
    AIR = "air"
    PIPELINE = "pipeline"
    BANK = "bank"
    CRYPTO = "crypto"
    PEOPLE = "people"
    DATA = "data"


class ChannelStatus(StrEnum):
    """How sure we are that a channel is used."""

    OBSERVED = "observed"
    ALLEGED = "alleged"
    PLANNED = "planned"
    POTENTIAL = "potential"


class EstimandKind(StrEnum):
    """What sort of number an estimand is."""

    FLOW = "flow"  # an amount moved within the fact's period
    CUMULATIVE = "cumulative"  # an amount moved since the period's start
    STOCK = "stock"  # an amount present at a moment
    SHARE = "share"  # a part of another estimand, 0 to 1
    RATE = "rate"  # a price, wage or other ratio
    CAP = "cap"  # a legal limit, not a claim about what happened
    CAPACITY = "capacity"  # a physical limit
    COUNT = "count"  # events, votes, members: context outside the network
    EVENT = "event"  # something that happened, no number


class Bound(StrEnum):
    """How the claim limits its estimand."""

    BETWEEN = "between"  # low ≤ value ≤ high
    AT_LEAST = "at least"
    AT_MOST = "at most"
    ABOUT = "about"  # one rounded number: read with the rounding the number itself shows
    NONE = "none"  # categorical


class Claim(StrEnum):
    """What sort of statement a fact makes. Only `actual` binds unless the user says otherwise."""

    ACTUAL = "actual"
    PLAN = "plan"
    FORECAST = "forecast"
    DENIAL = "denial"
    RULE = "rule"


class Review(StrEnum):
    """How far the team has agreed on a fact."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    AGREED = "agreed"


class Line(StrEnum):
    """The seven lines of effort."""

    DIPLOMACY = "diplomacy"
    SANCTIONS = "sanctions"
    READINESS = "readiness"
    CYBER = "cyber"
    HUMANITARIAN = "humanitarian"
    TECHNOLOGY = "technology"
    ACCOUNTABILITY = "accountability"


class MeasureStatus(StrEnum):
    """Where a measure stands today."""

    IN_FORCE = "in force"
    PARTLY = "partly in force"
    BREACHED = "in force, breached"
    IN_PROGRESS = "in progress"
    DONE = "done"
    PROPOSED = "proposed"
    POSSIBLE = "possible"
    BLOCKED = "blocked"
    STALLED = "stalled"
    LAPSED = "lapsed"


class Lever(StrEnum):
    """What the coalition can decide about a measure. Measures in force are in the status quo already."""

    NEW = "new"  # not in force: adopt it
    STRENGTHEN = "strengthen"  # in force: enforce a level above
    LAPSE = "lapse"  # in force: keeping it costs; letting go is the choice
    NONE = "none"  # not a choice of the coalition


class EffectKind(StrEnum):
    """What a measure does to what it touches."""

    DETER_LOSS = "deter by loss"  # share of what is shipped that is lost or seized
    DETER_PREMIUM = "deter by premium"  # extra cost per unit, as a share of the unit price
    BLOCK = "block"  # share of a channel's capacity removed
    ENABLE = "enable"  # raises participation or opens a stronger level


def _period(value: Any) -> Any:
    if isinstance(value, str):
        start, _, end = value.partition("/")
        return Period(start.strip(), "" if end.strip() == ".." else end.strip(), end.strip() == "..")
    return value


def _period_text(period: Period) -> str:
    end = "/.." if period.open_end else f"/{period.end}" if period.end else ""
    return f"{period.start}{end}"


def _ids(value: Any) -> Any:
    return tuple(value.split()) if isinstance(value, str) else value


def _phrases(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(";") if part.strip())
    return value


def _day(value: str) -> str:
    if value:
        Period(value)
    return value


PeriodCell = Annotated[Period, BeforeValidator(_period), PlainSerializer(_period_text, return_type=str)]
"""`2024`, `2023-09/2025-03`, or open ended `2024-12-04/..`."""

Ids = Annotated[tuple[str, ...], BeforeValidator(_ids), PlainSerializer(lambda v: " ".join(v), return_type=str)]
"""Identifiers, separated by a space."""

Phrases = Annotated[
    tuple[str, ...], BeforeValidator(_phrases), PlainSerializer(lambda v: "; ".join(v), return_type=str)
]
"""Free text items, separated by a semicolon."""

Day = Annotated[str, AfterValidator(_day)]
"""A date as precise as the source gives it: `2024`, `2024-03`, `2024-03-31`; empty = unknown."""
