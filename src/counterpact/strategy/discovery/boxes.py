"""A table of experiments and boxes in it: limits on some columns, with how much of the failures they hold.

Coverage = failures inside / all failures; density = failures inside / all inside; mass = inside / all (Friedman &
Fisher 1999; Bryant & Lempert 2010).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import Problem, UsageError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Experiments:
    """`X`: (n, d) what was drawn. A column in `categories` holds the numbers 0 … K−1 of its K unordered categories.

    Raises `UsageError` for shapes that do not fit, values that are not finite and category numbers out of range.
    """

    names: tuple[str, ...]
    X: Array
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        X = np.asarray(self.X, dtype=np.float64)
        object.__setattr__(self, "X", X)
        if X.ndim != 2 or X.shape[1] != len(self.names):
            raise UsageError(f"the experiments have shape {X.shape}, but {len(self.names)} columns are named.")
        if len(set(self.names)) != len(self.names):
            raise UsageError("two columns of the experiments have the same name.")
        bad = ~np.isfinite(X)
        if bad.any():
            row, column = np.argwhere(bad)[0]
            raise UsageError(
                Problem("", row=int(row) + 1, column=self.names[column], what="not a finite number", do="Leave it out")
            )
        for name, words in self.categories.items():
            if name not in self.names:
                raise UsageError(f'"{name}" is not a column of the experiments.')
            codes = X[:, self.names.index(name)]
            if np.any(codes != np.round(codes)) or np.any(codes < 0) or np.any(codes >= len(words)):
                raise UsageError(f'column "{name}" holds a number that is none of its {len(words)} categories.')

    def __len__(self) -> int:
        return len(self.X)

    def part(self, rows: NDArray[np.int64] | Mask) -> Experiments:
        """The experiments of some rows."""
        return Experiments(self.names, self.X[rows], self.categories)


@dataclass(frozen=True)
class Limit:
    """One restricted column. `low`, `high`: ±inf where that side is open; `among`: the categories kept.

    `quasi_p`: chance of at least this density if the limit did nothing (binomial, Bryant & Lempert 2010); "quasi"
    because the same experiments chose the limit.
    """

    name: str
    low: float = -np.inf
    high: float = np.inf
    among: tuple[str, ...] = ()
    quasi_p: float = float("nan")


@dataclass(frozen=True)
class Box:
    """A box and how good it is on the experiments it was found in."""

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    count: int  # experiments inside

    @property
    def restricted(self) -> int:
        """Number of restricted columns."""
        return len(self.limits)


def inside(limits: tuple[Limit, ...], table: Experiments) -> Mask:
    """(n,) experiments that keep every limit."""
    keep = np.ones(len(table), dtype=bool)
    for limit in limits:
        keep &= _keeps(limit, table)
    return keep


def _keeps(limit: Limit, table: Experiments) -> Mask:
    column = table.X[:, table.names.index(limit.name)]
    if limit.among:
        words = table.categories[limit.name]
        kept: Mask = np.isin(column, [words.index(w) for w in limit.among])
        return kept
    within: Mask = (column >= limit.low) & (column <= limit.high)
    return within


def measured(limits: tuple[Limit, ...], table: Experiments, failed: Mask) -> Box:
    """The box of these limits with coverage, density, mass and the quasi-p value of each limit."""
    from scipy.stats import binom

    keeps = [_keeps(limit, table) for limit in limits]
    broken = np.sum([~k for k in keeps], axis=0) if keeps else np.zeros(len(table), dtype=np.int64)
    within = broken == 0
    count, hits = int(within.sum()), int((within & failed).sum())
    found = []
    for limit, keep in zip(limits, keeps, strict=True):
        without = (broken - ~keep) == 0  # the box with this limit dropped
        share = float(failed[without].mean()) if without.any() else 0.0
        p = float(binom.sf(hits - 1, count, share)) if count else 1.0
        found.append(Limit(limit.name, limit.low, limit.high, limit.among, p))
    total = int(failed.sum())
    return Box(
        tuple(found),
        hits / total if total else 0.0,
        hits / count if count else 0.0,
        count / len(table) if len(table) else 0.0,
        count,
    )
