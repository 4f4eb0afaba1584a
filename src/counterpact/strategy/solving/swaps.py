"""A good package early: round the relaxed one, then exchange measures while a few scenarios say it pays.

Only a start for the search: what it finds is answered in all scenarios like any other package.
"""

from __future__ import annotations

import numpy as np

from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.master import Master
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.search import Search

#: Scenarios asked, exchanges tried in one turn (the most promising by the cuts known), turns.
FEW, TRIED, TURNS = 20, 10, 12


def exchange(search: Search, master: Master, z: Vector) -> Vector | None:
    """A whole package near the fractional z that no exchange tried makes better, or None if rounding finds none."""
    leader = search.instance.leader
    if not leader.integer.all():
        return None
    order = np.argsort(search.zero.upper @ search.instance.weights, kind="stable")
    chosen = np.sort(order[np.linspace(0, len(order) - 1, min(FEW, len(order))).astype(int)])
    oracle, share = Oracle(search.instance, chosen), search.probability[chosen] / search.probability[chosen].sum()

    def value(at: Vector) -> float:
        return float(share @ (oracle.sweep(at).lower @ search.instance.weights))

    now = search.limits.low.copy()
    for m in np.argsort(-z, kind="stable"):
        trial = now.copy()
        trial[m] = 1.0
        if z[m] > 0 and search.allowed(trial):
            now = trial
    if not search.allowed(now):
        return None
    best, tried = value(now), {now.tobytes()}
    for _ in range(TURNS):
        moves = [at for at in _moves(search, now) if at.tobytes() not in tried]
        moves = sorted(moves, key=master.model)[:TRIED]
        tried.update(at.tobytes() for at in moves)
        moves = [at for at in moves if search.allowed(at)]
        values = [value(at) for at in moves]
        if not values or min(values) >= best or search.late:
            break
        best, now = min(values), moves[int(np.argmin(values))]
    return now


def _moves(search: Search, z: Vector) -> list[Vector]:
    """One more measure, or one for another, within the limits' rows."""
    limits, found = search.limits, []
    on, off = np.flatnonzero((z > 0.5) & (limits.low < 0.5)), np.flatnonzero((z < 0.5) & (limits.high > 0.5))
    for m in off:
        for k in (-1, *on):
            at = z.copy()
            at[m] = 1.0
            if k >= 0:
                at[k] = 0.0
            activity = limits.B @ at
            if np.all(activity <= limits.row_upper + 1e-7) and np.all(activity >= limits.row_lower - 1e-7):
                found.append(at)
    return found
