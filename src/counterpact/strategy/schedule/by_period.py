"""The risk in each period: as the horizon's replies make it, and at most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.schedule.expand import Expanded, expand
from counterpact.strategy.schedule.periods import Periods
from counterpact.strategy.solving.reply import Oracle, Sweep
from counterpact.strategy.solving.stack import Stack

Array = NDArray[np.float64]


def shares(expanded: Expanded, stack: Stack, sweep: Sweep) -> Array:
    """(S, O, T) what the sweep's plans do in each period, normalised, a year. Finance and penalties count."""
    periods = expanded.periods
    value = stack.costs(sweep.z) * sweep.plans
    found = np.stack([value[:, :, expanded.period == t].sum(axis=2) for t in range(periods.count)], axis=2)
    yearly: Array = found * periods.weight / (periods.factor * periods.years)
    return yearly


def most(expanded: Expanded, z: Vector) -> Array:
    """(S, O, T) an upper bound at z, by safe duals, on the harm of each period alone, normalised, a year.

    The adversary plans up to that period for that period only; what it can save up before, it does.
    """
    years = expanded.periods.years
    found = np.zeros((len(expanded.base.scenarios), len(expanded.base.objectives), expanded.periods.count))
    for t in range(expanded.periods.count):
        short, positions = _until(expanded, t)
        found[:, :, t] = Oracle(short).sweep(z[positions]).upper * float(years[: t + 1].sum() / years[t])
    return found


def _until(expanded: Expanded, t: int) -> tuple[Instance, NDArray[np.int64]]:
    """The instance up to period t with harm in period t alone, and where its decisions stand among all."""
    short = expand(
        expanded.base,
        Periods(expanded.periods.labels[: t + 1]),
        expanded.links,
        liftable={m for m, _ in expanded.decisions.starting},
        lagged=expanded.lagged,
        done={m: one for m, one in expanded.done.items() if one.period <= t},
    )
    counts = short.period == t
    scenarios = [replace(s, harm=np.where(counts, s.harm, 0.0)) for s in short.instance.scenarios]
    names = {name: k for k, name in enumerate(expanded.instance.leader.names)}
    positions = np.array([names[name] for name in short.instance.leader.names], dtype=np.int64)
    return replace(short.instance, scenarios=scenarios), positions
