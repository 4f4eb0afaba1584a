"""The network of a brief: places, states and channels, with what flows and what could."""

from __future__ import annotations

from typing import Any

from counterpact.case.case import Case
from counterpact.picture.result import Picture
from counterpact.report import figures
from counterpact.report.evidence import Block


def network(case: Case, picture: Picture) -> Block:
    """Places by id, names of states, and every channel."""
    greatest: dict[str, float] = {}
    for c in case.channels.values():
        greatest[c.good] = max(greatest.get(c.good, 0.0), c.capacity_high)
    places = {p for c in case.channels.values() for p in (c.from_place, c.to_place)}
    states = {case.state_of(p) for p in places}
    return {
        "places": {
            i: {
                "name": actor.name,
                "state": case.state_of(i),
                "side": actor.side.value,
                "latitude": actor.latitude,
                "longitude": actor.longitude,
            }
            for i, actor in case.actors.items()
            if i in places
        },
        "states": {i: actor.name for i, actor in case.actors.items() if i in states},
        "channels": [_channel(case, picture, i, greatest) for i in case.channels],
    }


def _channel(case: Case, picture: Picture, channel_id: str, greatest: dict[str, float]) -> dict[str, Any]:
    c = case.channels[channel_id]
    good = case.goods[c.good]
    facts = [f for f in c.facts if f in case.facts]
    bound = picture.channel_bounds.get(c.id)
    made: dict[str, Any] = {
        "id": c.id,
        "name": c.name,
        "from": c.from_place,
        "to": c.to_place,
        "good": c.good,
        "good_name": good.name,
        "kind": good.kind.value,
        "mode": c.mode.value,
        "status": c.status.value,
        "since": c.since,
        "share": figures.finite(round(c.capacity_high / greatest[c.good], 4)) if greatest[c.good] else 0.0,
        "capacity": figures.figure(
            c.capacity_low,
            c.capacity_high,
            c.unit,
            facts=facts if c.capacity_basis.value != "assumption" else (),
            how=c.note or "Physical limit of the channel as set in the case.",
            basis=c.capacity_basis.value,
        ),
        "flow": "not worked out",
        "facts": facts,
    }
    if bound is not None:
        made["flow"] = figures.figure(
            bound.union.low,
            bound.union.high,
            bound.union.unit,
            facts=facts,
            how="Least and greatest yearly flow that any consistent set of the facts allows."
            if bound.from_evidence
            else "No fact limits this flow; only the assumed ceiling of the channel does.",
            basis=figures.MODEL if bound.from_evidence else "assumption",
            period=figures.period_text(bound.union.period),
        )
    return made
