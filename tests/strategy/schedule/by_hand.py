"""Schedules by hand: SciPy's own linear programs written period by period, and every pattern of starts tried."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
from scipy.optimize import linprog

from counterpact.strategy.instance import Instance
from counterpact.strategy.schedule.links import Carry, Links, Opening
from counterpact.strategy.schedule.periods import Periods
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.risk import Risk
from tests.strategy.instances import room_by_scipy, small


def random_world(seed: int, *, measures: int = 3, scenarios: int = 2, guard: bool = True) -> tuple[Instance, Links]:
    """A small instance with leads, a stock at every place, money kept, and two channels that must be opened."""
    rng = np.random.default_rng([seed, 7])
    base = small(seed, scenarios=scenarios, measures=measures, guard=guard, budget=0.7)
    S, rows, n = scenarios, base.scenarios[0].A.shape[0], base.scenarios[0].A.shape[1]
    money = rows - 1
    lead = rng.choice([0.0, 3.0, 9.0, 12.0, 20.0, 40.0], (S, measures))
    kept = [Carry(r, f"r{r}", rng.uniform(0, 2, S)) for r in range(money) if rng.random() < 0.6]
    kept.append(Carry(money, "money", np.zeros(S)))
    opened = []
    for e in rng.choice(14, 2, replace=False):
        columns = tuple(int(j) for j in np.flatnonzero(base.columns.channel == e))
        capacity = np.array([s.ceiling[list(columns)].sum() for s in base.scenarios])
        cost = rng.uniform(5, 80, S)
        lag = float(rng.choice([0.0, 6.0, 14.0]))
        opened.append(Opening(f"c{e}", columns, lag, capacity, money, cost, dict.fromkeys(columns, np.zeros(S))))
    at_once, row_at_once = rng.uniform(0.2, 1, (S, n)), np.ones((S, rows))
    return base, Links(lead, tuple(kept), tuple(opened), float(rng.choice([0.0, 8.0])), at_once, row_at_once)


def value(
    base: Instance,
    links: Links,
    periods: Periods,
    s: int,
    o: int,
    acts: np.ndarray,
    opened: tuple[int, ...] | None = None,
) -> float:
    """The horizon's value of scenario s, objective o, normalised a year. `acts`: (T, M) what is in force when.

    `opened`: period in which each opening is paid for whole (−1 never); None: in part, at a proportional cost.
    """
    x, T = base.scenarios[s], periods.count
    A, n = x.A.toarray(), x.A.shape[1]
    start, years = periods.start, periods.years
    C, E = len(links.carries), len(links.openings)
    total = T * (n + C + E)

    def y(t: int, j: int) -> int:
        return t * (n + C + E) + j

    cost, bounds, rows, limit = np.zeros(total), [(0.0, 0.0)] * total, [], []
    for t in range(T):
        end = start[t] + 12 * years[t]
        free = max(0.0, end - max(links.lag, start[t])) / (end - start[t])
        use = links.at_once[s] + free * (1 - links.at_once[s]) if links.at_once is not None else np.ones(n)
        price = x.harm[o] / base.normalisers[o] + x.fixed - x.penalty.toarray() @ acts[t]
        for j in range(n):
            cost[y(t, j)] = price[j] * periods.factor[t] / periods.weight
            bounds[y(t, j)] = (0.0, float(x.ceiling[j] * years[t] * use[j]))
        for c in range(C):
            bounds[y(t, n + c)] = (0.0, None)
        for e in range(E):
            bounds[y(t, n + C + e)] = (0.0, 1.0) if opened is None else (float(opened[e] == t),) * 2
        for r in range(A.shape[0]):
            row, room = np.zeros(total), float(x.upper[r] * years[t])
            row[y(t, 0) : y(t, 0) + n] = A[r]
            for c, carry in enumerate(links.carries):
                if carry.row == r:  # stock(t) = stock(t−1) + in − out
                    row[y(t, n + c)] = 1.0
                    if t:
                        row[y(t - 1, n + c)] = -1.0
                    else:
                        room += carry.initial[s]
            for e, way in enumerate(links.openings):
                if way.row == r:
                    row[y(t, n + C + e)] = way.cost[s]
            rows.append(row)
            limit.append(room)
        for e, way in enumerate(links.openings):
            row = np.zeros(total)
            row[[y(t, j) for j in way.columns]] = 1.0
            for u in range(t + 1):
                if end > start[u] + way.lag:
                    row[y(u, n + C + e)] = -way.capacity[s] * years[t]
            rows.append(row)
            limit.append(0.0)
    for e in range(E):
        row = np.zeros(total)
        row[[y(t, n + C + e) for t in range(T)]] = 1.0
        rows.append(row)
        limit.append(1.0)
    answer = linprog(-cost, A_ub=np.array(rows), b_ub=np.array(limit), bounds=bounds, method="highs-ds")
    return -np.inf if answer.status == 2 else float(-answer.fun)


def exact_value(base: Instance, links: Links, periods: Periods, s: int, o: int, acts: np.ndarray) -> float:
    """The greatest value over every pattern of whole openings."""
    patterns = product(range(-1, periods.count), repeat=len(links.openings))
    return max(value(base, links, periods, s, o, acts, pattern) for pattern in patterns)


def held(patterns: tuple[tuple[int, int], ...], T: int) -> np.ndarray:
    """(T, M) what is held, from (begin, end) of each measure; begin −1: never."""
    out = np.zeros((T, len(patterns)))
    for m, (begin, end) in enumerate(patterns):
        if begin >= 0:
            out[begin:end, m] = 1.0
    return out


def in_force(on: np.ndarray, lead: np.ndarray, periods: Periods) -> np.ndarray:
    """(T, M) what acts: held without a break since a period that began at least the lead time before."""
    acts = np.zeros_like(on)
    for t, m in product(range(len(on)), range(on.shape[1])):
        begins = [u for u in range(t + 1) if periods.start[u] + lead[m] <= periods.start[t] and on[u : t + 1, m].all()]
        acts[t, m] = float(bool(begins))
    return acts


def spans(T: int, liftable: bool) -> Iterator[tuple[int, int]]:
    """Every (begin, end) a measure can have; with `liftable` it may end early (once)."""
    yield (-1, T)
    yield from combinations(range(T + 1), 2) if liftable else ((begin, T) for begin in range(T))


def best(
    base: Instance, links: Links, periods: Periods, risk: Risk, *, starts: int | None = None,
    liftable: frozenset[int] = frozenset(), budget: float | None = None, exact: bool = False,
) -> float:  # fmt: skip
    """Least risk over every pattern of starts that keeps the case's limits in every period, guard and wishes."""
    guard, leader = Guard(base), base.leader
    probability = np.array([s.probability for s in base.scenarios])
    known: dict[tuple[int, int, bytes], float] = {}
    least = np.inf
    for patterns in product(*(list(spans(periods.count, m in liftable)) for m in range(len(leader.names)))):
        on = held(patterns, periods.count)
        if any(np.any(leader.B @ z > leader.row_upper + 1e-9) for z in on):
            continue
        begun = np.diff(np.vstack([np.zeros(on.shape[1]), on]), axis=0)
        if starts is not None and np.any((begun > 0).sum(axis=1) > starts):
            continue
        if budget is not None and float(periods.years @ (on @ leader.cost[0])) > budget + 1e-9:
            continue
        if any(room_by_scipy(base, s, z, low) > 1e-6 for s, low in guard.minimum.items() for z in on):
            continue
        values = np.zeros(len(probability))
        for s in range(len(probability)):
            acts = in_force(on, links.lead[s], periods)
            for o, w in enumerate(base.weights):
                key = (s, o, acts.tobytes())
                if key not in known:
                    known[key] = (exact_value if exact else value)(base, links, periods, s, o, acts)
                values[s] += w * known[key]
        least = min(least, risk.value(values, probability))
    return least
