from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpact.strategy.compiling.slices import (
    Deterrent,
    copies,
    cut,
    independent_placement,
    union_bounds,
    union_share,
)

shares = st.lists(st.floats(0, 1), min_size=1, max_size=5)


@given(shares, st.floats(0, 1))
@settings(deadline=None)
def test_the_union_of_different_measures_lies_between_the_largest_and_the_sum(phi, t):
    phi = np.array([phi])
    low, high = union_bounds(phi)
    value = union_share(phi, np.array([t]))
    assert low[0] - 1e-9 <= value[0] <= high[0] + 1e-9


@given(shares)
@settings(deadline=None)
def test_the_ends_of_the_placement_are_nested_and_disjoint(phi):
    phi = np.array([phi])
    low, high = union_bounds(phi)
    assert np.isclose(union_share(phi, np.zeros(1)), low)
    assert np.isclose(union_share(phi, np.ones(1)), high)


@given(shares)
@settings(deadline=None)
def test_independent_blocks_multiply(phi):
    phi = np.array([phi])
    t = independent_placement(phi)
    assert np.isclose(union_share(phi, t), 1 - np.prod(1 - phi), atol=1e-6)


@given(shares, st.floats(0, 1))
@settings(deadline=None)
def test_slices_without_merging_block_exactly_the_union_of_any_set(phi, t):
    table = np.array([phi])
    n = len(phi)
    parts = cut([[i] for i in range(n)], table, np.array([t]), limit=2 * n + 1)
    assert np.isclose(parts.share.sum(), 1)
    for chosen in itertools.product((False, True), repeat=n):
        on = np.array(chosen)
        if not on.any():
            continue
        blocked = parts.share[0][(parts.blocked[0] & on).any(axis=1)].sum()
        start = np.minimum(t * (np.cumsum(table) - table[0]), 1 - table[0])
        grid = (np.arange(20000) + 0.5) / 20000
        covered = ((grid >= start[on, None]) & (grid < (start + table[0])[on, None])).any(axis=0).mean()
        assert abs(blocked - covered) < 2e-3


@given(st.lists(st.floats(0, 1), min_size=3, max_size=6), st.floats(0, 1), st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_merging_never_blocks_more_and_accounts_for_what_is_lost(phi, t, limit):
    table = np.array([phi])
    chains = [[i] for i in range(len(phi))]
    exact = cut(chains, table, np.array([t]), limit=99)
    few = cut(chains, table, np.array([t]), limit=limit)
    assert few.share.shape[1] <= limit
    for m in range(len(phi)):
        before = exact.share[0][exact.blocked[0, :, m]].sum()
        after = few.share[0][few.blocked[0, :, m]].sum()
        assert after <= before + 1e-9
        assert np.isclose(before - after, few.loosened[0, m], atol=1e-9)


def test_levels_of_one_measure_are_increments():
    parts = cut([[0, 1, 2]], np.array([[0.2, 0.5, 0.9]]), np.zeros(1))
    for m, expected in enumerate((0.2, 0.3, 0.4)):
        assert np.isclose(parts.share[0][parts.blocked[0, :, m]].sum(), expected)
    assert not (parts.blocked.sum(axis=2) > 1).any()


def test_a_weaker_draw_of_a_stronger_level_adds_nothing():
    parts = cut([[0, 1]], np.array([[0.5, 0.3]]), np.zeros(1))
    assert parts.share[0][parts.blocked[0, :, 1]].sum() == 0


@given(st.lists(st.floats(0, 0.9), min_size=1, max_size=8), st.data())
@settings(deadline=None)
def test_the_best_copy_left_open_is_never_better_deterred_than_the_measures_in_force(amounts, data):
    """Brute force: with the set A of deterrents on, the best open copy loses at most what A takes at least."""
    found = [Deterrent(i, np.array([a]), True) for i, a in enumerate(amounts)]
    built = copies(found, 1)
    on = {i for i in range(len(amounts)) if data.draw(st.booleans())}
    open_ = [c for c in built if all(c.relief[i][0][0] <= 1e-12 for i in on if i in c.relief)]
    assert open_
    best = max(float(c.gain[0]) for c in open_)
    strongest = 1 - max((amounts[i] for i in on), default=0.0)
    together = np.prod([1 - amounts[i] for i in on]) if on else 1.0
    assert best >= together - 1e-9
    if len(amounts) <= 2:
        assert np.isclose(best, together)
    elif len(amounts) <= 5:
        assert np.isclose(best, strongest)


@given(st.lists(st.floats(0, 0.9), min_size=1, max_size=7), st.data())
@settings(deadline=None)
def test_the_relief_of_a_closed_copy_outweighs_what_it_saves(amounts, data):
    found = [Deterrent(i, np.array([a]), True) for i, a in enumerate(amounts)]
    built = copies(found, 1)
    on = {i for i in range(len(amounts)) if data.draw(st.booleans())}
    closed = {id(c): sum(c.relief[i][0][0] for i in on if i in c.relief) for c in built}
    best_open = max(c.gain[0] for c in built if closed[id(c)] <= 1e-12)
    for c in built:
        assert c.gain[0] - closed[id(c)] <= best_open + 1e-9
