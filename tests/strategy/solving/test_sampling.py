"""The statistical bound where the whole distribution is known: every batch that can be drawn is drawn once."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy import stats

from counterpact.errors import UsageError
from counterpact.strategy.solving.package import Request, design
from counterpact.strategy.solving.risk import Risk
from counterpact.strategy.solving.sampling import estimate, fresh_bound
from tests.strategy.instances import best_by_hand, small, value_by_scipy

SIZE = 2


def population():
    """Four scenarios, equally likely: all there is."""
    return small(40, measures=4, scenarios=4, guard=False)


def every_batch(instance, z):
    """Maker of the 16 ordered batches of two scenarios: their plain mean is the expectation."""
    picks = list(product(range(4), repeat=SIZE))

    def make(k):
        chosen = [replace(instance.scenarios[s], probability=1 / SIZE) for s in picks[k]]
        return replace(instance, scenarios=chosen), z

    return make, len(picks)


def true_values(instance, z):
    return np.array(
        [sum(w * value_by_scipy(instance, s, o, z) for o, w in enumerate(instance.weights)) for s in range(4)]
    )


@pytest.mark.parametrize("risk", [Risk("mean"), Risk("cvar", 0.5), Risk("satisfice", threshold=0.08)], ids=str)
def test_the_means_bound_the_truth_from_both_sides(risk):
    instance = population()
    poor = replace(design(instance, Request(risk=risk, gap=1e-6)), z=np.zeros(4))
    poor = replace(poor, sweep=poor.sweep_before)  # the package judged: nothing at all
    make, count = every_batch(instance, poor.z)
    found = fresh_bound(instance, poor, make, batches=count, gap=1e-6)
    share = np.full(4, 0.25)
    today = true_values(instance, poor.z)
    if risk.kind == "satisfice":
        truth, best = 1.0, None
    else:
        truth, best = risk.value(today, share), best_by_hand(instance, risk)[0]
    if risk.kind == "cvar":
        assert found.package.mean >= truth - 1e-6
        assert found.package.mean == pytest.approx(truth, abs=1e-5)  # η at the edge: no loss
    else:
        assert found.package.mean == pytest.approx(truth, abs=1e-6)
    if best is not None:
        assert found.best.mean <= best + 1e-6
        assert found.gap.mean >= truth - best - 1e-5
        assert found.gap.high >= found.gap.mean >= found.gap.low
    assert found.no_room == 0


def test_the_least_risk_of_a_batch_is_that_of_all_its_packages():
    instance = population()
    package = design(instance, Request(gap=1e-6))
    make, count = every_batch(instance, package.z)
    found = fresh_bound(instance, package, make, batches=count, gap=1e-7)
    least = [best_by_hand(make(k)[0], Risk())[0] for k in range(count)]
    assert found.best.mean == pytest.approx(np.mean(least), abs=1e-5)
    assert found.package.mean == pytest.approx(true_values(instance, package.z).mean(), abs=1e-6)
    assert found.gap_share == pytest.approx(found.gap.high / (found.today.mean - found.best.mean), rel=1e-9)


def test_the_interval_is_students():
    values = np.array([1.0, 2.0, 4.0, 4.5, 7.0])
    low, high = stats.t.interval(0.9, 4, loc=values.mean(), scale=stats.sem(values))
    assert (estimate(values, 0.95).low, estimate(values, 0.95).high) == pytest.approx((low, high))


@pytest.mark.parametrize("kind", ["worst", "regret"])
def test_what_no_sample_can_bound_is_refused(kind):
    instance = population()
    package = design(instance, Request(risk=Risk(kind), gap=0.2))
    with pytest.raises(UsageError, match="no sample"):
        fresh_bound(instance, package, lambda k: (instance, package.z))


@pytest.mark.parametrize(("wrong", "words"), [({"batches": 1}, "at least 2"), ({"confidence": 1.5}, "confidence")])
def test_wrong_numbers_are_refused(wrong, words):
    instance = population()
    package = design(instance, Request(gap=0.2))
    with pytest.raises(UsageError, match=words):
        fresh_bound(instance, package, lambda k: (instance, package.z), **wrong)
