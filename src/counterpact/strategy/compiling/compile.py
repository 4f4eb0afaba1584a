"""A case, its picture and the lines' inputs become an `Instance`; `Compiled` keeps the way back to names.

The programs are assembled in `programs`, the price of closed columns in `penalties`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterpact.case.case import Case
from counterpact.lines.contract import Assessment
from counterpact.picture.result import Picture
from counterpact.strategy.compiling.assembly import UNOPENED, Cutting, Worth, cut_channels
from counterpact.strategy.compiling.layout import PERIOD_MONTHS, Layout, build_layout
from counterpact.strategy.compiling.levers import Levers, build_levers, effects_of
from counterpact.strategy.compiling.participation import draws_of
from counterpact.strategy.compiling.programs import Programs
from counterpact.strategy.compiling.scenarios import SPARE, Drawn, draw
from counterpact.strategy.instance import Instance, Leader

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Compiled:
    """The strategy problem of a case and the way back to names.

    `unit_scale`: (columns,) amount of the good per 1 of a column; `gains`: (S, columns) share that arrives;
    `drawn.flows`: (S, channels) status quo; `relevance`: (objectives, leader variables) False where a variable cannot
    change the objective's replies in any scenario; `plain_leader`: the leader if all who join take part (its variables
    come first in the instance's); `notes`: approximations made, for the reader.
    """

    case: Case
    picture: Picture
    levers: Levers
    layout: Layout
    drawn: Drawn
    cutting: Cutting
    worth: Worth
    instance: Instance
    plain_leader: Leader
    unit_scale: Array
    gains: Array
    relevance: NDArray[np.bool_]
    seed: int
    notes: tuple[str, ...]

    @property
    def channels(self) -> tuple[str, ...]:
        """Ids of the channels of the model, in column order."""
        return self.instance.columns.channel_ids

    def channel_flows(self, plans: Array) -> Array:
        """Amount sent by channel, (..., channels), of plans (..., columns), in the unit of each good."""
        columns = self.instance.columns
        out = np.zeros((*plans.shape[:-1], len(columns.channel_ids)))
        for j in np.flatnonzero(columns.channel >= 0):
            out[..., columns.channel[j]] += plans[..., j] * self.unit_scale[j]
        return out


def compile_case(
    case: Case,
    picture: Picture,
    assessments: Mapping[Any, Assessment] | None = None,
    *,
    scenarios: int = 300,
    seed: int = 0,
    spare: tuple[float, float] = SPARE,
    participation: bool = True,
    months: int = PERIOD_MONTHS,
) -> Compiled:
    """Compile. From 20 `scenarios` on the corners are among them; `spare`: usable share of the room above the flows.

    `participation`: who takes part is drawn by scenario from the assessments' intervals; otherwise all who join do.
    `months`: length of the horizon, within which a channel must have opened to matter.
    """
    assessments = assessments or {}
    levers = build_levers(case, assessments)
    layout = build_layout(case, levers, effects_of(case, assessments), months=months)
    drawn = draw(layout, picture, scenarios, seed, spare, draws_of(assessments) if participation else None)
    layout, levers, plain = drawn.layout, drawn.layout.levers, levers.leader
    cutting = cut_channels(drawn)
    build = Programs(layout, drawn, cutting)
    instance = build.instance()
    scale = np.concatenate([build.piece_scale, np.ones(len(layout.purses))])
    gains = np.stack([*[p.gain for p in cutting.pieces], *[np.ones(scenarios)] * len(layout.purses)], axis=1)
    return Compiled(
        case,
        picture,
        levers,
        layout,
        drawn,
        cutting,
        build.worth,
        instance,
        plain,
        scale,
        gains,
        build.relevance,
        seed,
        _notes(build),
    )


DEFAULT_BUDGET = 0.4
"""Default budget of each resource: this share of what every measure and participation together would cost."""


def default_budgets(compiled: Compiled) -> dict[str, float]:
    """What the user may spend unless he says otherwise, by resource. A convention, stated wherever it is used."""
    leader = compiled.instance.leader
    return {
        r: float(DEFAULT_BUDGET * np.maximum(cost, 0.0).sum())
        for r, cost in zip(leader.resources, leader.cost, strict=True)
    }


def _notes(build: Programs) -> tuple[str, ...]:
    layout, notes = build.layout, list(build.layout.levers.notes)
    if build.cutting.loosened:
        worst = max(build.cutting.loosened.items(), key=lambda item: (item[1], item[0]))
        (i, variable), share = worst
        notes.append(
            f"{len(build.cutting.loosened)} pairs of channel and measure lose a little of their block because "
            f"few slices are kept; most on {layout.channels[i].id} by {layout.levers.leader.names[variable]}: "
            f"{share:.1%} of its capacity on average. Harm is over-estimated by that."
        )
    bought = [c.id for c in layout.channels if c.status in UNOPENED]
    if bought:
        notes.append(
            f"Potential and planned channels ({len(bought)}) can be opened in part at a proportional "
            "cost: an over-estimate."
        )
    if layout.late:
        notes.append(f"Not available within the period (they take too long to open): {', '.join(layout.late)}.")
    if layout.outside:
        notes.append(
            f"{len(layout.outside)} channels neither deliver harm nor feed or pay for a channel that does; "
            "they are outside the adversary model."
        )
    unpriced = sorted(
        {
            t.measure
            for c in layout.channels
            for t in layout.deters.get(c.id, ())
            if not c.price and not layout.is_money(c) and build.drawn.kind(t).value == "deter by premium"
        }
    )
    if unpriced:
        notes.append(f"A premium on a channel without a price changes nothing in the model: {', '.join(unpriced)}.")
    return tuple(notes)
