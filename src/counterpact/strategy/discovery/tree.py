"""A small classification tree beside the box (CART: Breiman, Friedman, Olshen & Stone 1984).

Where failures have several causes a tree shows them side by side; a box shows the largest one sharply.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpact.strategy.discovery.boxes import Experiments, Limit, Mask

LEAVES, LEAST = 8, 0.05


@dataclass(frozen=True)
class Leaf:
    """A leaf as limits, with coverage, density and mass as for a box."""

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float


@dataclass(frozen=True)
class Tree:
    """Leaves by falling density. `found`: share of the failures, and `right`: share of its alarms that are true, in
    five-fold cross-validation, an alarm being a leaf denser than one half."""

    leaves: tuple[Leaf, ...]
    found: float
    right: float


def grow(table: Experiments, failed: Mask, *, leaves: int = LEAVES, least: float = LEAST, seed: int = 0) -> Tree:
    """Grow a tree by Gini impurity, best leaf first. Categories must be two or ordered (0/1 columns are split at ½)."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier

    def model() -> DecisionTreeClassifier:
        return DecisionTreeClassifier(
            max_leaf_nodes=leaves, min_samples_leaf=max(2, int(least * len(table))), random_state=seed
        )

    y = failed.astype(np.int64)
    fitted = model().fit(table.X, y)
    inner, total = fitted.tree_, max(int(y.sum()), 1)
    found: list[Leaf] = []

    def walk(node: int, low: dict[int, float], high: dict[int, float], rows: Mask) -> None:
        j = int(inner.feature[node])
        if j < 0:
            count = max(int(rows.sum()), 1)
            hits = int(y[rows].sum())
            found.append(Leaf(_limits(table, low, high), hits / total, hits / count, count / len(table)))
            return
        cut = float(inner.threshold[node])
        left = table.X[:, j].astype(np.float32) <= np.float32(cut)
        walk(int(inner.children_left[node]), low, {**high, j: cut}, rows & left)
        walk(int(inner.children_right[node]), {**low, j: cut}, high, rows & ~left)

    walk(0, {}, {}, np.ones(len(table), dtype=bool))
    folds = min(5, int(y.sum()), int((1 - y).sum()))
    alarm = np.zeros(len(table), dtype=bool)
    if folds >= 2:
        split = StratifiedKFold(folds, shuffle=True, random_state=seed)
        alarm = np.asarray(cross_val_predict(model(), table.X, y, cv=split)) > 0
    right = float(failed[alarm].mean()) if alarm.any() else 0.0
    return Tree(tuple(sorted(found, key=lambda x: (-x.density, -x.mass))), float(alarm[failed].mean()), right)


def _limits(table: Experiments, low: dict[int, float], high: dict[int, float]) -> tuple[Limit, ...]:
    limits = []
    for j in sorted({*low, *high}):
        name = table.names[j]
        a, b = low.get(j, -np.inf), high.get(j, np.inf)
        words = table.categories.get(name)
        if words:
            limits.append(Limit(name, among=tuple(w for k, w in enumerate(words) if a < k <= b)))
        else:
            limits.append(Limit(name, a, b))
    return tuple(limits)
