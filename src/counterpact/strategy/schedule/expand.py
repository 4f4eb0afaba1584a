"""An instance with a clock: the adversary plans over all periods at once, the coalition decides period by period.

    H_so(z) = max Σ_t δ_t (h_so − P_s z_t)·y_t / Σ_t δ_t L_t
    s.t.  L_t·lower ≤ A_s y_t + Σ_k e_k (stock_kt − stock_k,t−1) ≤ L_t·upper   (rows k that carry over)
          Σ_{columns of e} y_jt ≤ capacity_e L_t Σ_{u + lag ≤ t} open_eu,  Σ_u open_eu ≤ 1,  0 ≤ y_t ≤ L_t·ceiling

z_t is what acts in period t: decisions held since t − lead. H stays convex in the decisions, so replies, cuts, guard
and certificate are those of any instance. The adversary knows the schedule from the start: an over-estimate.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, vstack

from counterpact.strategy.instance import CivilianSystem, Columns, Instance, Scenario
from counterpact.strategy.schedule import decisions
from counterpact.strategy.schedule.clock import Done, Index, sources
from counterpact.strategy.schedule.decisions import Decisions
from counterpact.strategy.schedule.links import Carry, Links, Opening
from counterpact.strategy.schedule.periods import Periods

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Expanded:
    """The time-expanded instance and the way back.

    `source`: (S, M, T) of `clock.sources`. `period`, `column`: (columns,) period and column of the base instance, the
    latter −1 for stocks and openings. `opens`: number of a column → (opening, period paid).
    """

    base: Instance
    instance: Instance
    periods: Periods
    links: Links
    decisions: Decisions
    source: Index
    period: NDArray[np.int64]
    column: NDArray[np.int64]
    opens: Mapping[int, tuple[Opening, int]]
    lagged: Set[tuple[int, int]]
    done: Mapping[int, Done]


def expand(
    base: Instance,
    periods: Periods,
    links: Links,
    *,
    liftable: Set[int] = frozenset(),
    lagged: Set[tuple[int, int]] = frozenset(),
    done: Mapping[int, Done] | None = None,
) -> Expanded:
    """The instance over these periods. `done`: variable → when it was switched on; see `decisions.expand`."""
    done = dict(done or {})
    source = sources(periods, links.lead, done)
    chosen = decisions.expand(base.leader, periods, source, liftable=liftable, lagged=lagged, done=done)
    layout = _Layout(base, periods, links)
    scenarios = [_scenario(layout, chosen, source, liftable, s) for s in range(len(base.scenarios))]
    rows = base.scenarios[0].A.shape[0]
    instance = Instance(
        leader=chosen.leader,
        columns=layout.columns(),
        scenarios=scenarios,
        objectives=base.objectives,
        weights=base.weights,
        normalisers=base.normalisers * periods.weight,
        loose_rows=tuple(t * layout.R + r for t in range(periods.count) for r in base.loose_rows if r < rows),
    )
    return Expanded(
        base, instance, periods, links, chosen, source, layout.period, layout.column, layout.opens, lagged, done
    )  # fmt: skip


class _Layout:
    """Where things stand in the expanded program, the same in every scenario.

    Rows: T blocks of R (the base rows, then one per opening), then one per opening for Σ open ≤ 1. Columns: T blocks
    of the base's, then stocks, then openings.
    """

    def __init__(self, base: Instance, periods: Periods, links: Links) -> None:
        self.base, self.periods, self.links = base, periods, links
        first = base.scenarios[0]
        self.own, self.n = first.A.shape
        self.R = self.own + len(links.openings)
        T = periods.count
        self.rows = T * self.R + len(links.openings)
        self.carried = [(c, t) for c in links.carries for t in range(T - 1)]
        opened = [(e, t) for e, o in enumerate(links.openings) for t in range(T) if self.carries(o, t).any()]
        start = T * self.n + len(self.carried)
        self.opened = opened
        self.opens = {start + k: (links.openings[e], t) for k, (e, t) in enumerate(opened)}
        self.total = start + len(opened)
        extra = self.total - T * self.n
        self.period = np.concatenate(
            [np.repeat(np.arange(T), self.n), [t for _, t in self.carried], [t for _, t in opened]]
        ).astype(np.int64)
        self.column = np.concatenate([np.tile(np.arange(self.n), T), np.full(extra, -1)]).astype(np.int64)

    def carries(self, opening: Opening, t: int) -> NDArray[np.bool_]:
        """(T,) periods in which what is paid for in period t can carry: those that end after its lag has passed.

        Counted from the start of the period the lag ends in: an over-estimate of the adversary.
        """
        periods = self.periods
        ends = periods.start + 12 * periods.years
        found: NDArray[np.bool_] = (ends > periods.start[t] + opening.lag + 1e-9) & (np.arange(periods.count) >= t)
        return found

    def columns(self) -> Columns:
        old, T = self.base.columns, self.periods.count
        extra = self.total - T * self.n
        slack = np.full(extra, -1)
        names = [f"{name}@{label}" for label in self.periods.labels for name in old.names]
        names += [f"kept:{c.name}@{self.periods.labels[t]}" for c, t in self.carried]
        names += [f"open:{self.links.openings[e].name}@{self.periods.labels[t]}" for e, t in self.opened]
        return Columns(
            channel=np.concatenate([np.tile(old.channel, T), slack]),
            slice_=np.concatenate([np.tile(old.slice_, T), slack]),
            copy=np.concatenate([np.tile(old.copy, T), slack]),
            channel_ids=old.channel_ids,
            names=tuple(names),
        )

    def adapted(self, t: int) -> float:
        """Share of period t that lies after the adversary has adapted."""
        start, length = float(self.periods.start[t]), 12 * float(self.periods.years[t])
        return float(np.clip((start + length - self.links.lag) / length, 0.0, 1.0))


def _share(at_once: Array | None, s: int, adapted: float) -> Array | float:
    """What of a ceiling or a row can be used in a period of which the share `adapted` lies after the lag."""
    return 1.0 if at_once is None else at_once[s] + adapted * (1.0 - at_once[s])


def _scenario(layout: _Layout, chosen: Decisions, source: Index, liftable: Set[int], s: int) -> Scenario:
    base, periods, links = layout.base.scenarios[s], layout.periods, layout.links
    T, n, R = periods.count, layout.n, layout.R
    A = _block(layout, s)
    upper, ceiling = np.zeros(layout.rows), np.zeros(layout.total)
    lower = np.full(layout.rows, -np.inf)
    upper[T * R :] = 1.0
    for t in range(T):
        length, adapted = float(periods.years[t]), layout.adapted(t)
        upper[t * R : t * R + layout.own] = base.upper * length * _share(links.row_at_once, s, adapted)
        lower[t * R : t * R + layout.own] = base.lower * length
        ceiling[t * n : (t + 1) * n] = base.ceiling * length * _share(links.at_once, s, adapted)
    for c in links.carries:
        upper[c.row] += c.initial[s]
    for k, (c, t) in enumerate(layout.carried):
        ceiling[T * n + k] = _most_kept(base, layout, c, t, s)
    ceiling[T * n + len(layout.carried) :] = 1.0
    factor, extra = periods.factor, layout.total - T * n
    pad = np.zeros((base.harm.shape[0], extra))
    harm = np.concatenate([*(base.harm * f for f in factor), pad], axis=1)
    fixed = np.concatenate([*(base.fixed * f / periods.weight for f in factor), np.zeros(extra)])
    return replace(
        base,
        A=_whole(layout, A, s),
        lower=lower,
        upper=upper,
        ceiling=ceiling,
        harm=harm,
        fixed=fixed,
        penalty=_penalty(layout, chosen, source[s], base),
        civilian=_civilian(base.civilian, layout, chosen, liftable),
    )


def _block(layout: _Layout, s: int) -> csc_matrix:
    """One period's matrix: the base's without what it charges per unit for openings, and a row per opening."""
    base, links = layout.base.scenarios[s], layout.links
    A = csc_matrix(base.A)
    if any(o.instead for o in links.openings):
        A = A.copy()
        for o in links.openings:
            for j, charge in o.instead.items():
                where = np.arange(A.indptr[j], A.indptr[j + 1])[A.indices[A.indptr[j] : A.indptr[j + 1]] == o.row]
                left = A.data[where] - charge[s]
                A.data[where] = np.where(np.abs(left) <= 1e-12 * np.abs(A.data[where]), 0.0, left)
    if not links.openings:
        return A
    rows = np.concatenate([np.full(len(o.columns), e) for e, o in enumerate(links.openings)])
    columns = np.concatenate([np.array(o.columns) for o in links.openings])
    more = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(links.openings), layout.n))
    return csc_matrix(vstack([A, more], format="csc"))


def _whole(layout: _Layout, block: csc_matrix, s: int) -> csc_matrix:
    """T blocks on the diagonal, then the columns that link them."""
    T, R, periods = layout.periods.count, layout.R, layout.periods
    indices = [block.indices.astype(np.int64) + t * R for t in range(T)]
    data = [block.data] * T
    starts = np.concatenate([[0], *(block.indptr[1:].astype(np.int64) + t * block.nnz for t in range(T))])
    rows: list[int] = []
    values: list[float] = []
    ends = []
    for c, t in layout.carried:
        rows += [t * R + c.row, (t + 1) * R + c.row]
        values += [1.0, -1.0]
        ends.append(len(rows))
    for e, u in layout.opened:
        o = layout.links.openings[e]
        entries = []
        if o.row >= 0 and o.cost is not None:
            entries.append((u * R + o.row, float(o.cost[s])))
        for v in np.flatnonzero(layout.carries(o, u)).tolist():
            entries.append((v * R + layout.own + e, -float(o.capacity[s] * periods.years[v])))
        entries.append((T * R + e, 1.0))
        for row, value in sorted(entries):
            rows.append(row)
            values.append(value)
        ends.append(len(rows))
    indptr = np.concatenate([starts, starts[-1] + np.array(ends, dtype=np.int64)])
    return csc_matrix(
        (np.concatenate([*data, values]), np.concatenate([*indices, np.array(rows, dtype=np.int64)]), indptr),
        shape=(layout.rows, layout.total),
    )


def _most_kept(base: Scenario, layout: _Layout, c: Carry, t: int, s: int) -> float:
    """More than can ever lie there at the end of period t: all the room and all that could come in until then."""
    row = csr_matrix(base.A)[c.row]
    coming = float(np.maximum(0.0, -row.data) @ base.ceiling[row.indices])
    length = float(layout.periods.years[: t + 1].sum())
    return float(c.initial[s]) + length * (max(0.0, float(base.upper[c.row])) + coming)


def _penalty(layout: _Layout, chosen: Decisions, source: Index, base: Scenario) -> csr_matrix:
    """P over time: entries of period t stand at the decision that acts there, none where none does."""
    P, T, M = base.penalty.tocoo(), layout.periods.count, layout.base.leader
    count = len(M.names)
    rows, columns, values = [], [], []
    for t in range(T):
        origin: Index = source[P.col, t]
        acts = origin >= 0
        column: Index = origin * count + P.col
        if chosen.acting:
            for e in np.flatnonzero(acts):
                column[e] = chosen.acting.get((int(P.col[e]), int(origin[e]), t), int(column[e]))
        rows.append(P.row[acts] + t * layout.n)
        columns.append(column[acts])
        values.append(P.data[acts] * layout.periods.factor[t] / layout.periods.weight)
    shape = (layout.total, len(chosen.leader.names))
    return csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)


def _civilian(
    system: CivilianSystem | None, layout: _Layout, chosen: Decisions, liftable: Set[int]
) -> CivilianSystem | None:
    """The guard over time: a measure is taken to close a civilian channel from its decision on.

    What is never lifted is all there in the last period, so that period alone decides; else every period is asked.
    """
    if system is None:
        return None
    T, count, V = layout.periods.count, len(layout.base.leader.names), len(chosen.leader.names)
    closing = set(csr_matrix(system.closes).indices.tolist())
    asked = range(T) if closing & set(liftable) else [T - 1]
    closes = csr_matrix(system.closes).tocoo()
    blocks = len(asked)
    k = np.arange(blocks)
    n = system.A.shape[1]
    shift = csr_matrix(
        (
            np.tile(closes.data, blocks),
            (
                np.concatenate([closes.row + i * n for i in k]),
                np.concatenate([closes.col + t * count for t in asked]),
            ),
        ),
        shape=(blocks * n, V),
    )
    if blocks == 1:
        return replace(system, closes=shift)
    from scipy.sparse import block_diag

    labels = layout.periods.labels
    return CivilianSystem(
        A=csc_matrix(block_diag([system.A] * blocks)),
        lower=np.tile(system.lower, blocks),
        upper=np.tile(system.upper, blocks),
        ceiling=np.tile(system.ceiling, blocks),
        closes=shift,
        delivered=csr_matrix(block_diag([system.delivered] * blocks)),
        required=np.tile(system.required, blocks),
        names=tuple(f"{name} ({labels[t]})" for t in asked for name in system.names),
    )
