"""Small rules that turn an indicator into a finding, or into nothing where the figures do not bear it out.

Each rule takes a room and a setting of the line's data file. None of them knows a line, a case or a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from counterpact.lines.contract import Finding
from counterpact.lines.room import Room
from counterpact.lines.rules.claims import claims, denial, level, rival
from counterpact.lines.rules.limits import after, exceeds
from counterpact.lines.rules.making import Rule
from counterpact.lines.rules.times import old, silent, trend

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "level": level,
        "rival": rival,
        "claims": claims,
        "denial": denial,
        "trend": trend,
        "silent": silent,
        "old": old,
        "exceeds": exceeds,
        "after": after,
    }
)
"""Name in a data file → rule."""


def findings(room: Room) -> tuple[Finding, ...]:
    """Every rule of the line's data file that the figures bear out, in its order."""
    made = (RULES[setting.rule](room, setting) for setting in room.settings.rules)
    return tuple(found for found in made if found)
