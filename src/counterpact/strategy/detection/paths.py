"""The evader's replies as labelled paths: all that matter at a fractional z at once.

At z, a path uses up z_m for every sensor m that it passes as if unwatched, and nothing where it takes the watched
copy of the arc (chance q, whatever z). For each destination the labels (used, chance) that no other beats in both are
set backwards in falling order of chance (a bicriterion Dijkstra; Hansen 1980). An origin's labels with used < 1 are the
chain of plans whose mixing line is the highest at z.
"""

from __future__ import annotations

import heapq

import numba
import numpy as np

from counterpact.strategy.detection.network import DetectionNetwork, Index
from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.lines import Chains, Lines

#: Added to z, so that of two paths equally open the one with fewer sensors counts as more open.
NUDGE = 1e-3
#: Most labels of one place. Fewer plans than there are only weaken a line.
LABELS = 256


class PathPlaybook:
    """Lines of a detection network; a pair is a scenario (see `lines.Playbook`)."""

    def __init__(self, network: DetectionNetwork) -> None:
        self.network = network
        order = np.argsort(network.head, kind="stable")
        self._start = np.searchsorted(network.head[order], np.arange(len(network.places) + 1))
        self._arcs = order
        self._targets = np.unique(network.destination)
        self._M = len(network.cost)
        self.floor = np.zeros(len(network.origin))
        self.floor = self.lines(np.ones(self._M)).at(np.ones(self._M))

    def chains(self, z: Vector) -> Chains:
        """Plans in falling order of chance for each scenario."""
        net = self.network
        return Chains(
            *_chains(
                self._targets, net.origin, net.destination, self._start, self._arcs, net.tail, net.head, net.clear,
                net.watched, net.sensor, np.clip(z, 0.0, 1.0) + NUDGE, LABELS,
            )
        )  # fmt: skip

    def lines(self, z: Vector) -> Lines:
        """The highest mixing lines at z, exact at a whole z."""
        return self.chains(z).lines(self.floor, self._M)


@numba.njit(cache=True, nogil=True)
def _label(
    target: int, start: Index, arcs: Index, tail: Index, clear: Vector, watched: Vector, sensor: Index, z: Vector,
    used: Vector, chance: Vector, by: Index, after: Index, count: Index,
) -> None:  # fmt: skip
    """Set the labels of every place for one destination. `by` is 2·arc, + 1 for the watched copy."""
    places, most = used.shape
    count[:] = 0
    least = np.full(places, 2.0)
    queue = [(-1.0, 0.0, target, -1, -1)]
    while len(queue) > 0:
        minus, u, place, arc, label = heapq.heappop(queue)
        c = count[place]
        if u >= least[place] - 1e-12 or c >= most:
            continue
        least[place] = u
        used[place, c], chance[place, c], by[place, c], after[place, c] = u, -minus, arc, label
        count[place] = c + 1
        for j in range(start[place], start[place + 1]):
            e = arcs[j]
            before = tail[e]
            m = sensor[e]
            open_ = u if m < 0 else u + z[m]
            if open_ < 1.0 and clear[e] > 0 and open_ < least[before] - 1e-12:
                heapq.heappush(queue, (minus * clear[e], open_, before, 2 * e, c))
            if m >= 0 and watched[e] > 0 and u < least[before] - 1e-12:
                heapq.heappush(queue, (minus * watched[e], u, before, 2 * e + 1, c))


@numba.njit(cache=True, nogil=True)
def _chains(
    targets: Index, origin: Index, destination: Index, start: Index, arcs: Index, tail: Index, head: Index,
    clear: Vector, watched: Vector, sensor: Index, z: Vector, most: int,
) -> tuple[Index, Vector, Index, Index]:  # fmt: skip
    places, pairs = len(start) - 1, len(origin)
    used, chance = np.empty((places, most)), np.empty((places, most))
    by, after = np.empty((places, most), np.int64), np.empty((places, most), np.int64)
    count = np.zeros(places, np.int64)
    pair_of, value, size = [0], [0.0], [0]
    members = [0]
    pair_of.clear()
    value.clear()
    size.clear()
    members.clear()
    for target in targets:
        _label(target, start, arcs, tail, clear, watched, sensor, z, used, chance, by, after, count)
        for s in range(pairs):
            if destination[s] != target:
                continue
            for k in range(count[origin[s]]):
                place, label, met = origin[s], k, 0
                while by[place, label] >= 0:
                    e = by[place, label] // 2
                    if by[place, label] % 2 == 0 and sensor[e] >= 0:
                        members.append(sensor[e])
                        met += 1
                    label = after[place, label]
                    place = head[e]
                pair_of.append(s)
                value.append(chance[origin[s], k])
                size.append(met)
    return _sorted(np.array(pair_of), np.array(value), np.array(size), np.array(members), pairs)


@numba.njit(cache=True, nogil=True)
def _sorted(
    pair_of: Index, value: Vector, size: Index, members: Index, pairs: int
) -> tuple[Index, Vector, Index, Index]:
    """The steps in the order of their pairs."""
    order = np.argsort(pair_of, kind="mergesort")
    begin = np.concatenate((np.zeros(1, np.int64), np.cumsum(size)))
    start, first = np.zeros(pairs + 1, np.int64), np.zeros(len(order) + 1, np.int64)
    sorted_members = np.empty(len(members), np.int64)
    at = 0
    for new, old in enumerate(order):
        start[pair_of[old] + 1] += 1
        for j in range(begin[old], begin[old + 1]):
            sorted_members[at] = members[j]
            at += 1
        first[new + 1] = at
    return np.cumsum(start), value[order], first, sorted_members
