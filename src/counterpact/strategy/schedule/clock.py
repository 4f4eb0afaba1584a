"""When a decision acts: for every scenario, leader variable and period, the period whose decision is felt there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.schedule.periods import Periods

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Done:
    """A variable that was switched on: in period `period` (0 if before the horizon), `month` months after its start
    (negative before it)."""

    variable: int
    period: int
    month: float


def sources(periods: Periods, lead: Array, done: Mapping[int, Done] | None = None) -> Index:
    """(S, M, T) the latest period whose decision acts in full in period t; −1 where none does yet.

    Leads are rounded up to the start of a period, so nothing is counted before it acts.

    >>> sources(Periods.parse("2027..2029"), np.array([[0.0, 8.0, 13.0]]))[0].tolist()
    [[0, 1, 2], [-1, 0, 1], [-1, -1, 0]]
    """
    start = periods.start.astype(float)
    felt = start[None, None, :] - lead[:, :, None]  # a decision at or before this month acts
    found: Index = np.searchsorted(start, felt + 1e-9, side="right").astype(np.int64) - 1
    for one in (done or {}).values():
        acts = start[None, :] + 1e-9 >= one.month + lead[:, one.variable, None]
        found[:, one.variable, :] = np.where(acts, one.period, -1)
    return found
