"""A detection network as an `Instance`: gains, one scenario for each pair of origin and destination.

Columns: each arc as if unwatched (gain r), blocked by its sensor; beside it, where q > 0, its watched copy (gain q),
never blocked; one delivery column for each destination. Rows: conservation at each place, Σ out − Σ gain·in ≤ 1 at the
scenario's origin and ≤ 0 elsewhere. What is delivered of one unit sent is the chance of evasion, so H_s = h_s.

The penalty of a sensor on arc e is (r_e − q_e)·ψ, ψ the best chance from its head to the destination with no sensor
anywhere: the least that keeps the blocked column from beating the watched copy.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from counterpact.errors import UsageError
from counterpact.strategy.detection.network import DetectionNetwork, Index
from counterpact.strategy.instance import Columns, Instance, Leader, Scenario, Vector

SENSORS = "sensors"


def copies(network: DetectionNetwork) -> tuple[Index, Index, Vector]:
    """(arc, copy, gain) of each arc column: copy 0 as if unwatched, 1 the watched copy."""
    arcs = np.arange(len(network.tail))
    second = np.flatnonzero((network.sensor >= 0) & (network.watched > 0))
    arc = np.concatenate([arcs, second])
    copy = np.concatenate([np.zeros(len(arcs), np.int64), np.ones(len(second), np.int64)])
    return arc, copy, np.where(copy == 0, network.clear[arc], network.watched[arc])


def potentials(network: DetectionNetwork, gain: Vector, target: int) -> Vector:
    """ψ (places,): the best product of gains (arcs,) from each place to the target, by repeated relaxation."""
    best = np.zeros(len(network.places))
    best[target] = 1.0
    for _ in range(len(network.places) + 1):
        new = best.copy()
        np.maximum.at(new, network.tail, gain * best[network.head])
        if np.array_equal(new, best):
            break
        best = new
    return best


def leader(network: DetectionNetwork, budget: float) -> Leader:
    """One binary variable for each sensor and one budget row."""
    if not budget >= 0:
        raise UsageError(f"the budget must be a number of at least 0, not {budget}.")
    M = len(network.cost)
    return Leader(
        names=network.sensors,
        kinds=("measure",) * M,
        integer=np.ones(M, dtype=bool),
        B=csr_matrix(network.cost[None, :]),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([float(budget)]),
        row_names=(f"budget: {SENSORS} ≤ {budget:g}",),
        resources=(SENSORS,),
        cost=network.cost[None, :],
    )


def compile_network(network: DetectionNetwork, budget: float) -> Instance:
    """The strategy problem of the network. Combined risk under the mean is Σ_s p_s h_s over Σ_s p_s."""
    arc, copy, gain = copies(network)
    targets = np.unique(network.destination)
    E, D, N, M = len(arc), len(targets), len(network.places), len(network.cost)
    n = E + D
    rows = np.concatenate([network.tail[arc], network.head[arc], targets])
    columns = np.concatenate([np.arange(E), np.arange(E), E + np.arange(D)])
    A = csc_matrix((np.concatenate([np.ones(E), -gain, np.ones(D)]), (rows, columns)), shape=(N, n))
    own = np.flatnonzero((copy == 0) & (network.sensor[arc] >= 0))
    sensor = network.sensor[arc[own]]
    lower, fixed = np.full(N, -np.inf), np.zeros(n)
    penalty, harm, ceiling = {}, {}, {}
    for k, target in enumerate(targets.tolist()):
        psi = potentials(network, network.clear, target)
        price = (network.clear - network.watched)[arc[own]] * psi[network.head[arc[own]]]
        penalty[target] = csr_matrix((price, (own, sensor)), shape=(n, M))
        harm[target] = np.zeros((1, n))
        harm[target][0, E + k] = 1.0
        ceiling[target] = np.ones(n)
        ceiling[target][E:] = np.arange(D) == k
    scenarios = []
    for s, (start, end) in enumerate(zip(network.origin.tolist(), network.destination.tolist(), strict=True)):
        upper = np.zeros(N)
        upper[start] = 1.0
        p = float(network.probability[s])
        scenarios.append(Scenario(A, lower, upper, ceiling[end], harm[end], fixed, penalty[end], p, draw=s))
    names = network.places
    ids = tuple(f"{names[a]}>{names[b]}" for a, b in zip(network.tail, network.head, strict=True))
    words = ("", " (watched)")
    meant = Columns(
        channel=np.concatenate([arc, np.full(D, -1)]),
        slice_=np.zeros(n, dtype=np.int64),
        copy=np.concatenate([copy, np.zeros(D, np.int64)]),
        channel_ids=ids,
        names=(*(ids[a] + words[c] for a, c in zip(arc, copy, strict=True)), *(f"at {names[t]}" for t in targets)),
    )
    return Instance(leader(network, budget), meant, scenarios, ("evasion",), np.ones(1), np.ones(1))
