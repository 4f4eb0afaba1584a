from __future__ import annotations

import numpy as np
import pytest

from counterpact.strategy.discovery.information import everything, learned


def normal_problem(n=4000, seed=0):
    """Two decisions: nothing (0), or act (θ + ε): known worth of learning θ, σ·φ(0) with mean 0."""
    rng = np.random.default_rng(seed)
    theta, noise = rng.standard_normal(n), rng.standard_normal(n)
    return theta, noise, np.column_stack([np.zeros(n), theta + noise])


def test_worth_of_an_unknown_is_the_published_normal_loss():
    theta, noise, Y = normal_problem()
    expected = 1 / np.sqrt(2 * np.pi)  # E[max(0, −θ)], θ standard normal
    for x in (theta, noise):
        found = learned("x", ("x",), x[:, None], Y)
        assert found.worth == pytest.approx(expected, abs=4 * found.worth_error + 0.01)
        assert 0 < found.worth_error < 0.03
    both = learned("both", ("a", "b"), np.column_stack([theta, noise]), Y)
    assert both.worth == pytest.approx(np.sqrt(2) * expected, abs=0.05)
    assert both.worth <= everything(Y) + 1e-9


def test_an_unknown_that_moves_every_decision_alike_is_worth_nothing_however_much_it_shrinks():
    rng = np.random.default_rng(1)
    big, small = rng.normal(0, 10, 3000), rng.normal(0, 1, 3000)
    Y = np.column_stack([big, big + small + 0.2])
    found = learned("big", ("big",), big[:, None], Y)
    assert found.shrinks > 0.98
    assert found.worth <= 3 * found.worth_error + 1e-9
    decides = learned("small", ("small",), small[:, None], Y, chosen=1)
    assert decides.shrinks < 0.05
    assert decides.worth > 0.2


def test_noise_is_worth_nothing_and_shrinks_nothing():
    rng = np.random.default_rng(2)
    for seed in range(10):
        X, Y = rng.random((400, 2)), rng.normal(0, 1, (400, 5))
        found = learned("noise", ("a", "b"), X, Y, seed=seed)
        assert found.worth < 4 * found.worth_error
        assert found.shrinks < 0.05


def test_shrinkage_of_a_sum_is_its_share_of_the_variance():
    rng = np.random.default_rng(3)
    a, b, who = rng.random(5000), rng.random(5000), (rng.random(5000) < 0.3).astype(float)
    y = 2 * a + b + who
    parts = {"a": 4 / 12, "b": 1 / 12, "who": 0.21}
    total = sum(parts.values())
    for name, x in (("a", a), ("b", b), ("who", who)):
        found = learned(name, (name,), x[:, None], y[:, None])
        assert found.shrinks == pytest.approx(parts[name] / total, abs=3 * found.shrinks_error + 0.01)
        assert found.worth == 0.0
