"""What must hold within a row, or between a row and the few it names."""

from __future__ import annotations

import re
from datetime import date

from counterpact.case import model as m
from counterpact.case.checking import Tables
from counterpact.case.table import TYPES
from counterpact.case.values import (
    ActorKind,
    Bound,
    ChannelStatus,
    Claim,
    EffectKind,
    EstimandKind,
    GoodKind,
    Lever,
    MeasureStatus,
    Side,
)
from counterpact.provenance import Basis
from counterpact.quantity import Period

YEARS = range(1600, 2200)
"""Years a case may speak of; anything else is a slip of the pen."""

_IN_FORCE = {MeasureStatus.IN_FORCE, MeasureStatus.PARTLY, MeasureStatus.BREACHED, MeasureStatus.DONE}
LEVERS = {
    Lever.NEW: frozenset(MeasureStatus) - _IN_FORCE,
    Lever.STRENGTHEN: frozenset(_IN_FORCE | {MeasureStatus.IN_PROGRESS}),
    Lever.LAPSE: frozenset(_IN_FORCE),
    Lever.NONE: frozenset(MeasureStatus),
}
"""Which statuses fit what the coalition can decide."""

_DAY_COLUMNS = {
    name: tuple(c for c in ("date", "since", "signed", "in_force") if c in row_type.model_fields)
    for name, row_type in TYPES.items()
    if name != "forums"  # its dates are as the body words them
}


def check_head(tables: Tables) -> None:
    """Horizon, baseline and alliance of the head."""
    head = tables.head
    if head is None:
        return
    first, last = head.horizon
    if first > last:
        tables.report_head("horizon", f"ends ({last}) before it begins ({first})", do="Write first and last year")
    elif not first <= head.baseline <= last:
        tables.report_head("baseline", f"{head.baseline} is outside the horizon {first} to {last}")
    if not head.as_of or Period(head.as_of).first.year not in YEARS or first not in YEARS or last not in YEARS:
        tables.report_head("as_of", f'"{head.as_of}" or the horizon is not a plausible date')
    actors = tables.of(m.Actor)
    for actor in head.alliance:
        if not tables.knows("actors", actor):
            do = tables.nearest(actor, ["actors"])
            tables.report_head("alliance", f'"{actor}" is not an actor of this case', do=do)
        elif actor in actors and actors[actor].side is not Side.ALLIANCE:
            tables.report_head("alliance", f'side of "{actor}" is {actors[actor].side}, not alliance')
    if len(set(head.alliance)) < 2:
        tables.report_head("alliance", "names fewer than two members", do="Name the actor ids of the members")


def check_dates(tables: Tables) -> None:
    """Dates outside all plausible years."""
    for table, names in _DAY_COLUMNS.items():
        for row in tables.rows.get(table, {}).values() if names else ():
            for column in names:
                text = getattr(row, column)
                if text and Period(text).first.year not in YEARS:
                    tables.report(row, column, f'"{text}" is not a plausible date', do="Check the year")


def check_actors(tables: Tables) -> None:
    """Groups have members, states have proper and different codes."""
    codes: dict[str, str] = {}
    for actor in tables.each(m.Actor):
        if actor.kind is ActorKind.GROUP and not actor.members:
            tables.report(actor, "members", "a group needs members", do="List actor ids, separated by blanks")
        if actor.kind is not ActorKind.GROUP and actor.members:
            tables.report(actor, "members", f"a {actor.kind} has no members", do='Set kind to "group"')
        if actor.iso3 and not re.fullmatch("[A-Z]{3}", actor.iso3):
            do = "Write the ISO 3166-1 alpha-3 code, e.g. PRK"
            tables.report(actor, "iso3", f'"{actor.iso3}" is not three capital letters', do=do)
        elif actor.iso3 and actor.kind is ActorKind.STATE:
            if actor.iso3 in codes:
                what = f"{actor.iso3} is the code of {codes[actor.iso3]} already"
                tables.report(actor, "iso3", what, do="One state, one code")
            codes.setdefault(actor.iso3, actor.id)


def check_channels(tables: Tables) -> None:
    """Ends, capacity, opening; needs are civilian; purses belong to the alliance."""
    for channel in tables.each(m.Channel):
        if channel.from_place == channel.to_place:
            tables.report(channel, "to_place", "a channel must end where it does not begin")
        if channel.capacity_low > channel.capacity_high:
            what = f"capacity_low {channel.capacity_low:g} is above capacity_high {channel.capacity_high:g}"
            tables.report(channel, "capacity_low", what, do="Swap them or correct one")
        if channel.status is ChannelStatus.POTENTIAL:
            for column in ("opening_cost", "opening_lag_months"):
                if not getattr(channel, column):
                    do = "Give an assumption above 0, or another status"
                    tables.report(channel, column, "a potential channel needs it", do=do)
    for need in tables.each(m.CivilianNeed):
        good = tables.of(m.Good).get(need.good)
        if good and good.kind is not GoodKind.CIVILIAN:
            do = 'Needs are humanitarian: choose a good of kind "civilian"'
            tables.report(need, "good", f"{good.id} is {good.kind}, not civilian", do=do)
    for purse in tables.each(m.Purse):
        owner = tables.of(m.Actor).get(purse.actor)
        if owner and owner.side is not Side.ALLIANCE:
            tables.report(purse, "actor", f"{owner.id} is not of the alliance", do="Purses are the adversary's")
    terms = {term.objective for term in tables.each(m.ObjectiveTerm)}
    for objective in tables.each(m.Objective):
        if objective.id not in terms and not tables.unread & {"objective_terms"}:
            do = "Add a row to objective_terms.csv for each channel that delivers it"
            tables.report(objective, "id", "no channel delivers to this objective", do=do)


def check_facts(tables: Tables) -> None:
    """Numbers fit their bound, periods lie where they can."""
    for fact in tables.each(m.Fact):
        needed = {Bound.AT_LEAST: "low", Bound.AT_MOST: "high"}.get(fact.bound)
        if needed and getattr(fact, needed) is None:
            tables.report(fact, needed, f'is empty although the bound is "{fact.bound}"', do="Give the number")
        if fact.period:
            _period(tables, fact, fact.period)
    for estimand in tables.each(m.Estimand):
        if estimand.of and estimand.kind is not EstimandKind.SHARE:
            do = "Set kind to share, or leave `of` empty"
            tables.report(estimand, "of", f"a {estimand.kind} is not a part of another estimand", do=do)


def _period(tables: Tables, fact: m.Fact, period: Period) -> None:
    last = period.first if period.open_end else period.last
    if period.first.year not in YEARS or last.year not in YEARS:
        tables.report(fact, "period", f'"{period}" is not a plausible period', do="Check the year")
        return
    if tables.head is None or fact.claim in (Claim.PLAN, Claim.FORECAST, Claim.RULE):
        return
    end = tables.head.horizon[1]
    if period.first > date(end, 12, 31):
        do = "Correct the year, mark the claim as plan or forecast, or extend the horizon in case.yml"
        tables.report(fact, "period", f"{period} begins after the horizon, which ends with {end}", do=do)
    elif tables.head.as_of and period.first > Period(tables.head.as_of).last:
        what = f"{period} begins after {tables.head.as_of}, the day of this case, but the claim is {fact.claim}"
        tables.report(fact, "period", what, do="Mark the claim as plan or forecast, or move as_of in case.yml")


def check_measures(tables: Tables) -> None:
    """Levers fit the status, intervals are ordered, those who must act suffice."""
    for measure in tables.each(m.Measure):
        if measure.status not in LEVERS[measure.lever]:
            fits = ", ".join(sorted(lever for lever, found in LEVERS.items() if measure.status in found))
            what = f'lever "{measure.lever}" does not fit status "{measure.status}"'
            tables.report(measure, "lever", what, do=f"Levers of this status: {fits}")
        for stem in ("lead_months", "money"):
            if getattr(measure, f"{stem}_low") > getattr(measure, f"{stem}_high"):
                tables.report(measure, f"{stem}_low", f"is above {stem}_high", do="Swap them or correct one")
        if measure.who_needed > len(measure.who):
            what = f"{measure.who_needed} must take part but who names {len(measure.who)}"
            tables.report(measure, "who_needed", what, do="Lower it or name more actors")
        both = sorted(set(measure.requires) & set(measure.excludes))
        if both:
            tables.report(measure, "excludes", f"{both[0]} is required and excluded", do="Keep one of the two")
        if measure.id in measure.excludes:
            tables.report(measure, "excludes", "excludes itself", do="Take it out")


def check_effects(tables: Tables) -> None:
    """Kinds have what they act on; shares lie in 0 to 1; assumptions are the family's."""
    families = tables.of(m.EffectFamily)
    for family in families.values():
        if family.low is None or family.high is None:
            tables.report(family, "low", "a family needs an interval", do="Give low and high; wide if unknown")
        else:
            _share(tables, family, family.kind)
    for effect in tables.each(m.Effect):
        found = families.get(effect.family)
        if found is None:
            continue
        kind = found.kind
        column = "enables" if kind is EffectKind.ENABLE else "channels"
        if not getattr(effect, column):
            tables.report(effect, column, f'an effect of kind "{kind}" needs {column}', do="Name at least one")
        _share(tables, effect, kind)
        if effect.basis is Basis.ASSUMPTION and (effect.low, effect.high) != (None, None):
            if (effect.low, effect.high) != (found.low, found.high):
                why = "Assumptions are one interval per family, never tuned per measure"
                do = "Leave low and high empty, or name the basis and its facts"
                tables.report(effect, "low", f"differs from family {found.id} by assumption", why=why, do=do)
        elif effect.basis is Basis.OBSERVED and not effect.facts:
            tables.report(effect, "facts", "an observed change needs its facts", do="Name the fact ids")


def _share(tables: Tables, row: m.Effect | m.EffectFamily, kind: EffectKind) -> None:
    for column in ("low", "high"):
        value = getattr(row, column)
        if value is None:
            continue
        if value < 0:
            tables.report(row, column, f"{value:g} is negative", do="Effects are 0 or more")
        elif value > 1 and kind is not EffectKind.DETER_PREMIUM:
            do = 'A share is 0 to 1; 40 percent is 0.4. Only "deter by premium" may exceed 1'
            tables.report(row, column, f'{value:g} is above 1 for kind "{kind}"', do=do)
