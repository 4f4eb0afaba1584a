"""The plain methods the model is measured against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from counterpact.lines.diplomacy.points.data import Layout
from counterpact.lines.diplomacy.votes.table import VoteTable

Array = NDArray[np.float64]


def first_axis(vote: NDArray[np.int8]) -> Array:
    """First axis of the votes (items × states; no 0, abstain 1, yes 2, else missing), one value a state, sd 1.

    Missing votes take the mean of their item; a state's value is scaled up for the votes it missed.
    """
    cast = (vote >= 0) & (vote <= 2)
    count = np.maximum(cast.sum(axis=1, keepdims=True), 1)
    mean = np.where(cast, vote, 0).sum(axis=1, keepdims=True) / count
    left = np.where(cast, vote - mean, 0.0)
    kernel = left.T @ left
    values, vectors = np.linalg.eigh(kernel)
    axis = vectors[:, -1] * np.sqrt(max(values[-1], 0.0)) / np.sqrt(np.maximum(cast.sum(axis=0), 1))
    present = cast.any(axis=0)
    spread = float(axis[present].std()) or 1.0
    return np.where(present, (axis - axis[present].mean()) / spread, 0.0)


def by_year(table: VoteTable, layout: Layout, anchor: int) -> Array:
    """The naive series: the first axis of each year by itself, turned so that the anchor's column is positive.

    No bridging and no walk, so that nothing makes one year's scale comparable to the next: what a per-year singular
    value decomposition, or W-NOMINATE run year by year, gives.
    """
    years = table.session + 1945
    out = np.zeros(len(layout.state))
    for year in np.unique(years):
        axis = first_axis(table.vote[years == year])
        if axis[anchor] < 0:
            axis = -axis
        here = layout.year == year
        out[here] = axis[layout.state[here]]
    return out
