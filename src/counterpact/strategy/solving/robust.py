"""Columns and constraints: dual blocks for the scenarios that bind, found by asking for the replies that hurt most.

First the relaxation: solve the leader's problem, ask the active scenarios for their replies, write their columns down,
until the blocks say the same as the replies; then ask which other scenario is worse, and admit it. Then the same with
whole measures. The blocks bound the risk from below, dual bounds of the replies at whole z bound it from above.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.block_master import BlockMaster
from counterpact.strategy.solving.explain import explain
from counterpact.strategy.solving.master import Choice
from counterpact.strategy.solving.reply import Cuts, Oracle, Sweep
from counterpact.strategy.solving.search import Search

Progress = Callable[[float, str], None] | None
#: Gap to which the master is solved, as a share of the wanted gap; and of the present one.
AIM, LOOSE = 0.25, 0.2
#: Most scenarios admitted in one turn.
ADMIT = 4
NODES = 100_000


class Scenes:
    """One oracle for each scenario, made when first asked: a reply costs nothing in the other scenarios."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._oracles: dict[int, Oracle] = {}
        self.last: dict[int, Sweep] = {}
        self.solved = 0

    def reply(self, s: int, z: Vector) -> Sweep:
        """The sweep (one scenario) of scenario s at z."""
        if s not in self._oracles:
            self._oracles[s] = Oracle(self.instance, np.array([s]))
        last = self.last.get(s)
        if last is None or not np.array_equal(last.z, z):
            last = self.last[s] = self._oracles[s].sweep(z)
            self.solved += last.solved
        return last


class Robust:
    """The state of one search with blocks."""

    def __init__(self, search: Search, progress: Progress) -> None:
        self.search, self.progress = search, progress
        self.weights = search.instance.weights
        self.scenes = Scenes(search.instance)
        request = search.request
        floor = search.floor() if request.risk.kind == "cvar" else 0.0
        self.master = BlockMaster(search.instance, search.limits, request.risk, search.probability, floor)
        self.upper = search.zero.upper @ self.weights  # bound of each scenario at the present z
        self.stage = 0.0

    # what is known of scenarios ---------------------------------------------------------------------------

    def bounds(self, z: Vector) -> Vector:
        """Upper bounds (S,) at z from the duals known: none is solved."""
        return self.search.known_upper(z) @ self.weights

    def admit(self, s: int) -> None:
        """Give scenario s a block with the columns of the replies known."""
        self.master.admit(s, float(self.search.offset[s]))
        self.master.learn(s, self.search.zero.plans[s])
        if s in self.scenes.last:
            self.master.learn(s, self.scenes.last[s].plans[0])

    def grow(self, z: Vector) -> tuple[Vector, int]:
        """Replies of the active scenarios at z: values (S,), −inf elsewhere, and the columns that were new."""
        values, new = np.full(len(self.search.probability), -np.inf), 0
        for s in self.master.active:
            sweep = self.scenes.reply(s, z)
            values[s] = float(sweep.lower[0] @ self.weights)
            new += self.master.learn(s, sweep.plans[0])
        return values, new

    def danger(self, z: Vector, values: Vector, tolerance: float) -> list[int]:
        """Worst: solve scenarios in order of their bounds until none left can be worse.

        Returns the scenarios that are worse than the active ones by more than `tolerance`.
        """
        upper, offset = self.bounds(z), self.search.offset
        for s in self.master.active:
            upper[s] = float(self.scenes.reply(s, z).upper[0] @ self.weights)
        worst = float((values - offset).max())
        known = worst
        outside = np.ones(len(upper), dtype=bool)
        outside[self.master.active] = False
        worse: list[tuple[float, int]] = []
        while True:
            left = np.flatnonzero(outside & (upper - offset > known + 0.5 * tolerance))
            if not len(left):
                break
            s = int(left[np.argmax((upper - offset)[left])])
            outside[s] = False
            sweep = self.scenes.reply(s, z)
            upper[s] = float(sweep.upper[0] @ self.weights)
            value = float(sweep.lower[0] @ self.weights) - offset[s]
            known = max(known, value)
            if value > worst + tolerance:
                worse.append((value, s))
        return [s for _, s in sorted(worse, key=lambda pair: (-pair[0], pair[1]))]

    def assemble(self, z: Vector) -> Sweep:
        """All that is known at z as one sweep: solved scenarios exactly, the others by plans and duals of z = 0."""
        zero, stack = self.search.zero, self.search.oracle.stack
        plans, duals = zero.plans.copy(), zero.duals.copy()
        solved = 0
        for s, sweep in self.scenes.last.items():
            if np.array_equal(sweep.z, z):
                plans[s] = sweep.plans[0]
                duals[stack.row_start[s] : stack.row_start[s + 1]] = sweep.duals
                solved += 1
        cost = stack.costs(z)
        duals = stack.project(duals)
        lower = np.einsum("soj,soj->so", cost, plans)
        upper = stack.dual_bound(stack.dual_parts(duals), cost)
        return Sweep(z, lower, upper, plans, duals, Cuts(*stack.cuts(plans)), solved)

    # the two phases -----------------------------------------------------------------------------------------

    def run(self) -> None:
        """Search until the wanted gap, the limit of rounds or of time."""
        for s in self.start():
            self.admit(s)
        self.relaxed()
        self.whole()

    def start(self) -> list[int]:
        """Scenarios admitted first."""
        value = self.search.zero.lower @ self.weights - self.search.offset
        order = np.argsort(-value, kind="stable")
        risk, share = self.search.request.risk, self.search.probability / self.search.probability.sum()
        if risk.kind == "mean":
            return [int(s) for s in np.flatnonzero(share > 0)]
        if risk.kind == "cvar":
            q = risk.weights(value, self.search.probability)
            return [int(s) for s in np.flatnonzero(q > 0)]
        return [int(order[0])]

    def tolerance(self) -> float:
        """What is near enough, in risk."""
        search = self.search
        lower = search.lower if np.isfinite(search.lower) else 0.0
        return AIM * search.request.gap * max(search.before - lower, 1e-9)

    def outside(self, z: Vector, values: Vector, tolerance: float) -> list[int]:
        """Scenarios to admit at z, the worst first."""
        kind = self.search.request.risk.kind
        if kind in ("worst", "regret"):
            return self.danger(z, values, tolerance)
        if kind == "mean":
            return []
        upper = self.bounds(z)
        for s in self.master.active:
            upper[s] = values[s]
        for _ in range(len(upper)):
            q = self.search.request.risk.weights(upper, self.search.probability)
            ask = [
                int(s)
                for s in np.flatnonzero(q > 0)
                if s not in self.scenes.last or not np.array_equal(self.scenes.last[int(s)].z, z)
            ]
            if not ask:
                break
            for s in ask:
                upper[s] = float(self.scenes.reply(s, z).lower[0] @ self.weights)
        return [int(s) for s in np.flatnonzero(q > 0) if int(s) not in self.master.active]

    def relaxed(self, rounds: int = 60) -> None:
        """The relaxation, until blocks and replies agree and no other scenario is worse."""
        search = self.search
        for turn in range(rounds):
            choice = self.master.relax()
            if not choice.feasible:
                raise explain(search.instance.leader, search.limits)
            search.lower = max(search.lower, choice.bound)
            values, new = self.grow(choice.z)
            short = self.short(values, choice)
            near = max(self.tolerance(), 1e-9 * (1 + abs(search.lower)))
            admitted: list[int] = []
            if short <= near or not new:
                admitted = self.outside(choice.z, values, near)
                for s in admitted[: self.most_at_once()]:
                    self.admit(s)
            search.note(phase=0, value=short, added=new, admitted=len(admitted), solved=self.scenes.solved)
            if self.progress:
                self.progress(0.1 + 0.3 * min(1.0, turn / 12), f"relaxation, round {turn + 1}")
            if (not admitted and (short <= near or not new)) or search.late:
                break

    def most_at_once(self) -> int:
        """How many scenarios may come in at once."""
        return ADMIT if self.search.request.risk.kind in ("worst", "regret") else 1_000_000

    def short(self, values: Vector, choice: Choice) -> float:
        """How far the blocks lie below the replies of the active scenarios, in risk terms: the largest of them."""
        model = choice.theta
        return float(max(values[s] - model[k] for k, s in enumerate(self.master.active)))

    def give_up(self, choice: Choice) -> None:
        """The leader's problem gave no point: say why if there is none at all."""
        if choice.proven_infeasible and self.search.best is None:
            raise explain(self.search.instance.leader, self.search.limits, self.search.guard)

    def whole(self) -> None:
        """Whole measures: solve, ask, write down, until the gap is closed."""
        search, request, sharp = self.search, self.search.request, 1.0
        for _ in range(request.max_rounds):
            aim = self.tolerance()
            if np.isfinite(search.upper):
                aim = max(aim, LOOSE * (search.upper - search.lower))
            choice = self.master.solve(gap=sharp * aim, nodes=NODES, seconds=search.left())
            if not choice.feasible:
                self.give_up(choice)
                break
            search.lower = max(search.lower, choice.bound)
            cuts = search.guard.cuts(choice.z)
            values, new = self.grow(choice.z)
            admitted: list[int] = []
            if cuts:
                self.master.add_guard(cuts)
                if any(c.constant + c.slope @ choice.z <= 1e-9 for c in cuts):
                    self.master.exclude(choice.z)
            else:
                admitted = self.outside(choice.z, values, sharp * aim)
                if search.offer(self.assemble(choice.z)):
                    self.master.incumbent = choice.z
                for s in admitted[: self.most_at_once()]:
                    self.admit(s)
            search.note(
                phase=1, value=search.upper, added=new, admitted=len(admitted), solved=self.scenes.solved,
                nodes=self.master.nodes, columns=self.master.columns,
            )  # fmt: skip
            if self.progress:
                self.progress(
                    0.4 + 0.6 * min(1.0, request.gap / max(search.gap, 1e-9)), f"package, gap {search.gap:.1%}"
                )
            if search.gap <= request.gap or search.late:
                break
            if not new and not cuts and not admitted:
                if sharp < 1e-3:
                    break
                sharp *= 0.2
