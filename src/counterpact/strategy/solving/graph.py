"""The graph in a linear program: rows as nodes, columns as arcs, and what ties arcs together.

A row with right-hand side 0 (or a node's own supply) is a node as long as no column enters, or leaves, two nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from counterpact.strategy.instance import Vector

_Ints = NDArray[np.int64]

#: Most groups of ends; each gives a path from each source in every round of pricing.
GROUPS = 32


@dataclass(frozen=True)
class Graph:
    """The graph in a program's pattern, the same for all scenarios whose entries lie in the same places."""

    node: NDArray[np.bool_]  # (rows,) is a node
    tail: _Ints  # (columns,) row whose node it leaves, −1 = none
    head: _Ints
    use: _Ints  # (columns,) where the entry at the tail lies in A.data, −1 = none
    gain: _Ints
    into: tuple[_Ints, _Ints]  # columns by head
    ends: tuple[_Ints, _Ints]  # columns with a tail only, by group
    sources: tuple[_Ints, _Ints]  # columns with a head only, by head
    singles: _Ints  # columns on no node
    link_start: _Ints  # entries in linking rows by column
    link: _Ints
    link_at: _Ints  # where they lie in A.data


def find_graph(A: csc_matrix, lower: Vector, upper: Vector, loose: tuple[int, ...] = ()) -> Graph | None:
    """The graph of a program, or None if fewer than half of the columns meet a node."""
    R, n = A.shape
    column = np.repeat(np.arange(n), np.diff(A.indptr))
    row, value = np.asarray(A.indices, dtype=np.int64), A.data
    node = (upper >= 0) & np.isfinite(upper) & ((lower == -np.inf) | ((lower == 0) & (upper == 0)))
    node[list(loose)] = False
    both = np.zeros((R, 2), dtype=bool)
    both[row[value > 0], 0], both[row[value < 0], 1] = True, True
    node &= both.all(axis=1) | (upper == 0)
    tail, head = np.full(n, -1), np.full(n, -1)
    use, gain = np.full(n, -1), np.full(n, -1)
    while True:  # take away the row with most clashes until no column leaves, or enters, two nodes
        clash = np.zeros(R, dtype=np.int64)
        on = node[row]
        for side in (value > 0, value < 0):
            here = on & side
            many = np.bincount(column[here], minlength=n) > 1
            np.add.at(clash, row[here & many[column]], 1)
        if not clash.any():
            break
        node[clash.argmax()] = False
    on = node[row]
    for ends, at, side in ((tail, use, value > 0), (head, gain, value < 0)):
        here = np.flatnonzero(on & side)
        ends[column[here]], at[column[here]] = row[here], here
    if np.count_nonzero((tail >= 0) | (head >= 0)) < n / 2:
        return None
    linking = np.flatnonzero(~on)
    start = np.concatenate([[0], np.cumsum(np.bincount(column[linking], minlength=n))])
    last = np.flatnonzero((tail >= 0) & (head < 0))
    group = np.unique(tail[last], return_inverse=True)[1] % GROUPS
    return Graph(
        node, tail, head, use, gain, _by(head, np.flatnonzero((tail >= 0) & (head >= 0)), R),
        _by(group, np.arange(len(last)), int(group.max(initial=-1)) + 1, last),
        _by(head, np.flatnonzero((tail < 0) & (head >= 0)), R), np.flatnonzero((tail < 0) & (head < 0)),
        start, row[linking], linking,
    )  # fmt: skip


def _by(key: _Ints, chosen: _Ints, count: int, names: _Ints | None = None) -> tuple[_Ints, _Ints]:
    """The chosen items sorted by key, as (starts by key, items)."""
    order = chosen[np.argsort(key[chosen], kind="stable")]
    start = np.concatenate([[0], np.cumsum(np.bincount(key[chosen], minlength=count))])
    return start.astype(np.int64), (order if names is None else names[order]).astype(np.int64)
