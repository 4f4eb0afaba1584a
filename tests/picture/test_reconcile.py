"""The reconciliation against small cases whose answer is known by hand."""

from __future__ import annotations

import pytest

from counterpact.picture.build import build_picture
from counterpact.picture.result import ConflictKind
from tests.picture.cases import channel, estimand, fact, make


def picture(**tables):
    return build_picture(make(**tables), draws=40)


def ends(bound):
    return bound.union.low, bound.union.high


def test_what_arrives_in_a_transit_place_leaves_it_within_the_year():
    found = picture(
        channels=[channel("in", "x", "y"), channel("out", "y", "z"), channel("other", "y", "w", 5)],
        estimands=[estimand("e", "in")],
        facts=[fact("f", "e", 20, 30)],
    )
    assert ends(found.channel_bounds["out"]) == (15, 30)
    assert ends(found.channel_bounds["other"]) == (0, 5)
    assert found.channel_bounds["out"].from_evidence


def test_a_cumulative_fact_is_not_spread_over_its_years():
    tables = {
        "channels": [channel("c", "x", "y")],
        "estimands": [estimand("e", "c", "cumulative")],
        "facts": [fact("f", "e", 60, 60, "2023/2024")],
    }
    assert ends(picture(**tables).channel_bounds["c"]) == (0, 60)


def test_cumulative_claims_can_only_grow():
    found = picture(
        channels=[channel("c", "x", "y")],
        estimands=[estimand("e", "c", "cumulative")],
        facts=[
            fact("early", "e", 16.5, None, "2023-09/2024-09", bound="at least"),
            fact("late", "e", 15.8, 16, "2023-09/2025-03"),
        ],
    )
    (conflict,) = found.contradictions
    assert conflict.kind is ConflictKind.CONFLICT
    assert set(conflict.facts) == {"early", "late"}
    assert conflict.verified
    assert conflict.adjustments["early"] == pytest.approx(0.5, abs=1e-3)


def test_nested_periods_that_grow_are_no_contradiction():
    found = picture(
        channels=[channel("c", "x", "y")],
        estimands=[estimand("e", "c", "cumulative")],
        facts=[fact("a", "e", 5, 5, "2023/2023"), fact("b", "e", 7, 7, "2023/2024-02")],
    )
    assert found.contradictions == ()
    assert ends(found.channel_bounds["c"]) == (2, 100)


def test_plans_denials_and_corrected_facts_bind_nothing():
    found = picture(
        channels=[channel("c", "x", "y")],
        estimands=[estimand("e", "c")],
        facts=[
            fact("plan", "e", 90, 90, claim="plan"),
            fact("old", "e", 1, 1),
            fact("new", "e", 10, 20, corrects="old"),
            fact("no", "e", 0, 0, claim="denial"),
        ],
    )
    assert ends(found.channel_bounds["c"]) == (10, 20)
    assert set(found.unbound_facts) == {"plan", "old", "no"}
    assert [set(c.facts) for c in found.contradictions] == [{"new", "no"}]


def test_facts_with_another_definition_do_not_bind_and_are_another_kind():
    found = picture(
        channels=[channel("c", "x", "y")],
        estimands=[estimand("e", "c")],
        facts=[fact("seen", "e", 10, 20), fact("told", "e", 3, 3, definition="reported to the UN")],
    )
    assert ends(found.channel_bounds["c"]) == (10, 20)
    assert [c.kind for c in found.contradictions] == [ConflictKind.DEFINITIONS]


def test_less_reported_than_seen_is_told_with_the_pace_it_would_need():
    found = picture(
        channels=[channel("c", "x", "y"), channel("d", "u", "y")],
        estimands=[estimand("seen", "c"), estimand("told", "c d")],
        facts=[
            fact("s", "seen", 60, None, "2024-03/2024-11", bound="at least"),
            fact("t", "told", 10, 10, "2024-01/2024-08", definition="as reported"),
        ],
    )
    (pair,) = found.contradictions
    assert pair.kind is ConflictKind.DEFINITIONS
    assert set(pair.facts) == {"s", "t"}
    assert "13 times faster" in pair.explanation  # (50 in 91 days) against (10 in 244 days)


def test_levels_at_different_moments_are_different_periods_not_a_conflict():
    found = picture(
        estimands=[estimand("workers", kind="stock")],
        facts=[
            fact("a", "workers", 4, 4, "2024-11"),
            fact("b", "workers", 15, 15, "2024/2025-05"),
            fact("c", "workers", 8, 8, "2025-02"),
            fact("d", "workers", 11, 11, "2025-02"),
        ],
    )
    kinds = {frozenset(c.facts): c.kind for c in found.contradictions}
    assert kinds[frozenset("cd")] is ConflictKind.CONFLICT
    assert kinds[frozenset("ab")] is ConflictKind.PERIODS
    assert frozenset("ac") not in kinds


def test_a_fact_overrules_an_assumed_ceiling_and_a_check_says_so():
    found = picture(
        channels=[channel("c", "x", "y", 10, facts="f")],
        estimands=[estimand("e", "c")],
        facts=[fact("f", "e", 15, 18)],
    )
    assert ends(found.channel_bounds["c"]) == (15, 18)
    assert "ceiling-overruled" in {c.rule for c in found.checks}
    assert found.contradictions == ()


def test_supply_limits_restrain_what_leaves():
    found = picture(
        channels=[channel("c", "x", "y"), channel("d", "x", "z")],
        limits=[{"id": "l", "place": "x", "good": "g", "role": "supply", "unit": "t", "low": 0, "high": 30}],
        estimands=[estimand("e", "c")],
        facts=[fact("f", "e", 25, 30)],
    )
    assert ends(found.channel_bounds["d"]) == (0, 5)


def factor_case(varies: bool):
    """Two channels whose values (5 to 10 per tonne) are known to be 10 and 100 for flows of 1 and 10 to 20."""
    return make(
        channels=[channel("c", "x", "y"), channel("d", "u", "v")],
        factors=[
            {"id": "k", "name": "value", "from_unit": "t", "to_unit": "USD", "low": 5, "high": 10, "varies": varies}
        ],
        estimands=[
            estimand("tc", "c"), estimand("td", "d"),
            estimand("vc", "c", factor="k") | {"unit": "USD"}, estimand("vd", "d", factor="k") | {"unit": "USD"},
        ],
        facts=[
            fact("t1", "tc", 1, 1), fact("v1", "vc", 10, 10, unit="USD"),
            fact("t2", "td", 10, 20), fact("v2", "vd", 100, 100, unit="USD"),
        ],
    )  # fmt: skip


def test_a_common_factor_learnt_on_one_channel_binds_the_other_a_varying_one_does_not():
    common = build_picture(factor_case(varies=False), draws=20)
    varying = build_picture(factor_case(varies=True), draws=20)
    assert ends(common.channel_bounds["d"]) == pytest.approx((10, 10), rel=1e-4)
    assert ends(varying.channel_bounds["d"]) == pytest.approx((10, 20), rel=1e-4)
    assert common.samples.factors["k"] == pytest.approx(10, rel=1e-4)


def test_the_same_input_gives_the_same_picture():
    case = factor_case(varies=True)
    a, b = build_picture(case, draws=30, seed=4), build_picture(case, draws=30, seed=4)
    assert (a.samples.flows == b.samples.flows).all()
    assert a.contradictions == b.contradictions
    assert a.worlds == b.worlds


def test_potential_channels_are_closed_in_the_status_quo_unless_a_fact_opens_them():
    found = picture(
        channels=[channel("p", "x", "y", status="potential"), channel("q", "u", "v", status="potential")],
        estimands=[estimand("e", "q")],
        facts=[fact("f", "e", 3, 4)],
    )
    assert ends(found.channel_bounds["p"]) == (0, 0)
    assert ends(found.channel_bounds["q"]) == (3, 4)
