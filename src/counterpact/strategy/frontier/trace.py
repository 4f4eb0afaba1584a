"""Trace a frontier: which level of the budgets to ask next, and when enough is known.

Every bound serves every smaller level and every package every larger one, so most levels of a grid are decided without
being asked. Exact frontiers ask on until nothing is undecided.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import asdict
from itertools import product

import numpy as np

from counterpact.errors import InfeasibleError, UnprovenError, UsageError
from counterpact.strategy.frontier.grid import Box, Lattice, evenly, exactly, split
from counterpact.strategy.frontier.level import Found, Levels
from counterpact.strategy.frontier.result import EFFECT, Frontier, Level, Point, beaten, order
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.explain import explain
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.package import Request, gap_of
from counterpact.strategy.solving.reply import Oracle

#: Most levels listed one by one.
LISTED = 4096


def trace(
    instance: Instance,
    request: Request,
    axes: tuple[str, ...] = (EFFECT, "money"),
    *,
    points: int = 0,
    oracle: Oracle | None = None,
    guard: Guard | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Frontier:
    """The frontier of effect against one to four resources, each package within `request.gap` of the best at its cost.

    `points`: levels in all, evenly spaced; 0 = exact, every level at which something changes. The request's budgets
    bound the axes they name and hold for the others; its time limit is for the whole frontier.
    Raises `UsageError`, `InfeasibleError` naming the limits that clash, `UnprovenError` if nothing was found in time.
    """
    costs = _axes(instance, axes)
    levels = Levels(instance, request, costs, oracle or Oracle(instance), guard or Guard(instance))
    high = np.array([request.budgets.get(c, np.inf) for c in costs])
    high = np.minimum(high, np.maximum(levels.model.cost, 0.0) @ levels.limits.high)
    lower, feasible = levels.solve(high)
    top = levels.best(high)
    if not feasible or top is None:
        _nothing(levels, high, feasible)
    assert top is not None
    low = _least(levels, high)
    if points:
        start = np.maximum(low, 0.0) if np.all(low <= 0) else low
        lattice = evenly(start, np.maximum(top.cost, start) if len(costs) == 1 else high, points)
    else:
        lattice = exactly(low, high, levels.model.cost)
    search = _Search(levels, lattice, exact=not points)
    search.bounds.append((high, lower))
    search.run(progress)
    return _result(search, axes, request, instance)


def _axes(instance: Instance, axes: tuple[str, ...]) -> tuple[str, ...]:
    resources = instance.leader.resources
    costs = tuple(a for a in axes if a != EFFECT)
    if EFFECT not in axes or not 1 <= len(costs) <= 4 or len(set(axes)) < len(axes) or set(costs) - set(resources):
        known = ", ".join(resources)
        raise UsageError(f"a frontier takes effect and one to four of {known}, each once; got {', '.join(axes)}.")
    return costs


def _nothing(levels: Levels, high: Vector, feasible: bool) -> None:
    if not feasible:
        from counterpact.strategy.solving.master import wishes

        request, axes = levels.request, levels.axes
        budgets = request.budgets | {a: float(h) for a, h in zip(axes, high, strict=True) if a in request.budgets}
        limits = wishes(levels.instance.leader, budgets, request.require, request.forbid)
        error: InfeasibleError = explain(levels.instance.leader, limits, levels.guard)
        raise error
    raise UnprovenError("no package was found within the limit that leaves room for civilian goods in every scenario.")


def _least(levels: Levels, high: Vector) -> Vector:
    """A floor of what packages cost on each axis (lapses free money, so it may be below 0)."""
    freed = np.minimum(levels.model.cost, 0.0) @ levels.limits.high
    needed = np.maximum(levels.model.cost, 0.0) @ levels.limits.low
    floor: Vector = np.minimum(freed + needed, high)
    return floor


class _Search:
    """Boxes still undecided, largest first."""

    def __init__(self, levels: Levels, lattice: Lattice, *, exact: bool) -> None:
        self.levels, self.lattice, self.exact = levels, lattice, exact
        self.bounds: list[tuple[Vector, float]] = []  # (level, lower bound there and at every smaller level)
        self.infeasible: list[Vector] = []
        self.best: list[Found] = []
        self.complete = True

    def lower(self, level: Vector) -> float:
        """The best lower bound known at a level."""
        return max((b for e, b in self.bounds if np.all(level <= e + 1e-9)), default=-np.inf)

    def gap(self, upper: float, lower: float) -> float:
        """Share of the effect achievable at a level."""
        return gap_of(upper, min(lower, upper), self.levels.before) if np.isfinite(upper) else np.inf

    def run(self, progress: Callable[[float, str], None] | None) -> None:
        """Until nothing is undecided or the time is up."""
        whole = self.lattice.whole
        total = float(np.prod(np.array(whole.high, dtype=float) + 1))
        heap: list[tuple[float, Box]] = [(-total, whole)]
        while heap:
            _, box = heapq.heappop(heap)
            for rest in self._decide(box):
                extent = np.array(rest.high, dtype=float) - np.array(rest.low, dtype=float) + 1
                heapq.heappush(heap, (-float(np.prod(extent)), rest))
            if self.levels.late:
                self.complete = not heap
                return
            if progress:
                left = -sum(size for size, _ in heap) / total
                progress(1 - left, f"frontier: {self.levels.work.levels} levels asked, {left:.0%} left")

    def _decide(self, box: Box) -> list[Box]:
        """What of a box is still undecided once its upper corner is settled."""
        top = self.lattice.level(box.high)
        if any(np.all(top <= e + 1e-9) for e in self.infeasible):
            return []
        lower = self.lower(top)
        known = self.levels.best(top)
        if known is None or self.gap(known.risk, lower) > self.levels.request.gap:
            lower, feasible = self.levels.solve(top, lower)
            self.bounds.append((top, lower))
            if not feasible:
                self.infeasible.append(top)
                return []
            known = self.levels.best(top)
            if known is not None and self.exact:
                known = self.levels.cheapen(top, known)
        if known is None:
            return []
        if not any(known is f for f in self.best):
            self.best.append(known)
        corner = self.lattice.reach(known.cost)
        return split(box, tuple(min(c, h) for c, h in zip(corner, box.high, strict=True)))


def _result(search: _Search, axes: tuple[str, ...], request: Request, instance: Instance) -> Frontier:
    levels = search.levels
    listed = [] if search.exact else _listed(search)
    chosen = {id(f): f for f in [*search.best, *(f for _, f, _ in listed if f is not None)]}
    vectors = np.array([[*f.cost, f.risk] for f in levels.found])
    kept: dict[bytes, Found] = {}
    for f in chosen.values():
        if not beaten(np.array([*f.cost, f.risk]), vectors):
            kept.setdefault(np.round(np.array([*f.cost, f.risk]), 7).tobytes(), f)
    points = order([_point(search, f) for f in kept.values()])
    number = {p.z.tobytes(): p.number for p in points}
    rows = []
    for level, found, lower in listed:
        budgets = {c: float(v) for c, v in zip(levels.axes, level, strict=True)}
        place = None if found is None else _place(found, points, number)
        rows.append(Level(budgets, place, lower, search.gap(found.risk, lower) if found else np.inf))
    infeasible = tuple({c: float(v) for c, v in zip(levels.axes, e, strict=True)} for e in search.infeasible)
    work = {k: v for k, v in asdict(levels.work).items() if k != "seconds"}
    distinct = len({f.z.tobytes() for f in levels.found})
    gap = max((r.gap for r in rows if r.point is not None), default=max((p.gap for p in points), default=0.0))
    return Frontier(
        axes=axes, points=tuple(points), levels=tuple(rows), dominated=distinct - len(points), exact=search.exact,
        complete=search.complete, gap=gap, wanted=request.gap, risk_before=levels.before, infeasible=infeasible,
        work=work, request=request, instance=instance,
    )  # fmt: skip


def _listed(search: _Search) -> list[tuple[Vector, Found | None, float]]:
    """(level, best package there, lower bound) of every level of a grid."""
    count = search.lattice.count
    if float(np.prod(count + 1.0)) > LISTED:
        return []
    rows = []
    for index in product(*(range(int(c) + 1) for c in count)):
        level = search.lattice.level(index)
        rows.append((level, search.levels.best(level), search.lower(level)))
    return rows


def _place(found: Found, points: list[Point], number: dict[bytes, int]) -> int | None:
    """The number of the point that stands for a package: itself or one as good."""
    if found.z.tobytes() in number:
        return number[found.z.tobytes()]
    alike = [p for p in points if p.risk <= found.risk + 1e-6]
    return alike[0].number if alike else None


def _point(search: _Search, found: Found) -> Point:
    leader, before = search.levels.instance.leader, search.levels.before
    lower = min(search.lower(found.cost), found.risk)
    today = max(before, 1e-12)
    return Point(
        number=0,
        names=tuple(n for n, on in zip(leader.names, found.z > 0.5, strict=True) if on),
        cost={r: float(c) for r, c in zip(leader.resources, leader.cost @ found.z, strict=True)},
        risk=found.risk,
        lower=lower,
        gap=search.gap(found.risk, lower),
        effect=(before - found.risk) / today,
        effect_possible=(before - lower) / today,
        z=found.z,
    )
