from __future__ import annotations

import numpy as np
import pytest

from counterpact.cluster import engine
from counterpact.errors import UsageError
from counterpact.strategy.solving.many import batches, many_replies, reply_batch
from counterpact.strategy.solving.reply import Oracle
from tests.strategy.instances import plain, small


def points(instance, count, seed=0):
    return (np.random.default_rng(seed).random((count, len(instance.leader.names))) < 0.4).astype(float)


def test_many_points_are_answered_as_sweeps_are():
    instance = small(4, scenarios=9)
    asked = points(instance, 6)
    found, oracle = many_replies(instance, asked), Oracle(instance)
    for k, z in enumerate(asked):
        assert found.lower[k] == pytest.approx(oracle.sweep(z).lower, abs=1e-7)
    assert found.upper == pytest.approx(found.lower, abs=1e-7)


def test_the_number_of_processes_changes_no_digit():
    instance = plain(scenarios=12, nodes=12, arcs=40, goods=3, measures=6)
    asked = points(instance, 30)
    here = many_replies(instance, asked)
    for where in ("2", "3"):
        with engine(where) as there:
            other = many_replies(instance, asked, where=there)
        assert np.array_equal(other.lower, here.lower)
        assert np.array_equal(other.upper, here.upper)


def test_batches_have_a_hundred_replies_and_cover_each_pair_once():
    for scenarios, count in ((7, 3), (40, 30), (200, 250)):
        instance = small(1, scenarios=scenarios, guard=False)
        asked, seen = points(instance, count), np.zeros((count, scenarios), dtype=int)
        found = batches(instance, asked)
        for place, (first, last, z) in found:
            assert np.array_equal(z, asked[place])
            seen[place, first:last] += 1
            assert len(z) * (last - first) * 2 >= 100 or len(found) == 1
        assert np.all(seen == 1)


def test_a_batch_depends_on_itself_alone():
    instance = plain(scenarios=6, nodes=12, arcs=40, goods=3, measures=6)
    fixed = [b for _, b in batches(instance, points(instance, 60))]
    forward, backward = [reply_batch(instance, b) for b in fixed], [reply_batch(instance, b) for b in fixed[::-1]]
    for one, two in zip(forward, backward[::-1], strict=True):
        assert np.array_equal(one, two)


def test_points_that_do_not_fit_are_refused():
    with pytest.raises(UsageError, match="points must be"):
        many_replies(small(1), np.zeros((3, 2)))


def test_an_oracle_may_solve_afar_and_finds_the_same_wherever_that_is():
    instance = small(2, scenarios=120)
    chosen = np.arange(5, 115)
    plain_, found = Oracle(instance, chosen), []
    for where in ("1", "2"):
        with engine(where) as there:
            far = Oracle(instance, chosen, engine=there)
            found.append([far.sweep(z) for z in points(instance, 3)])
    for one, two in zip(*found, strict=True):
        assert np.array_equal(one.plans, two.plans)
        assert np.array_equal(one.duals, two.duals)
        assert one.lower == pytest.approx(plain_.sweep(one.z).lower, abs=1e-7)
    assert not far.failures
