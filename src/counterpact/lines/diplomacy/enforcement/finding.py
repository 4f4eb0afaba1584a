"""What the brief says of enforcement: whose channels the flow passes, and that votes are another matter."""

from __future__ import annotations

from collections.abc import Mapping

from counterpact.case.model import Actor
from counterpact.case.values import ActorKind, Side
from counterpact.lines import prose
from counterpact.lines.chartspec import ChartKind, ChartPoint, ChartSeries, ChartSpec
from counterpact.lines.contract import ChartBuilder, Figure, Finding
from counterpact.lines.diplomacy.enforcement.weights import Share, Weight, weights
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding
from counterpact.provenance import Basis, Citation
from counterpact.quantity import Quantity

SHOWN = 12
"""Actors on the chart."""


def enforcers(room: Room) -> tuple[Weight, ...]:
    """Actors by the share of flow that passes a channel they could act on; those that touch some flow."""
    return tuple(w for w in weights(room.case, room.picture) if w.overall.mean > 0)


def enforcement(room: Room, found: tuple[Weight, ...]) -> Finding | None:
    """Whose enforcement matters most, inside the coalition and outside it."""
    states = [w for w in found if _alone(room.case.actors[w.actor])]
    inside = [w for w in states if room.case.actors[w.actor].side is Side.COALITION]
    third = [w for w in states if room.case.actors[w.actor].side is Side.THIRD]
    if not inside or not third:
        return None
    first, out = inside[0], third[0]
    others = [w for w in third[1:4] if w.overall.mean >= 0.01]
    then = f"; {prose.listing([prose.the(w.name) for w in others])} follow" if others else ""
    return finding(
        room,
        "enforcement",
        "whose enforcement could touch the exchange is not a matter of votes: {near} could act on channels that {most} "
        "of its weighted flow passes, {far} outside the coalition on {some}{then}. In the General Assembly each has "
        "one vote; and a channel one could act on is not yet a channel closed.",
        near=prose.the(first.name),
        most=_figure(first),
        far=prose.the(out.name),
        some=_figure(out),
        then=then,
    )


def charts(found: tuple[Weight, ...]) -> Mapping[str, ChartBuilder]:
    """The weights as intervals; none where nobody outside the alliance touches any flow."""
    return {"enforcement": lambda: chart(found)} if found else {}


def chart(found: tuple[Weight, ...]) -> ChartSpec:
    """One interval per actor, the greatest share first."""
    rows = found[:SHOWN]
    points = tuple(ChartPoint(w.name, w.overall.low, w.overall.high, note=_reason(w)) for w in rows)
    return ChartSpec(
        kind=ChartKind.BARS,
        title="Whose enforcement could touch the flow",
        unit="share",
        series=(ChartSeries("share of the flow that passes a channel of theirs", points),),
        categories=tuple(w.name for w in rows),
        note="Mean over objectives by the case's weights, with the interval that holds 90 % of the picture's samples. "
        "Shares overlap: a flow passes channels of several. What would be rerouted is the strategy's question.",
    )


def _alone(actor: Actor) -> bool:
    """States, and groups that act as one (the EU); not firms, courts or bodies of the UN."""
    return actor.kind in (ActorKind.STATE, ActorKind.GROUP)


def _figure(weight: Weight) -> Figure:
    own: Share = weight.overall
    return Figure(
        value=Quantity(round(own.low, 3), round(own.high, 3), "share"),
        citation=Citation(
            reason=_reason(weight),
            source="channels.csv, column jurisdictions; flows of the picture",
            basis=Basis.DEFINITION,
        ),
    )


def _reason(weight: Weight) -> str:
    n = len(weight.channels)
    words = "1 channel" if n == 1 else f"{n} channels"
    return f"share of flow that passes one of {words} with {weight.name} among the jurisdictions, by objective weights"
