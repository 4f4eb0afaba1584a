"""Draw up a schedule: which measure begins when, against an adversary that plans over the same years."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import Problem, UsageError, nearest
from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.instance import Vector
from counterpact.strategy.proving import certificate as certify
from counterpact.strategy.schedule import decisions, from_case, steps
from counterpact.strategy.schedule.clock import Done
from counterpact.strategy.schedule.expand import Expanded, expand
from counterpact.strategy.schedule.outcome import Schedule
from counterpact.strategy.schedule.patterns import whole_openings
from counterpact.strategy.schedule.signposts import find as find_signposts
from counterpact.strategy.schedule.tidy import tidy
from counterpact.strategy.schedule.wish import Wish, first_open, read_done, request
from counterpact.strategy.solving.explain import clashing, explain
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.master import wishes
from counterpact.strategy.solving.package import Package, Request, design
from counterpact.strategy.solving.reply import Cuts, Oracle

Array = NDArray[np.float64]
Progress = Callable[[str], None]

EVERY = "ALL"
"""In place of the list of measures that can be lifted: all of them."""


@dataclass
class Work:
    """One schedule while it is being drawn up. `first`: number of the first period still open."""

    compiled: Compiled
    wish: Wish
    expanded: Expanded
    request: Request
    first: int
    oracle: Oracle
    guard: Guard
    shelf: list[Cuts]

    def settle(self, z: Vector) -> Vector:
        """`z` with everything set that follows from the decisions."""
        expanded = self.expanded
        return decisions.settled(expanded.decisions, expanded.base.leader, z, self.compiled.levers.settled)


def make_schedule(compiled: Compiled, wish: Wish, *, progress: Progress | None = None) -> Schedule:
    """Design the schedule and everything a reader asks about it.

    `compiled` must have been compiled for the months of the horizon. Raises `UsageError` for wishes that do not fit the
    case or the periods, `InfeasibleError` naming the limits that clash, `UnprovenError` if nothing was found in time.
    """
    say = progress or (lambda _: None)
    work = prepare(compiled, wish)
    say("designing the schedule")
    package = solve(work)
    say("checking the certificate")
    checked = certify.check(work.expanded.instance, package)
    say("following each period")
    described = steps.describe(work, package)
    say("looking for signposts")
    posts = find_signposts(work, package) if wish.signposts else ()
    return Schedule(
        wish=wish,
        package=package,
        certificate=checked,
        compiled=compiled,
        expanded=work.expanded,
        periods=wish.periods.labels,
        now=wish.periods.labels[work.first],
        steps=described.steps,
        by_period=described.by_period,
        objectives=described.objectives,
        cost=described.cost,
        risk_before=package.upper_bound_before,
        risk_after=package.upper_bound,
        lower_bound=package.lower_bound,
        gap=package.gap,
        too_late=described.too_late,
        signposts=posts,
        scenarios=len(compiled.instance.scenarios),
        seed=compiled.seed,
        notes=_notes(work),
    )


def prepare(compiled: Compiled, wish: Wish) -> Work:
    """Everything up to the design. Raises `UsageError`, `InfeasibleError`."""
    leader, why = compiled.instance.leader, compiled.levers.unavailable
    done = read_done(wish.done, leader, wish.periods, why)
    _no_clash(compiled, done)
    expanded = expand(
        compiled.instance,
        wish.periods,
        from_case.links(compiled, how=wish.leads, stocks=wish.stocks, lag=wish.lag),
        liftable=_liftable(compiled, wish),
        lagged=from_case.lagged(compiled),
        done=done,
    )
    expanded = whole_openings(expanded, wish.exact)
    asked = request(wish, leader, expanded.instance.leader.resources, done, why)
    first = first_open(wish, done)
    return Work(compiled, wish, expanded, asked, first, Oracle(expanded.instance), Guard(expanded.instance), [])


def solve(work: Work) -> Package:
    """The package over time, without decisions that do nothing."""
    instance, asked = work.expanded.instance, work.request
    package = design(instance, asked, oracle=work.oracle, guard=work.guard, shelf=work.shelf)
    limits = wishes(instance.leader, asked.budgets, asked.require, asked.forbid)
    z = tidy(work.expanded, limits, package.sweep, work.oracle, work.guard, asked.risk, work.settle)
    return package if np.array_equal(z, package.z) else at(work, package, z)


def at(work: Work, package: Package, z: Vector) -> Package:
    """The same design with other decisions: bounds, values and costs are those of `z`."""
    from counterpact.strategy.solving.package import gap_of
    from counterpact.strategy.solving.risk import Risk

    instance = work.expanded.instance
    sweep, weights, probability = work.oracle.sweep(z), instance.weights, work.oracle.stack.probability
    after = sweep.upper @ weights
    upper = package.request.risk.value(after, probability)
    gap = gap_of(upper, package.lower_bound, package.upper_bound_before)
    kinds = {k: Risk(k, package.request.risk.alpha) for k in package.risks}
    return replace(
        package,
        z=z,
        names=tuple(n for n, on in zip(instance.leader.names, z > 0.5, strict=True) if on),
        cost=dict(zip(instance.leader.resources, (instance.leader.cost @ z).tolist(), strict=True)),
        upper_bound=upper,
        lower_bound=min(package.lower_bound, upper),
        gap=gap,
        risks={k: (v[0], kinds[k].value(after, probability)) for k, v in package.risks.items()},
        values=sweep.lower * instance.normalisers,
        sweep=sweep,
    )


def _liftable(compiled: Compiled, wish: Wish) -> set[int]:
    """Variables that may be switched off again, with the enforcement variables that hang on them."""
    found: set[int] = set()
    names = compiled.instance.leader.names
    startable = [m for m in compiled.levers.measure if m not in compiled.levers.kept]
    for name in startable if tuple(wish.liftable) == (EVERY,) else wish.liftable:
        if name not in startable:
            what = f'"{name}" is not a measure that can be begun and lifted again'
            raise UsageError(Problem("", what=what, do=nearest(name, startable)))
        found.add(names.index(name))
    return found | {h.variable for h in compiled.levers.enforcement if h.measure in found}


def _no_clash(compiled: Compiled, done: dict[int, Done]) -> None:
    """Whether all that is done can stand together at all: the case's own limits, without time or money."""
    leader = compiled.instance.leader
    if not done:
        return
    limits = wishes(leader, {}, tuple(leader.names[m] for m in done), ())
    if clashing(leader, limits):
        raise explain(leader, limits)


def _notes(work: Work) -> tuple[str, ...]:
    compiled, wish = work.compiled, work.wish
    words = {
        "drawn": "Lead times are drawn between their least and greatest, one draw for each line of effort and scenario",
        "least": "Every measure acts after its least lead time",
        "greatest": "Every measure acts after its greatest lead time",
        "none": "Lead times are left out: every measure acts at once",
    }
    notes = [
        "Risks are the most they could deliver a year, whatever they prefer, averaged over the horizon; the adversary "
        "knows the whole schedule from the start, which over-estimates it.",
        f"{words[wish.leads]}; a measure counts from the first period that begins after its lead time.",
        "A scenario holds one state of the unknowns for the whole horizon; nothing else is taken to grow or shrink.",
        "What a measure costs counts from its decision, and so does what it takes from civilians; letting one go acts "
        "at once.",
    ]
    if wish.stocks:
        notes.append(
            "Goods and money not used in a period are there in the next; people and know-how cannot be laid up. "
            "Nothing lies in stock at the start beyond what the yearly supplies contain."
        )
    linear = [o.name for o in work.expanded.links.openings if o.name not in wish.exact]
    if linear:
        notes.append(
            f"{len(linear)} potential channels can be opened in part at a proportional cost, from the period in which "
            "their opening time ends, and stay open: an over-estimate."
        )
    if wish.exact:
        notes.append(f"Opened whole or not at all: {', '.join(wish.exact)}.")
    if wish.lag:
        notes.append(
            f"In the first {wish.lag:g} months they can use no more of an open channel than flows there today."
        )
    if wish.periods.discount:
        notes.append(f"Later harm counts less, by {wish.periods.discount:.1%} a year.")
    return (*notes, *compiled.levers.notes)
