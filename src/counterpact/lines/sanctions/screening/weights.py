"""The fitted weights (`weights.json`), read once. They are figures; the pairs they were fitted on are not shipped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import msgspec
import numpy as np

from counterpact.lines.sanctions.screening.measure import NAMES


class _File(msgspec.Struct):
    fitted_on: dict[str, Any]
    alert: dict[str, float]
    same: dict[str, float]
    alert_threshold: float
    same_threshold: float
    list_threshold: float


@dataclass(frozen=True)
class Weights:
    """Two readings of one comparison: `alert` (near enough for a person to look) and `same` (taken for one)."""

    alert: Any
    same: Any
    alert_threshold: float
    same_threshold: float
    list_threshold: float
    fitted_on: dict[str, Any]


@cache
def weights() -> Weights:
    """The shipped weights."""
    text = (resources.files(__package__) / "weights.json").read_bytes()
    found = msgspec.json.decode(text, type=_File)
    return Weights(
        alert=np.array([found.alert.get(name, 0.0) for name in NAMES]),
        same=np.array([found.same.get(name, 0.0) for name in NAMES]),
        alert_threshold=found.alert_threshold,
        same_threshold=found.same_threshold,
        list_threshold=found.list_threshold,
        fitted_on=found.fitted_on,
    )
