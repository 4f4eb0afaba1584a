"""Rules that compare a row with its own sentence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from counterpact.case.model import Fact
from counterpact.picture.checks.desk import Desk, near
from counterpact.picture.checks.text import Mention, mentions, word_numbers, years
from counterpact.picture.evidence import conversions, span, stated_interval
from counterpact.picture.result import Check
from counterpact.quantity import format_number

POWERS = (-6, -3, -2, -1, 1, 2, 3, 6)
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}


def _said(value: float, found: tuple[Mention, ...], words: list[float]) -> bool:
    numbers = [m.value for m in found]
    sums = [sum(some) for size in (2, 3) for some in combinations(numbers[:8], size)]
    shares = [v / 100 for v in numbers]
    return any(near(v, abs(value)) for v in (*numbers, *sums, *shares)) or any(near(w, abs(value), 0.01) for w in words)


def numbers(desk: Desk) -> Iterator[Check]:
    """The row's number is a power of ten away from the number in its sentence."""
    for fact in desk.case.standing_facts():
        if stated_interval(fact) is None:
            continue
        found, words = mentions(fact.statement), word_numbers(fact.statement)
        for value in dict.fromkeys(v for v in (fact.low, fact.high) if v):
            if _said(value, found, words):
                continue
            slip = next((m for m in found for p in POWERS if near(m.value * 10.0**p, abs(value), 0.002)), None)
            if slip is not None and slip.value > 2 and slip.value not in (10.0, 100.0):
                ratio = abs(value) / slip.value
                size = f"{ratio:,.0f} times" if ratio > 1 else f"1/{1 / ratio:,.0f} of"
                text = f"The row says {format_number(value)}, {size} the {format_number(slip.value)} in its sentence."
                yield Check("text-number", "error", (fact.id,), fact.estimand, text)
                break


def _stems(unit: str) -> set[str]:
    names = {"tonne": {"t", "tonne", "ton"}, "USD": {"dollar", "usd"}, "EUR": {"euro", "eur"}}
    return names.get(unit, {unit.lower()})


def _stem(word: str) -> str:
    word = word.lower()
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def unit_words(desk: Desk) -> Iterator[Check]:
    """The sentence gives the number in another unit than the row."""
    known = {stem: unit for unit in desk.case.head.units if " " not in unit for stem in _stems(unit)}
    for fact in desk.case.standing_facts():
        if fact.low is None or not fact.unit:
            continue
        own = next((m for m in mentions(fact.statement) if near(m.value, fact.low)), None)
        if own is None:
            continue
        said = _unit_said(own, known)
        if not said or said == fact.unit or _same_family(said, fact):
            continue
        if own.currency or conversions(desk.case, said, fact.unit):
            text = f'The row counts in "{fact.unit}"; its sentence gives {format_number(own.value)} {said}.'
            yield Check("text-unit", "error", (fact.id,), fact.estimand, text)


def _unit_said(mention: Mention, known: dict[str, str]) -> str:
    if mention.currency:
        return _SIGNS.get(mention.currency, "")
    word = _stem(mention.after[0]) if mention.after else ""
    return known.get(word, "")


def _same_family(said: str, fact: Fact) -> bool:
    """`USD/month` for `$800`, `barrel/day` for `barrels`: the sentence names the unit's first word."""
    return fact.unit.replace("/", " ").split(" ")[0].lower() == said.lower() or said.lower() in fact.unit.lower()


def named_years(desk: Desk) -> Iterator[Check]:
    """The sentence names years, and none of them is in the row's period."""
    for fact in desk.case.standing_facts():
        when, named = span(fact, desk.case), years(fact.statement)
        if when is None or not named or fact.period is None or stated_interval(fact) is None:
            continue
        last = 9999 if fact.period.open_end else fact.period.last.year
        if not any(when[0].year <= y <= last for y in named):
            spoken = ", ".join(map(str, sorted(set(named))))
            text = f"The row is about {fact.period}; its sentence speaks of {spoken}."
            yield Check("text-year", "warning", (fact.id,), fact.estimand, text)
