"""Units: every amount is in the unit of what it measures, or a named factor converts it."""

from __future__ import annotations

from counterpact.case import model as m
from counterpact.case.checking import Tables
from counterpact.errors import nearest

MONEY = "USD"
"""Unit of prices and purses."""


def joins(factor: m.Factor, one: str, other: str) -> bool:
    """True if the factor converts between the two units, in either direction."""
    return {factor.from_unit, factor.to_unit} == {one, other}


def check_units(tables: Tables) -> None:
    """Report every unit that does not agree."""
    for factor in tables.each(m.Factor):
        if factor.from_unit == factor.to_unit and (factor.low, factor.high) != (1, 1):
            tables.report(factor, "to_unit", "converts a unit into itself", do="Give two different units")
        if factor.low is None or factor.high is None or factor.low <= 0:
            do = "Give low and high, both above 0; a wide interval if little is known"
            tables.report(factor, "low", "a factor needs a finite interval above 0", do=do)
    counted: list[m.Channel | m.Limit | m.CivilianNeed] = [*tables.each(m.Channel), *tables.each(m.Limit)]
    for row in (*counted, *tables.each(m.CivilianNeed)):
        _same_as_good(tables, row)
    for purse in tables.each(m.Purse):
        if purse.unit != MONEY:
            tables.report(purse, "unit", f'"{purse.unit}" is not {MONEY}', do=f"Purses are kept in {MONEY}")
    for channel in tables.each(m.Channel):
        _price(tables, channel)
    for estimand in tables.each(m.Estimand):
        _estimand(tables, estimand)
    for term in tables.each(m.ObjectiveTerm):
        _term(tables, term)
    for fact in tables.each(m.Fact):
        _fact(tables, fact)


def _same_as_good(tables: Tables, row: m.Channel | m.Limit | m.CivilianNeed) -> None:
    good = tables.of(m.Good).get(row.good)
    if good and row.unit != good.unit:
        what = f'"{row.unit}" is not the unit of {good.id}, which is "{good.unit}"'
        tables.report(row, "unit", what, why="A good is counted in one unit everywhere", do="Convert the amounts")


def _convert(tables: Tables, row: m.Row, factor_id: str, one: str, other: str, what: str, column: str) -> None:
    """Units must agree without a factor, or the named factor must join them."""
    factor = tables.of(m.Factor).get(factor_id)
    if factor_id and factor and not joins(factor, one, other):
        has = f'factor {factor.id} converts "{factor.from_unit}" and "{factor.to_unit}"'
        do = f'Name a factor that converts "{one}" and "{other}"'
        tables.report(row, column, f"{has}, not {what}", do=do)
    elif not factor_id and one != other:
        do = f'Name a factor that converts "{one}" and "{other}" (factors.csv)'
        tables.report(row, column, f"{what} do not agree and no factor is named", do=do)


def _price(tables: Tables, channel: m.Channel) -> None:
    if not (channel.payer or channel.payee):
        return
    if channel.price or channel.unit != MONEY:
        if not channel.price:
            do = f"Name the factor that gives {MONEY} per {channel.unit} (factors.csv)"
            tables.report(channel, "price", "is empty although somebody pays", do=do)
        else:
            what = f'"{channel.unit}" and "{MONEY}"'
            _convert(tables, channel, channel.price, channel.unit, MONEY, what, "price")


def _estimand(tables: Tables, estimand: m.Estimand) -> None:
    channels = tables.of(m.Channel)
    units = {channels[i].unit: i for name in estimand.channels if (i := name.removeprefix("-")) in channels}
    for unit, channel in units.items():
        what = f'the unit of channel {channel} ("{unit}") and of the estimand ("{estimand.unit}")'
        if estimand.kind not in ("share", "rate", "count", "event"):
            _convert(tables, estimand, estimand.factor, unit, estimand.unit, what, "factor")


def _term(tables: Tables, term: m.ObjectiveTerm) -> None:
    channel, objective = tables.of(m.Channel).get(term.channel), tables.of(m.Objective).get(term.objective)
    if channel and objective:
        what = f'the unit of channel {channel.id} ("{channel.unit}") and of {objective.id} ("{objective.unit}")'
        _convert(tables, term, term.factor, channel.unit, objective.unit, what, "factor")


def _fact(tables: Tables, fact: m.Fact) -> None:
    if fact.low is None and fact.high is None:
        return
    if tables.head and fact.unit not in tables.head.units:
        what = f'"{fact.unit}" is not a unit of this case' if fact.unit else "is empty beside a number"
        do = f"{nearest(fact.unit, tables.head.units)} Units are listed in case.yml".strip()
        tables.report(fact, "unit", what, do=do)
        return
    estimand = tables.of(m.Estimand).get(fact.estimand)
    if estimand and fact.unit and fact.unit != estimand.unit:
        if "factors" in tables.unread or any(joins(f, fact.unit, estimand.unit) for f in tables.each(m.Factor)):
            return
        what = f'"{fact.unit}" is not the unit of estimand {estimand.id}, which is "{estimand.unit}"'
        do = "Give the claim in that unit, add a factor that converts it (factors.csv), or use another estimand"
        tables.report(fact, "unit", what, why="No factor of this case converts one into the other", do=do)
