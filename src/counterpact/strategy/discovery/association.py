"""How draws go with an outcome: ranks, rank correlation (Spearman), and which columns are worth looking at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


def ranks(values: Array) -> Array:
    """Ranks of values (S, ...) along the first axis, ties by average."""
    flat = values.reshape(len(values), -1)
    out = np.empty_like(flat, dtype=float)
    for k in range(flat.shape[1]):
        _, inverse, counts = np.unique(flat[:, k], return_inverse=True, return_counts=True)
        last = np.cumsum(counts)
        out[:, k] = (last - (counts - 1) / 2)[inverse.ravel()]
    return out.reshape(values.shape)


def correlate(X: Array, y: Array) -> Array:
    """Correlation of each column (S, d) with y (S,); 0 where either does not vary."""
    X, y = X - X.mean(axis=0), y - y.mean()
    size = np.sqrt((X**2).sum(axis=0) * (y**2).sum())
    found: Array = np.where(size > 0, X.T @ y / np.where(size > 0, size, 1.0), 0.0)
    return found


def worth_a_look(X: Array, y: Array, failed: NDArray[np.bool_], most: int) -> Whole:
    """Columns that go with the outcome or with failing more than chance explains, at most `most`, strongest first.

    Chance: among d columns of noise the largest correlation is near √(2 ln 2d / S); smaller ones are left out, so that
    a box is not made of the best of hundreds of coincidences. At least three columns are kept.
    """
    R = ranks(X)
    strength = np.maximum(np.abs(correlate(R, ranks(y))), np.abs(correlate(R, failed.astype(float))))
    order = np.argsort(-strength, kind="stable")
    chance = np.sqrt(2 * np.log(2 * max(X.shape[1], 1)) / max(len(y), 1))
    count = int(np.clip((strength > chance).sum(), min(3, X.shape[1]), most))
    found: Whole = order[:count]
    return found
