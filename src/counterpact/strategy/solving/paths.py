"""The reply as flows along paths: for large networks much cheaper than the program over all columns.

Rows with right-hand side 0 (or a node's own supply) are the nodes of a graph if a column enters at most one of them
and leaves at most one; all other rows (capacities, money) link. A master program holds paths from a supply to an end,
and of the linking rows and ceilings only those that ever bound; best paths under the master's prices come from labels
(Ford & Fulkerson 1958; Tomlin 1966). A reply's paths stay in the master, so the next z starts from them, and another
scenario starts from the paths and prices of the one before it. The node values complete the row duals, and the caller
verifies plan and duals against all columns and rows, as for any answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.graph import Graph
from counterpact.strategy.solving.linear import INFINITY, Program, bounded, quiet

_Ints = NDArray[np.int64]

#: Columns from which the path engine pays. Below, one warm simplex run takes about a millisecond.
LARGE = 1500
#: Paths with a reduced value below this (costs scaled to a largest of 100) are not worth adding.
WORTH = 1e-8
#: A master with more paths than this keeps those in use and the younger half.
MOST_PATHS = 2000
#: Rounds after which the whole program is solved instead, and how often that may happen before paths are given up.
ROUNDS, PATIENCE = 60, 2


@dataclass
class Pool:
    """What the programs of scenarios alike share: the graph, and where the last of them ended."""

    graph: Graph
    rows: _Ints | None = None  # in the master's own numbers: < R a row, else a column's ceiling
    starts: _Ints | None = None
    columns: _Ints | None = None
    first: _Ints | None = None
    prices: tuple[Vector, Vector] | None = None  # of rows (rows,) and of ceilings (columns,)
    given_up: int = 0  # programs that paths did not lead to an optimum


class PathProgram:
    """max c·y s.t. lower ≤ A y ≤ upper, 0 ≤ y ≤ ceiling by paths. Same contract as `linear.Program`."""

    def __init__(self, pool: Pool, A: csc_matrix, lower: Vector, upper: Vector, ceiling: Vector) -> None:
        self.pool, self.graph, self._parts = pool, pool.graph, (A, lower, upper, ceiling)
        graph = self.graph
        self._use = np.where(graph.use >= 0, A.data[graph.use], 1.0)
        self._gain = np.where(graph.gain >= 0, -A.data[graph.gain], 0.0)
        self._links = (graph.link_start, graph.link, A.data[graph.link_at])
        self._linking = csc_matrix((self._links[2], graph.link, graph.link_start), shape=A.shape)
        self._supply = np.flatnonzero(graph.node & (upper > 0))  # nodes with a supply of their own
        self._wasted = graph.node & ~np.isfinite(lower)  # nodes where what comes may stay
        self._free = self._implied()
        self._whole: Program | None = None
        self._plan: Vector | None = None  # the last one, feasible at any cost
        self._prices: tuple[Vector, Vector] | None = None
        self.fallbacks = 0
        self._begin()

    def _implied(self) -> NDArray[np.bool_]:
        """Columns whose ceiling a linking row keeps anyway."""
        A, _, upper, ceiling = self._parts
        start, link, value = self._links
        positive = np.ones(A.shape[0], dtype=bool)
        positive[link[value < 0]] = False
        column = np.repeat(np.arange(A.shape[1]), np.diff(start))
        good = positive[link] & (value > 0)
        kept = good & (upper[link] <= ceiling[column] * value * (1 + 1e-12))
        free = np.zeros(A.shape[1], dtype=bool)
        free[column[kept]] = True
        return free

    # the master ------------------------------------------------------------------------------------------

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
        forced = np.flatnonzero(~graph.node & ((lower > 0) | (upper < 0)))
        few = graph.ends[1] if len(graph.ends[1]) <= 512 else graph.ends[1][:0]
        ends = np.concatenate([graph.sources[1], few])
        self._add_rows(np.concatenate([self._supply, forced, A.shape[0] + ends[~self._free[ends]]]))
        single = graph.singles
        if len(single):
            count = np.arange(len(single) + 1)
            self._add_paths(count, single, np.ones(len(single)), np.full(len(single), -1), ceiling[single])

    def _seed(self) -> None:
        """Begin where another scenario ended."""
        from counterpact.strategy.solving.kernels import flows

        pool = self.pool
        if pool.rows is None or pool.starts is None or pool.columns is None or pool.first is None:
            return
        R = len(self._place)
        is_row = pool.rows < R
        known = np.where(is_row, self._place[np.where(is_row, pool.rows, 0)],
                         self._ceiling_place[np.where(is_row, 0, pool.rows - R)])  # fmt: skip
        self._add_rows(pool.rows[known < 0])
        amounts = flows(pool.starts, pool.columns, self._use, self._gain, self.graph.tail)
        self._add_paths(pool.starts, pool.columns, amounts, pool.first)

    def _tidy(self, x: Vector) -> None:
        """Tell the pool where this program ended; drop old paths from a master grown too large."""
        pool, count = self.pool, len(self._first)
        pool.rows = self._rows
        x = np.pad(x, (0, count - len(x)))  # paths may have come since
        used = (x > 0) & (np.arange(count) >= len(self.graph.singles))
        pool.starts, pool.columns, _, pool.first = self._subset(used)
        if count > MOST_PATHS:
            young = np.arange(count) >= count - MOST_PATHS // 2
            kept = self._subset(((x > 0) | young) & (np.arange(count) >= len(self.graph.singles)))
            rows = self._rows
            self._begin()
            self._add_rows(rows[len(self._rows) :])  # begun with the same first rows
            self._add_paths(*kept)

    def _subset(self, keep: NDArray[np.bool_]) -> tuple[_Ints, _Ints, Vector, _Ints]:
        """(starts, columns, amounts, first rows) of some of the paths."""
        length = np.diff(self._starts)
        entry = np.repeat(keep, length)
        starts = np.concatenate([[0], np.cumsum(length[keep])])
        return starts, self._columns[entry], self._amounts[entry], self._first[keep]

    def _add_rows(self, names: _Ints) -> None:
        """Rows (< R) and columns' ceilings (≥ R) into the master."""
        from counterpact.strategy.solving.kernels import row_entries

        A, lower, upper, ceiling = self._parts
        R, low = A.shape[0], len(self._rows)
        place = low + np.arange(len(names))
        is_row = names < R
        self._place[names[is_row]] = place[is_row]
        self._ceiling_place[names[~is_row] - R] = place[~is_row]
        self._rows = np.concatenate([self._rows, names])
        begin, row, value = row_entries(
            *self._stored, self._first, *self._links, self._place, self._ceiling_place, low, len(self._rows)
        )
        which = np.repeat(np.arange(len(begin) - 1), np.diff(begin))
        order = np.lexsort((which, row))
        starts = np.searchsorted(row[order], place).astype(np.int32)
        least, most = np.full(len(names), -np.inf), np.empty(len(names))
        least[is_row], most[is_row] = lower[names[is_row]], upper[names[is_row]]
        least[is_row & self.graph.node[np.where(is_row, names, 0)]] = -np.inf
        most[~is_row] = ceiling[names[~is_row] - R]
        self._master.addRows(
            len(names), bounded(least), bounded(most), len(row), starts, which[order].astype(np.int32), value[order]
        )

    @property
    def _stored(self) -> tuple[_Ints, _Ints, Vector]:
        return self._starts, self._columns, self._amounts

    def _add_paths(
        self, starts: _Ints, columns: _Ints, amounts: Vector, first: _Ints, most: Vector | None = None
    ) -> None:
        from counterpact.strategy.solving.kernels import row_entries

        count = len(starts) - 1
        begin, row, value = row_entries(
            starts, columns, amounts, first, *self._links, self._place, self._ceiling_place, 0, len(self._rows)
        )
        most = np.full(count, INFINITY) if most is None else most
        self._master.addCols(count, np.zeros(count), np.zeros(count), most, len(row), begin[:-1], row, value)
        self._starts = np.concatenate([self._starts, self._starts[-1] + starts[1:]])
        self._columns = np.concatenate([self._columns, columns])
        self._amounts = np.concatenate([self._amounts, amounts])
        self._first = np.concatenate([self._first, first])

    # solving ---------------------------------------------------------------------------------------------

    def maximise(self, cost: Vector, enough: float = -np.inf) -> tuple[Vector, Vector]:
        """The best plan (columns,) and row duals (rows,); by the whole program where paths do not lead to it.

        It may stop at any feasible plan once the duals prove that no plan is worth more than `enough`.
        """
        if self.pool.given_up < PATIENCE:
            found = self._by_paths(cost, enough)
            if found is not None:
                return found
            self.fallbacks += 1
            self.pool.given_up += 1
            self._begin()
        if self._whole is None:
            self._whole = Program(*self._parts)
        return self._whole.maximise(cost)

    def cold(self, cost: Vector) -> tuple[Vector, Vector]:
        """The whole program from nothing, presolve on; the master is emptied."""
        self._begin()
        if self._whole is None:
            self._whole = Program(*self._parts)
        return self._whole.cold(cost)

    def _by_paths(self, cost: Vector, enough: float) -> tuple[Vector, Vector] | None:
        scale = 100.0 / max(1e-300, float(np.abs(cost).max()))
        scaled = cost * scale
        if not len(self._columns) or self._plan is None:
            self._seed()
        known = self._prices or self.pool.prices
        if known is not None and np.isfinite(enough):  # perhaps the prices known so far prove enough
            priced = self._find(scaled, known[0] * scale, known[1] * scale)
            if priced is None:
                return None
            if self._plan is not None and self._bound(scaled, priced) <= enough * scale:
                return self._plan, priced[0] / scale
        method = 4
        for _ in range(ROUNDS):
            answer = self._run(method, scaled)
            if answer is None:
                return None
            x, plan, price, ceiling_price = answer
            missing = self._broken(plan)
            if len(missing):
                self._add_rows(missing)
                method = 1
                continue
            priced, method = self._find(scaled, price, ceiling_price), 4
            if priced is None:
                return None
            if not priced[1] or self._bound(scaled, priced) <= enough * scale:
                self._plan = plan
                self._prices = self.pool.prices = price / scale, ceiling_price / scale
                self._tidy(x)
                return plan, priced[0] / scale
        return None

    def _find(self, scaled: Vector, price: Vector, ceiling_price: Vector) -> tuple[Vector, int] | None:
        """Add the paths that pay under these prices: (row duals with node values, how many), None if without end."""
        from counterpact.strategy.solving.kernels import best_paths

        graph = self.graph
        node_price = np.full(len(price), np.inf)
        node_price[self._supply] = price[self._supply]
        dual = price.copy()
        dual[graph.node] = 0.0
        reduced = scaled - self._linking.T @ dual - ceiling_price
        potential = np.zeros(len(price))
        room = 60 * (len(graph.sources[1]) + len(self._supply) + 1) * (len(graph.ends[0]) - 1) + 20_000
        count, starts, columns, amounts, first, fine = best_paths(
            reduced, graph.tail, graph.head, self._use, self._gain, *graph.into, *graph.ends, *graph.sources,
            node_price, self._wasted, WORTH, potential, min(room, 400_000),
        )  # fmt: skip
        if not fine:
            return None
        if count:
            used = starts[count]
            self._add_paths(starts[: count + 1], columns[:used], amounts[:used], first[:count])
        dual[graph.node] = potential[graph.node]
        return dual, count

    def _bound(self, scaled: Vector, priced: tuple[Vector, int]) -> float:
        """Safe dual bound of these row duals."""
        from counterpact.strategy.solving.kernels import excess

        _, lower, upper, ceiling = self._parts
        graph, dual = self.graph, priced[0]
        up, down = np.maximum(dual, 0.0), np.minimum(dual, 0.0)
        if np.any(np.isinf(upper) & (up > 0)) or np.any(np.isinf(lower) & (down < 0)):
            return np.inf
        constant = up @ np.where(np.isfinite(upper), upper, 0.0) + down @ np.where(np.isfinite(lower), lower, 0.0)
        links = np.where(graph.node, 0.0, dual)
        reduced = scaled - self._linking.T @ links
        return float(constant) + float(excess(reduced, dual, graph.tail, graph.head, self._use, self._gain, ceiling))

    def _run(self, method: int, scaled: Vector) -> tuple[Vector, Vector, Vector, Vector] | None:
        """Solve the master: x, the plan (columns,), prices of rows (rows,) and of ceilings (columns,)."""
        from counterpact.strategy.solving.kernels import along, spread

        A = self._parts[0]
        worth = along(*self._stored, scaled)
        self._master.changeColsCost(len(worth), np.arange(len(worth), dtype=np.int32), -worth)
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
        return x, plan, price, ceiling_price

    def _broken(self, plan: Vector) -> _Ints:
        """Rows and ceilings left out of the master that the plan breaks."""
        A, lower, upper, ceiling = self._parts
        activity = self._linking @ plan
        slack = 1e-9 * (1 + np.abs(np.where(np.isfinite(upper), upper, 0.0)))
        row = (activity > upper + slack) | (activity < lower - slack)
        row &= (self._place < 0) & ~self.graph.node
        column = (plan > ceiling * (1 + 1e-9)) & ~self._free & (self._ceiling_place < 0)
        return np.concatenate([np.flatnonzero(row), A.shape[0] + np.flatnonzero(column)])
