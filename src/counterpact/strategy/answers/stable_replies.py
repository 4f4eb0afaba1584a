"""Stable replies: of all best replies, the one nearest to the status quo, ties broken by a fixed order.

A second linear program per scenario and objective: least Σ |sent − today| (each channel in its good's own measure)
among the plans that deliver the best value and use no blocked column. Without it displacement and routes would depend
on which of many equal optima a solver happens to return.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.instance import Instance, Scenario
from counterpact.strategy.solving.linear import Program

Array = NDArray[np.float64]

SLACK = 1e-6
"""Relative loss of value allowed to the second program."""
TIE = 1e-5
"""Weight of the fixed order among plans equally near to the status quo."""


def closed(scenario: Scenario, z: Array) -> NDArray[np.bool_]:
    """(columns,) which columns z blocks or closes; a column that a lapse opens is closed until it lapses."""
    P = csr_matrix(scenario.penalty)
    blocking = P.maximum(0) @ z
    waiting = (-P).maximum(0) @ (1.0 - z)
    shut: NDArray[np.bool_] = (blocking > 1e-12) | (waiting > 1e-12)
    return shut


def parts(instance: Instance) -> list[NDArray[np.int64]]:
    """For each objective the columns that its harm hangs on when the loose rows (money) are left out."""
    scenario = instance.scenarios[0]
    keep = np.ones(scenario.A.shape[0], dtype=bool)
    keep[list(instance.loose_rows)] = False
    A = csr_matrix(scenario.A)[keep]
    pattern = csr_matrix((np.ones(A.nnz), A.indices, A.indptr), shape=A.shape)
    _, label = connected_components(pattern.T @ pattern, directed=False)
    found = []
    for o in range(len(instance.objectives)):
        harmful = np.zeros(A.shape[1], dtype=bool)
        for s in instance.scenarios:
            harmful |= s.harm[o] > 0
        found.append(np.flatnonzero(np.isin(label, np.unique(label[harmful]))))
    return found


@dataclass(frozen=True)
class Stable:
    """Stable replies of one z on the scenarios `index`. `plans`: (K, O, columns)."""

    index: NDArray[np.int64]
    plans: Array


class StableReplies:
    """Finds stable replies of a compiled case."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.instance = compiled.instance

    @cached_property
    def _parts(self) -> list[NDArray[np.int64]]:
        return parts(self.instance)

    @cached_property
    def _scale(self) -> Array:
        columns = self.instance.columns
        scale = np.ones(len(columns.channel_ids))
        used = columns.channel >= 0
        scale[columns.channel[used]] = self.compiled.unit_scale[used]
        return scale

    def find(self, z: Array, index: NDArray[np.int64], values: Array) -> Stable:
        """Stable replies at z. `values`: (K, O) best normalised values in the scenarios `index`."""
        instance = self.instance
        plans = np.zeros((len(index), len(instance.objectives), len(instance.columns.channel)))
        for k, s in enumerate(index):
            scenario = instance.scenarios[s]
            today = self.compiled.drawn.flows[s] / self._scale
            shut = closed(scenario, z)
            for o in range(len(instance.objectives)):
                if values[k, o] <= 1e-9:
                    continue
                gain = scenario.harm[o] / instance.normalisers[o] + scenario.fixed * ~shut
                for part in (self._program(o), self._program(-1)):  # with all money rows only if that fails
                    plan = part.nearest(scenario, gain, shut, today, float(values[k, o]))
                    if plan is not None:
                        plans[k, o] = plan
                        break
        return Stable(index, plans)

    def _program(self, o: int) -> _Part:
        """The second program's pattern for objective o; −1: all columns."""
        if o not in self._patterns:
            columns = self._parts[o] if o >= 0 else np.arange(len(self.instance.columns.channel))
            self._patterns[o] = _Part(self.instance, columns)
        return self._patterns[o]

    @cached_property
    def _patterns(self) -> dict[int, _Part]:
        return {}


class _Part:
    """The pattern of the second program on some columns; one for all scenarios.

    Rows: the scenario's rows that touch the columns; the value; one balance `sent − more + less = today` per channel.
    """

    def __init__(self, instance: Instance, columns: NDArray[np.int64]) -> None:
        A = csc_matrix(instance.scenarios[0].A)
        self.columns, n = columns, len(columns)
        self.source = np.concatenate([np.arange(A.indptr[j], A.indptr[j + 1]) for j in columns]).astype(np.int64)
        column = np.repeat(np.arange(n), np.diff(A.indptr)[columns])
        self.rows, row = np.unique(A.indices[self.source], return_inverse=True)
        of = instance.columns.channel[columns]
        self.channels, channel = np.unique(of[of >= 0], return_inverse=True)
        e, first = len(self.channels), len(self.rows) + 1
        real = np.flatnonzero(of >= 0)
        entries = [
            (row, column),
            (np.full(n, first - 1), np.arange(n)),
            (first + channel, real),
            (first + np.arange(e), n + np.arange(e)),
            (first + np.arange(e), n + e + np.arange(e)),
        ]
        rows = np.concatenate([r for r, _ in entries])
        cols = np.concatenate([c for _, c in entries])
        self.order = np.lexsort((rows, cols))
        self.indices = rows[self.order].astype(np.int32)
        self.indptr = np.searchsorted(cols[self.order], np.arange(n + 2 * e + 1)).astype(np.int32)
        self.shape = (first + e, n + 2 * e)
        self.tail = np.concatenate([np.ones(len(real)), -np.ones(e), np.ones(e)])

    def nearest(
        self, scenario: Scenario, gain: Array, shut: NDArray[np.bool_], today: Array, value: float
    ) -> Array | None:
        """The plan (all columns) nearest to `today` that is worth `value`; None if there is none on these columns."""
        n, e = len(self.columns), len(self.channels)
        data = np.concatenate([csc_matrix(scenario.A).data[self.source], gain[self.columns], self.tail])[self.order]
        matrix = csc_matrix((data, self.indices, self.indptr), shape=self.shape)
        flow = today[self.channels]
        lower = np.concatenate([scenario.lower[self.rows], [value - SLACK * (1 + abs(value))], flow])
        upper = np.concatenate([scenario.upper[self.rows], [np.inf], flow])
        ceiling = np.where(shut, 0.0, scenario.ceiling)[self.columns]
        most = 1.0 + flow + ceiling.sum()
        program = Program(matrix, lower, upper, np.concatenate([ceiling, most, most]))
        order = TIE * (1.0 + np.arange(n) / max(1, n))
        solution, _ = program.maximise(-np.concatenate([order, np.ones(2 * e)]))
        if not np.all(np.isfinite(solution)):
            return None
        plan = np.zeros(len(shut))
        plan[self.columns] = np.clip(solution[:n], 0.0, ceiling)
        return plan
