"""How far a package is from the best for *all* scenarios that could be drawn, not only those it was designed on.

Batches of fresh scenarios, all alike (Mak, Morton & Wood 1999): with v̂_k the least risk of batch k's own best package
and f̂_k the risk of the given package x there,

    E v̂_k ≤ v* = min_z f(z),      E f̂_k = f(x),      so   f(x) − v* ≤ E (f̂_k − v̂_k)

and Student's t bounds the means from the batches. It holds where the risk is a mean of something told scenario by
scenario: the mean; satisficing (1 where a scenario fails); CVaR as the mean of η + (v − η)⁺/(1 − α) with η fixed
before the fresh scenarios are seen (then E f̂_k ≥ f(x)). It does not hold for the worst and for regret: more scenarios
only make them greater, and no sample bounds by how much; they are refused. A batch knows the guard of its own scenarios
only, so its best is at most that of all: the bound from below stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from counterpact.errors import UsageError
from counterpact.strategy.instance import Instance, Vector
from counterpact.strategy.solving.guard import Guard
from counterpact.strategy.solving.package import Package, design
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from counterpact.strategy.solving.search import EPSILON, FEASIBLE

Maker = Callable[[int], tuple[Instance, Vector]]
"""Number of a batch → fresh scenarios with the package's leader, and the package in that leader's variables."""


@dataclass(frozen=True)
class Estimate:
    """A mean over batches; `low` and `high` each hold with the confidence asked for (one side)."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class FreshBound:
    """What fresh scenarios say of a package. `gap.high`: the package is at most that far from the best, in risk."""

    risk: str
    batches: int
    scenarios: int  # in each batch
    confidence: float
    today: Estimate  # the risk without a package
    package: Estimate  # the package's risk, from above
    best: Estimate  # bounds the least risk any package can have, from below
    gap: Estimate
    gap_share: float  # gap.high as a share of the achievable effect
    no_room: float  # share of the fresh scenarios in which the package leaves too little room for civilian goods
    label: str


def fresh_bound(
    instance: Instance,
    package: Package,
    make: Maker,
    *,
    batches: int = 10,
    confidence: float = 0.95,
    gap: float = 0.02,
    progress: Callable[[str], None] | None = None,
) -> FreshBound:
    """Design anew on each of `batches` batches, to `gap` of the effect, and judge the package on the same scenarios.

    `instance`: the one the package was designed on.

    Raises `UsageError` for the worst and regret, fewer than two batches, or a confidence outside (.5, 1).
    """
    risk = package.request.risk
    refuse(risk, batches, confidence)
    eta = edge(instance, package)
    request = replace(package.request, gap=gap, every_value=False)
    rows, lacking, count = [], 0, 0
    for k in range(batches):
        if progress:
            progress(f"fresh scenarios, batch {k + 1} of {batches}")
        drawn, z = make(k)
        oracle, guard = Oracle(drawn), Guard(drawn)
        found = design(drawn, request, oracle=oracle, guard=guard)
        share = oracle.stack.probability / oracle.stack.probability.sum()
        today, under = (one.upper @ drawn.weights for one in (oracle.zero(), oracle.sweep(z)))
        judged = [float(share @ scores(risk, values, today, eta)) for values in (today, under)]
        rows.append([*judged, found.lower_bound])
        lacking += len(guard.shortfalls(z))
        count += len(drawn.scenarios)
    table = np.array(rows)
    before, reached, least = (estimate(column, confidence) for column in table.T)
    distance = estimate(table[:, 1] - table[:, 2], confidence)
    high = max(0.0, distance.high)
    return FreshBound(
        str(risk), batches, count // batches, confidence, before, reached, least, replace(distance, high=high),
        high / max(before.mean - least.mean, EPSILON), lacking / count,
        f"{batches} batches of {count // batches} fresh scenarios; bounds at {confidence:.0%} confidence, each side",
    )  # fmt: skip


def refuse(risk: Risk, batches: int, confidence: float = 0.95) -> None:
    """Raise `UsageError` for what `fresh_bound` cannot answer; call it before anything is designed."""
    if risk.kind in ("worst", "regret"):
        raise UsageError(
            f"fresh scenarios cannot bound the {risk}: what was not drawn may be worse, and no sample says by how "
            "much. Ask for mean, a tail as in cvar90, or satisfice20."
        )
    if batches < 2:
        raise UsageError(f"a bound needs at least 2 batches of fresh scenarios, not {batches}; 10 is usual.")
    if not 0.5 < confidence < 1:
        raise UsageError(f"the confidence must lie between .5 and 1, not {confidence}.")


def edge(instance: Instance, package: Package) -> float:
    """η of a tail: the combined value on its edge in the package's own scenarios; 0 for other attitudes."""
    risk = package.request.risk
    if risk.kind != "cvar":
        return 0.0
    values: Vector = package.sweep.upper @ instance.weights
    counted = risk.weights(values, np.array([s.probability for s in instance.scenarios])) > 0
    return float(values[counted].min())


def scores(risk: Risk, values: Vector, today: Vector, eta: float) -> Vector:
    """What the risk is the mean of, (S,), from combined values and those without a package, (S,)."""
    if risk.kind == "cvar":
        tail: Vector = eta + np.maximum(values - eta, 0.0) / (1 - risk.alpha)
        return tail
    if risk.kind == "satisfice":
        failed: Vector = (values > (1 - risk.threshold) * today + FEASIBLE * (1 + np.abs(today))).astype(np.float64)
        return failed
    return values


def estimate(values: Vector, confidence: float) -> Estimate:
    """Mean and one-sided t limits of independent values (K,), K ≥ 2."""
    from scipy.special import stdtrit

    mean = float(values.mean())
    reach = float(stdtrit(len(values) - 1, confidence) * values.std(ddof=1) / np.sqrt(len(values)))
    return Estimate(mean, mean - reach, mean + reach)
