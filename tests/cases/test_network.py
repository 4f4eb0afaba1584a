"""The network, levers and effects of the shipped case: what must hold whatever the evidence says."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from counterpact.case.case import Case
from counterpact.case.check import check_case
from counterpact.case.model import Channel
from counterpact.case.read import read_case
from counterpact.case.values import ActorKind, ChannelStatus, EffectKind, GoodKind, Lever
from counterpact.provenance import Basis

DOC = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "the-case.md"
LINE_SIZES = {1: 14, 2: 32, 3: 12, 4: 13, 5: 12, 6: 14, 7: 11}
STATUS_QUO: dict[str, tuple[str, float, str]] = {
    # fact: (channels whose sum it is about, share of a year that its period is, factor to the channels' unit)
    "M007": ("mu_rajin_vostochny mu_rajin_dunay mu_plants_khasan", 13 / 12, ""),
    "M031": ("ms_plants_ranges_air ms_plants_khasan", 1, ""),
    "M029": ("ar_plants_khasan", 1, ""),
    "P001": ("tr_military_vladivostok_sea tr_military_vladivostok_air tr_military_khasan", 1, ""),
    "L003": ("wk_labour_khasan wk_labour_vladivostok", 1, ""),
    "O003": ("oi_terminal_chongjin", 8 / 12, ""),
    "O012": ("oi_dalian_nampo", 1, ""),
    "O017": ("cr_dandong_fuel", 1, "barrels_per_tonne_crude"),
    "D008": ("du_hong_kong_russia", 5 / 12, ""),
    "D006": ("du_manzhouli_russia", 1 / 12, ""),
    "D015": ("nc_china_russia", 1, ""),
    "X001": ("ad_russia_air ad_russia_rail", 0.5, ""),
    "Y010": ("cy_theft", 1, ""),
    "Y028": ("hc_employers_platforms", 1, ""),
    "Q017": ("ro_baltic_india_shadow ro_baltic_india_g7 ro_black_sea_india", 1 / 365, ""),
    "C004": ("tc_rajin_china", 1, ""),
}
"""Main claims about years near the baseline; their lower ends must fit through the network together."""


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case("russia-dprk")


def _by_good(case: Case) -> dict[str, list[Channel]]:
    found: dict[str, list[Channel]] = defaultdict(list)
    for channel in case.channels.values():
        found[channel.good].append(channel)
    return found


def _family(case: Case, actor: str) -> set[str]:
    """An actor, what it is part of, and its members."""
    row = case.actors[actor]
    return {actor, *row.members} | ({row.part_of} if row.part_of else set())


def test_reads_without_problems(case: Case) -> None:
    assert check_case(case) == []


def test_all_collected_measures_keep_their_ids(case: Case) -> None:
    for line, size in LINE_SIZES.items():
        expected = [f"L{line}-{n:02d}" for n in range(1, size + 1)]
        assert [m for m in case.measures if re.fullmatch(rf"L{line}-\d\d", m)] == expected
    ours = [m for m in case.measures.values() if not re.fullmatch(r"L\d-\d\d", m.id)]
    assert len(case.measures) - len(ours) == 108
    assert all(m.level_of and "not one of the 108" in m.note for m in ours)


def test_one_unit_per_good_and_no_good_unused(case: Case) -> None:
    channels = _by_good(case)
    assert set(channels) == set(case.goods)
    for good, rows in channels.items():
        assert {c.unit for c in rows} == {case.goods[good].unit}


def test_channel_ends_are_places_with_coordinates_inside_a_state(case: Case) -> None:
    for channel in case.channels.values():
        for end in (channel.from_place, channel.to_place):
            place = case.actors[end]
            assert place.kind is ActorKind.PLACE, f"{channel.id}: {end}"
            assert place.latitude is not None, end
            assert place.longitude is not None, end
            assert "memory" in place.note, f"{end}: coordinates must say that they are from memory"
    assert case.state_of("rajin_port") == "dprk"
    assert case.state_of("tikhoretsk") == "russia"
    assert case.state_of("dandong") == "china"


def test_no_circular_flow_and_every_source_reaches_a_sink(case: Case) -> None:
    """A cycle would let an amount go round for ever and be counted at will."""
    for good, rows in _by_good(case).items():
        heads = {c.to_place for c in rows}
        order, left = [], list(rows)
        while left:
            waiting = {c.to_place for c in left}
            ready = [c for c in left if c.from_place not in waiting]
            assert ready, f"{good} runs in a circle: {[c.id for c in left]}"
            order += ready
            left = [c for c in left if c not in ready]
        sources = {c.from_place for c in rows} - heads
        assert sources, f"{good} comes from nowhere"


def test_capacities_are_finite_ordered_and_explained(case: Case) -> None:
    for c in case.channels.values():
        assert math.isfinite(c.capacity_high)
        assert 0 < c.capacity_low <= c.capacity_high, c.id
        assert c.note, f"{c.id} does not say how its capacity was set"
        assert c.jurisdictions, c.id


def test_potential_channels_cost_time_and_money_and_open_within_a_year(case: Case) -> None:
    potential = [c for c in case.channels.values() if c.status is ChannelStatus.POTENTIAL]
    assert len(potential) >= 8
    for c in potential:
        assert c.opening_cost > 0, c.id
        assert 0 < c.opening_lag_months <= 12, c.id
        assert not c.since, c.id


def test_assumed_intervals_say_how_they_were_set(case: Case) -> None:
    rows = (case.factors, case.limits, case.purses, case.needs, case.effect_families)
    for table in rows:
        for row in table.values():
            assert row.note, f"{type(row).table}: {row.id}"
            if row.basis is Basis.FACT:
                assert row.facts, f"{row.id} rests on facts but names none"


def test_objectives_cover_what_the_case_is_about(case: Case) -> None:
    assert len(case.objectives) >= 6
    fed = {t.objective for t in case.objective_terms.values()}
    assert fed == set(case.objectives)
    assert {"munitions", "people", "hard_currency", "technology", "energy", "dual_use"} <= fed
    assert all("ormaliser" in o.note for o in case.objectives.values())


def test_no_objective_counts_an_amount_twice(case: Case) -> None:
    """Two terms of one objective must not lie one behind the other on a chain."""
    for objective in case.objectives:
        terms = {t.channel for t in case.objective_terms.values() if t.objective == objective}
        for channel in terms:
            reached, frontier = set(), {case.channels[channel].to_place}
            good = case.channels[channel].good
            while frontier:
                after = {c for c in case.channels.values() if c.good == good and c.from_place in frontier}
                reached |= {c.id for c in after}
                frontier = {c.to_place for c in after} - {c.from_place for c in after if c.id in terms}
                assert not reached & terms, f"{objective}: {channel} and {reached & terms}"


def test_every_choice_does_something(case: Case) -> None:
    acting = {e.measure for e in case.effects.values()}
    idle = [m.id for m in case.measures.values() if m.lever is not Lever.NONE and m.id not in acting and not m.serves]
    assert idle == []


def test_assumed_effects_are_never_tuned(case: Case) -> None:
    for effect in case.effects.values():
        if effect.basis is Basis.ASSUMPTION:
            assert effect.low is None, effect.id
            assert effect.high is None, effect.id
        else:
            assert effect.facts, effect.id
            assert effect.note, effect.id
    assert sum(e.basis is Basis.OBSERVED for e in case.effects.values()) >= 3


def test_costs_follow_one_rule_per_kind_of_measure(case: Case) -> None:
    by_rule: dict[str, set[tuple[float, ...]]] = defaultdict(set)
    for m in case.measures.values():
        rule = re.search(r"Costs by rule: ([^.]+)\.", m.note)
        assert rule, m.id
        assert m.cost_basis is Basis.ASSUMPTION
        by_rule[rule[1]].add(
            (m.lead_months_low, m.lead_months_high, m.money_low, m.money_high, m.political, m.civilian_harm,
             m.escalation)
        )  # fmt: skip
    assert all(len(costs) == 1 for costs in by_rule.values())
    assert len(by_rule) < len(case.measures) / 2


def test_those_who_act_could_act_on_the_channel(case: Case) -> None:
    """A block or loss needs somebody among the acting who has a hand on the channel."""
    for effect in case.effects.values():
        if effect.family in ("support", "civil_caution"):
            continue
        who = set().union(*(_family(case, a) for a in case.measures[effect.measure].who))
        for channel in effect.channels:
            hands = set().union(*(_family(case, a) for a in case.channels[channel].jurisdictions))
            assert who & hands, f"{effect.id} on {channel}"


def test_civil_channels_are_only_touched_as_harm(case: Case) -> None:
    civil = {c.id for c in case.channels.values() if case.goods[c.good].kind is GoodKind.CIVILIAN}
    for effect in case.effects.values():
        if civil & set(effect.channels):
            assert effect.family == "civil_caution", effect.id
    harming = {e.measure for e in case.effects.values() if e.family == "civil_caution"}
    assert all(case.measures[m].civilian_harm > 0 for m in harming)


def test_the_rail_crossing_stays_out_of_reach(case: Case) -> None:
    """The honest loophole: no state outside the alliance has a hand on it, and no effect pretends to."""
    touched = {
        channel for e in case.effects.values() if case.effect_kind(e) is not EffectKind.ENABLE for channel in e.channels
    }
    for channel in ("mu_plants_khasan", "mu_khasan_depots", "ar_plants_khasan", "oi_refiners_fuel_rail"):
        assert {case.state_of(a) for a in case.channels[channel].jurisdictions} <= {"russia", "dprk"}
        assert channel not in touched


def test_measures_of_a_member_of_the_alliance_are_marked(case: Case) -> None:
    for m in case.measures.values():
        if m.lever is not Lever.NONE and not m.who_needed and set(m.who) & set(case.head.alliance):
            assert m.serves, f"{m.id} needs {m.who} and has no use in the model"


def _status_quo(case: Case) -> tuple[list[list[float]], list[float]]:
    """Rows of A x ≤ b: conservation, supply limits, lower ends of the main claims (all for one year)."""
    index = {c: i for i, c in enumerate(case.channels)}
    rows: list[list[float]] = []
    right: list[float] = []

    def add(terms: dict[str, float], limit: float) -> None:
        row = np.zeros(len(index))
        for channel, value in terms.items():
            row[index[channel]] += value
        rows.append(list(row))
        right.append(limit)

    for good in case.goods:
        chans = [c for c in case.channels.values() if c.good == good]
        for place in {c.from_place for c in chans} & {c.to_place for c in chans}:
            terms = {c.id: 1.0 for c in chans if c.to_place == place}
            terms |= {c.id: -1.0 for c in chans if c.from_place == place}
            add(terms, 0.0)
            add({k: -v for k, v in terms.items()}, 0.0)
    for limit in case.limits.values():
        end = "from_place" if limit.role == "supply" else "to_place"
        chans = [c for c in case.channels.values() if c.good == limit.good and getattr(c, end) == limit.place]
        assert limit.high is not None
        add({c.id: 1.0 for c in chans}, limit.high)
    for fact_id, (channels, share, factor) in STATUS_QUO.items():
        fact = case.facts[fact_id]
        assert fact.low is not None, fact_id
        per_unit = case.factors[factor].low if factor else 1.0
        assert per_unit is not None
        add(dict.fromkeys(channels.split(), -1.0), -fact.low * per_unit / share)
    return rows, right


def test_the_status_quo_fits_through_the_network(case: Case) -> None:
    rows, right = _status_quo(case)
    size = np.array([c.capacity_high for c in case.channels.values()])
    bounds = [(0, 0 if c.status is ChannelStatus.POTENTIAL else 1) for c in case.channels.values()]
    A, b = np.array(rows) * size, np.array(right)
    row_size = np.abs(A).max(axis=1)
    answer = linprog(np.zeros(len(size)), A_ub=A / row_size[:, None], b_ub=b / row_size, bounds=bounds)
    assert answer.status == 0, answer.message


def test_a_closed_sea_route_can_be_made_up_by_rail(case: Case) -> None:
    """Spare capacity: with the ships stopped, rail alone could carry the flow that was seen (N2_S001)."""
    seen = case.facts["M007"].low
    assert seen is not None
    assert case.channels["mu_plants_khasan"].capacity_high >= seen * 12 / 13


def test_the_page_about_the_case_tells_every_family_and_objective(case: Case) -> None:
    text = DOC.read_text(encoding="utf-8")
    for family in case.effect_families.values():
        assert f"| {family.name} | {family.kind} | {family.low:g}–{family.high:g} |" in text, family.id
    rules = {re.search(r"Costs by rule: ([^.]+)\.", m.note)[1] for m in case.measures.values()}  # type: ignore[index]
    for rule in rules:
        assert f"| {rule} |" in text
