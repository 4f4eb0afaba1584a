"""Draws against known means, bounds and independent programs."""

from __future__ import annotations

import numpy as np
import pytest

from counterpact.picture import diagnostics
from counterpact.picture.build import build_picture
from counterpact.picture.polytope import find_hull, walk
from tests.picture.cases import channel, estimand, fact, make


def parallel(number: int, objective: bool = True):
    names = [f"c{i}" for i in range(number)]
    extra = (
        {
            "objectives": [{"id": "o", "name": "o", "unit": "t", "normaliser": 1}],
            "objective_terms": [{"id": f"t{n}", "objective": "o", "channel": n} for n in names],
        }
        if objective
        else {}
    )
    return make(
        channels=[channel(n, "x", "y", 10) for n in names],
        estimands=[estimand("total", " ".join(names))],
        facts=[fact("f", "total", None, 10, bound="at most")],
        **extra,
    )


def corner(number: int, walkers: int = 4000) -> np.ndarray:
    """Uniform draws of {x ≥ 0, Σx ≤ 10}."""
    A = np.vstack([np.ones((1, number)), np.eye(number)])
    low, high = np.r_[-np.inf, np.zeros(number)], np.r_[10.0, np.full(number, np.inf)]

    def extremes(w):
        back, forth = np.zeros(number), np.zeros(number)
        back[np.argmin(w)] = 10.0 if w.min() < 0 else 0.0
        forth[np.argmax(w)] = 10.0 if w.max() > 0 else 0.0
        return back, forth

    rng = np.random.default_rng(1)
    hull = find_hull(A, low, high, extremes, rng)
    z = walk(hull, np.zeros((hull.dimension, walkers)), 60 + 12 * number, rng)
    return hull.centre[:, None] + hull.basis @ z


@pytest.mark.parametrize(("number", "mean"), [(1, 5.0), (2, 20 / 3), (20, 200 / 21)])
def test_the_uniform_depends_on_how_finely_channels_are_cut(number, mean):
    total = corner(number).sum(axis=0)
    spread = total.std() / np.sqrt(total.size)
    assert abs(total.mean() - mean) < 5 * spread


@pytest.mark.parametrize("number", [1, 2, 20])
def test_drawing_the_headline_first_removes_that_dependence(number):
    found = build_picture(parallel(number), draws=400)
    total = found.samples.flows.sum(axis=1)
    assert abs(total.mean() - 5) < 0.5
    assert abs(total.std() - 10 / np.sqrt(12)) < 0.3


def test_given_the_headline_parallel_channels_share_alike():
    flows = build_picture(parallel(3), draws=400).samples.flows
    share = flows / flows.sum(axis=1, keepdims=True)
    assert np.abs(share.mean(axis=0) - 1 / 3).max() < 0.05  # Dirichlet(1, 1, 1): sd of the mean .012
    assert np.abs(share.var(axis=0) - 1 / 18).max() < 0.015


def network():
    return make(
        channels=[
            channel("a", "x", "y"), channel("b", "y", "z"), channel("c", "y", "w"), channel("d", "z", "v"),
        ],
        estimands=[estimand("ea", "a", "cumulative"), estimand("eb", "b"), estimand("diff", "b -c")],
        facts=[
            fact("f1", "ea", 40, 60, "2023-06/2024-06"), fact("f2", "ea", 30, None, bound="at least"),
            fact("f3", "eb", 10, 35), fact("f4", "eb", 50, 55, confidence="low"),
            fact("f5", "diff", 0, 30, "2024-03/2024-09"),
        ],
        objectives=[{"id": "o", "name": "o", "unit": "t", "normaliser": 1}],
        objective_terms=[{"id": "t", "objective": "o", "channel": "d"}],
    )  # fmt: skip


def test_every_draw_lies_within_its_world_s_bounds_and_conserves():
    found = build_picture(network(), draws=400)
    assert len(found.worlds) == 2
    assert sum(w.weight for w in found.worlds) == pytest.approx(1)
    flows, index = found.samples.flows, {c: i for i, c in enumerate(found.channels)}
    a, b, c, d = (flows[:, index[n]] for n in "abcd")
    assert np.allclose(a, b + c, atol=1e-4)
    assert np.allclose(b, d, atol=1e-4)
    for name, bound in found.channel_bounds.items():
        for k, world in enumerate(found.samples.world):
            ends = bound.per_world[world]
            assert ends.low - 1e-3 <= flows[k, index[name]] <= ends.high + 1e-3


def test_diagnostics_of_a_built_picture_meet_the_mark():
    samples = build_picture(network(), draws=400).samples
    assert max(samples.rhat.values()) <= 1.01
    assert samples.ess_bulk["o"] >= 400
    assert samples.ess_tail["o"] >= 400


def test_worlds_are_maximal_and_consistent():
    found = build_picture(network(), draws=20)
    facts = set().union(*(w.facts for w in found.worlds))
    conflicts = [set(c.facts) for c in found.contradictions if c.kind.value == "true conflict"]
    for world in found.worlds:
        assert not any(c <= world.facts for c in conflicts)
        for left_out in facts - world.facts:
            assert any(c <= world.facts | {left_out} for c in conflicts)


def test_a_repeated_claim_is_no_second_witness():
    rows = [fact("a", "e", 10, 12), fact("b", "e", 20, 22)]
    echo = fact("c", "e", 20, 22) | {"repeats": "b"}
    tables = {"channels": [channel("ch", "x", "y")], "estimands": [estimand("e", "ch")]}
    alone = build_picture(make(**tables, facts=rows), draws=20)
    repeated = build_picture(make(**tables, facts=[*rows, echo]), draws=20)
    independent = build_picture(make(**tables, facts=[*rows, fact("c", "e", 20, 22)]), draws=20)
    weight = [next(w.weight for w in p.worlds if "b" in w.facts) for p in (alone, repeated, independent)]
    assert weight[0] == pytest.approx(weight[1]) == pytest.approx(0.5)
    assert weight[2] > 0.85


def test_constant_draws_have_converged():
    assert diagnostics.rhat(np.ones((4, 50))) == 1.0
    assert diagnostics.ess(np.ones((4, 50))) == 200


def test_chains_that_disagree_are_caught():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4, 250))
    assert diagnostics.rhat(x) < 1.01
    x[0] += 1
    assert diagnostics.rhat(x) > 1.05


# What arviz 0.23.4 says of `wandering(step)`: az.rhat, az.ess(method="bulk"), az.ess(method="tail").
ARVIZ = {
    0.0: {"rhat": 1.0010762370648598, "bulk": 1035.60060893016, "tail": 1063.3198121947185},
    0.3: {"rhat": 1.0046154956498299, "bulk": 516.5713710453556, "tail": 895.9120322461517},
    0.95: {"rhat": 1.2271254221306156, "bulk": 14.186473344401278, "tail": 113.2789064292242},
    -0.6: {"rhat": 0.9981984920574155, "bulk": 3695.0174952571497, "tail": 1073.7212000071588},
}


def wandering(step: float) -> np.ndarray:
    rng = np.random.default_rng(7)
    noise = rng.standard_normal((4, 300))
    x = np.zeros_like(noise)
    for t in range(1, 300):
        x[:, t] = step * x[:, t - 1] + noise[:, t]
    return x


@pytest.mark.parametrize("step", sorted(ARVIZ))
def test_diagnostics_agree_with_published_code(step):
    x = wandering(step)
    ours = {
        "rhat": diagnostics.rhat(x), "bulk": diagnostics.ess_bulk(x), "tail": diagnostics.ess_tail(x),
    }  # fmt: skip
    assert ours == pytest.approx(ARVIZ[step], rel=1e-6)
