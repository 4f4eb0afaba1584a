"""Which draws drive the residual risk: rank correlation, and a box of conditions where the package does worst.

Spearman's rank correlation says which way a draw goes with the risk; the box is a small PRIM (Friedman & Fisher 1999;
Bryant & Lempert 2010): peel a tenth off one end of one draw at a time, keeping the peel that leaves most failures.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.outcome import Driver, DrivingBox

Array = NDArray[np.float64]

PEEL = 0.1
SMALLEST = 0.1
"""A box holds at least this share of the scenarios."""


def ranks(values: Array) -> Array:
    """Ranks of values (S, ...) along the first axis, ties by average."""
    flat = values.reshape(len(values), -1)
    out = np.empty_like(flat, dtype=float)
    for k in range(flat.shape[1]):
        _, inverse, counts = np.unique(flat[:, k], return_inverse=True, return_counts=True)
        last = np.cumsum(counts)
        out[:, k] = (last - (counts - 1) / 2)[inverse]
    return out.reshape(values.shape)


def drivers(compiled: Compiled, before: Array, after: Array, count: int = 12) -> list[Driver]:
    """The draws that go most with the risk under the package. `before`, `after`: (S,) combined risk."""
    names, table = _table(compiled)
    if not names:
        return []
    use = slice(0, len(after) - compiled.drawn.draws.corners)  # corners move everything at once
    R = ranks(table[use])
    with_risk, with_effect = _correlate(R, ranks(after[use])), _correlate(R, ranks((before - after)[use]))
    order = sorted(range(len(names)), key=lambda k: (-abs(with_risk[k]), names[k]))[:count]
    return [
        Driver(
            name=names[k],
            label=label(compiled, names[k]),
            risk=float(with_risk[k]),
            effect=float(with_effect[k]),
            low=float(table[:, k].min()),
            high=float(table[:, k].max()),
        )
        for k in order
    ]


def _table(compiled: Compiled) -> tuple[list[str], Array]:
    scenarios = compiled.instance.scenarios
    names = sorted(scenarios[0].values) if scenarios else []
    return names, np.array([[s.values[n] for n in names] for s in scenarios]).reshape(len(scenarios), len(names))


def _correlate(X: Array, y: Array) -> Array:
    X, y = X - X.mean(axis=0), y - y.mean()
    size = np.sqrt((X**2).sum(axis=0) * (y**2).sum())
    found: Array = np.where(size > 0, X.T @ y / np.where(size > 0, size, 1.0), 0.0)
    return found


def box(compiled: Compiled, after: Array, chosen: list[Driver], share: float = 0.2) -> DrivingBox | None:
    """Conditions that hold most of the worst `share` of the scenarios; None without draws or spread."""
    names, table = _table(compiled)
    use = slice(0, len(after) - compiled.drawn.draws.corners)
    y, X = after[use], table[use]
    columns = [names.index(d.name) for d in chosen[:8]]
    threshold = float(np.quantile(y, 1 - share))
    failed = y >= threshold
    if not columns or failed.all() or not failed.any():
        return None
    inside = np.ones(len(y), dtype=bool)
    limits: dict[int, tuple[float, float]] = {}
    while True:
        best, cut = failed[inside].mean(), None
        for k in columns:
            for q, low in ((PEEL, True), (1 - PEEL, False)):
                edge = float(np.quantile(X[inside, k], q))
                keep = inside & ((X[:, k] >= edge) if low else (X[:, k] <= edge))
                if keep.sum() >= max(SMALLEST * len(y), 5) and keep.sum() < inside.sum():
                    density = failed[keep].mean()
                    if density > best + 1e-12:
                        best, cut = density, (k, low, edge, keep)
        if cut is None or failed[inside].mean() >= 0.9:
            break
        k, low, edge, inside = cut
        was = limits.get(k, (float(X[:, k].min()), float(X[:, k].max())))
        limits[k] = (edge, was[1]) if low else (was[0], edge)
    if not limits:
        return None
    return DrivingBox(
        limits={names[k]: limits[k] for k in sorted(limits)},
        coverage=float(failed[inside].sum() / failed.sum()),
        density=float(failed[inside].mean()),
        mass=float(inside.mean()),
        threshold=threshold,
    )


def label(compiled: Compiled, name: str) -> str:
    """A draw's name in words."""
    case = compiled.case
    kind, _, rest = name.partition(":")
    if kind in ("effect", "position") and rest in case.effect_families:
        return f"strength of: {case.effect_families[rest].name.lower()}"
    if kind == "effect" and rest in case.effects:
        effect = case.effects[rest]
        return f"strength of {case.measures[effect.measure].name} ({case.effect_families[effect.family].name.lower()})"
    if kind in ("limit", "flow") and rest in case.channels:
        what = "physical limit" if kind == "limit" else "flow today"
        return f"{what}: {case.channels[rest].name}"
    if kind in ("supply", "demand") and rest in case.limits:
        limit = case.limits[rest]
        return f"{kind} of {case.goods[limit.good].name.lower()} at {case.actors[limit.place].name}"
    if kind == "cash" and rest in case.purses:
        return f"hard currency of {case.actors[case.purses[rest].actor].name}"
    if kind == "factor" and rest in case.factors:
        return case.factors[rest].name
    if kind == "need" and rest in case.needs:
        need = case.needs[rest]
        return f"need of {case.goods[need.good].name.lower()} at {case.actors[need.place].name}"
    words = {"overlap": "how measures on one channel overlap", "world": "which of the rival facts hold"}
    return words.get(name, f"spare capacity by {rest}" if kind == "spare" else name)
