"""PRIM, the patient rule induction method: peel and paste a box until it holds mostly failures.

Friedman & Fisher (1999), "Bump hunting in high-dimensional data"; for scenario discovery Bryant & Lempert (2010).
Each column is sorted once. A peel then only needs the failures among the few experiments at each end, for all columns
at once, and what is left of the sorted columns, so a step costs a few passes over what is still in the box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import UsageError
from counterpact.strategy.discovery.boxes import Box, Experiments, Limit, Mask, measured

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

PEEL, PASTE, LEAST_MASS = 0.05, 0.05, 0.05
"""Share of the box taken off in a peel, put back in a paste, and least share of all experiments a box may hold."""


@dataclass(frozen=True)
class _Peel:
    """A way to shrink the box. `end`: 0 from below, 1 from above, 2 a category; `cut`: new limit, or the category."""

    column: int
    end: int
    cut: float
    gone: Whole
    gain: float


@dataclass(frozen=True)
class Trajectory:
    """Nested boxes from everything to the smallest, then the pastes. Arrays over boxes (T,) or (T, d).

    `low`, `high`: −inf, +inf where a side is open. `allowed[t][j]`: category numbers kept in column j.
    """

    table: Experiments
    failed: Mask
    low: Array
    high: Array
    allowed: tuple[dict[int, frozenset[int]], ...]
    coverage: Array
    density: Array
    mass: Array
    restricted: Whole

    def __len__(self) -> int:
        return len(self.coverage)

    def limits(self, t: int) -> tuple[Limit, ...]:
        """The restricted columns of box `t`, in the order of the table."""
        found = []
        for j, name in enumerate(self.table.names):
            if j in self.allowed[t]:
                words = self.table.categories[name]
                found.append(Limit(name, among=tuple(words[k] for k in sorted(self.allowed[t][j]))))
            elif np.isfinite(self.low[t, j]) or np.isfinite(self.high[t, j]):
                found.append(Limit(name, float(self.low[t, j]), float(self.high[t, j])))
        return tuple(found)

    def box(self, t: int) -> Box:
        """Box `t` with its quasi-p values. Raises `UsageError` if there is no such box."""
        if not -len(self) <= t < len(self):
            raise UsageError(f"there is no box {t}: the trajectory has {len(self)}, numbered from 0.")
        return measured(self.limits(t), self.table, self.failed)


Gain = Callable[[Array, float, Array, Array], Array]
"""(density of the new box, of the old, experiments that leave or enter, experiments of the new box) → gain."""


def patient(new: Array, old: float, moved: Array, kept: Array) -> Array:
    """Rise of the density per experiment moved, times the experiments kept: where a step cannot but move many at once
    (ties, categories) it must be worth more. Equal steps are ordered as by `per_point`."""
    return (new - old) / np.maximum(moved, 1) * kept


def per_point(new: Array, old: float, moved: Array, kept: Array) -> Array:
    """Rise of the density for each experiment moved."""
    return (new - old) / np.maximum(moved, 1)


def rise(new: Array, old: float, moved: Array, kept: Array) -> Array:
    """Rise of the density, whatever it costs: the criterion of the 1999 paper's peeling."""
    return new - old


def prim(
    table: Experiments,
    failed: Mask,
    *,
    peel: float = PEEL,
    paste: float = PASTE,
    least_mass: float = LEAST_MASS,
    gain: Gain = per_point,
) -> Trajectory:
    """The trajectory of boxes. `failed`: (n,) the cases of interest.

    Raises `UsageError` for shares outside (0, 1) or if no experiment failed or all did.
    """
    for words, share in (("peel", peel), ("paste", paste), ("least mass", least_mass)):
        if not 0 < share < 1:
            raise UsageError(f"{words} must lie between 0 and 1, not {share}.")
    failed = np.asarray(failed, dtype=bool)
    if failed.shape != (len(table),):
        raise UsageError(f"{len(table)} experiments, but {failed.shape} marks of failure.")
    if failed.all() or not failed.any():
        what = "every" if failed.any() else "no"
        raise UsageError(f"{what} experiment fails: there is nothing to tell apart. Choose another threshold.")
    search = _Search(table, failed, gain)
    while (step := search.best_peel(peel, least_mass)) is not None:
        search.take(step)
    while search.paste(paste):
        pass
    return search.trajectory()


class _Search:
    """The box in hand: its experiments, sorted by every column, its limits, and the trail behind it."""

    def __init__(self, table: Experiments, failed: Mask, gain: Gain) -> None:
        self.table, self.failed, self.gain = table, failed, gain
        self.y = failed.astype(np.float64)
        self.n, d = table.X.shape
        self.kind = {j: len(table.categories[name]) for j, name in enumerate(table.names) if name in table.categories}
        self.real = np.array([j for j in range(d) if j not in self.kind], dtype=np.int64)
        X = table.X[:, self.real]
        self.order = np.argsort(X, axis=0, kind="stable").T.astype(np.int32)  # (columns, in the box)
        self.values = np.take_along_axis(X.T, self.order.astype(np.int64), axis=1)
        self.inside = np.ones(self.n, dtype=bool)
        self.low, self.high = np.full(d, -np.inf), np.full(d, np.inf)
        self.allowed: dict[int, frozenset[int]] = {}
        self.trail: list[tuple[Array, Array, dict[int, frozenset[int]], float, float]] = []
        self._note()

    def _note(self) -> None:
        count, hits = float(self.inside.sum()), float(self.y[self.inside].sum())
        self.trail.append((self.low.copy(), self.high.copy(), dict(self.allowed), count, hits))

    # peeling --------------------------------------------------------------------------------------------

    def best_peel(self, share: float, least_mass: float) -> _Peel | None:
        """The peel of greatest gain that leaves enough in the box, or None if none raises the density.

        On equal gain a column already restricted comes first, then the order of the table.
        """
        *_, count, hits = self.trail[-1]
        least = max(1.0, least_mass * self.n)
        options: list[tuple[float, bool, int, _Peel]] = []
        for end in (0, 1):
            found = self._ends(end, share, count, hits, least)
            if found is not None:
                options.append((found.gain, self._held(found.column), -found.column, found))
        for j in self.kind:
            options += [(o.gain, self._held(j), -j, o) for o in self._categories(j, count, hits, least)]
        options = [o for o in options if o[0] > 1e-15]
        return max(options, key=lambda o: o[:3])[3] if options else None

    def _held(self, j: int) -> bool:
        return bool(j in self.allowed or np.isfinite(self.low[j]) or np.isfinite(self.high[j]))

    def _ends(self, end: int, share: float, count: float, hits: float, least: float) -> _Peel | None:
        """The best peel from below (0) or above (1): ⌊share·(m − 1)⌋ + 1 experiments and those tied with the last."""
        m = self.order.shape[1]
        k = int(share * (m - 1)) + 1
        if not len(self.real) or m <= k:
            return None
        order, values = (self.order, self.values) if end == 0 else (self.order[:, ::-1], self.values[:, ::-1])
        gone: Whole = np.full(len(self.real), k, dtype=np.int64)
        lost = self.y[order[:, :k]].sum(axis=1)
        for j in np.flatnonzero(values[:, k - 1] == values[:, k]):
            differs = values[j, k:] != values[j, k - 1]
            gone[j] = k + int(differs.argmax()) if differs.any() else m
            lost[j] = self.y[order[j, : gone[j]]].sum()
        left = count - gone
        density = np.where(left > 0, (hits - lost) / np.maximum(left, 1), 0.0)
        gain = np.where(
            (left >= least) & (gone < m),
            self.gain(density, hits / count, gone.astype(np.float64), left.astype(np.float64)),
            -np.inf,
        )
        held = np.array([self._held(int(j)) for j in self.real])
        top = np.flatnonzero(gain >= gain.max() - 1e-15) if gain.max() > -np.inf else np.zeros(0, dtype=np.int64)
        if not len(top):
            return None
        first = top[held[top]] if held[top].any() else top
        i, taken = int(first[0]), int(gone[first[0]])
        cut = float((values[i, taken - 1] + values[i, taken]) / 2)  # between two experiments
        return _Peel(int(self.real[i]), end, cut, order[i, :taken].astype(np.int64), float(gain[i]))

    def _categories(self, j: int, count: float, hits: float, least: float) -> list[_Peel]:
        """Peels that leave out one category of an unordered column."""
        here = np.flatnonzero(self.inside)
        code = self.table.X[here, j].astype(np.int64)
        gone = np.bincount(code, minlength=self.kind[j])
        lost = np.bincount(code, weights=self.y[here], minlength=self.kind[j])
        left = count - gone
        density = np.where(left > 0, (hits - lost) / np.maximum(left, 1), 0.0)
        gain = self.gain(density, hits / count, gone.astype(np.float64), left.astype(np.float64))
        return [
            _Peel(j, 2, float(k), here[code == k], float(gain[k])) for k in np.flatnonzero((gone > 0) & (left >= least))
        ]

    def take(self, step: _Peel) -> None:
        """Shrink the box by a peel."""
        self.inside[step.gone] = False
        if step.end == 2:
            kept = self.allowed.get(step.column, frozenset(range(self.kind[step.column])))
            self.allowed[step.column] = kept - {int(step.cut)}
        elif step.end == 0:
            self.low[step.column] = step.cut
        else:
            self.high[step.column] = step.cut
        stays = self.inside[self.order]
        shape = (len(self.real), int(self.inside.sum()))
        self.order, self.values = self.order[stays].reshape(shape), self.values[stays].reshape(shape)
        self._note()

    # pasting --------------------------------------------------------------------------------------------

    def paste(self, share: float) -> bool:
        """Widen the box by one limit if that raises its density; True if it did."""
        *_, count, hits = self.trail[-1]
        X, extra = self.table.X, max(1, int(share * count))
        held = [j for j in range(X.shape[1]) if self._held(j)]
        broken = {j: self._breaks(j) for j in held}
        total = np.sum(list(broken.values()), axis=0) if held else np.zeros(self.n)
        best: tuple[float, int, int, float, Whole] | None = None
        for j in held:
            near = np.flatnonzero(broken[j] & (total == 1))  # only this limit keeps them out
            for end, cut, add in self._wider(j, near, extra):
                density = (hits + self.y[add].sum()) / (count + len(add))
                moved, kept = np.array([float(len(add))]), np.array([count + len(add)])
                gain = float(self.gain(np.array([density]), hits / count, moved, kept)[0])
                if gain > 1e-15 and (best is None or gain > best[0] + 1e-15):
                    best = (gain, j, end, cut, add)
        if best is None:
            return False
        _, j, end, cut, add = best
        if end == 2:
            among = self.allowed[j] | {int(cut)}
            self.allowed = {k: v for k, v in self.allowed.items() if k != j}
            if len(among) < self.kind[j]:
                self.allowed[j] = among
        else:
            (self.low if end == 0 else self.high)[j] = cut
        self.inside[add] = True
        self._note()
        return True

    def _breaks(self, j: int) -> Mask:
        if j in self.kind:
            outside: Mask = ~np.isin(self.table.X[:, j], sorted(self.allowed[j]))
            return outside
        beyond: Mask = (self.table.X[:, j] < self.low[j]) | (self.table.X[:, j] > self.high[j])
        return beyond

    def _wider(self, j: int, near: Whole, extra: int) -> list[tuple[int, float, Whole]]:
        """(end, new limit, experiments let in) of the pastes of column j."""
        x = self.table.X[near, j]
        if j in self.kind:
            return [(2, float(k), near[x == k]) for k in np.unique(x)]
        found = []
        for end, side in ((0, near[x < self.low[j]]), (1, near[x > self.high[j]])):
            if not len(side):
                continue
            sign = -1.0 if end == 0 else 1.0
            away = sign * self.table.X[side, j]
            order = np.argsort(away, kind="stable")
            edge = away[order[min(extra, len(side)) - 1]]
            beyond = away[away > edge]
            cut = sign * ((edge + beyond.min()) / 2 if len(beyond) else np.inf)
            found.append((end, float(cut), side[away <= edge]))
        return found

    def trajectory(self) -> Trajectory:
        """What was passed through."""
        low, high, allowed, count, hits = zip(*self.trail, strict=True)
        counts, found = np.array(count), np.array(hits)
        lows, highs = np.array(low), np.array(high)
        restricted = (np.isfinite(lows) | np.isfinite(highs)).sum(axis=1) + np.array([len(a) for a in allowed])
        return Trajectory(
            self.table, self.failed, lows, highs, tuple(allowed), found / self.y.sum(), found / counts,
            counts / self.n, restricted.astype(np.int64),
        )  # fmt: skip
