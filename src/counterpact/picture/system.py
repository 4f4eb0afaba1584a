"""One small linear program, built once in HiGHS and re-solved in place.

Rows of facts are elastic: each has two slack columns that are shut (upper bound 0) when the row is rigid and
paid for (1 / scale of the fact) when the question is "how far from consistent". Rows of facts that are not
active are opened to ±∞. Everything else (conservation, ceilings, factor links) is hard.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Key = Hashable
Vector = NDArray[np.float64]
FEASIBLE = 1e-8
"""Greatest relative violation that still counts as consistent."""
MARGIN = 2e-8
"""Every claim is widened by this share of its size, so that touching claims agree in floating point."""


@dataclass
class _Row:
    terms: dict[int, float]
    low: float
    high: float
    fact: str
    scale: float  # raw size of the claim, for the price of violating it
    norm: float  # raw value = scaled value × norm


@dataclass(frozen=True)
class Tension:
    """Answer of the elastic program: total price of violation, and who is involved.

    `support`: facts with a nonzero dual; together (with the hard rows) they are already infeasible.
    `violated`: facts that gave way in this solution.
    """

    price: float
    support: frozenset[str]
    violated: frozenset[str]

    @property
    def consistent(self) -> bool:
        """True if nothing had to give way."""
        return self.price <= FEASIBLE


def _fill(matrix: Any, rows: list[dict[int, float]]) -> None:
    """Write rows of {column: value} into a HiGHS matrix."""
    matrix.start_ = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32)
    matrix.index_ = np.array([i for row in rows for i in row], np.int32)
    matrix.value_ = np.array([a for row in rows for a in row.values()], float)


@dataclass
class System:
    """Columns and rows of one component. Add, then ask; adding after the first question is an error.

    Columns are non-negative and scaled (`scale` = typical size), so that barrels and systems can stand together.
    """

    keys: dict[Key, int] = field(default_factory=dict)
    lowers: list[float] = field(default_factory=list)
    uppers: list[float] = field(default_factory=list)
    scales: list[float] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    _highs: Any = None
    _elastic: bool = False
    _active: frozenset[str] | None = None
    _tops: Vector = field(default_factory=lambda: np.zeros(0))
    _columns: int = 0

    def column(self, key: Key, *, upper: float = math.inf, lower: float = 0.0, scale: float = 1.0) -> int:
        """Index of the column `key`, made if it does not exist."""
        if key not in self.keys:
            if self._highs is not None:
                raise RuntimeError("the program is already built")
            self.keys[key] = len(self.keys)
            self.lowers.append(lower / scale)
            self.uppers.append(upper / scale)
            self.scales.append(scale)
        return self.keys[key]

    def row(self, terms: Mapping[int, float], low: float, high: float, fact: str = "") -> None:
        """Add `low ≤ Σ terms ≤ high`; with `fact`, the row belongs to that fact."""
        scaled = {i: a * self.scales[i] for i, a in terms.items() if a}
        norm = max((abs(a) for a in scaled.values()), default=1.0)
        finite = [abs(v) for v in (low, high) if math.isfinite(v)]
        size = max([*finite, 1e-3 * norm]) if finite else norm
        if fact and ":" not in fact:
            low, high = low - MARGIN * size, high + MARGIN * size
        self.rows.append(_Row({i: a / norm for i, a in scaled.items()}, low / norm, high / norm, fact, size, norm))

    @property
    def facts(self) -> tuple[str, ...]:
        """Facts that own a row, in order."""
        return tuple(dict.fromkeys(row.fact for row in self.rows if row.fact))

    def _build(self) -> None:
        import highspy

        count = len(self.keys)
        self._fact_rows = [i for i, row in enumerate(self.rows) if row.fact]
        self._slack = {row: count + 2 * k for k, row in enumerate(self._fact_rows)}
        lp = highspy.HighsLp()
        lp.num_col_ = count + 2 * len(self._fact_rows)
        lp.num_row_ = len(self.rows)
        lp.col_cost_ = np.zeros(lp.num_col_)
        shut = np.zeros(2 * len(self._fact_rows))
        lp.col_lower_ = np.concatenate([np.array(self.lowers, float), shut])
        lp.col_upper_ = np.concatenate([np.array(self.uppers, float), shut])
        lp.row_lower_ = np.array([row.low for row in self.rows], float)
        lp.row_upper_ = np.array([row.high for row in self.rows], float)
        entries = []
        for i, row in enumerate(self.rows):
            slack = {self._slack[i]: 1.0, self._slack[i] + 1: -1.0} if i in self._slack else {}
            entries.append(row.terms | slack)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        _fill(lp.a_matrix_, entries)
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, setting in (
            ("output_flag", False),
            ("presolve", "off"),
            ("solver", "simplex"),
            ("threads", 1),
            ("primal_feasibility_tolerance", 1e-9),
            ("dual_feasibility_tolerance", 1e-9),
        ):
            highs.setOptionValue(option, setting)
        highs.passModel(lp)
        self._highs, self._columns, self._tops = highs, count, shut
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._infeasible = (
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        )

    def activate(self, facts: Collection[str] | None) -> None:
        """Let exactly these facts hold (None = all)."""
        if self._highs is None:
            self._build()
        wanted = frozenset(self.facts if facts is None else facts)
        if wanted == self._active:
            return
        changed: list[int] = []
        for i in self._fact_rows:
            row = self.rows[i]
            if self._active is None or (row.fact in wanted) != (row.fact in self._active):
                changed.append(i)
        for i in changed:
            row, on = self.rows[i], self.rows[i].fact in wanted
            self._highs.changeRowBounds(i, row.low if on else -math.inf, row.high if on else math.inf)
        self._active = wanted

    def _soften(self, rigid: Collection[str] | None) -> None:
        """Open the slacks of all facts but these (None = shut all). Costs change only with the mode."""
        elastic = rigid is not None
        tops = np.array(
            [math.inf if elastic and self.rows[i].fact not in (rigid or ()) else 0.0 for i in self._fact_rows]
        ).repeat(2)
        changed = np.flatnonzero(tops != self._tops)
        if len(changed):
            index = (self._columns + changed).astype(np.int32)
            self._highs.changeColsBounds(len(index), index, np.zeros(len(index)), tops[changed])
            self._tops = tops
        if elastic != self._elastic:
            prices = np.array(
                [self.rows[i].norm / self.rows[i].scale if elastic else 0.0 for i in self._fact_rows]
            ).repeat(2)
            index = (self._columns + np.arange(len(prices))).astype(np.int32)
            self._highs.changeColsCost(len(index), index, prices)
            if elastic:
                self._cost({}, False)
            # dual simplex where limits change, primal where only the question changes
            self._highs.setOptionValue("simplex_strategy", 1 if elastic else 4)
            self._elastic = elastic

    def _run(self) -> Any:
        self._highs.run()
        status = self._highs.getModelStatus()
        if status not in (self._optimal, *self._infeasible):
            self._highs.clearSolver()
            self._highs.run()
            status = self._highs.getModelStatus()
        return status

    def _cost(self, cost: Mapping[int, float], maximise: bool) -> None:
        import highspy

        zero = np.zeros(self._columns)
        for i, c in cost.items():
            zero[i] = c * self.scales[i]
        self._norm_cost = max(float(np.abs(zero).max(initial=0.0)), 1e-300)
        self._highs.changeColsCost(self._columns, np.arange(self._columns, dtype=np.int32), zero / self._norm_cost)
        sense = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
        self._highs.changeObjectiveSense(sense)

    def tension(self, facts: Collection[str], rigid: Collection[str] = ()) -> Tension:
        """How far `facts` are from holding together; those in `rigid` must not give way."""
        self.activate(facts)
        self._soften(rigid)
        if self._run() != self._optimal:
            return Tension(math.inf, frozenset(facts), frozenset())
        solution = self._highs.getSolution()
        values, duals = solution.col_value, solution.row_dual
        price, support, violated = 0.0, set(), set()
        for i in self._fact_rows:
            row = self.rows[i]
            if row.fact not in facts:
                continue
            give = values[self._slack[i]] + values[self._slack[i] + 1]
            price += give * row.norm / row.scale
            if give * row.norm / row.scale > FEASIBLE / 10:
                violated.add(row.fact)
            if abs(duals[i]) > 1e-9:
                support.add(row.fact)
        return Tension(price, frozenset(support), frozenset(violated))

    def give(self, fact: str, others: Collection[str]) -> float:
        """Least raw violation of `fact` if all `others` hold rigidly (in the unit of the fact's row)."""
        self.activate({fact, *others})
        self._soften(others)
        if self._run() != self._optimal:
            return math.inf
        values = self._highs.getSolution().col_value
        return float(
            sum(
                (values[self._slack[i]] + values[self._slack[i] + 1]) * self.rows[i].norm
                for i in self._fact_rows
                if self.rows[i].fact == fact
            )
        )

    def best(self, cost: Mapping[int, float], maximise: bool) -> tuple[float, Vector] | None:
        """Optimum of Σ cost·x under the active facts, rigid; None if infeasible. Raw units."""
        if self._highs is None:
            self.activate(None)
        self._soften(None)
        self._cost(cost, maximise)
        if self._run() != self._optimal:
            return None
        x = np.asarray(self._highs.getSolution().col_value[: self._columns]) * np.asarray(self.scales)
        return float(sum(c * x[i] for i, c in cost.items())), x

    def spread(self, cost: Mapping[int, float]) -> tuple[float, float]:
        """Least and greatest value of Σ cost·x under the active facts: two warm programs."""
        ends = [self.best(cost, maximise) for maximise in (False, True)]
        low, high = (math.nan if end is None else end[0] for end in ends)
        return (low, high) if low <= high else (high, low)

    def feasible_cold(self, facts: Collection[str]) -> bool:
        """Rigid feasibility, solved anew from nothing (used to verify what the warm program said)."""
        import highspy

        keep = [row for row in self.rows if not row.fact or row.fact in facts]
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.keys), len(keep)
        lp.col_cost_ = np.zeros(len(self.keys))
        lp.col_lower_, lp.col_upper_ = np.array(self.lowers, float), np.array(self.uppers, float)
        lp.row_lower_ = np.array([r.low for r in keep], float)
        lp.row_upper_ = np.array([r.high for r in keep], float)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        _fill(lp.a_matrix_, [row.terms for row in keep])
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        highs.passModel(lp)
        highs.run()
        return bool(highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def _dense(self, rows: list[_Row]) -> Vector:
        A = np.zeros((len(rows), len(self.keys)))
        for i, row in enumerate(rows):
            for j, a in row.terms.items():
                A[i, j] = a
        return A

    def polytope(self, facts: Collection[str]) -> tuple[Vector, Vector, Vector, Vector]:
        """(A, low, high, scales) of the rigid system with these facts, scaled columns, boxes as rows."""
        keep = [row for row in self.rows if not row.fact or row.fact in facts]
        A = np.vstack([self._dense(keep), np.eye(len(self.keys))])
        low = np.array([r.low for r in keep] + self.lowers, float)
        high = np.array([r.high for r in keep] + self.uppers, float)
        return A, low, high, np.array(self.scales, float)
