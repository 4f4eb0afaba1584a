"""Seeded random instances: the easier form of a package problem, and one with slices, gains, money rows and a guard."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from counterpact.strategy.instance import CivilianSystem, Columns, Instance, Leader, Scenario


def structured(
    *, scenarios: int = 300, channels: int = 90, places: int = 30, objectives: int = 7, measures: int = 60,
    budget: float = 0.25, slices: int = 2, seed: int = 0, guard: bool = True,
) -> Instance:  # fmt: skip
    """A case-like instance: layered network, goods per objective, gains, sliced capacities, one money row per member.

    Columns: (channel × slice) flows of one good each, supplies, deliveries, shortfall of a money row, finance.
    """
    rng = np.random.default_rng(seed)
    K = objectives
    layers = np.sort(rng.integers(0, 3, places))
    good = rng.integers(0, K, channels)
    tail, head = np.empty(channels, int), np.empty(channels, int)
    for e in range(channels):  # from place in lower layer to a higher or equal one; −1 = source, −2 = delivery
        tail[e] = -1 if rng.random() < 0.45 else rng.integers(places)
        head[e] = -2 if rng.random() < 0.45 else rng.integers(places)
        if tail[e] >= 0 and head[e] >= 0 and tail[e] > head[e]:
            tail[e], head[e] = head[e], tail[e]
        if tail[e] == head[e]:
            tail[e] = -1
    del layers
    flows = [(e, k) for e in range(channels) for k in range(slices)]
    F = len(flows)
    n = F + K + 2  # supply per good, finance, money shortfall
    # rows: conservation per (good, place), supply per good, capacity per (channel, slice) is the ceiling, money
    rows = K * places + K + 1
    mid_gain = rng.uniform(0.7, 1.0, channels)
    cost = rng.uniform(0.0, 0.4, channels)
    value = rng.uniform(0.5, 2.0, channels)
    hits = [(rng.choice(channels, rng.integers(1, 7), replace=False), rng.integers(0, slices)) for _ in range(measures)]
    capacity = rng.uniform(5, 40, channels)
    supply = rng.uniform(0.3, 0.7, K) * np.array([capacity[(good == k) & (tail == -1)].sum() + 5 for k in range(K)])
    built = []
    civil_places = 6
    civil = [(int(a), int(b)) for a, b in rng.integers(0, civil_places, (14, 2)) if a != b]
    closes = rng.random((len(civil), measures)) < 0.02
    for s in range(scenarios):
        g = np.random.default_rng([seed, 1, s])
        gain = mid_gain * g.uniform(0.85, 1.1, channels)
        cap = capacity * g.uniform(0.5, 1.5, channels)
        share = g.uniform(0.3, 0.9, channels)
        A_r, A_c, A_v = [], [], []
        harm = np.zeros((K, n))
        ceiling = np.zeros(n)
        for j, (e, k) in enumerate(flows):
            ceiling[j] = cap[e] * (share[e] if k == 0 else (1 - share[e]) / (slices - 1))
            if tail[e] >= 0:
                A_r.append(good[e] * places + tail[e]), A_c.append(j), A_v.append(1.0)
            else:
                A_r.append(K * places + good[e]), A_c.append(j), A_v.append(1.0)
            if head[e] >= 0:
                A_r.append(good[e] * places + head[e]), A_c.append(j), A_v.append(-gain[e])
            else:
                harm[good[e], j] = value[e]
            A_r.append(K * places + K), A_c.append(j), A_v.append(cost[e] * (1 if e % 3 else -1))
        for k in range(K):
            A_r.append(K * places + k), A_c.append(F + k), A_v.append(-1.0)
            ceiling[F + k] = supply[k] * g.uniform(0.8, 1.2)
        ceiling[F + K :] = 1e4
        A_r += [K * places + K] * 2
        A_c += [F + K, F + K + 1]
        A_v += [-1.0, 0.5]
        fixed = np.zeros(n)
        fixed[F + K] = -0.004
        p_r, p_c, p_v = [], [], []
        for m, (arcs, k) in enumerate(hits):
            if g.random() < 0.05:
                continue
            for e in arcs:
                p_r.append(e * slices + k), p_c.append(m), p_v.append(0.02 * g.uniform(0.8, 1.0) if m % 2 else 0.05)
        penalty = csr_matrix((p_v, (p_r, p_c)), shape=(n, measures))
        system = None
        if guard:
            E = len(civil)
            M = csc_matrix(
                ([1.0] * E + [-1.0] * E, ([a for a, _ in civil] + [b for _, b in civil], list(range(E)) * 2)),
                shape=(civil_places, E + 2),
            ).tolil()
            M[civil[0][0], E] = -1.0
            M[0, E + 1] = -1.0
            need = csr_matrix(([1.0] * 2, ([0, 1], [E - 1, 1])), shape=(2, E + 2))
            shut = csr_matrix(np.vstack([closes, np.zeros((2, measures))]).astype(float))
            system = CivilianSystem(
                csc_matrix(M), np.full(civil_places, -np.inf), np.zeros(civil_places), g.uniform(3, 9, E + 2), shut, need,
                g.uniform(0.5, 2, 2), ("grain", "medicine"),
            )  # fmt: skip
        upper = np.concatenate([np.zeros(K * places + K), [50.0]])
        lower = np.full(rows, -np.inf)
        A = csc_matrix((A_v, (A_r, A_c)), shape=(rows, n))
        built.append(Scenario(A, lower, upper, ceiling, harm, fixed, penalty, 1 / scenarios, system, s))
    first = built[0]
    weights = np.full(K, 1 / K)
    normalisers = np.array([max(1.0, (first.harm[k] * first.ceiling).sum()) for k in range(K)])
    columns = Columns(
        np.array([e for e, _ in flows] + [-1] * (K + 2)), np.array([k for _, k in flows] + [0] * (K + 2)), np.zeros(n, int),
        tuple(f"c{e}" for e in range(channels)), tuple(f"y{j}" for j in range(n)),
    )  # fmt: skip
    return Instance(
        _leader(measures, budget, rng), columns, built, tuple(f"o{k}" for k in range(K)), weights, normalisers
    )


def _leader(measures: int, budget: float, rng: np.random.Generator) -> Leader:
    cost = np.vstack([rng.uniform(1, 6, measures), rng.uniform(0, 5, measures)])
    rows, names = [cost[0]], ["money ≤ budget"]
    upper = [budget * cost[0].sum()]
    for i in rng.choice(np.arange(3, measures), max(1, measures // 6), replace=False) if measures > 3 else []:
        row = np.zeros(measures)
        row[i], row[int(rng.integers(0, i))] = 1.0, -1.0
        rows.append(row), names.append(f"m{i} needs its prerequisite"), upper.append(0.0)
    B = csr_matrix(np.array(rows))
    return Leader(
        tuple(f"m{i}" for i in range(measures)), ("measure",) * measures, np.ones(measures, bool), B,
        np.full(len(rows), -np.inf), np.array(upper), tuple(names), ("money", "escalation"), cost,
    )  # fmt: skip
