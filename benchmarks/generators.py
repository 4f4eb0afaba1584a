"""Seeded random instances of the package problem.

`structured`: like a case, with gains, sliced capacities, a money row with elastic finance, and a guard.
`plain`: the easier form of one network per good with shared capacities, priced arcs and nothing else.
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


def plain(
    *, scenarios: int = 20, nodes: int = 40, arcs: int = 140, goods: int = 3, measures: int = 25, budget: float = 0.2,
    seed: int = 11,
) -> Instance:  # fmt: skip
    """The easier form: goods on one network with shared capacities; a measure prices arcs near a place."""
    rng = np.random.default_rng(seed)
    points, order = rng.random((nodes, 2)), rng.permutation(nodes)
    ends = [(int(order[i]), int(order[(i + 1) % nodes])) for i in range(nodes)]
    near = np.argsort(((points[:, None] - points[None]) ** 2).sum(-1), 1)[:, 1:9]
    while len(ends) < arcs:
        i = int(rng.integers(nodes))
        pair = (i, int(near[i, rng.integers(near.shape[1])]))
        if pair not in ends:
            ends.append(pair)
    tail, head = np.array(ends).T
    distance = np.sqrt(((points[tail] - points[head]) ** 2).sum(1)) * 100 + 5
    capacity, value = rng.integers(20, 80, arcs).astype(float), rng.uniform(150, 400, goods)
    source = [rng.choice(nodes, 3, replace=False) for _ in range(goods)]
    target = [rng.choice(np.setdiff1d(np.arange(nodes), source[k]), 4, replace=False) for k in range(goods)]
    want = rng.uniform(5, 15, (goods, 4))
    Y = goods * arcs
    n = Y + goods * 7
    A, P = Entries(), Entries()
    for k in range(goods):
        for a in range(arcs):
            A.add(k * nodes + tail[a], k * arcs + a, 1.0)
            A.add(k * nodes + head[a], k * arcs + a, -1.0)
            A.add(goods * nodes + a, k * arcs + a, 1.0)
        for i in range(4):
            A.add(k * nodes + target[k][i], Y + 7 * k + i, 1.0)
        for i in range(3):
            A.add(k * nodes + source[k][i], Y + 7 * k + 4 + i, -1.0)
    for m in range(measures):
        close = np.argsort(((points[tail] - points[rng.integers(nodes)]) ** 2).sum(1))[: rng.integers(6, 20)]
        price = value.max() if rng.random() < 0.4 else rng.uniform(20, 120)
        for k in rng.choice(goods, rng.integers(1, goods + 1), replace=False):
            for a in close:
                P.add(int(k) * arcs + int(a), m, float(price))
    matrix, penalty = A.matrix(goods * nodes + arcs, n), csr_matrix(P.matrix(n, measures))
    lower = np.concatenate([np.zeros(goods * nodes), np.full(arcs, -np.inf)])
    built = []
    for s in range(scenarios):
        g = np.random.default_rng([seed, 2, s])
        fixed, harm, ceiling = np.zeros(n), np.zeros((1, n)), np.empty(n)
        fixed[:Y] = -np.tile(distance, goods) * g.uniform(0.7, 1.4, Y)
        u = capacity * g.uniform(0.5, 1.3, arcs)
        ceiling[:Y] = np.tile(u, goods)
        for k in range(goods):
            harm[0, Y + 7 * k : Y + 7 * k + 4] = value[k] * g.uniform(0.8, 1.3)
            ceiling[Y + 7 * k : Y + 7 * k + 7] = [*want[k], *[want[k].sum() * 0.6] * 3]
        upper = np.concatenate([np.zeros(goods * nodes), u])
        built.append(Scenario(matrix, lower, upper, ceiling, harm, fixed, penalty, 1 / scenarios))
    channel = np.concatenate([np.tile(np.arange(arcs), goods), np.full(goods * 7, -1)])
    ids, names = tuple(f"a{a}" for a in range(arcs)), tuple(f"y{j}" for j in range(n))
    columns = Columns(channel, np.zeros(n, int), np.zeros(n, int), ids, names)
    return Instance(leader(measures, budget, rng), columns, built, ("harm",), np.ones(1), np.ones(1))
