"""Figures of a brief as plain values: the interval, its words, and what it rests on.

Every figure has `facts` (ids, listed with their sources in the brief) or `how` (how it was worked out or assumed).
`basis`: fact, causal, observed change, definition, assumption, or model (worked out by the program).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from counterpact.case.case import Case
from counterpact.case.model import Fact
from counterpact.charts import words
from counterpact.lines.contract import Figure as LineFigure
from counterpact.quantity import Period

Figure = dict[str, Any]
Parts = list[str | Figure]
"""Running text: words and the figures that stand in it."""

MODEL = "model"


def finite(value: float) -> float | None:
    """The number, or None for an open end; float noise cut at twelve digits."""
    return float(f"{value:.12g}") if math.isfinite(value) else None


def figure(
    low: float,
    high: float,
    unit: str,
    *,
    facts: Iterable[str] = (),
    how: str = "",
    basis: str = MODEL,
    text: str = "",
    **more: Any,
) -> Figure:
    """A figure. Empty extras are left out; a model's figure is rounded in words, not in value."""
    words_of = words.model_amount if basis == MODEL else words.amount
    made: Figure = {
        "low": finite(low),
        "high": finite(high),
        "unit": unit,
        "text": text or words_of(low, high, unit),
        "facts": list(dict.fromkeys(facts)),
        "basis": basis,
        "verified": more.pop("verified", True),
    }
    if how:
        made["how"] = how
    made.update({name: value for name, value in more.items() if value not in ("", None, (), [])})
    return made


def share(value: float, *, low: float | None = None, high: float | None = None, **more: Any) -> Figure:
    """A share as a percentage; `low` and `high` where it is an interval."""
    a, b = (value if low is None else low), (value if high is None else high)
    same = words.percent(a) == words.percent(b)
    text = words.percent(a) if same else f"{words.percent(a)} to {words.percent(b)}"
    return figure(a, b, "share", text=text, **more)


def count(number: int, noun: str, **more: Any) -> Figure:
    """How many of something."""
    unit = noun if number == 1 else words.many(noun)
    return figure(number, number, noun, text=f"{number:,} {unit}", **more)


def of_fact(fact: Fact, rivals: Sequence[str] = ()) -> Figure | None:
    """A fact's own number; None where it has none."""
    value = fact.quantity
    if value is None:
        return None
    return figure(
        value.low,
        value.high,
        value.unit,
        facts=(fact.id,),
        basis="fact",
        verified=fact.reading.verified,
        period=period_text(fact.period),
        confidence=fact.confidence.value,
        rivals=list(rivals),
    )


def of_line(case: Case, made: LineFigure) -> Figure:
    """A figure of a line's assessment."""
    value, cited = made.value, [f for f in made.citation.facts if f in case.facts]
    own = {case.facts[f].statement for f in cited}
    how = made.citation.reason if made.citation.reason not in own else ""
    if not cited and not how:
        how = f"from {made.citation.source}" if made.citation.source else "counted in the tables of the case"
    return figure(
        value.low,
        value.high,
        value.unit,
        facts=cited,
        how=how,
        basis=made.citation.basis.value,
        verified=made.verified,
        period=period_text(value.period),
        confidence=made.confidence,
        rivals=list(made.rivals),
        stale=made.stale,
    )


def period_text(period: Period | None) -> str:
    """`2024`, `2023-08/2025-03`, `2024-12-04/..` or empty."""
    if period is None:
        return ""
    if period.open_end:
        return f"{period.start}/.."
    return f"{period.start}/{period.end}" if period.end and period.end != period.start else period.start


def weave(sentence: str, figures: Sequence[Figure]) -> Parts:
    """A sentence with its figures set where their words stand; what is not found follows at the end.

    >>> weave("It was 4 t.", [{"text": "4 t"}])
    ['It was ', {'text': '4 t'}, '.']
    """
    parts: Parts = [sentence]
    left: list[Figure] = []
    for one in sorted(figures, key=lambda f: -len(f["text"])):
        if not _place(parts, one):
            left.append(one)
    parts = [part for part in parts if part != ""]
    seen = {str(one["text"]) for one in parts if isinstance(one, dict)}
    for one in left:
        if one["text"] not in seen:
            seen.add(one["text"])
            parts += [" ", one]
    return parts


def _place(parts: Parts, one: Figure) -> bool:
    """Set a figure where its words stand as a whole: with its unit, or as a bare number of more than one digit."""
    text = str(one["text"])
    bare = text.partition(" ")[0] if one.get("low") is not None and one.get("low") == one.get("high") else ""
    for wording in (text, text.replace(" to ", "–", 1), bare if len(bare) > 1 else ""):
        if not wording:
            continue
        whole = re.compile(rf"(?<![\w.,$€−-]){re.escape(wording)}(?![\w%]|[.,]\d|–\d)")
        for i, part in enumerate(parts):
            if isinstance(part, str) and (found := whole.search(part)):
                shown = {**one, "text": wording}
                parts[i : i + 1] = [part[: found.start()], shown, part[found.end() :]]
                return True
    return False


def plain_text(parts: Iterable[str | Mapping[str, Any]]) -> str:
    """Running text without the figures' sources, for a terminal."""
    return "".join(part if isinstance(part, str) else str(part["text"]) for part in parts)


def cited(value: Any) -> set[str]:
    """Every fact id that stands anywhere in a block of the brief under `facts` or `rivals`."""
    found: set[str] = set()
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name in ("facts", "rivals") and isinstance(inner, list):
                found.update(i for i in inner if isinstance(i, str))
            else:
                found |= cited(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            found |= cited(inner)
    return found
