"""Where to put sensors: the best set within a budget, what it achieves, and the certificate of it.

The network becomes an `Instance` (`compile`), the exact search under the mean solves it (`solving.tree`) with the
network's own lines (`paths`), and the checker of packages (`proving.certificate`) tests plans and bounds from best
paths found anew. What is reported as evasion is re-evaluated by Dijkstra's algorithm (`network`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from counterpact.errors import UnprovenError
from counterpact.strategy.detection.compile import compile_network, copies, potentials
from counterpact.strategy.detection.network import DetectionNetwork, Index
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.proving.certificate import Certificate, check
from counterpact.strategy.solving.master import wishes
from counterpact.strategy.solving.package import Package, Request, gap_of
from counterpact.strategy.solving.reply import Cuts, Sweep
from counterpact.strategy.solving.risk import Risk
from counterpact.strategy.solving.tree import Tree, minimise_mean

#: Scenarios whose routes are told.
TOLD = 10


@dataclass(frozen=True)
class Passage:
    """One evader's best route against the sensors chosen."""

    origin: str
    destination: str
    probability: float
    before: float  # chance of evasion with no sensor
    after: float
    places: tuple[str, ...]  # the route taken against the sensors; empty if there is none


@dataclass(frozen=True)
class Detection:
    """The sensors chosen and what they achieve. `lower_bound`: no set within the budget leaves less evasion."""

    sensors: tuple[str, ...]
    cost: float
    budget: float
    before: float  # Σ p h with no sensor
    evasion: float  # Σ p h with the sensors chosen, re-evaluated
    lower_bound: float
    gap: float  # share of the achievable effect
    lower_bound_status: str
    certificate: Certificate
    passages: tuple[Passage, ...]  # those that weigh most against the sensors
    scenarios: int
    unreachable: int  # scenarios without any route, at no risk from the start
    nodes: int
    timed_out: bool

    @property
    def effect(self) -> float:
        """Share of the evasion with no sensor that the sensors take away."""
        return 1.0 - self.evasion / self.before if self.before > 0 else 0.0


def detect(
    network: DetectionNetwork,
    budget: float,
    *,
    time_limit: float = 600.0,
    progress: Callable[[str], None] | None = None,
) -> Detection:
    """The sensors within the budget that leave the least mean chance of evasion.

    Raises `UsageError` for a budget that is no number of at least 0, `UnprovenError` if nothing was found in time or
    the engine's value and the re-evaluated one do not agree.
    """
    from counterpact.strategy.detection.paths import PathPlaybook

    instance = compile_network(network, budget)
    share = network.probability / network.probability.sum()
    limits = wishes(instance.leader, {}, (), ())
    tree = minimise_mean(
        limits, instance.leader.integer, share, PathPlaybook(network), seconds=time_limit, progress=progress
    )
    package = _package(network, instance, tree)
    total = float(network.probability.sum())
    evasion, nothing = network.evasion(tree.z), network.evasion(np.zeros(len(network.cost)))
    value = float(network.probability @ evasion)
    if abs(value - total * tree.value) > 1e-8:
        raise UnprovenError(f"the value found, {total * tree.value:.10f}, is not the one re-evaluated, {value:.10f}.")
    return Detection(
        sensors=package.names,
        cost=float(network.cost @ tree.z),
        budget=float(budget),
        before=float(network.probability @ nothing),
        evasion=value,
        lower_bound=min(total * tree.bound, value),
        gap=package.gap,
        lower_bound_status=package.lower_bound_status,
        certificate=check(instance, package),
        passages=_passages(network, tree.z, nothing, evasion),
        scenarios=len(evasion),
        unreachable=int((nothing <= 0).sum()),
        nodes=tree.nodes,
        timed_out=tree.timed_out,
    )


def sweep_at(network: DetectionNetwork, instance: Instance, x: Vector) -> Sweep:
    """Every evader's reply to whole sensors: its best path as a plan of the instance, node values as duals."""
    arc, copy, gain = copies(network)
    S, n, N, M = len(network.origin), len(instance.columns.names), len(network.places), len(network.cost)
    on = np.append(x > 0.5, False)
    real = np.where(on[network.sensor], network.watched, network.clear)
    blocked = (copy == 0) & on[network.sensor[arc]]
    plans, duals, slope = np.zeros((S, 1, n)), np.zeros((S * N, 1)), np.zeros((S, 1, M))
    for k, target in enumerate(np.unique(network.destination).tolist()):
        value = potentials(network, real, target)
        follow = _best_columns(network, value, arc, np.where(blocked, 0.0, gain), target)
        for s in np.flatnonzero(network.destination == target):
            duals[s * N : (s + 1) * N, 0] = value
            amount, place = 1.0, int(network.origin[s])
            while place != target and follow[place] >= 0:
                column = follow[place]
                plans[s, 0, column] = amount
                amount *= gain[column]
                place = int(network.head[arc[column]])
            plans[s, 0, len(arc) + k] = amount if place == target else 0.0
            slope[s, 0] = csr_matrix(instance.scenarios[int(s)].penalty).T @ plans[s, 0]
    constant = np.array([[float(one.harm[0] @ plans[s, 0])] for s, one in enumerate(instance.scenarios)])
    upper = np.array([[duals[s * N + o, 0]] for s, o in enumerate(network.origin.tolist())])
    return Sweep(x, constant - slope @ x, upper, plans, duals, Cuts(constant, slope), S)


def _best_columns(network: DetectionNetwork, value: Vector, arc: Index, gain: Vector, target: int) -> list[int]:
    """For each place the column of a best path onwards, −1 where there is none.

    Arcs of gain 1 could lead in a circle among equals, so places are joined to the path one after another.
    """
    follow = [-1] * len(network.places)
    tail, head = network.tail[arc], network.head[arc]
    good = (gain > 0) & (value[tail] > 0) & (value[tail] <= gain * value[head] * (1 + 1e-15))
    into: dict[int, list[int]] = {}
    for column in np.flatnonzero(good).tolist():
        into.setdefault(int(head[column]), []).append(column)
    reached, queue = {target}, [target]
    for place in queue:
        for column in into.get(place, []):
            before = int(tail[column])
            if before not in reached:
                reached.add(before)
                follow[before] = column
                queue.append(before)
    return follow


def _package(network: DetectionNetwork, instance: Instance, tree: Tree) -> Package:
    before, after = sweep_at(network, instance, np.zeros(len(network.cost))), sweep_at(network, instance, tree.z)
    share = network.probability / network.probability.sum()
    high, low, nothing = float(share @ after.upper[:, 0]), tree.bound, float(share @ before.upper[:, 0])
    kinds = {k: Risk(k) for k in ("mean", "cvar", "worst")}
    risks = {k: (r.value(before.upper[:, 0], share), r.value(after.upper[:, 0], share)) for k, r in kinds.items()}
    gap = gap_of(high, min(low, high), nothing)
    names = tuple(n for n, on in zip(instance.leader.names, tree.z > 0.5, strict=True) if on)
    cost = {instance.leader.resources[0]: float(network.cost @ tree.z)}
    return Package(
        Request(gap=1e-8), tree.z, names, cost, high, min(low, high), nothing, gap, "solver-claimed", risks,
        after.lower, before.lower, after, before, (), tree.timed_out, f"gap {gap:.1%} of the achievable effect",
    )  # fmt: skip


def _passages(network: DetectionNetwork, x: Vector, before: Vector, after: Vector) -> tuple[Passage, ...]:
    on = np.append(x > 0.5, False)
    real = np.where(on[network.sensor], network.watched, network.clear)
    arcs = np.arange(len(network.tail))
    rows = []
    for s in np.argsort(-network.probability * after, kind="stable")[:TOLD]:
        target = int(network.destination[s])
        follow = _best_columns(network, potentials(network, real, target), arcs, real, target)
        places = [int(network.origin[s])]
        while places[-1] != target and follow[places[-1]] >= 0:
            places.append(int(network.head[follow[places[-1]]]))
        told = tuple(network.places[p] for p in places) if places[-1] == target else ()
        rows.append(
            Passage(
                network.places[places[0]], network.places[target], float(network.probability[s]), float(before[s]),
                float(after[s]), told,
            )
        )  # fmt: skip
    return tuple(rows)
