"""A solved schedule in words and numbers: its steps, its periods, what comes too late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from counterpact.case.values import Lever
from counterpact.strategy.answers.representatives import spread
from counterpact.strategy.instance import Vector
from counterpact.strategy.schedule import by_period
from counterpact.strategy.schedule.outcome import PeriodOutcome, ScheduleObjective, Step
from counterpact.strategy.solving.package import Package

if TYPE_CHECKING:
    from counterpact.strategy.schedule.make import Work

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Described:
    """What `describe` finds."""

    steps: tuple[Step, ...]
    by_period: tuple[PeriodOutcome, ...]
    objectives: tuple[ScheduleObjective, ...]
    cost: Mapping[str, tuple[float, float]]
    too_late: Mapping[str, str]


def describe(work: Work, package: Package) -> Described:
    """Steps and periods of a package over time."""
    found = tuple(sorted(_steps(work, package.z), key=lambda s: (_when(work, s.begins), s.line, s.id)))
    money = _money(work, package.z)
    periods = _periods(work, package, found, money)
    total = {r: (package.cost[r], package.cost[r]) for r in work.expanded.base.leader.resources}
    total["money"] = (float(money.sum()), package.cost["money"]) if "money" in total else (0.0, 0.0)
    return Described(found, periods, _objectives(work, package), total, too_late(work))


def _when(work: Work, begins: str) -> int:
    labels = work.wish.periods.labels
    return labels.index(begins) if begins in labels else -1


def held(work: Work, z: Vector, variable: int) -> NDArray[np.bool_]:
    """(T,) whether the decision holds in each period."""
    return np.array([z[work.expanded.decisions.at(variable, t)] > 0.5 for t in range(work.wish.periods.count)])


def acting(work: Work, on: NDArray[np.bool_], variable: int) -> NDArray[np.bool_]:
    """(S, T) whether a measure held in the periods `on` acts."""
    source = work.expanded.source[:, variable, :]
    found = np.zeros(source.shape, dtype=bool)
    for s, t in zip(*np.nonzero(source >= 0), strict=True):
        found[s, t] = on[source[s, t] : t + 1].all()
    return found


def _steps(work: Work, z: Vector) -> list[Step]:
    compiled, periods = work.compiled, work.wish.periods
    rows = []
    for m, variable in compiled.levers.measure.items():
        on = held(work, z, variable)
        if not on.any():
            continue
        measure, cost = compiled.case.measures[m], compiled.levers.costs[m]
        kept, done = m in compiled.levers.kept, work.expanded.done.get(variable)
        acts = acting(work, on, variable)
        begin = int(np.flatnonzero(on)[0])
        lifted = next((periods.labels[t] for t in range(begin, periods.count) if not on[t]), "")
        first = [int(np.flatnonzero(row)[0]) if row.any() else periods.count for row in acts]
        begins = periods.labels[begin]
        if done is not None:
            begins = _said(work, variable)
        ends = [periods.labels[t] if t < periods.count else "" for t in (min(first), max(first))]
        late = sum(f == periods.count for f in first)
        rows.append(
            Step(
                id=m,
                name=measure.name,
                line=measure.line.value,
                action="let lapse" if kept else "strengthen" if measure.lever is Lever.STRENGTHEN else "adopt",
                begins=begins,
                lifted=lifted,
                done=done is not None,
                acts_from=(ends[0], ends[1]),
                cells=tuple(_cell(bool(on[t]), acts[:, t], bool(on[:t].any())) for t in range(periods.count)),
                lead_months=(measure.lead_months_low, measure.lead_months_high),
                money=(-cost.money.high, -cost.money.low) if kept else (cost.money.low, cost.money.high),
                political=-cost.political if kept else cost.political,
                who=measure.who,
                touches_model=bool(compiled.relevance[:, variable].any()),
                note=f"acts only after the horizon in {late} of {len(first)} scenarios" if late else "",
            )
        )
    return rows


def _said(work: Work, variable: int) -> str:
    """When a measure was done, as the user wrote it."""
    name = work.expanded.base.leader.names[variable]
    return next(when for who, _, when in (e.rpartition("@") for e in work.wish.done) if who == name)


def _cell(on: bool, acts: NDArray[np.bool_], before: bool) -> str:
    if not on:
        return "lifted" if before else ""
    return "acts" if acts.all() else "partly" if acts.any() else "decided"


def _money(work: Work, z: Vector) -> Array:
    """(T,) money spent in each period at the lower ends of the cost intervals."""
    compiled, periods = work.compiled, work.wish.periods
    low = np.zeros(periods.count)
    for m, variable in compiled.levers.measure.items():
        money = compiled.levers.costs[m].money
        low += held(work, z, variable) * (-money.high if m in compiled.levers.kept else money.low)
    return low * periods.years


def _periods(work: Work, package: Package, found: tuple[Step, ...], money: Array) -> tuple[PeriodOutcome, ...]:
    expanded, instance = work.expanded, work.expanded.instance
    risk, probability, weights = package.request.risk, work.oracle.stack.probability, instance.weights
    stack, zero = work.oracle.stack, package.sweep_before
    parts = [by_period.shares(expanded, stack, s) for s in (zero, package.sweep)]
    worst = [risk.weights(s.upper @ weights, probability) for s in (zero, package.sweep)]
    share = [q @ np.einsum("sot,o->st", p, weights) for q, p in zip(worst, parts, strict=True)]
    most = by_period.most(expanded, package.z)
    limit = [risk.value(most[:, :, t] @ weights, probability) for t in range(expanded.periods.count)]
    rows, joined = [], set[str]()
    for t, label in enumerate(expanded.periods.labels):
        cost = {r: (package.cost[f"{r}@{label}"],) * 2 for r in expanded.base.leader.resources}
        if "money" in cost:
            cost["money"] = (float(money[t]), package.cost[f"money@{label}"])
        members = {
            n.removeprefix("join:")
            for m, n in enumerate(expanded.base.leader.names)
            if n.startswith("join:") and package.z[expanded.decisions.at(m, t)] > 0.5
        }
        new, joined = members - joined, joined | members
        rows.append(
            PeriodOutcome(
                label=label,
                years=float(expanded.periods.years[t]),
                begins=tuple(s.id for s in found if s.begins == label),
                lifts=tuple(s.id for s in found if s.lifted == label),
                joins=tuple(sorted(new)),
                cost=cost,
                budget={
                    name.rpartition("@")[0]: v
                    for name, v in package.request.budgets.items()
                    if name.endswith(f"@{label}")
                },
                risk_before=float(share[0][t]),
                risk_after=float(share[1][t]),
                most=limit[t],
            )
        )
    return tuple(rows)


def _objectives(work: Work, package: Package) -> tuple[ScheduleObjective, ...]:
    expanded, stack = work.expanded, work.oracle.stack
    weight, normal = expanded.periods.weight, expanded.base.normalisers
    before, after = (by_period.shares(expanded, stack, s) for s in (package.sweep_before, package.sweep))
    rows = []
    for k, o in enumerate(work.compiled.case.objectives.values()):
        ranges = [
            tuple(spread(h[:, k, t] * normal[k], stack.probability, o.unit) for t in range(expanded.periods.count))
            for h in (before, after)
        ]
        rows.append(
            ScheduleObjective(
                objective=o.id,
                name=o.name,
                unit=o.unit,
                before=spread(package.values_before[:, k] / weight, stack.probability, o.unit),
                after=spread(package.values[:, k] / weight, stack.probability, o.unit),
                before_by_period=ranges[0],
                by_period=ranges[1],
            )
        )
    return tuple(rows)


def too_late(work: Work) -> dict[str, str]:
    """Measures that cannot act within the horizon in any scenario, with the reason."""
    compiled, periods = work.compiled, work.wish.periods
    left = float(periods.start[-1] - periods.start[work.first])
    found = {}
    for m, variable in compiled.levers.measure.items():
        if m in compiled.levers.kept or variable in work.expanded.done:
            continue
        if not (work.expanded.source[:, variable, :] >= work.first).any():
            low = compiled.case.measures[m].lead_months_low
            found[m] = (
                f"acts {low:g} months after its decision at the earliest; the last period begins {left:g} months "
                f"after {periods.labels[work.first]}"
            )
    return found
