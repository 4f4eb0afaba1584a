"""Package design against the plain single-level dual MILP over all scenarios, on the same instance in the same run.

    min Σ_s p_s Σ_o w_o [u_so·b_s + ceiling_s·v_so]   s.t.  A_sᵀ u_so + v_so + P_s z ≥ c_so(0),  v ≥ 0,  z ∈ Z

Usage: python benchmarks/package.py [--form plain|structured] [--scenarios N] [--full] [--limit SECONDS]
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from generators import plain, structured
from scipy.sparse import bmat, csr_matrix, identity

from counterpact.strategy.instance import Instance
from counterpact.strategy.solving.linear import load, quiet
from counterpact.strategy.solving.package import Request, design
from counterpact.strategy.solving.risk import Risk


def single_level(instance: Instance, gap: float, limit: float) -> tuple[float, float]:
    """(risk found, lower bound) of the mean risk by one MILP. Rows with two sides get two duals."""
    leader, M = instance.leader, len(instance.leader.names)
    costs, blocks, needs = [np.zeros(M)], [], []
    for scenario in instance.scenarios:
        up, down = np.isfinite(scenario.upper), np.isfinite(scenario.lower)
        AT = csr_matrix(scenario.A).T.tocsr()
        dual = bmat([[AT[:, up], -AT[:, down], identity(AT.shape[0])]], format="csr")
        price = np.concatenate([scenario.upper[up], -scenario.lower[down], scenario.ceiling])
        for o, weight in enumerate(instance.weights):
            costs.append(scenario.probability * weight * price)
            blocks.append((csr_matrix(scenario.penalty), dual))
            needs.append(scenario.harm[o] / instance.normalisers[o] + scenario.fixed)
    grid = [[leader.B, *[None] * len(blocks)]]
    for k, (P, dual) in enumerate(blocks):
        grid.append([P, *[dual if i == k else None for i in range(len(blocks))]])
    matrix = bmat(grid, format="csr")
    cost = np.concatenate(costs)
    low = np.concatenate([leader.row_lower, *needs])
    high = np.concatenate([leader.row_upper, np.full(len(low) - len(leader.row_upper), np.inf)])
    columns = (np.zeros(len(cost)), np.concatenate([np.ones(M), np.full(len(cost) - M, np.inf)]))
    integer = np.concatenate([leader.integer, np.zeros(len(cost) - M, dtype=bool)])
    solver = quiet(mip_rel_gap=0.0, mip_abs_gap=gap, time_limit=limit)
    load(solver, matrix, (low, high), columns, cost, integer)
    solver.run()
    info = solver.getInfo()
    return float(info.objective_function_value), float(info.mip_dual_bound)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--form", choices=("plain", "structured"), default="plain")
    parser.add_argument("--scenarios", type=int, default=10)
    parser.add_argument("--full", action="store_true", help="plain: 200 nodes, 800 arcs, 8 goods, 60 measures")
    parser.add_argument("--limit", type=float, default=120.0)
    options = parser.parse_args()
    if options.form == "structured":
        instance = structured(scenarios=options.scenarios, guard=False)
    elif options.full:
        instance = plain(scenarios=options.scenarios, nodes=200, arcs=800, goods=8, measures=60)
    else:
        instance = plain(scenarios=options.scenarios, nodes=40, arcs=140, goods=3, measures=25)
    begun = time.process_time()
    package = design(instance, Request(risk=Risk("mean"), gap=0.02, time_limit=options.limit))
    ours = time.process_time() - begun
    aim = 0.02 * (package.upper_bound_before - package.lower_bound)
    begun = time.process_time()
    risk, bound = single_level(instance, aim, options.limit)
    theirs = time.process_time() - begun
    print(f"package design: {ours:.2f} s of processor, risk {package.upper_bound:.6g}, bound {package.lower_bound:.6g}")
    print(f"single-level MILP: {theirs:.2f} s of processor, risk {risk:.6g}, bound {bound:.6g}")
    late = " (it ran into its limit: at least)" if risk - bound > 1.01 * aim else ""
    print(f"ratio {theirs / ours:.1f}{late}, both to 2 % of the achievable effect")
    if max(bound, package.lower_bound) > min(risk, package.upper_bound) + 1e-6 * (1 + abs(risk)):
        raise SystemExit("the two methods contradict each other")


if __name__ == "__main__":
    main()
