"""Room for civilian goods: the channels through which a people is supplied, scenario by scenario (STRATEGY C).

A measure that touches a civilian channel closes a share of it: the share a block removes or a loss takes, drawn as
elsewhere (a financial measure does so through its effect on civilian channels, the de-risking interval). What must be
bought in hard currency is bought with the purse and with today's earnings; measures that cut earnings cut that room.
Measures in force are in the baseline already; letting one go only opens room, which the guard does not count on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from counterpact.case.model import Channel, CivilianNeed
from counterpact.case.values import ChannelStatus, EffectKind, GoodKind
from counterpact.strategy.compiling.layout import Layout, Touch
from counterpact.strategy.compiling.scenarios import Drawn, fitted_share
from counterpact.strategy.instance import CivilianSystem

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Column:
    channel: Channel
    civilian: bool  # False: an earning channel that pays for imports
    ceiling: Array
    price: Array


def civilian_channels(layout: Layout) -> list[Channel]:
    """Open channels that lead civilian goods to a place with a need."""
    goods = {g.id for g in layout.case.goods.values() if g.kind is GoodKind.CIVILIAN}
    usable = [
        c
        for c in layout.case.channels.values()
        if c.good in goods and c.status not in (ChannelStatus.POTENTIAL, ChannelStatus.PLANNED)
    ]
    wanted = {(n.place, n.good) for n in layout.case.needs.values()}
    found: set[str] = set()
    while True:
        more = {c.id for c in usable if c.id not in found and (c.to_place, c.good) in wanted}
        if not more:
            return [c for c in usable if c.id in found]
        found |= more
        wanted |= {(c.from_place, c.good) for c in usable if c.id in more}


def build_guard(drawn: Drawn, extra_flows: dict[str, Array]) -> list[CivilianSystem | None]:
    """One civilian system per scenario; None everywhere if the case states no need.

    `extra_flows`: (S,) sampled flow of channels outside the adversary's layout.
    """
    case, S = drawn.layout.case, drawn.draws.S
    channels = civilian_channels(drawn.layout)
    needs = [n for n in case.needs.values() if any((c.to_place, c.good) == (n.place, n.good) for c in channels)]
    if not needs:
        return [None] * S
    payers = {c.payer for c in channels if c.payer} & {p.actor for p in case.purses.values()}
    earning = [c for c in case.channels.values() if c.payee in payers and c not in channels]
    columns = [_column(drawn, c, True, extra_flows) for c in channels]
    columns += [_column(drawn, c, False, extra_flows) for c in earning]
    scale = _scales(columns)
    closes = _closes(drawn, columns, extra_flows)
    delivered = _delivered(columns, needs, scale)
    amounts = np.stack([_required(drawn, n) for n in needs], axis=1)
    A, upper = _rows(drawn, columns, scale, sorted(payers))
    names = tuple(f"{case.goods[n.good].name} at {case.actors[n.place].name}" for n in needs)
    ceiling = np.stack([c.ceiling for c in columns], axis=1) / scale
    return [
        CivilianSystem(
            A=csc_matrix(A[s]),
            lower=np.full(A.shape[1], -np.inf),
            upper=upper[s],
            ceiling=ceiling[s],
            closes=csr_matrix(closes[s]),
            delivered=delivered,
            required=amounts[s],
            names=names,
        )
        for s in range(S)
    ]


def _column(drawn: Drawn, channel: Channel, civilian: bool, extra: dict[str, Array]) -> _Column:
    flow = _flow(drawn, channel, extra)
    if not civilian:
        return _Column(channel, False, flow, drawn.price(channel))
    limit = drawn.draws.between(f"limit:{channel.id}", channel.capacity_low, channel.capacity_high, "room")
    return _Column(channel, True, np.maximum(flow, limit), drawn.price(channel))


def _flow(drawn: Drawn, channel: Channel, extra: dict[str, Array]) -> Array:
    ids = [c.id for c in drawn.layout.channels]
    if channel.id in ids:
        return drawn.flows[:, ids.index(channel.id)]
    return extra.get(channel.id, np.zeros(drawn.draws.S))


def _scales(columns: list[_Column]) -> Array:
    """One amount per good, so that figures are of order one."""
    biggest: dict[str, float] = {}
    for c in columns:
        biggest[c.channel.good] = max(biggest.get(c.channel.good, 1e-12), float(c.ceiling.max()))
    return np.array([biggest[c.channel.good] for c in columns])


def _required(drawn: Drawn, need: CivilianNeed) -> Array:
    low = need.low or 0.0
    return drawn.draws.between(f"need:{need.id}", low, need.high if need.high is not None else low)


def _closes(drawn: Drawn, columns: list[_Column], extra: dict[str, Array]) -> Array:
    """(S, columns, variables) share of a column that each measure closes."""
    layout = drawn.layout
    closes = np.zeros((drawn.draws.S, len(columns), len(layout.levers.leader.names)))
    for j, column in enumerate(columns):
        touches: tuple[Touch, ...] = layout.blocks.get(column.channel.id, ()) + layout.deters.get(column.channel.id, ())
        for t in touches:
            if t.kept:
                continue
            effect = layout.effects[t.effect]
            share = np.maximum(0.0, drawn.strength(effect))
            if drawn.kind(t) is EffectKind.DETER_PREMIUM:
                share = share / (1.0 + share)  # the same money buys that much less
            share = np.minimum(1.0, share)
            if drawn.kind(t) is EffectKind.BLOCK and effect.basis.value == "observed change":
                share = fitted_share(share, _flow(drawn, column.channel, extra), column.ceiling)
            for variable, where in drawn.participation.guarded(t, column.channel.id):
                closes[:, j, variable] = np.maximum(closes[:, j, variable], share * where)
    return closes


def _delivered(columns: list[_Column], needs: list[CivilianNeed], scale: Array) -> csr_matrix:
    """(needs, columns) what arrives at a place less what leaves it again."""
    table = np.zeros((len(needs), len(columns)))
    for j, c in enumerate(columns):
        for i, n in enumerate(needs):
            if c.civilian and c.channel.good == n.good:
                table[i, j] += scale[j] * (c.channel.to_place == n.place)
                table[i, j] -= scale[j] * (c.channel.from_place == n.place)
    return csr_matrix(table)


def _rows(drawn: Drawn, columns: list[_Column], scale: Array, payers: list[str]) -> tuple[Array, Array]:
    """Conservation at places passed through and one money row per payer: A (S, rows, columns), upper (S, rows)."""
    S, n = drawn.draws.S, len(columns)
    heads = {(c.channel.to_place, c.channel.good) for c in columns if c.civilian}
    passed = sorted({(c.channel.from_place, c.channel.good) for c in columns if c.civilian} & heads)
    A = np.zeros((S, len(passed) + len(payers), n))
    upper = np.zeros((S, len(passed) + len(payers)))
    for r, key in enumerate(passed):
        for j, c in enumerate(columns):
            if c.civilian:
                leaves, comes = (
                    (c.channel.from_place, c.channel.good) == key,
                    (c.channel.to_place, c.channel.good) == key,
                )
                A[:, r, j] = float(leaves) - float(comes)
        upper[:, r] = _stock(drawn, *key)
    for r, payer in enumerate(payers, start=len(passed)):
        spent, earned = np.zeros(S), np.zeros(S)
        for j, c in enumerate(columns):
            sign = float(c.channel.payer == payer) - float(c.channel.payee == payer)
            A[:, r, j] = sign * c.price * scale[j]
            spent += c.price * c.ceiling * (sign > 0)
            earned += c.price * c.ceiling * (sign < 0)
        size = np.maximum(1.0, spent)
        purse = next(p for p in drawn.layout.case.purses.values() if p.actor == payer)
        cash = drawn.draws.between(
            f"cash:{purse.id}", purse.low or 0.0, purse.high if purse.high is not None else purse.low or 0.0, "room"
        )
        A[:, r, :] /= size[:, None]
        upper[:, r] = cash / size
    return A, upper


def _stock(drawn: Drawn, place: str, good: str) -> Array:
    """(S,) own production or stock of a place that its channels may carry on."""
    total = np.zeros(drawn.draws.S)
    for limit in drawn.layout.case.limits.values():
        if limit.role == "supply" and (limit.place, limit.good) == (place, good):
            low = limit.low or 0.0
            total = total + drawn.draws.between(
                f"supply:{limit.id}", low, limit.high if limit.high is not None else low, "room"
            )
    return total
