"""Named draws of the unknowns: one stratified sequence per name, so that adding a name changes no other.

Plain Latin hypercube (McKay, Beckman & Conover 1979): each name's values hit every one of S strata once.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CORNERS: tuple[tuple[float, float], ...] = ((1.0, 0.0), (1.0, 1.0), (0.0, 0.0), (0.0, 1.0))
"""(room to evade, strength of our effects) of the corner scenarios: all draws of a kind at one end."""
CORNER_WEIGHT = 0.01
"""Probability of all corners together: they serve `worst of the drawn`, not the mean."""


@dataclass
class Draws:
    """Draws of `S` scenarios, the last `len(CORNERS)` being corners (none if S is below 20).

    `values`: name → (S,) what was drawn, in its own unit.
    """

    S: int
    seed: int
    values: dict[str, Array] = field(default_factory=dict)

    @property
    def corners(self) -> int:
        """How many of the scenarios are corners."""
        return len(CORNERS) if self.S >= 20 else 0

    @property
    def probability(self) -> Array:
        """(S,) sums to 1."""
        weight = np.ones(self.S)
        if self.corners:
            weight[-self.corners :] = CORNER_WEIGHT / self.corners * (self.S - self.corners) / (1 - CORNER_WEIGHT)
        share: Array = weight / weight.sum()
        return share

    def unit(self, name: str, kind: str = "") -> Array:
        """(S,) stratified uniform draws of a name. `kind`: `room` or `effect` puts the corners at their ends."""
        rng = np.random.default_rng([self.seed, zlib.crc32(name.encode())])
        n = self.S - self.corners
        u = np.empty(self.S)
        u[:n] = (rng.permutation(n) + rng.random(n)) / n
        u[n:] = 0.5
        if self.corners and kind:
            u[n:] = [corner[0 if kind == "room" else 1] for corner in CORNERS]
        return u

    def between(self, name: str, low: float, high: float, kind: str = "") -> Array:
        """(S,) draws in [low, high], kept under `name`; a name drawn before gives the same values again."""
        if name not in self.values:
            self.values[name] = low + (high - low) * self.unit(name, kind) if high > low else np.full(self.S, low)
        return self.values[name]
