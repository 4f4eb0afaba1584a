"""The whip count against enumeration, numerical integration and its own promises."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom, norm

from counterpact.errors import UsageError
from counterpact.lines.diplomacy.whip.count import Forecast, whip


def forecast(
    chance: list[tuple[float, ...]], x: list[float] | None = None, scale: tuple[float, ...] = (1.5, 1.0)
) -> Forecast:
    n = len(chance)
    common = np.column_stack([np.ones(n), np.zeros(n) if x is None else np.array(x)])
    return Forecast(tuple(f"S{i}" for i in range(n)), np.array(chance), common, np.array(scale))


def test_without_known_positions_the_forecast_comes_back() -> None:
    rng = np.random.default_rng(1)
    chance = rng.dirichlet([4, 2, 2, 1], 60)
    count = whip(forecast([tuple(c) for c in chance], list(rng.standard_normal(60))), {})
    assert np.abs(count.chance - chance).max() < 0.05
    assert np.allclose(count.chance.sum(axis=1), 1)


def test_with_no_common_shift_the_chances_are_those_of_independent_votes() -> None:
    rows = [(0.6, 0.1, 0.3, 0.0)] * 3 + [(0.2, 0.3, 0.5, 0.0)] * 2
    count = whip(forecast(rows, scale=(1e-6, 1e-6)), {}, targets=("majority", "two thirds", "3"))
    exact = dict.fromkeys(("majority", "two thirds", "3"), 0.0)
    pivotal = 0.0
    for votes in product(range(3), repeat=5):
        p = float(np.prod([rows[i][v] for i, v in enumerate(votes)]))
        yes, no = votes.count(0), votes.count(2)
        exact["majority"] += p * (yes > no)
        exact["two thirds"] += p * (3 * yes >= 2 * (yes + no) and yes + no > 0)
        exact["3"] += p * (yes >= 3)
        rest = (votes[1:].count(0), votes[1:].count(2))
        pivotal += p * (rest[0] + 1 > rest[1]) * (rest[0] <= rest[1] + 1)
    for target, value in exact.items():
        assert count.passes[target] == pytest.approx(value, abs=0.035)
    assert count.pivotal[0] == pytest.approx(pivotal, abs=0.035)


def test_the_posterior_of_the_shift_agrees_with_integration() -> None:
    rows = [(0.5, 0.0001, 0.4999, 0.0)] * 12
    count = whip(forecast(rows, scale=(1.5, 1e-6)), dict.fromkeys((f"S{i}" for i in range(6)), "yes"))
    grid = np.linspace(-8, 8, 4001)
    weight = norm.pdf(grid, scale=1.5) * (1 / (1 + np.exp(-grid))) ** 6
    exact = float((weight / (1 + np.exp(-grid))).sum() / weight.sum())
    assert count.chance[11, 0] == pytest.approx(exact, abs=0.03)
    # votes hang together: the spread of the tally is far wider than that of independent votes
    loose = whip(forecast(rows, scale=(1.5, 1e-6)), {}).tallies["yes"]
    assert loose.high - loose.low > binom.ppf(0.95, 12, 0.5) - binom.ppf(0.05, 12, 0.5) + 1


def test_known_positions_move_those_who_vote_alike() -> None:
    rows = [(0.5, 0.1, 0.4, 0.0)] * 8
    x = [1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0]
    count = whip(forecast(rows, x, scale=(0.1, 2.0)), {"S0": "no", "S1": "no"})
    assert count.chance[2, 0] < 0.35
    assert count.chance[5, 0] > 0.6
    assert tuple(count.chance[0]) == (0.0, 0.0, 1.0, 0.0)


def test_absence_is_kept_and_a_known_absence_moves_nobody() -> None:
    rows = [(0.4, 0.1, 0.2, 0.3)] * 5
    before, after = whip(forecast(rows), {}), whip(forecast(rows), {"S0": "absent"})
    assert np.allclose(before.chance[1:], after.chance[1:])
    assert after.chance[0, 3] == 1.0
    assert before.chance[1, 3] == pytest.approx(0.3)


def test_counter_lobbying_never_helps_and_a_surprise_is_said() -> None:
    rng = np.random.default_rng(3)
    rows = [tuple(r) for r in rng.dirichlet([5, 1, 3, 0.2], 25)]
    rows[0] = (0.97, 0.01, 0.01, 0.01)
    count = whip(forecast(rows), {"S0": "no"}, turned=6)
    chances = [c for _, c in count.flips]
    assert chances == sorted(chances, reverse=True)
    assert all("S0" not in who for who, _ in count.flips)
    assert count.surprises == (("S0", "no", 0.01),)


def test_wrong_input() -> None:
    rows = [(0.5, 0.1, 0.4, 0.0)] * 3
    with pytest.raises(UsageError, match="has no vote"):
        whip(forecast(rows), {"S9": "yes"})
    with pytest.raises(UsageError, match="is no position"):
        whip(forecast(rows), {"S1": "maybe"})
    with pytest.raises(UsageError, match="is no target"):
        whip(forecast(rows), {}, targets=("most",))
