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
from scipy.sparse import csc_matrix, csr_matrix, hstack, identity, vstack
from scipy.sparse.csgraph import connected_components

from counterpact.strategy.compile import Compiled
from counterpact.strategy.instance import Instance, Scenario
from counterpact.strategy.linear import Program

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
    """Stable replies of one z on some scenarios. `plans`: (K, O, columns); `exact`: share that kept to one part."""

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
    def _sent(self) -> csr_matrix:
        """(channels, columns) amount sent in the measure of the good (column units)."""
        columns = self.instance.columns
        used = np.flatnonzero(columns.channel >= 0)
        shape = (len(columns.channel_ids), len(columns.channel))
        return csr_matrix((np.ones(len(used)), (columns.channel[used], used)), shape=shape)

    @cached_property
    def _scale(self) -> Array:
        columns = self.instance.columns
        scale = np.ones(len(columns.channel_ids))
        used = columns.channel >= 0
        scale[columns.channel[used]] = self.compiled.unit_scale[used]
        return scale

    def find(self, z: Array, index: NDArray[np.int64], values: Array) -> Stable:
        """Stable replies at z. `values`: (K, O) best normalised values in the scenarios `index`."""
        plans = np.zeros((len(index), len(self.instance.objectives), len(self.instance.columns.channel)))
        for k, s in enumerate(index):
            scenario = self.instance.scenarios[s]
            today = self.compiled.drawn.flows[s] / self._scale
            shut = closed(scenario, z)
            for o in range(len(self.instance.objectives)):
                if values[k, o] <= 1e-9:
                    continue
                plan = self._nearest(scenario, o, shut, today, values[k, o], self._parts[o])
                if plan is None:
                    everything = np.arange(len(shut))
                    plan = self._nearest(scenario, o, shut, today, values[k, o], everything)
                if plan is not None:
                    plans[k, o] = plan
        return Stable(index, plans)

    def _nearest(
        self,
        scenario: Scenario,
        o: int,
        shut: NDArray[np.bool_],
        today: Array,
        value: float,
        columns: NDArray[np.int64],
    ) -> Array | None:
        A = csr_matrix(scenario.A)[:, columns]
        used = np.flatnonzero(np.diff(A.indptr) > 0)
        A = A[used]
        sent = self._sent[:, columns]
        channels = np.flatnonzero(np.diff(sent.indptr) > 0)
        sent = sent[channels]
        gain = (scenario.harm[o] / self.instance.normalisers[o] + scenario.fixed * ~shut)[columns]
        n, e = len(columns), len(channels)
        eye, wide = identity(e, format="csr"), csr_matrix((A.shape[0] + 1, 2 * e))
        body = hstack([vstack([A, csr_matrix(gain[None, :])]), wide])
        matrix = csc_matrix(vstack([body, hstack([sent, -eye, eye])]))
        least = value - SLACK * (1 + abs(value))
        lower = np.concatenate([scenario.lower[used], [least], today[channels]])
        upper = np.concatenate([scenario.upper[used], [np.inf], today[channels]])
        ceiling = np.where(shut, 0.0, scenario.ceiling)[columns]
        most = 1.0 + today[channels] + ceiling.sum()
        program = Program(matrix, lower, upper, np.concatenate([ceiling, most, most]))
        order = TIE * (1.0 + np.arange(n) / max(1, n))
        solution, _ = program.maximise(-np.concatenate([order, np.ones(2 * e)]))
        if not np.all(np.isfinite(solution)):
            return None
        plan = np.zeros(len(shut))
        plan[columns] = np.clip(solution[:n], 0.0, ceiling)
        return plan
