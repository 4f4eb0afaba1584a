"""The loop of `strengthen`: take a plan apart into paths and add up its cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.detour import shortest, spare

_Ints = NDArray[np.int64]
_F = TypeVar("_F", bound=Callable[..., Any])

#: Flow below this is dust.
DUST = 1e-9
#: Most second ways tried for the flow of one path, and the room below which a column is full.
WAYS, LEAST = 3, 1e-3


_njit: Any = numba.njit(cache=True)
_compiled: Callable[[_F], _F] = _njit


@_compiled
def _second(
    path: _Ints, count: int, line: Vector, z: Vector, base: Vector, start: NDArray[np.int32],
    index: NDArray[np.int32], data: Vector, own: NDArray[np.bool_], free: NDArray[np.bool_], room: Vector,
    slack: Vector, link_start: _Ints, link: _Ints, weight: Vector, tail: _Ints, head: _Ints, into_start: _Ints,
    into: _Ints, source_start: _Ints, source: _Ints, far: Vector, after: _Ints, seen: _Ints, way: _Ints, cost: Vector,
) -> int:  # fmt: skip
    """Another way to where the path ends, that keeps clear of the measures that cost the path most at z."""
    goal = head[path[count - 2]]
    hit = False
    for m in range(len(z)):
        hit = hit or (line[m] > 0 and 1e-6 < z[m] < 1 - 1e-6)
    if not hit:
        return 0
    for k in range(len(cost)):
        cost[k] = -base[k]
        for e in range(start[k], start[k + 1]):
            m = index[e]
            cost[k] += data[e] * (1.0 if line[m] > 0 and z[m] > 1e-6 else z[m])
        cost[k] = max(0.0, cost[k])
    for c in range(count):
        own[path[c]] = True
    length = shortest(
        goal, LEAST, cost, own, free, room, slack, link_start, link, weight, tail, head, into_start, into,
        source_start, source, far, after, seen, way,
    )  # fmt: skip
    for c in range(count):
        own[path[c]] = False
    return int(length)


@_compiled
def peel(
    order: _Ints, plan: Vector, tail: _Ints, head: _Ints, use: Vector, gain: Vector, mixed: Vector,
    supply: NDArray[np.bool_], base: Vector, start: NDArray[np.int32], index: NDArray[np.int32], data: Vector,
    integer: NDArray[np.bool_], M: int, z: Vector, free: NDArray[np.bool_], room: Vector, slack: Vector,
    link_start: _Ints, link: _Ints, weight: Vector, into_start: _Ints, into: _Ints, source_start: _Ints, source: _Ints,
) -> tuple[float, Vector]:  # fmt: skip
    """(a, g) of the cut a − g·z; `order`: columns in use sorted by tail (−1 first). Arrays as in `strengthen`.

    `room` (columns) and `slack` (rows): what the plan leaves free; used up for second ways, chosen to be good at z.
    """
    R = len(supply)
    far, after, seen = np.full(R, np.inf), np.full(R, -1, np.int64), np.empty(R, np.int64)
    way, own, cost = np.empty(R + 1, np.int64), np.zeros(len(plan), np.bool_), np.empty(len(plan))
    line, second = np.zeros(M), np.zeros(M)
    first = np.full(R + 1, len(order), np.int64)  # first column in use that leaves each row's node
    for i in range(len(order) - 1, -1, -1):
        if tail[order[i]] >= 0:
            first[tail[order[i]]] = i
    left = plan.copy()
    visited = np.full(R, -1, np.int64)
    path, amount = np.empty(len(order) + 1, np.int64), np.empty(len(order) + 1)
    a, g, load = 0.0, np.zeros(M), np.zeros(M)
    walk = 0
    for i in range(len(order)):
        j = order[i]
        if tail[j] >= 0 and not supply[tail[j]]:
            continue
        while left[j] > DUST:
            walk += 1
            count, k, size, whole = 0, j, 1.0, True
            while True:
                path[count], amount[count] = k, size
                count += 1
                at = head[k]
                if at < 0:
                    break
                if visited[at] == walk:
                    whole = False
                    break
                visited[at] = walk
                place = first[at]
                while place < len(order) and tail[order[place]] == at and left[order[place]] <= DUST:
                    place += 1
                first[at] = place
                if place >= len(order) or tail[order[place]] != at:
                    break  # what arrives here stays here
                size = size * gain[k] / use[order[place]]
                k = order[place]
            if not whole:
                break
            flow = np.inf
            for c in range(count):
                flow = min(flow, left[path[c]] / amount[c])
            profit, kept = 0.0, False
            load[:] = 0.0
            for c in range(count):
                k = path[c]
                left[k] = max(0.0, left[k] - flow * amount[c])
                if left[k] <= DUST:
                    left[k] = 0.0
                profit += amount[c] * base[k]
                for e in range(start[k], start[k + 1]):
                    load[index[e]] += amount[c] * data[e]
                    if data[e] < 0:
                        kept = True
            for r in range(mixed.shape[0]):
                net = 0.0
                for c in range(count):
                    net += amount[c] * mixed[r, path[c]]
                if net < -1e-12:
                    kept = True
            if kept:
                a += flow * profit
                for m in range(M):
                    g[m] += flow * load[m]
            elif profit > 0:
                straight = count > 1 and tail[path[0]] < 0 and head[path[count - 1]] < 0
                for m in range(M):
                    line[m] = min(load[m], profit) if integer[m] else load[m]
                for c in range(count):
                    straight = straight and amount[c] == 1.0 and free[path[c]]
                for _ in range(WAYS if straight else 0):
                    length = _second(
                        path, count, line, z, base, start, index, data, own, free, room, slack, link_start, link,
                        weight, tail, head, into_start, into, source_start, source, far, after, seen, way, cost,
                    )  # fmt: skip
                    if length == 0:
                        break
                    part, less = flow, 0.0
                    for c in range(count):
                        own[path[c]] = True
                    second[:] = 0.0
                    for c in range(length):
                        less += base[way[c]]
                        for e in range(start[way[c]], start[way[c] + 1]):
                            second[index[e]] += data[e]
                            if data[e] < 0:
                                less = -np.inf
                        if not own[way[c]]:
                            part = min(part, spare(way[c], room, slack, link_start, link, weight))
                    less += base[path[count - 1]]
                    last = path[count - 1]
                    for e in range(start[last], start[last + 1]):
                        second[index[e]] += data[e]
                    gained = 0.0
                    if less > 0:
                        for m in range(M):
                            one, two = line[m], min(second[m], less) if integer[m] else second[m]
                            if profit < less:
                                one, two = two, one
                            more = max(0.0, one - two)
                            second[m] = two + (min(more, abs(profit - less)) if integer[m] else more)
                            gained += (line[m] - second[m]) * z[m]
                        gained += max(0.0, less - profit)
                    if gained <= 1e-9 or part <= DUST:
                        for c in range(count):
                            own[path[c]] = False
                        break
                    for c in range(length):
                        k = way[c]
                        if not own[k]:
                            room[k] -= part
                            for e in range(link_start[k], link_start[k + 1]):
                                slack[link[e]] -= part * weight[e]
                    for c in range(count):
                        own[path[c]] = False
                    a += part * max(profit, less)
                    for m in range(M):
                        g[m] += part * second[m]
                    flow -= part
                    if flow <= DUST:
                        break
                a += flow * profit
                for m in range(M):
                    g[m] += flow * line[m]
    for i in range(len(order)):  # what is no path
        k = order[i]
        if left[k] > 0:
            a += left[k] * base[k]
            for e in range(start[k], start[k + 1]):
                g[index[e]] += left[k] * data[e]
    return a, g
