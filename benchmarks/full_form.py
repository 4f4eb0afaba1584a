"""The full form: the easier form's network with slices, gains, money rows, a humanitarian guard and participation.

Columns: what a good sends over an arc, in two slices where a measure refuses a share of it; deliveries; supplies; one
finance column for each payer. A refused slice costs more than any unit is worth. Transport is paid from the payer's
cash, then from finance at a price. Who takes part is drawn by scenario: where a measure needs some of P = {members that
take part} to act, the penalty stands on the variable h(m, P), as `strategy.compiling.participation` writes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from generators import Entries, network
from scipy.sparse import csc_matrix, csr_matrix

from counterpact.strategy.instance import CivilianSystem, Columns, Instance, Leader, Scenario

#: Members who may join, and how many of them have a say in a measure.
MEMBERS, SAY = 12, 3
#: Civilian network: places, arcs, share of pairs (arc, measure) where the measure closes the arc.
CIVIL_PLACES, CIVIL_ARCS, CIVIL_CLOSED = 12, 40, 0.01
#: What one unit of finance costs, in harm.
FINANCE = 1.0


@dataclass(frozen=True)
class _Net:
    """What all scenarios share; columns are (good, arc, slice) flows, deliveries, supplies, finance."""

    good: np.ndarray  # of each flow
    arc: np.ndarray
    second: np.ndarray  # whether it is the slice that may be refused
    refused: np.ndarray  # (goods, arcs) share of capacity in the second slice
    tail: np.ndarray
    head: np.ndarray
    distance: np.ndarray
    capacity: np.ndarray
    value: np.ndarray
    source: list[np.ndarray]
    target: list[np.ndarray]
    want: list[np.ndarray]
    nodes: int
    payers: int

    @property
    def goods(self) -> int:
        return len(self.value)

    @property
    def flows(self) -> int:
        return len(self.good)

    @property
    def size(self) -> int:
        return self.flows + 7 * self.goods + self.payers

    @property
    def rows(self) -> int:
        return self.goods * self.nodes + len(self.capacity) + self.payers


def full(
    *, scenarios: int = 200, nodes: int = 200, arcs: int = 800, goods: int = 8, measures: int = 60, budget: float = 0.2,
    seed: int = 11, payers: int = 2,
) -> Instance:  # fmt: skip
    """The full form, by default at the size of the easier form with 200 scenarios."""
    rng = np.random.default_rng(seed)
    points, tail, head, distance, capacity = network(rng, nodes, arcs)
    value = rng.uniform(150, 400, goods)
    source = [rng.choice(nodes, 3, replace=False) for _ in range(goods)]
    target = [rng.choice(np.setdiff1d(np.arange(nodes), source[k]), 4, replace=False) for k in range(goods)]
    want = [rng.integers(5, 15, 4).astype(float) for _ in range(goods)]
    hits = []  # (measure, good, arc, premium or 0 for a block)
    refused = np.zeros((goods, arcs))
    for m in range(measures):
        centre = points[rng.integers(nodes)]
        close = np.argsort(((points[tail] - centre) ** 2).sum(1))[: rng.integers(12, 40)]
        struck = rng.choice(goods, rng.integers(1, min(4, goods + 1)), replace=False)
        block, share, price = rng.random() < 0.5, rng.uniform(0.3, 1.0), rng.uniform(20, 120)
        for k in struck:
            for a in close:
                hits.append((m, int(k), int(a), 0.0 if block else price))
                if block:
                    refused[k, a] = max(refused[k, a], share)
    good, arc = np.repeat(np.arange(goods), arcs), np.tile(np.arange(arcs), goods)
    more = np.flatnonzero(refused.ravel() > 0)
    second = np.concatenate([np.zeros(goods * arcs, bool), np.ones(len(more), bool)])
    net = _Net(
        np.concatenate([good, good[more]]), np.concatenate([arc, arc[more]]), second, refused, tail, head, distance,
        capacity, value, source, target, want, nodes, payers,
    )  # fmt: skip
    who = [np.sort(rng.choice(MEMBERS, SAY, replace=False)) for _ in range(measures)]
    takes_part = rng.random((scenarios, MEMBERS)) < rng.uniform(0.5, 0.98, MEMBERS)
    takes_part[0] = True
    leader, acting = _leader(measures, budget, rng, who, takes_part)
    P = _penalties(net, hits, measures)
    links = [(int(a), int(b)) for a, b in rng.integers(0, CIVIL_PLACES, (CIVIL_ARCS, 2)) if a != b]
    shut = rng.random((len(links), measures)) < CIVIL_CLOSED
    pattern = _pattern(net)
    built = []
    for s in range(scenarios):
        g = np.random.default_rng([seed, 500, s])
        turn = csr_matrix((np.ones(measures), (np.arange(measures), np.maximum(acting[s], 0))),
                          shape=(measures, len(leader.names)))  # fmt: skip
        keep = csr_matrix((np.where(acting[s] >= 0, 1.0, 0.0), (np.arange(measures), np.arange(measures))))
        penalty = csr_matrix(P @ keep @ turn)
        penalty.eliminate_zeros()
        civil = _civilian(links, shut, len(leader.names), g)
        built.append(_scenario(net, pattern, penalty, civil, g, s, scenarios))
    channel = np.concatenate([net.arc, np.full(net.size - net.flows, -1)])
    part = np.concatenate([second.astype(int), np.zeros(net.size - net.flows, int)])
    ids, names = tuple(f"a{a}" for a in range(arcs)), tuple(f"y{j}" for j in range(net.size))
    columns = Columns(channel, part, np.zeros(net.size, int), ids, names)
    loose = tuple(range(net.rows - payers, net.rows))
    return Instance(leader, columns, built, ("harm",), np.ones(1), np.ones(1), loose_rows=loose)


def _pattern(net: _Net) -> tuple[csc_matrix, np.ndarray]:
    """The rows with gain 1, and where the entries that gains multiply lie: the arc of each, −1 elsewhere.

    A small number stands in for a gain until a scenario writes its own.
    """
    K, N, Y = net.goods, net.nodes, net.flows
    A, arcs = Entries(), len(net.capacity)
    for j in range(Y):
        k, a = int(net.good[j]), int(net.arc[j])
        A.add(k * N + net.tail[a], j, 1.0)
        A.add(k * N + net.head[a], j, -1.0)
        A.add(K * N + a, j, 1.0)
        A.add(K * N + arcs + k % net.payers, j, float(net.distance[a]))
    for k in range(K):
        for i in range(4):
            A.add(k * N + net.target[k][i], Y + 4 * k + i, 1.0)
        for i in range(3):
            A.add(k * N + net.source[k][i], Y + 4 * K + 3 * k + i, -1.0)
    for p in range(net.payers):
        A.add(K * N + arcs + p, Y + 7 * K + p, -1.0)
    matrix = A.matrix(net.rows, net.size)
    column = np.repeat(np.arange(net.size), np.diff(matrix.indptr))
    lossy = (matrix.data < 0) & (column < Y)
    return matrix, np.where(lossy, np.concatenate([net.arc, np.zeros(net.size - Y, int)])[column], -1)


def _penalties(net: _Net, hits: list[tuple[int, int, int, float]], measures: int) -> csr_matrix:
    """P (columns, measures): a block closes the second slice, a premium weighs on both."""
    arcs = len(net.capacity)
    slices = {(int(k), int(a)): arcs * net.goods + i for i, (k, a) in enumerate(np.argwhere(net.refused > 0))}
    P, wall = Entries(), 1.3 * float(net.value.max())
    for m, k, a, premium in hits:
        if premium:
            P.add(k * arcs + a, m, premium)
        if (k, a) in slices:
            P.add(slices[k, a], m, premium or wall)
    return csr_matrix(P.matrix(net.size, measures))


def _scenario(
    net: _Net, pattern: tuple[csc_matrix, np.ndarray], penalty: csr_matrix, civil: CivilianSystem,
    g: np.random.Generator, s: int, count: int,
) -> Scenario:  # fmt: skip
    arcs, K, Y = len(net.capacity), net.goods, net.flows
    wide = 1.0 if s else 0.0
    gain = 1 - g.uniform(0.0, 0.06, arcs)
    u = net.capacity * (1 + wide * (g.uniform(0.5, 1.3, arcs) - 1))
    v = net.value * (1 + wide * (g.uniform(0.8, 1.3, K) - 1))
    data = pattern[0].data.copy()
    lossy = pattern[1] >= 0
    data[lossy] = -gain[pattern[1][lossy]]
    A = csc_matrix((data, pattern[0].indices, pattern[0].indptr), shape=pattern[0].shape)
    spent = sum(float(w.sum()) for w in net.want) * 75 / net.payers  # what paths of usual length cost
    cash = spent * g.uniform(0.1, 0.6, net.payers)
    harm, fixed = np.zeros((1, net.size)), np.zeros(net.size)
    harm[0, Y : Y + 4 * K] = np.repeat(v, 4)
    fixed[Y + 7 * K :] = -FINANCE
    share = net.refused[net.good, net.arc]
    ceiling = np.concatenate([
        u[net.arc] * np.where(net.second, share, 1 - share),
        *net.want, *[np.full(3, w.sum() * 0.6) for w in net.want], np.full(net.payers, 10 * spent),
    ])  # fmt: skip
    upper = np.concatenate([np.zeros(K * net.nodes), u, cash])
    return Scenario(A, np.full(net.rows, -np.inf), upper, ceiling, harm, fixed, penalty, 1 / count, civil, s)


def _leader(
    measures: int, budget: float, rng: np.random.Generator, who: list[np.ndarray], takes_part: np.ndarray
) -> tuple[Leader, np.ndarray]:
    """The leader, and which variable each measure acts by in each scenario (S, measures), −1 = it does nothing."""
    needed = rng.integers(1, SAY + 1, measures)
    patterns: dict[tuple[int, tuple[int, ...]], int] = {}
    acting = np.full((len(takes_part), measures), -1)
    for m in range(measures):
        for s, there in enumerate(takes_part):
            P = tuple(int(c) for c in who[m] if there[c])
            if P and SAY - len(P) < needed[m]:
                acting[s, m] = m  # the vote needs one of them anyway
            elif P:
                acting[s, m] = patterns.setdefault((m, P), measures + MEMBERS + len(patterns))
    n = measures + MEMBERS + len(patterns)
    money = np.concatenate([rng.uniform(1, 6, measures), np.zeros(n - measures)])
    political = np.concatenate([rng.uniform(0, 2, measures), rng.uniform(3, 12, MEMBERS), np.zeros(len(patterns))])
    rows, names, high = [money, political], ["money ≤ budget", "political ≤ budget"], []
    high += [budget * money.sum(), 2 * budget * political.sum()]

    def row(name: str, terms: dict[int, float], most: float = 0.0) -> None:
        line = np.zeros(n)
        line[list(terms)] = list(terms.values())
        rows.append(line)
        names.append(name)
        high.append(most)

    later = rng.choice(np.arange(3, measures), max(1, measures // 6), replace=False) if measures > 3 else []
    for i in later:
        row(f"m{i} needs its prerequisite", {int(i): 1.0, int(rng.integers(0, i)): -1.0})
    for m in range(measures):
        row(f"vote on m{m}", {m: float(needed[m]), **{measures + int(c): -1.0 for c in who[m]}})
    for (m, P), h in patterns.items():
        row(f"h{h} only if adopted", {h: 1.0, m: -1.0})
        row(f"h{h} only if one joins", {h: 1.0, **{measures + c: -1.0 for c in P}})
        for c in P:
            row(f"h{h} if {c} joins", {m: 1.0, measures + c: 1.0, h: -1.0}, 1.0)
    ids = tuple([f"m{m}" for m in range(measures)] + [f"join:{c}" for c in range(MEMBERS)])
    ids += tuple(f"enforce:m{m} by {' or '.join(map(str, P))}" for m, P in patterns)
    kinds = ("measure",) * measures + ("participation",) * MEMBERS + ("enforcement",) * len(patterns)
    whole = np.arange(n) < measures + MEMBERS
    B = csr_matrix(np.array(rows))
    low, cost = np.full(len(rows), -np.inf), np.vstack([money, political])
    return Leader(ids, kinds, whole, B, low, np.array(high), tuple(names), ("money", "political"), cost), acting


def _civilian(links: list[tuple[int, int]], shut: np.ndarray, variables: int, g: np.random.Generator) -> CivilianSystem:
    """Two needs served over a network of two sources; a measure closes an arc whoever takes part."""
    E, A = len(links), Entries()
    for j, (a, b) in enumerate(links):
        A.add(a, j, 1.0)
        A.add(b, j, -1.0)
    A.add(links[0][0], E, -1.0)
    A.add(0, E + 1, -1.0)
    need = csr_matrix(([1.0, 1.0], ([0, 1], [E - 1, 1])), shape=(2, E + 2))
    closes = csr_matrix((np.ones(int(shut.sum())), np.nonzero(shut)), shape=(E + 2, variables))
    rows = (np.full(CIVIL_PLACES, -np.inf), np.zeros(CIVIL_PLACES))
    low, names = g.uniform(0.5, 2, 2), ("grain", "medicine")
    return CivilianSystem(A.matrix(CIVIL_PLACES, E + 2), *rows, g.uniform(3, 9, E + 2), closes, need, low, names)
