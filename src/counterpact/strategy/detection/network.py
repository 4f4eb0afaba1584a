"""A detection network: where sensors can stand, and who tries to pass.

Stochastic network interdiction (Pan & Morton 2008; Towle & Luedtke 2018). An evader of scenario s goes from its origin
to its destination along the path with the greatest chance of staying undetected. An arc is passed undetected with
chance r without a sensor and q ≤ r with one; chances multiply along a path. With budget b:

    min_x Σ_s p_s h_s(x)   s.t.  cost·x ≤ b,  x binary,   h_s(x) = max over paths Π_{arcs} (q if x else r)
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.instance import Vector

Index = NDArray[np.int64]


@dataclass(frozen=True)
class DetectionNetwork:
    """Places, arcs and scenarios, checked by the readers. `sensor[e]` is −1 where no sensor can stand."""

    places: tuple[str, ...]
    tail: Index  # (arcs,)
    head: Index  # (arcs,)
    clear: Vector  # (arcs,) chance of passing undetected without a sensor, r
    watched: Vector  # (arcs,) the same with a sensor, q ≤ r
    sensor: Index  # (arcs,) number of the sensor, or −1
    cost: Vector  # (sensors,)
    origin: Index  # (scenarios,)
    destination: Index  # (scenarios,)
    probability: Vector  # (scenarios,)

    @property
    def sensors(self) -> tuple[str, ...]:
        """Names of the sensors, `FROM>TO`; a number is added where arcs run side by side."""
        where = np.flatnonzero(self.sensor >= 0)
        where = where[np.argsort(self.sensor[where], kind="stable")]
        names, seen = [], dict[str, int]()
        for e in where:
            name = f"{self.places[self.tail[e]]}>{self.places[self.head[e]]}"
            seen[name] = seen.get(name, 0) + 1
            names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
        return tuple(names)

    def evasion(self, x: Vector) -> Vector:
        """h (scenarios,): each evader's best chance when the sensors x (sensors,) stand, by Dijkstra's algorithm.

        Written apart from the solver: plain Python, one destination at a time, nothing reused.
        """
        on = np.append(np.asarray(x) > 0.5, False)
        gain = np.where(on[self.sensor], self.watched, self.clear)
        into: list[list[tuple[int, float]]] = [[] for _ in self.places]
        for a, b, g in zip(self.tail.tolist(), self.head.tolist(), gain.tolist(), strict=True):
            into[b].append((a, g))
        found = np.zeros(len(self.origin))
        for target in np.unique(self.destination).tolist():
            best = [0.0] * len(self.places)
            best[target] = 1.0
            queue = [(-1.0, target)]
            while queue:
                chance, place = heapq.heappop(queue)
                if -chance < best[place]:
                    continue
                for before, g in into[place]:
                    reached = g * best[place]
                    if reached > best[before]:
                        best[before] = reached
                        heapq.heappush(queue, (-reached, before))
            mine = self.destination == target
            found[mine] = np.array(best)[self.origin[mine]]
        return found

    def risk(self, x: Vector) -> float:
        """Σ_s p_s h_s(x), by `evasion`."""
        return float(self.probability @ self.evasion(x))
