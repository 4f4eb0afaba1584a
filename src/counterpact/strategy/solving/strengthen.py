"""Stronger cuts for whole measures: a plan's paths can be given up one by one.

A plan that is a sum of path flows f_p with profits π_p stays feasible if paths are left out. So for whole z

    H(z) ≥ Σ_p f_p max(0, π_p − Σ_m P_pm z_m) ≥ Σ_p f_p (π_p − Σ_m min(P_pm, π_p) z_m),

while the plain cut charges all of P_pm, even where one measure alone makes the path worthless (coefficient tightening,
Savelsbergh 1994, path by path). Not given up are paths that relieve a row others lean on (they earn money), and what is
no path. Variables that need not be whole keep their full coefficient.

A path's flow may have a second way (`detour`), with room that the plan and the other second ways leave free. With the
lines V₁ = a₁ − l₁·z and V₂ = a₂ − l₂·z of the two, each tightened as above and a₁ ≥ a₂, the flow is worth at whole z

    max(V₁, V₂) = V₂ + max(0, V₁ − V₂) ≥ a₁ − Σ_m (l₂m + min(max(0, l₁m − l₂m), a₁ − a₂)) z_m

so a measure on the first way alone is charged no more than the way round costs. Taken where that is better at the z of
the reply; a third way is joined to the line of the first two in the same manner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from counterpact.strategy.instance import Instance, Scenario, Vector
from counterpact.strategy.solving.graph import Graph, find_graph
from counterpact.strategy.solving.reply import Cuts, Sweep


@dataclass(frozen=True)
class _Net:
    """Where the paths of a scenario run; shared by scenarios with the same matrix."""

    graph: Graph
    use: Vector  # (columns,) coefficient at the tail
    gain: Vector  # what reaches the head
    mixed: Vector  # (rows, columns): rows that some columns load and others relieve, signed so that > 0 loads
    supply: NDArray[np.bool_]  # (rows,) nodes with a supply of their own
    free: NDArray[np.bool_]  # (columns,) a second way may run here: no gain, no row that it relieves
    weight: Vector  # entries in linking rows, as `graph.link`


class Strengthener:
    """Turns the plans of a sweep into cuts that hold at whole z."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.integer = instance.leader.integer
        self._nets: dict[int, _Net | None] = {}
        self._keep: list[csc_matrix] = []  # ids stay valid while the matrices live
        self._first: tuple[Scenario, Graph | None] | None = None

    def cuts(self, sweep: Sweep) -> Cuts:
        """The sweep's cuts, each replaced by its stronger form where the plan has paths."""
        constant, slope = sweep.cuts.constant.copy(), sweep.cuts.slope.copy()
        for s, scenario in enumerate(self.instance.scenarios):
            net = self._net(scenario)
            if net is None:
                continue
            penalty = csr_matrix(scenario.penalty)
            for o in np.flatnonzero(self.instance.weights > 0):
                base = scenario.harm[o] / self.instance.normalisers[o] + scenario.fixed
                constant[s, o], slope[s, o] = self._cut(net, scenario, penalty, base, sweep.plans[s, o], sweep.z)
        return Cuts(constant, slope)

    def _net(self, scenario: Scenario) -> _Net | None:
        key = id(scenario.A)
        if key not in self._nets:
            A = csc_matrix(scenario.A)
            self._keep.append(scenario.A)
            if self._first is None or not (
                np.array_equal(A.indices, self._first[0].A.indices)
                and np.array_equal(A.indptr, self._first[0].A.indptr)
            ):
                self._first = (scenario, find_graph(A, scenario.lower, scenario.upper))
            graph = self._first[1]
            self._nets[key] = None if graph is None else _net(scenario, A, graph)
        return self._nets[key]

    def _cut(
        self, net: _Net, scenario: Scenario, penalty: csr_matrix, base: Vector, plan: Vector, z: Vector
    ) -> tuple[float, Vector]:
        from counterpact.strategy.solving.path_kernel import peel

        g = net.graph
        support = np.flatnonzero(plan > 1e-9)
        order = support[np.argsort(g.tail[support], kind="stable")]
        slack = np.where(np.isfinite(scenario.upper), scenario.upper - scenario.A @ plan, np.inf)
        return peel(
            order, plan, g.tail, g.head, net.use, net.gain, net.mixed, net.supply, base, penalty.indptr,
            penalty.indices, penalty.data, self.integer, len(self.integer), z, net.free,
            np.maximum(0.0, scenario.ceiling - plan), np.maximum(0.0, slack), g.link_start, g.link, net.weight,
            *g.into, *g.sources,
        )  # fmt: skip


def _net(scenario: Scenario, A: csc_matrix, graph: Graph) -> _Net:
    use = np.where(graph.use >= 0, A.data[graph.use], 1.0)
    gain = np.where(graph.gain >= 0, -A.data[graph.gain], 0.0)
    rows = csr_matrix(A)[np.flatnonzero(~graph.node)]
    lower, upper = scenario.lower[~graph.node], scenario.upper[~graph.node]
    least = np.asarray(rows.min(axis=1).toarray()).ravel() if rows.shape[0] else np.zeros(0)
    most = np.asarray(rows.max(axis=1).toarray()).ravel() if rows.shape[0] else np.zeros(0)
    leans_up = np.isfinite(upper) & ((least < 0) | (upper < 0))
    leans_down = np.isfinite(lower) & ((most > 0) | (lower > 0))
    mixed = np.vstack([rows[leans_up].toarray(), -rows[leans_down].toarray()])
    weight = A.data[graph.link_at]
    column = np.repeat(np.arange(A.shape[1]), np.diff(graph.link_start))
    free = (use == 1) & ((gain == 1) | (graph.head < 0))
    free[column[(weight < 0) | np.isfinite(scenario.lower[graph.link])]] = False
    return _Net(graph, use, gain, np.ascontiguousarray(mixed), graph.node & (scenario.upper > 0), free, weight)
