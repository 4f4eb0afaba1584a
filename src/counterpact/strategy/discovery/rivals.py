"""Packages one might choose instead, had one learned something: designed for the ends of what matters most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from counterpact.beside import Beside
from counterpact.errors import CounterpactError
from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.discovery.association import worth_a_look
from counterpact.strategy.discovery.discover import experiments
from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.package import Request, design
from counterpact.strategy.solving.risk import Risk

UNKNOWNS, SCENARIOS = 4, 30
"""Unknowns whose two ends get a package of their own, and the scenarios each is designed on."""


def rival_packages(compiled: Compiled, request: Request, risk: Vector) -> list[tuple[str, ...]]:
    """Packages for the same limits: least mean risk in the scenarios at either end of each unknown that matters most.

    `risk`: (S,) combined risk under the package in hand, says which unknowns those are. Every package differs.
    """
    table = experiments(compiled)
    y = risk[: len(table)]
    columns = worth_a_look(table.X, y, y > np.quantile(y, 0.8), UNKNOWNS)
    ends: list[NDArray[np.int64]] = []
    for k in columns:
        order = np.argsort(table.X[:, k], kind="stable")
        if table.names[k] in table.categories:
            ends += [np.flatnonzero(table.X[:, k] == c)[:SCENARIOS] for c in np.unique(table.X[:, k])[:2]]
        else:
            ends += [order[:SCENARIOS], order[-SCENARIOS:]]
    asked = replace(request, risk=Risk("mean"), gap=0.15, max_rounds=6, time_limit=20.0)

    def work(share: list[NDArray[np.int64]]) -> list[tuple[str, ...]]:
        found = []
        for end in share:
            scenarios = [replace(compiled.instance.scenarios[int(s)], probability=1 / len(end)) for s in end]
            try:
                found.append(design(replace(compiled.instance, scenarios=scenarios), asked).names)
            except CounterpactError:
                continue  # no package for these few scenarios in time: one rival less
        return found

    other = Beside(lambda: work(ends[1::2]))
    both = [*work(ends[::2]), *other.result()]
    return [tuple(n for n in names if not n.startswith("enforce:")) for names in dict.fromkeys(both)]
