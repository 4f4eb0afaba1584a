"""The adversary's programs as arrays: columns (channel × slice × copy), rows, harms and penalties, for all scenarios.

Every column is counted in a fixed amount of its good (`unit_scale`), so that all numbers are of order one.
One sparsity pattern serves all scenarios; only the numbers differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from counterpact.case.model import Channel
from counterpact.case.values import ChannelStatus, EffectKind
from counterpact.strategy.compiling.layout import Touch
from counterpact.strategy.compiling.scenarios import Drawn
from counterpact.strategy.compiling.slices import Copy, Deterrent, Slices, copies, cut, independent_placement

Array = NDArray[np.float64]
UNOPENED = (ChannelStatus.POTENTIAL, ChannelStatus.PLANNED)


@dataclass(frozen=True)
class Piece:
    """One column over all scenarios. `ceiling`, `gain`, `premium`: (S,). `blocked`: variable → (S,) 0/1.

    `relief`: variable → (gain, premium) saved against bearing that measure. `row`: shared capacity row or −1.
    """

    channel: int
    slice_: int
    copy: int
    ceiling: Array
    gain: Array
    premium: Array
    blocked: dict[int, Array]
    relief: dict[int, tuple[Array, Array]]
    row: int


@dataclass
class Cutting:
    """All channels cut.

    `totals`: (channel, amount) of channels with a stretch that opens when a measure lapses: a row that ties it to the
    rest of its channel. `loosened[(channel, variable)]`: mean share of capacity a measure no longer blocks.
    """

    pieces: list[Piece] = field(default_factory=list)
    shared: list[tuple[int, int, Array]] = field(default_factory=list)  # capacity rows: channel, slice, (S,) amount
    totals: list[tuple[int, Array]] = field(default_factory=list)
    loosened: dict[tuple[int, int], float] = field(default_factory=dict)


def cut_channels(drawn: Drawn) -> Cutting:
    """Columns of every channel of the layout."""
    result = Cutting()
    for i, channel in enumerate(drawn.layout.channels):
        _cut_one(drawn, i, channel, result)
    return result


def _cut_one(drawn: Drawn, i: int, channel: Channel, out: Cutting) -> None:
    layout, S = drawn.layout, drawn.draws.S
    touches = layout.blocks.get(channel.id, ())
    kept = [t for t in touches if t.kept]
    levers = tuple(t for t in touches if not t.kept)
    phi = np.stack([drawn.block_share(t, i) for t in levers], axis=1) if levers else np.zeros((S, 0))
    parts = _slices(drawn, i, levers, phi, out)
    capacity = drawn.capacity[:, i]
    amounts: list[tuple[Array, dict[int, Array]]] = []
    for k in range(parts.share.shape[1]):
        blocked: dict[int, Array] = {}
        for m, t in enumerate(levers):
            for variable, where in drawn.participation.acting(t, channel.id):
                mask = parts.blocked[:, k, m] * where
                if mask.any():
                    blocked[variable] = np.maximum(blocked.get(variable, np.zeros(S)), mask)
        amounts.append((capacity * parts.share[:, k], blocked))
    for t in kept:
        removed = np.minimum(0.9, drawn.block_share(t, i))
        closers = {t.variable: np.ones(S)}
        for m, u in enumerate(levers):
            for variable, where in drawn.participation.acting(u, channel.id):
                closers[variable] = np.maximum(closers.get(variable, np.zeros(S)), (phi[:, m] > 0.999) * where)
        amounts.append((capacity * removed / (1.0 - removed), {v: b for v, b in closers.items() if b.any()}))
    if kept:
        out.totals.append((i, np.sum([amount for amount, _ in amounts], axis=0)))
    variants = _variants(drawn, channel)
    for k, (amount, blocked) in enumerate(amounts):
        row = -1
        if len(variants) > 1:
            row = len(out.shared)
            out.shared.append((i, k, amount))
        for c, variant in enumerate(variants):
            out.pieces.append(Piece(i, k, c, amount, variant.gain, variant.premium, blocked, variant.relief, row))


def _slices(drawn: Drawn, i: int, levers: tuple[Touch, ...], phi: Array, out: Cutting) -> Slices:
    S = drawn.draws.S
    if not levers:
        return Slices(np.ones((S, 1)), np.zeros((S, 1, 0), dtype=bool), np.zeros((S, 0)))
    chains = drawn.layout.chains(levers)
    reach = np.stack([phi[:, chain].max(axis=1) for chain in chains], axis=1)
    t = drawn.overlap()
    independent = np.isnan(t)
    if independent.any():
        t = np.where(independent, 0.0, t)
        if len(chains) > 1:
            t[independent] = independent_placement(reach[independent])
    parts = cut(chains, phi, t)
    for m, touch in enumerate(levers):
        if parts.loosened[:, m].max() > 1e-9:
            out.loosened[i, touch.variable] = float(parts.loosened[:, m].mean())
    return parts


def _variants(drawn: Drawn, channel: Channel) -> list[Copy]:
    """Copies of every slice of a channel; `relief` by leader variable. Today's kept losses are in the flow already."""
    layout, S = drawn.layout, drawn.draws.S
    found: list[Deterrent] = []
    touch: list[Touch] = []
    priced = bool(channel.price) or layout.is_money(channel)
    for t in layout.deters.get(channel.id, ()):
        loss = drawn.kind(t) is EffectKind.DETER_LOSS
        if not loss and not priced:
            continue  # a premium on a channel without a price changes nothing within the model
        amount = drawn.strength(layout.effects[t.effect])
        if not loss and layout.is_money(channel):
            loss = True  # on money a premium is a fee taken from the amount
        found.append(Deterrent(t.variable, np.clip(amount, 0.0, 0.999) if loss else amount, loss))
        touch.append(t)
    built = copies(found, S)
    today_gain, today_premium = np.ones(S), np.zeros(S)
    for d, t in zip(found, touch, strict=True):
        if t.kept and d.loss:
            today_gain = today_gain * (1 - d.amount) if len(found) <= 2 else np.minimum(today_gain, 1 - d.amount)
        elif t.kept:
            today_premium = today_premium + d.amount if len(found) <= 2 else np.maximum(today_premium, d.amount)
    result = []
    for copy in built:
        relief: dict[int, tuple[Array, Array]] = {}
        for index, (gain, premium) in copy.relief.items():
            for variable, where in drawn.participation.acting(touch[index], channel.id):
                g, p = relief.get(variable, (np.zeros(S), np.zeros(S)))
                relief[variable] = (g + where * gain / today_gain, p + where * premium)
        result.append(Copy(copy.gain / today_gain, copy.premium - today_premium, relief))
    return result


@dataclass(frozen=True)
class Worth:
    """What a delivered unit of each channel brings, (S, ...), in scaled units.

    `harm`: (S, O, channels) own unit of the objective. `net`: (S, O, channels) the part of it from which a premium is
    taken. `price`: (S, channels) hard currency (USD) per scaled unit.
    """

    harm: Array
    net: Array
    price: Array


def worth(drawn: Drawn, unit_scale: Array) -> Worth:
    """Harm and money per scaled unit delivered."""
    layout, S = drawn.layout, drawn.draws.S
    objectives = {o: k for k, o in enumerate(layout.case.objectives)}
    n = len(layout.channels)
    harm, net = np.zeros((S, len(objectives), n)), np.zeros((S, len(objectives), n))
    price = np.zeros((S, n))
    alliance = {p.actor for p in layout.case.purses.values()} | set(layout.case.head.alliance)
    for i, channel in enumerate(layout.channels):
        price[:, i] = drawn.price(channel) * unit_scale[i]
        for term in layout.terms.get(channel.id, ()):
            factor = drawn.factor(term.factor, channel.unit) if term.factor else np.ones(S)
            amount = factor * unit_scale[i]
            harm[:, objectives[term.objective], i] += amount
            if (
                term.factor
                and term.factor == channel.price
                and channel.payee in alliance
                and not layout.is_money(channel)
            ):
                net[:, objectives[term.objective], i] += amount
    return Worth(harm, net, price)
