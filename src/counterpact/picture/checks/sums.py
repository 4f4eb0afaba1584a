"""Rules about parts, wholes and running totals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from counterpact.case.model import Fact
from counterpact.case.values import Bound, Claim
from counterpact.picture.checks.desk import Desk, near, tell
from counterpact.picture.checks.text import mentions, word_numbers
from counterpact.picture.evidence import ADDITIVE, rounding, stated_interval
from counterpact.picture.result import Check
from counterpact.quantity import format_number

NEARLY_WHOLE = 0.05
"""Parts that miss the whole by less than this share were meant to be all of it."""


def _single(fact: Fact) -> bool:
    return fact.low is not None and fact.low == fact.high


def _just_short(total: float, whole: Fact) -> bool:
    """True if parts miss the whole by little, yet by more than the whole's own rounding and a 20,000th."""
    low = whole.low or 0.0
    slack = max(rounding(low) if whole.bound is not Bound.BETWEEN else 0.0, low / 20_000)
    return (1 - NEARLY_WHOLE) * low <= total < low - slack


def parts_and_whole(desk: Desk) -> Iterator[Check]:
    """Parts (`part_of`) that add up to more than the whole, or almost but not quite to it."""
    parts: dict[str, list[Fact]] = {}
    for fact in desk.case.standing_facts():
        whole = desk.case.facts.get(fact.part_of)
        if whole is not None and whole.unit == fact.unit and stated_interval(fact) is not None:
            parts.setdefault(desk.case.corrected.get(whole.id, whole.id), []).append(fact)
    for name, members in parts.items():
        whole = desk.case.facts[name]
        stated = stated_interval(whole)
        if stated is None or any(m.period != whole.period and m.estimand == whole.estimand for m in members):
            members = [m for m in members if m.period == whole.period or m.estimand != whole.estimand]
        if stated is None or not members:
            continue
        ends = [stated_interval(m) or (0.0, 0.0) for m in members]
        low, high = sum(e[0] for e in ends), sum(e[1] for e in ends)
        facts = (whole.id, *(m.id for m in members))
        total = " + ".join(format_number(m.low or 0.0) for m in members)
        if low > stated[1] * (1 + 1e-9):
            said = format_number(whole.high or 0)
            text = f"The parts ({total} = {format_number(low)}) are more than the whole ({said})."
            yield Check("part-sum", "error", facts, whole.estimand, text)
        elif len(members) > 1 and _just_short(high, whole):
            added = sum(m.low or 0.0 for m in members)
            said = format_number(whole.low or 0.0)
            text = f"The parts ({total}) add up to {format_number(added)}; the whole is given as {said}."
            yield Check("part-sum", "warning", facts, whole.estimand, text)


def parts_in_the_sentence(desk: Desk) -> Iterator[Check]:
    """A number that its own sentence does not say, while the numbers said add up nearly to it."""
    for fact in desk.case.standing_facts():
        if fact.low is None or fact.low <= 0:
            continue
        said = [m.value for m in mentions(fact.statement) if not m.percent and not m.currency]
        if len(said) < 2 or any(near(v, fact.low) or near(v, fact.high or v) for v in said):
            continue
        words = [w for w in word_numbers(fact.statement) if w >= 1]
        if any(near(sum(some), fact.low, 1e-9) for some in _gathered(said, words)):
            continue
        total = sum(said)
        if total != fact.low and near(total, fact.low, NEARLY_WHOLE):
            listed = " + ".join(format_number(v) for v in said)
            text = f"The sentence lists {listed} = {format_number(total)}; the figure is {format_number(fact.low)}."
            yield Check("part-sum", "warning", (fact.id,), fact.estimand, text)


def _gathered(said: list[float], words: list[float]) -> list[tuple[float, ...]]:
    """Every way to add two or more of the numbers said, with the written-out ones where they help."""
    numbers = [*said[:6], *words[:3]]
    return [some for size in range(2, len(numbers) + 1) for some in combinations(numbers, size)]


_ADDED = re.compile(r"(\d[\d,]*)\s+(?:\w+\s+){0,3}added|adds?\s+(\d[\d,]*)|added\s+(\d[\d,]*)", re.I)


def running_totals(desk: Desk) -> Iterator[Check]:
    """A level that says how much was added: the last level plus the addition must give it."""
    for group in desk.groups.values():
        if group[0].estimand.kind in ADDITIVE:
            continue
        actual = sorted(
            (e for e in group if e.fact.claim is Claim.ACTUAL and not e.fact.part_of), key=lambda e: (e.first, e.id)
        )
        for k, e in enumerate(actual):
            match = _ADDED.search(e.fact.statement)
            earlier = [o for o in actual[:k] if o.end <= e.first]
            if not match or not earlier or not _single(earlier[-1].fact):
                continue
            added = float(next(g for g in match.groups() if g).replace(",", ""))
            before = earlier[-1]
            total = before.low + added
            if e.low <= total <= e.high and e.low == e.high:
                continue
            said = tell(e)
            if total < e.low or total > e.high:
                sum_ = f"{format_number(before.low)} ({before.fact.period}) + {added:g} added"
                text = f"{sum_} = {format_number(total)}, not {said}."
            else:
                sum_ = f"{format_number(before.low)} + {added:g} added"
                text = f"{sum_} = {format_number(total)}; {said} leaves the total open."
            yield Check("running-total", "warning", (before.id, e.id), e.estimand.id, text)
