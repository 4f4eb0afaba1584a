"""Which draws drive the residual risk: rank correlation, and a box of conditions where the package does worst.

Spearman's rank correlation says which way a draw goes with the risk; the box is PRIM's (`discovery.prim`), on the draws
that go with the risk most. `counterpact discover` asks the same in many more scenarios, with all that belongs to it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.discovery.association import correlate, ranks
from counterpact.strategy.discovery.boxes import Experiments
from counterpact.strategy.discovery.judging import simplest
from counterpact.strategy.discovery.prim import patient, prim
from counterpact.strategy.discovery.words import uncertainty
from counterpact.strategy.outcome import Driver, DrivingBox

Array = NDArray[np.float64]

PEEL = 0.1
SMALLEST = 0.1
"""A box holds at least this share of the scenarios."""
CONDITIONS = 4


def drivers(compiled: Compiled, before: Array, after: Array, count: int = 12) -> list[Driver]:
    """The draws that go most with the risk under the package. `before`, `after`: (S,) combined risk."""
    names, table = _table(compiled)
    if not names:
        return []
    use = slice(0, len(after) - compiled.drawn.draws.corners)  # corners move everything at once
    R = ranks(table[use])
    with_risk, with_effect = correlate(R, ranks(after[use])), correlate(R, ranks((before - after)[use]))
    order = sorted(range(len(names)), key=lambda k: (-abs(with_risk[k]), names[k]))[:count]
    return [
        Driver(
            name=names[k],
            label=label(compiled, names[k]),
            risk=float(with_risk[k]),
            effect=float(with_effect[k]),
            low=float(table[:, k].min()),
            high=float(table[:, k].max()),
        )
        for k in order
    ]


def _table(compiled: Compiled) -> tuple[list[str], Array]:
    scenarios = compiled.instance.scenarios
    names = sorted(scenarios[0].values) if scenarios else []
    return names, np.array([[s.values[n] for n in names] for s in scenarios]).reshape(len(scenarios), len(names))


def box(compiled: Compiled, after: Array, chosen: list[Driver], share: float = 0.2) -> DrivingBox | None:
    """Conditions that hold most of the worst `share` of the scenarios; None without draws or spread."""
    names, table = _table(compiled)
    use = slice(0, len(after) - compiled.drawn.draws.corners)
    y, X = after[use], table[use]
    columns = [names.index(d.name) for d in chosen[:8]]
    threshold = float(np.quantile(y, 1 - share))
    failed = y >= threshold
    if not columns or failed.all() or not failed.any():
        return None
    chosen_draws = Experiments(tuple(names[k] for k in columns), X[:, columns])
    found, _ = simplest(prim(chosen_draws, failed, peel=PEEL, least_mass=SMALLEST, gain=patient), CONDITIONS)
    if not found.limits:
        return None
    ends = {n: (float(X[:, k].min()), float(X[:, k].max())) for n, k in zip(chosen_draws.names, columns, strict=True)}
    return DrivingBox(
        limits={
            limit.name: (max(limit.low, ends[limit.name][0]), min(limit.high, ends[limit.name][1]))
            for limit in sorted(found.limits, key=lambda limit: limit.name)
        },
        coverage=found.coverage,
        density=found.density,
        mass=found.mass,
        threshold=threshold,
    )


def label(compiled: Compiled, name: str) -> str:
    """A draw's name in words."""
    return uncertainty(compiled.case, name).label
