"""A compiled case's links over time: lead times drawn, junctions that keep stocks, purses, channels to be opened."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from counterpact.case.values import GoodKind
from counterpact.errors import UsageError
from counterpact.strategy.compiling.assembly import UNOPENED
from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.compiling.levers import EASED, OPENED
from counterpact.strategy.compiling.programs import money_scale_of
from counterpact.strategy.schedule.links import Carry, Links, Opening

Array = NDArray[np.float64]

STORED = frozenset({GoodKind.STRATEGIC, GoodKind.CIVILIAN, GoodKind.MONEY})
"""Kinds of goods that can wait at a place; people and know-how cannot be laid up."""
LEADS = ("drawn", "least", "greatest", "none")


def speeds(compiled: Compiled) -> dict[str, Array]:
    """Line of effort → (S,) how fast its measures act, 0 (greatest lead) to 1 (least); one draw per line."""
    draws = compiled.drawn.draws
    lines = sorted({compiled.case.measures[m].line.value for m in compiled.levers.measure})
    return {line: draws.unit(f"speed:{line}", "effect") for line in lines}


def leads(compiled: Compiled, how: str = "drawn") -> Array:
    """(S, variables) months from decision to effect; letting a measure go acts at once. Raises `UsageError`."""
    if how not in LEADS:
        raise UsageError(f'"{how}" is not a way to take lead times. Choose one of {", ".join(LEADS)}.')
    found = np.zeros((compiled.drawn.draws.S, len(compiled.instance.leader.names)))
    if how == "none":
        return found
    speed = speeds(compiled)
    for m, variable in compiled.levers.measure.items():
        if m in compiled.levers.kept:
            continue
        measure = compiled.case.measures[m]
        low, high = measure.lead_months_low, max(measure.lead_months_low, measure.lead_months_high)
        u = {"least": 1.0, "greatest": 0.0}.get(how, speed[measure.line.value])
        found[:, variable] = high - (high - low) * u
    return found


def lagged(compiled: Compiled) -> set[tuple[int, int]]:
    """Entries of the leader's rows by which an enabler counts: only once it acts, not from its decision."""
    leader, found = compiled.instance.leader, set[tuple[int, int]]()
    for r, name in enumerate(leader.row_names):
        if not (name.endswith(EASED) or OPENED in name):
            continue
        for k in range(leader.B.indptr[r], leader.B.indptr[r + 1]):
            c = int(leader.B.indices[k])
            if leader.B.data[k] < 0 and leader.kinds[c] == "measure":
                found.add((r, c))
    return found


def links(
    compiled: Compiled,
    *,
    how: str = "drawn",
    stocks: bool = True,
    lag: float = 0.0,
    initial: Mapping[tuple[str, str], float] | None = None,
) -> Links:
    """The links of a case. `lag`: months until they use more than today's flow of a channel.

    `initial`: (place, good) → stock there when the schedule begins, in the good's unit.
    """
    if lag < 0:
        raise UsageError(f"the adversary's lag must be 0 months or more, not {lag:g}.")
    at_once, row_at_once = _at_once(compiled) if lag > 0 else (None, None)
    return Links(
        lead=leads(compiled, how),
        carries=(*(_stocks(compiled, initial or {}) if stocks else ()), *_purses(compiled)),
        openings=_openings(compiled),
        lag=lag,
        at_once=at_once,
        row_at_once=row_at_once,
    )


def _node_row(compiled: Compiled, number: int) -> int:
    """Row of a junction: after the shared capacities and the totals (see `programs`)."""
    return len(compiled.cutting.shared) + len(compiled.cutting.totals) + number


def _stocks(compiled: Compiled, initial: Mapping[tuple[str, str], float]) -> list[Carry]:
    layout, case = compiled.layout, compiled.case
    scale = {c.good: _channel_scale(compiled, i) for i, c in enumerate(layout.channels)}
    unknown = [f"{place}, {good}" for place, good in initial if (place, good) not in layout.nodes]
    if unknown:
        raise UsageError(f"no junction of the model can hold a stock of: {'; '.join(unknown)}.")
    return [
        Carry(
            _node_row(compiled, number),
            f"{good} at {place}",
            np.full(compiled.drawn.draws.S, initial.get((place, good), 0.0) / scale[good]),
        )
        for (place, good), number in layout.nodes.items()
        if case.goods[good].kind in STORED
    ]


def _purses(compiled: Compiled) -> list[Carry]:
    rows = compiled.instance.loose_rows
    return [
        Carry(rows[k], f"money of {p.actor}", np.zeros(compiled.drawn.draws.S))
        for k, p in enumerate(compiled.layout.purses)
    ]


def _channel_scale(compiled: Compiled, i: int) -> float:
    """Amount of the good per 1 of the channel's columns."""
    return float(compiled.unit_scale[int(np.flatnonzero(compiled.instance.columns.channel == i)[0])])


def _openings(compiled: Compiled) -> tuple[Opening, ...]:
    layout = compiled.layout
    purses = {p.actor: k for k, p in enumerate(layout.purses)}
    found = []
    for i, c in enumerate(layout.channels):
        if c.status not in UNOPENED or (c.opening_cost <= 0 and c.opening_lag_months <= 0):
            continue
        columns = tuple(int(j) for j in np.flatnonzero(compiled.instance.columns.channel == i))
        scale = _channel_scale(compiled, i)
        capacity = compiled.drawn.capacity[:, i] / scale
        k = purses.get(layout.opener(c), -1) if c.opening_cost > 0 else -1
        if k < 0:
            found.append(Opening(c.id, columns, c.opening_lag_months, capacity))
            continue
        price = c.opening_cost / money_scale_of(layout, layout.purses[k].actor)
        each = price * scale / np.maximum(compiled.drawn.capacity[:, i], 1e-12)
        cost = np.full(len(capacity), price)
        row = compiled.instance.loose_rows[k]
        found.append(Opening(c.id, columns, c.opening_lag_months, capacity, row, cost, dict.fromkeys(columns, each)))
    return tuple(found)


def _at_once(compiled: Compiled) -> tuple[Array, Array]:
    """Share of each column's ceiling and of each row that today's flows use already; openings have their own lag."""
    columns, S = compiled.instance.columns.channel, compiled.drawn.draws.S
    flows, capacity = compiled.drawn.flows, compiled.drawn.capacity
    share = np.where(capacity > 0, flows / np.where(capacity > 0, capacity, 1.0), 1.0)
    opened = np.array([c.status in UNOPENED for c in compiled.layout.channels], dtype=bool)
    share = np.where(opened[None, :], 1.0, share)
    at_once = np.ones((S, len(columns)))
    used = columns >= 0
    at_once[:, used] = share[:, columns[used]]
    row_at_once = np.ones((S, compiled.instance.scenarios[0].A.shape[0]))
    for r, (i, _, _) in enumerate(compiled.cutting.shared):
        row_at_once[:, r] = share[:, i]
    for r, (i, _) in enumerate(compiled.cutting.totals, start=len(compiled.cutting.shared)):
        row_at_once[:, r] = share[:, i]
    return at_once, row_at_once
