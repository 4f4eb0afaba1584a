"""Why each measure is in the package and the best others are out; all on the representative scenarios.

In: the package without it, the adversary replying anew. Out: the package with it and the cheapest of what it needs.
Stored plans bound what a measure can add (a plan is a cut at every z), so only those that could matter are tried.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from counterpact.case.values import EffectKind
from counterpact.strategy.answers.alternatives import Work
from counterpact.strategy.answers.contribution import restrict
from counterpact.strategy.answers.loopholes import closure
from counterpact.strategy.instance import Vector
from counterpact.strategy.outcome import Inside, Outside, Reopened
from counterpact.strategy.solving.reply import Sweep

Array = NDArray[np.float64]

TRIED = 8
"""Excluded measures whose gain is found exactly: those with the largest bounds."""
NOTHING = 1e-6
_COSTS = {"political": "political cost"}
"""Resources whose id is not yet a word."""


class Marginal:
    """What changes if one thing changes, on the representative scenarios, against the package."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._relevant = np.flatnonzero(work.compiled.relevance.any(axis=0))
        self._known: dict[bytes, Sweep] = {}
        self.base = self.sweep(work.z)
        self.risk = work.risk(self.base.lower, work.chosen.weight)
        today, under = work.risk(work.package.sweep_before.lower), work.risk(work.package.sweep.lower)
        self.total = max(today - under, 1e-12)
        leader, instance = work.compiled.instance.leader, work.compiled.instance
        q = work.request.risk.weights(self.base.lower @ instance.weights, work.chosen.weight)
        # (variables,) the most that one unit of each can take away: the replies stay possible whatever is added
        self.slope: Array = np.einsum("s,som,o->m", q, self.base.cuts.slope, instance.weights)
        self.acting = {
            v: str(v)
            for v, kind in enumerate(leader.kinds)
            if kind in ("measure", "enforcement") and work.z[v] > 0.5 and not leader.names[v].startswith("lapse:")
        }

    def without(self, variable: int) -> tuple[Vector, Sweep]:
        """The package with a measure or a member dropped, and everything that cannot stand without it."""
        return self.without_too(self.work.z, variable)

    def without_too(self, start: Vector, variable: int) -> tuple[Vector, Sweep]:
        """The same from another start than the package."""
        z = start.copy()
        z[variable] = 0.0
        z = self.work.compiled.levers.settled(z)
        z = restrict(self.work.compiled.instance.leader, z, self.acting, frozenset(self.acting.values()))
        z = self.work.compiled.levers.settled(z)
        return z, self.sweep(z)

    def sweep(self, z: Vector) -> Sweep:
        """The replies at z; known at once where nothing that can change a reply differs from what was asked before."""
        key = z[self._relevant].tobytes()
        if key not in self._known:
            self._known[key] = self.work.few.sweep(z)
        return self._known[key]

    def value(self, sweep: Sweep) -> float:
        """Risk of a sweep."""
        return self.work.risk(sweep.lower, self.work.chosen.weight)

    def hit(self, one: Sweep, other: Sweep) -> tuple[int, float]:
        """The objective that `one` has more of than `other` by weight, and by how much in its unit."""
        instance = self.work.compiled.instance
        more = self.work.chosen.weight @ (one.lower - other.lower)
        o = int((more * instance.weights).argmax())
        return o, float(more[o] * instance.normalisers[o])


def inside(marginal: Marginal) -> tuple[Inside, ...]:
    """Every measure of the package, the one it would miss most first."""
    work, compiled = marginal.work, marginal.work.compiled
    case, leader, found = compiled.case, compiled.instance.leader, []
    touched = _touched(work)
    for m, variable in compiled.levers.measure.items():
        if work.z[variable] <= 0.5:
            continue
        kept = m in compiled.levers.kept
        z, sweep = marginal.without(variable)
        dropped = np.flatnonzero((work.z > 0.5) & (z < 0.5))
        fallen = tuple(leader.names[v] for v in dropped if v != variable and leader.kinds[v] == "measure")
        changed = [m, *fallen]
        loss = marginal.value(sweep) - marginal.risk
        o, more = marginal.hit(sweep, marginal.base)
        reopens = _reopened(work, sweep, marginal.base, o, {c for x in changed for c in touched.get(x, ())})
        row = case.objectives[compiled.instance.objectives[o]]
        matters = loss > NOTHING or more * row.weight / row.normaliser > NOTHING
        why = _why_in(loss, bool(touched.get(m)), kept, fallen, matters)
        found.append(
            Inside(
                m, case.measures[m].name, loss, loss / marginal.total, row.id if matters else "", max(0.0, more),
                row.unit, reopens if matters else (), fallen, why,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda i: (-i.loss, i.measure)))


def _why_in(loss: float, touches: bool, kept: bool, fallen: tuple[str, ...], matters: bool) -> str:
    if kept:
        return "letting it go frees what keeping it costs" if loss <= NOTHING else "letting it go opens the way to more"
    if loss > NOTHING:
        return "it works, and others stand on it" if fallen else "without it they would deliver more"
    if fallen:
        return "others stand on it"
    if matters:
        return "it lowers what they deliver, but not in the scenarios that the risk attitude counts"
    if not touches:
        return "it serves outside the adversary model, or makes something else cheaper"
    return "covered by the rest of the package: it could go"


def _touched(work: Work) -> dict[str, tuple[str, ...]]:
    """Measure → channels its effects act on."""
    case, found = work.compiled.case, dict[str, list[str]]()
    for effect in work.compiled.layout.effects.values():
        if case.effect_kind(effect) is not EffectKind.ENABLE:
            found.setdefault(effect.measure, []).extend(effect.channels)
    return {m: tuple(dict.fromkeys(c)) for m, c in found.items()}


def _reopened(work: Work, one: Sweep, other: Sweep, o: int, channels: set[str], count: int = 3) -> tuple[Reopened, ...]:
    """Channels by which more arrives in `one` than in `other` for objective o, the largest share of its room first."""
    compiled = work.compiled
    arrives = compiled.gains[work.chosen.index]
    more = compiled.channel_flows(one.plans[:, o] * arrives) - compiled.channel_flows(other.plans[:, o] * arrives)
    difference = work.chosen.weight @ more
    room = np.maximum(compiled.drawn.capacity.mean(axis=0), 1e-12)
    order = np.argsort(-difference / room, kind="stable")
    found = []
    for k in order:
        c = compiled.channels[int(k)]
        if c in channels and difference[k] / room[k] > 1e-4:
            channel = compiled.case.channels[c]
            found.append(Reopened(c, channel.name, float(difference[k]), channel.unit))
    return tuple(found[:count])


def outside(marginal: Marginal, members: tuple[Inside, ...], count: int = 5) -> tuple[Outside, ...]:
    """The excluded measures that would add most, with what keeps each out."""
    work, compiled = marginal.work, marginal.work.compiled
    leader, rows = compiled.instance.leader, []
    for m, variable in compiled.levers.measure.items():
        if work.z[variable] > 0.5 or m in compiled.levers.kept or leader.names[variable] in work.request.forbid:
            continue
        z = closure(compiled, work.z, (variable,))
        if z is not None:
            z = compiled.levers.settled(z)
            rows.append((float(marginal.slope @ (z - work.z)), m, variable, z))
    rows.sort(key=lambda r: (-r[0], r[1]))
    found = [_outside(marginal, m, variable, z, members) for _, m, variable, z in rows[:TRIED]]
    return tuple(sorted(found, key=lambda o: (-o.gain, o.measure))[:count])


def _outside(marginal: Marginal, m: str, variable: int, z: Vector, members: tuple[Inside, ...]) -> Outside:
    work, compiled = marginal.work, marginal.work.compiled
    leader = compiled.instance.leader
    sweep = marginal.sweep(z)
    gain = marginal.risk - marginal.value(sweep)
    o, _ = marginal.hit(marginal.base, sweep)
    brings = tuple(
        leader.names[v]
        for v in np.flatnonzero((z > 0.5) & (work.z < 0.5))
        if v != variable and leader.kinds[v] != "enforcement" and not leader.names[v].startswith("alone:")
    )
    cost = dict(zip(leader.resources, leader.cost @ z, strict=True))
    lacks = {r: float(cost[r] - b) for r, b in work.request.budgets.items() if cost[r] > b + 1e-9}
    goes, loss = _cheapest_way_out(work, lacks, members) if lacks else ("", 0.0)
    short = bool(work.guard.shortfalls(z))
    why = _why_out(gain, loss, lacks, goes, short, marginal.total * work.request.gap)
    return Outside(
        m, compiled.case.measures[m].name, brings, gain, gain / marginal.total,
        compiled.instance.objectives[o] if gain > NOTHING else "", lacks, goes, loss, why,
    )  # fmt: skip


def _cheapest_way_out(work: Work, lacks: dict[str, float], members: tuple[Inside, ...]) -> tuple[str, float]:
    """The member whose going frees all that is lacking at the least loss; "" if no single one does."""
    leader, levers = work.compiled.instance.leader, work.compiled.levers
    enough = [
        (one.loss, one.measure)
        for one in members
        if one.measure not in levers.kept
        and all(
            leader.cost[leader.resources.index(r), levers.measure[one.measure]] >= x - 1e-9 for r, x in lacks.items()
        )
    ]
    if not enough:
        return "", 0.0
    loss, measure = min(enough)
    return measure, loss


def _why_out(gain: float, loss: float, lacks: dict[str, float], goes: str, short: bool, gap: float) -> str:
    if short:
        return "it would leave too little room for civilian goods in some scenario"
    if gain <= NOTHING:
        return "they would go round it: it adds nothing to this package"
    if not lacks:
        return (
            "it fits the limits and adds less than the gap to which the package was designed"
            if gain <= gap
            else ("it fits the limits on the representative scenarios: design again with a smaller gap")
        )
    words = [_COSTS.get(r, r.replace("_", " ")) for r in sorted(lacks)]
    several = len(words) > 1
    said = f"{', '.join(words[:-1])} and {words[-1]}" if several else "".join(words)
    kept_out = f"the limits on {said} keep" if several else f"the limit on {said} keeps"
    if not goes:
        return f"{kept_out} it out; no single member frees enough"
    if loss >= gain:
        return f"{kept_out} it out; the cheapest exchange loses more than it gains"
    return f"{kept_out} it out; an exchange would gain less than the gap to which the package was designed"
