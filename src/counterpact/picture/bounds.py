"""Bounds: least and greatest value of each channel, estimand and objective in the baseline year.

Variability analysis: two warm programs for each target in each world; the union over worlds is what one can
say without choosing between rivals. Components are independent, so an objective's bounds are sums.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from counterpact.case.model import Factor
from counterpact.picture.reconcile import Component, Form, objective_forms
from counterpact.picture.result import Bound
from counterpact.picture.worlds import Branch
from counterpact.quantity import Quantity

GRID = 15
"""Values at which a common factor is scanned where a target multiplies by it (its feasible ends are exact)."""
Ends = tuple[float, float]


@dataclass
class Ranges:
    """Bounds of one component: target → one (low, high) per branch, and without any fact (`bare`)."""

    branches: dict[str, list[Ends]] = field(default_factory=dict)
    bare: dict[str, Ends] = field(default_factory=dict)


def _round(value: float) -> float:
    """Six digits: the solver's tolerance is finer, the sources are not."""
    return 0.0 if abs(value) < 1e-9 else float(f"{value:.6g}")


def spread(part: Component, forms: Sequence[tuple[Form, Factor | None]]) -> Ends:
    """Least and greatest value of a sum of forms under the active facts.

    Forms without a common factor are one linear program. A form with a common factor c = 1/u is scanned over
    the feasible ends of u and a grid between them; a second common factor in the same sum is taken apart
    (interval product: an outer bound).
    """
    linear: dict[int, float] = {}
    for form, _ in forms:
        if not form.common:
            for i, c in form.cost.items():
                linear[i] = linear.get(i, 0.0) + c
    common = sorted({form.common for form, _ in forms if form.common})
    if not common:
        low, high = part.system.spread(linear)
        return _round(low), _round(high)
    low = high = 0.0
    for k, name in enumerate(common):
        cost = {i: c for form, _ in forms if form.common == name for i, c in form.cost.items()}
        ends = _scan(part, name, cost, linear if k == 0 else {})
        low, high = low + ends[0], high + ends[1]
    return _round(low), _round(high)


def _scan(part: Component, name: str, cost: dict[int, float], linear: dict[int, float]) -> Ends:
    system = part.system
    u = system.keys[("u", name)]
    first, last = system.spread({u: 1.0})
    lower, upper, scale = system.lowers[u], system.uppers[u], system.scales[u]
    low, high = math.inf, -math.inf
    for value in np.unique(np.linspace(first, last, GRID)):
        system._highs.changeColBounds(u, value / scale, value / scale)
        total = dict(linear)
        for i, c in cost.items():
            total[i] = total.get(i, 0.0) + c / value
        ends = system.spread(total)
        if not math.isnan(ends[0]):
            low, high = min(low, ends[0]), max(high, ends[1])
    system._highs.changeColBounds(u, lower, upper)
    return low, high


def targets(part: Component) -> dict[str, list[tuple[Form, Factor | None]]]:
    """Everything a component can be asked about, in the baseline year: channel, estimand, objective forms."""
    baseline = part.cells.of_year(part.case.head.baseline)
    asked: dict[str, list[tuple[Form, Factor | None]]] = {}
    for channel in part.channels:
        row = part.case.channels[channel]
        asked[f"channel:{channel}"] = [(part.form({channel: 1.0}, "", baseline, row.unit, row.unit), None)]
    for estimand in part.estimands:
        asked[f"estimand:{estimand.id}"] = [(part.estimand_form(estimand, baseline), None)]
    for objective in part.case.objectives:
        if forms := objective_forms(part, objective):
            asked[f"objective:{objective}"] = forms
    return asked


def ranges(part: Component, branches: Sequence[Branch]) -> Ranges:
    """Bounds of every target of a component in every branch, and with no fact at all."""
    found = Ranges()
    asked = targets(part)
    part.system.activate(part.ceilings)
    found.bare = {name: spread(part, forms) for name, forms in asked.items()}
    for branch in branches:
        part.system.activate(branch.active)
        for name, forms in asked.items():
            ends = spread(part, forms) if set(branch.active) & set(part.binding) else found.bare[name]
            found.branches.setdefault(name, []).append(ends)
    return found


def _differs(a: Ends, b: Ends) -> bool:
    size = max(abs(v) for v in (*a, *b, 1e-12))
    return any(abs(x - y) > 1e-6 * size for x, y in zip(a, b, strict=True))


def gather(
    target: str,
    found: Sequence[Ranges],
    picks: Sequence[tuple[int, ...]],
    unit: str,
    baseline: Quantity,
) -> Bound | None:
    """A target's bound over all components that hold a part of it (they are independent: ends add)."""
    held = [(c, r) for c, r in enumerate(found) if target in r.branches]
    if not held:
        return None
    per_world = []
    for pick in picks:
        ends = [r.branches[target][pick[c]] for c, r in held]
        per_world.append(Quantity(sum(e[0] for e in ends), sum(e[1] for e in ends), unit, baseline.period))
    low = sum(min(e[0] for e in r.branches[target]) for _, r in held)
    high = sum(max(e[1] for e in r.branches[target]) for _, r in held)
    union = Quantity(low, high, unit, baseline.period)
    evident = any(_differs(ends, r.bare[target]) for _, r in held for ends in r.branches[target])
    return Bound(target.split(":", 1)[1], union, tuple(per_world), evident)
