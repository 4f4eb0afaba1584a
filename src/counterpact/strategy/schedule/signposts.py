"""Signposts: what to watch, from which value on it tells, and what to do then.

A schedule is drawn up for all scenarios at once. Where an observable splits them into branches in which the schedule
does differently well, or other measures would help most, the rest of the schedule is planned anew for each branch. The
worth of knowing is what that takes away beyond the best single schedule found. Thresholds are values of scenarios. For
"signpost" and "trigger" see Haasnoot et al. 2013, Dynamic adaptive policy pathways.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import InfeasibleError, UnprovenError
from counterpact.quantity import format_number
from counterpact.strategy.instance import Vector
from counterpact.strategy.schedule import steps
from counterpact.strategy.schedule.observables import Observable, observables
from counterpact.strategy.schedule.outcome import Branch, Change, Signpost
from counterpact.strategy.schedule.replan import replan
from counterpact.strategy.solving.package import Package

if TYPE_CHECKING:
    from counterpact.strategy.schedule.make import Work

Array = NDArray[np.float64]

LEAST = 0.2
"""Least probability of a branch: rarer ones rest on too few scenarios."""
FEWEST = 6
"""Fewest scenarios of a branch."""
ALIKE = 0.8
"""Two observables that split the scenarios this much alike count as one."""
GAP = 0.1
"""Gap to which branches are planned anew, or the schedule's own if that is wider."""


@dataclass(frozen=True)
class Split:
    """`above`: (S,) which scenarios show the threshold or more; `explains`: share of their differences explained."""

    observable: Observable
    threshold: float
    above: NDArray[np.bool_]
    explains: float


def find(work: Work, package: Package) -> tuple[Signpost, ...]:
    """At most `wish.signposts` of them, the most worth first; none where nothing that can be seen would tell."""
    found = [post for split in splits(work, package) if (post := _judge(work, package, split)) is not None]
    return tuple(sorted(found, key=lambda p: (-p.worth, p.name)))


def splits(work: Work, package: Package) -> list[Split]:
    """The most telling thresholds: those that explain most of how scenarios differ in risk and in what would help."""
    probability = work.oracle.stack.probability / work.oracle.stack.probability.sum()
    features = _features(work, package)
    best = [s for o in observables(work, package.z) if (s := threshold(o, features, probability)) is not None]
    best.sort(key=lambda s: (-s.explains, s.observable.name))
    chosen: list[Split] = []
    for split in best:
        same = [float(probability @ (split.above == c.above)) for c in chosen]
        if len(chosen) < work.wish.signposts and all(max(a, 1 - a) < ALIKE for a in same):
            chosen.append(split)
    return chosen


def _features(work: Work, package: Package) -> Array:
    """(S, 1 + V): each scenario's risk under the schedule, and how much each decision not taken would lower it."""
    instance, sweep = work.expanded.instance, package.sweep
    slope = np.einsum("som,o->sm", sweep.cuts.slope, instance.weights)
    open_still = (package.z < 0.5) & (work.expanded.decisions.period > work.first)
    return np.column_stack([sweep.lower @ instance.weights, slope[:, open_still]])


def threshold(observable: Observable, features: Array, probability: Array) -> Split | None:
    """The value that leaves least difference within the branches: one split of a regression tree (Breiman 1984)."""
    whole = probability @ features
    total = float(probability @ ((features - whole) ** 2).sum(axis=1))
    best: Split | None = None
    for value in np.unique(observable.values)[1:]:
        above = observable.values >= value
        share = float(probability @ above)
        if min(share, 1 - share) < LEAST or min(above.sum(), (~above).sum()) < FEWEST or total <= 0:
            continue
        mean = [(probability * side) @ features / (probability @ side) for side in (above, ~above)]
        between = share * ((mean[0] - whole) ** 2).sum() + (1 - share) * ((mean[1] - whole) ** 2).sum()
        if best is None or between / total > best.explains + 1e-12:
            best = Split(observable, float(value), above, float(between / total))
    return best


def _judge(work: Work, package: Package, split: Split) -> Signpost | None:
    """Plan both branches anew; None where that is not possible."""
    start = split.observable.seen + 1
    sides = [np.flatnonzero(side) for side in (~split.above, split.above)]
    try:
        made = [replan(work, package, side, start, max(GAP, package.gap)) for side in sides]
    except (InfeasibleError, UnprovenError):
        return None
    options = [package.z, *(m.z for m in made)]
    upper = [work.oracle.sweep(z).upper for z in options]
    everywhere = np.arange(len(split.above))
    blind = int(np.argmin([_risk(work, u, everywhere) for u in upper]))
    observable = split.observable
    branches, worth = [], 0.0
    for k, side in enumerate(sides):
        risks = [_risk(work, u, side) for u in upper]
        best = k + 1 if risks[k + 1] <= min(risks) + 1e-12 else int(np.argmin(risks))
        share = float(work.oracle.stack.probability[side].sum() / work.oracle.stack.probability.sum())
        worth += share * (risks[blind] - risks[best])
        branches.append(
            Branch(
                condition=_condition(split, bool(k)),
                probability=share,
                scenarios=len(side),
                risk_kept=risks[0],
                risk_blind=risks[blind],
                risk_after=risks[best],
                gap=made[k].gap,
                changes=changes(work, package.z, options[best]),
            )
        )
    labels = work.wish.periods.labels
    return Signpost(
        name=observable.name, label=observable.label, unit=observable.unit, threshold=split.threshold,
        seen=labels[observable.seen], decide=labels[start], why=observable.why, spread=split.explains, worth=worth,
        below=branches[0], above=branches[1],
    )  # fmt: skip


def _condition(split: Split, above: bool) -> str:
    if split.observable.name.startswith("joins:"):
        return "it takes part" if above else "it does not take part"
    if split.observable.name == "world":
        return f"world {split.threshold:g} or a later one" if above else f"a world before {split.threshold:g}"
    amount = f"{format_number(split.threshold)} {split.observable.unit}".strip()
    return f"{amount} or more" if above else f"less than {amount}"


def _risk(work: Work, upper: Array, index: NDArray[np.int64]) -> float:
    values = upper[index] @ work.expanded.instance.weights
    return work.request.risk.value(values, work.oracle.stack.probability[index])


def changes(work: Work, was: Vector, now: Vector) -> tuple[Change, ...]:
    """Measures that begin or are lifted at another time, in words."""
    found = []
    for m, variable in work.compiled.levers.measure.items():
        old, new = (_spoken(work, steps.held(work, z, variable)) for z in (was, now))
        if old != new:
            found.append(Change(m, work.compiled.case.measures[m].name, old, new))
    return tuple(found)


def _spoken(work: Work, on: NDArray[np.bool_]) -> str:
    labels = work.wish.periods.labels
    if not on.any():
        return ""
    begin = int(np.flatnonzero(on)[0])
    end = next((t for t in range(begin, len(on)) if not on[t]), None)
    return labels[begin] + (f" until {labels[end]}" if end is not None else "")
