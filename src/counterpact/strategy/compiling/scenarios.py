"""Scenarios: for each, a sample of the picture as status quo, and drawn capacities, effects, prices and limits.

Flow is not capacity: a channel can carry from the flow seen up to its physical limit, and how much of the room
between the two can be used is a draw of its own (`spare`, one per mode). Nothing is ever set so low that the status
quo itself would be impossible: capacities, supplies, demands and cash are at least what the sampled flows need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from counterpact.case.model import Channel, Effect
from counterpact.case.values import ChannelStatus, EffectKind
from counterpact.picture.result import Picture
from counterpact.provenance import Basis
from counterpact.strategy.compiling.draws import CORNERS, Draws
from counterpact.strategy.compiling.layout import Layout, Touch
from counterpact.strategy.compiling.participation import Participation, enforced, take_part

Array = NDArray[np.float64]

SPARE = (0.0, 1.0)
"""Share of the room between flow and physical limit that can be used within the period. Assumption, widest possible."""
UNOPENED = (ChannelStatus.POTENTIAL, ChannelStatus.PLANNED)


@dataclass(frozen=True)
class Drawn:
    """Everything drawn, arrays over scenarios. `flows`: (S, channels of the layout); `row`: sample used.

    `participation`: on which leader variables each effect hangs; its levers are the layout's.
    """

    layout: Layout
    draws: Draws
    flows: Array
    row: NDArray[np.int64]
    world: NDArray[np.int64]
    picture: Picture
    participation: Participation
    spare: tuple[float, float] = SPARE

    @cached_property
    def capacity(self) -> Array:
        """(S, channels) what each channel could carry; never below its flow."""
        columns = []
        for i, c in enumerate(self.layout.channels):
            flow = self.flows[:, i]
            limit = self.draws.between(f"limit:{c.id}", c.capacity_low, c.capacity_high, "room")
            spare = self.draws.between(f"spare:{c.mode}", *self.spare, "room")
            usable = limit if c.status in UNOPENED else flow + spare * np.maximum(0.0, limit - flow)
            columns.append(np.maximum(flow, usable))
        return np.stack(columns, axis=1) if columns else np.zeros((self.draws.S, 0))

    def factor(self, factor_id: str, unit: str) -> Array:
        """(S,) what one `unit` is worth on the other side of a factor; follows the sample where that drew it."""
        factor = self.layout.case.factors[factor_id]
        name = f"factor:{factor_id}"
        if name not in self.draws.values and factor_id in self.picture.samples.factors:
            self.draws.values[name] = np.asarray(self.picture.samples.factors[factor_id], dtype=float)[self.row]
        low, high = factor.low or 0.0, factor.high if factor.high is not None else (factor.low or 0.0)
        value = self.draws.between(name, low, high)
        inverse = unit != factor.from_unit and unit == factor.to_unit
        return 1.0 / np.maximum(value, 1e-300) if inverse else value

    def price(self, channel: Channel) -> Array:
        """(S,) hard currency per unit delivered; 0 where nobody pays or earns within the model."""
        if not channel.price:
            is_usd = self.layout.is_money(channel) and channel.unit == "USD" and (channel.payer or channel.payee)
            return np.full(self.draws.S, 1.0 if is_usd else 0.0)
        return self.factor(channel.price, channel.unit)

    def strength(self, effect: Effect) -> Array:
        """(S,) drawn strength of an effect: one draw per family for assumptions, per effect for evidence."""
        low, high = self.layout.case.effect_interval(effect)
        assumed = effect.basis == Basis.ASSUMPTION
        name = f"effect:{effect.family}" if assumed else f"effect:{effect.id}"
        if assumed and (effect.low is not None or effect.high is not None):
            position = self.draws.between(f"position:{effect.family}", 0.0, 1.0, "effect")
            drawn: Array = low + (high - low) * position
            return drawn
        return self.draws.between(name, low, high, "effect")

    def block_share(self, touch: Touch, i: int) -> Array:
        """(S,) share of channel i's capacity that a block removes.

        An observed change is a change in *flow*: the share is fitted so that the flow after it is (1 − change) of
        the flow before, φ = 1 − (1 − change)·flow/capacity; it is not the change itself unless the channel was full.
        """
        effect = self.layout.effects[touch.effect]
        strength = np.clip(self.strength(effect), 0.0, 1.0)
        if effect.basis != Basis.OBSERVED:
            return strength
        return fitted_share(strength, self.flows[:, i], self.capacity[:, i])

    def overlap(self) -> Array:
        """(S,) one draw for how blocks of different measures overlap: a quarter nested, a quarter independent (NaN),
        the rest anywhere between nested and disjoint."""
        u = self.draws.between("overlap", 0.0, 1.0, "effect")
        return np.where(u < 0.25, 0.0, np.where(u < 0.5, np.nan, 2 * (u - 0.5)))

    def kind(self, touch: Touch) -> EffectKind:
        """The kind of the effect behind a touch."""
        return self.layout.case.effect_kind(self.layout.effects[touch.effect])


def fitted_share(change: Array, flow: Array, capacity: Array) -> Array:
    """Share of capacity to remove so that a flow falls by `change`; `change` itself where the channel is not in use.

    >>> float(fitted_share(np.array([0.28]), np.array([70.0]), np.array([100.0]))[0].round(4))
    0.496
    """
    used = (flow > 0) & (capacity > 0)
    after = (1.0 - change) * flow / np.where(capacity > 0, capacity, 1.0)
    share: Array = np.where(used, 1.0 - after, change)
    return np.clip(share, 0.0, 1.0)


def draw(
    layout: Layout,
    picture: Picture,
    scenarios: int,
    seed: int,
    spare: tuple[float, float] = SPARE,
    chances: Mapping[str, tuple[float, float]] | None = None,
) -> Drawn:
    """Choose samples and prepare the draws. Samples are used evenly; the corners take the busiest and quietest.

    `chances`: actor → interval of the probability that it takes part; actors not named always do. The layout of the
    result has a leader with the variables that needs.
    """
    draws = Draws(scenarios, seed)
    participation = enforced(layout, take_part(draws, chances or {}), scenarios)
    layout = replace(layout, levers=participation.levers)
    flows = np.maximum(0.0, np.asarray(picture.samples.flows, dtype=float))
    position = {channel: k for k, channel in enumerate(picture.channels)}
    chosen = [position.get(c.id, -1) for c in layout.channels]
    ours = np.where(np.array(chosen) >= 0, flows[:, chosen], 0.0) if len(flows) else np.zeros((1, len(chosen)))
    limit = np.array([max(c.capacity_high, 1e-12) for c in layout.channels])
    busy = (ours / limit).mean(axis=1) if ours.shape[1] else np.zeros(len(ours))
    n = scenarios - draws.corners
    order = np.random.default_rng([seed, 1]).permutation(len(ours))
    row = np.resize(order, n)
    if draws.corners:
        ends = [int(busy.argmax()) if corner[0] else int(busy.argmin()) for corner in CORNERS]
        row = np.concatenate([row, ends])
    row = row.astype(np.int64)
    status = np.array([c.status in UNOPENED for c in layout.channels], dtype=bool)
    taken = np.where(status[None, :], 0.0, ours[row])
    world = (
        np.asarray(picture.samples.world, dtype=np.int64)[row] if len(flows) else np.zeros(scenarios, dtype=np.int64)
    )
    return Drawn(layout, draws, taken, row, world, picture, participation, spare)
