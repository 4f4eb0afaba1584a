"""Value of evidence: which number, if it were known, would shrink an objective's bounds most.

For each channel and estimand that shares a component with an objective, the value is fixed at its least,
middle and greatest possible value in the heaviest world and the objective's width is measured again. The
answer is a collection list: first what is worth asking for even where the truth is least helpful.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from counterpact.case.model import Factor
from counterpact.picture.bounds import spread, targets
from counterpact.picture.reconcile import Component, Form
from counterpact.picture.result import EvidenceValue
from counterpact.picture.system import System
from counterpact.picture.worlds import Branch

LEAST_SHRINK = 0.02
"""Shares below this are left out of the list."""


def values(
    parts: Sequence[Component], branches: Sequence[Sequence[Branch]], widths: dict[str, float]
) -> tuple[EvidenceValue, ...]:
    """Collection list over all objectives; `widths`: objective → present width over all components."""
    found: list[EvidenceValue] = []
    for part, options in zip(parts, branches, strict=True):
        asked = targets(part)
        objectives = [n for n in asked if n.startswith("objective:")]
        if not objectives:
            continue
        part.system.activate(options[0].active)
        before = {o: spread(part, asked[o]) for o in objectives}
        for target, forms in asked.items():
            if target.startswith("objective:") or forms[0][0].common:
                continue
            low, high = spread(part, forms)
            if high - low <= 1e-9 * max(abs(high), 1e-12):
                continue
            shrinks = _shrinks(part, asked, objectives, before, forms[0][0].cost, (low, high), widths)
            for objective, shares in shrinks.items():
                if max(shares) >= LEAST_SHRINK:
                    found.append(_entry(part, target, objective, shares))
    return tuple(sorted(found, key=lambda v: (-v.shrink_low - v.shrink_high, v.target, v.objective)))


def _shrinks(
    part: Component,
    asked: Mapping[str, list[tuple[Form, Factor | None]]],
    objectives: list[str],
    before: dict[str, tuple[float, float]],
    cost: Mapping[int, float],
    ends: tuple[float, float],
    widths: dict[str, float],
) -> dict[str, list[float]]:
    """Objective → share of its whole width that goes, for three places where the truth may lie."""
    shares: dict[str, list[float]] = {o: [] for o in objectives}
    for value in np.linspace(*ends, 3):
        with _Fixed(part.system, cost, float(value)):
            for o in objectives:
                low, high = spread(part, asked[o])
                width = widths[o.split(":", 1)[1]]
                gone = (before[o][1] - before[o][0]) - (high - low)
                shares[o].append(float(np.clip(gone / width, 0.0, 1.0)) if width > 0 and gone == gone else 0.0)
    return shares


class _Fixed:
    """A row `Σ cost·x = value`, present inside the `with` block only."""

    def __init__(self, system: System, cost: Mapping[int, float], value: float) -> None:
        scaled = {i: c * system.scales[i] for i, c in cost.items()}
        self.norm = max(abs(c) for c in scaled.values())
        self.highs, self.value = system._highs, value / self.norm
        self.index = np.array(list(scaled), np.int32)
        self.coefficients = np.array(list(scaled.values())) / self.norm

    def __enter__(self) -> None:
        slack = 1e-7 * max(abs(self.value), 1e-6)
        self.highs.addRow(self.value - slack, self.value + slack, len(self.index), self.index, self.coefficients)

    def __exit__(self, *_: object) -> None:
        last = self.highs.getNumRow() - 1
        self.highs.deleteRows(1, np.array([last], np.int32))


def _entry(part: Component, target: str, objective: str, shares: list[float]) -> EvidenceValue:
    kind, name = target.split(":", 1)
    row = part.case.channels[name] if kind == "channel" else part.case.estimands[name]
    goal = part.case.objectives[objective.split(":", 1)[1]]
    reason = (
        f"Knowing {row.name} for {part.case.head.baseline} would narrow {goal.name} by "
        f"{min(shares):.0%} to {max(shares):.0%}, depending on what the truth is."
    )
    return EvidenceValue(name, goal.id, min(shares), max(shares), reason)
