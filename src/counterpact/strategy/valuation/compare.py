"""Three readings of one package side by side, and the difference in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.instance import Vector
from counterpact.strategy.solving.reply import Oracle
from counterpact.strategy.solving.risk import Risk
from counterpact.strategy.valuation.follower import OwnReply, respond
from counterpact.strategy.valuation.own import derive

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """Combined risk, and mean harm of each objective in its own unit, under three readings of one package.

    `guarantee`: the most they could deliver of each, whatever they prefer. `pessimistic`, `optimistic`: on the reply
    that is best by their own values, ties broken against or for the coalition.
    """

    guarantee: float
    pessimistic: float
    optimistic: float
    objectives: Mapping[str, tuple[float, float, float]]  # objective → (guarantee, pessimistic, optimistic)


@dataclass(frozen=True)
class Left:
    """A channel the guarantee uses for an objective and the reply by own values does not, or less (mean amounts)."""

    objective: str
    channel: str
    guarantee: float
    own: float
    share: float  # of the difference in the objective that this channel's harm accounts for


@dataclass(frozen=True)
class Valuation:
    """What a package does under the guarantee and under their own values, today and with it."""

    measures: tuple[str, ...]
    today: Reading
    under: Reading
    left: tuple[Left, ...]
    worth: Mapping[str, float]
    basis: str
    note: str
    words: tuple[str, ...]
    risk: str


def compare(
    compiled: Compiled, z: Vector, risk: Risk, *, worth: Mapping[str, float] | None = None, oracle: Oracle | None = None
) -> Valuation:
    """Value a package (whole z) all three ways. Raises `UsageError` for an unknown objective in `worth`."""
    instance = compiled.instance
    oracle = oracle or Oracle(instance)
    own = derive(compiled, worth)
    zero = np.zeros_like(z)
    plans = oracle.sweep(z).plans
    today, under = respond(instance, own, zero), respond(instance, own, z)
    readings = [_reading(compiled, oracle, reply, risk) for reply in (today, under)]
    left = _left(compiled, plans, under)
    names = instance.leader.names
    kinds = instance.leader.kinds
    return Valuation(
        measures=tuple(n for n, k, on in zip(names, kinds, z > 0.5, strict=True) if on and k == "measure"),
        today=readings[0],
        under=readings[1],
        left=left,
        worth=own.worth,
        basis=own.basis.value,
        note=own.note,
        words=_words(compiled, readings[1], left),
        risk=str(risk),
    )


def _reading(compiled: Compiled, oracle: Oracle, reply: OwnReply, risk: Risk) -> Reading:
    instance, probability = compiled.instance, oracle.stack.probability
    values = oracle.sweep(reply.z).upper
    mean = probability @ values * instance.normalisers
    low, high = probability @ reply.low, probability @ reply.high
    return Reading(
        guarantee=risk.value(values @ instance.weights, probability),
        pessimistic=risk.value(reply.high_combined, probability),
        optimistic=risk.value(reply.low_combined, probability),
        objectives={o: (float(mean[k]), float(high[k]), float(low[k])) for k, o in enumerate(instance.objectives)},
    )


def _left(compiled: Compiled, plans: Array, under: OwnReply, most: int = 8) -> tuple[Left, ...]:
    """Routes that make the difference between the guarantee and the pessimistic reply, largest first."""
    instance = compiled.instance
    probability = np.array([s.probability for s in instance.scenarios])
    columns = instance.columns
    rows = []
    for k, objective in enumerate(instance.objectives):
        harm = np.stack([s.harm[k] for s in instance.scenarios])
        ours = np.zeros(len(columns.channel_ids))
        for j in np.flatnonzero(columns.channel >= 0):
            unit = probability * harm[:, j]
            ours[columns.channel[j]] += unit @ (plans[:, k, j] - under.high_plan[:, j])
        total = float(np.maximum(ours, 0.0).sum())
        sent = probability @ compiled.channel_flows(plans[:, k])
        theirs = probability @ compiled.channel_flows(under.high_plan)
        for i in np.flatnonzero(ours > 0.05 * max(total, 1e-12)):
            weight = float(ours[i] * instance.scale[k])
            if weight > 1e-9:
                amounts = (float(sent[i]), float(theirs[i]), float(ours[i] / total))
                rows.append((weight, Left(objective, columns.channel_ids[i], *amounts)))
    rows.sort(key=lambda row: (-row[0], row[1].objective, row[1].channel))
    return tuple(row for _, row in rows[:most])


def _words(compiled: Compiled, under: Reading, left: tuple[Left, ...]) -> tuple[str, ...]:
    """The difference in plain words."""
    said = [
        f"Whatever they prefer, combined risk is at most {under.guarantee:.3g}. If they follow their own values as "
        f"assumed it is {under.pessimistic:.3g} when they break ties against us and {under.optimistic:.3g} when they "
        "break them in our favour."
    ]
    names = {o.id: o.name for o in compiled.case.objectives.values()}
    apart = {o: g - p for o, (g, p, _) in under.objectives.items()}
    scale = dict(zip(compiled.instance.objectives, compiled.instance.scale, strict=True))
    ranked = sorted((o for o in apart if apart[o] * scale[o] > 1e-6), key=lambda o: -apart[o] * scale[o])
    for o in ranked[:3]:
        g, p, _ = under.objectives[o]
        routes = [compiled.case.channels[row.channel].name for row in left if row.objective == o][:2]
        how = f", mostly on {' and '.join(routes)}" if routes else ""
        said.append(f"{names[o]}: they could deliver {g:,.4g}, but by their own values would deliver {p:,.4g}{how}.")
    if not ranked:
        said.append("Their own values lead them to deliver as much of every objective as they can.")
    return tuple(said)
