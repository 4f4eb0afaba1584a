"""What states have in common: the few directions in which their recent votes differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from counterpact.lines.diplomacy.votes.table import ABSENT

Array = NDArray[np.float64]

#: Sessions whose votes are read.
MEMORY = 12


def directions(vote: NDArray[np.int8], count: int) -> Array:
    """(states, 1 + count): a column of ones, then directions of mean 0 and mean square 1, the widest first.

    `vote` (items, states): 0 no, 1 abstain, 2 yes, 3 absent, −1 no member. The directions are the right singular
    vectors of the votes less each item's mean, a missing vote standing at that mean; each item counts by how much it
    divides. A state with few votes stands near 0. Signs: the first state that stands far out is positive.
    """
    cast = (vote >= 0) & (vote < ABSENT)
    seen = np.maximum(cast.sum(axis=1, keepdims=True), 1)
    value = np.where(cast, vote - 1.0, 0.0)
    value = np.where(cast, value - value.sum(axis=1, keepdims=True) / seen, 0.0)
    width, vectors = np.linalg.eigh(value.T @ value)
    columns = vectors[:, ::-1][:, :count]
    there = cast.any(axis=0)
    out = np.zeros((vote.shape[1], 1 + count))
    out[:, 0] = 1.0
    for k in range(columns.shape[1]):
        if width[::-1][k] <= 1e-9:
            continue
        one = np.where(there, columns[:, k] - columns[there, k].mean(), 0.0)
        one /= max(float(np.sqrt((one[there] ** 2).mean())), 1e-12)
        out[:, 1 + k] = one * np.sign(one[int(np.argmax(np.abs(one)))])
    return out
