"""Visits against enumeration, and what makes a state worth one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from counterpact.errors import UsageError
from counterpact.lines.diplomacy.engagement.order import Candidate, candidates, visits
from counterpact.lines.diplomacy.forecast.draft import Forecast as Forecasted
from counterpact.lines.diplomacy.forecast.draft import StateForecast
from counterpact.lines.diplomacy.whip.asking import Asked
from counterpact.lines.diplomacy.whip.count import Forecast, whip


def made(worths: list[float]) -> tuple[Candidate, ...]:
    return tuple(Candidate(f"S{i}", f"S{i}", 0.5, w, 1.0, w, "") for i, w in enumerate(worths))


@pytest.mark.parametrize("seed", range(12))
def test_the_best_visits_are_those_of_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 9
    worth, price = rng.random(n).round(3), rng.integers(1, 5, n)
    before = [(f"S{a}", f"S{b}") for a, b in rng.integers(0, n, (4, 2)) if a < b]
    budget = float(rng.integers(3, 12))
    best = 0.0
    for x in product((0, 1), repeat=n):
        if np.dot(x, price) <= budget and all(x[int(b[1:])] <= x[int(a[1:])] for a, b in before):
            best = max(best, float(np.dot(x, worth)))
    cost = {f"S{i}": float(p) for i, p in enumerate(price)}
    found = visits(made(list(worth)), budget, cost=cost, before=before)
    assert found.worth == pytest.approx(best)
    assert found.cost <= budget
    for first, then in before:
        if then in found.chosen:
            assert found.chosen.index(first) < found.chosen.index(then)


def test_a_leader_worth_nothing_is_visited_for_those_who_follow() -> None:
    found = visits(made([0.0, 1.0, 0.3]), 2, before=[("S0", "S1")])
    assert found.chosen == ("S0", "S1")
    assert visits(made([0.0, 0.0]), 2).chosen == ()
    assert visits(made([0.4, 0.0]), 5).chosen == ("S0",)


def test_what_is_refused() -> None:
    with pytest.raises(UsageError, match="circle"):
        visits(made([1.0, 1.0]), 2, before=[("S0", "S1"), ("S1", "S0")])
    with pytest.raises(UsageError, match="is not open"):
        visits(made([1.0]), 2, cost={"S7": 1.0})
    with pytest.raises(UsageError, match="below 0"):
        visits(made([1.0]), -1)


def asked(rows: list[tuple[str, tuple[float, ...], str]], known: dict[str, str]) -> Asked:
    states = tuple(StateForecast(s, s, p[0], p[1], p[2], p[3], r) for s, p, r in rows)
    codes = tuple(s for s, _, _ in rows)
    chance = np.array([p for _, p, _ in rows])
    nothing = np.zeros((len(rows), 3))
    whole = Forecasted(70, False, states, (), (), codes, chance, nothing, np.zeros(1))
    return Asked(whole, whip(Forecast(codes, chance, np.ones((len(rows), 1)), np.array([0.3])), known), {})


def test_the_open_and_divided_come_first() -> None:
    rows = [
        ("SUR", (0.98, 0.01, 0.01, 0.0), "YYYYY"),
        ("FIX", (0.05, 0.05, 0.9, 0.0), "NNNNN"),
        ("OPN", (0.4, 0.3, 0.3, 0.0), "YNAYN"),
        ("KNO", (0.4, 0.3, 0.3, 0.0), "YNAYN"),
        ("ALL", (0.4, 0.3, 0.3, 0.0), "YNAYN"),
    ]
    found = candidates(asked(rows, {"KNO": "no"}), leave_out=["ALL"])
    assert found[0].state == "OPN"
    assert {c.state for c in found} == {"SUR", "FIX", "OPN"}
    worth = {c.state: c.movability for c in found}
    assert worth["SUR"] == 0.0
    assert worth["FIX"] < 0.3 < worth["OPN"] <= 1.0
