"""What can be seen in a period that says which scenario we are in: draws with a name, and when each shows itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.answers.drivers import label
from counterpact.strategy.schedule import from_case, steps

if TYPE_CHECKING:
    from counterpact.strategy.instance import Vector
    from counterpact.strategy.schedule.make import Work

Array = NDArray[np.float64]

AT_ONCE = {
    "flow": "today's flow can be counted now, with better evidence",
    "factor": "prices are seen in every period",
    "supply": "what the source turns out is seen within the period",
    "cash": "reserves and payments are estimated within the period",
    "world": "one of the rival facts will be borne out",
}
"""Kinds of draws that any period shows, and why."""
ACTING = {
    "effect": "traffic before and after the measures act shows how much they take away",
    "position": "traffic before and after the measures act shows how much they take away",
    "spare": "how much moves to other channels once measures act shows what room there is",
    "speed": "the first measures of the line act early or late",
}
"""Kinds that show once measures act, and why. Whatever is in neither table cannot be told from outside."""


@dataclass(frozen=True)
class Observable:
    """`values`: (S,) what each scenario would show. `seen`: number of the period."""

    name: str
    label: str
    unit: str
    values: Array
    seen: int
    why: str


def observables(work: Work, z: Vector) -> list[Observable]:
    """Everything that shows itself early enough for at least one period to be planned anew."""
    scenarios = work.compiled.instance.scenarios
    table = {name: np.array([s.values[name] for s in scenarios]) for name in sorted(scenarios[0].values)}
    if work.wish.leads == "drawn":
        table |= {f"speed:{line}": u for line, u in from_case.speeds(work.compiled).items()}
    first, found = _first_acts(work, z), list[Observable]()
    prices = {c.price for c in work.compiled.layout.channels if c.price}
    for name, values in table.items():
        kind, _, rest = name.partition(":")
        seen: int | None = None
        if kind in AT_ONCE:
            seen = work.first if kind != "factor" or rest in prices else None
        elif kind == "joins":
            seen = work.first if _asked(work, z, rest) else None
        elif kind in ACTING:
            seen = min((first[m] for m in _behind(work, kind, rest) if m in first), default=None)
        if seen is None or seen + 1 >= work.wish.periods.count or np.ptp(values) <= 0:
            continue
        why = AT_ONCE.get(kind) or ACTING.get(kind) or "asked to take part, it does or it does not"
        found.append(Observable(name, _label(work, kind, rest, name), _unit(work, kind, rest), values, seen, why))
    return found


def _first_acts(work: Work, z: Vector) -> dict[str, int]:
    """Measure of the schedule → first period in which it acts in some scenario, not before the first open one."""
    found = {}
    for m, variable in work.compiled.levers.measure.items():
        acts = steps.acting(work, steps.held(work, z, variable), variable)
        if acts.any():
            found[m] = max(work.first, int(np.flatnonzero(acts.any(axis=0))[0]))
    return found


def _behind(work: Work, kind: str, rest: str) -> Iterable[str]:
    """Measures whose acting shows a draw."""
    compiled = work.compiled
    effects = compiled.layout.effects.values()
    if kind == "speed":
        return [m for m in compiled.levers.measure if compiled.case.measures[m].line.value == rest]
    if kind == "spare":
        modes = {c.id for c in compiled.layout.channels if c.mode == rest}
        return [e.measure for e in effects if modes & set(e.channels)]
    return [e.measure for e in effects if rest in (e.family, e.id)]


def _asked(work: Work, z: Vector, actor: str) -> bool:
    join = work.compiled.levers.join.get(actor)
    return join is not None and bool(steps.held(work, z, join).any())


def _label(work: Work, kind: str, rest: str, name: str) -> str:
    case = work.compiled.case
    if kind == "speed":
        return f"how fast measures of the line {rest} act, 0 slowest to 1 fastest"
    if kind == "joins" and rest in case.actors:
        return f"{case.actors[rest].name} takes part when asked"
    if kind == "spare":
        return f"share of the spare capacity by {rest} that turns out usable"
    return label(work.compiled, name)


def _unit(work: Work, kind: str, rest: str) -> str:
    case = work.compiled.case
    if kind == "flow" and rest in case.channels:
        return f"{case.channels[rest].unit} a year"
    if kind == "supply" and rest in case.limits:
        return f"{case.limits[rest].unit} a year"
    if kind == "factor" and rest in case.factors:
        return f"{case.factors[rest].to_unit} per {case.factors[rest].from_unit}"
    return "USD" if kind == "cash" else "share" if kind in ("effect", "spare") else ""
