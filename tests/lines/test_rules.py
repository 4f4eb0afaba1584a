from __future__ import annotations

import math
from datetime import date

import pytest

from counterpact.case.model import Estimand
from counterpact.case.values import Line
from counterpact.lines.contract import EmptyRecord
from counterpact.lines.indicators import indicator
from counterpact.lines.room import Room
from counterpact.lines.rules import RULES
from counterpact.lines.settings import IndicatorSetting, LineSettings, RuleSetting
from counterpact.picture.result import Check, ConflictKind, Contradiction

from .small import AS_OF, case, fact, picture


def apply(rule: str, facts, *, estimands=(), seen=None, as_of: date = AS_OF, **setting):
    """Apply one rule to a case of these facts; every estimand is an indicator of the same name."""
    made = case(facts, estimands)
    seen = seen or picture()
    wishes = tuple(IndicatorSetting(id=name, name=name, estimand=name) for name in made.estimands)
    found = [indicator(made, seen, wish, as_of) for wish in wishes]
    room = Room(
        Line.SANCTIONS,
        made,
        seen,
        EmptyRecord(),
        as_of,
        LineSettings(question="?", indicators=wishes),
        {i.id: i for i in found if i},
    )
    return RULES[rule](room, RuleSetting(id="r", rule=rule, indicator="oil", subject="the oil", **setting))


CAP = [Estimand(id="cap", name="cap", kind="cap", unit="barrel")]


def cap(low: float, period: str = "2018/..") -> object:
    return fact("CAP", "cap", low, claim="rule", period=period)


def test_exceeds_gives_the_ratio_of_the_least_value_to_the_limit() -> None:
    found = apply("exceeds", [cap(500), fact("F", "oil", 1000, 1200)], estimands=CAP, against="cap")
    ratio = found.figures[-1].value
    assert (ratio.low, ratio.high) == (2.0, 2.4)
    assert set(found.facts) == {"F", "CAP"}
    assert "2 to 2.4 times the limit" in found.sentence


def test_exceeds_is_silent_while_the_interval_reaches_below_the_limit() -> None:
    assert apply("exceeds", [cap(500), fact("F", "oil", 400, 9000)], estimands=CAP, against="cap") is None


def test_exceeds_needs_a_limit_that_was_in_force_and_a_span_of_a_year_at_most() -> None:
    late = [cap(500, "2025/.."), fact("F", "oil", 1000)]
    assert apply("exceeds", late, estimands=CAP, against="cap") is None
    long = [cap(500), fact("F", "oil", 1000, period="2022/2025")]
    assert apply("exceeds", long, estimands=CAP, against="cap") is None


def test_exceeds_a_nil_limit_without_dividing_by_it() -> None:
    found = apply("exceeds", [cap(0), fact("F", "oil", 3)], estimands=CAP, against="cap")
    assert "although" in found.sentence
    assert all(math.isfinite(f.value.low) for f in found.figures)


def test_at_least_exceeds_with_an_open_ratio() -> None:
    found = apply("exceeds", [cap(500), fact("F", "oil", 1000, bound="at least")], estimands=CAP, against="cap")
    assert "at least 2 times" in found.sentence


@pytest.mark.parametrize(("before", "after", "word"), [(100, 151, "rose"), (151, 100, "fell")])
def test_trend_speaks_when_intervals_part(before: float, after: float, word: str) -> None:
    found = apply("trend", [fact("F1", "oil", before), fact("F2", "oil", after, period="2025")])
    assert f" {word} from {before}" in found.sentence
    change = abs(after / before - 1)
    assert found.figures[-1].value.low == pytest.approx(change, abs=0.006)


def test_trend_is_silent_when_intervals_touch() -> None:
    assert apply("trend", [fact("F1", "oil", 100, 160), fact("F2", "oil", 150, period="2025")]) is None


def test_trend_compares_periods_of_like_length_only() -> None:
    assert apply("trend", [fact("F1", "oil", 100), fact("F2", "oil", 60, period="2025-01/2025-03")]) is None


def test_trend_keeps_to_the_named_origin() -> None:
    facts = [
        fact("F1", "oil", 100, origin="A"),
        fact("X", "oil", 999, origin="B", period="2025"),
        fact("F2", "oil", 120, origin="A", period="2025"),
    ]
    assert set(apply("trend", facts, origin="A").facts) == {"F1", "F2"}


def test_silent_waits_for_its_months() -> None:
    last = [fact("F", "oil", 15, period="2024-01")]
    assert apply("silent", last, months=40) is None
    found = apply("silent", last, months=12)
    assert found.figures[1].value.low == 28  # end of January 2024 to the end of June 2026, whole months
    assert "not zero" in found.sentence


def test_rival_takes_the_widest_pair_and_averages_nothing() -> None:
    facts = [fact("A", "oil", 10, origin="A"), fact("B", "oil", 25, origin="B"), fact("C", "oil", 40, origin="C")]
    found = apply("rival", facts)
    assert set(found.facts) == {"A", "C"}
    assert found.figures[-1].value.low == 4.0
    assert "25" not in found.sentence


def test_rival_names_the_kind_that_reconciliation_found() -> None:
    clash = Contradiction(ConflictKind.DEFINITIONS, ("oil",), ("A", "B"), ("A", "B"), (), {}, True, "")
    facts = [fact("A", "oil", 10, origin="A"), fact("B", "oil", 25, origin="B")]
    assert "different definitions" in apply("rival", facts, seen=picture(contradictions=(clash,))).sentence


def test_old_withholds_a_current_value() -> None:
    found = apply("old", [fact("F", "oil", 5, period="2021")])
    assert "no current value" in found.sentence
    assert found.figures[1].value.low == pytest.approx(4.5, abs=0.06)
    assert apply("old", [fact("F", "oil", 5, period="2025")]) is None


def test_level_is_silent_on_an_old_value_and_shows_both_rivals_of_a_new_one() -> None:
    assert apply("level", [fact("F", "oil", 5, period="2020")]) is None
    facts = [fact("A", "oil", 8, period="2026-02"), fact("B", "oil", 11, period="2026-02", origin="B")]
    assert set(apply("level", facts).facts) == {"A", "B"}


def test_after_counts_from_the_day_the_duty_fell_due() -> None:
    duty = fact("DUTY", "", None, period="2019-12-22", claim="rule")
    found = apply("after", [duty, fact("F", "oil", 8, period="2024-11")], against="DUTY")
    assert "DUTY" in found.facts
    assert found.figures[-1].value.low == 4
    assert apply("after", [duty, fact("F", "oil", 8, period="2019-11")], against="DUTY") is None


def test_no_rule_builds_on_a_suspected_misprint() -> None:
    facts = [fact("A", "oil", 10, origin="A"), fact("B", "oil", 12, origin="B"), fact("X", "oil", 9000, origin="C")]
    assert set(apply("rival", facts).facts) == {"A", "X"}
    doubt = Check("misprint", "error", ("X",), "oil", "")
    assert set(apply("rival", facts, seen=picture(checks=(doubt,))).facts) == {"A", "B"}


def test_one_of_two_is_suspect_only_with_low_confidence() -> None:
    doubt = picture(checks=(Check("misprint", "error", ("A", "X"), "oil", ""),))
    good = [fact("A", "oil", 10, origin="A"), fact("X", "oil", 9000, origin="C")]
    assert set(apply("rival", good, seen=doubt).facts) == {"A", "X"}
    assert apply("rival", [good[0], fact("X", "oil", 9000, origin="C", confidence="low")], seen=doubt) is None
