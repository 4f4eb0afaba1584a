"""What replies say about every whole z: lower lines of each pair's value, sharpened for whole measures.

A pair is a scenario and an objective. If a plan y of a pair has value a while none of the measures S that touch it is
on, then v(z) ≥ a whenever z(S) = Σ_{m∈S} z_m = 0. A chain of plans with falling values a_1 > a_2 > … > a_K then gives
one line, a mixing inequality (Günlük & Pochet 2001; step inequalities of Pan & Morton 2008):

    v(z) ≥ Σ_k (a_k − a_{k+1}) (1 − z(S_k)),   a_{K+1} = a floor that v never falls below

Let k be the first plan that z leaves alone: every earlier term is at most 0, so the sum is at most a_k ≤ v(z).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from counterpact.strategy.instance import Vector

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """One line for each pair: v(z) ≥ constant − slope·z at every whole z."""

    constant: Vector  # (pairs,)
    slope: csr_matrix  # (pairs, M)

    def at(self, z: Vector) -> Vector:
        """The lines' values (pairs,) at z."""
        value: Vector = self.constant - self.slope @ z
        return value


@dataclass(frozen=True)
class Chains:
    """Plans with falling values for each pair: steps `start[p]` to `start[p + 1]`.

    Step k has `value[k]` while none of `members[first[k]:first[k + 1]]` (leader variables) is on.
    """

    start: Index  # (pairs + 1,)
    value: Vector  # (steps,)
    first: Index  # (steps + 1,)
    members: Index

    def lines(self, floor: Vector, M: int) -> Lines:
        """The mixing line of each chain. `floor` (pairs,): values never fall below it; also the value of no plan."""
        pairs = len(self.start) - 1
        length = np.diff(self.start)
        pair = np.repeat(np.arange(pairs), length)
        constant = floor.copy()
        some = length > 0
        constant[some] = self.value[self.start[:-1][some]]
        following = np.append(self.value[1:], 0.0)
        last = self.start[1:][some] - 1
        following[last] = floor[some]
        drop = self.value - following
        size = np.diff(self.first)
        slope = csr_matrix((np.repeat(drop, size), (np.repeat(pair, size), self.members)), shape=(pairs, M))
        slope.sum_duplicates()
        return Lines(constant, slope)


class Playbook(Protocol):
    """Where lines come from: anything that can answer for an instance."""

    floor: Vector  # (pairs,) values never fall below it

    def lines(self, z: Vector) -> Lines:
        """Good lines near z in [0, 1]^M; exact at a whole z."""
