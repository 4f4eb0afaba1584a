from __future__ import annotations

import itertools
from datetime import date

import numpy as np
import pytest

from counterpact.case import model as m
from counterpact.case.values import Line
from counterpact.lines.contract import Assessment, LineInputs, ParticipationDraw
from counterpact.provenance import Basis, Citation
from counterpact.strategy.compiling import participation
from counterpact.strategy.compiling.compile import compile_case
from counterpact.strategy.compiling.levers import complete
from counterpact.strategy.solving.guard import open_share
from counterpact.strategy.solving.package import Request, design
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from tests.strategy.small_case import case, channel, measure, picture

CITE = Citation(reason="test", facts=(), basis=Basis.ASSUMPTION)
CHANCES = {"blue": (0.3, 0.7), "green": (0.2, 0.9), "grey": (0.1, 0.5)}


def assessed(chances=CHANCES):
    draws = tuple(ParticipationDraw(a, low, high, CITE) for a, (low, high) in chances.items())
    line = Line.DIPLOMACY
    return {line: Assessment(line, "", date(2025, 1, 1), "small", (), (), LineInputs(participation=draws))}


def built(needed=1):
    return case(
        [
            channel("x", "a", "c", 50, capacity_high=90, jurisdictions=("blue", "green")),
            channel("y", "a", "b", 40, capacity_high=90, jurisdictions=("grey",)),
            channel("z", "b", "c", 40, capacity_high=90),
            channel("f", "d", "people", 90, good="food", jurisdictions=("blue", "green")),
        ],
        [
            measure("s1", money_high=4, who=("blue", "green", "grey"), who_needed=needed),
            measure("d1", money_high=2, who=("blue", "grey"), who_needed=1),
            measure("t1", money_high=2, who=("green",)),
        ],
        [
            ("s1", "block", 0.5, 0.9, ("x",)),
            ("s1", "block", 0.2, 0.6, ("f",)),
            ("d1", "deter by loss", 0.3, 0.7, ("y",)),
            ("t1", "block", 0.4, 0.8, ("z",)),
        ],
        harm={"p": ("x", "z")},
        limits=[m.Limit(id="s", place="a", good="arms", role="supply", unit="t", low=100, high=150)],
        needs=[m.CivilianNeed(id="n", place="people", good="food", unit="t", low=10, high=20)],
    )


def both(monkeypatch, needed=1, rare=0.0, scenarios=24, negligible=0.0):
    monkeypatch.setattr(participation, "RARE", rare)
    monkeypatch.setattr(participation, "NEGLIGIBLE", negligible)
    of = built(needed)
    return [
        compile_case(of, picture(of, [{"x": 30, "y": 20, "z": 20, "f": 60}]), assessed(), scenarios=scenarios, **more)
        for more in ({}, {"participation": False})
    ]


def settings(compiled):
    """Every whole leader vector that keeps the rows of the case."""
    base = compiled.plain_leader
    for bits in itertools.product((0.0, 1.0), repeat=len(base.names)):
        z = np.array(bits)
        if np.all(base.B @ z <= base.row_upper + 1e-9):
            yield z


def omega(compiled):
    return {a: np.array([s.values.get(f"joins:{a}", 1.0) > 0.5 for s in compiled.instance.scenarios]) for a in CHANCES}


JURISDICTION = {"s1": ("blue", "green"), "d1": ("grey",), "t1": ("green",)}  # of the one channel of harm each acts on


@pytest.mark.parametrize("needed", [1, 2, 3])
def test_a_measure_works_where_somebody_able_takes_part_and_nowhere_else(monkeypatch, needed):
    with_draws, plain = both(monkeypatch, needed)
    oracle, other = Oracle(with_draws.instance), Oracle(plain.instance)
    there, levers = omega(with_draws), with_draws.levers
    assert set(levers.measure) == set(JURISDICTION)
    memory = {}
    for z in settings(with_draws):
        full = levers.settled(np.append(z, np.zeros(len(levers.enforcement))))
        values = oracle.values(full)
        for s in range(len(with_draws.instance.scenarios)):
            works = z.copy()
            for measure_id, able in JURISDICTION.items():
                acts = any(there[a][s] and z[levers.join[a]] > 0.5 for a in able)
                works[levers.measure[measure_id]] *= float(acts)
            key = works.tobytes()
            if key not in memory:
                memory[key] = other.values(works)
            assert values[s] == pytest.approx(memory[key][s], rel=1e-6)


@pytest.mark.parametrize("needed", [1, 2, 3])
def test_the_rows_leave_every_h_exactly_one_value(monkeypatch, needed):
    compiled, _ = both(monkeypatch, needed)
    leader, levers = compiled.instance.leader, compiled.levers
    assert levers.enforcement
    for z in settings(compiled):
        full = levers.settled(np.append(z, np.zeros(len(levers.enforcement))))
        assert np.all(leader.B @ full <= leader.row_upper + 1e-9)
        for h in levers.enforcement:
            for value in (0.0, 0.5, 1.0):
                if value != full[h.variable]:
                    wrong = full.copy()
                    wrong[h.variable] = value
                    assert np.any(leader.B @ wrong > leader.row_upper + 1e-9)


@pytest.mark.parametrize("negligible", [0.0, 0.3])
def test_merging_rare_patterns_only_adds_harm_and_closes_no_less_in_the_guard(monkeypatch, negligible):
    exact, _ = both(monkeypatch, 1, scenarios=30)
    merged, _ = both(monkeypatch, 1, rare=0.9, scenarios=30, negligible=negligible)
    assert 0 < len(merged.levers.enforcement) <= len(exact.levers.enforcement)
    one, two = Oracle(exact.instance), Oracle(merged.instance)
    for z in settings(exact):
        a = exact.levers.settled(np.append(z, np.zeros(len(exact.levers.enforcement))))
        b = merged.levers.settled(np.append(z, np.zeros(len(merged.levers.enforcement))))
        assert np.all(two.values(b) >= one.values(a) - 1e-6)
        for s, t in zip(exact.instance.scenarios, merged.instance.scenarios, strict=True):
            assert np.all(open_share(t.civilian, b) <= open_share(s.civilian, a) + 1e-9)


def test_the_package_is_the_best_by_enumeration_with_uncertain_participation(monkeypatch):
    compiled, _ = both(monkeypatch, 2)
    instance, levers = compiled.instance, compiled.levers
    request = Request(risk=Risk("cvar", 0.8), budgets={"money": 6.0, "political": 9.0}, gap=0.0)
    found = design(instance, request)
    oracle, probability = Oracle(instance), np.array([s.probability for s in instance.scenarios])
    best = np.inf
    for z in settings(compiled):
        full = levers.settled(np.append(z, np.zeros(len(levers.enforcement))))
        cost = dict(zip(instance.leader.resources, instance.leader.cost @ full, strict=True))
        if cost["money"] <= 6.0 + 1e-9 and cost["political"] <= 9.0 + 1e-9:
            values = oracle.sweep(full).lower @ instance.weights
            best = min(best, request.risk.value(values, probability))
    assert found.upper_bound == pytest.approx(best, rel=1e-5)
    assert np.allclose(found.z, levers.settled(found.z), atol=1e-6)


def test_who_takes_part_follows_the_interval_and_the_corners_its_ends(monkeypatch):
    of = built()
    compiled = compile_case(of, picture(of, [{"x": 30}]), assessed(), scenarios=1004)
    there, corners = omega(compiled), compiled.drawn.draws.corners
    for actor, (low, high) in CHANCES.items():
        assert there[actor][:-corners].mean() == pytest.approx((low + high) / 2, abs=0.04)
    assert there["green"][-corners:].tolist() == [False, True, False, True]  # effects weak, strong, weak, strong
    assert there["grey"][-corners:].tolist() == [False, False, False, False]


def test_without_draws_nothing_changes(monkeypatch):
    of = built()
    seen = picture(of, [{"x": 30, "y": 20, "z": 20, "f": 60}])
    plain, asked = compile_case(of, seen, scenarios=24), compile_case(of, seen, assessed({}), scenarios=24)
    assert asked.instance.leader.names == plain.instance.leader.names == plain.plain_leader.names
    assert not plain.levers.enforcement


def test_asking_for_a_measure_brings_in_those_it_needs_and_its_h(monkeypatch):
    compiled, _ = both(monkeypatch, 1)
    z = complete(compiled.levers, ["s1"])
    assert all(z[compiled.levers.join[a]] == 1 for a in ("blue", "green", "grey"))
    hs = [h for h in compiled.levers.enforcement if h.measure == compiled.levers.measure["s1"]]
    assert hs
    assert all(z[h.variable] == 1 for h in hs)
