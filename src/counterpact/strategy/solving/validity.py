"""Is the penalty large enough? Blocked columns fixed at zero must give the same value as blocked columns priced.

A column with a penalty is a slice or copy that the measure refuses whole; at z it is blocked if such a measure is on.
If p is too low, blocked columns carry flow in the priced reply and its value exceeds the value with them fixed; then no
bound found with this p holds: raise p, re-price stored plans, restart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from counterpact.errors import UnprovenError
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.linear import Program
from counterpact.strategy.solving.package import Package, Request, design
from counterpact.strategy.solving.stack import Stack


@dataclass(frozen=True)
class PenaltyCheck:
    """`excess` (S, O): priced value above the value with blocked columns fixed at zero, normalised."""

    excess: Vector
    too_low: tuple[tuple[int, int], ...]  # (scenario, objective) whose penalties let flow through

    @property
    def valid(self) -> bool:
        """Whether every penalty was large enough at the z checked."""
        return not self.too_low


def check_penalties(instance: Instance, z: Vector, priced: Vector, *, tolerance: float = 1e-6) -> PenaltyCheck:
    """Compare the priced reply values (S, O), normalised, with re-solves where blocked columns are fixed at zero.

    Raises nothing; a pair is too low when its excess passes `tolerance`·(1 + |value|).
    """
    stack = Stack(instance)
    z = np.asarray(z, dtype=np.float64)
    excess = np.zeros((stack.S, stack.O))
    guilty: list[tuple[int, int]] = []
    for s, scenario in enumerate(stack.scenarios):
        shut = scenario.penalty @ (z > 0.5) > 0
        if not shut.any():
            continue
        program = Program(csc_matrix(scenario.A), scenario.lower, scenario.upper, scenario.ceiling)
        program.fix_columns(shut)
        for o in range(stack.O):
            plan, _ = program.maximise(stack.base[s, o])
            value = float(stack.base[s, o] @ np.where(shut, 0.0, plan))
            excess[s, o] = priced[s, o] - value
            if excess[s, o] > tolerance * (1 + abs(value)):
                guilty.append((s, o))
    return PenaltyCheck(excess, tuple(guilty))


def raise_penalties(instance: Instance, factor: float = 2.0) -> Instance:
    """The instance with every penalty multiplied. Bounds and cuts found before are void."""
    scenarios = [replace(s, penalty=csr_matrix(s.penalty * factor)) for s in instance.scenarios]
    return replace(instance, scenarios=scenarios)


def design_valid(instance: Instance, request: Request, *, attempts: int = 6) -> tuple[Package, Instance]:
    """Design, check the penalties at the result, and start anew with doubled ones while they are too low.

    Returns the package and the instance it holds for. Raises `UnprovenError` after `attempts` doublings.
    """
    for _ in range(attempts):
        package = design(instance, request)
        if check_penalties(instance, package.z, package.sweep.lower).valid:
            return package, instance
        instance = raise_penalties(instance)
    raise UnprovenError(f"penalties stayed too low after {attempts} doublings: blocked columns still carry flow.")
