"""The linear programs behind an oracle: which columns and rows each objective needs, and one program for each part."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, diags_array

from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.graph import find_graph
from counterpact.strategy.solving.linear import Program
from counterpact.strategy.solving.paths import LARGE, PathProgram, Pool
from counterpact.strategy.solving.stack import Stack

_Ints = NDArray[np.int64]
Part = tuple[_Ints, _Ints]
"""Columns and rows."""


class Programs:
    """Parts and programs of a stack's scenarios, each made once.

    `whole[s][o]`: the part scenario s and objective o need; `apart[s][o]`: the same if loose rows are left out.
    """

    def __init__(self, instance: Instance, stack: Stack) -> None:
        self._instance, self._stack = instance, stack
        self._made: dict[tuple[int, bytes], Program | PathProgram] = {}
        self._pools: dict[tuple[int, bytes], Pool | None] = {}
        self._cuts: dict[tuple[int, bytes], tuple[csc_matrix, _Ints]] = {}
        numbers: dict[bytes, int] = {}
        keys = (s.A.indptr.tobytes() + s.A.indices.tobytes() for s in stack.scenarios)
        self._pattern = [numbers.setdefault(key, len(numbers)) for key in keys]  # alike where entries lie alike
        self.whole = self._find_parts(())
        self.apart = self._find_parts(instance.loose_rows)
        self._rounds: dict[int, list[list[int]]] = {}
        self._unions: dict[int, Part] = {}

    def __iter__(self) -> Any:
        return iter(self._made.values())

    def _find_parts(self, loose: tuple[int, ...]) -> list[list[Part]]:
        """For each scenario and objective the columns and rows its linear program needs.

        Columns that no chain of rows ties to the objective stay at zero, unless zero is not feasible for them.
        """
        cache: dict[tuple[int, bytes], list[Part]] = {}
        parts = []
        active = np.asarray((self._stack.base > 0).any(axis=0))
        for s, scenario in enumerate(self._stack.scenarios):
            forced = (scenario.lower > 0) | (scenario.upper < 0)
            key = (self._pattern[s], forced.tobytes())
            if key not in cache:
                A = csc_matrix(scenario.A)
                if loose:
                    keep = np.ones(A.shape[0])
                    keep[list(loose)] = 0.0
                    A = csc_matrix(csr_matrix(diags_array(keep) @ A))
                    A.eliminate_zeros()
                cache[key] = [_needed(A, forced, active[o]) for o in range(self._stack.O)]
            parts.append(cache[key])
        return parts

    def rounds(self, s: int) -> list[list[int]]:
        """Objectives in rounds whose parts share no column: one linear program answers a whole round at once."""
        key = id(self.apart[s])
        if key not in self._rounds:
            rounds: list[tuple[list[int], set[int]]] = []
            for o, (columns, _) in enumerate(self.apart[s]):
                own = set(columns.tolist())
                for members, taken in rounds:
                    if not taken & own:
                        members.append(o)
                        taken |= own
                        break
                else:
                    rounds.append(([o], own))
            self._rounds[key] = [members for members, _ in rounds]
        return self._rounds[key]

    def together(self, s: int) -> Part:
        """Columns and rows of all objectives' parts, without the loose rows."""
        key = id(self.apart[s])
        if key not in self._unions:
            columns = np.unique(np.concatenate([c for c, _ in self.apart[s]]))
            rows = np.unique(np.concatenate([r for _, r in self.apart[s]]))
            self._unions[key] = (columns, rows)
        return self._unions[key]

    def of(self, s: int, columns: _Ints, rows: _Ints) -> Program | PathProgram:
        """The program of a part of scenario s."""
        key = (s, columns.tobytes() + rows.tobytes())
        if key not in self._made:
            scenario = self._stack.scenarios[s]
            parts = (self._cut(s, columns, rows), scenario.lower[rows], scenario.upper[rows], scenario.ceiling[columns])
            pool = self._pool(s, rows, parts[:3]) if len(columns) >= LARGE else None
            self._made[key] = Program(*parts) if pool is None else PathProgram(pool, *parts)
        return self._made[key]

    def _pool(self, s: int, rows: _Ints, parts: tuple[csc_matrix, Vector, Vector]) -> Pool | None:
        """What scenarios alike share when solved by paths; None if the part has no graph."""
        A, lower, upper = parts
        signs = np.sign([lower, upper]).astype(np.int8)
        key = (self._pattern[s], rows.tobytes() + signs.tobytes() + str(A.nnz).encode())
        if key not in self._pools:
            loose = np.flatnonzero(np.isin(rows, self._instance.loose_rows))
            graph = find_graph(A, lower, upper, tuple(loose.tolist()))
            self._pools[key] = None if graph is None else Pool(graph)
        return self._pools[key]

    def _cut(self, s: int, columns: _Ints, rows: _Ints) -> csc_matrix:
        """Some columns and rows of a scenario's matrix. Where entries lie is found once for all scenarios alike."""
        A = self._stack.scenarios[s].A
        if (len(rows), len(columns)) == A.shape:
            return csc_matrix(A)
        key = (self._pattern[s], columns.tobytes() + rows.tobytes())
        if key not in self._cuts:
            numbered = csc_matrix((np.arange(1.0, A.nnz + 1), A.indices, A.indptr), shape=A.shape)
            part = csc_matrix(csr_matrix(numbered)[rows][:, columns])
            part.sort_indices()
            self._cuts[key] = (part, part.data.astype(np.int64) - 1)
        part, where = self._cuts[key]
        cut = part.copy()
        cut.data = A.data[where]
        return cut


def _needed(A: csc_matrix, forced: NDArray[np.bool_], active: NDArray[np.bool_]) -> Part:
    from scipy.sparse import bmat
    from scipy.sparse.csgraph import connected_components

    rows = A.shape[0]
    pattern = csc_matrix((np.ones(A.nnz), A.indices, A.indptr), shape=A.shape)
    grid: list[list[Any]] = [[None, pattern], [pattern.T, None]]
    _, label = connected_components(csr_matrix(bmat(grid)), directed=False)
    wanted = np.zeros(label.max() + 1, dtype=bool)
    wanted[label[:rows][forced]] = True
    wanted[label[rows:][active]] = True
    return np.flatnonzero(wanted[label[rows:]]), np.flatnonzero(wanted[label[:rows]])
