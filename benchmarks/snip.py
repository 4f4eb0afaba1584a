"""Stochastic network interdiction (SNIP): the engine against the compact deterministic equivalent given to HiGHS.

Usage: python benchmarks/snip.py [DIR] --instance I --snipno {3,4} --budget B [--limit SECONDS] [--skip-def]

DIR holds arcgain<I>.txt, intd_arc<I>.txt and Scenarios.txt. Both optima are re-evaluated exactly (Dijkstra).
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csc_matrix

from counterpact.strategy.detection.compile import compile_network, potentials
from counterpact.strategy.detection.network import DetectionNetwork
from counterpact.strategy.detection.paths import PathPlaybook
from counterpact.strategy.detection.read import read_snip
from counterpact.strategy.solving.linear import load, quiet
from counterpact.strategy.solving.master import wishes
from counterpact.strategy.solving.tree import minimise_mean


@dataclass(frozen=True)
class Answer:
    x: np.ndarray
    bound: float
    wall: float
    cpu: float
    note: str


def engine(network: DetectionNetwork, budget: float, limit: float) -> Answer:
    wall, cpu = time.perf_counter(), time.process_time()
    instance = compile_network(network, budget)
    weight = np.array([s.probability for s in instance.scenarios])
    limits = wishes(instance.leader, {}, (), ())
    tree = minimise_mean(limits, instance.leader.integer, weight, PathPlaybook(network), seconds=limit)
    note = f"{tree.nodes} nodes, {tree.rounds} rounds of lines"
    return Answer(tree.z, tree.bound, time.perf_counter() - wall, time.process_time() - cpu, note)


def deterministic_equivalent(network: DetectionNetwork, budget: float, limit: float) -> Answer:
    """One mixed-integer program: a value at each place for each destination, shared by all its origins.

    π_i ≥ r π_j − (r − q) ψ_j x and π_i ≥ q π_j on sensor arcs, π_i ≥ r π_j on others; ψ: values without sensors.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    M, N = len(network.cost), len(network.places)
    row: list[int] = []
    column: list[int] = []
    value: list[float] = []
    low: list[float] = []
    cost, floor, ceiling = [np.zeros(M)], [np.zeros(M)], [np.ones(M)]
    tail, head, r, q, sensor = network.tail, network.head, network.clear, network.watched, network.sensor
    for k, target in enumerate(np.unique(network.destination)):
        psi, first = potentials(network, r, target), M + k * N
        for e in np.flatnonzero((tail != target) & (psi[head] > 0)):
            sides = [r[e], q[e]] if sensor[e] >= 0 and q[e] > 0 else [r[e]]
            for copy, gain in enumerate(sides):
                row += [len(low)] * 2
                column += [first + tail[e], first + head[e]]
                value += [1.0, -gain]
                if copy == 0 and sensor[e] >= 0:
                    row.append(len(low))
                    column.append(sensor[e])
                    value.append((r[e] - q[e]) * psi[head[e]])
                low.append(0.0)
        mine = network.destination == target
        cost.append(np.bincount(network.origin[mine], network.probability[mine], N))
        floor.append((np.arange(N) == target).astype(np.float64))
        ceiling.append(psi)
    row += [len(low)] * M
    column += range(M)
    value += network.cost.tolist()
    low.append(-np.inf)
    high = np.full(len(low), np.inf)
    high[-1] = budget
    n = M + N * (len(cost) - 1)
    integer = np.arange(n) < M
    solver = quiet(time_limit=limit, mip_rel_gap=0.0, mip_abs_gap=1e-9)
    A = csc_matrix((value, (row, column)), shape=(len(low), n))
    bounds = np.concatenate(floor), np.concatenate(ceiling)
    load(solver, A, (np.array(low), high), bounds, np.concatenate(cost), integer)
    solver.run()
    info = solver.getInfo()
    done = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    x = np.round(np.array(solver.getSolution().col_value)[:M])
    note = f"{info.mip_node_count} nodes" + ("" if done else f", stopped at {limit:g} s")
    return Answer(x, float(info.mip_dual_bound), time.perf_counter() - wall, time.process_time() - cpu, note)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default="../shared/data/strategy/snip")
    parser.add_argument("--instance", type=int, default=0)
    parser.add_argument("--snipno", type=int, choices=(3, 4), default=3)
    parser.add_argument("--budget", type=float, default=30)
    parser.add_argument("--limit", type=float, default=600.0, help="seconds for each of the two")
    parser.add_argument("--skip-def", action="store_true", help="leave out the deterministic equivalent")
    options = parser.parse_args()
    network = read_snip(options.folder, options.instance, options.snipno)
    begun = time.perf_counter()
    PathPlaybook(network)  # compiled loops are made ready once on a machine, not once a run
    ready = time.perf_counter() - begun
    nothing = network.risk(np.zeros(len(network.cost)))
    print(f"SNIP instance {options.instance}, snipno {options.snipno}, budget {options.budget:g}")
    print(f"{len(network.origin)} scenarios, {len(network.cost)} sensors, risk without any {nothing:.10f}")
    print(f"compiled loops ready in {ready:.2f} s (not counted below)")
    jobs = {"engine": engine} if options.skip_def else {"engine": engine, "DEF in HiGHS": deterministic_equivalent}
    found = {}
    for name, job in jobs.items():
        found[name] = one = job(network, options.budget, options.limit)
        print(
            f"{name}: optimum {network.risk(one.x):.10f}, bound {one.bound:.10f}, {int(one.x.sum())} sensors;", end=" "
        )
        print(f"{one.wall:.2f} s, {one.cpu:.2f} s of processor time; {one.note}", flush=True)
    if len(found) == 2:
        ours, peer = found.values()
        print(f"difference of the optima {abs(network.risk(ours.x) - network.risk(peer.x)):.1e}")
        print(f"the engine is {peer.wall / ours.wall:.1f} times faster ({peer.cpu / ours.cpu:.1f} by processor time)")


if __name__ == "__main__":
    main()
