"""What of the case the adversary's programs are about: relevant channels, junctions, purses, who blocks and deters.

A channel matters if it delivers harm, feeds one that does, or earns money for a purse that pays for one. Others stay
outside the programs (they could not change any reply) and are listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from counterpact.case.case import Case
from counterpact.case.model import Channel, Effect, ObjectiveTerm, Purse
from counterpact.case.values import ChannelStatus, EffectKind, GoodKind
from counterpact.strategy.compiling.levers import Levers

PERIOD_MONTHS = 12
"""Length of the one period of the model; a channel that takes longer to open is not available."""


@dataclass(frozen=True)
class Touch:
    """One effect of one lever on one channel. `variable`: leader variable. `kept`: in force today, and the
    variable is 1 when it is let go."""

    variable: int
    measure: str
    effect: str
    kept: bool


@dataclass(frozen=True)
class Layout:
    """Static structure, the same in every scenario. Channels are those that matter, in case order."""

    case: Case
    levers: Levers
    effects: Mapping[str, Effect]
    channels: tuple[Channel, ...]
    outside: tuple[str, ...]
    late: tuple[str, ...]

    @cached_property
    def blocks(self) -> dict[str, tuple[Touch, ...]]:
        """Channel → block effects of levers."""
        return self._touches((EffectKind.BLOCK,))

    @cached_property
    def deters(self) -> dict[str, tuple[Touch, ...]]:
        """Channel → deterring effects of levers."""
        return self._touches((EffectKind.DETER_LOSS, EffectKind.DETER_PREMIUM))

    def _touches(self, kinds: tuple[EffectKind, ...]) -> dict[str, tuple[Touch, ...]]:
        found: dict[str, list[Touch]] = {}
        for effect in self.effects.values():
            if effect.measure not in self.levers.measure or self.case.effect_kind(effect) not in kinds:
                continue
            touch = Touch(
                self.levers.measure[effect.measure],
                effect.measure,
                effect.id,
                effect.measure in self.levers.kept,
            )
            for channel in effect.channels:
                found.setdefault(channel, []).append(touch)
        return {channel: tuple(touches) for channel, touches in found.items()}

    @cached_property
    def nodes(self) -> dict[tuple[str, str], int]:
        """Junctions (place, good) that need a conservation row: both ends used, or a limit on what leaves."""
        supply = {(lim.place, lim.good) for lim in self.case.limits.values() if lim.role == "supply"}
        heads = {(c.to_place, c.good) for c in self.channels}
        found: dict[tuple[str, str], int] = {}
        for c in self.channels:
            key = (c.from_place, c.good)
            if key in heads or key in supply:
                found.setdefault(key, len(found))
        return found

    @cached_property
    def purses(self) -> tuple[Purse, ...]:
        """Purses of alliance members that pay for a channel of the model."""
        payers = {c.payer for c in self.channels if c.payer} | {
            self.opener(c) for c in self.channels if c.opening_cost > 0
        }
        return tuple(p for p in self.case.purses.values() if p.actor in payers)

    def opener(self, channel: Channel) -> str:
        """Alliance member that pays to open a potential channel: the payer, else the end in the alliance."""
        purses = {p.actor for p in self.case.purses.values()}
        for actor in (
            channel.payer,
            self.case.state_of(channel.to_place),
            self.case.state_of(channel.from_place),
        ):
            if actor in purses:
                return actor
        return ""

    @cached_property
    def terms(self) -> dict[str, tuple[ObjectiveTerm, ...]]:
        """Channel → objective terms that count its deliveries."""
        found: dict[str, list[ObjectiveTerm]] = {}
        for term in self.case.objective_terms.values():
            found.setdefault(term.channel, []).append(term)
        return {channel: tuple(terms) for channel, terms in found.items()}

    def is_money(self, channel: Channel) -> bool:
        """True if the good itself is money: a premium is then taken from the amount."""
        return self.case.goods[channel.good].kind is GoodKind.MONEY

    def chains(self, touches: tuple[Touch, ...]) -> list[list[int]]:
        """Positions in `touches` grouped into ladders of nested levels, weakest first; one measure once."""
        position: dict[str, list[int]] = {}
        for i, touch in enumerate(touches):
            position.setdefault(touch.measure, []).append(i)
        below = {m: self.case.measures[m].level_of for m in position}

        def bottom(m: str) -> str:
            seen = {m}
            while (lower := self.case.measures[m].level_of) and lower not in seen:
                seen.add(lower)
                m = lower
            return m

        def depth(m: str) -> int:
            steps, seen = 0, {m}
            while (lower := self.case.measures[m].level_of) and lower not in seen:
                seen.add(lower)
                m, steps = lower, steps + 1
            return steps

        ladders: dict[str, list[str]] = {}
        for m in below:
            ladders.setdefault(bottom(m), []).append(m)
        return [[i for m in sorted(ladder, key=depth) for i in position[m]] for ladder in ladders.values()]


def build_layout(case: Case, levers: Levers, effects: Mapping[str, Effect], *, months: int = PERIOD_MONTHS) -> Layout:
    """The structure of a case's adversary model. `months`: a channel that takes longer to open is not available."""
    unopened = (ChannelStatus.POTENTIAL, ChannelStatus.PLANNED)
    late = tuple(c.id for c in case.channels.values() if c.status in unopened and c.opening_lag_months > months)
    usable = [c for c in case.channels.values() if c.id not in late]
    relevant = {t.channel for t in case.objective_terms.values()}
    purses = {p.actor for p in case.purses.values()}
    while True:
        tails = {(c.from_place, c.good) for c in usable if c.id in relevant}
        payers = {c.payer for c in usable if c.id in relevant and c.payer in purses}
        more = {
            c.id
            for c in usable
            if c.id not in relevant and ((c.to_place, c.good) in tails or (c.payee and c.payee in payers))
        }
        if not more:
            break
        relevant |= more
    channels = tuple(c for c in usable if c.id in relevant)
    outside = tuple(c.id for c in usable if c.id not in relevant)
    return Layout(case, levers, dict(effects), channels, outside, late)
