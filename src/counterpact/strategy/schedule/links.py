"""What ties the periods of a schedule together, on any instance: leads, stocks and money carried, openings, lags.

All arrays are over the scenarios of the instance first. Amounts are in the units of the instance's own rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.instance import Instance

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Carry:
    """A row `uses − gains ≤ room` whose unused part is there again in the next period: a stock, or a purse.

    `initial`: (S,) what lies there when the first period begins, beyond the row's own room.
    """

    row: int
    name: str
    initial: Array


@dataclass(frozen=True)
class Opening:
    """A channel that must be opened before it carries: Σ columns ≤ capacity · share opened in time.

    `lag`: months from paying to carrying. `capacity`: (S,) a year, in units of the columns. `cost`: (S,) to open it
    whole, in units of row `row` (−1: nobody within the model pays). `instead`: column → (S,) what the instance charges
    per unit sent in that row; taken out, since opening is now paid once.
    """

    name: str
    columns: tuple[int, ...]
    lag: float
    capacity: Array
    row: int = -1
    cost: Array | None = None
    instead: Mapping[int, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Links:
    """All of them. `lead`: (S, variables) months from decision to effect, 0 for what is no measure.

    `at_once`, `row_at_once`: (S, columns), (S, rows): share of a ceiling or row usable before the adversary has
    adapted, `lag` months after the start; both 1 if it adapts at once.
    """

    lead: Array
    carries: tuple[Carry, ...] = ()
    openings: tuple[Opening, ...] = ()
    lag: float = 0.0
    at_once: Array | None = None
    row_at_once: Array | None = None


def unlinked(instance: Instance) -> Links:
    """Every measure acts at once and nothing is carried over."""
    return Links(np.zeros((len(instance.scenarios), len(instance.leader.names))))
