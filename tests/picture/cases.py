"""Small cases in memory, made row by row."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from counterpact.case import model as m
from counterpact.case.case import Case

HEAD = {
    "slug": "toy",
    "title": "Toy",
    "as_of": "2025-12-31",
    "baseline": 2024,
    "horizon": (2023, 2025),
    "alliance": ("a", "b"),
    "units": ("t",),
}


def actor(name: str) -> dict[str, Any]:
    return {"id": name, "name": name, "kind": "state", "side": "third"}


def channel(name: str, start: str, end: str, capacity: float = 100.0, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "from_place": start,
        "to_place": end,
        "good": "g",
        "mode": "sea",
        "unit": "t",
        "status": "observed",
        "capacity_low": 0,
        "capacity_high": capacity,
        **more,
    }


def estimand(name: str, channels: str = "", kind: str = "flow", **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name, "kind": kind, "unit": "t", "channels": channels, **more}


def fact(
    name: str, about: str, low: float | None, high: float | None, period: str = "2024", **more: Any
) -> dict[str, Any]:
    return {
        "id": name,
        "estimand": about,
        "subject": "s",
        "object": "o",
        "unit": "t",
        "low": low,
        "high": high,
        "period": period,
        "statement": "A claim.",
        "origin": f"origin-{name}",
        "source": "s1",
        "confidence": "high",
        "reading": "read",
        **more,
    }


def make(**tables: list[dict[str, Any]]) -> Case:
    """A case from lists of rows; goods, sources and actors are added where not given."""
    types = {
        t.table: t
        for t in (
            m.Source,
            m.Actor,
            m.Good,
            m.Factor,
            m.Channel,
            m.Limit,
            m.Purse,
            m.Estimand,
            m.Fact,
            m.Objective,
            m.ObjectiveTerm,
        )
    }
    tables.setdefault("goods", [{"id": "g", "name": "g", "kind": "strategic", "unit": "t"}])
    tables.setdefault("sources", [{"id": "s1", "title": "S", "publisher": "P", "date": "2025-12-31"}])
    places = {row[end] for row in tables.get("channels", []) for end in ("from_place", "to_place")}
    tables.setdefault("actors", [actor(p) for p in sorted(places)])
    head = {**HEAD, **(tables.pop("head")[0] if "head" in tables else {})}
    rows = {name: MappingProxyType({r["id"]: types[name](**r) for r in given}) for name, given in tables.items()}
    return Case(m.Head(**head), MappingProxyType(rows), revision="toy")
