"""Compiled loops of the path engine (`paths`): best paths by labels, sums along paths.

Imported only where a network is large enough to pay for it: loading the compiled code takes about half a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

_Ints = NDArray[np.int64]
_Reals = NDArray[np.float64]

_F = TypeVar("_F", bound=Callable[..., Any])

_njit: Any = numba.njit(cache=True, nogil=True)
_compiled: Callable[[_F], _F] = _njit


@_compiled
def _push(heap: _Ints, key: _Reals, size: int, node: int, value: float) -> int:
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if key[up] >= value:
            break
        heap[at], key[at] = heap[up], key[up]
        at = up
    heap[at], key[at] = node, value
    return size + 1


@_compiled
def _pop(heap: _Ints, key: _Reals, size: int) -> int:
    """Drop the top; returns the new size."""
    size -= 1
    if size == 0:
        return 0
    node, value = heap[size], key[size]
    at = 0
    while True:
        low = 2 * at + 1
        if low >= size:
            break
        if low + 1 < size and key[low + 1] > key[low]:
            low += 1
        if key[low] <= value:
            break
        heap[at], key[at] = heap[low], key[low]
        at = low
    heap[at], key[at] = node, value
    return size


@_compiled
def best_paths(
    cost: _Reals, tail: _Ints, head: _Ints, use: _Reals, gain: _Reals, into_start: _Ints, into: _Ints,
    seed_start: _Ints, seed: _Ints, source_start: _Ints, source: _Ints, node_price: _Reals,
    wasted: NDArray[np.bool_], tolerance: float,
    potential: _Reals, room: int,
) -> tuple[int, _Ints, _Ints, _Reals, _Ints, bool]:  # fmt: skip
    """Best values of a unit at each node, and a path for each source and group of ends whose reduced value is > 0.

    `cost` (n,): reduced by the prices of linking rows and ceilings. Columns from node `tail` (takes `use`) to `head`
    (brings `gain`); −1 = none. `into`: columns by head; `seed`: ending columns by group; `source`: columns without a
    tail by head. `node_price` (N,): price of a node's own supply, inf if it has none. `wasted` (N,): what comes to the
    node may stay there, so a column that pays may end a path there: one more group. `potential` (N,) is filled with
    the best value, 0 if nothing pays. Returns (paths, starts, columns, amounts, first rows, ok); `room` caps columns.
    """
    N = len(into_start) - 1
    groups = len(seed_start) - 1
    value, onward = np.zeros(N), np.full(N, -1, np.int64)
    size_most = 4 * len(tail) + N + 16
    heap, key = np.empty(size_most, np.int64), np.empty(size_most)
    touched, mark = np.empty(N, np.int64), np.zeros(N, np.bool_)
    starts, first = np.zeros(room + 1, np.int64), np.empty(room, np.int64)
    columns, amounts = np.empty(room, np.int64), np.empty(room)
    count, filled = 0, 0
    potential[:] = 0.0
    for group in range(groups + 1):
        size = seen = pops = 0
        last = group == groups
        for k in range(0 if last else seed_start[group], len(tail) if last else seed_start[group + 1]):
            j = k if last else seed[k]
            t = tail[j]
            if last and (not cost[j] > 0 or t < 0 or head[j] < 0 or not wasted[head[j]]):
                continue
            worth = cost[j] / use[j]
            if worth > value[t]:
                value[t], onward[t] = worth, j
                if not mark[t]:
                    mark[t] = True
                    touched[seen] = t
                    seen += 1
                size = _push(heap, key, size, t, worth)
        while size:
            node, worth = heap[0], key[0]
            size = _pop(heap, key, size)
            if worth < value[node]:
                continue
            pops += 1
            if pops > 50 * N or size + len(tail) > size_most:
                return count, starts, columns, amounts, first, False  # a cycle that pays
            for k in range(into_start[node], into_start[node + 1]):
                j = into[k]
                t = tail[j]
                got = (cost[j] + gain[j] * worth) / use[j]
                if got > value[t] + 1e-13 * (1.0 + value[t]):
                    value[t], onward[t] = got, j
                    if not mark[t]:
                        mark[t] = True
                        touched[seen] = t
                        seen += 1
                    size = _push(heap, key, size, t, got)
        for i in range(seen):
            node = touched[i]
            potential[node] = max(potential[node], value[node])
            for k in range(source_start[node], source_start[node + 1] + 1):
                own = k == source_start[node + 1]
                s = -1 if own else source[k]
                reduced = value[node] - node_price[node] if own else cost[s] + gain[s] * value[node]
                if not reduced > tolerance:
                    continue
                begin, flow, at = filled, 1.0, node
                if not own:
                    columns[filled], amounts[filled] = s, 1.0
                    filled += 1
                    flow = gain[s]
                while at >= 0 and onward[at] >= 0 and filled - begin <= N + 1 and filled < room:
                    j = onward[at]
                    flow /= use[j]
                    columns[filled], amounts[filled] = j, flow
                    filled += 1
                    flow *= gain[j]
                    at = head[j]
                if filled >= room or filled - begin > N + 1:
                    if filled >= room and count:
                        filled = begin
                        break
                    return count, starts, columns, amounts, first, False
                first[count] = node if own else -1
                count += 1
                starts[count] = filled
        if last:
            for k in range(len(source)):
                s = source[k]
                if cost[s] > tolerance and wasted[head[s]] and not mark[head[s]] and filled < room:
                    columns[filled], amounts[filled] = s, 1.0
                    filled += 1
                    first[count] = -1
                    count += 1
                    starts[count] = filled
        for i in range(seen):
            value[touched[i]], onward[touched[i]], mark[touched[i]] = 0.0, -1, False
    return count, starts, columns, amounts, first, True


@_compiled
def along(starts: _Ints, columns: _Ints, amounts: _Reals, cost: _Reals) -> _Reals:
    """Cost of each path."""
    total = np.zeros(len(starts) - 1)
    for p in range(len(total)):
        for k in range(starts[p], starts[p + 1]):
            total[p] += cost[columns[k]] * amounts[k]
    return total


@_compiled
def spread(starts: _Ints, columns: _Ints, amounts: _Reals, x: _Reals, plan: _Reals) -> None:
    """Adds the paths' flows to the plan (n,)."""
    for p in range(len(starts) - 1):
        if x[p] > 0:
            for k in range(starts[p], starts[p + 1]):
                plan[columns[k]] += x[p] * amounts[k]


@_compiled
def row_entries(
    starts: _Ints, columns: _Ints, amounts: _Reals, first: _Ints, link_start: _Ints, link: _Ints,
    link_value: _Reals, place: _Ints, ceiling_place: _Ints, low: int, size: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], _Reals]:  # fmt: skip
    """Entries of paths in the master's rows numbered ≥ `low`: (starts by path, rows, values).

    `place` (R,): the master's row of a row, −1 if left out; `ceiling_place` (n,) the same for a column's ceiling.
    """
    paths = len(starts) - 1
    sums, seen = np.zeros(size), np.zeros(size, np.bool_)
    which = np.empty(size, np.int64)
    begin = np.zeros(paths + 1, np.int32)
    most = len(columns) * (2 + (link_start[-1] // max(1, len(link_start) - 1))) + paths
    rows, values, filled = np.empty(most, np.int32), np.empty(most), 0
    for p in range(paths):
        count = 0
        if first[p] >= 0 and place[first[p]] >= low:
            r = place[first[p]]
            seen[r] = True
            sums[r] = 1.0
            which[count] = r
            count += 1
        for k in range(starts[p], starts[p + 1]):
            j = columns[k]
            r = ceiling_place[j]
            if r >= low:
                if not seen[r]:
                    seen[r] = True
                    which[count] = r
                    count += 1
                sums[r] += amounts[k]
            for i in range(link_start[j], link_start[j + 1]):
                r = place[link[i]]
                if r >= low:
                    if not seen[r]:
                        seen[r] = True
                        which[count] = r
                        count += 1
                    sums[r] += amounts[k] * link_value[i]
        if filled + count > len(rows):
            rows = np.concatenate((rows, np.empty(len(rows) + count, np.int32)))
            values = np.concatenate((values, np.empty(len(values) + count)))
        for i in range(count):
            r = which[i]
            rows[filled], values[filled] = r, sums[r]
            filled += 1
            sums[r], seen[r] = 0.0, False
        begin[p + 1] = filled
    return begin, rows[:filled], values[:filled]


@_compiled
def flows(starts: _Ints, columns: _Ints, use: _Reals, gain: _Reals, tail: _Ints) -> _Reals:
    """Amounts along paths for a unit at their start."""
    amounts = np.empty(len(columns))
    for p in range(len(starts) - 1):
        flow = 1.0
        for k in range(starts[p], starts[p + 1]):
            j = columns[k]
            if tail[j] >= 0:
                flow /= use[j]
            amounts[k] = flow
            flow *= gain[j]
    return amounts


@_compiled
def excess(
    reduced: _Reals, dual: _Reals, tail: _Ints, head: _Ints, use: _Reals, gain: _Reals, ceiling: _Reals
) -> float:
    """Σ ceiling · what a column is worth above its price."""
    total = 0.0
    for j in range(len(reduced)):
        worth = reduced[j]
        if tail[j] >= 0:
            worth -= use[j] * dual[tail[j]]
        if head[j] >= 0:
            worth += gain[j] * dual[head[j]]
        if worth > 0:
            total += worth * ceiling[j]
    return total
