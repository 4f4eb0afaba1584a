"""Draws of the baseline year: a world by its weight, common factors, the headline, then the channels given it.

The uniform distribution is a prior, not knowledge, and it depends on how finely channels are cut: a total of
at most 10 has mean 5, 6.7 or 9.5 when it is cut into 1, 2 or 20 parallel channels. So the headline of each
component (its first objective) is drawn uniformly between its bounds, and the channels uniformly given it.
"Worst of the draws" is not the worst case: that is the bound in `Picture.objective_bounds`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.beside import Beside
from counterpact.case.case import Case
from counterpact.picture import diagnostics
from counterpact.picture.bounds import targets
from counterpact.picture.polytope import FLAT, Hull, find_hull, rounded, slices, walk
from counterpact.picture.reconcile import Component, Form
from counterpact.picture.result import Samples, World
from counterpact.picture.worlds import Branch

Vector = NDArray[np.float64]
CHAINS = 4
LEAST_PER_CHAIN = 250
STRATA = 8
"""Values of a common factor drawn for each branch."""


def headline(part: Component) -> Form | None:
    """The functional drawn first: the first objective of the component, else its whole flow."""
    asked = targets(part)
    for name, forms in asked.items():
        if name.startswith("objective:"):
            cost: dict[int, float] = {}
            for form, _ in forms:
                for i, c in form.cost.items():
                    cost[i] = cost.get(i, 0.0) + c
            return Form(cost)
    cost = {}
    for name, forms in asked.items():
        if name.startswith("channel:"):
            cost |= forms[0][0].cost
    return Form(cost) if cost else None


@dataclass
class _Body:
    """A component's polytope in one branch, ready to draw from: columns `used` of the system, scaled."""

    used: NDArray[np.int64]
    hull: Hull
    functional: Vector  # headline in z, constant left out
    ends: tuple[Vector, Vector]


def _used(part: Component, A: Vector) -> NDArray[np.int64]:
    """Columns tied by rows to the baseline year; the rest of time is not drawn."""
    count = A.shape[1]
    label = np.arange(count)
    for row in A[: len(A) - count]:
        tied = np.flatnonzero(row)
        if len(tied) > 1:
            old = np.unique(label[tied])
            label[np.isin(label, old)] = old[0]
    wanted = {
        label[i]
        for key, i in part.system.keys.items()
        if isinstance(key, tuple) and (key[0] == "u" or part.cells.year(key[-1]) == part.case.head.baseline)
    }
    return np.flatnonzero(np.isin(label, sorted(wanted)))


def _body(part: Component, active: frozenset[str], lead: Form | None, rng: np.random.Generator) -> _Body:
    system = part.system
    system.activate(active)
    A, low, high, scales = system.polytope(active)
    used = _used(part, A)
    rows = np.abs(A[:, used]).max(axis=1, initial=0.0) > 0

    def extremes(w: Vector) -> tuple[Vector, Vector] | None:
        cost = {int(i): float(c) / scales[i] for i, c in zip(used, w, strict=True) if c}
        ends = [system.best(cost, maximise) for maximise in (False, True)]
        if ends[0] is None or ends[1] is None:
            return None
        return (ends[0][1] / scales)[used], (ends[1][1] / scales)[used]

    hull = find_hull(A[np.ix_(rows, used)], low[rows], high[rows], extremes, rng)
    hull = rounded(hull, 30 + 3 * hull.dimension, rng)
    weight = np.zeros(len(scales))
    for i, c in (lead.cost if lead else {}).items():
        weight[i] = c * scales[i]
    weight = weight[used] / max(float(np.abs(weight).max()), 1e-300)
    functional = hull.basis.T @ weight
    ends = extremes(weight) if np.abs(functional).max(initial=0.0) > FLAT else None
    points = tuple(hull.coordinates(p) for p in ends) if ends else (np.zeros(hull.dimension),) * 2
    return _Body(used, hull, functional, (points[0], points[1]))


def _steps(dimension: int) -> int:
    return 60 + 5 * dimension


def _draw_body(body: _Body, number: int, rng: np.random.Generator) -> Vector:
    """(columns, number) scaled points: headline uniform between its ends, the rest uniform given it."""
    hull = body.hull
    if hull.dimension == 0:
        return np.asarray(np.repeat(hull.centre[:, None], number, axis=1), float)
    low, high = (float(body.functional @ p) for p in body.ends)
    if high - low <= FLAT:
        z = walk(hull, np.zeros((hull.dimension, number)), _steps(hull.dimension), rng)
    else:
        shares = (rng.permutation(number) + rng.random(number)) / number
        start = slices(hull, body.functional, body.ends, low + (high - low) * shares)
        z = walk(hull, start, _steps(hull.dimension), rng, body.functional)
    return np.asarray(hull.centre[:, None] + hull.basis @ z, float)


def _spread_out(body: _Body, number: int, rng: np.random.Generator, columns: int) -> Vector:
    """Draws of the used columns in a matrix of all columns (the others 0)."""
    x = np.zeros((columns, number))
    x[body.used] = _draw_body(body, number, rng)
    return x


def draw_component(part: Component, branch: Branch, number: int, rng: np.random.Generator) -> Vector:
    """(columns, number) raw values of a component's columns in one branch."""
    lead = headline(part)
    commons = [key for key in part.system.keys if isinstance(key, tuple) and key[0] == "u"]
    system = part.system
    scales = np.array(system.scales)[:, None]
    if not commons:
        x = _spread_out(_body(part, branch.active, lead, rng), number, rng, len(scales))
        return np.asarray(x * scales, float)
    groups = np.array_split(np.arange(number), min(STRATA, max(number, 1)))
    x = np.zeros((len(scales), number))
    for k, group in enumerate(groups):
        kept = _fix_commons(part, branch, (k + rng.random()) / len(groups))
        x[:, group] = _spread_out(_body(part, branch.active, lead, rng), len(group), rng, len(scales))
        for column, ends in kept:
            system.lowers[column], system.uppers[column] = ends
            system._highs.changeColBounds(column, *ends)
    return np.asarray(x * scales, float)


def _fix_commons(part: Component, branch: Branch, share: float) -> list[tuple[int, tuple[float, float]]]:
    """Fix every common factor at a share of its feasible range of c = 1/u; returns what to restore."""
    system, kept = part.system, []
    for key, column in system.keys.items():
        if isinstance(key, tuple) and key[0] == "u":
            system.activate(branch.active)
            first, last = system.spread({column: 1.0})
            c = 1 / last + share * (1 / first - 1 / last)
            kept.append((column, (system.lowers[column], system.uppers[column])))
            value = 1 / c / system.scales[column]
            system.lowers[column] = system.uppers[column] = value
            system._highs.changeColBounds(column, value, value)
    return kept


def _allot(worlds: Sequence[World], number: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """World of each draw, by systematic sampling of the weights, in random order."""
    edges = np.cumsum([w.weight for w in worlds])
    points = (np.arange(number) + rng.random()) / number
    which = np.minimum(np.searchsorted(edges, points), len(worlds) - 1)
    return np.asarray(rng.permutation(which), np.int64)


def _draw_all(
    parts: Sequence[Component], branches: Sequence[Sequence[Branch]], taken: Sequence[NDArray[np.int64]], seed: int
) -> dict[int, Vector]:
    """Component → (columns, draws). Components are independent and have a stream of chance each: half go beside."""

    def some(chosen: Sequence[int]) -> dict[int, Vector]:
        found = {}
        for c in chosen:
            rng = np.random.default_rng([seed, c])
            x = np.zeros((len(parts[c].system.keys), len(taken[c])))
            for k, branch in enumerate(branches[c]):
                mine = np.flatnonzero(taken[c] == k)
                if len(mine):
                    x[:, mine] = draw_component(parts[c], branch, len(mine), rng)
            found[c] = x
        return found

    work = {c: len(parts[c].system.keys) * len(branches[c]) for c in range(len(parts))}
    here: list[int] = []
    there: list[int] = []
    for c in sorted(work, key=lambda c: -work[c]):
        lighter = here if sum(work[i] for i in here) <= sum(work[i] for i in there) else there
        lighter.append(c)
    other = Beside(lambda: some(there))
    return some(here) | other.result()


def draw(
    case: Case,
    parts: Sequence[Component],
    branches: Sequence[Sequence[Branch]],
    worlds: Sequence[World],
    picks: Sequence[tuple[int, ...]],
    *,
    draws: int,
    seed: int,
) -> Samples:
    """Draws of all channels (baseline year), with convergence figures per objective and network estimand."""
    rng = np.random.default_rng(seed)
    per_chain = max(LEAST_PER_CHAIN, math.ceil(draws / CHAINS))
    number = CHAINS * per_chain
    world = _allot(worlds, number, rng)
    index = {channel: i for i, channel in enumerate(case.channels)}
    flows = np.zeros((number, len(index)))
    values: dict[str, Vector] = {}
    factors: dict[str, Vector] = {}
    taken = [np.array([picks[w][c] for w in world]) for c in range(len(parts))]
    drawn = _draw_all(parts, branches, taken, seed)
    for c, part in enumerate(parts):
        x = drawn[c]
        _read(part, x, index, flows, values)
        factors |= _implied(part, x)
    factors |= _free_factors(case, factors, number, rng)
    kept = np.concatenate([np.arange(math.ceil(draws / CHAINS)) + k * per_chain for k in range(CHAINS)])[:draws]
    chains = {name: v.reshape(CHAINS, per_chain) for name, v in sorted(values.items())}
    return Samples(
        flows=np.maximum(flows[kept], 0.0),
        world=world[kept],
        factors={name: factors[name][kept] for name in case.factors if name in factors},
        rhat={name: diagnostics.rhat(v) for name, v in chains.items()},
        ess_bulk={name: diagnostics.ess_bulk(v) for name, v in chains.items()},
        ess_tail={name: diagnostics.ess_tail(v) for name, v in chains.items()},
        seed=seed,
        note=(
            f"{draws} of {number} draws in {CHAINS} groups of walkers. Prior: each component's first objective uniform "
            "between its bounds in a world, channels uniform given it; the uniform is a choice, not knowledge."
        ),
    )


def _read(part: Component, x: Vector, index: dict[str, int], flows: Vector, values: dict[str, Vector]) -> None:
    """Put a component's draws into the flows, and add up objectives and estimands."""
    for name, forms in targets(part).items():
        total = np.zeros(x.shape[1])
        for form, _ in forms:
            amount = sum((c * x[i] for i, c in form.cost.items()), np.zeros(x.shape[1]))
            total += amount / x[part.system.keys[("u", form.common)]] if form.common else amount
        kind, target = name.split(":", 1)
        if kind == "channel":
            flows[:, index[target]] = total
        else:
            values[target] = values.get(target, np.zeros(x.shape[1])) + total


def _implied(part: Component, x: Vector) -> dict[str, Vector]:
    """Factor values that a component's draws imply: 1/u, or converted over unconverted flow."""
    found: dict[str, Vector] = {}
    upper: dict[str, Vector] = {}
    lower: dict[str, Vector] = {}
    for key, i in part.system.keys.items():
        assert isinstance(key, tuple)
        if key[0] == "u":
            found[str(key[1])] = 1 / x[i]
        elif key[0] == "g" and part.cells.year(key[3]) == part.case.head.baseline:
            blocks = part._cut(("g", key[1], *key[2]), key[2][0], key[1])
            cells = [c for c, start in enumerate(blocks) if start == key[3]]
            columns = sorted({part._flow(ch, c) for ch in key[2] for c in cells})
            flow = x[columns].sum(axis=0)
            upper[key[1]] = upper.get(key[1], np.zeros_like(flow)) + x[i]
            lower[key[1]] = lower.get(key[1], np.zeros_like(flow)) + flow
    for name, total in upper.items():
        row = part.case.factors[name]
        ratio = np.divide(total, lower[name], out=np.full_like(total, np.nan), where=lower[name] > 0)
        mid = ((row.low or 1.0) * (row.high or 1.0)) ** 0.5
        found[name] = np.clip(np.nan_to_num(ratio, nan=mid), row.low or 0.0, row.high or math.inf)
    return found


def _free_factors(case: Case, known: dict[str, Vector], number: int, rng: np.random.Generator) -> dict[str, Vector]:
    """Factors that no component holds: uniform in their interval."""
    return {
        row.id: rng.uniform(row.low or 0.0, row.high or row.low or 0.0, number)
        for row in case.factors.values()
        if row.id not in known and row.low is not None
    }
