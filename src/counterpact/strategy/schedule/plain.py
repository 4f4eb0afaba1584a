"""A schedule as JSON types."""

from __future__ import annotations

import dataclasses
from typing import Any

from counterpact.strategy.plain import plain
from counterpact.strategy.schedule.outcome import Schedule

LEFT_OUT = frozenset({"package", "compiled", "expanded", "wish", "certificate"})


def plain_schedule(schedule: Schedule) -> dict[str, Any]:
    """One object: what was asked, the design in short, then every answer."""
    package, wish = schedule.package, schedule.wish
    asked = {f.name: plain(getattr(wish, f.name)) for f in dataclasses.fields(wish) if f.name != "periods"}
    short = {
        "upper_bound": plain(package.upper_bound),
        "lower_bound": plain(package.lower_bound),
        "upper_bound_before": plain(package.upper_bound_before),
        "gap": plain(package.gap),
        "lower_bound_status": package.lower_bound_status,
        "risks": plain(package.risks),
        "certificate": {"passed": schedule.certificate.passed, "details": list(schedule.certificate.details)},
        "message": package.message,
    }
    fields = {f.name: plain(getattr(schedule, f.name)) for f in dataclasses.fields(schedule) if f.name not in LEFT_OUT}
    clock = {
        "periods": list(wish.periods.labels),
        "years": plain(wish.periods.years),
        "discount": wish.periods.discount,
    }
    return {"case_revision": schedule.compiled.case.revision, "request": clock | asked, "package": short, **fields}
