"""Greatest regret: how much worse a package is, in the scenario that shows it most, than the best for that scenario.

    R(x) = max_s v_s(x) − v_s*,   v_s* = min_z v_s(z)

No v_s* need be exact. With L_s ≤ v_s* ≤ U_s: R(x) ≤ max_s v_s(x) − L_s, and min_x R(x) ≥ min_x max_s v_s(x) − U_s (the
usual bounds of the min-max regret problem, Aissi, Bazgan & Vanderpooten 2009). A scenario is refined, by the package
problem of it alone (its relaxation first), only when it is the one that makes the upper bound.
"""

from __future__ import annotations

import numpy as np

from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.block_master import BlockMaster
from counterpact.strategy.solving.reply import Sweep
from counterpact.strategy.solving.risk import Risk
from counterpact.strategy.solving.robust import NODES, Progress, Robust
from counterpact.strategy.solving.search import Search

#: Scenarios refined to the end at one package; the package may be a poor one.
AT_ONCE = 6


class Regret(Robust):
    """The search with blocks, offsets refined on the way."""

    def __init__(self, search: Search, progress: Progress) -> None:
        super().__init__(search, progress)
        best = search.oracle.sweep(search.kindest)
        self.least: Vector = best.lower @ self.weights  # L
        self.most: Vector = np.full(len(self.least), np.inf)  # U
        self.relaxed_alone = np.zeros(len(self.least), dtype=bool)
        self.refined = np.zeros(len(self.least), dtype=bool)
        self.visited: list[Sweep] = []
        self._alone: dict[int, BlockMaster] = {}
        search.offset = self.least
        zero = np.zeros(len(search.limits.low))
        if search.allowed(zero):
            self.most = np.minimum(self.most, search.zero.upper @ self.weights)
        self._rebase()

    def _rebase(self) -> None:
        """After the offsets changed: the bounds of everything visited anew."""
        search = self.search
        search.offset = self.least
        search.before = search.risk(search.zero.upper)
        search.upper, search.best = np.inf, None
        for sweep in self.visited:
            search.offer(sweep)
        for s in self.master.active:
            self.master.set_offset(s, float(self.most[s]))

    def refine(self, s: int, tolerance: float, *, whole: bool = True) -> None:
        """Bound v_s* by the package problem of scenario s alone: its relaxation, then within `tolerance`."""
        search = self.search
        master = self._alone.get(s)
        if master is None:
            master = BlockMaster(search.instance, search.limits, Risk("worst"), search.probability, 0.0)
            master.admit(s)
            master.learn(s, search.zero.plans[s])
            self._alone[s] = master
        master.incumbent = self.incumbent
        stages = [False] * (not self.relaxed_alone[s]) + [True] * whole
        for stage in stages:
            for _ in range(40):
                if stage:
                    choice = master.solve(gap=0.5 * tolerance, nodes=NODES, seconds=search.left())
                else:
                    choice = master.relax()
                if not choice.feasible:
                    break
                self.least[s] = max(self.least[s], choice.bound)
                sweep = self.scenes.reply(s, choice.z)
                new = master.learn(s, sweep.plans[0])
                value = float(sweep.upper[0] @ self.weights)
                if stage:
                    cuts = search.guard.cuts(choice.z)
                    master.add_guard(cuts)
                    if cuts and any(c.constant + c.slope @ choice.z <= 1e-9 for c in cuts):
                        master.exclude(choice.z)
                    if not cuts:
                        self.most[s] = min(self.most[s], value)
                        self.incumbent = choice.z
                    if self.most[s] - self.least[s] <= tolerance or search.late or not (new or cuts):
                        break
                elif value - choice.bound <= 0.25 * tolerance or not new:
                    break
        self.least[s] = min(self.least[s], self.most[s])
        self.relaxed_alone[s] = True
        self.refined[s] |= whole

    incumbent: Vector | None = None

    def settle(self, sweep: Sweep, tolerance: float) -> None:
        """Refine until the scenario that makes the regret of `sweep` has been refined, or `AT_ONCE` have been."""
        left = AT_ONCE
        while not self.search.late:
            s = int(np.argmax(sweep.upper @ self.weights - self.least))
            if self.refined[s] or not left:
                break
            left -= int(self.relaxed_alone[s])
            self.refine(s, tolerance, whole=bool(self.relaxed_alone[s]))
            self.search.offset = self.least

    def run(self) -> None:
        """Search until the wanted gap, the limit of rounds or of time."""
        search = self.search
        scale = float((search.zero.upper @ self.weights - self.least).max())
        tolerance = max(0.2 * search.request.gap * scale, 1e-7 * (1 + scale))
        self.settle(search.zero, tolerance)
        self._rebase()
        first = int(np.argmax(search.zero.upper @ self.weights - self.least))
        self.admit(first)
        self.relaxed()
        sharp = 1.0
        for _ in range(search.request.max_rounds):
            aim = max(sharp * self.tolerance(), 1e-9)
            choice = self.master.solve(gap=aim, nodes=NODES, seconds=search.left())
            if not choice.feasible:
                self.give_up(choice)
                break
            search.lower = max(search.lower, choice.bound)
            _, new = self.grow(choice.z)
            admitted, cuts = 0, search.guard.cuts(choice.z)
            self.master.add_guard(cuts)
            if any(c.constant + c.slope @ choice.z <= 1e-9 for c in cuts):
                self.master.exclude(choice.z)
            if not cuts:
                admitted = self._visit(search.oracle.sweep(choice.z), tolerance, aim)
            search.note(phase=1, value=search.upper, added=new, admitted=admitted, refined=int(self.refined.sum()))
            if self.progress:
                share = min(1.0, search.request.gap / max(search.gap, 1e-9))
                self.progress(0.4 + 0.6 * share, f"package, gap {search.gap:.1%}")
            if search.gap <= search.request.gap or search.late:
                break
            if not new and not cuts and not admitted and self.refined[self._top()]:
                if sharp < 1e-3:
                    break
                sharp, tolerance = sharp * 0.2, tolerance * 0.2
                self.refined[:] = self.most - self.least <= tolerance

    def _top(self) -> int:
        """The scenario that makes the upper bound."""
        best = self.search.best
        return 0 if best is None else int(np.argmax(best.upper @ self.weights - self.least))

    def _visit(self, sweep: Sweep, tolerance: float, aim: float) -> int:
        """A whole package: its regret, the scenarios that make it refined and admitted. Returns how many came in."""
        self.visited.append(sweep)
        value = sweep.upper @ self.weights
        self.most = np.minimum(self.most, value)
        self.settle(sweep, tolerance)
        self._rebase()
        self.master.incumbent = self.incumbent = None if self.search.best is None else self.search.best.z
        regret, count = value - self.most, 0
        model = max((float(regret[s]) for s in self.master.active), default=-np.inf)
        for s in np.argsort(-regret, kind="stable")[:2]:
            if int(s) not in self.master.active and regret[s] > min(model, self.search.lower) + aim:
                self.admit(int(s))
                self.master.learn(int(s), sweep.plans[s])
                count += 1
        return count

    def admit(self, s: int) -> None:
        """Give scenario s a block; its offset in the lower bound is U_s."""
        if not self.refined[s]:
            self.refine(s, max(0.2 * self.search.request.gap * max(self.search.before, 0.0), 1e-9))
        super().admit(s)
        self.master.set_offset(s, float(self.most[s]))

    def outside(self, z: Vector, values: Vector, tolerance: float) -> list[int]:
        """In the relaxation no further scenario is looked for: the bounds at whole packages say which matter."""
        return []
