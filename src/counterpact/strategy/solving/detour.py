"""A second way for a path's flow: what makes cuts sharp where measures only drive the adversary elsewhere.

Used by `path_kernel`; formula and proof in `strengthen`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.instance import Vector

_Ints = NDArray[np.int64]
_Flags = NDArray[np.bool_]
_F = TypeVar("_F", bound=Callable[..., Any])

_njit: Any = numba.njit(cache=True)
_compiled: Callable[[_F], _F] = _njit


@_compiled
def spare(j: int, room: Vector, slack: Vector, link_start: _Ints, link: _Ints, weight: Vector) -> float:
    """How much more column j can take, by its own ceiling and its linking rows."""
    most = room[j]
    for e in range(link_start[j], link_start[j + 1]):
        if weight[e] > 0:
            most = min(most, slack[link[e]] / weight[e])
    return float(most)


@_compiled
def shortest(
    goal: int, least: float, cost: Vector, own: _Flags, free: _Flags, room: Vector, slack: Vector,
    link_start: _Ints, link: _Ints, weight: Vector, tail: _Ints, head: _Ints, into_start: _Ints, into: _Ints,
    source_start: _Ints, source: _Ints, far: Vector, after: _Ints, seen: _Ints, way: _Ints,
) -> int:  # fmt: skip
    """The cheapest way (Dijkstra, backwards) from any source to the node `goal` over columns that can take `least`.

    Writes its columns into `way`, returns how many, 0 if there is none. Columns that are the path's `own` need no
    room. `far`, `after`, `seen` are room to work in; `far` comes back clean (inf).
    """
    count, settled, first = 1, 0, -1
    best = np.inf
    seen[0] = goal
    far[goal] = 0.0
    while settled < count:
        pick = settled
        for i in range(settled + 1, count):
            if far[seen[i]] < far[seen[pick]]:
                pick = i
        node = seen[pick]
        seen[pick] = seen[settled]
        seen[settled] = node
        settled += 1
        if far[node] >= best:
            break
        for e in range(source_start[node], source_start[node + 1]):
            j = source[e]
            if far[node] + cost[j] < best and (
                own[j] or (free[j] and spare(j, room, slack, link_start, link, weight) > least)
            ):
                best, first = far[node] + cost[j], j
        for e in range(into_start[node], into_start[node + 1]):
            j = into[e]
            reach = far[node] + cost[j]
            at = tail[j]
            if reach < far[at] and (own[j] or (free[j] and spare(j, room, slack, link_start, link, weight) > least)):
                if far[at] == np.inf:
                    seen[count] = at
                    count += 1
                far[at] = reach
                after[at] = j
    length = 0
    if first >= 0:
        way[0] = first
        length = 1
        node = head[first]
        while node != goal:
            way[length] = after[node]
            node = head[after[node]]
            length += 1
    for i in range(count):
        far[seen[i]] = np.inf
    return length
