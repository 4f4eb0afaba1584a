"""Seeded random instances of the package problem.

`structured`: like a case, with gains, sliced capacities, a money row with elastic finance, and a guard.
`plain`: the easier form of one network per good with shared capacities, priced arcs and nothing else.
`full_form.full`: the same network with everything a case has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from counterpact.strategy.instance import CivilianSystem, Columns, Instance, Leader, Scenario


class Entries:
    """A sparse matrix while it is being written."""

    def __init__(self) -> None:
        self.items: list[tuple[int, int, float]] = []

    def add(self, row: int, column: int, value: float) -> None:
        self.items.append((row, column, value))

    def matrix(self, rows: int, columns: int) -> csc_matrix:
        r, c, v = zip(*self.items, strict=True) if self.items else ((), (), ())
        return csc_matrix((v, (r, c)), shape=(rows, columns), dtype=float)


@dataclass(frozen=True)
class _Base:
    """What all scenarios share."""

    good: np.ndarray
    tail: np.ndarray  # −1: the good's source
    head: np.ndarray  # −2: delivered
    gain: np.ndarray
    cost: np.ndarray
    value: np.ndarray
    capacity: np.ndarray
    supply: np.ndarray
    hits: list[tuple[np.ndarray, int]]  # per measure: channels, slice
    civil: list[tuple[int, int]]
    closes: np.ndarray
    places: int
    slices: int


def structured(
    *,
    scenarios: int = 300,
    channels: int = 90,
    places: int = 30,
    objectives: int = 7,
    measures: int = 60,
    budget: float = 0.25,
    slices: int = 2,
    seed: int = 0,
    guard: bool = True,
) -> Instance:
    """A case-like instance. Columns: (channel × slice) flows of one good each, supplies, finance, money left over."""
    rng = np.random.default_rng(seed)
    base = _base(rng, channels, places, objectives, measures, slices)
    built = [_scenario(base, objectives, measures, seed, s, scenarios, guard) for s in range(scenarios)]
    n, first = built[0].A.shape[1], built[0]
    normalisers = np.array([max(1.0, float((h * first.ceiling).sum())) for h in first.harm])
    channel = np.array([e for e in range(channels) for _ in range(slices)] + [-1] * (objectives + 2))
    part = np.array(list(range(slices)) * channels + [0] * (objectives + 2))
    ids, names = tuple(f"c{e}" for e in range(channels)), tuple(f"y{j}" for j in range(n))
    columns = Columns(channel, part, np.zeros(n, int), ids, names)
    goals = tuple(f"o{k}" for k in range(objectives))
    weights = np.full(objectives, 1 / objectives)
    return Instance(leader(measures, budget, rng), columns, built, goals, weights, normalisers)


def _base(rng: np.random.Generator, channels: int, places: int, goods: int, measures: int, slices: int) -> _Base:
    good, tail, head = rng.integers(0, goods, channels), np.empty(channels, int), np.empty(channels, int)
    for e in range(channels):
        tail[e] = -1 if rng.random() < 0.45 else rng.integers(places)
        head[e] = -2 if rng.random() < 0.45 else rng.integers(places)
        if tail[e] >= 0 and head[e] >= 0 and tail[e] > head[e]:  # no cycles
            tail[e], head[e] = head[e], tail[e]
        if tail[e] == head[e]:
            tail[e] = -1
    gain, cost = rng.uniform(0.7, 1.0, channels), rng.uniform(0.0, 0.4, channels)
    value, capacity = rng.uniform(0.5, 2.0, channels), rng.uniform(5, 40, channels)
    most = min(7, channels)
    hits = [
        (rng.choice(channels, rng.integers(1, most), replace=False), int(rng.integers(slices))) for _ in range(measures)
    ]
    mined = np.array([capacity[(good == k) & (tail == -1)].sum() + 5 for k in range(goods)])
    supply = rng.uniform(0.3, 0.7, goods) * mined
    civil = [(int(a), int(b)) for a, b in rng.integers(0, 6, (14, 2)) if a != b]
    closes = rng.random((len(civil), measures)) < 0.02
    return _Base(good, tail, head, gain, cost, value, capacity, supply, hits, civil, closes, places, slices)


def _scenario(base: _Base, goods: int, measures: int, seed: int, s: int, count: int, guard: bool) -> Scenario:
    g = np.random.default_rng([seed, 1, s])
    E, K, places = len(base.good), goods, base.places
    gain, cap = base.gain * g.uniform(0.85, 1.1, E), base.capacity * g.uniform(0.5, 1.5, E)
    share = g.uniform(0.3, 0.9, E)
    F = E * base.slices
    n, money = F + K + 2, K * places + K
    A, harm, ceiling = Entries(), np.zeros((K, n)), np.full(n, 1e4)
    for j in range(F):
        e, k = divmod(j, base.slices)
        ceiling[j] = cap[e] * (share[e] if k == 0 else (1 - share[e]) / (base.slices - 1))
        A.add(base.good[e] * places + base.tail[e] if base.tail[e] >= 0 else K * places + base.good[e], j, 1.0)
        if base.head[e] >= 0:
            A.add(base.good[e] * places + base.head[e], j, -gain[e])
        else:
            harm[base.good[e], j] = base.value[e]
        A.add(money, j, base.cost[e] * (1 if e % 3 else -1))
    for k in range(K):
        A.add(K * places + k, F + k, -1.0)
        ceiling[F + k] = base.supply[k] * g.uniform(0.8, 1.2)
    A.add(money, F + K, -1.0)
    A.add(money, F + K + 1, 0.5)
    fixed = np.zeros(n)
    fixed[F + K] = -0.004
    P = Entries()
    for m, (struck, k) in enumerate(base.hits):
        for e in struck if g.random() > 0.05 else ():
            P.add(int(e) * base.slices + k, m, 0.02 * g.uniform(0.8, 1.0) if m % 2 else 0.05)
    upper = np.concatenate([np.zeros(money), [50.0]])
    system = _civilian(base, measures, g) if guard else None
    penalty = csr_matrix(P.matrix(n, measures))
    lower = np.full(money + 1, -np.inf)
    return Scenario(A.matrix(money + 1, n), lower, upper, ceiling, harm, fixed, penalty, 1 / count, system, s)


def _civilian(base: _Base, measures: int, g: np.random.Generator) -> CivilianSystem:
    """Two needs served over a small network from two sources."""
    E, A = len(base.civil), Entries()
    for j, (a, b) in enumerate(base.civil):
        A.add(a, j, 1.0)
        A.add(b, j, -1.0)
    A.add(base.civil[0][0], E, -1.0)
    A.add(0, E + 1, -1.0)
    need = csr_matrix(([1.0, 1.0], ([0, 1], [E - 1, 1])), shape=(2, E + 2))
    shut = csr_matrix(np.vstack([base.closes, np.zeros((2, measures))]).astype(float))
    rows = (np.full(6, -np.inf), np.zeros(6))
    return CivilianSystem(
        A.matrix(6, E + 2), *rows, g.uniform(3, 9, E + 2), shut, need, g.uniform(0.5, 2, 2), ("grain", "medicine")
    )


def leader(measures: int, budget: float, rng: np.random.Generator) -> Leader:
    """Binary measures under one budget, a sixth of them with a prerequisite."""
    cost = np.vstack([rng.uniform(1, 6, measures), rng.uniform(0, 5, measures)])
    rows, names, upper = [cost[0]], ["money ≤ budget"], [budget * cost[0].sum()]
    later = rng.choice(np.arange(3, measures), max(1, measures // 6), replace=False) if measures > 3 else []
    for i in later:
        row = np.zeros(measures)
        row[i], row[int(rng.integers(0, i))] = 1.0, -1.0
        rows.append(row)
        names.append(f"m{i} needs its prerequisite")
        upper.append(0.0)
    ids, binary = tuple(f"m{i}" for i in range(measures)), np.ones(measures, bool)
    low, kinds = np.full(len(rows), -np.inf), ("measure",) * measures
    B = csr_matrix(np.array(rows))
    return Leader(ids, kinds, binary, B, low, np.array(upper), tuple(names), ("money", "escalation"), cost)


def network(rng: np.random.Generator, nodes: int, arcs: int) -> tuple[np.ndarray, ...]:
    """(points, tail, head, distance, capacity): a circle through all places and arcs between near ones."""
    points, order = rng.random((nodes, 2)), rng.permutation(nodes)
    ends = [(int(order[i]), int(order[(i + 1) % nodes])) for i in range(nodes)]
    away = ((points[:, None] - points[None]) ** 2).sum(-1) ** 0.5
    near, seen = np.argsort(away, 1)[:, 1:9], set(ends)
    while len(ends) < arcs:
        i = int(rng.integers(nodes))
        pair = (i, int(near[i, rng.integers(8)]))
        if pair not in seen:
            seen.add(pair)
            ends.append(pair)
    tail, head = np.array(ends).T
    return points, tail, head, away[tail, head] * 100 + 5, rng.integers(20, 80, arcs).astype(float)


def plain(
    *, scenarios: int = 20, nodes: int = 200, arcs: int = 800, goods: int = 8, measures: int = 60, budget: float = 0.2,
    seed: int = 11,
) -> Instance:  # fmt: skip
    """The easier form: goods on one network with shared capacities; a measure prices arcs near a place.

    Draws in the order of `shared/tools/reference_package.py`: at its sizes (the defaults) it is the same instance.
    """
    rng = np.random.default_rng(seed)
    points, tail, head, distance, capacity = network(rng, nodes, arcs)
    value = rng.uniform(150, 400, goods)
    source = [rng.choice(nodes, 3, replace=False) for _ in range(goods)]
    target = [rng.choice(np.setdiff1d(np.arange(nodes), source[k]), 4, replace=False) for k in range(goods)]
    want = [rng.integers(5, 15, 4).astype(float) for _ in range(goods)]
    Y = goods * arcs
    n, P = Y + goods * 7, Entries()
    for m in range(measures):
        centre = points[rng.integers(nodes)]
        close = np.argsort(((points[tail] - centre) ** 2).sum(1))[: rng.integers(12, 40)]
        struck, block = rng.choice(goods, rng.integers(1, min(4, goods + 1)), replace=False), rng.random() < 0.5
        share, price = rng.uniform(0.3, 1.0), rng.uniform(20, 120)
        for k in struck:
            for a in close:
                P.add(int(k) * arcs + int(a), m, float(value.max() if block and share > 0.7 else price))
    who = _plain_leader(measures, budget, rng)
    A = Entries()
    for k in range(goods):
        for a in range(arcs):
            A.add(k * nodes + tail[a], k * arcs + a, 1.0)
            A.add(k * nodes + head[a], k * arcs + a, -1.0)
            A.add(goods * nodes + a, k * arcs + a, 1.0)
        for i in range(4):
            A.add(k * nodes + target[k][i], Y + 4 * k + i, 1.0)
        for i in range(3):
            A.add(k * nodes + source[k][i], Y + 4 * goods + 3 * k + i, -1.0)
    matrix, penalty = A.matrix(goods * nodes + arcs, n), csr_matrix(P.matrix(n, measures))
    lower = np.concatenate([np.zeros(goods * nodes), np.full(arcs, -np.inf)])
    most = np.concatenate([*want, *[np.full(3, w.sum() * 0.6) for w in want]])
    built = []
    for s in range(scenarios):
        g = np.random.default_rng(500 + s)
        fixed, harm, u, v = np.zeros(n), np.zeros((1, n)), capacity, value
        fixed[:Y] = -np.tile(distance, goods)
        if s:
            fixed[:Y] *= g.uniform(0.7, 1.4, Y)
            u, v = u * g.uniform(0.5, 1.3, arcs), v * g.uniform(0.8, 1.3, goods)
        harm[0, Y : Y + 4 * goods] = np.repeat(v, 4)
        upper = np.concatenate([np.zeros(goods * nodes), u])
        ceiling = np.concatenate([np.tile(u, goods), most])
        built.append(Scenario(matrix, lower, upper, ceiling, harm, fixed, penalty, 1 / scenarios))
    channel = np.concatenate([np.tile(np.arange(arcs), goods), np.full(goods * 7, -1)])
    ids, names = tuple(f"a{a}" for a in range(arcs)), tuple(f"y{j}" for j in range(n))
    columns = Columns(channel, np.zeros(n, int), np.zeros(n, int), ids, names)
    return Instance(who, columns, built, ("harm",), np.ones(1), np.ones(1))


def _plain_leader(measures: int, budget: float, rng: np.random.Generator) -> Leader:
    """Binary measures under limits on money, harm and escalation, a quarter of them with a prerequisite."""
    cost = np.vstack([rng.uniform(1, 6, measures), rng.uniform(0, 5, measures), rng.uniform(0, 5, measures)])
    share = np.array([budget, 0.35 * budget / 0.2, 0.35 * budget / 0.2])
    later = rng.choice(np.arange(3, measures), measures // 4, replace=False) if measures > 3 else []
    rows, upper = list(cost), list(share * cost.sum(axis=1))
    resources = ("money", "civilian_harm", "escalation")
    names = [f"{r} ≤ limit" for r in resources]
    for i in later:
        row = np.zeros(measures)
        row[i] += 1.0
        row[int(rng.integers(0, i))] -= 1.0
        rows.append(row)
        names.append(f"m{i} needs its prerequisite")
        upper.append(0.0)
    ids, binary = tuple(f"m{i}" for i in range(measures)), np.ones(measures, bool)
    low, kinds = np.full(len(rows), -np.inf), ("measure",) * measures
    return Leader(ids, kinds, binary, csr_matrix(np.array(rows)), low, np.array(upper), tuple(names), resources, cost)
