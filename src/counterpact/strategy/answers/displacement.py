"""Displacement: where the flow goes. Stable reply under the measures less stable reply today, channel by channel.

A channel can serve several objectives; each objective's reply is one course the adversary may take. The figure of a
channel is its largest use over these courses, today and under the measures.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from counterpact.strategy.answers.representatives import Representatives, spread
from counterpact.strategy.answers.routes import routes
from counterpact.strategy.answers.stable_replies import Stable
from counterpact.strategy.compiling.compile import Compiled
from counterpact.strategy.outcome import Reply, Shift

Array = NDArray[np.float64]


def channel_use(compiled: Compiled, stable: Stable) -> Array:
    """(K, channels) largest amount sent over the objectives' stable replies, in the unit of the good."""
    use: Array = compiled.channel_flows(stable.plans).max(axis=1)
    return use


def shifts(compiled: Compiled, chosen: Representatives, today: Stable, under: Stable, z: Array) -> list[Shift]:
    """Displacement of every channel that changes, largest change (as a share of its capacity) first."""
    before, after = channel_use(compiled, today), channel_use(compiled, under)
    layout, leader = compiled.layout, compiled.instance.leader
    found = []
    for i, c in enumerate(layout.channels):
        change = after[:, i] - before[:, i]
        size = float(chosen.weight @ np.abs(change)) / max(float(compiled.drawn.capacity[:, i].mean()), 1e-12)
        if size < 1e-4:
            continue
        touches = layout.blocks.get(c.id, ()) + layout.deters.get(c.id, ())
        acting = sorted({leader.names[t.variable] for t in touches if z[t.variable] > 0.5})
        shift = Shift(
            channel=c.id,
            name=c.name,
            unit=c.unit,
            today=spread(before[:, i], chosen.weight, c.unit),
            under=spread(after[:, i], chosen.weight, c.unit),
            change=spread(change, chosen.weight, c.unit),
            blocked_by=tuple(acting),
        )
        found.append((-size, c.id, shift))
    return [shift for _, _, shift in sorted(found, key=lambda item: item[:2])]


def reply(compiled: Compiled, chosen: Representatives, stable: Stable, values: Array, z: Array) -> Reply:
    """The adversary's reply in names. `values`: (S, O) best values at z, own units, all scenarios."""
    instance = compiled.instance
    probability = np.array([s.probability for s in instance.scenarios])
    use = channel_use(compiled, stable)
    return Reply(
        measures=tuple(n for n, on in zip(instance.leader.names, z > 0.5, strict=True) if on),
        objectives={
            o.id: spread(values[:, k], probability, o.unit) for k, o in enumerate(compiled.case.objectives.values())
        },
        routes=tuple(routes(compiled, chosen.index, chosen.weight, stable.plans)),
        channels={
            c.id: spread(use[:, i], chosen.weight, c.unit)
            for i, c in enumerate(compiled.layout.channels)
            if use[:, i].max() > 0
        },
        scenarios=len(chosen.index),
        note=(
            f"Routes of the reply nearest to the status quo, on {len(chosen.index)} representative scenarios of "
            f"{len(instance.scenarios)}. Each objective is the most they could deliver of it, whatever they prefer."
        ),
    )
