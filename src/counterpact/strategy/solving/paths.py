"""The reply as flows along paths: for large networks much cheaper than the program over all columns.

Rows with right-hand side 0 (or a node's own supply) are the nodes of a graph if a column enters at most one of them
and leaves at most one; all other rows (capacities, money) link. A master program holds paths from a supply to an end,
and of the linking rows and ceilings only those that ever bound; best paths under the master's prices come from labels
(Ford & Fulkerson 1958; Tomlin 1966). A reply's paths stay in the master, so the next z starts from them. The node
values complete the row duals, and the caller verifies plan and duals against all columns and rows, as for any answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.linear import INFINITY, Program, bounded, quiet

_Ints = NDArray[np.int64]

#: Columns from which the path engine pays. Below, one warm simplex run takes about a millisecond.
LARGE = 1500
#: Paths with a reduced value below this (costs scaled to a largest of 100) are not worth adding.
WORTH = 1e-8
#: A master with more paths than this is freed of those that are far from paying.
MOST_PATHS = 1500
#: Rounds of pricing after which the whole program is solved instead.
ROUNDS = 200


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
    targets, group = np.unique(tail[last], return_inverse=True)
    if len(targets) > 64:
        group = np.zeros(len(last), dtype=np.int64)
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


class PathProgram:
    """max c·y s.t. lower ≤ A y ≤ upper, 0 ≤ y ≤ ceiling by paths. Same contract as `linear.Program`."""

    def __init__(self, graph: Graph, A: csc_matrix, lower: Vector, upper: Vector, ceiling: Vector) -> None:
        self.graph, self._parts = graph, (A, lower, upper, ceiling)
        self._use = np.where(graph.use >= 0, A.data[graph.use], 1.0)
        self._gain = np.where(graph.gain >= 0, -A.data[graph.gain], 0.0)
        self._link_value = A.data[graph.link_at]
        self._linking = csc_matrix((self._link_value, graph.link, graph.link_start), shape=A.shape)
        self._free = self._implied()
        self._whole: Program | None = None
        self.fallbacks = 0
        self._begin()

    def _implied(self) -> NDArray[np.bool_]:
        """Columns whose ceiling a linking row keeps anyway."""
        A, _, upper, ceiling = self._parts
        graph = self.graph
        positive = np.ones(A.shape[0], dtype=bool)
        positive[graph.link[self._link_value < 0]] = False
        column = np.repeat(np.arange(A.shape[1]), np.diff(graph.link_start))
        good = positive[graph.link] & (self._link_value > 0)
        kept = good & (upper[graph.link] <= ceiling[column] * self._link_value * (1 + 1e-12))
        free = np.zeros(A.shape[1], dtype=bool)
        free[column[kept]] = True
        return free

    def _begin(self) -> None:
        """An empty master with the supplies, ends and forced rows as its rows, and the columns on no node."""
        A, lower, upper, ceiling = self._parts
        graph = self.graph
        self._master = quiet(
            presolve="off", solver="simplex", dual_feasibility_tolerance=1e-9, primal_feasibility_tolerance=1e-9
        )
        self._starts, self._columns, self._amounts = np.zeros(1, np.int64), np.empty(0, np.int64), np.empty(0)
        self._first = np.empty(0, np.int64)
        self._rows: _Ints = np.empty(0, np.int64)  # < R a row, else a column's ceiling
        self._place = np.full(A.shape[0], -1)
        self._ceiling_place = np.full(A.shape[1], -1)
        own = np.flatnonzero(graph.node & (upper > 0))
        forced = np.flatnonzero(~graph.node & ((lower > 0) | (upper < 0)))
        ends = np.concatenate([graph.sources[1], graph.ends[1][: 64 * 8] if len(graph.ends[1]) <= 512 else []])
        self._add_rows(np.concatenate([own, forced, A.shape[0] + ends[~self._free[ends.astype(np.int64)]]]))
        single = graph.singles
        if len(single):
            count = np.arange(len(single) + 1)
            self._add_paths(count, single, np.ones(len(single)), np.full(len(single), -1), ceiling[single])

    def _add_rows(self, names: _Ints) -> None:
        from counterpact.strategy.solving.kernels import row_entries

        A, lower, upper, ceiling = self._parts
        names = np.asarray(names, dtype=np.int64)
        R, low = A.shape[0], len(self._rows)
        place = low + np.arange(len(names))
        is_row = names < R
        self._place[names[is_row]] = place[is_row]
        self._ceiling_place[names[~is_row] - R] = place[~is_row]
        self._rows = np.concatenate([self._rows, names])
        begin, row, value = row_entries(*self._stored, self._first, *self._links, self._place, self._ceiling_place, low,
                                        len(self._rows))  # fmt: skip
        which = np.repeat(np.arange(len(begin) - 1), np.diff(begin))
        order = np.lexsort((which, row))
        starts = np.searchsorted(row[order], place).astype(np.int32)
        least = np.full(len(names), -np.inf)
        most = np.empty(len(names))
        least[is_row], most[is_row] = lower[names[is_row]], upper[names[is_row]]
        least[is_row & self.graph.node[np.where(is_row, names, 0)]] = -np.inf
        most[~is_row] = ceiling[names[~is_row] - R]
        self._master.addRows(
            len(names), bounded(least), bounded(most), len(row), starts, which[order].astype(np.int32), value[order]
        )

    @property
    def _stored(self) -> tuple[_Ints, _Ints, Vector]:
        return self._starts, self._columns, self._amounts

    @property
    def _links(self) -> tuple[_Ints, _Ints, Vector]:
        return self.graph.link_start, self.graph.link, self._link_value

    def _add_paths(
        self, starts: _Ints, columns: _Ints, amounts: Vector, first: _Ints, most: Vector | None = None
    ) -> None:
        from counterpact.strategy.solving.kernels import row_entries

        count = len(starts) - 1
        begin, row, value = row_entries(starts, columns, amounts, first, *self._links, self._place,
                                        self._ceiling_place, 0, len(self._rows))  # fmt: skip
        most = np.full(count, INFINITY) if most is None else most
        self._master.addCols(count, np.zeros(count), np.zeros(count), most, len(row), begin[:-1], row, value)
        self._starts = np.concatenate([self._starts, self._starts[-1] + starts[1:]])
        self._columns = np.concatenate([self._columns, columns])
        self._amounts = np.concatenate([self._amounts, amounts])
        self._first = np.concatenate([self._first, first])

    def maximise(self, cost: Vector) -> tuple[Vector, Vector]:
        """The best plan (columns,) and row duals (rows,); by the whole program where paths do not lead to it."""
        found = self._by_paths(cost)
        if found is not None:
            return found
        self.fallbacks += 1
        return self.cold(cost)

    def cold(self, cost: Vector) -> tuple[Vector, Vector]:
        """The whole program from nothing, presolve on; the master is emptied."""
        self._begin()
        if self._whole is None:
            self._whole = Program(*self._parts)
        return self._whole.cold(cost)

    def _by_paths(self, cost: Vector) -> tuple[Vector, Vector] | None:
        from counterpact.strategy.solving.kernels import along, best_paths

        graph, (A, _, _, _) = self.graph, self._parts
        scale = 100.0 / max(1e-300, float(np.abs(cost).max()))
        scaled = cost * scale
        self._price(along(*self._stored, scaled))
        potential = np.zeros(A.shape[0])
        room, method = 60 * (len(graph.sources[1]) + 1) * len(graph.ends[0]) + 20_000, 4
        for _ in range(ROUNDS):
            answer = self._run(method)
            if answer is None:
                return None
            plan, price, ceiling_price = answer
            missing = self._broken(plan)
            if len(missing):
                self._add_rows(missing)
                method = 1
                continue
            reduced = scaled - self._linking.T @ price - ceiling_price
            node_price = np.where(graph.node & (self._place >= 0), self._own_price, np.inf)
            count, starts, columns, amounts, first, fine = best_paths(
                reduced, graph.tail, graph.head, self._use, self._gain, *graph.into, *graph.ends, *graph.sources,
                node_price, WORTH, potential, room,
            )  # fmt: skip
            if not fine:
                return None
            if not count:
                price[graph.node] = potential[graph.node]
                return plan, price / scale
            used = starts[count]
            self._add_paths(starts[: count + 1], columns[:used], amounts[:used], first[:count])
            self._price(along(*self._stored, scaled))
            method = 4
        return None

    def _price(self, worth: Vector) -> None:
        self._master.changeColsCost(len(worth), np.arange(len(worth), dtype=np.int32), -worth)

    def _run(self, method: int) -> tuple[Vector, Vector, Vector] | None:
        """Solve the master: the plan (columns,), prices of linking rows (rows,) and of ceilings (columns,)."""
        from counterpact.strategy.solving.kernels import spread

        A = self._parts[0]
        self._master.setOptionValue("simplex_strategy", method)
        self._master.run()
        fine = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty)
        if self._master.getModelStatus() not in fine:
            return None
        solution = self._master.getSolution()
        x, dual = np.array(solution.col_value), -np.array(solution.row_dual)
        plan, price, ceiling_price = np.zeros(A.shape[1]), np.zeros(A.shape[0]), np.zeros(A.shape[1])
        spread(*self._stored, x, plan)
        is_row = self._rows < A.shape[0]
        price[self._rows[is_row]] = dual[is_row]
        ceiling_price[self._rows[~is_row] - A.shape[0]] = dual[~is_row]
        self._own_price = price.copy()
        price[self.graph.node] = 0.0
        return plan, price, ceiling_price

    def _broken(self, plan: Vector) -> _Ints:
        """Rows and ceilings left out of the master that the plan breaks."""
        A, lower, upper, ceiling = self._parts
        activity = self._linking @ plan
        slack = 1e-9 * (1 + np.abs(np.where(np.isfinite(upper), upper, 0.0)))
        row = (activity > upper + slack) | (activity < lower - slack)
        row &= (self._place < 0) & ~self.graph.node
        column = (plan > ceiling * (1 + 1e-9)) & ~self._free & (self._ceiling_place < 0)
        return np.concatenate([np.flatnonzero(row), A.shape[0] + np.flatnonzero(column)])
