"""Are the arrays of a problem numbers at all? Found here, before a solver turns them into a plausible answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from counterpact.errors import CaseError, Problem
from counterpact.strategy.instance import Instance, Scenario, Vector

#: By how much probabilities may miss 1 together.
CLOSE = 1e-6
_DO = "Correct the input it was made from"


def check_scenarios(instance: Instance, scenarios: Sequence[Scenario]) -> None:
    """Raise `CaseError`, a problem for each array at fault (the first place in it), with scenario and column named."""
    problems: list[Problem] = []
    columns = instance.columns.names
    shape = (len(instance.objectives), scenarios[0].A.shape[1])
    for s, scenario in enumerate(scenarios):
        n = scenario.A.shape[1]
        if n != shape[1] or scenario.harm.shape != shape:
            raise CaseError(Problem("", what=f"scenario {s} does not have the columns of scenario 0"))
        arrays: dict[str, tuple[Vector, bool]] = {
            "ceiling": (scenario.ceiling, True),
            "harm": (scenario.harm, True),
            "cost": (scenario.fixed, True),
            "matrix": (scenario.A.data, False),
            "penalty": (scenario.penalty.data, False),
        }
        for name, (array, by_column) in arrays.items():
            if np.isfinite(array).all():
                continue
            at = np.argwhere(~np.isfinite(array))[0]
            value = array[tuple(at)]
            where = f' of column "{columns[at[-1]]}"' if by_column and at[-1] < len(columns) else ""
            problems.append(_problem(s, f"the {name}{where} is {value}, not a finite number"))
        if scenario.ceiling.min(initial=0.0) < 0:
            j = int(scenario.ceiling.argmin())
            problems.append(_problem(s, f'the ceiling of column "{columns[j]}" is negative: {scenario.ceiling[j]:g}'))
        unusable = np.isnan(scenario.lower) | np.isnan(scenario.upper) | (scenario.lower > scenario.upper)
        unusable |= (scenario.lower == np.inf) | (scenario.upper == -np.inf)
        if unusable.any():
            r = int(unusable.argmax())
            bounds = f"from {scenario.lower[r]:g} to {scenario.upper[r]:g}"
            problems.append(_problem(s, f"row {r} has limits that hold no number: {bounds}"))
        if not (np.isfinite(scenario.probability) and scenario.probability >= 0):
            problems.append(_problem(s, f"its probability is {scenario.probability:g}"))
    if problems:
        raise CaseError(problems)


def check_whole(instance: Instance) -> None:
    """Raise `CaseError` if the scenarios' probabilities do not sum to 1, or leader, weights or units are no numbers."""
    if not instance.scenarios:
        raise CaseError(Problem("", what="there is no scenario"))
    total, problems = sum(s.probability for s in instance.scenarios), []
    usable = all(s.probability >= 0 for s in instance.scenarios)  # else `check_scenarios` names the one at fault
    if usable and not abs(total - 1) <= CLOSE:
        problems.append(Problem("", what=f"the probabilities of the scenarios sum to {total:g}, not to 1", do=_DO))
    leader = instance.leader
    for r, name in enumerate(leader.resources):
        if not np.isfinite(leader.cost[r]).all():
            measure = leader.names[int((~np.isfinite(leader.cost[r])).argmax())]
            problems.append(Problem("", what=f'what "{measure}" costs in {name} is not a finite number', do=_DO))
    if not np.isfinite(leader.B.data).all() or np.isnan(leader.row_lower).any() or np.isnan(leader.row_upper).any():
        problems.append(Problem("", what="a limit on measures holds something that is not a number", do=_DO))
    if not (np.isfinite(instance.weights).all() and (instance.weights >= 0).all()):
        problems.append(Problem("", what="a weight of an objective is negative or not a number", do=_DO))
    if not (np.isfinite(instance.normalisers).all() and (instance.normalisers > 0).all()):
        problems.append(Problem("", what="a normaliser of an objective is not a positive number", do=_DO))
    if problems:
        raise CaseError(problems)


def _problem(s: int, what: str) -> Problem:
    return Problem("", what=f"scenario {s}: {what}", do=_DO)
