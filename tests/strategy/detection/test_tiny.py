"""Tiny detection networks: every set of sensors tried, replies by SciPy, against the engine."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from counterpact.strategy.detection.compile import compile_network
from counterpact.strategy.detection.network import DetectionNetwork
from counterpact.strategy.detection.paths import PathPlaybook
from counterpact.strategy.solving.master import wishes
from counterpact.strategy.solving.tree import minimise_mean
from tests.strategy.instances import value_by_scipy


def random_network(
    seed: int, *, places: int = 7, arcs: int = 16, sensors: int = 8, scenarios: int = 5
) -> DetectionNetwork:
    rng = np.random.default_rng(seed)
    ends = rng.permutation([(a, b) for a in range(places) for b in range(places) if a != b])[:arcs]
    clear = rng.uniform(0.3, 1.0, arcs)
    can = rng.permutation(arcs)[:sensors]
    sensor = np.full(arcs, -1)
    sensor[np.sort(can)] = np.arange(sensors)
    share = np.where(rng.random(arcs) < 0.4, 0.0, rng.uniform(0.0, 0.6, arcs))
    watched = np.where(sensor >= 0, clear * share, clear)
    od = np.array([rng.choice(places, 2, replace=False) for _ in range(scenarios)])
    probability = rng.dirichlet(np.ones(scenarios))
    cost = np.ones(sensors) if seed % 2 else rng.integers(1, 4, sensors).astype(float)
    names = tuple(f"p{i}" for i in range(places))
    return DetectionNetwork(
        names, ends[:, 0], ends[:, 1], clear, watched, sensor, cost, od[:, 0], od[:, 1], probability
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_the_engine_finds_the_best_of_all_sets_of_sensors(seed: int) -> None:
    network = random_network(seed)
    budget = float(1 + seed % 4)
    instance = compile_network(network, budget)
    limits = wishes(instance.leader, {}, (), ())
    tree = minimise_mean(limits, instance.leader.integer, network.probability, PathPlaybook(network))
    sets = (np.array(bits, dtype=float) for bits in product((0, 1), repeat=len(network.cost)))
    best = min(network.risk(x) for x in sets if network.cost @ x <= budget)
    assert network.risk(tree.z) == pytest.approx(best, abs=1e-9)
    assert tree.bound == pytest.approx(best, abs=1e-8)
    assert network.cost @ tree.z <= budget


@pytest.mark.parametrize("seed", range(6))
def test_the_instance_says_the_same_as_the_paths(seed: int) -> None:
    network = random_network(seed)
    instance = compile_network(network, 2.0)
    rng = np.random.default_rng(seed)
    for _ in range(3):
        x = (rng.random(len(network.cost)) < 0.4).astype(float)
        h = network.evasion(x)
        for s in range(len(h)):
            assert value_by_scipy(instance, s, 0, x) == pytest.approx(h[s], abs=1e-7)


@pytest.mark.parametrize("seed", range(10))
def test_a_line_never_passes_the_value_at_any_whole_set(seed: int) -> None:
    network = random_network(seed)
    playbook = PathPlaybook(network)
    rng = np.random.default_rng(seed)
    for _ in range(6):
        z = rng.random(len(network.cost)) * (rng.random(len(network.cost)) < 0.6)
        lines = playbook.lines(z)
        for _ in range(20):
            x = (rng.random(len(network.cost)) < 0.5).astype(float)
            assert np.all(lines.at(x) <= network.evasion(x) + 1e-12)
    whole = (rng.random(len(network.cost)) < 0.5).astype(float)
    assert playbook.lines(whole).at(whole) == pytest.approx(network.evasion(whole), abs=1e-12)
