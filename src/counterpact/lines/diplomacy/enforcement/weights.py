"""How much of each objective's flow passes a channel that a given actor could act on (ports, flags, banks, customs).

Flows mix at places, so the share that has passed one of the actor's channels follows the water:

    s(place, good) = Σ_in f_e · (1 if e is the actor's else s(from e, good)) / Σ_in f_e,      sources have s = 0

solved by iteration in every sample of the picture (flows of the baseline year); an objective's share is that of its
delivering channels, by flow. It says whose enforcement could touch the flow, not that it would stop it: what is
rerouted is the strategy's question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.case.case import Case
from counterpact.picture.result import Picture

Array = NDArray[np.float64]

#: Samples that are followed; evenly spaced among those of the picture.
DRAWS = 100


@dataclass(frozen=True)
class Share:
    """A share of flow: mean over samples and the interval that holds 90 % of them."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Weight:
    """One actor: its share of each objective's flow, and the mean over objectives by the case's weights."""

    actor: str
    name: str
    overall: Share
    by_objective: dict[str, Share]
    channels: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One actor more in the coalition: what share of the flow then passes at least one member's channel."""

    actor: str
    name: str
    covered: Share
    gain: float


class Flows:
    """The samples' flows on the network of the case, and what passes whom."""

    def __init__(self, case: Case, picture: Picture) -> None:
        self.case = case
        place = {c: i for i, c in enumerate(picture.channels)}
        self.channels = [case.channels[c] for c in picture.channels if c in case.channels]
        draws = np.unique(np.linspace(0, len(picture.samples.flows) - 1, DRAWS).astype(np.intp))
        columns = np.array([place[c.id] for c in self.channels], dtype=np.intp)
        self.flow: Array = picture.samples.flows[np.ix_(draws, columns)]
        nodes: dict[tuple[str, str], int] = {}
        tails = [nodes.setdefault((c.from_place, c.good), len(nodes)) for c in self.channels]
        heads = [nodes.setdefault((c.to_place, c.good), len(nodes)) for c in self.channels]
        self.tail, self.head = np.array(tails, dtype=np.intp), np.array(heads, dtype=np.intp)
        self.into = np.zeros((len(self.flow), len(nodes)))
        for e, node in enumerate(self.head):
            self.into[:, node] += self.flow[:, e]
        number = {c.id: e for e, c in enumerate(self.channels)}
        self.ends = {
            o: [number[t.channel] for t in case.objective_terms.values() if t.objective == o and t.channel in number]
            for o in case.objectives
        }

    def channels_of(self, actors: Iterable[str]) -> NDArray[np.bool_]:
        """(channels,) those that one of the actors could act on."""
        wanted = set(actors)
        return np.array([bool(wanted & set(c.jurisdictions)) for c in self.channels])

    def passed(self, mine: NDArray[np.bool_]) -> dict[str, Array]:
        """For each objective with flow the share (draws,) of its flow that has passed a marked channel."""
        share = np.zeros_like(self.into)
        for _ in range(1000):  # a circle converges by the share that leaves it at each turn
            carried = np.where(mine, 1.0, share[:, self.tail]) * self.flow
            fresh = np.zeros_like(share)
            for e, node in enumerate(self.head):
                fresh[:, node] += carried[:, e]
            fresh = np.divide(fresh, self.into, out=np.zeros_like(fresh), where=self.into > 0)
            if np.abs(fresh - share).max(initial=0.0) < 1e-9:
                break
            share = fresh
        arrived = np.where(mine, 1.0, share[:, self.tail]) * self.flow
        found = {}
        for objective, ends in self.ends.items():
            total = self.flow[:, ends].sum(axis=1)
            if (total > 0).any():
                part = np.divide(arrived[:, ends].sum(axis=1), total, out=np.full(len(total), np.nan), where=total > 0)
                found[objective] = part[np.isfinite(part)]
        return found

    def overall(self, parts: dict[str, Array]) -> Share:
        """Mean of the objectives' shares by the case's weights."""
        weight = np.array([self.case.objectives[o].weight for o in parts])
        if not len(weight) or weight.sum() == 0:
            return Share(0.0, 0.0, 0.0)
        weight = weight / weight.sum()
        ends = np.array([[s.mean, s.low, s.high] for s in map(_share, parts.values())])
        mean, low, high = weight @ ends
        return Share(float(mean), float(low), float(high))


def _share(values: Array) -> Share:
    low, high = np.quantile(values, [0.05, 0.95])
    return Share(float(values.mean()), float(low), float(high))


def weights(case: Case, picture: Picture) -> tuple[Weight, ...]:
    """Every actor outside the alliance that could act on some channel, greatest share first."""
    flows = Flows(case, picture)
    found = []
    for actor in _able(case, flows):
        mine = flows.channels_of([actor])
        parts = flows.passed(mine)
        own = tuple(c.id for c, m in zip(flows.channels, mine, strict=True) if m)
        name = case.actors[actor].name
        found.append(Weight(actor, name, flows.overall(parts), {o: _share(v) for o, v in parts.items()}, own))
    return tuple(sorted(found, key=lambda w: (-w.overall.mean, w.actor)))


def _able(case: Case, flows: Flows) -> list[str]:
    alliance = set(case.head.alliance)
    named = {a for c in flows.channels for a in c.jurisdictions if a in case.actors}
    return sorted(a for a in named if a not in alliance)


def coalition(case: Case, picture: Picture, members: Iterable[str] = (), *, most: int = 8) -> tuple[Step, ...]:
    """Who adds most to the members, one after another, until `most` have joined or nobody adds anything.

    Coverage by a growing set is submodular, so the greedy order is within 1 − 1/e of the best set of its size
    (Nemhauser, Wolsey & Fisher 1978).
    """
    flows = Flows(case, picture)
    inside = [m for m in members if m in case.actors]
    steps: list[Step] = []
    now = flows.overall(flows.passed(flows.channels_of(inside))).mean
    able = [a for a in _able(case, flows) if a not in inside]
    while able and len(steps) < most:
        tried = [(flows.overall(flows.passed(flows.channels_of([*inside, a]))), a) for a in able]
        best, actor = min(tried, key=lambda x: (-x[0].mean, x[1]))
        if best.mean - now < 1e-6:
            break
        steps.append(Step(actor, case.actors[actor].name, best, best.mean - now))
        now = best.mean
        inside.append(actor)
        able.remove(actor)
    return tuple(steps)
