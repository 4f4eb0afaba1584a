"""Ideal points: where states stand, estimated from how they vote."""

from __future__ import annotations

from counterpact.lines.diplomacy.points.estimate import Points, estimate, update
from counterpact.lines.diplomacy.points.fit import Prior

__all__ = ["Points", "Prior", "estimate", "update"]
