"""Design a package: whole measures that lower the risk most, whatever the adversary replies.

Cutting planes (C&CG with plan cuts, Zeng & Zhao 2013; multi-cut Benders): the oracle's plans at each z visited bound
the risk from below everywhere, the replies' dual bounds at whole z bound it from above. Representative scenarios are
worked first because they are cheap; the points that mattered there are then replayed on all scenarios.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import UnprovenError, UsageError, nearest
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.explain import explain
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.master import Choice, Master, wishes
from counterpact.strategy.solving.regret import Regret
from counterpact.strategy.solving.reply import Cuts, Oracle, Sweep
from counterpact.strategy.solving.risk import Risk
from counterpact.strategy.solving.robust import Robust
from counterpact.strategy.solving.satisfice import Satisfice
from counterpact.strategy.solving.search import EPSILON, LARGE, Request, Search, gap_of, kindest
from counterpact.strategy.solving.settle import settle
from counterpact.strategy.solving.swaps import exchange

__all__ = ["Package", "Request", "design", "gap_of"]

#: Groups of scenarios a weighting is cut into; fewer make the master quick, more make its cuts sharp.
GROUPS, TAIL_GROUPS, LARGE_GROUPS = 6, 1, 50
#: Gap to which the master is solved, as a share of the wanted gap and of the present one.
AIM, LOOSE = 0.25, 0.1
#: Rise of the lower bound in one round, as a share of the effect, from which more cuts at fractional z pay.
LITTLE = 0.004
#: Most branch-and-bound nodes of one master.
NODES = 5000
#: Columns of all replies at z = 0 up to which mean and CVaR are solved with dual blocks.
SMALL = 6000
#: The same where the wanted gap is coarse: plan cuts then come there sooner.
SMALL_COARSE, FINE = 600, 0.02


@dataclass(frozen=True)
class Package:
    """A chosen set of measures with what it achieves and how far from the best it can be."""

    request: Request
    z: Vector
    names: tuple[str, ...]  # leader variables that are on
    cost: dict[str, float]  # by resource
    upper_bound: float  # risk at z, by safe dual bounds
    lower_bound: float  # no package has less risk
    upper_bound_before: float  # risk at z = 0
    gap: float  # (UB − LB) / max(UB(0) − LB, ε): share of the achievable effect
    lower_bound_status: str  # `solver-claimed` or `proven`
    risks: dict[str, tuple[float, float]]  # risk kind → (at z = 0, at z), combined risk
    values: Vector  # (S, O) at z, own units
    values_before: Vector  # (S, O) at z = 0, own units
    sweep: Sweep  # plans and duals at z, for the certificate
    sweep_before: Sweep  # the same at z = 0
    log: tuple[dict[str, float], ...]
    timed_out: bool
    message: str
    offsets: Vector | None = None  # (S,) regret: least harm of each scenario; satisfice: its threshold; combined risk

    @property
    def effect(self) -> float:
        """Share of the risk at z = 0 that the package takes away."""
        return (self.upper_bound_before - self.upper_bound) / max(self.upper_bound_before, EPSILON)


def design(
    instance: Instance,
    request: Request | None = None,
    *,
    oracle: Oracle | None = None,
    guard: Guard | None = None,
    shelf: list[Cuts] | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Package:
    """The best package found for the request, with proven upper and solver-claimed lower bound.

    `oracle`, `guard` and `shelf` (cuts, extended in place) carry what is known from one request to the next.
    Raises `InfeasibleError` naming the limits that clash, `UnprovenError` if nothing usable was found in time.
    """
    request = request or Request()
    _check(instance, request)
    limits = wishes(instance.leader, request.budgets, request.require, request.forbid)
    oracle = oracle or Oracle(instance)
    guard = guard or Guard(instance)
    search = Search(instance, request, oracle, guard, limits)
    if use_blocks(search):
        shelf = [] if shelf is None else shelf
        shelf += [] if shelf else [search.zero.cuts, oracle.sweep(kindest(instance)).cuts]
        {"regret": Regret, "satisfice": Satisfice}.get(request.risk.kind, Robust)(search, progress).run()
        return _finish(search, shelf)
    order, count = search.zero.upper @ instance.weights, GROUPS if request.risk.kind == "mean" else TAIL_GROUPS
    if search.zero.plans.shape[2] >= LARGE:
        count = LARGE_GROUPS
    master = Master(instance, limits, groups=count, order=order, shelf=shelf)
    if not shelf:
        master.add(search.strengthen(search.zero))
        every = np.ones(len(limits.low))  # everything on: no package can do better
        master.add(search.strengthen(oracle.sweep(every, only=_tail(search, search.zero.lower))))
    master.weigh(search.weights(search.zero.upper))
    sharp = request.risk.kind == "mean" and search.zero.plans.shape[2] >= LARGE
    _relaxed_phase(search, master, progress, 30 if sharp else 12, sharp)
    if sharp and not search.late:
        _offer_early(search, master)
    _whole_phase(search, master, progress)
    return _finish(search, [])


def _offer_early(search: Search, master: Master) -> None:
    """A first package by exchanges, answered in all scenarios."""
    found = exchange(search, master, master.relax().z)
    if found is not None:
        sweep = search.oracle.sweep(found)
        master.add(search.strengthen(sweep))
        search.offer(sweep)
        search.note(phase=0.5, value=search.risk(sweep.upper), solved=sweep.solved, rows=master.cuts)


def use_blocks(search: Search) -> bool:
    """Whether dual blocks serve: always for the worst; for means only while all of them together stay small."""
    if search.request.plan_cuts:
        return False
    if search.request.risk.kind in ("worst", "regret", "satisfice"):
        return True
    risk, value = search.request.risk, search.zero.lower @ search.instance.weights
    counted = risk.weights(value, search.probability) > 0
    return int((search.zero.plans[counted] > 1e-9).sum()) <= (SMALL if search.request.gap <= FINE else SMALL_COARSE)


def _check(instance: Instance, request: Request) -> None:
    leader = instance.leader
    for name in (*request.require, *request.forbid):
        if name not in leader.names:
            raise UsageError(f'"{name}" is not a measure of this case. {nearest(name, leader.names)}')
    for name in request.budgets:
        if name not in leader.resources:
            raise UsageError(f'"{name}" is not a resource of this case. {nearest(name, leader.resources)}')
        if np.isnan(request.budgets[name]):
            raise UsageError(f"the budget of {name} is not a number.")
    if not 0 <= request.gap <= 1:
        raise UsageError(f"the gap is a share of the achievable effect, from 0 to 1, not {request.gap}.")


def _relaxed_phase(
    search: Search, master: Master, progress: Callable[[float, str], None] | None, rounds: int = 12, sharp: bool = False
) -> None:
    """Cutting planes on the linear relaxation, stabilised between the master's point and the best point seen.

    Only scenarios near the tail are solved here: any weights on scenarios bound the risk from below, so their cuts are
    valid, and the upper bound is made later, at whole packages, on all scenarios.
    """
    centre: Vector | None = None
    latest = search.zero.lower
    best, settled = np.inf, False
    for turn in range(rounds):
        choice = master.relax()
        if not choice.feasible:
            raise explain(search.instance.leader, search.limits)
        gain, search.lower = choice.bound - search.lower, max(search.lower, choice.bound)
        if settled and gain < LITTLE * (search.before - search.lower):
            break
        z = choice.z if centre is None or settled else 0.5 * choice.z + 0.5 * centre
        sweep = search.oracle.sweep(z, only=_tail(search, latest))
        latest = sweep.lower
        sweep = search.strengthen(sweep)
        value = search.risk(np.maximum(sweep.lower, sweep.cuts.constant - sweep.cuts.slope @ z))
        if value < best:
            best, centre = value, z
        added = master.add(sweep, choice) + master.weigh(search.weights(sweep.lower))
        search.note(phase=0, value=value, added=added, solved=sweep.solved, rows=master.cuts)
        if progress:
            progress(0.1 + 0.3 * turn / rounds, f"relaxation, round {turn + 1}")
        if search.late:
            break
        if (best - search.lower) <= (0.1 if sharp else 0.4) * search.request.gap * (search.before - search.lower):
            if not sharp:
                break
            settled = True


def _tail(search: Search, values: Vector) -> NDArray[np.bool_] | None:
    """Scenarios that can carry the risk's weight near here: three times the tail. None = all of them carry some."""
    risk = search.request.risk
    if risk.kind == "mean":
        return None
    share = 0.1 if risk.kind == "worst" else min(1.0, 3 * (1 - risk.alpha))
    order = np.argsort(-(values @ search.instance.weights), kind="stable")
    chosen = np.zeros(len(order), dtype=bool)
    chosen[order[: max(1, int(np.ceil(share * len(order))))]] = True
    return chosen


def _whole_phase(search: Search, master: Master, progress: Callable[[float, str], None] | None) -> None:
    """Solve the master with whole measures, reply, add cuts, until the gap is closed."""
    request, sharp = search.request, 1.0
    for _ in range(request.max_rounds):
        aim = AIM * request.gap * max(search.before - search.lower, EPSILON)
        if np.isfinite(search.upper):
            aim = max(aim, LOOSE * (search.upper - search.lower))
        choice, mip = _ask(search, master, sharp * aim)
        if not choice.feasible:
            if choice.proven_infeasible and search.best is None:
                raise explain(search.instance.leader, search.limits, search.guard)
            break
        search.lower = max(search.lower, choice.bound)
        cuts = search.guard.cuts(choice.z)
        sweep = search.oracle.sweep(choice.z)
        added = master.add(search.strengthen(sweep), choice) + master.weigh(search.weights(sweep.lower))
        if cuts:
            master.add_guard(cuts)
            if any(c.constant + c.slope @ choice.z <= 1e-9 for c in cuts):
                master.exclude(choice.z)
        else:
            search.offer(sweep)
        search.note(phase=1, value=search.risk(sweep.upper), added=added, solved=sweep.solved, rows=master.cuts, **mip)
        if progress:
            progress(0.4 + 0.6 * min(1.0, request.gap / max(search.gap, 1e-9)), f"package, gap {search.gap:.1%}")
        if search.gap <= request.gap or search.late:
            break
        if not added and not cuts:
            if sharp < 1e-3:
                break
            sharp *= 0.2


def _ask(search: Search, master: Master, aim: float) -> tuple[Choice, dict[str, float]]:
    """The master's whole z: re-solved until it violates nothing already known by more than the aim."""
    asked, nodes = 0, 0
    while True:
        master.relax()
        left = max(0.5, search.request.time_limit - (time.perf_counter() - search.started))
        choice = master.solve(gap=aim, nodes=NODES, seconds=left)
        asked += 1
        nodes += master.nodes
        if not choice.feasible or search.late or asked >= 8:
            break
        known = master.model(choice.z)
        if known <= choice.value + aim or not master.separate(choice):
            break
    return choice, {"asked": asked, "nodes": nodes}


def _finish(search: Search, shelf: list[Cuts]) -> Package:
    instance, request, best = search.instance, search.request, search.best
    if best is None:
        raise UnprovenError(
            "no package was found within the limit that leaves room for civilian goods in every scenario."
        )
    if search.guard.shortfalls(best.z):
        raise UnprovenError("the package found does not leave room for civilian goods in every scenario.")
    if request.every_value and np.any(best.upper - best.lower > 1e-6 * (1 + np.abs(best.upper))):
        best = search.oracle.sweep(best.z)
        search.upper = min(search.upper, search.risk(best.upper))
    elif request.risk.kind in ("worst", "regret"):
        best = settle(search, best)
        search.upper = min(search.upper, search.risk(best.upper))
    shelf.append(best.cuts)
    leader, weights = instance.leader, instance.weights
    names = tuple(n for n, on in zip(leader.names, best.z > 0.5, strict=True) if on)
    before, after = search.zero.upper @ weights, best.upper @ weights
    kinds = {k: Risk(k, request.risk.alpha) for k in ("mean", "cvar", "worst")}
    risks = {k: (r.value(before, search.probability), r.value(after, search.probability)) for k, r in kinds.items()}
    reached = search.gap <= request.gap
    message = f"gap {search.gap:.1%} of the achievable effect"
    if search.before <= EPSILON:
        message += ": there is none, since the risk is 0 without any package"
    elif search.before - search.lower <= EPSILON:
        message += ": there is none, since no package within the limits changes the risk"
    if not reached:
        message = f"the limit was reached before the wanted gap of {request.gap:.1%}: best so far, {message}"
    return Package(
        request, best.z, names, {r: float(c) for r, c in zip(leader.resources, leader.cost @ best.z, strict=True)},
        search.upper, min(search.lower, search.upper), search.before, search.gap, "solver-claimed", risks,
        best.lower * instance.normalisers, search.zero.lower * instance.normalisers, best, search.zero,
        tuple(search.log), not reached, message,
        search.offset if request.risk.kind in ("regret", "satisfice") else None,
    )  # fmt: skip
