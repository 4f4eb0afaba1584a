"""Many packages side by side: what the adversary could still do under each, in every scenario.

No design and no choice: each package is answered as it stands, everyone who is needed taking part. The replies are
solved in fixed batches, here or on a cluster, each with its dual bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from counterpact.cluster import Engine
from counterpact.errors import Problem, UsageError, nearest
from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.compiling.levers import complete
from counterpact.strategy.solving.many import many_replies
from counterpact.strategy.solving.risk import Risk


@dataclass(frozen=True)
class Compared:
    """One package: combined risk by attitude, the share of today's that it takes away, harm by objective (mean)."""

    name: str
    measures: tuple[str, ...]
    risks: Mapping[str, float]
    effect: Mapping[str, float]
    harm: Mapping[str, float]  # own unit


def choosable(compiled: Compiled) -> tuple[str, ...]:
    """Measures a package may name (`lapse:ID` lets one go)."""
    return tuple(n for n in compiled.instance.leader.names if ":" not in n or n.startswith("lapse:"))


def compare(
    compiled: Compiled,
    packages: Sequence[tuple[str, tuple[str, ...]]] = (),
    *,
    where: Engine | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Compared, ...]:
    """Each (name, measures), after `nothing`; without any, every measure alone, greatest effect on the mean first.

    Raises `UsageError` for a measure that cannot be chosen, `ClusterError` if a cluster vanishes.
    """
    levers, instance = choosable(compiled), compiled.instance
    asked = [("nothing", ()), *(packages or [(m, (m,)) for m in levers])]
    for name, measures in asked:
        for m in measures:
            if m not in levers:
                what = f'"{m}" of package "{name}" is not a measure that can be chosen'
                raise UsageError(Problem("", what=what, do=nearest(m, levers)))
    points = np.array([complete(compiled.levers, measures) for _, measures in asked])
    many = many_replies(instance, points, where=where, progress=progress)
    probability = np.array([s.probability for s in instance.scenarios])
    attitudes = {"mean": Risk(), "cvar90": Risk("cvar", 0.9), "worst": Risk("worst")}
    rows: list[Compared] = []
    for (name, measures), values in zip(asked, many.upper, strict=True):
        risks = {k: r.value(values @ instance.weights, probability) for k, r in attitudes.items()}
        today = rows[0].risks if rows else risks
        effect = {k: (today[k] - v) / today[k] if today[k] > 0 else 0.0 for k, v in risks.items()}
        mean = probability @ values / probability.sum() * instance.normalisers
        rows.append(Compared(name, measures, risks, effect, dict(zip(instance.objectives, mean.tolist(), strict=True))))
    if not packages:
        rows[1:] = sorted(rows[1:], key=lambda r: (-r.effect["mean"], r.name))
    return tuple(rows)


def read_packages(text: str, file: str) -> list[tuple[str, tuple[str, ...]]]:
    """One package a line: `name: measure measure …`, or the measures alone; `#` begins a comment.

    Raises `UsageError` naming the line of a package without measures or a name used twice.
    """
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].replace(",", " ").split()
        if not words:
            continue
        name = words.pop(0)[:-1] if words[0].endswith(":") else f"package {len(found) + 1}"
        if not words or name in found:
            why = "it names no measure" if not words else f'the name "{name}" is used twice'
            raise UsageError(Problem(file, row=number, what=why, do="Write `name: measure measure …`"))
        found[name] = tuple(words)
    if not found:
        raise UsageError(Problem(file, what="no package in the file", do="Write one a line: `name: measure measure …`"))
    return list(found.items())
