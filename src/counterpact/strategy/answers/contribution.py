"""Contribution of the seven lines to a package's effect: exact Shapley values (Shapley 1953) over all coalitions.

    v(S) = R(0) − R(closure(x | S)),    φ_l = Σ_{S ∌ l} |S|! (n−|S|−1)! / n! · (v(S ∪ l) − v(S))

The closure keeps the package's measures on the lines of S and drops those whose prerequisite, lower level or enabling
measure is then missing; who takes part stays as in the package. R is the risk chosen, on representative scenarios.
An objective's replies depend only on the measures that touch its part of the network, so most coalitions cost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.instance import Leader, Vector
from counterpact.strategy.outcome import Contribution, LineContribution
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk

Coalition = frozenset[str]


def restrict(leader: Leader, z: Vector, lines: Mapping[int, str], coalition: Coalition) -> Vector:
    """closure(z | S): (variables,) measures of lines outside S off, and those that then lack something too.

    `lines`: leader variable of a measure → its line.
    """
    out = z.copy()
    for variable, line in lines.items():
        if line not in coalition:
            out[variable] = 0.0
    B = leader.B
    while True:
        broken = np.flatnonzero(B @ out > leader.row_upper + 1e-9)
        drop = {
            int(c)
            for r in broken
            for c, v in zip(
                B.indices[B.indptr[r] : B.indptr[r + 1]], B.data[B.indptr[r] : B.indptr[r + 1]], strict=True
            )
            if v > 0 and out[c] > 0.5 and int(c) in lines
        }
        if not drop:
            return out
        out[sorted(drop)] = 0.0


@dataclass
class Game:
    """v(S) on some scenarios, memoised by what matters to each objective."""

    oracle: Oracle
    weights: Vector  # (K,) probabilities
    risk: Risk
    z: Vector
    lines: Mapping[int, str]
    relevance: NDArray[np.bool_] | None = None  # (O, variables): False = cannot change that objective's replies
    known: Sequence[tuple[Vector, Vector]] = ()  # leader vectors and their normalised values (K, O), found before

    def __post_init__(self) -> None:
        self.names: tuple[str, ...] = tuple(sorted(set(self.lines.values())))
        self._known: dict[tuple[int, bytes], Vector] = {}
        self.sweeps = 0
        for z, values in self.known:
            for o, key in enumerate(self._keys(z)):
                self._known[key] = values[:, o]
        nothing = self._values(restrict(self.leader, self.z, self.lines, frozenset()))
        self._values(self.z)
        self.base = self._risk(nothing)

    @property
    def leader(self) -> Leader:
        """The leader of the instance."""
        return self.oracle.instance.leader

    def _relevant(self, o: int) -> NDArray[np.int64]:
        """Leader variables that can change objective o's replies."""
        if self.relevance is None:
            return np.arange(len(self.leader.names))
        return np.flatnonzero(self.relevance[o])

    def _keys(self, z: Vector) -> list[tuple[int, bytes]]:
        objectives = range(len(self.oracle.instance.objectives))
        return [(o, z[self._relevant(o)].tobytes()) for o in objectives]

    def _values(self, z: Vector) -> Vector:
        """(K, O) normalised values at z, from memory where the relevant measures are the same."""
        keys = self._keys(z)
        unknown = [o for o, key in enumerate(keys) if key not in self._known]
        if unknown:
            pairs = np.zeros((self.oracle.stack.S, len(keys)), dtype=bool)
            pairs[:, unknown] = True
            sweep = self.oracle.sweep(z, only=pairs)
            self.sweeps += 1
            for o in unknown:
                self._known[keys[o]] = sweep.lower[:, o]
        return np.stack([self._known[key] for key in keys], axis=1)

    def _risk(self, values: Vector) -> float:
        return self.risk.value(values @ self.oracle.instance.weights, self.weights)

    def value(self, coalition: Coalition) -> float:
        """v(S)."""
        return self.base - self._risk(self._values(restrict(self.leader, self.z, self.lines, coalition)))


def shapley(names: Sequence[str], value: Mapping[Coalition, float]) -> dict[str, float]:
    """Exact Shapley values from v of every coalition.

    >>> v = {frozenset(): 0.0, frozenset("a"): 1.0, frozenset("b"): 2.0, frozenset("ab"): 5.0}
    >>> shapley("ab", v)
    {'a': 2.0, 'b': 3.0}
    """
    n = len(names)
    shares = {}
    for name in names:
        others = [o for o in names if o != name]
        total = 0.0
        for k in range(n):
            weight = factorial(k) * factorial(n - k - 1) / factorial(n)
            for chosen in combinations(others, k):
                S = frozenset(chosen)
                total += weight * (value[S | {name}] - value[S])
        shares[name] = total
    return shares


def contribution(
    game: Game, measures: Mapping[str, Sequence[str]], all_lines: Sequence[str], everyone: Game | None, compare: int = 1
) -> Contribution:
    """The lines' contributions. `measures`: line → its measures in the package; `everyone`: the game on all scenarios,
    against which v of the full and of `compare` drawn coalitions is compared."""
    names = game.names
    value = {
        frozenset(chosen): game.value(frozenset(chosen))
        for k in range(len(names), -1, -1)
        for chosen in combinations(names, k)
    }
    full = frozenset(names)
    shares = shapley(names, value)
    total = value[full]
    compared = [full]
    rng = np.random.default_rng(0)
    for _ in range(compare if len(names) > 1 else 0):
        compared.append(frozenset(n for n in names if rng.random() < 0.5))
    exact = {S: everyone.value(S) for S in dict.fromkeys(compared)} if everyone else {full: total}
    size = max(abs(exact[full]), 1e-12)
    lines = [
        LineContribution(
            line=line,
            measures=tuple(measures.get(line, ())),
            shapley=shares.get(line, 0.0),
            share=shares.get(line, 0.0) / total if abs(total) > 1e-12 else 0.0,
            alone=value[frozenset({line})] if line in full else 0.0,
            last_in=total - value[full - {line}] if line in full else 0.0,
        )
        for line in all_lines
    ]
    return Contribution(
        lines=tuple(lines),
        total=total,
        total_all=exact[full],
        scenarios=game.oracle.stack.S,
        error=max(abs(value[S] - v) for S, v in exact.items()) / size,
        compared=tuple(tuple(sorted(S)) for S in exact),
    )
