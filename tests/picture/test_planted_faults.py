"""Faults planted in the shipped case: does the fault-finder see them, and does it cry wolf?

200 faults, ten at a time in different estimands, from two seeds: the rules were looked at with the first (train),
the second (test) only counts. A fault counts as *revealable by arithmetic* if the clean case holds something to
compare the figure with:

- ×1000: another source's figure of the same estimand, definition and time; or the number in the row's own sentence;
- swapped unit: the same, or no factor between the new unit and the estimand's;
- broken sum: the parts of a whole then exceed it by more than the rounding of both;
- copied origin: always (the copy stands beside the original);
- shifted year: a source dated before the new period's end, a year in the sentence, or a rival of that time.

Found = a check that the clean case does not have names the fact. A new check that names neither the fact nor its
estimand is a false alarm.
"""

from __future__ import annotations

import random
from types import MappingProxyType

import pytest

from counterpact.case.case import Case
from counterpact.case.model import Fact
from counterpact.case.read import read_case
from counterpact.case.values import Claim
from counterpact.picture.checks import run_checks
from counterpact.picture.checks.desk import Desk, near
from counterpact.picture.checks.text import mentions, years
from counterpact.picture.evidence import stated_interval
from counterpact.quantity import Period

SWAPS = {"USD": "EUR", "EUR": "USD", "tonne": "barrel", "barrel": "tonne", "container": "round", "round": "container",
         "missile": "tonne", "person": "USD", "barrel/day": "barrel"}  # fmt: skip
KINDS = ("×1000", "unit", "sum", "copy", "year")


@pytest.fixture(scope="module")
def clean() -> Case:
    return read_case("russia-dprk")


def changed(case: Case, planted: list[Fact]) -> Case:
    """The case with these facts replaced or added."""
    facts = dict(case.facts) | {fact.id: fact for fact in planted}
    return Case(case.head, MappingProxyType({**case.rows, "facts": MappingProxyType(facts)}), "planted")


def numeric(case: Case) -> list[Fact]:
    return [
        f
        for f in case.standing_facts()
        if stated_interval(f) and f.low and f.low == f.high and f.claim is Claim.ACTUAL and f.period
        and f.estimand and not f.period.open_end
    ]  # fmt: skip


def has_rival(desk: Desk, fact: Fact) -> bool:
    group = desk.groups.get(fact.estimand, ())
    mine = next((e for e in group if e.id == fact.id), None)
    return mine is not None and any(
        o.fact.source != fact.source and o.months == mine.months and o.definition == mine.definition for o in group
    )


def said(fact: Fact) -> bool:
    return any(
        m.value > 2 and m.value not in (10, 100) and near(m.value, fact.low or 0) for m in mentions(fact.statement)
    )


def moved(period: Period, years_: int) -> Period:
    def shift(day: str) -> str:
        return f"{int(day[:4]) + years_}{day[4:]}" if day else day

    return Period(shift(period.start).replace("-02-29", "-02-28"), shift(period.end).replace("-02-29", "-02-28"))


def whole_sums(case: Case) -> list[tuple[Fact, list[Fact]]]:
    """Wholes with exact parts that add up in the clean case."""
    parts: dict[str, list[Fact]] = {}
    for f in case.standing_facts():
        if f.part_of and f.low is not None and f.low == f.high:
            parts.setdefault(f.part_of, []).append(f)
    found = []
    for name, members in parts.items():
        whole = case.facts[name]
        same = [m for m in members if m.unit == whole.unit and m.period == whole.period]
        if len(same) > 1 and whole.low and near(sum(m.low or 0 for m in same), whole.low, 1e-4):
            found.append((whole, same))
    return found


def plant(case: Case, desk: Desk, kind: str, rng: random.Random) -> tuple[Fact, bool] | None:
    """A planted fact and whether arithmetic can reveal it; None if this kind cannot be planted."""
    if kind == "sum":
        wholes = whole_sums(case)
        if not wholes:
            return None
        whole, members = rng.choice(wholes)
        part = rng.choice(members)
        value = (part.low or 0) * rng.choice((1.03, 1.05, 1.2, 1.5))
        planted = part.model_copy(update={"low": value, "high": value})
        least = sum((stated_interval(planted if m is part else m) or (0.0, 0.0))[0] for m in members)
        return planted, least > (stated_interval(whole) or (0.0, 0.0))[1]  # beyond the rounding of both
    fact = rng.choice(numeric(case))
    if kind == "×1000":
        by = rng.choice((1000.0, 0.001))
        value = (fact.low or 0) * by
        return fact.model_copy(update={"low": value, "high": value}), has_rival(desk, fact) or said(fact)
    if kind == "unit":
        if fact.unit not in SWAPS:
            return None
        return fact.model_copy(update={"unit": SWAPS[fact.unit]}), True
    if kind == "copy":
        return fact.model_copy(update={"id": f"{fact.id}-copy", "origin": "another witness"}), True
    assert fact.period is not None
    step = rng.choice((-1, 1))
    period = moved(fact.period, step)
    source = case.sources[fact.source]
    late = bool(source.date) and period.first > Period(source.date).last
    named = years(fact.statement)
    told = bool(named) and not any(y in period.years for y in named)
    return fact.model_copy(update={"period": period}), late or told


def draw(clean: Case, desk: Desk, kinds: list[str], rng: random.Random) -> list[tuple[str, Fact, bool]]:
    """One fault of each kind asked for, in different estimands."""
    found: list[tuple[str, Fact, bool]] = []
    tries = 0
    while len(found) < len(kinds):
        kind = kinds[len(found)] if tries < 50 else "copy"  # few wholes have parts: then a copy
        tries += 1
        planted = plant(clean, desk, kind, rng)
        if planted is None or planted[0].estimand in {f.estimand for _, f, _ in found}:
            continue
        found.append((kind, *planted))
        tries = 0
    return found


def run(clean: Case, seed: int, batches: int) -> dict[str, list[tuple[bool, bool]]]:
    """Per kind: (revealable, found) of each fault; plus `false`: one entry per false alarm. Ten faults a batch."""
    rng = random.Random(seed)
    desk = Desk.of(clean, ())
    before = set(run_checks(clean))
    result: dict[str, list[tuple[bool, bool]]] = {k: [] for k in (*KINDS, "false")}
    for _ in range(batches):
        planted = draw(clean, desk, [*KINDS, *KINDS], rng)
        new = set(run_checks(changed(clean, [fact for _, fact, _ in planted]))) - before
        touched: set[str] = set()
        for kind, fact, revealable in planted:
            names = {fact.id, fact.id.removesuffix("-copy"), fact.part_of} - {""}
            touched |= names
            result[kind].append((revealable, any(names & set(c.facts) for c in new)))
        estimands = {fact.estimand for _, fact, _ in planted}
        result["false"] += [
            (False, False)
            for c in new
            if c.severity != "note" and not touched & set(c.facts) and c.estimand not in estimands
        ]
    return result


def tell(name: str, result: dict[str, list[tuple[bool, bool]]]) -> float:
    revealable = [found for k in KINDS for can, found in result[k] if can]
    every = [found for k in KINDS for _, found in result[k]]
    recall = sum(revealable) / len(revealable)
    of_all = sum(every) / len(every)
    print(f"\n{name}: {len(every)} faults, {len(revealable)} revealable; recall {recall:.3f}, of all {of_all:.3f}")
    print(f"  false alarms {len(result['false'])}")
    for k in KINDS:
        can = [f for c, f in result[k] if c]
        print(f"  {k:6} {len(result[k]):3} planted, {len(can):3} revealable, {sum(can):3} of these found")
    return recall


def test_planted_faults_are_found(clean: Case) -> None:
    train, test = run(clean, 1, 10), run(clean, 2, 10)
    tell("train", train)
    assert tell("test", test) >= 0.9
    assert len(test["false"]) <= 10
