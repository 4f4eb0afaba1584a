"""Uncertainties in a reader's words: what was drawn, in which unit, on what basis; boxes as sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from counterpact.case.case import Case
from counterpact.provenance import Basis
from counterpact.quantity import format_number
from counterpact.strategy.compiling.participation import DRAW
from counterpact.strategy.discovery.boxes import Limit

YES_NO = ("no", "yes")


@dataclass(frozen=True)
class Uncertainty:
    """A draw by name. `group`: what one would have to learn to know it; `scale`: (low, width) from draw to unit."""

    name: str
    label: str
    unit: str
    basis: str
    facts: tuple[str, ...]
    group: str
    scale: tuple[float, float] = (0.0, 1.0)

    def shown(self, value: float) -> str:
        """A drawn value in the uncertainty's unit."""
        number = format_number(self.scale[0] + self.scale[1] * value)
        return f"{number} {self.unit}".strip()


def uncertainty(case: Case, name: str) -> Uncertainty:
    """What is known of a draw; a name the case does not explain stands for itself."""
    kind, _, rest = name.partition(":")
    if kind == DRAW.rstrip(":") and rest in case.actors:
        text = f"{case.actors[rest].name} takes part"
        return Uncertainty(name, text, "", Basis.ASSUMPTION.value, (), f"participation: {case.actors[rest].name}")
    if kind in ("effect", "position"):
        return _effect(case, name, kind, rest)
    if kind in ("limit", "flow") and rest in case.channels:
        c = case.channels[rest]
        what, basis = ("physical limit", str(c.capacity_basis or "")) if kind == "limit" else ("flow today", "facts")
        return Uncertainty(name, f"{what}: {c.name}", c.unit, basis, _known(case, c.facts), f"channel: {c.name}")
    if kind in ("supply", "demand") and rest in case.limits:
        limit = case.limits[rest]
        text = f"{kind} of {case.goods[limit.good].name.lower()} at {case.actors[limit.place].name}"
        return Uncertainty(name, text, limit.unit, _basis(limit), _known(case, _facts(limit)), text)
    if kind == "cash" and rest in case.purses:
        purse = case.purses[rest]
        text = f"hard currency of {case.actors[purse.actor].name}"
        return Uncertainty(name, text, "USD", _basis(purse), _known(case, _facts(purse)), text)
    if kind == "factor" and rest in case.factors:
        factor = case.factors[rest]
        unit = f"{factor.to_unit}/{factor.from_unit}"
        return Uncertainty(name, factor.name, unit, _basis(factor), _known(case, _facts(factor)), factor.name)
    if kind == "need" and rest in case.needs:
        need = case.needs[rest]
        text = f"need of {case.goods[need.good].name.lower()} at {case.actors[need.place].name}"
        return Uncertainty(name, text, need.unit, _basis(need), _known(case, need.facts), text)
    texts = {"overlap": "how measures on one channel overlap", "world": "which of the rival facts hold"}
    text = texts.get(name, f"spare capacity by {rest}" if kind == "spare" else name)
    unit = "of the room above today's flow" if kind == "spare" else ""
    return Uncertainty(
        name, text, unit, Basis.ASSUMPTION.value if kind == "spare" or name == "overlap" else "", (), text
    )


def _effect(case: Case, name: str, kind: str, rest: str) -> Uncertainty:
    if rest in case.effect_families:
        family = case.effect_families[rest]
        text = f"strength of: {family.name.lower()}"
        low, high = family.low or 0.0, family.high if family.high is not None else 1.0
        scale = (low, high - low) if kind == "position" else (0.0, 1.0)
        return Uncertainty(name, text, "", family.basis.value, (), f"effect: {family.name.lower()}", scale)
    if rest in case.effects:
        effect = case.effects[rest]
        text = f"strength of {case.measures[effect.measure].name} ({case.effect_families[effect.family].name.lower()})"
        return Uncertainty(name, text, "", effect.basis.value, _known(case, _facts(effect)), text)
    return Uncertainty(name, name, "", "", (), name)


def _facts(row: object) -> tuple[str, ...]:
    return tuple(getattr(row, "facts", ()) or ())


def _basis(row: object) -> str:
    basis = getattr(row, "basis", "")
    return str(getattr(basis, "value", basis) or "")


def _known(case: Case, facts: Sequence[str]) -> tuple[str, ...]:
    return tuple(f for f in facts if f in case.facts)


def condition(case: Case, limit: Limit) -> str:
    """One limit in words.

    "China does not take part"; "spare capacity by rail is above 0.6 of the room above today's flow".
    """
    what = uncertainty(case, limit.name)
    if limit.among:
        if limit.name.startswith(DRAW):
            return what.label if limit.among == (YES_NO[1],) else what.label.replace("takes part", "does not take part")
        return f"{what.label} is {' or '.join(limit.among)}"
    if np.isfinite(limit.low) and np.isfinite(limit.high):
        return f"{what.label} is between {what.shown(limit.low)} and {what.shown(limit.high)}"
    side, value = ("above", limit.low) if np.isfinite(limit.low) else ("below", limit.high)
    return f"{what.label} is {side} {what.shown(value)}"


def sentence(case: Case, limits: Sequence[Limit]) -> str:
    """The whole box: "Fails when … and …", the most significant limit first."""
    if not limits:
        return "No condition tells failures apart."
    ordered = sorted(limits, key=lambda limit: (limit.quasi_p if np.isfinite(limit.quasi_p) else 1.0, limit.name))
    parts = [condition(case, limit) for limit in ordered]
    text = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
    return f"Fails when {text}."
