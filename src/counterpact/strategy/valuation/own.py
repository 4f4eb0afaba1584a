"""What the adversary would maximise if it followed its own values: what arrives and is earned, less what it pays.

Nobody publishes these values. Each objective's normaliser is taken to be worth 1 to them unless told otherwise (an
assumption, marked); what they pay is derived from the prices of the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import Problem, UsageError, nearest
from counterpact.provenance import Basis
from counterpact.strategy.instance import Instance

if TYPE_CHECKING:
    from counterpact.strategy.compiling.compile import Compiled

Array = NDArray[np.float64]


@dataclass(frozen=True)
class OwnValues:
    """Own value of a unit of each column, `value` (S, columns), and where it comes from.

    `worth`: objective → own value of one normaliser of it.
    """

    value: Array
    worth: Mapping[str, float]
    basis: Basis
    note: str


def goods_only(instance: Instance, worth: Mapping[str, float] | None = None) -> OwnValues:
    """Values of what arrives, without costs beyond emergency finance. Raises `UsageError` for an unknown objective."""
    worth = dict(worth or {})
    for name, amount in worth.items():
        if name not in instance.objectives:
            what = f'"{name}" is not an objective of this case'
            raise UsageError(Problem("", what=what, do=nearest(name, instance.objectives)))
        if not np.isfinite(amount) or amount < 0:
            raise UsageError(f"the worth of {name} must be a number from 0 up, not {amount}.")
    full = {o: float(worth.get(o, 1.0)) for o in instance.objectives}
    factor = np.array([full[o] for o in instance.objectives]) / instance.normalisers
    value = np.stack([factor @ s.harm + s.fixed for s in instance.scenarios])
    note = "Assumed: one normaliser of each objective is worth 1 to them" + (
        " except " + ", ".join(f"{o} {w:g}" for o, w in sorted(worth.items())) if worth else ""
    )
    return OwnValues(value, full, Basis.ASSUMPTION, note + ".")


def derive(compiled: Compiled, worth: Mapping[str, float] | None = None) -> OwnValues:
    """Own values of a case: what arrives, less what is paid outside the alliance at the case's prices, openings too."""
    own = goods_only(compiled.instance, worth)
    value = _without_lapses(compiled.instance, own.value) - _paid(compiled)
    note = f"{own.note} What they pay outside the alliance counts at the prices of the case, openings at their cost."
    return OwnValues(value, own.worth, Basis.ASSUMPTION, note)


def _without_lapses(instance: Instance, value: Array) -> Array:
    """`fixed` also holds the price of columns that a lapse would open; whether they are open is not a value."""
    value = value.copy()
    for s, scenario in enumerate(instance.scenarios):
        penalty = scenario.penalty.tocoo()
        for j, p in zip(penalty.row, penalty.data, strict=True):
            if p < 0:
                value[s, j] += -p
    return value


def _paid(compiled: Compiled) -> Array:
    """(S, columns) what leaves the alliance for a unit sent, in the payer's money scale."""
    from counterpact.strategy.compiling.assembly import UNOPENED
    from counterpact.strategy.compiling.programs import money_scale_of

    layout = compiled.layout
    alliance = {p.actor for p in compiled.case.purses.values()} | set(compiled.case.head.alliance)
    paid = np.zeros((len(compiled.instance.scenarios), len(compiled.instance.columns.names)))
    for j, piece in enumerate(compiled.cutting.pieces):
        channel = layout.channels[piece.channel]
        if channel.payer in alliance and channel.payee not in alliance:
            price = compiled.worth.price[:, piece.channel] * piece.gain * (1 + piece.premium)
            paid[:, j] += price / money_scale_of(layout, channel.payer)
        opener = layout.opener(channel)
        if channel.status in UNOPENED and channel.opening_cost > 0 and opener:
            capacity = np.maximum(compiled.drawn.capacity[:, piece.channel], 1e-12)
            share = channel.opening_cost * compiled.unit_scale[j] / capacity
            paid[:, j] += share / money_scale_of(layout, opener)
    return paid
