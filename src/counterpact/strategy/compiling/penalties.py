"""How dear a closed column must be: the most that a unit sent there could bring, so that no best plan uses it.

p ≥ max over goods of [ψ(head)·gain − ψ(tail) − c + κ·money earned]⁺ with ψ(tail), c ≥ 0 taken as 0 (STRATEGY B).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from counterpact.strategy.compiling.programs import Programs

Array = NDArray[np.float64]


def values(programs: Programs) -> tuple[Array, Array]:
    """Upper bounds, normalised, (S, O, channels): of a delivered unit with all it leads to, and of a premium of 1.

    A dollar is worth at most κ, because finance is elastic, and nothing to an objective whose useful purchases
    the cash pays in full. Which those are depends on which channels have a value: found by iteration from none.
    """
    layout = programs.layout
    normal = np.array([o.normaliser for o in layout.case.objectives.values()])
    harm = programs.worth.harm / normal[None, :, None]
    purse = {p.actor: k for k, p in enumerate(layout.purses)}
    kappa = np.array([p.finance_cost / programs.money_scale[p.actor] for p in layout.purses])
    payee = np.array([purse.get(c.payee, -1) for c in layout.channels])
    spent = _most_spent(programs)  # (S, purses, channels)
    short = np.zeros((programs.S, len(normal), len(layout.purses)), dtype=bool)
    while True:
        dollar = np.concatenate([short * kappa, np.zeros((*short.shape[:2], 1))], axis=2)
        value = _chained(programs, harm + programs.worth.price[:, None, :] * dollar[:, :, payee])
        useful = np.einsum("soc,skc->sok", (value > 0).astype(float), spent)
        now = useful > programs.room[:, None, :]
        if np.array_equal(now | short, short):
            break
        short |= now
    payer = np.array([purse.get(c.payer, -1) for c in layout.channels])
    factor = np.maximum(dollar[:, :, payer], dollar[:, :, payee])
    return value, programs.worth.net / normal[None, :, None] + programs.worth.price[:, None, :] * factor


def _chained(programs: Programs, own: Array) -> Array:
    """`own` value of a unit delivered plus ψ of its junction: the most that leaving it again can bring.

    ψ(junction) = max over what may leave it of gain·(own + ψ(head)), whatever the rest of the plan.
    """
    layout = programs.layout
    gain = np.ones((programs.S, len(layout.channels)))
    for p in programs.cutting.pieces:
        gain[:, p.channel] = np.maximum(gain[:, p.channel], p.gain)
    psi = np.zeros((programs.S, own.shape[1], len(layout.nodes) + 1))  # the last: no junction, nothing further
    tails = [layout.nodes.get((c.from_place, c.good), -1) for c in layout.channels]
    heads = [layout.nodes.get((c.to_place, c.good), -1) for c in layout.channels]
    for _ in range(len(layout.nodes) + 1):
        before = psi.copy()
        for i, (tail, head) in enumerate(zip(tails, heads, strict=True)):
            if tail >= 0:
                value = gain[:, None, i] * (own[:, :, i] + psi[:, :, head])
                psi[:, :, tail] = np.maximum(psi[:, :, tail], value)
        if np.array_equal(before, psi):
            break
    chained: Array = own + psi[:, :, heads]
    return chained


def _most_spent(programs: Programs) -> Array:
    """(S, purses, channels) most that each channel can cost each purse, in its money scale."""
    most = np.zeros((programs.S, len(programs.layout.purses), len(programs.layout.channels)))
    for k, purse in enumerate(programs.layout.purses):
        dearest: dict[tuple[int, int], Array] = {}
        for j, amount in programs.spent(purse.actor).items():
            p = programs.cutting.pieces[j]
            full = np.maximum(0.0, amount) * p.ceiling / programs.piece_scale[j]
            key = (p.channel, p.slice_)
            dearest[key] = np.maximum(dearest.get(key, np.zeros(programs.S)), full)
        for (i, _), full in dearest.items():
            most[:, k, i] += full
    return most


def penalties(programs: Programs) -> tuple[list[tuple[int, int]], Array]:
    """Pattern (column, variable) and values (S, entries): P of every scenario.

    Blocked column: p = max over objectives of gain·value. Copy closed by a deterrent: only what it saves against
    its nearest sibling that bears the deterrent, since that sibling's reduced value is never positive.
    """
    value, premium = values(programs)
    matters = np.any(value > 0, axis=0).reshape(
        value.shape[1:]
    )  # (O, channels): a column worth nothing to an objective cannot change it
    for p in programs.cutting.pieces:
        for variable in (*p.blocked, *p.relief):
            programs.relevance[:, variable] |= matters[:, p.channel]
    value, premium = np.maximum(value, 0.0).max(axis=1), premium.max(axis=1)
    table: dict[tuple[int, int], Array] = {}
    for j, p in enumerate(programs.cutting.pieces):
        full = p.gain * value[:, p.channel]
        for variable, mask in p.blocked.items():
            table[j, variable] = table.get((j, variable), 0.0) + mask * full
        for variable, (gain, extra) in p.relief.items():
            saved = gain * value[:, p.channel] + extra * p.gain * premium[:, p.channel]
            table[j, variable] = table.get((j, variable), 0.0) + saved
    keys = [key for key in sorted(table) if np.any(table[key] > 0)]
    if not keys:
        return [], np.zeros((programs.S, 0))
    return keys, np.stack([table[key] for key in keys], axis=1)
