"""Cuts with second ways, and the mean on a network large enough for them: against all packages tried one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from counterpact.strategy.proving.certificate import check
from counterpact.strategy.solving.package import Request, design
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.strengthen import Strengthener
from tests.strategy.instances import plain


@pytest.fixture(scope="module")
def tried():
    instance = plain(scenarios=3, nodes=50, arcs=200, goods=8, measures=8, budget=0.4, seed=5)
    oracle = Oracle(instance)
    packages = [np.array(bits, dtype=float) for bits in itertools.product((0, 1), repeat=8)]
    return instance, packages, [oracle.sweep(z) for z in packages]


def test_second_ways_hold_at_every_package_and_sharpen_the_cut_where_it_was_made(tried):
    instance, packages, sweeps = tried
    oracle, strengthener = Oracle(instance), Strengthener(instance)
    rng, gained = np.random.default_rng(5), 0.0
    for _ in range(4):
        sweep = oracle.sweep(rng.random(8))
        cuts = strengthener.cuts(sweep)
        plain_z = sweep.z.round()
        no_ways = strengthener.cuts(type(sweep)(**{**vars(sweep), "z": plain_z}))  # at a whole z none is looked for
        gained += float(((cuts.constant - cuts.slope @ sweep.z) - (no_ways.constant - no_ways.slope @ sweep.z)).sum())
        for z, known in zip(packages, sweeps, strict=True):
            assert np.all(cuts.constant - cuts.slope @ z <= known.upper + 1e-6 * (1 + np.abs(known.upper)))
    assert gained > 1.0


def test_the_mean_by_plan_cuts_is_between_its_bounds(tried):
    instance, packages, sweeps = tried
    leader = instance.leader
    share = np.array([s.probability for s in instance.scenarios])
    best = min(
        float(share @ (sweep.upper @ instance.weights))
        for z, sweep in zip(packages, sweeps, strict=True)
        if np.all(leader.B @ z <= leader.row_upper + 1e-9) and np.all(leader.B @ z >= leader.row_lower - 1e-9)
    )
    package = design(instance, Request(gap=0.01, plan_cuts=True))
    assert package.lower_bound <= best * (1 + 1e-7)
    assert package.upper_bound >= best * (1 - 1e-7)
    assert package.gap <= 0.01
    assert check(instance, package).passed
