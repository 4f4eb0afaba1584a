from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from counterpact.errors import UsageError
from counterpact.strategy.discovery.boxes import Experiments, Limit, inside, measured
from counterpact.strategy.discovery.judging import covering, simplest, simplify, stability
from counterpact.strategy.discovery.prim import patient, prim, rise
from tests.shared_data import shared


def best_gain(table, failed, within, peel, least):
    """Greatest rise of density per experiment given up, one column, one end, one mask at a time."""
    best = 0.0
    for j, name in enumerate(table.names):
        x = table.X[:, j]
        if name in table.categories:
            options = [within & (x != k) for k in np.unique(x[within])]
        else:
            ordered = np.sort(x[within])
            k = int(peel * (len(ordered) - 1))
            options = [within & (x > ordered[k]), within & (x < ordered[::-1][k])]
        for keep in options:
            gone = within.sum() - keep.sum()
            if gone and keep.sum() >= max(1, least * len(table)):
                best = max(best, (failed[keep].mean() - failed[within].mean()) / gone)
    return best


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(12, 120), st.sampled_from([0.05, 0.1, 0.3]))
def test_every_peel_is_the_best_there_is(seed, n, peel):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.random(n), rng.integers(0, 4, n), rng.integers(0, 3, n), rng.random(n).round(1)])
    table = Experiments(("a", "ties", "kind", "rounded"), X, {"kind": ("x", "y", "z")})
    failed = (X[:, 0] + 0.3 * X[:, 1] + (X[:, 2] == 1) + rng.random(n)) > 1.5
    if failed.all() or not failed.any():
        return
    found = prim(table, failed, peel=peel, least_mass=0.1)
    boxes = [inside(found.limits(t), table) for t in range(len(found))]
    for t, keep in enumerate(boxes):
        assert keep.mean() == pytest.approx(found.mass[t])
        assert failed[keep].mean() == pytest.approx(found.density[t])
        assert failed[keep].sum() / failed.sum() == pytest.approx(found.coverage[t])
    peels = int((np.diff(found.mass) < 0).sum())
    assert (np.diff(found.mass)[peels:] > 0).all()  # pastes come last
    for t in range(peels):
        gain = (failed[boxes[t + 1]].mean() - failed[boxes[t]].mean()) / (boxes[t].sum() - boxes[t + 1].sum())
        assert gain == pytest.approx(best_gain(table, failed, boxes[t], peel, 0.1))
    assert best_gain(table, failed, boxes[peels], peel, 0.1) < 1e-12
    assert (np.diff(found.density) > 0).all()


@pytest.mark.shared
def test_published_box_on_the_data_of_bryant_and_lempert():
    with shared("strategy", "ema", "bryant_et_al_2010_data.csv").open(newline="") as stream:
        header, *rows = csv.reader(stream)
    values = np.array(rows, dtype=float)
    table, failed = Experiments(tuple(header[2:11]), values[:, 2:11]), values[:, 15] == 1
    found = prim(table, failed, peel=0.1)
    near = np.abs(np.c_[found.coverage, found.density] - (0.752809, 0.770115)).max(axis=1)
    box = found.box(int(near.argmin()))
    assert near.min() < 1e-6
    assert (box.count, box.restricted) == (87, 4)
    limits = {limit.name: limit for limit in box.limits}
    # quasi-p values and ends as the EMA Workbench prints them for this box
    assert limits["Total biomass"].high == pytest.approx(755.799988)
    assert limits["Demand elasticity"].low == pytest.approx(-0.422)
    assert limits["Biomass backstop price"].low == pytest.approx(150.049995)
    assert limits["Cellulosic cost"].low == pytest.approx(72.650002)
    assert limits["Total biomass"].quasi_p == pytest.approx(4.716968553e-06)
    assert limits["Demand elasticity"].quasi_p == pytest.approx(1.18492991e-16)
    assert limits["Biomass backstop price"].quasi_p == pytest.approx(3.51511253e-11)
    assert limits["Cellulosic cost"].quasi_p == pytest.approx(0.157413335)
    assert [limit.name for limit in simplify(box, table, failed).limits] == [
        "Total biomass", "Demand elasticity", "Biomass backstop price",
    ]  # fmt: skip


def planted(n=1500, seed=3):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.random((n, 4)), rng.integers(0, 4, n)])
    table = Experiments(("a", "b", "c", "d", "who"), X, {"who": ("us", "eu", "china", "india")})
    failed = (X[:, 0] > 0.6) & (X[:, 4] == 2)
    return table, failed


def test_a_planted_box_with_a_category_is_found():
    table, failed = planted()
    found = prim(table, failed)
    box, _ = simplest(found, 4)
    limits = {limit.name: limit for limit in box.limits}
    assert set(limits) == {"a", "who"}
    assert limits["who"].among == ("china",)
    assert limits["a"].low == pytest.approx(0.6, abs=0.03)
    assert box.density > 0.9
    assert box.coverage > 0.9


def test_pasting_gives_back_what_a_peel_took_too_much():
    rng = np.random.default_rng(0)
    X = rng.random((400, 2))
    table = Experiments(("a", "b"), X)
    failed = (X[:, 0] > 0.75) & (X[:, 1] > 0.75)
    found = prim(table, failed, peel=0.3, paste=0.02, least_mass=0.01)
    pasted = np.diff(found.mass) > 0
    assert (np.diff(found.density) > 0).all()
    if pasted.any():
        assert (np.diff(found.coverage)[pasted] >= 0).all()


def test_quasi_p_is_the_binomial_test_against_the_box_without_the_limit():
    table, failed = planted(300)
    limits = (Limit("a", low=0.5), Limit("who", among=("china", "india")), Limit("b", high=0.8))
    box = measured(limits, table, failed)
    within = inside(limits, table)
    for k, limit in enumerate(box.limits):
        without = inside(limits[:k] + limits[k + 1 :], table)
        test = binomtest(int(failed[within].sum()), int(within.sum()), failed[without].mean(), alternative="greater")
        assert limit.quasi_p == pytest.approx(test.pvalue, rel=1e-9)


def test_a_true_box_is_found_again_and_one_made_of_noise_is_not():
    table, failed = planted()
    found = prim(table, failed)
    box, _ = simplest(found, 4)
    sure = stability(box, table, failed)
    assert dict(sure.again) == {"a": 1.0, "who": 1.0}
    assert sure.density > 0.85
    noise = np.random.default_rng(5).random(len(table)) < 0.2
    found = prim(table, noise)
    box = found.box(len(found) - 1)
    doubtful = stability(box, table, noise)
    assert abs(doubtful.density - 0.2) < 0.05  # no better than chance in the other half
    assert doubtful.density < box.density
    assert min(share for _, share in doubtful.again) < 0.9


def test_a_second_box_is_found_beside_the_first():
    rng = np.random.default_rng(1)
    X = rng.random((2000, 3))
    table = Experiments(("a", "b", "c"), X)
    failed = (X[:, 0] > 0.8) | (X[:, 1] < 0.15)
    boxes = covering(table, failed, 3, lambda t: int(np.flatnonzero(t.density >= min(0.9, t.density.max()))[0]))
    assert {limit.name for box in boxes[:2] for limit in box.limits} == {"a", "b"}
    assert np.logical_or.reduce([inside(box.limits, table) for box in boxes])[failed].mean() > 0.9


def test_a_step_that_cannot_but_take_most_must_be_worth_it():
    rng = np.random.default_rng(2)
    X = np.column_stack([rng.random(1000), np.where(rng.random(1000) < 0.92, 0.0, rng.random(1000))])
    failed = (X[:, 0] > 0.8) & (rng.random(1000) < 0.9)
    failed |= (X[:, 1] > 0) & (rng.random(1000) < 0.6)
    table = Experiments(("sharp", "mostly tied"), X)
    hasty, calm = prim(table, failed, gain=rise), prim(table, failed, gain=patient)
    assert hasty.mass[1] < 0.1
    assert calm.mass[1] > 0.9
    assert calm.coverage[calm.density > 0.7].max() > hasty.coverage[hasty.density > 0.7].max() + 0.2


def test_bad_input_is_refused_in_words():
    table, failed = planted(50)
    with pytest.raises(UsageError, match="no experiment fails"):
        prim(table, np.zeros(50, dtype=bool))
    with pytest.raises(UsageError, match="every experiment fails"):
        prim(table, np.ones(50, dtype=bool))
    with pytest.raises(UsageError, match="peel must lie between"):
        prim(table, failed, peel=1.5)
    with pytest.raises(UsageError, match="not a finite number"):
        Experiments(("a",), np.array([[1.0], [np.nan]]))
    with pytest.raises(UsageError, match="none of its 2 categories"):
        Experiments(("a",), np.array([[1.0], [2.0]]), {"a": ("x", "y")})
    with pytest.raises(UsageError, match="there is no box"):
        prim(table, failed).box(999)
