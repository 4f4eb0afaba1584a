"""Whom to visit first: the chance of being pivotal times how open the state is, and the best set within a budget.

    worth_i = P(i pivotal) · movability_i,
    movability_i = (H(own chances) + H(own votes on the look-alikes)) / 2,

H the entropy over yes, abstain, no, divided by log 3: 0 = certain, always alike; 1 = evenly split. The distance to the
threshold is in P(i pivotal). A state whose position is known, one sure of yes, and the alliance itself are worth 0. It
says where talking could matter, not that it would work: no data here show what a visit does.

The visits are the binary programme  max Σ worth·x  with  Σ cost·x ≤ budget  and  x_then ≤ x_first  (leaders of a bloc
before its members), solved exactly by branch and bound (HiGHS).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import UnprovenError, UsageError, nearest
from counterpact.lines.diplomacy.whip.asking import Asked

Array = NDArray[np.float64]

#: Chance of yes above which nobody needs to be moved.
SURE = 0.95


@dataclass(frozen=True)
class Candidate:
    """One state: its chances, whether it may turn the result, how open it is, and its worth as a visit."""

    state: str
    name: str
    yes: float
    pivotal: float
    movability: float
    worth: float
    record: str  # own votes on the nearest look-alikes


@dataclass(frozen=True)
class Visits:
    """Candidates in order of worth, and the best set within the budget, leaders before those who follow."""

    candidates: tuple[Candidate, ...]
    chosen: tuple[str, ...]
    cost: float
    worth: float
    budget: float


def candidates(asked: Asked, leave_out: Sequence[str] = ()) -> tuple[Candidate, ...]:
    """Every state whose position is open, the most worth visiting first."""
    rows = {one.state: one for one in asked.forecast.states}
    found = []
    for state, chance, pivotal in zip(asked.count.states, asked.count.chance, asked.count.pivotal, strict=True):
        if state in asked.count.known or state in leave_out:
            continue
        record = rows[state].record
        votes = np.array([record.count(letter) for letter in "YAN"], dtype=np.float64)
        open_ = 0.0 if chance[0] > SURE else 0.5 * (_entropy(chance[:3]) + _entropy(votes))
        found.append(
            Candidate(state, rows[state].name, float(chance[0]), float(pivotal), open_, float(pivotal) * open_, record)
        )
    return tuple(sorted(found, key=lambda c: (-c.worth, -c.movability, c.state)))


def visits(
    found: Sequence[Candidate],
    budget: float,
    *,
    cost: Mapping[str, float] | None = None,
    before: Sequence[tuple[str, str]] = (),
) -> Visits:
    """The visits worth most in sum within the budget. `cost`: state → cost, 1 where not said; `before`: (first, then).

    Raises `UsageError` for a budget or cost below 0, an unknown state, or prerequisites that run in a circle.
    """
    states = [c.state for c in found]
    price = np.array([float((cost or {}).get(s, 1.0)) for s in states])
    if budget < 0 or (price < 0).any():
        raise UsageError("a budget of visits and their costs cannot be below 0")
    place = {s: i for i, s in enumerate(states)}
    for state in (*(cost or {}), *(s for pair in before for s in pair)):
        if state not in place:
            raise UsageError(f'"{state}" is not open: unknown, or its position is known. {nearest(state, states)}')
    pairs = [(place[a], place[b]) for a, b in before]
    order = _in_order(len(states), pairs, states)
    worth = np.array([c.worth for c in found])
    x = _best(worth, price, budget, pairs)
    chosen = sorted(np.flatnonzero(x).tolist(), key=lambda i: (order[i], -worth[i], states[i]))
    return Visits(
        tuple(found), tuple(states[i] for i in chosen), float(price[x].sum()), float(worth[x].sum()), float(budget)
    )


def _best(worth: Array, price: Array, budget: float, pairs: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not len(worth) or worth.max() <= 0:
        return np.zeros(len(worth), dtype=np.bool_)
    rows = np.zeros((1 + len(pairs), len(worth)))
    rows[0] = price
    for k, (first, then) in enumerate(pairs, 1):
        rows[k, then], rows[k, first] = 1.0, -1.0
    top = np.array([budget, *[0.0] * len(pairs)])
    # among sets of equal worth the cheaper: a visit that adds nothing is not made
    value = worth / worth.max() - 1e-7 * (price + 1e-3)
    done = milp(
        -value, constraints=LinearConstraint(rows, -np.inf, top), integrality=np.ones(len(worth), dtype=np.int64),
        bounds=Bounds(0, 1), options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    if done.status != 0:
        raise UnprovenError(f"the visits were not settled: {done.message}")
    return np.asarray(done.x > 0.5)


def _in_order(size: int, pairs: Sequence[tuple[int, int]], states: Sequence[str]) -> list[int]:
    """How many prerequisites deep each state lies. Raises `UsageError` on a circle."""
    depth = [0] * size
    for _ in range(size + 1):
        moved = False
        for first, then in pairs:
            if depth[then] <= depth[first]:
                depth[then], moved = depth[first] + 1, True
        if not moved:
            return depth
    named = ", ".join(sorted({states[i] for pair in pairs for i in pair}))
    raise UsageError(f"the prerequisites of the visits run in a circle: {named}")


def _entropy(weight: Array) -> float:
    """Entropy over the weights, as a share of the greatest possible; 0 for no weight."""
    total = float(weight.sum())
    if total <= 0:
        return 0.0
    p = weight[weight > 0] / total
    return max(0.0, float(-(p * np.log(p)).sum() / np.log(len(weight))))
