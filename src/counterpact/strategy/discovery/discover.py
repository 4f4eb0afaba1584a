"""When does a package fail? Many scenarios drawn, the adversary's reply in each, boxes and a tree of the failures.

The scenarios are drawn anew, more of them than the design used, so the package is judged on scenarios it was not
made for. Corners are left out: they move everything at once and would tell no cause from another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.beside import Beside
from counterpact.case.case import Case
from counterpact.errors import Problem, UsageError, nearest
from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.compiling.participation import DRAW
from counterpact.strategy.discovery.association import worth_a_look
from counterpact.strategy.discovery.boxes import Box, Experiments, Limit, inside, measured
from counterpact.strategy.discovery.information import Information, everything, learned
from counterpact.strategy.discovery.judging import Stability, simplest, stability
from counterpact.strategy.discovery.prim import Trajectory, patient, prim
from counterpact.strategy.discovery.tree import Tree, grow
from counterpact.strategy.discovery.words import YES_NO, condition, sentence, uncertainty
from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.reply import Oracle

Array = NDArray[np.float64]
Progress = Callable[[str], None]

BATCH = 250
"""Scenarios replied to at a time: bounds memory."""
MOST_COLUMNS = 20
WORST = 0.2
"""Share of the scenarios that count as failures where no threshold is given. A convention."""


@dataclass(frozen=True)
class Question:
    """What counts as failing, and how boxes are sought. `objective` "" = combined risk; `threshold` None = the worst
    fifth; `box`: number on the trajectory, None = by rule, with at most `columns` conditions."""

    objective: str = ""
    threshold: float | None = None
    peel: float = 0.05
    least_mass: float = 0.05
    columns: int = 4
    box: int | None = None


@dataclass(frozen=True)
class Condition:
    """One limit of a box in words, with what it rests on."""

    name: str
    text: str
    low: float | None
    high: float | None
    among: tuple[str, ...]
    unit: str
    quasi_p: float
    basis: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class NamedBox:
    """A box in words."""

    sentence: str
    conditions: tuple[Condition, ...]
    coverage: float
    density: float
    mass: float


@dataclass(frozen=True)
class Step:
    """One box of the trajectory, in numbers."""

    number: int
    coverage: float
    density: float
    mass: float
    restricted: int


@dataclass(frozen=True)
class Discovery:
    """When the package fails. `rate`: failures among all scenarios; `information`: what learning an unknown is worth,
    `information_total`: what learning everything would be."""

    package: tuple[str, ...]
    outcome: str
    unit: str
    threshold: float
    scenarios: int
    failures: int
    rate: float
    mean: float
    trajectory: tuple[Step, ...]
    chosen: int
    box: NamedBox
    stability: Stability
    further: tuple[NamedBox, ...]
    tree: tuple[NamedBox, ...]
    tree_found: float
    tree_right: float
    information: tuple[Information, ...]
    information_total: float
    decisions: tuple[tuple[str, ...], ...]
    seed: int
    notes: tuple[str, ...]


def named_package(compiled: Compiled, names: Sequence[str]) -> Vector:
    """(variables,) the leader variables of these names that the compiled problem has, every h as it follows.

    Raises `UsageError` for a measure that cannot be chosen.
    """
    leader = compiled.instance.leader
    place = {n: k for k, n in enumerate(leader.names)}
    z = np.zeros(len(leader.names))
    for name in names:
        if name.startswith("enforce:"):
            continue
        if name not in place:
            raise UsageError(
                Problem("", what=f'"{name}" is not a measure that can be chosen', do=nearest(name, leader.names))
            )
        z[place[name]] = 1.0
    return compiled.levers.settled(z)


def replies(compiled: Compiled, packages: Sequence[Vector], scenarios: int | None = None) -> Array:
    """(S, D, O) values of the adversary's replies, normalised, in the first `scenarios`; two halves side by side."""
    S = len(compiled.instance.scenarios) if scenarios is None else scenarios
    batches = [np.arange(k, min(k + BATCH, S)) for k in range(0, S, BATCH)]

    def work(share: list[NDArray[np.int64]]) -> list[Array]:
        found = []
        for batch in share:
            oracle = Oracle(compiled.instance, batch, memory=1)
            found.append(np.stack([oracle.sweep(z).lower for z in packages], axis=1))
        return found

    other = Beside(lambda: work(batches[1::2]))
    mine = work(batches[::2])
    both: list[Array] = [np.zeros(0)] * len(batches)
    both[::2], both[1::2] = mine, other.result()
    return np.concatenate(both)


def experiments(compiled: Compiled) -> Experiments:
    """All draws that vary, corners left out; who takes part and which world holds as categories."""
    instance = compiled.instance
    count = len(instance.scenarios) - compiled.drawn.draws.corners
    scenarios = [instance.scenarios[s] for s in range(count)]
    names = sorted(scenarios[0].values)
    X = np.array([[s.values[n] for n in names] for s in scenarios]).reshape(count, len(names))
    use = np.flatnonzero(np.ptp(X, axis=0) > 0)
    names, X = [names[k] for k in use], X[:, use]
    categories: dict[str, tuple[str, ...]] = {}
    for k, name in enumerate(names):
        if name.startswith(DRAW):
            categories[name] = YES_NO
        elif name == "world":
            X[:, k] = np.unique(X[:, k], return_inverse=True)[1].ravel()
            categories[name] = tuple(f"world {w}" for w in range(int(X[:, k].max()) + 1))
    return Experiments(tuple(names), X, categories)


def discover(
    compiled: Compiled,
    names: Sequence[str],
    question: Question | None = None,
    *,
    alternatives: Sequence[Sequence[str]] = (),
    progress: Progress | None = None,
) -> Discovery:
    """Find out when the package of these leader variables fails, in the scenarios of `compiled`.

    `alternatives`: packages one could choose instead, for the worth of information.
    Raises `UsageError` for an unknown objective or measure, or a threshold that no or every scenario passes.
    """
    question, say = question or Question(), progress or (lambda _: None)
    table = experiments(compiled)
    packages = [named_package(compiled, n) for n in (names, *alternatives)]
    say(f"replying in {len(table)} scenarios")
    values = replies(compiled, packages[:1], len(table))[:, 0]
    y, outcome, unit = _outcome(compiled, values, question.objective)
    threshold = float(np.quantile(y, 1 - WORST)) if question.threshold is None else question.threshold
    failed = y > threshold
    if failed.all() or not failed.any():
        what = "every scenario" if failed.any() else "no scenario"
        raise UsageError(
            f"with this threshold {what} fails: the outcome runs from {y.min():.4g} to {y.max():.4g} {unit}".rstrip()
        )
    say("looking for conditions of failure")
    columns = worth_a_look(table.X, y, failed, MOST_COLUMNS)
    small = Experiments(
        tuple(table.names[k] for k in columns),
        table.X[:, columns],
        {n: w for n, w in table.categories.items() if n in {table.names[k] for k in columns}},
    )
    trajectory = prim(small, failed, peel=question.peel, least_mass=question.least_mass, gain=patient)
    box, chosen = _choose(trajectory, question)
    tree = grow(small, failed, seed=compiled.seed)
    further = _further(small, failed, box, question)
    sure = stability(
        box, small, failed, seed=compiled.seed, peel=question.peel, least_mass=question.least_mass, gain=patient
    )
    say("asking what learning more would be worth")
    information, total = _information(compiled, table, packages, y, columns, question.objective)
    case = compiled.case
    return Discovery(
        package=tuple(n for n in names if not n.startswith(("enforce:", "alone:"))),
        outcome=outcome,
        unit=unit,
        threshold=threshold,
        scenarios=len(table),
        failures=int(failed.sum()),
        rate=float(failed.mean()),
        mean=float(y.mean()),
        trajectory=tuple(
            Step(t, float(trajectory.coverage[t]), float(trajectory.density[t]), float(trajectory.mass[t]),
                 int(trajectory.restricted[t]))
            for t in range(len(trajectory))
        ),
        chosen=chosen,
        box=named(case, box),
        stability=sure,
        further=tuple(named(case, b) for b in further),
        tree=_leaves(case, tree),
        tree_found=tree.found,
        tree_right=tree.right,
        information=information,
        information_total=total,
        decisions=tuple(tuple(n for n in a if ":" not in n or n.startswith("lapse:")) for a in alternatives),
        seed=compiled.seed,
        notes=_notes(table, small, question),
    )  # fmt: skip


def _outcome(compiled: Compiled, values: Array, objective: str) -> tuple[Array, str, str]:
    instance = compiled.instance
    if not objective:
        combined: Array = values @ instance.weights
        return combined, "combined risk", ""
    if objective not in instance.objectives:
        raise UsageError(
            Problem("", what=f'"{objective}" is not an objective', do=nearest(objective, instance.objectives))
        )
    k, row = instance.objectives.index(objective), compiled.case.objectives[objective]
    return values[:, k] * instance.normalisers[k], row.name, row.unit


def _choose(trajectory: Trajectory, question: Question) -> tuple[Box, int]:
    """The box asked for as it stands, or the best few conditions with those dropped that could be chance."""
    if question.box is not None:
        return trajectory.box(question.box), question.box
    return simplest(trajectory, question.columns)


def _further(table: Experiments, failed: NDArray[np.bool_], box: Box, question: Question) -> list[Box]:
    """A second box where the first is not, if it holds failures more densely than chance."""
    left = ~inside(box.limits, table)
    if failed[left].all() or failed[left].sum() < 10:
        return []
    trajectory = prim(table.part(left), failed[left], peel=question.peel, least_mass=question.least_mass, gain=patient)
    found, _ = simplest(trajectory, question.columns)
    if not found.limits or found.density < 1.5 * failed.mean():
        return []
    return [measured(found.limits, table, failed)]


def _information(
    compiled: Compiled,
    table: Experiments,
    packages: Sequence[Vector],
    y: Array,
    columns: NDArray[np.int64],
    objective: str,
) -> tuple[tuple[Information, ...], float]:
    """Unknowns as one would learn them (a channel, a family of effects, an actor), of those that matter at all."""
    n = min(len(table), 4 * BATCH)
    Y = y[:n, None]
    if len(packages) > 1:
        others = replies(compiled, packages[1:], n)
        Y = np.column_stack([Y, *[_outcome(compiled, others[:, d], objective)[0] for d in range(others.shape[1])]])
    groups: dict[str, list[int]] = {}
    wanted = {uncertainty(compiled.case, table.names[k]).group for k in columns}
    for k, name in enumerate(table.names):
        group = uncertainty(compiled.case, name).group
        if group in wanted:
            groups.setdefault(group, []).append(k)
    found = [
        learned(g, tuple(table.names[k] for k in ks), table.X[:n][:, ks], Y, seed=compiled.seed)
        for g, ks in sorted(groups.items())
    ]
    found.sort(key=lambda i: (-i.worth, -i.shrinks, i.name))
    return tuple(found), everything(Y)


def named(case: Case, box: Box) -> NamedBox:
    """A box in words."""
    ordered = sorted(box.limits, key=lambda limit: (limit.quasi_p, limit.name))
    return NamedBox(
        sentence(case, box.limits),
        tuple(_condition(case, limit) for limit in ordered),
        box.coverage,
        box.density,
        box.mass,
    )


def _condition(case: Case, limit: Limit) -> Condition:
    what = uncertainty(case, limit.name)
    low, width = what.scale
    return Condition(
        limit.name,
        condition(case, limit),
        low + width * limit.low if np.isfinite(limit.low) else None,
        low + width * limit.high if np.isfinite(limit.high) else None,
        limit.among,
        what.unit,
        limit.quasi_p,
        what.basis,
        what.facts,
    )


def _leaves(case: Case, tree: Tree) -> tuple[NamedBox, ...]:
    """Leaves with more failures than not, or else the densest one."""
    dense = [leaf for leaf in tree.leaves if leaf.density >= 0.5] or list(tree.leaves[:1])
    return tuple(
        NamedBox(
            sentence(case, leaf.limits), tuple(_condition(case, x) for x in leaf.limits), leaf.coverage, leaf.density,
            leaf.mass,
        )
        for leaf in dense
    )  # fmt: skip


def _notes(table: Experiments, small: Experiments, question: Question) -> tuple[str, ...]:
    notes = [
        f"{len(table.names)} draws vary; the {len(small.names)} that go with failing more than chance explains were "
        "searched for conditions.",
        "Density and coverage of the box are those of the scenarios it was found in; the resampling check gives what "
        "to expect of scenarios not seen.",
        "Worth of information is in the mean of the outcome and counts only what a better choice among the packages "
        "compared would save; an unknown that moves the outcome alike whatever we do is worth nothing.",
    ]
    if question.box is None:
        notes.append(
            f"The box is the trajectory's that has the best harmonic mean of coverage and density once cut down to at "
            f"most {question.columns} conditions, none of them likely chance. Choose another with --box."
        )
    return tuple(notes)
