"""The reconciliation program of each independent component: conservation, ceilings, factors, facts.

Columns: `("f", channel, cell)` flow in a time cell; `("g", factor, channels, cell)` the flow of a group of
channels in the estimand's unit where the factor varies; `("u", factor)` = 1/c where the factor is one common constant c
(then `lo ≤ c·Σf ≤ hi` is `lo·u ≤ Σf ≤ hi·u`: still linear, so nothing is scanned to test consistency);
`("y", estimand, cell)` and `("l", estimand, months)` amounts and levels of estimands outside the network.

Rows that a fact may overrule carry its id; ceilings and limits carry `ceiling:channel:year`, `limit:id:year`
and give way to facts (an assumption never beats a claim), which a check then says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from counterpact.case.case import Case
from counterpact.case.model import Channel, Estimand, Factor
from counterpact.picture.cells import Cells
from counterpact.picture.evidence import ADDITIVE, Evidence, Role, each_estimand
from counterpact.picture.network import UNUSED, Network, signed
from counterpact.picture.system import System
from counterpact.quantity import Period

OUTER = 10.0
"""Outermost ceiling as a multiple of the stated one: where flows stop when facts overrule a ceiling."""


@dataclass(frozen=True)
class Form:
    """A linear form over columns; with `common`, the value is the form times 1/u of that factor."""

    cost: Mapping[int, float]
    common: str = ""


@dataclass
class Component:
    """An independent part of the picture: its evidence and its linear program."""

    case: Case
    channels: tuple[str, ...]
    limits: tuple[Evidence, ...]
    cells: Cells
    system: System = field(default_factory=System)
    estimands: tuple[Estimand, ...] = ()
    _blocks: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    _signatures: dict[tuple[str, str], tuple[tuple[str, float], ...]] = field(default_factory=dict)
    _outer: dict[str, float] = field(default_factory=dict)

    @property
    def ceilings(self) -> tuple[str, ...]:
        """Ids of ceiling and limit rows."""
        return tuple(name for name in self.system.facts if ":" in name)

    @property
    def binding(self) -> tuple[str, ...]:
        """Ids of the facts that bind and have a row here."""
        rows = set(self.system.facts)
        return tuple(e.id for e in self.limits if e.role is Role.BINDS and e.id in rows)

    def scale(self, channel: str) -> float:
        """Typical size of a channel's flow, for scaling."""
        return self.outer(channel) / OUTER or 1.0

    def outer(self, channel: str) -> float:
        """Outermost ceiling of a year's flow, in the channel's unit."""
        if channel in self._outer:
            return self._outer[channel]
        row = self.case.channels[channel]
        sizes = [row.capacity_high, row.capacity_low]
        for e in self.limits:
            if channel in signed(e.estimand.channels):
                low, _ = self.ratio(e.estimand.factor, row.unit, e.estimand.unit)
                sizes += [abs(v) / low for v in (e.low, e.high) if math.isfinite(v)]
        self._outer[channel] = OUTER * (max(sizes) or 1.0)
        return self._outer[channel]

    def ratio(self, factor_id: str, unit: str, to_unit: str) -> tuple[float, float]:
        """Interval of the factor that turns `unit` into `to_unit`; (1, 1) without a factor."""
        if not factor_id:
            return 1.0, 1.0
        row = self.case.factors[factor_id]
        low, high = row.low or 1.0, row.high or row.low or 1.0
        if row.from_unit == to_unit and row.to_unit == unit and unit != to_unit:
            return 1 / high, 1 / low
        return low, high

    def form(self, weights: Mapping[str, float], factor: str, cells: Iterable[int], unit: str, to_unit: str) -> Form:
        """Σ weights·flow over cells, turned by the factor into `to_unit`."""
        low, high = self.ratio(factor, unit, to_unit)
        cells = list(cells)
        flows = {self._flow(ch, cell): w for ch, w in weights.items() if ch in self.channels for cell in cells}
        if low == high:
            return Form({i: w * low for i, w in flows.items()})
        if not self.case.factors[factor].varies:
            self.system.column(("u", factor), lower=1 / high, upper=1 / low, scale=1 / math.sqrt(low * high))
            return Form(flows, factor)
        converted: dict[int, float] = {}
        for channel, w in weights.items():
            if channel in self.channels:
                group = self.group(factor, channel)
                blocks = self._cut(("g", factor, *group), group[0], factor)
                for cell in cells:
                    converted[self._converted(factor, group, blocks, cell, (low, high))] = w
        return Form(converted)

    def _flow(self, channel: str, cell: int) -> int:
        return self.system.column(("f", channel, self.block(channel)[cell]), scale=self.scale(channel))

    def block(self, channel: str) -> list[int]:
        """First cell of the block that each cell belongs to: a channel is cut only where its own facts cut it.

        Blocks end with the year, so that a year stays a union of blocks.
        """
        return self._cut((channel,), channel)

    def _edges(self, channel: str, factor: str | None = None) -> set[date]:
        """Days on which facts about the channel (with that factor only) begin or end."""
        return {
            day
            for e in self.limits
            if channel in signed(e.estimand.channels) and factor in (None, e.estimand.factor)
            for day in (e.first, e.end)
        }

    def _cut(self, name: tuple[str, ...], channel: str, factor: str | None = None) -> list[int]:
        if name not in self._blocks:
            edges = self._edges(channel, factor)
            starts: list[int] = []
            for cell, day in enumerate(self.cells.edges[:-1]):
                new = day in edges or (day.month, day.day) == (1, 1) or cell == 0
                starts.append(cell if new else starts[-1])
            self._blocks[name] = starts
        return self._blocks[name]

    def group(self, factor: str, channel: str) -> tuple[str, ...]:
        """Channels that every estimand and objective with this factor takes together: one converted sum.

        A factor that varies by channel and period leaves their sum anywhere between its ends, so nothing is lost.
        """
        mine = self._signature(factor, channel)
        return tuple(c for c in self.channels if self._signature(factor, c) == mine)

    def _signature(self, factor: str, channel: str) -> tuple[tuple[str, float], ...]:
        key = (factor, channel)
        if key not in self._signatures:
            found = [
                (e.id, signed(e.channels)[channel])
                for e in self.case.estimands.values()
                if e.factor == factor and channel in signed(e.channels) and e.kind in ADDITIVE
            ]
            found += [
                (t.objective, 1.0)
                for t in self.case.objective_terms.values()
                if t.factor == factor and t.channel == channel
            ]
            self._signatures[key] = tuple(found)
        return self._signatures[key]

    def ends_block(self, channel: str, cell: int) -> bool:
        """True if the channel is cut at the end of this cell."""
        block = self.block(channel)
        return cell + 1 == len(block) or block[cell + 1] != block[cell]

    def _converted(
        self, factor: str, group: tuple[str, ...], blocks: list[int], cell: int, ratio: tuple[float, float]
    ) -> int:
        """Column of a group's flow in a block, converted; made with its two links to the flow."""
        key = ("g", factor, group, blocks[cell])
        if key not in self.system.keys:
            cells = [c for c, start in enumerate(blocks) if start == blocks[cell]]
            flows = {self._flow(ch, c): 1.0 for ch in group for c in cells}
            scale = max(self.scale(ch) for ch in group) * math.sqrt(ratio[0] * ratio[1])
            column = self.system.column(key, scale=scale)
            self.system.row({column: 1.0} | dict.fromkeys(flows, -ratio[0]), 0.0, math.inf)
            self.system.row({column: 1.0} | dict.fromkeys(flows, -ratio[1]), -math.inf, 0.0)
        return self.system.column(key)

    def estimand_form(self, estimand: Estimand, cells: Iterable[int]) -> Form:
        """An estimand of the network as a form."""
        weights = signed(estimand.channels)
        unit = next((self.case.channels[c].unit for c in weights if c in self.case.channels), estimand.unit)
        return self.form(weights, estimand.factor, cells, unit, estimand.unit)

    def limit(self, form: Form, low: float, high: float, fact: str) -> None:
        """Add `low ≤ form ≤ high` owned by a fact."""
        if not form.common:
            self.system.row(form.cost, low, high, fact)
            return
        u = self.system.column(("u", form.common))
        if math.isfinite(low):
            self.system.row({**form.cost, u: -low}, 0.0, math.inf, fact)
        if math.isfinite(high):
            self.system.row({**form.cost, u: -high}, -math.inf, 0.0, fact)


def _add_flows(part: Component, network: Network, ceilings: bool) -> None:
    """Conservation within each year (nothing leaves before it arrived), ceilings, limits."""
    inside = set(part.channels)
    for channel in part.channels:
        for cell in range(len(part.cells)):
            part._flow(channel, cell)
    for key in network.transit:
        come = [c for c in network.arriving[key] if c in inside]
        go = [c for c in network.leaving[key] if c in inside]
        if not come:
            continue
        for year in part.cells.years:
            terms: dict[int, float] = {}
            of_year = part.cells.of_year(year)
            for cell in of_year:
                terms |= {part._flow(c, cell): 1.0 for c in come} | {part._flow(c, cell): -1.0 for c in go}
                last = cell == of_year[-1]
                if last or all(part.ends_block(c, cell) for c in come + go):
                    part.system.row(terms, 0.0, 0.0 if last else math.inf)
    for channel in part.channels:
        _add_ceilings(part, part.case.channels[channel], ceilings)
    if not ceilings:
        return
    horizon = range(part.case.head.horizon[0], part.case.head.horizon[1] + 1)
    for limit in part.case.limits.values():
        arcs = [c for c in network.limited(limit) if c in inside]
        if limit.high is None or not arcs:
            continue
        for year in (y for y in part.cells.years if y in horizon):
            columns = {part._flow(c, cell): 1.0 for c in arcs for cell in part.cells.of_year(year)}
            part.system.row(columns, -math.inf, limit.high, f"limit:{limit.id}:{year}")


def unused_in(channel: Channel, year: int, case: Case) -> bool:
    """True if the case says that the channel carries nothing in that year (not open yet, or only potential)."""
    if channel.since and Period(channel.since).first.year > year:
        return True
    return channel.status in UNUSED and not channel.since and year <= case.head.baseline


def _add_ceilings(part: Component, channel: Channel, ceilings: bool) -> None:
    first, last = part.case.head.horizon
    outer = part.outer(channel.id)
    for year in part.cells.years:
        columns = {part._flow(channel.id, cell): 1.0 for cell in part.cells.of_year(year)}
        part.system.row(columns, -math.inf, outer)
        if ceilings and first <= year <= last:
            top = 0.0 if unused_in(channel, year, part.case) else channel.capacity_high
            part.system.row(columns, -math.inf, top, f"ceiling:{channel.id}:{year}")


def network_component(
    case: Case,
    network: Network,
    channels: tuple[str, ...],
    limits: Sequence[Evidence],
    roles: set[Role],
    ceilings: bool = True,
) -> Component:
    """The program of one group of channels with the facts of the given roles.

    Without `ceilings` it serves only to find contradictions, which never rest on assumed ceilings.
    """
    inside = set(channels)
    mine = tuple(e for e in limits if e.role in roles and inside & set(signed(e.estimand.channels)))
    cells = Cells.cut([(e.first, e.end) for e in mine], case.head.horizon)
    part = Component(case, channels, mine, cells)
    part.estimands = tuple(
        e for e in case.estimands.values() if e.kind in ADDITIVE and inside & set(signed(e.channels))
    )
    _add_flows(part, network, ceilings)
    for e in mine:
        if e.estimand.kind in ADDITIVE:
            part.limit(part.estimand_form(e.estimand, cells.within((e.first, e.end))), e.low, e.high, e.id)
    if ceilings:
        _add_objectives(part)
    return part


def _add_objectives(part: Component) -> None:
    """Make the columns that objectives and estimands of the baseline year need before the program is built."""
    for objective in part.case.objectives:
        objective_forms(part, objective)
    for estimand in part.estimands:
        part.estimand_form(estimand, part.cells.of_year(part.case.head.baseline))


def objective_forms(part: Component, objective: str) -> list[tuple[Form, Factor | None]]:
    """An objective's terms in this component (baseline year), one form per factor and unit."""
    cells = part.cells.of_year(part.case.head.baseline)
    unit = part.case.objectives[objective].unit
    together: dict[tuple[str, str], dict[str, float]] = {}
    for term in part.case.objective_terms.values():
        if term.objective == objective and term.channel in part.channels:
            key = (term.factor, part.case.channels[term.channel].unit)
            together.setdefault(key, {})[term.channel] = 1.0
    return [
        (part.form(weights, factor, cells, from_unit, unit), part.case.factors.get(factor))
        for (factor, from_unit), weights in together.items()
    ]


def series_components(case: Case, limits: Sequence[Evidence]) -> list[Component]:
    """One program per estimand outside the network: amounts per cell, or one level per set of months."""
    parts = []
    for estimand, group in each_estimand(tuple(limits)):
        if estimand.channels and estimand.kind in ADDITIVE:
            continue
        year = group[0].first.year
        part = Component(
            case, (), group, Cells.cut([(e.first, e.end) for e in group], (year, year - 1)), System(), (estimand,)
        )
        finite = [abs(v) for e in group for v in (e.low, e.high) if math.isfinite(v) and v]
        scale = max(finite, default=1.0)
        for e in group:
            if estimand.kind in ADDITIVE:
                columns = {
                    part.system.column(("y", estimand.id, cell), scale=scale): 1.0
                    for cell in part.cells.within((e.first, e.end))
                }
            else:
                key = ("l", estimand.id, e.months)
                columns = {part.system.column(key, lower=-math.inf, scale=scale): 1.0}
            part.system.row(columns, e.low, e.high, e.id)
        parts.append(part)
    return parts
