"""Package design on generated instances, beside a plain method or the reference program in the same run.

Against the reference (columns and constraints for the worst case on the easier form, any file with its command line):
    python benchmarks/package.py --reference PATH
Alone: gap, processor time, memory and certificate for one attitude:
    python benchmarks/package.py --form full --risk worst --gap .05
Against the single-level dual MILP over all scenarios (mean), for as long as --limit says:
    python benchmarks/package.py --form structured --scenarios 40 --single

    min Σ_s p_s Σ_o w_o [u_so·b_s + ceiling_s·v_so]   s.t.  A_sᵀ u_so + v_so + P_s z ≥ c_so(0),  v ≥ 0,  z ∈ Z
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from full_form import full
from generators import plain, structured
from scipy.sparse import bmat, csr_matrix, identity

from counterpact.strategy.instance import Instance
from counterpact.strategy.proving.certificate import check
from counterpact.strategy.solving.linear import load, quiet
from counterpact.strategy.solving.package import Package, Request, design
from counterpact.strategy.solving.risk import Risk

#: What the reference is asked: scenarios, measures, share of the budget, seconds; its worst case is `max`.
ASKED = ("ccg", "200", "60", ".2", "300", "max")


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


def ours(instance: Instance, asked: argparse.Namespace, gap: float) -> tuple[Package, float, float]:
    """(package, processor seconds, wall seconds); prints them and what the certificate says."""
    request = Request(risk=Risk.named(asked.risk), gap=gap, time_limit=asked.limit, every_value=False)
    begun, wall = time.process_time(), time.perf_counter()
    package = design(instance, request)
    cpu, clock = time.process_time() - begun, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"ours ({asked.risk}): {cpu:.2f} s of processor, {clock:.2f} s of wall, peak {peak:.2f} GB; "
        f"from {package.upper_bound_before:.8g} to {package.upper_bound:.8g}, bound {package.lower_bound:.8g}, "
        f"gap {package.gap:.2e} of the effect"
    )
    verdict = check(instance, package)
    print(f"certificate {'passed' if verdict.passed else 'FAILED: ' + '; '.join(verdict.details)}")
    if not verdict.passed:
        raise SystemExit(1)
    return package, cpu, clock


def against_reference(path: Path, asked: argparse.Namespace) -> None:
    """Worst case to 1e-4 on the easier form: the reference in a process of its own, then ours; ratios."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, str(path), *ASKED], capture_output=True, text=True, check=True)
    wall, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    theirs = json.loads(done.stdout.strip().splitlines()[-1])
    search = theirs["master_cpu"] + theirs["oracle_cpu"]
    print(
        f"reference: {search:.1f} s of processor in its search ({whole:.1f} s the whole process), "
        f"{theirs['wall_s']:.1f} s of wall; from {theirs['LB']:.8g} to {theirs['UB']:.8g}"
    )
    instance = plain(scenarios=int(ASKED[1]), measures=int(ASKED[2]), budget=float(ASKED[3]))
    package, cpu, clock = ours(instance, asked, 1e-4)
    print(f"ratio {search / cpu:.1f} in processor time, {theirs['wall_s'] / clock:.1f} in wall time")
    same = max(theirs["LB"], package.lower_bound) <= min(theirs["UB"], package.upper_bound) * (1 + 1e-6)
    print("the bounds agree" if same else "the two differ: see the limits each one has")
    chosen, mine = {f"m{m}" for m in theirs["x"]}, set(package.names)
    print(f"measures: {len(chosen & mine)} in both packages, {len(mine - chosen)} and {len(chosen - mine)} in one only")


def against_single(instance: Instance, asked: argparse.Namespace) -> None:
    """The mean by one MILP over all scenarios, to the same gap."""
    package, cpu, _ = ours(instance, asked, asked.gap)
    aim = asked.gap * (package.upper_bound_before - package.lower_bound)
    begun = time.process_time()
    risk, bound = single_level(instance, aim, asked.limit)
    theirs = time.process_time() - begun
    print(f"single-level MILP: {theirs:.2f} s of processor, risk {risk:.8g}, bound {bound:.8g}")
    late = " (it ran into its limit: at least)" if risk - bound > 1.01 * aim else ""
    print(f"ratio {theirs / cpu:.1f}{late}, both to {asked.gap:.0%} of the achievable effect")
    if max(bound, package.lower_bound) > min(risk, package.upper_bound) + 1e-6 * (1 + abs(risk)):
        raise SystemExit("the two methods contradict each other")


def made(asked: argparse.Namespace) -> Instance:
    """The instance asked for."""
    if asked.form == "structured":
        return structured(scenarios=asked.scenarios, guard=not asked.single)
    if asked.small:
        return plain(scenarios=asked.scenarios, nodes=40, arcs=140, goods=3, measures=25)
    return full(scenarios=asked.scenarios) if asked.form == "full" else plain(scenarios=asked.scenarios)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, help="the reference program; worst case on the easier form")
    parser.add_argument("--form", choices=("plain", "full", "structured"), default="plain")
    parser.add_argument("--risk", default="worst", help="mean, regret, worst, cvar90, satisfice20")
    parser.add_argument("--scenarios", type=int, default=200)
    parser.add_argument("--gap", type=float, default=0.05, help="share of the achievable effect")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds")
    parser.add_argument("--small", action="store_true", help="plain: 40 places, 140 channels, 3 goods, 25 measures")
    parser.add_argument("--single", action="store_true", help="the single-level MILP beside it (mean, no guard)")
    asked = parser.parse_args()
    tiny = plain(scenarios=2, nodes=200, arcs=800, goods=8, measures=2)
    design(tiny, Request(risk=Risk("worst"), gap=0.5))  # makes the compiled loops ready
    if asked.reference:
        asked.risk = "worst"
        against_reference(asked.reference, asked)
    elif asked.single:
        if asked.form == "full":
            raise SystemExit("the single-level program has no guard: choose plain or structured")
        asked.risk = "mean"
        against_single(made(asked), asked)
    else:
        ours(made(asked), asked, asked.gap)


if __name__ == "__main__":
    main()
