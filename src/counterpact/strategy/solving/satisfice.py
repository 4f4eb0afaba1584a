"""Satisficing: the least probability of scenarios that do not come down to their threshold.

    min Σ_s p_s f_s   s.t.  θ_s ≤ M_s + (V_s − M_s) f_s,  θ_s ≥ H_s restricted,  f_s ∈ {0, 1}

M_s = v_s(0)·(1 − share); V_s: a value v_s never passes. A scenario comes in when it fails at a package found; one
left out counts as kept, so the bound holds.
"""

from __future__ import annotations

import numpy as np

from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.robust import NODES, Progress, Robust
from counterpact.strategy.solving.search import Search


class Satisfice(Robust):
    """The search with a block and a yes-or-no for each scenario that may fail."""

    def __init__(self, search: Search, progress: Progress) -> None:
        super().__init__(search, progress)
        self.highest: Vector = search.oracle.sweep(1.0 - search.kindest).upper @ self.weights

    def run(self) -> None:
        """Search until the wanted gap, the limit of rounds or of time."""
        search = self.search
        step = float((search.probability / search.probability.sum()).min())
        for _ in range(search.request.max_rounds):
            choice = self.master.solve(gap=0.45 * step, nodes=NODES, seconds=search.left())
            if not choice.feasible:
                self.give_up(choice)
                break
            search.lower = max(search.lower, choice.bound, 0.0)
            cuts, new = search.guard.cuts(choice.z), 0
            sweep = search.oracle.sweep(choice.z)
            self.master.add_guard(cuts)
            if any(c.constant + c.slope @ choice.z <= 1e-9 for c in cuts):
                self.master.exclude(choice.z)
            if not cuts and search.offer(sweep):
                self.master.incumbent = choice.z
            for s in np.flatnonzero(sweep.upper @ self.weights > search.offset + search.slack):
                new += self._failing(int(s), sweep.plans[s])
            search.note(phase=1, value=search.upper, added=new, admitted=len(self.master.active))
            if self.progress:
                share = min(1.0, search.request.gap / max(search.gap, 1e-9))
                self.progress(0.4 + 0.6 * share, f"package, gap {search.gap:.1%}")
            if search.gap <= search.request.gap or search.late or (not new and not cuts):
                break

    def _failing(self, s: int, plans: Vector) -> int:
        """Let a scenario that fails be seen by the leader's problem; returns how many columns are new."""
        search, known = self.search, s in self.master.active
        if not known:
            self.master.admit(s, float(search.offset[s] + 2 * search.slack[s]), float(self.highest[s]))
            self.master.learn(s, search.zero.plans[s])
        return self.master.learn(s, plans) + (not known)
