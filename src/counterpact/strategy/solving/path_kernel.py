"""The loop of `strengthen`: take a plan apart into paths and add up its cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.instance import Vector

_Ints = NDArray[np.int64]
_F = TypeVar("_F", bound=Callable[..., Any])

#: Flow below this is dust.
DUST = 1e-9


_njit: Any = numba.njit(cache=True)
_compiled: Callable[[_F], _F] = _njit


@_compiled
def peel(
    order: _Ints, plan: Vector, tail: _Ints, head: _Ints, use: Vector, gain: Vector, mixed: Vector,
    supply: NDArray[np.bool_], base: Vector, start: NDArray[np.int32], index: NDArray[np.int32], data: Vector,
    integer: NDArray[np.bool_], M: int,
) -> tuple[float, Vector]:  # fmt: skip
    """(a, g) of the cut a − g·z; `order`: columns in use sorted by tail (−1 first). Arrays as in `strengthen`."""
    R = len(supply)
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
                a += flow * profit
                for m in range(M):
                    g[m] += flow * (min(load[m], profit) if integer[m] else load[m])
    for i in range(len(order)):  # what is no path
        k = order[i]
        if left[k] > 0:
            a += left[k] * base[k]
            for e in range(start[k], start[k + 1]):
                g[index[e]] += left[k] * data[e]
    return a, g
