"""Every cut known, each distinct one once: θ_b ≥ a − g·z for a block b (one scenario and one objective).

A plan of the adversary stays feasible whatever the coalition may spend, so the pool serves every level of a frontier.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.reply import Cuts

Index = NDArray[np.int64]


class Pool:
    """Cuts over blocks. Row k is `a[k] − G[k]·z ≤ θ[block[k]]`.

    `floor` (blocks,): no z undercuts it, so no `whole` (variables,) variable need take more from a cut than leaves the
    floor. The cut so tightened holds where those are 0 or 1 only, and makes the relaxation sharper.
    """

    def __init__(self, floor: Vector, whole: NDArray[np.bool_]) -> None:
        self.floor, self.whole, self.blocks = floor, whole, len(floor)
        self.a: Vector = np.zeros(0)
        self.block: Index = np.zeros(0, dtype=np.int64)
        self.G = csr_matrix((0, len(whole)))
        self._seen: set[tuple[int, bytes]] = set()

    def learn(self, cuts: Cuts) -> int:
        """Add the distinct new ones among the cuts of a sweep, (S, O) and (S, O, M). Returns how many."""
        a = cuts.constant.ravel()
        slope = cuts.slope.reshape(len(a), -1)
        most = a - np.minimum(slope, 0.0).sum(axis=1)
        capped = np.minimum(slope, np.maximum(most - self.floor, 0.0)[:, None])
        slope = np.where(self.whole, capped, slope)
        fresh = []
        for b in range(len(a)):
            key = (b, np.append(np.round(slope[b], 9), round(float(a[b]), 9)).tobytes())
            if key not in self._seen:
                self._seen.add(key)
                fresh.append(b)
        if fresh:
            rows = slope[fresh]
            self.a = np.concatenate([self.a, a[fresh]])
            self.block = np.concatenate([self.block, np.array(fresh, dtype=np.int64)])
            self.G = csr_matrix(vstack([self.G, csr_matrix(np.where(np.abs(rows) > 1e-12, rows, 0.0))]))
        return len(fresh)

    def values(self, z: Vector) -> Vector:
        """Every cut's value at z, (cuts,)."""
        value: Vector = self.a - self.G @ z
        return value

    def best(self, values: Vector) -> Vector:
        """The greatest value of each block (blocks,), −inf where a block has no cut."""
        top = np.full(self.blocks, -np.inf)
        np.maximum.at(top, self.block, values)
        return top
