"""The coalition's side over time: what is held in each period, what may start when, what it costs.

Variables `NAME@PERIOD` (1 while the decision holds), period by period in the order of the instance's own, then for
measures that can be lifted `act:NAME@FROM>PERIOD` (in force in PERIOD because held ever since FROM) and
`start:NAME@PERIOD`. Rows of the instance hold in every period; a measure that cannot be lifted stays once begun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from counterpact.strategy.instance import Leader
from counterpact.strategy.schedule.clock import Done, Index
from counterpact.strategy.schedule.periods import Periods

Array = NDArray[np.float64]
Term = tuple[int, float]

FLOWS = frozenset({"money"})
"""Resources counted per year, whose cost in a period is the rate times its length; the others are levels."""
STARTS = "starts"


@dataclass
class Decisions:
    """The leader of the time-expanded instance and the way back.

    `count`: variables of the instance. `period`, `base`: (variables,) period and variable of the instance. `acting`:
    (variable, from, to) → variable to which the effect is tied; `starting`: (variable, period) → its start.
    """

    leader: Leader
    count: int
    period: NDArray[np.int64]
    base: NDArray[np.int64]
    acting: Mapping[tuple[int, int, int], int]
    starting: Mapping[tuple[int, int], int]

    def at(self, variable: int, period: int) -> int:
        """Number of the decision on `variable` in `period`."""
        return period * self.count + variable


@dataclass
class _Rows:
    """Rows and variables while they are being written."""

    names: list[str] = field(default_factory=list)
    terms: list[list[Term]] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def add(self, name: str, terms: Iterable[Term], upper: float, lower: float = -np.inf) -> None:
        self.names.append(name)
        self.terms.append(list(terms))
        self.lower.append(lower)
        self.upper.append(upper)

    def matrix(self, columns: int) -> csr_matrix:
        count = [len(t) for t in self.terms]
        row = np.repeat(np.arange(len(count)), count)
        column = np.array([c for t in self.terms for c, _ in t], dtype=np.int64)
        value = np.array([v for t in self.terms for _, v in t], dtype=float)
        return csr_matrix((value, (row, column)), shape=(len(count), columns))


def expand(
    leader: Leader,
    periods: Periods,
    source: Index,
    *,
    liftable: Set[int] = frozenset(),
    lagged: Set[tuple[int, int]] = frozenset(),
    done: Mapping[int, Done] | None = None,
) -> Decisions:
    """The leader over time. `source`: (S, M, T) of `clock.sources`.

    `lagged`: (row, variable) entries that count a variable only once it acts in every scenario (an enabler).
    """
    M, T = len(leader.names), periods.count
    rows = _Rows()
    names = [f"{name}@{label}" for label in periods.labels for name in leader.names]
    kinds, integer = list(leader.kinds) * T, leader.integer.tolist() * T
    period, base = np.repeat(np.arange(T), M).tolist(), list(range(M)) * T
    for t, label in enumerate(periods.labels):
        _repeat(rows, leader, t, label, M, source, lagged)
    for m, kind in enumerate(leader.kinds):
        if kind in ("measure", "enforcement") and m not in liftable:
            for t in range(1, T):
                name = f"{names[(t - 1) * M + m]}: stays once begun"
                rows.add(name, [((t - 1) * M + m, 1.0), (t * M + m, -1.0)], 0.0)
    acting: dict[tuple[int, int, int], int] = {}

    def extra(name: str, kind: str, m: int, t: int) -> int:
        names.append(name)
        kinds.append(kind)
        integer.append(False)
        period.append(t)
        base.append(m)
        return len(names) - 1

    for m in sorted(liftable):
        for t, label in enumerate(periods.labels):
            for u in sorted({int(u) for u in source[:, m, t] if 0 <= u < t}):
                f = extra(f"act:{leader.names[m]}@{periods.labels[u]}>{label}", "enforcement", m, t)
                acting[m, u, t] = f
                for v in range(u, t + 1):
                    rows.add(f"{names[f]}: held in {periods.labels[v]}", [(f, 1.0), (v * M + m, -1.0)], 0.0)
    starting: dict[tuple[int, int], int] = {}
    for m in sorted(liftable):
        for t, label in enumerate(periods.labels):
            a = starting[m, t] = extra(f"start:{leader.names[m]}@{label}", "participation", m, t)
            terms = [(t * M + m, 1.0), (a, -1.0)] + ([((t - 1) * M + m, -1.0)] if t else [])
            rows.add(f"{names[a]}: begins", terms, 0.0)
    cost, resources = _costs(leader, periods, len(names), starting, done or {})
    found = Leader(
        names=tuple(names), kinds=tuple(kinds), integer=np.array(integer, dtype=bool), B=rows.matrix(len(names)),
        row_lower=np.array(rows.lower), row_upper=np.array(rows.upper), row_names=tuple(rows.names),
        resources=resources, cost=cost,
    )  # fmt: skip
    number = np.array(period, dtype=np.int64), np.array(base, dtype=np.int64)
    return Decisions(found, M, *number, acting, starting)


def _repeat(
    rows: _Rows, leader: Leader, t: int, label: str, M: int, source: Index, lagged: Set[tuple[int, int]]
) -> None:
    """The instance's own rows in period t."""
    B = leader.B
    for r, name in enumerate(leader.row_names):
        terms = []
        for c, v in zip(B.indices[B.indptr[r] : B.indptr[r + 1]], B.data[B.indptr[r] : B.indptr[r + 1]], strict=True):
            u = int(source[:, c, t].min()) if (r, int(c)) in lagged else t
            if u >= 0:
                terms.append((u * M + int(c), float(v)))
        rows.add(f"{name} ({label})", terms, float(leader.row_upper[r]), float(leader.row_lower[r]))


def _costs(
    leader: Leader, periods: Periods, count: int, starting: Mapping[tuple[int, int], int], done: Mapping[int, Done]
) -> tuple[Array, tuple[str, ...]]:
    """Cost (resources, variables) and names: each resource in each period and over the horizon, and starts."""
    M = len(leader.names)
    lines: list[Array] = []
    resources: list[str] = []
    for r, name in enumerate(leader.resources):
        total = np.zeros(count)
        for t, label in enumerate(periods.labels):
            part = np.zeros(count)
            part[t * M : (t + 1) * M] = leader.cost[r]
            total += part * periods.years[t]
            resources.append(f"{name}@{label}")
            lines.append(part * (periods.years[t] if name in FLOWS else 1.0))
        resources.append(name)
        lines.append(total)
    liftable = {m for m, _ in starting}
    begins = [
        m
        for m, kind in enumerate(leader.kinds)
        if kind == "measure" and m not in done and not leader.names[m].startswith("lapse:")
    ]
    everything = np.zeros(count)
    for t, label in enumerate(periods.labels):
        part = np.zeros(count)
        for m in begins:
            if m in liftable:
                part[starting[m, t]] = 1.0
            else:
                part[t * M + m] = 1.0
                if t:
                    part[(t - 1) * M + m] = -1.0
        everything += part
        resources.append(f"{STARTS}@{label}")
        lines.append(part)
    return np.array([*lines, everything]), (*resources, STARTS)


def settled(chosen: Decisions, leader: Leader, z: Array, within: Callable[[Array], Array]) -> Array:
    """`z` with the variables that follow from the decisions set: `within` does so inside one period, on the base
    leader's variables; then what acts and what begins of measures that can be lifted."""
    M, out = len(leader.names), np.array(z, dtype=float)
    for t in range(int(chosen.period.max()) + 1):
        out[t * M : (t + 1) * M] = within(out[t * M : (t + 1) * M])
    for (m, u, t), f in chosen.acting.items():
        out[f] = min(out[v * M + m] for v in range(u, t + 1))
    for (m, t), a in chosen.starting.items():
        out[a] = max(0.0, out[t * M + m] - (out[(t - 1) * M + m] if t else 0.0))
    return out
