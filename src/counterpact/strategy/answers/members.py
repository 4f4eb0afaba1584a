"""Who must join, and what one more member is worth; on the representative scenarios, the adversary replying anew.

Joining has two meanings (see `compiling.participation`): a vote without which a measure is not adopted, and
enforcement, which works only in the scenarios in which somebody able takes part. Both are counted here.
"""

from __future__ import annotations

import numpy as np

from counterpact.strategy.answers.loopholes import closure
from counterpact.strategy.answers.why import Marginal
from counterpact.strategy.compiling.participation import DRAW
from counterpact.strategy.outcome import Coalition, Joiner, Newcomer

KEEPS = 0.9
"""Share of the effect the smallest coalition must keep. A convention."""


def coalition(marginal: Marginal) -> Coalition:
    """Members by what is lost without them, and newcomers by what they would add."""
    levers, z = marginal.work.compiled.levers, marginal.work.z
    joined = {a: v for a, v in levers.join.items() if z[v] > 0.5}
    alone = {a: marginal.without(v) for a, v in joined.items()}
    loss = {a: marginal.value(sweep) - marginal.risk for a, (_, sweep) in alone.items()}
    must, keeps = _smallest(marginal, joined, loss)
    case, leader = marginal.work.compiled.case, marginal.work.compiled.instance.leader
    members = [
        Joiner(
            a, case.actors[a].name, loss[a], loss[a] / marginal.total,
            tuple(
                leader.names[v] for v in np.flatnonzero((z > 0.5) & (alone[a][0] < 0.5)) if leader.kinds[v] == "measure"
            ),
            _takes_part(marginal, a), a in must,
        )
        for a in joined
    ]  # fmt: skip
    return Coalition(tuple(sorted(members, key=lambda j: (-j.loss, j.actor))), _newcomers(marginal), keeps)


def _takes_part(marginal: Marginal, actor: str) -> float:
    scenarios = marginal.work.compiled.instance.scenarios
    share = marginal.work.probability / marginal.work.probability.sum()
    return float(share @ np.array([s.values.get(f"{DRAW}{actor}", 1.0) for s in scenarios]))


def _smallest(marginal: Marginal, joined: dict[str, int], loss: dict[str, float]) -> tuple[set[str], float]:
    """Members left when those that cost least are let go one after the other while `KEEPS` of the effect stays."""
    work = marginal.work
    before = work.risk(work.few.zero().lower, work.chosen.weight)
    effect = max(before - marginal.risk, 1e-12)
    must, share = set(joined), 1.0
    z = work.z
    for actor in sorted(joined, key=lambda a: (loss[a], a)):
        if loss[actor] > (1 - KEEPS) * effect:
            break  # every one after it loses more than may be lost
        trial, sweep = marginal.without_too(z, joined[actor])
        kept = (before - marginal.value(sweep)) / effect
        if kept >= KEEPS:
            z, share = trial, kept
            must.discard(actor)
    return must, share


def _newcomers(marginal: Marginal, count: int = 6) -> tuple[Newcomer, ...]:
    """Actors that have not joined, by what they would add."""
    work, compiled = marginal.work, marginal.work.compiled
    levers, leader, case = compiled.levers, compiled.instance.leader, compiled.case
    opened: dict[str, list[tuple[float, str, np.ndarray]]] = {}
    for m, variable in levers.measure.items():
        if work.z[variable] > 0.5 or m in levers.kept or leader.names[variable] in work.request.forbid:
            continue
        z = closure(compiled, work.z, (variable,))
        if z is None:
            continue
        z = levers.settled(z)
        new = [a for a, v in levers.join.items() if z[v] > 0.5 and work.z[v] < 0.5]
        if len(new) == 1:
            opened.setdefault(new[0], []).append((float(marginal.slope @ (z - work.z)), m, z))
    found = []
    political = leader.resources.index("political")
    for actor, variable in levers.join.items():
        if work.z[variable] > 0.5:
            continue
        z = work.z.copy()
        z[variable] = 1.0
        z = levers.settled(z)
        enforces = bool(np.any((z > 0.5) & (work.z < 0.5) & (np.array(leader.kinds) == "enforcement")))
        alone = max(0.0, marginal.risk - marginal.value(marginal.sweep(z))) if enforces else 0.0
        gain, measure = alone, ""
        best = max(opened.get(actor, []), key=lambda r: (r[0], r[1]), default=None)
        if best is not None and best[0] > 1e-9:
            more = marginal.risk - marginal.value(marginal.sweep(best[2]))
            if more > gain:
                gain, measure = more, best[1]
        found.append(
            Newcomer(
                actor, case.actors[actor].name, alone, gain, gain / marginal.total, measure,
                float(leader.cost[political, variable]), _takes_part(marginal, actor),
            )
        )  # fmt: skip
    found.sort(key=lambda n: (-n.gain, n.political, n.actor))
    return tuple(found[:count])
