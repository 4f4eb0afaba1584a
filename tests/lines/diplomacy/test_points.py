"""Positions: the mathematics against brute force, recovery of a known truth, the published points."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest

from counterpact.errors import UsageError
from counterpact.lines.diplomacy.points import Points, estimate, update
from counterpact.lines.diplomacy.points.data import lay_out
from counterpact.lines.diplomacy.points.fit import Model, Prior
from counterpact.lines.diplomacy.points.kernels import chain_variances, chains
from counterpact.lines.diplomacy.points.simulate import draw
from counterpact.lines.diplomacy.votes import read_votes
from tests.lines.diplomacy import made_up
from tests.shared_data import shared


@cache
def fitted() -> Points:
    return estimate(made_up.table(sessions=6, each=30, count=80, seed=3))


def somewhere(seed: int = 0) -> Model:
    table = made_up.table(sessions=3, each=6, count=12, seed=1)
    layout = lay_out(table)
    rng = np.random.default_rng(seed)
    model = Model(layout, Prior(), rng.normal(size=(len(layout.state), 2)), rng.normal(size=(layout.wordings, 5)) * 0.5)
    model.at(model.who, model.what)
    return model


def test_gradient_is_the_slope() -> None:
    model, rng = somewhere(), np.random.default_rng(1)
    _, g_who, g_what = model.at(model.who, model.what)
    for _ in range(5):
        d_who, d_what, e = rng.normal(size=g_who.shape), rng.normal(size=g_what.shape), 1e-5
        up = model.at(model.who + e * d_who, model.what + e * d_what)[0]
        down = model.at(model.who - e * d_who, model.what - e * d_what)[0]
        assert (up - down) / (2 * e) == pytest.approx((g_who * d_who).sum() + (g_what * d_what).sum(), rel=1e-5)


def test_product_is_the_slope_of_the_gradient() -> None:
    model, rng = somewhere(), np.random.default_rng(2)
    d_who, d_what, e = rng.normal(size=model.who.shape), rng.normal(size=model.what.shape), 1e-5
    out_who, out_what = model.times(np.exp(model.what[:, 2]), d_who, d_what)
    up = model.at(model.who + e * d_who, model.what + e * d_what)
    down = model.at(model.who - e * d_who, model.what - e * d_what)
    np.testing.assert_allclose(out_who, (up[1] - down[1]) / (2 * e), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(out_what, (up[2] - down[2]) / (2 * e), rtol=1e-3, atol=1e-3)


def test_chains_solve_what_a_dense_solver_solves() -> None:
    rng = np.random.default_rng(4)
    first, n = np.array([0, 3, 4]), 9
    diagonal = np.column_stack([rng.uniform(4, 6, n), rng.normal(0, 0.5, n), rng.uniform(4, 6, n)])
    links = -rng.uniform(0.5, 1.5, (n, 2))
    links[first] = 0.0
    dense = np.zeros((2 * n, 2 * n))
    for u in range(n):
        dense[2 * u : 2 * u + 2, 2 * u : 2 * u + 2] = [
            [diagonal[u, 0], diagonal[u, 1]],
            [diagonal[u, 1], diagonal[u, 2]],
        ]
        if u not in first:
            for part in (0, 1):
                dense[2 * u + part, 2 * u - 2 + part] = dense[2 * u - 2 + part, 2 * u + part] = links[u, part]
    right, out = rng.normal(size=(n, 2)), np.empty((n, 2))
    chains(first, diagonal, links, right, out)
    np.testing.assert_allclose(out.ravel(), np.linalg.solve(dense, right.ravel()), rtol=1e-10)
    variance = np.empty(n)
    chain_variances(first, diagonal[:, 0].copy(), links[:, 0].copy(), variance)
    np.testing.assert_allclose(variance, np.diag(np.linalg.inv(dense[::2, ::2])), rtol=1e-10)


def test_the_maximum_is_one() -> None:
    points = fitted()
    _, g_who, g_what = points.model.at(points.model.who, points.model.what)
    assert max(np.abs(g_who).max(), np.abs(g_what).max()) < 3.0  # of hundreds at the start
    assert points.value.mean() == pytest.approx(0, abs=1e-9)
    assert points.value.std() == pytest.approx(1)


def test_known_positions_are_found_and_intervals_hold() -> None:
    points = fitted()
    vote, truth = draw(points, seed=7)
    again = estimate(replace(points.table, vote=vote))
    truth = (truth - truth.mean()) / truth.std()
    assert np.corrcoef(truth, again.value)[0, 1] > 0.95
    inside = (np.abs(truth - again.value) < 1.645 * again.error).mean()
    assert 0.80 < inside < 0.97


def test_absence_by_position_is_seen() -> None:
    """If the items drive one side out of the room, their presence slope says which side."""
    table = made_up.table(sessions=4, each=20, count=60, seed=5)
    points = estimate(table)
    state = {int(s): float(points.value[points.layout.state == s].mean()) for s in np.unique(points.layout.state)}
    vote = table.vote.copy()
    vote[:40, [s for s, v in state.items() if v > 0.7]] = 3
    slopes = estimate(replace(table, vote=vote))
    assert np.mean(slopes.model.what[slopes.layout.wording[:40], 4]) * np.sign(slopes.scale) < -0.01


def test_one_more_year_without_fitting_all() -> None:
    table = made_up.table(sessions=6, each=30, count=60, seed=6)
    whole, before = estimate(table), estimate(table.only(table.session < 65))
    after = update(before, table)
    assert set(after.layout.year.tolist()) == {65 + 1945}
    here = whole.layout.year == 65 + 1945
    assert np.corrcoef(whole.value[here], after.value)[0, 1] > 0.98
    with pytest.raises(UsageError, match="known up to"):
        update(whole, table)


def test_bridges_join_wordings_and_issues_restrict() -> None:
    table = made_up.table(sessions=3, each=10, count=40)
    joined = replace(table, bridges=np.array([[0, 10], [10, 20]], dtype=np.int32))
    assert lay_out(joined).wordings == len(table.items) - 2
    assert lay_out(joined, bridged=False).wordings == len(table.items)
    assert len(estimate(table, issue="nuclear").table.items) == 3
    with pytest.raises(UsageError, match="names 0 issues"):
        estimate(table, issue="fishing")


def test_votes_that_nobody_opposes_order_nobody() -> None:
    table = made_up.table(sessions=2, each=4, count=20)
    with pytest.raises(UsageError, match="unanimous"):
        estimate(replace(table, vote=np.full_like(table.vote, 2)))


def test_rows_and_unknown_states() -> None:
    rows = fitted().rows(states=["usa"], years=[2005])
    assert len(rows) == 1
    assert rows[0]["low"] < rows[0]["point"] < rows[0]["high"]
    with pytest.raises(UsageError, match="no state of these votes"):
        fitted().rows(states=["XYZ"])
    with pytest.raises(UsageError, match="no votes in 1900"):
        fitted().rows(years=[1900])


@pytest.mark.shared
def test_published_points_are_met() -> None:
    """The published July 2025 points, final-passage series: the marks with a little air."""
    from counterpact.record import catalog
    from counterpact.record.reading import open_files

    table = read_votes(
        [shared("unga", "votes_sessions_1_70.parquet")],
        [shared("unga", "roll_calls_sessions_1_70.parquet")],
        bridges=shared("unga", "voeten_Matches_identical_resolutions.csv"),
    )
    points = estimate(table)
    files = open_files([shared("unga", "voeten_IdealpointsJuly2025.dta")])
    published = catalog.reader("unga_ideal_points")(files).tables["points"]
    ours = pl.DataFrame(
        {
            "ccode": table.cow[points.layout.state].astype(np.int64),
            "year": points.layout.year.astype(np.int64),
            "ours": points.value,
        }
    )
    both = ours.join(published, on=["ccode", "year"]).select("year", "ours", "idealpointfp").drop_nulls()
    by_year = both.group_by("year").agg(pl.corr("ours", "idealpointfp").alias("r"))
    assert both.height > 9_600
    assert by_year.filter(pl.col("year") >= 1991)["r"].median() >= 0.99  # type: ignore[operator]
    assert by_year["r"].median() >= 0.97  # type: ignore[operator]
    assert both.select(pl.corr("ours", "idealpointfp")).item() >= 0.95
