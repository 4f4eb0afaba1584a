from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpact.case.model import Estimand, Factor
from counterpact.lines.figures import age_in_days, alike, in_unit, span, stale
from counterpact.lines.indicators import indicator
from counterpact.lines.settings import IndicatorSetting
from counterpact.picture.result import ConflictKind, Contradiction
from counterpact.quantity import Period, Quantity

from .small import AS_OF, case, fact, picture


def build(facts, estimands=(), tables=None, seen=None, **setting):
    made = case(facts, estimands, tables=tables)
    wish = IndicatorSetting(id="i", name="I", estimand="oil", **setting)
    return indicator(made, seen or picture(), wish, AS_OF)


def test_points_are_in_order_of_time_and_gaps_stay_gaps() -> None:
    found = build([fact("F3", "oil", 3, period="2025"), fact("F1", "oil", 1, period="2019"), fact("F2", "oil", 2)])
    assert [p.citation.facts for p in found.points] == [("F1",), ("F2",), ("F3",)]
    assert [str(p.value.period) for p in found.points] == ["2019", "2024", "2025"]


def test_rivals_need_another_origin_a_like_period_and_intervals_apart() -> None:
    facts = [
        fact("F1", "oil", 100, origin="A"),
        fact("F2", "oil", 900, origin="B"),
        fact("SAME", "oil", 900, origin="A"),
        fact("TOUCHES", "oil", 50, 120, origin="C"),
        fact("LATER", "oil", 900, origin="D", period="2025"),
    ]
    points = {p.citation.facts[0]: p for p in build(facts).points}
    assert points["F1"].rivals == ("F2",)
    assert set(points["F2"].rivals) == {"F1", "TOUCHES"}
    assert points["LATER"].rivals == ()


def test_at_least_is_no_rival_of_a_greater_value() -> None:
    points = build([fact("F1", "oil", 100, origin="A", bound="at least"), fact("F2", "oil", 900, origin="B")]).points
    assert all(p.rivals == () for p in points)


def test_what_reconciliation_found_counts_as_rival() -> None:
    clash = Contradiction(ConflictKind.CONFLICT, ("oil",), ("F1", "F2"), ("A", "B"), (), {}, True, "")
    found = build(
        [fact("F1", "oil", 1, origin="A"), fact("F2", "oil", 2, origin="A")], seen=picture(contradictions=(clash,))
    )
    assert [p.rivals for p in found.points] == [("F2",), ("F1",)]


def test_corrected_repeated_planned_and_denied_facts_make_no_point() -> None:
    facts = [
        fact("OLD", "oil", 1),
        fact("NEW", "oil", 2, corrects="OLD"),
        fact("ECHO", "oil", 2, repeats="NEW", origin="B"),
        fact("PLAN", "oil", 9, claim="plan"),
        fact("DENIED", "oil", 0, claim="denial"),
    ]
    assert [p.citation.facts for p in build(facts).points] == [("NEW",)]


def test_a_rule_is_a_point_where_nothing_is_said_of_what_happened() -> None:
    rule, seen = fact("R", "oil", 5, claim="rule"), fact("F", "oil", 7)
    assert [p.citation.facts for p in build([rule]).points] == [("R",)]
    assert [p.citation.facts for p in build([rule, seen]).points] == [("F",)]
    cap = [Estimand(id="oil", name="oil", kind="cap", unit="barrel")]
    assert {p.citation.facts for p in build([rule, seen], cap).points} == {("R",), ("F",)}


def test_a_part_is_no_point_beside_its_whole() -> None:
    whole, part = fact("W", "oil", 10), fact("P", "oil", 4, part_of="W", origin="B")
    assert [p.citation.facts for p in build([whole, part]).points] == [("W",)]
    assert [p.citation.facts for p in build([fact("P", "oil", 4, part_of="ELSEWHERE")]).points] == [("P",)]


def test_memory_is_marked() -> None:
    found = build([fact("F1", "oil", 1, reading="memory"), fact("F2", "oil", 1, reading="partly", period="2025")])
    assert [p.verified for p in found.points] == [False, False]


def test_a_missing_estimand_gives_no_indicator_and_no_zero() -> None:
    assert indicator(case(), picture(), IndicatorSetting(id="i", name="I", estimand="none"), AS_OF) is None
    empty = [Estimand(id="oil", name="oil", kind="flow", unit="barrel")]
    assert build([], empty) is None


@pytest.mark.parametrize(
    ("period", "limit", "old"),
    [
        ("2025", 200, False),
        ("2024", 200, True),
        ("2024", 0, False),
        ("2024/..", 200, False),
    ],
)
def test_staleness_counts_from_the_end_of_the_period(period: str, limit: int, old: bool) -> None:
    one = fact("F", "oil", 1, period=period)  # the page of an open end is of 2026-01-01, 180 days before
    assert bool(stale(case([one]), one, AS_OF, limit)) is old


def test_age_is_never_negative() -> None:
    one = fact("F", "oil", 1, period="2027")
    assert age_in_days(case([one]), one, AS_OF) == 0


def test_a_factor_of_the_case_brings_a_fact_into_the_unit_of_its_estimand() -> None:
    factor = Factor(id="f", name="barrels per tonne", from_unit="tonne", to_unit="barrel", low=7, high=8)
    made = case(tables={"factors": [factor]})
    assert in_unit(made, Quantity.exact(10, "tonne"), "barrel") == Quantity(70, 80, "barrel")
    assert in_unit(case(), Quantity.exact(10, "tonne"), "barrel") is None


months = st.integers(0, 120).map(lambda n: f"{2016 + n // 12}-{n % 12 + 1:02d}")


@given(months, months, months, months)
def test_alike_is_symmetric_and_holds_for_equal_periods(a: str, b: str, c: str, d: str) -> None:
    p, q = Period(min(a, b), max(a, b)), Period(min(c, d), max(c, d))
    day = date(2030, 1, 1)
    assert alike(p, p, day)
    assert alike(p, q, day) == alike(q, p, day)
    if not p.overlaps(q):
        assert not alike(p, q, day)


@given(st.integers(0, 20_000))
def test_span_speaks_for_any_age(days: int) -> None:
    assert span(days).split()[1].rstrip("s") in ("day", "month", "year")


def test_an_indicator_may_keep_to_one_definition() -> None:
    facts = [fact("F1", "oil", 1, definition="by sea"), fact("F2", "oil", 9, definition="by rail", origin="B")]
    (point,) = build(facts, definition="by sea").points
    assert point.citation.facts == ("F1",)
    assert point.rivals == ()
