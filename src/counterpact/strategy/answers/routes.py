"""Routes: a plan taken apart into chains of channels that end where harm is delivered, losses on the way included.

Each delivery is traced back: at a junction it came over the arriving channels, the fullest first, until a place that
nothing arrives at (or that has its own supply). Amounts are those delivered at the end, in the objective's unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.answers.representatives import spread
from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.outcome import Route

Array = NDArray[np.float64]
Chain = tuple[str, ...]

SMALL = 1e-7


def take_apart(
    sent: Mapping[str, float],
    arrived: Mapping[str, float],
    ends: Mapping[str, tuple[tuple[str, str], tuple[str, str]]],
    harm: Mapping[str, float],
) -> dict[Chain, float]:
    """Routes of one plan.

    `sent`, `arrived`: amount by channel in one unit per good; `ends`: channel → (tail, head) junctions;
    `harm`: channel → harm per unit arrived. The sum over routes is Σ harm·arrived.
    """  # fmt: skip
    left = {c: arrived[c] for c in sent if arrived[c] > SMALL}
    into: dict[tuple[str, str], list[str]] = {}
    for c in left:
        into.setdefault(ends[c][1], []).append(c)
    found: dict[Chain, float] = {}
    for last in sorted(c for c in left if harm.get(c, 0.0) > 0):
        want = arrived[last]
        while want > SMALL:
            chain, amount = _back(last, want, left, into, ends, sent, arrived)
            key = tuple(reversed(chain))
            found[key] = found.get(key, 0.0) + amount * harm[last]
            want -= amount
    return found


def _back(
    last: str,
    want: float,
    left: dict[str, float],
    into: Mapping[tuple[str, str], Sequence[str]],
    ends: Mapping[str, tuple[tuple[str, str], tuple[str, str]]],
    sent: Mapping[str, float],
    arrived: Mapping[str, float],
) -> tuple[list[str], float]:
    """One chain ending with `last`, and how much of its delivery came that way. What is used is taken off `left`."""
    chain, shares, amount, ratio = [last], [1.0], want, 1.0
    at = last
    while True:
        ratio = ratio * sent[at] / arrived[at]  # units needed at the tail per unit finally delivered
        before = [c for c in into.get(ends[at][0], ()) if c not in chain and left.get(c, 0.0) > SMALL]
        if not before:
            break
        at = max(before, key=lambda c: (left[c], c))
        amount = min(amount, left[at] / ratio)
        chain.append(at)
        shares.append(ratio)
    amount = max(amount, min(want, SMALL * 10))
    for c, r in zip(chain[1:], shares[1:], strict=True):
        left[c] = max(0.0, left[c] - amount * r)
    return chain, amount


def routes(compiled: Compiled, index: NDArray[np.int64], weight: Array, plans: Array) -> list[Route]:
    """Routes of stable replies (K, O, columns) on scenarios `index`, largest normalised harm first."""
    columns, layout = compiled.instance.columns, compiled.layout
    ends = {c.id: ((c.from_place, c.good), (c.to_place, c.good)) for c in layout.channels}
    ids = columns.channel_ids
    real = np.flatnonzero(columns.channel >= 0)
    objectives = list(layout.case.objectives.values())
    table: dict[tuple[int, Chain], Array] = {}
    for k, s in enumerate(index):
        for o in range(len(objectives)):
            y = plans[k, o]
            sent, arrived, harm = np.zeros(len(ids)), np.zeros(len(ids)), np.zeros(len(ids))
            np.add.at(sent, columns.channel[real], y[real])
            np.add.at(arrived, columns.channel[real], y[real] * compiled.gains[s, real])
            np.add.at(harm, columns.channel[real], y[real] * compiled.instance.scenarios[s].harm[o, real])
            used = [i for i in range(len(ids)) if arrived[i] > SMALL]
            chains = take_apart(
                {ids[i]: float(sent[i]) for i in used},
                {ids[i]: float(arrived[i]) for i in used},
                ends,
                {ids[i]: float(harm[i] / arrived[i]) for i in used},
            )
            for chain, amount in chains.items():
                table.setdefault((o, chain), np.zeros(len(index)))[k] += amount
    totals = np.zeros(len(objectives))
    for (o, _), amounts in table.items():
        totals[o] += float(weight @ amounts)
    result = [
        Route(
            objective=objectives[o].id,
            channels=chain,
            harm=spread(amounts, weight, objectives[o].unit),
            share=float(weight @ amounts) / totals[o],
            used_in=float(weight @ (amounts > 0)),
        )
        for (o, chain), amounts in table.items()
    ]
    scale = dict(zip(compiled.instance.objectives, compiled.instance.scale, strict=True))
    return sorted(result, key=lambda r: (-r.harm.mean * scale[r.objective], r.key))
