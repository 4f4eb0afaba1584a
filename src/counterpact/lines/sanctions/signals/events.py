"""Events of Global Fishing Watch (Events API v3, JSON): gaps, encounters and loitering as signals.

One object with `entries`, a list, or one event a line. Written after the published form; untested on real data.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from counterpact.errors import Problem, SourceError
from counterpact.lines.sanctions.signals.signal import Found, Signal, found

RULES = {"gap": "ais gap", "encounter": "ship-to-ship"}


def event_signals(path: Path) -> tuple[Found, ...]:
    """Gaps and encounters by vessel. Raises `SourceError` with the number of the event that is none."""
    events = _events(path)
    signals: dict[str, list[Signal]] = {rule: [] for rule in RULES.values()}
    vessels, others = set(), 0
    for number, event in enumerate(events, 1):
        try:
            vessel, kind, start = _name(event["vessel"]), event["type"], str(event["start"])
        except (KeyError, TypeError) as error:
            raise SourceError(
                Problem(
                    path.name, number, what=f"event {number} has no {error}", do="Export events of the API's version 3"
                )
            ) from error
        vessels.add(vessel)
        if kind not in RULES:
            others += 1
            continue
        signals[RULES[kind]].append(Signal(RULES[kind], vessel, start, _fact(kind, event)))
    note = [f"{others} events of other kinds (port visits, fishing, loitering) were left out."] if others else []
    note.append("Thresholds are the publisher's own.")
    return tuple(found(rule, said, len(vessels), note) for rule, said in signals.items())


def _events(path: Path) -> list[dict[str, Any]]:
    try:
        data = path.read_bytes()
        if data.lstrip()[:1] == b"[":
            return msgspec.json.decode(data, type=list[dict[str, Any]])
        lines = [line for line in data.splitlines() if line.strip()]
        try:
            whole = msgspec.json.decode(data, type=dict[str, Any])
        except msgspec.DecodeError:
            return [msgspec.json.decode(line, type=dict[str, Any]) for line in lines]
        return whole["entries"] if isinstance(whole.get("entries"), list) else [whole]
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(Problem(path.name, what="this is no JSON of events", why=str(error))) from error


def _name(vessel: dict[str, Any]) -> str:
    number = vessel.get("ssvid") or vessel.get("id") or "?"
    return f"{vessel.get('name') or 'unnamed'} (MMSI {number})"


def _fact(kind: str, event: dict[str, Any]) -> str:
    place = event.get("position") or {}
    where = f" at {place['lat']:.2f}, {place['lon']:.2f}" if {"lat", "lon"} <= place.keys() else ""
    about = event.get(kind) or {}
    if kind == "encounter":
        other = _name(about.get("vessel") or {})
        return f"met {other}{where} until {event.get('end', 'an unknown time')}"
    hours = about.get("durationHours")
    return f"no position{f' for {float(hours):.0f} hours' if hours is not None else ''}{where}"
