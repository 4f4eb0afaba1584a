"""Ownership rules against the regimes' own published examples, brute force and hand-solved circles."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpact.errors import SourceError, UsageError
from counterpact.lines.sanctions.ownership.chain import chain, nearly
from counterpact.lines.sanctions.ownership.graph import Holdings, build
from counterpact.lines.sanctions.ownership.interest import interest
from counterpact.lines.sanctions.ownership.rules import regimes, rule
from counterpact.lines.sanctions.ownership.status import decide

TODAY = date(2026, 8, 20)


def holdings(*rows: tuple[object, ...]) -> Holdings:
    """(owner, asset, share or (low, high)[, kind[, joint]]) in per cent."""
    full = []
    for owner, asset, share, *more in rows:
        low, high = share if isinstance(share, tuple) else (share, share)
        full.append((owner, asset, more[0] if more else "shares", low, high, more[1] if len(more) > 1 else None))
    columns = {"owner": pl.String, "asset": pl.String, "kind": pl.String, "low": pl.Float64, "high": pl.Float64}
    return build(pl.DataFrame(full, columns | {"joint": pl.String}, orient="row"))


def word(entity: str, regime: str, listed: str, *rows: tuple[object, ...], day: date = TODAY) -> str:
    return decide(holdings(*rows), listed, rule(regime, day)).word(entity)


def test_ofac_faq_401_and_399() -> None:
    one = [("X", "A", 50), ("A", "B", 50)]
    two = [("X", "A", 50), ("X", "B", 50), ("A", "C", 25), ("B", "C", 25)]
    three = [("X", "A", 50), ("X", "B", 10), ("A", "B", 40)]
    assert word("B", "OFAC", "X", *one) == "blocked"
    assert word("C", "OFAC", "X", *two) == "blocked"
    assert word("B", "OFAC", "X", *three) == "blocked"
    # below the threshold a holding passes nothing on: 25 % of A, which owns half of B
    assert word("B", "OFAC", "X", ("X", "A", 25), ("X", "B", 25), ("A", "C", 50), ("B", "C", 50)) == "not"
    assert word("A", "OFAC", "XY", ("X", "A", 25), ("Y", "A", 25)) == "blocked"
    assert word("A", "OFAC", "XYZ", ("X", "A", 15), ("Y", "A", 15), ("Z", "A", 15)) == "not"
    assert word("A", "OFAC", "XY", ("X", "A", 25), ("Y", "A", 25), day=date(2014, 8, 12)) == "not"  # before aggregation


def test_the_regimes_part_ways() -> None:
    shared = [("X", "A", 30), ("Y", "A", 25)]
    assert [word("A", r, "XY", *shared) for r in ("OFAC", "EU", "UK")] == ["blocked", "blocked", "not"]
    half = [("X", "A", 50)]
    assert [word("A", r, "X", *half) for r in ("OFAC", "EU", "UK")] == ["blocked", "blocked", "not"]
    assert word("A", "EU", "X", *half, day=date(2024, 7, 2)) == "not"
    assert word("A", "EU", "X", *half, day=date(2024, 7, 3)) == "blocked"
    boss = [("X", "A", 0, "control")]
    assert [word("A", r, "X", *boss) for r in ("OFAC", "EU", "UK")] == ["not", "blocked", "blocked"]
    votes = [("X", "A", 60, "voting"), ("X", "A", 10)]
    assert [word("A", r, "X", *votes) for r in ("OFAC", "EU", "UK")] == ["not", "blocked", "blocked"]


def test_a_joint_arrangement_adds_up_in_the_uk_but_only_what_is_held_jointly() -> None:
    pact = [("X", "A", 30, "shares", "pact"), ("Y", "A", 25, "shares", "pact")]
    assert word("A", "UK", "XY", *pact) == "blocked"
    assert word("A", "UK", "X", *pact) == "not"
    assert word("B", "UK", "XY", *pact, ("X", "B", 30), ("Y", "B", 25)) == "not"


def test_what_is_said_twice_counts_once_and_rivals_become_a_band() -> None:
    assert word("A", "OFAC", "X", ("X", "A", 25), ("X", "A", 25)) == "not"
    assert word("A", "OFAC", "X", ("X", "A", 40), ("X", "A", 60)) == "possibly"


def test_bands_and_missing_shares_give_possibly_within_the_room_others_leave() -> None:
    assert word("A", "OFAC", "X", ("X", "A", (25, 75))) == "possibly"
    assert word("A", "OFAC", "X", ("X", "A", (None, None))) == "possibly"
    assert word("A", "OFAC", "X", ("X", "A", (None, None)), ("P", "A", 60)) == "not"
    assert word("B", "OFAC", "X", ("X", "A", (25, 75)), ("A", "B", 100)) == "possibly"
    # the rest is held by somebody who may himself be blocked: no room is lost to him
    rows = [("X", "P", (40, 60)), ("P", "A", 60), ("X", "A", (0, 40))]
    assert word("A", "OFAC", "X", *rows) == "possibly"


def test_shares_over_the_whole_are_doubted_and_said() -> None:
    graph = holdings(("X", "A", 60), ("Y", "A", 60))
    assert decide(graph, "X", rule("OFAC", TODAY)).word("A") == "possibly"
    assert "120%" in graph.notes[0]
    assert graph.overstated


def test_circles() -> None:
    circle = [("X", "A", 60), ("A", "B", 70), ("B", "C", 55), ("C", "A", 20)]
    assert [word(e, "OFAC", "X", *circle) for e in "ABC"] == ["blocked"] * 3
    island = [("A", "B", 100), ("B", "A", 100)]  # holds itself, nobody listed
    assert word("A", "OFAC", "X", *island, ("X", "Z", 1)) == "not"
    flow = interest(holdings(*circle), "X")
    a = 0.6 / (1 - 0.7 * 0.55 * 0.2)
    assert flow["A"] == pytest.approx((a, a))
    assert flow["C"] == pytest.approx((a * 0.7 * 0.55,) * 2)
    with pytest.raises(SourceError, match="belongs to nobody"):
        interest(holdings(*island, ("X", "A", 0)), "X")


def test_interest_is_another_question_than_the_rule() -> None:
    halves = [("X", "A", 50), ("A", "B", 50), ("B", "C", 50)]
    assert word("C", "OFAC", "X", *halves) == "blocked"
    assert interest(holdings(*halves), "X")["C"] == pytest.approx((0.125, 0.125))


def test_the_chain_names_what_decides() -> None:
    graph = holdings(("X", "A", 50), ("X", "B", 10), ("A", "B", 40), ("B", "C", 100))
    decision = decide(graph, ["X", "nobody"], rule("OFAC", TODAY))
    steps = chain(decision, "C")
    assert [s.entity for s in steps] == ["X", "A", "B", "C"]
    assert str(steps[2]) in ("B is held to 50 % (10 % of X + 40 % of A)", "B is held to 50 % (40 % of A + 10 % of X)")
    assert decision.ignored == ("nobody",)
    assert decision.counts == {"listed": 1, "not": 0, "possibly": 0, "blocked": 3}
    short = decide(holdings(("X", "A", 30)), "X", rule("OFAC", TODAY))
    assert chain(short, "A") == ()
    assert nearly(short, "A") == (("X", 0.3, 0.3),)


@pytest.mark.parametrize("share", [-1.0, 100.5])
def test_shares_outside_nought_to_hundred_name_their_row(share: float) -> None:
    with pytest.raises(SourceError, match=r"row 2, column \"share\""):
        holdings(("X", "A", share))


def test_self_holdings_are_left_out_and_unknown_rules_refused() -> None:
    assert "in itself" in holdings(("X", "X", 10), ("X", "A", 10)).notes[0]
    with pytest.raises(UsageError, match="Did you mean"):
        rule("OFACT", TODAY)
    with pytest.raises(UsageError, match="first is of 2018-05-04"):
        rule("EU", date(2010, 1, 1))


edges = st.lists(
    st.tuples(st.sampled_from("XYABCD"), st.sampled_from("ABCD"), st.sampled_from([10, 20, 25, 30, 50, 60])),
    max_size=10,
    unique_by=lambda e: e[:2],
)


@settings(max_examples=150, deadline=None)
@given(edges, st.sampled_from(["OFAC", "EU", "UK"]))
def test_the_least_fixed_point_by_brute_force(rows: list[tuple[str, str, int]], regime: str) -> None:
    """Iterate the rule's operator from the listed set on every entity until nothing changes."""
    rows = [r for r in rows if r[0] != r[1]]
    sums = {a: sum(s for _, b, s in rows if b == a) for a in "ABCD"}
    rows = [r for r in rows if sums[r[1]] <= 100]
    if not rows:
        return
    law = rule(regime, TODAY)
    blocked: set[str] = set()
    for seeds in [{"X", "Y"}] if law.aggregate else [{"X"}, {"Y"}]:
        inside = set(seeds)
        while True:
            grown = inside | {a for a in "ABCD" if law.met(sum(s for o, b, s in rows if b == a and o in inside) / 100)}
            if grown == inside:
                break
            inside = grown
        blocked |= inside
    decision = decide(holdings(*rows), "XY", law)
    for name in decision.holdings.ids:
        assert (decision.word(name) == "blocked") == (name in blocked)


def test_every_regime_has_sources() -> None:
    assert set(regimes()) == {"OFAC", "EU", "UK"}
    for regime in regimes():
        assert rule(regime, TODAY).source
        assert rule(regime, TODAY).url.startswith("https://")
