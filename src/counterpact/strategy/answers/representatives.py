"""A few scenarios that stand for all: equal-probability groups by risk, in each the member nearest its group's mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.outcome import Range

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Representatives:
    """`index`: (K,) scenario numbers; `weight`: (K,) probability each stands for, sums to 1."""

    index: NDArray[np.int64]
    weight: Array


def choose(before: Array, after: Array, probability: Array, weights: Array, count: int) -> Representatives:
    """Choose `count` of S scenarios. `before`, `after`: normalised values (S, O); `weights`: of the objectives."""
    S = len(probability)
    share = probability / probability.sum()
    if count >= S:
        return Representatives(np.arange(S), share)
    risk = after @ weights + 1e-3 * (before @ weights)
    order = np.argsort(risk, kind="stable")
    place = np.cumsum(share[order]) - share[order] / 2
    group = np.empty(S, dtype=np.int64)
    group[order] = np.minimum((place * count).astype(np.int64), count - 1)
    features = np.concatenate([before * weights, after * weights], axis=1)
    index, weight = [], []
    for g in range(count):
        members = np.flatnonzero(group == g)
        if not len(members):
            continue
        centre = np.average(features[members], axis=0, weights=share[members])
        distance = ((features[members] - centre) ** 2).sum(axis=1)
        index.append(int(members[distance.argmin()]))
        weight.append(float(share[members].sum()))
    return Representatives(np.array(index, dtype=np.int64), np.array(weight))


def spread(values: Array, probability: Array, unit: str = "") -> Range:
    """Weighted mean, 5 and 95 % quantiles and ends of values (S,).

    >>> r = spread(np.array([1.0, 2.0, 3.0]), np.ones(3))
    >>> r.mean, r.least, r.most
    (2.0, 1.0, 3.0)
    """
    share = probability / probability.sum()
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(share[order])
    low, high = (
        float(values[order][min(len(values) - 1, int(np.searchsorted(cumulated, q - 1e-12)))]) for q in (0.05, 0.95)
    )
    return Range(float(share @ values), low, high, float(values.min()), float(values.max()), unit)
