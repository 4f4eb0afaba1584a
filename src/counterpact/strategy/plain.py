"""Answers of the strategy room as JSON types."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from enum import Enum
from typing import Any

import numpy as np

from counterpact.strategy.frontier.result import Frontier
from counterpact.strategy.outcome import Plan

LEFT_OUT = frozenset({"request", "package", "compiled"})


def plain(value: Any) -> Any:
    """Dataclasses as objects, enums as their value, numbers that are not finite as null, floats to nine digits.

    >>> plain((1.0, float("inf"), {"a": (True, None)}))
    [1.0, None, {'a': [True, None]}]
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def plain_plan(plan: Plan) -> dict[str, Any]:
    """A plan as one object: the request and the package in short, then every answer."""
    package = plan.package
    short = {
        "measures": [m.id for m in plan.measures],
        "leader": list(package.names),
        "cost": plain(plan.cost),
        "gap": plain(package.gap),
        "lower_bound_status": package.lower_bound_status,
        "upper_bound": plain(package.upper_bound),
        "lower_bound": plain(package.lower_bound),
        "upper_bound_before": plain(package.upper_bound_before),
        "risks": plain(package.risks),
        "certificate": {"passed": plan.certificate.passed, "details": list(plan.certificate.details)},
        "assumption_share": plain(plan.assumption_share),
        "message": package.message,
    }
    fields = {f.name: plain(getattr(plan, f.name)) for f in dataclasses.fields(plan) if f.name not in LEFT_OUT}
    return {"case_revision": plan.compiled.case.revision, "request": plain(plan.request), "package": short, **fields}


def plain_frontier(found: Frontier) -> dict[str, Any]:
    """Axes, points, levels and the work done; a point names its measures and who joins, not the raw variables."""
    kinds = dict(zip(found.instance.leader.names, found.instance.leader.kinds, strict=True))
    points = [
        {
            "number": p.number,
            "values": {a: plain(found.value(p, a)) for a in found.axes},
            "measures": [n for n in p.names if kinds[n] == "measure"],
            "joins": [n.removeprefix("join:") for n in p.names if n.startswith("join:")],
            "cost": plain(p.cost),
            "risk": plain(p.risk),
            "lower": plain(p.lower),
            "gap": plain(p.gap),
            "effect": plain(p.effect),
            "effect_possible": plain(p.effect_possible),
        }
        for p in found.points
    ]
    fields = {
        k: plain(getattr(found, k)) for k in found.__dataclass_fields__ if k not in ("request", "instance", "points")
    }
    return {"request": plain(found.request), **fields, "points": points}
