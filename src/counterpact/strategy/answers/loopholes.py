"""Loopholes: routes a package leaves open, ranked by the harm they carry, and the cheapest ways to close each.

For each route a small covering problem over the levers not yet used that touch it: the cheapest set (with the
prerequisites and participation it needs) that takes away at least half of what is still open, or else the set that
takes away most. What is gained is found by re-solving, so the adversary has gone round the closing measures as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.instance import Vector
from counterpact.strategy.outcome import Closing, Loophole, Route
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk

Array = NDArray[np.float64]

TARGET = 0.5
"""A closing must take away this share of what the route still lets through."""
CANDIDATES = 8
SET_SIZE = 3


class Openness:
    """Share of each channel's capacity (losses counted) that a leader vector leaves open, in every scenario."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self._by_channel: dict[int, list[int]] = {}
        for j, piece in enumerate(compiled.cutting.pieces):
            self._by_channel.setdefault(piece.channel, []).append(j)
        self._kept = {compiled.levers.measure[m] for m in compiled.levers.kept}

    def capacity(self, channel: int, z: Vector) -> Array:
        """(S,) amount that can arrive over a channel: open slices, each by its best open copy."""
        pieces = self.compiled.cutting.pieces
        best: dict[int, Array] = {}
        for j in self._by_channel[channel]:
            p = pieces[j]
            shut = np.zeros(len(p.ceiling), dtype=bool)
            for variable, mask in p.blocked.items():
                shut |= (mask > 0) & self._acts(variable, z)
            for variable, (gain, premium) in p.relief.items():
                shut |= ((gain > 1e-12) | (premium > 1e-12)) & self._acts(variable, z)
            amount = np.where(shut, 0.0, p.ceiling * p.gain)
            best[p.slice_] = np.maximum(best.get(p.slice_, 0.0), amount)
        total: Array = np.sum(list(best.values()), axis=0)
        return total

    def _acts(self, variable: int, z: Vector) -> bool:
        on = z[variable] > 0.5
        return not on if variable in self._kept else bool(on)

    def route(self, route: Route, z: Vector) -> Array:
        """(S,) the narrowest channel of a route."""
        ids = self.compiled.channels
        narrowest: Array = np.min([self.capacity(ids.index(c), z) for c in route.channels], axis=0)
        return narrowest


def closure(compiled: Compiled, z: Vector, adding: tuple[int, ...]) -> Vector | None:
    """`z` with more measures, and the cheapest prerequisites and participants they need; None if that cannot be."""
    leader = compiled.instance.leader
    out = z.copy()
    out[list(adding)] = 1.0
    price = np.maximum(leader.cost, 0.0).T @ _relative(compiled)
    B = leader.B
    for _ in range(4 * len(leader.names)):
        broken = np.flatnonzero(B @ out > leader.row_upper + 1e-9)
        if not len(broken):
            return out
        r = int(broken[0])
        columns = B.indices[B.indptr[r] : B.indptr[r + 1]]
        values = B.data[B.indptr[r] : B.indptr[r + 1]]
        helpful = [int(c) for c, v in zip(columns, values, strict=True) if v < 0 and out[c] < 0.5]
        if not helpful:
            return None
        out[min(helpful, key=lambda c: (price[c], c))] = 1.0
    return None


def _relative(compiled: Compiled) -> Array:
    """(resources,) price of one unit of each resource, so that all measures together cost 1 of each."""
    total = np.maximum(compiled.instance.leader.cost, 0.0).sum(axis=1)
    return np.where(total > 0, 1.0 / np.maximum(total, 1e-12), 0.0)


@dataclass(frozen=True)
class Choice:
    """One way of closing: leader vector and how much it leaves open."""

    added: tuple[int, ...]
    z: Vector
    price: float
    left: float


def cheapest(compiled: Compiled, openness: Openness, route: Route, z: Vector, weight: Array) -> Choice | None:
    """The cheapest set of unused levers that closes `TARGET` of what is open, else the set that closes most."""
    layout, leader = compiled.layout, compiled.instance.leader
    unused: set[int] = set()
    for c in route.channels:
        for t in layout.blocks.get(c, ()) + layout.deters.get(c, ()):
            if not t.kept and z[t.variable] < 0.5:
                unused.add(t.variable)
    open_now = float(weight @ openness.route(route, z))
    if open_now <= 1e-12 or not unused:
        return None
    relative = _relative(compiled)
    price_now = float(relative @ (leader.cost @ z))

    def assess(added: tuple[int, ...]) -> Choice | None:
        after = closure(compiled, z, added)
        if after is None:
            return None
        left = float(weight @ openness.route(route, after)) / open_now
        return Choice(added, after, float(relative @ (leader.cost @ after)) - price_now, left)

    single = [one for v in sorted(unused) if (one := assess((v,))) is not None]
    single = sorted(single, key=lambda c: (c.left, c.price, c.added))[:CANDIDATES]
    found = list(single)
    names = [c.added[0] for c in single]
    for size in range(2, SET_SIZE + 1):
        found += [more for added in combinations(names, size) if (more := assess(added)) is not None]
    working = [c for c in found if c.left < 1 - 1e-6]
    if not working:
        return None
    enough = [c for c in working if c.left <= 1 - TARGET]
    if enough:
        return min(enough, key=lambda c: (c.price, len(c.added), c.added))
    return min(working, key=lambda c: (round(c.left, 3), c.price, c.added))


def loopholes(
    compiled: Compiled,
    routes: tuple[Route, ...],
    z: Vector,
    *,
    oracle: Oracle,
    weight: Array,
    risk: Risk,
    budgets: dict[str, float],
    proven: bool,
    count: int = 10,
) -> list[Loophole]:
    """The `count` routes that carry most combined risk. `oracle`, `weight`: representative scenarios."""
    instance = compiled.instance
    scale = dict(zip(instance.objectives, instance.scale, strict=True))
    openness = Openness(compiled)
    share = np.array([s.probability for s in instance.scenarios])
    nothing = np.zeros_like(z)
    before = risk.value(oracle.sweep(z).lower @ instance.weights, weight)
    found = []
    for route in routes[:count]:
        full, left = openness.route(route, nothing), openness.route(route, z)
        open_share = float(share @ np.where(full > 0, left / np.maximum(full, 1e-300), 0.0))
        choice = cheapest(compiled, openness, route, z, share)
        closing = None
        if choice is not None:
            closing = _closing(compiled, choice, z, before, oracle, weight, risk, budgets, openness, route)
        found.append(
            Loophole(
                route=route,
                value=route.harm.mean * scale[route.objective],
                open_share=open_share,
                closing=closing,
                closed=proven and choice is not None and bool(np.all(openness.route(route, choice.z) <= 1e-9)),
                why_open=_why(compiled, route, z, choice),
            )
        )
    return found


def _closing(
    compiled: Compiled,
    choice: Choice,
    z: Vector,
    before: float,
    oracle: Oracle,
    weight: Array,
    risk: Risk,
    budgets: dict[str, float],
    openness: Openness,
    route: Route,
) -> Closing:
    leader = compiled.instance.leader
    new = [int(v) for v in np.flatnonzero((choice.z > 0.5) & (z < 0.5))]
    cost = leader.cost @ choice.z
    after = risk.value(oracle.sweep(choice.z).lower @ compiled.instance.weights, weight)
    share = np.array([s.probability for s in compiled.instance.scenarios])
    full = openness.route(route, np.zeros_like(z))
    left = openness.route(route, choice.z)
    return Closing(
        measures=tuple(leader.names[v] for v in new if leader.kinds[v] == "measure"),
        joins=tuple(leader.names[v].removeprefix("join:") for v in new if leader.names[v].startswith("join:")),
        cost={r: float(c) for r, c in zip(leader.resources, leader.cost @ (choice.z - z), strict=True)},
        closes=1.0 - float(share @ np.where(full > 0, left / np.maximum(full, 1e-300), 0.0)),
        risk_before=before,
        risk_after=after,
        fits_budget=all(cost[leader.resources.index(r)] <= most + 1e-9 for r, most in budgets.items()),
    )


def _why(compiled: Compiled, route: Route, z: Vector, choice: Choice | None) -> str:
    layout, leader = compiled.layout, compiled.instance.leader
    acting = sorted(
        {
            leader.names[t.variable]
            for c in route.channels
            for t in layout.blocks.get(c, ()) + layout.deters.get(c, ())
            if z[t.variable] > 0.5 and not t.kept
        }
    )
    if not acting and choice is None:
        return "no measure of the case touches it"
    if not acting:
        return "no measure of the package touches it"
    if choice is None:
        return f"only partly closed by {', '.join(acting)}; no other measure of the case adds to that"
    return f"only partly closed by {', '.join(acting)}"
