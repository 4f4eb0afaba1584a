"""The best whole measures under the mean, exactly: cutting planes at the root, then own branch and bound.

One linear program (`relaxation`) is kept warm through the whole tree and grows by the playbook's lines, which hold at
every whole z. At the root the lines are asked for between the program's point and the best fractional point seen
(in-out, Ben-Ameur & Neto 2007); measures are fixed by safe reduced costs; then nodes of least bound first, each dived
into. Bounds are safe sums of multipliers (weak duality), and the leaves that close the tree are kept for a proof.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import UnprovenError
from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.lines import Playbook
from counterpact.strategy.solving.master import Wishes
from counterpact.strategy.solving.relaxation import Point, Relaxation

#: A line is new when it lies this far above θ, in the pair's value.
NEW = 1e-8
#: Solves after which a line that did not bind is left out of the program.
PATIENCE = 2
#: Candidates of strong branching at a node, and the iterations each may take.
CANDIDATES, TRIAL = 8, 60
#: Trials after which a measure's past gains are trusted.
TRUSTED = 4


@dataclass(frozen=True)
class Leaf:
    """A box without a better z: multipliers whose safe bound over the box reaches the bound claimed."""

    low: Vector
    high: Vector
    bound: float
    lines: NDArray[np.int64]  # None of them: no z of the box keeps the limits
    lam: Vector
    mu: Vector


@dataclass
class Tree:
    """The state and the answer: `value` at the whole z found, `bound` below which no whole z lies."""

    z: Vector
    value: float
    bound: float
    nodes: int = 0
    rounds: int = 0
    leaves: list[Leaf] = field(default_factory=list)
    timed_out: bool = False


def minimise_mean(
    limits: Wishes,
    integer: NDArray[np.bool_],
    weight: Vector,
    playbook: Playbook,
    *,
    gap: float = 1e-9,
    seconds: float = float("inf"),
    progress: Callable[[str], None] | None = None,
) -> Tree:
    """The whole z of least Σ_p weight_p v_p(z) within the limits, to `gap` (absolute).

    All leader variables must be whole (`integer`), because lines hold at whole z only. Raises `UnprovenError` if no z
    was found in time; a z that no limit allows is the caller's to explain (value = inf, bound = inf).
    """
    if not integer.all():
        raise UnprovenError("the exact search under the mean needs every leader variable to be whole.")
    search = _Search(limits, weight, playbook, gap, seconds, progress or (lambda _: None))
    search.run()
    return search.tree


def whole(z: Vector, tolerance: float = 1e-7) -> bool:
    """Whether every measure is on or off."""
    return bool(np.all(np.minimum(z, 1 - z) <= tolerance))


class _Search:
    def __init__(
        self, limits: Wishes, weight: Vector, playbook: Playbook, gap: float, seconds: float,
        say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.limits, self.weight, self.playbook, self.gap, self.say = limits, weight, playbook, gap, say
        self.program = Relaxation(limits, weight, playbook.floor)
        self.M = len(limits.low)
        self.deadline = time.perf_counter() + seconds
        self.tree = Tree(np.zeros(0), np.inf, -np.inf)
        self.low, self.high = limits.low.copy(), limits.high.copy()
        self.seen: set[bytes] = set()
        self.gain = np.zeros((2, self.M))  # sum of gains per unit of branching down, up
        self.tried = np.zeros((2, self.M), dtype=np.int64)

    # points -------------------------------------------------------------------------------------------------

    def visit(self, z: Vector, point: Point | None) -> int:
        """Ask the playbook at z, take z as the answer if whole and better; add lines violated at `point`."""
        lines = self.playbook.lines(z)
        if np.all((z < 1e-9) | (z > 1 - 1e-9)):
            value = float(self.weight @ np.maximum(lines.at(z), self.playbook.floor))
            if value < self.tree.value - 1e-15 and self.allowed(z):
                self.tree.z, self.tree.value = z.copy(), value
        if point is None:
            return self.program.add(lines, z, self.playbook.floor, NEW)
        return self.program.add(lines, point.z, point.theta, NEW)

    def allowed(self, z: Vector) -> bool:
        activity = self.limits.B @ z
        slack = 1e-9 * (1 + np.abs(activity))
        inside = (activity <= self.limits.row_upper + slack) & (activity >= self.limits.row_lower - slack)
        return bool(inside.all() and (z >= self.limits.low - 1e-9).all() and (z <= self.limits.high + 1e-9).all())

    def round(self, z: Vector, point: Point | None) -> None:
        """Switch measures on in falling order of z as long as the limits hold; visit what comes out if it is new."""
        whole = self.limits.low.copy()
        activity = self.limits.B @ whole
        columns = self.limits.B.tocsc()
        slack = 1e-9 * (1 + np.abs(np.where(np.isfinite(self.limits.row_upper), self.limits.row_upper, 0.0)))
        for m in np.argsort(-z, kind="stable"):
            if (
                whole[m] > 0.5
                or self.limits.high[m] < 0.5
                or (z[m] < 1e-6 and point is not None and point.price[m] > 0)
            ):
                continue
            part = slice(columns.indptr[m], columns.indptr[m + 1])
            rows, value = columns.indices[part], columns.data[part]
            if np.all(activity[rows] + value <= self.limits.row_upper[rows] + slack[rows]):
                activity[rows] += value
                whole[m] = 1.0
        key = np.packbits(whole > 0.5).tobytes()
        if key not in self.seen and self.allowed(whole):
            self.seen.add(key)
            self.visit(whole, point)

    @property
    def late(self) -> bool:
        return time.perf_counter() > self.deadline

    def closed(self, bound: float) -> bool:
        return bound >= self.tree.value - self.gap

    # root ---------------------------------------------------------------------------------------------------

    def run(self) -> None:
        tree = self.tree
        start = np.clip(np.full(self.M, 0.5), self.low, self.high)
        self.visit(start, None)
        self.round(start, None)
        point = self.cut(self.low, self.high, root=True)
        if point is None:
            tree.bound = np.inf
            return
        tree.bound = point.bound
        self.say(f"root: bound {point.bound:.8f}, found {tree.value:.8f}")
        self.branch(point)
        tree.bound = min(tree.bound, tree.value)
        if not np.isfinite(tree.value):
            raise UnprovenError("no package was found within the limit.")

    def cut(self, low: Vector, high: Vector, *, root: bool = False) -> Point | None:
        """The relaxation over a box with every line that matters; None if no z keeps the limits."""
        program, playbook = self.program, self.playbook
        centre: Vector | None = None
        best, stalled = np.inf, 0
        last = -np.inf
        while True:
            point = program.solve(low, high)
            if point is None or self.closed(point.bound) or self.late:
                return point
            if program.recall(point.z, point.theta, NEW):
                continue
            self.tree.rounds += 1
            if root and self.tree.rounds % 3 == 0:
                self.round(point.z, point)
            z = point.z if centre is None or not root else 0.5 * (point.z + centre)
            lines = playbook.lines(z)
            value = float(self.weight @ np.maximum(lines.at(z), playbook.floor))
            if root and value < best:
                best, centre = value, z
            added = program.add(lines, point.z, point.theta, NEW)
            if z is not point.z and not added:
                added = self.visit(point.z, point)
            elif z is point.z:
                self.offer(z, value)
            if not added:
                return point
            stalled = stalled + 1 if point.bound - last < 1e-4 * max(1e-12, self.tree.value - point.bound) else 0
            last = max(last, point.bound)
            if not root and stalled >= 2 and not whole(point.z):
                return point
            program.drop_slack(PATIENCE)

    def offer(self, z: Vector, value: float) -> None:
        if np.all((z < 1e-9) | (z > 1 - 1e-9)) and value < self.tree.value - 1e-15 and self.allowed(np.round(z)):
            self.tree.z, self.tree.value = np.round(z), value

    # branch and bound ---------------------------------------------------------------------------------------

    def branch(self, root: Point) -> None:
        tree = self.tree
        low, high = self.low.copy(), self.high.copy()
        self.fix(root, low, high)
        heap: list[tuple[float, int, Vector, Vector]] = [(root.bound, 0, low, high)]
        count = 0
        while heap:
            bound, _, low, high = heapq.heappop(heap)
            tree.bound = min(bound, tree.value)
            if self.closed(bound) or self.late:
                tree.timed_out = not self.closed(bound)
                break
            while True:  # dive
                tree.nodes += 1
                point = self.cut(low, high)
                if point is None or self.closed(point.bound) or self.late:
                    if self.late and point is not None and not self.closed(point.bound):
                        heapq.heappush(heap, (max(bound, point.bound), count := count + 1, low, high))
                    break
                bound = max(bound, point.bound)
                if tree.nodes % 5 == 0:
                    self.round(point.z, point)
                self.fix(point, low, high)
                m = self.choose(point, low, high)
                if m < 0:
                    if self.visit(np.round(point.z), point):
                        continue  # whole, but not all its lines were known: the same box again
                    break  # whole: its value is its bound
                sides = []
                for side in (0.0, 1.0):
                    a, b = low.copy(), high.copy()
                    a[m] = b[m] = side
                    sides.append((a, b))
                first = int(point.z[m] >= 0.5)
                other = sides[1 - first]
                heapq.heappush(heap, (bound, count := count + 1, *other))
                low, high = sides[first]
                if tree.nodes % 50 == 0:
                    self.say(f"{tree.nodes} nodes: bound {tree.bound:.8f}, found {tree.value:.8f}, open {len(heap)}")
        else:
            tree.bound = tree.value

    def fix(self, point: Point, low: Vector, high: Vector) -> int:
        """Fix measures whose safe reduced cost shows that the other side holds nothing better."""
        room = self.tree.value - self.gap - point.bound
        free = high > low
        off, on = free & (point.price > room), free & (-point.price > room)
        high[off], low[on] = low[off], high[on]
        return int(off.sum() + on.sum())

    def choose(self, point: Point, low: Vector, high: Vector) -> int:
        """The measure to branch on: past gains where known, a few trial solves where not. −1: z is whole."""
        part = np.minimum(point.z, 1 - point.z)
        loose = np.flatnonzero((part > 1e-7) & (high > low))
        if not len(loose):
            return -1
        loose = loose[np.argsort(-self.score(point.z, loose), kind="stable")][:CANDIDATES]
        best, chosen, room = -1.0, int(loose[0]), self.tree.value - self.gap - point.bound
        for m in loose:
            gains = self.expected(float(point.z[m]), int(m))
            if self.tried[:, m].min() < TRUSTED:
                gains = self.trial(point, low, high, int(m))
                if gains[0] > room and gains[1] > room:
                    return int(m)
            score = max(min(gains[0], room), 1e-12) * max(min(gains[1], room), 1e-12)
            if score > best * (1 + 1e-9):
                best, chosen = score, int(m)
        return chosen

    def trial(self, point: Point, low: Vector, high: Vector, m: int) -> tuple[float, float]:
        """Gains of the bound when m is fixed off and on, by a few iterations each; remembered per unit moved."""
        gains = []
        for side in (0, 1):
            a, b = low.copy(), high.copy()
            a[m] = b[m] = float(side)
            gain = max(0.0, self.program.trial(a, b, TRIAL) - point.bound)
            gains.append(gain)
            if np.isfinite(gain):
                self.gain[side, m] += gain / max(1e-9, abs(side - point.z[m]))
                self.tried[side, m] += 1
        return gains[0], gains[1]

    def expected(self, z: float, m: int) -> tuple[float, float]:
        """Gains to expect from the past, off and on."""
        mean = self.gain[:, m] / np.maximum(self.tried[:, m], 1)
        return float(mean[0] * z), float(mean[1] * (1 - z))

    def score(self, z: Vector, loose: NDArray[np.int64]) -> Vector:
        """Product of expected gains; measures never tried count as the mean of those that were."""
        known = self.tried.min(axis=0) > 0
        mean = self.gain / np.maximum(self.tried, 1)
        usual = mean[:, known].mean(axis=1) if known.any() else np.ones(2)
        mean = np.where(self.tried > 0, mean, usual[:, None])[:, loose]
        score: Vector = np.maximum(mean[0] * z[loose], 1e-12) * np.maximum(mean[1] * (1 - z[loose]), 1e-12)
        return score
