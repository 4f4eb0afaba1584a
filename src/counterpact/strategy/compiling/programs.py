"""The adversary's programs of all scenarios as arrays: rows, columns, and the instance made of them.

Rows of every scenario: shared capacity of a slice's copies, conservation at junctions (what leaves ≤ what arrives
+ supply), demand ceilings, one hard-currency row per alliance member with elastic finance at cost κ.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from counterpact.strategy.compiling.assembly import UNOPENED, Cutting, worth
from counterpact.strategy.compiling.guard_model import build_guard
from counterpact.strategy.compiling.layout import Layout
from counterpact.strategy.compiling.penalties import penalties
from counterpact.strategy.compiling.scenarios import Drawn
from counterpact.strategy.instance import Columns, Instance, Scenario, Vector

Array = NDArray[np.float64]


class Programs:
    """Arrays over scenarios on the way to an instance.

    `relevance`: (objectives, leader variables), known once the instance is made.
    """

    def __init__(self, layout: Layout, drawn: Drawn, cutting: Cutting) -> None:
        self.layout, self.drawn, self.cutting, self.S = layout, drawn, cutting, drawn.draws.S
        case = layout.case
        biggest: dict[str, float] = {}
        for i, c in enumerate(layout.channels):
            biggest[c.good] = max(biggest.get(c.good, 1e-12), float(drawn.capacity[:, i].max()))
        self.scale = np.array([biggest[c.good] for c in layout.channels])
        self.money_scale = {p.actor: money_scale_of(layout, p.actor) for p in layout.purses}
        self.worth = worth(drawn, self.scale)
        self.piece_channel = np.array([p.channel for p in cutting.pieces], dtype=np.int64)
        self.piece_scale = self.scale[self.piece_channel] if len(self.piece_channel) else np.zeros(0)
        self.n = len(cutting.pieces)
        self.entries: list[tuple[int, int, Array]] = []
        self.uppers: list[Array] = []
        self.finance: dict[int, Array] = {}
        self.room = np.zeros((self.S, len(layout.purses)))
        self.relevance = np.zeros((len(case.objectives), len(layout.levers.leader.names)), dtype=bool)

    # rows -----------------------------------------------------------------------------------------------

    def _row(self, entries: list[tuple[int, Array]], upper: Array) -> None:
        r = len(self.uppers)
        self.entries += [(r, j, value) for j, value in entries]
        self.uppers.append(upper)

    def _rows(self) -> None:
        one = np.ones(self.S)
        by_row: dict[int, list[int]] = {}
        for j, p in enumerate(self.cutting.pieces):
            if p.row >= 0:
                by_row.setdefault(p.row, []).append(j)
        for r, (i, _, amount) in enumerate(self.cutting.shared):
            self._row([(j, one) for j in by_row[r]], amount / self.scale[i])
        for i, total in self.cutting.totals:
            self._row([(int(j), one) for j in np.flatnonzero(self.piece_channel == i)], total / self.scale[i])
        self._junctions()
        self._demands()
        for k in range(len(self.layout.purses)):
            self._money(k)

    def _net(self, place: str, good: str) -> tuple[list[tuple[int, Array]], Array]:
        """Entries of `leaves − arrives` at a junction, and its value in the status quo (own unit)."""
        entries: list[tuple[int, Array]] = []
        flow = np.zeros(self.S)
        for i, c in enumerate(self.layout.channels):
            if c.good == good:
                flow += self.drawn.flows[:, i] * (float(c.from_place == place) - float(c.to_place == place))
        for j, p in enumerate(self.cutting.pieces):
            c = self.layout.channels[p.channel]
            if c.good == good and c.from_place == place:
                entries.append((j, np.ones(self.S)))
            if c.good == good and c.to_place == place:
                entries.append((j, -p.gain))
        return entries, flow

    def _limit(self, place: str, good: str, role: str) -> Array | None:
        found = None
        for limit in self.layout.case.limits.values():
            if (limit.place, limit.good, limit.role) == (place, good, role):
                low = limit.low or 0.0
                high = limit.high if limit.high is not None else low
                drawn = self.drawn.draws.between(f"{role}:{limit.id}", low, high, "room")
                found = drawn if found is None else found + drawn
        return found

    def _good_scale(self, good: str) -> float:
        return next(float(self.scale[i]) for i, c in enumerate(self.layout.channels) if c.good == good)

    def _junctions(self) -> None:
        for place, good in self.layout.nodes:
            entries, today = self._net(place, good)
            supply = self._limit(place, good, "supply")
            room = np.maximum(0.0, today) if supply is None else np.maximum(supply, today)
            self._row(entries, room / self._good_scale(good))

    def _demands(self) -> None:
        ends = dict.fromkeys((c.to_place, c.good) for c in self.layout.channels)
        for place, good in ends:
            demand = self._limit(place, good, "demand")
            if demand is not None:
                entries, today = self._net(place, good)
                self._row([(j, -v) for j, v in entries], np.maximum(demand, -today) / self._good_scale(good))

    def spent(self, actor: str) -> dict[int, Array]:
        """What an actor pays (positive) or earns (negative) per unit of each column, in its money scale."""
        alliance = {p.actor for p in self.layout.case.purses.values()} | set(self.layout.case.head.alliance)
        found: dict[int, Array] = {}
        for j, p in enumerate(self.cutting.pieces):
            c = self.layout.channels[p.channel]
            price = self.worth.price[:, p.channel] * p.gain
            amount = np.zeros(self.S)
            if c.payer == actor:
                amount = amount + price * (1 + p.premium)
            if c.payee == actor:
                amount = amount - price * (1.0 if c.payer in alliance else 1 - p.premium)
            if c.status in UNOPENED and c.opening_cost > 0 and self.layout.opener(c) == actor:
                capacity = np.maximum(self.drawn.capacity[:, p.channel], 1e-12)
                amount = amount + c.opening_cost * self.scale[p.channel] / capacity
            if np.any(amount):
                found[j] = amount / self.money_scale[actor]
        return found

    def _money(self, k: int) -> None:
        """Σ paid − Σ earned − finance ≤ cash; cash at least what the status quo needs."""
        purse = self.layout.purses[k]
        spent = self.spent(purse.actor)
        low = purse.low or 0.0
        cash = self.drawn.draws.between(f"cash:{purse.id}", low, purse.high if purse.high is not None else low, "room")
        today = np.zeros(self.S)
        for i, c in enumerate(self.layout.channels):
            sign = float(c.payer == purse.actor) - float(c.payee == purse.actor)
            today += sign * self.worth.price[:, i] * self.drawn.flows[:, i] / self.scale[i]
        room = np.maximum(cash, today) / self.money_scale[purse.actor]
        entries = [*sorted(spent.items()), (self.n + k, -np.ones(self.S))]
        self._row(entries, room)
        self.room[:, k] = room
        worst = np.zeros(self.S)
        for j, amount in spent.items():
            worst += np.maximum(0.0, amount) * self.cutting.pieces[j].ceiling / self.piece_scale[j]
        self.finance[k] = worst

    # the instance ---------------------------------------------------------------------------------------

    def instance(self) -> Instance:
        """All scenarios."""
        self._rows()
        total = self.n + len(self.layout.purses)
        A = Pattern([(r, j) for r, j, _ in self.entries], (len(self.uppers), total), by_column=True)
        numbers = np.stack([v for _, _, v in self.entries], axis=1) if self.entries else np.zeros((self.S, 0))
        keys, penalty = penalties(self)
        kept = {self.layout.levers.measure[m] for m in self.layout.levers.kept}
        sign = np.array([-1.0 if variable in kept else 1.0 for _, variable in keys])
        variables = len(self.layout.levers.leader.names)
        P = Pattern(keys, (total, variables), by_column=False)
        fixed, harm, ceiling = self._columns(total)
        for e, (j, variable) in enumerate(keys):
            if variable in kept:
                fixed[:, j] -= penalty[:, e]
        penalty = penalty * sign
        upper = np.stack(self.uppers, axis=1) if self.uppers else np.zeros((self.S, 0))
        guards = build_guard(self.drawn, self._outside_flows())
        probability = self.drawn.draws.probability
        named = self._named_values()
        scenarios = [
            Scenario(
                A=csc_matrix(A.matrix(numbers[s])),
                lower=np.full(upper.shape[1], -np.inf),
                upper=upper[s],
                ceiling=ceiling[s],
                harm=harm[s],
                fixed=fixed[s],
                penalty=csr_matrix(P.matrix(penalty[s])),
                probability=float(probability[s]),
                civilian=guards[s],
                draw=int(self.drawn.row[s]),
                values={name: float(v[s]) for name, v in named.items()},
            )
            for s in range(self.S)
        ]
        case = self.layout.case
        weights = np.array([o.weight for o in case.objectives.values()], dtype=float)
        return Instance(
            leader=self.layout.levers.leader,
            columns=self._meaning(),
            scenarios=scenarios,
            objectives=tuple(case.objectives),
            weights=weights / weights.sum() if weights.sum() > 0 else weights,
            normalisers=np.array([o.normaliser for o in case.objectives.values()], dtype=float),
            loose_rows=tuple(range(len(self.uppers) - len(self.layout.purses), len(self.uppers))),
        )

    def _columns(self, total: int) -> tuple[Array, Array, Array]:
        """fixed (S, columns), harm (S, O, columns), ceiling (S, columns)."""
        fixed, ceiling = np.zeros((self.S, total)), np.zeros((self.S, total))
        harm = np.zeros((self.S, len(self.layout.case.objectives), total))
        for j, p in enumerate(self.cutting.pieces):
            ceiling[:, j] = p.ceiling / self.piece_scale[j]
            gross = self.worth.harm[:, :, p.channel] - self.worth.net[:, :, p.channel] * p.premium[:, None]
            harm[:, :, j] = gross * p.gain[:, None]
        for k, purse in enumerate(self.layout.purses):
            ceiling[:, self.n + k] = self.finance[k]
            fixed[:, self.n + k] = -purse.finance_cost
        return fixed, harm, ceiling

    def _outside_flows(self) -> dict[str, Array]:
        position = {c: k for k, c in enumerate(self.drawn.picture.channels)}
        flows = np.asarray(self.drawn.picture.samples.flows, dtype=float)
        return {c: np.maximum(0.0, flows[self.drawn.row, k]) for c, k in position.items()} if len(flows) else {}

    def _named_values(self) -> dict[str, Array]:
        values = {k: v for k, v in sorted(self.drawn.draws.values.items()) if np.ptp(v) > 0}
        for i, c in enumerate(self.layout.channels):
            if np.ptp(self.drawn.flows[:, i]) > 0:
                values[f"flow:{c.id}"] = self.drawn.flows[:, i]
        if len(set(self.drawn.world.tolist())) > 1:
            values["world"] = self.drawn.world.astype(float)
        return values

    def _meaning(self) -> Columns:
        pieces, extra = self.cutting.pieces, len(self.layout.purses)
        slack = [-1] * extra
        ids = tuple(c.id for c in self.layout.channels)
        names = [f"{ids[p.channel]}/{p.slice_}.{p.copy}" for p in pieces]
        return Columns(
            channel=np.array([p.channel for p in pieces] + slack, dtype=np.int64),
            slice_=np.array([p.slice_ for p in pieces] + slack, dtype=np.int64),
            copy=np.array([p.copy for p in pieces] + slack, dtype=np.int64),
            channel_ids=ids,
            names=(*names, *(f"finance:{p.actor}" for p in self.layout.purses)),
        )


class Pattern:
    """A sparse pattern filled many times: (row, column) pairs, duplicates added."""

    def __init__(self, places: list[tuple[int, int]], shape: tuple[int, int], *, by_column: bool) -> None:
        self.shape, self.by_column = shape, by_column
        rows = np.array([p[0] for p in places], dtype=np.int64)
        columns = np.array([p[1] for p in places], dtype=np.int64)
        key = columns * shape[0] + rows if by_column else rows * shape[1] + columns
        unique, self.target = np.unique(key, return_inverse=True)
        major = unique // (shape[0] if by_column else shape[1]) if len(unique) else unique
        minor = unique % (shape[0] if by_column else shape[1]) if len(unique) else unique
        self.indices = minor.astype(np.int32)
        count = shape[1] if by_column else shape[0]
        self.indptr = np.searchsorted(major, np.arange(count + 1)).astype(np.int32)

    def matrix(self, values: Vector) -> csc_matrix | csr_matrix:
        """The matrix with these values."""
        data = np.zeros(len(self.indices))
        np.add.at(data, self.target, values)
        kind = csc_matrix if self.by_column else csr_matrix
        return kind((data, self.indices, self.indptr), shape=self.shape)


def money_scale_of(layout: Layout, actor: str) -> float:
    """USD that count as 1 in an actor's money row, so that κ reads: a dollar too much costs κ dollars of harm.

    The normaliser of the objective in USD that counts what the actor earns, or else what it pays, or else the largest
    one; without any objective in USD, the largest purse.
    """
    case = layout.case
    usd = {o.id: o.normaliser for o in case.objectives.values() if o.unit == "USD"}
    for role in ("payee", "payer"):
        for channel in layout.channels:
            if getattr(channel, role) == actor:
                for term in layout.terms.get(channel.id, ()):
                    if term.objective in usd:
                        return usd[term.objective]
    return max(usd.values()) if usd else max([1.0, *(p.high or 0.0 for p in case.purses.values())])
