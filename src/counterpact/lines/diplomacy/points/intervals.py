"""How sure a position is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from counterpact.lines.diplomacy.points.fit import Model
from counterpact.lines.diplomacy.points.kernels import chain_variances


def spread(model: Model) -> NDArray[np.float64]:
    """Posterior sd of θ per state-year (Laplace): the curvature of its votes and its walk, items held.

    Presence is projected out (its block is removed by a Schur complement, year by year).
    """
    model.at(model.who, model.what)
    by_who, links, _ = model.blocks()
    own = by_who[:, 0] - by_who[:, 1] ** 2 / by_who[:, 2]
    out = np.empty(len(own))
    chain_variances(model.layout.first, own, np.ascontiguousarray(links[:, 0]), out)
    return np.sqrt(np.maximum(out, 0.0))
