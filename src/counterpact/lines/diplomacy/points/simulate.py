"""Votes drawn from the model, with positions known: to check intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

if TYPE_CHECKING:
    from counterpact.lines.diplomacy.points.estimate import Points


def draw(points: Points, seed: int) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """A table of votes like that of `points` and the positions behind it, in the direction of `points.value`.

    Positions are one draw of each state's chain given its votes; items are those fitted.
    """
    rng = np.random.default_rng(seed)
    model, layout, table = points.model, points.layout, points.table
    theta = model.who[:, 0] + _chains(points, rng)
    u, j = layout.unit, layout.item
    low = model.what[j, 1] - model.what[j, 0] * theta[u]
    noise = rng.standard_normal(len(u))
    ballot = np.where(noise < low, 0, np.where(noise < low + np.exp(model.what[j, 2]), 1, 2))
    present = expit(model.who[u, 1] + model.what[j, 3] + model.what[j, 4] * theta[u])
    ballot = np.where(rng.random(len(u)) < present, ballot, 3)
    row, column = np.nonzero(table.vote >= 0)
    order = np.argsort(column.astype(np.int64) * 10_000 + table.session[row] + 1945, kind="stable")
    vote = np.full_like(table.vote, -1)
    vote[row[order], column[order]] = ballot
    return vote, theta * np.sign(points.scale)


def _chains(points: Points, rng: np.random.Generator) -> NDArray[np.float64]:
    """Deviations from the fitted positions, drawn from each state's tridiagonal precision by its Cholesky factor."""
    from scipy.linalg import cholesky_banded, solve_banded

    model, layout = points.model, points.layout
    model.at(model.who, model.what)
    by_who, links, _ = model.blocks()
    own = by_who[:, 0] - by_who[:, 1] ** 2 / by_who[:, 2]
    out = np.empty(len(own))
    ends = np.r_[layout.first[1:], len(own)]
    for begin, end in zip(layout.first, ends, strict=True):
        band = np.zeros((2, end - begin))
        band[1] = own[begin:end]
        band[0, 1:] = links[begin + 1 : end, 0]
        factor = cholesky_banded(band)
        out[begin:end] = solve_banded((0, 1), factor, rng.standard_normal(end - begin))
    return out
