"""A small case and picture made by hand, so that a test can move one number and watch one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from counterpact.case.case import Case
from counterpact.case.model import Estimand, Fact, Head, Row, Source
from counterpact.picture.result import Picture, Samples
from counterpact.quantity import Period

AS_OF = date(2026, 6, 30)
HEAD = Head(
    slug="small",
    title="Small",
    as_of="2026-06-30",
    baseline=2024,
    horizon=(2023, 2026),
    alliance=("a", "b"),
    units=("barrel", "USD", "worker", "vote"),
)


def picture(**changed: Any) -> Picture:
    """A picture that found nothing."""
    samples = Samples(np.zeros((1, 0)), np.zeros(1, dtype=np.int64), {}, {}, {}, {}, 0, "")
    empty = Picture("", (), (), True, (), True, (), {}, {}, {}, samples, (), {})
    return replace(empty, **changed)


def fact(
    id: str,
    estimand: str,
    low: float | None,
    high: float | None = None,
    *,
    unit: str = "barrel",
    period: str = "2024",
    origin: str = "MSMT",
    **more: Any,
) -> Fact:
    """One fact; `high` empty = the same as `low`."""
    values = {"subject": "a", "object": "b", "statement": f"statement of {id}", "source": "s1", "reading": "read"}
    return Fact(
        id=id,
        estimand=estimand,
        low=low,
        high=low if high is None else high,
        unit=unit,
        period=period,
        origin=origin,
        **{**values, **more},
    )


def case(
    facts: Iterable[Fact] = (),
    estimands: Iterable[Estimand] = (),
    revision: str = "r1",
    tables: Mapping[str, Iterable[Row]] | None = None,
) -> Case:
    """A case of these rows; estimands not given are made as flows in the unit of their first fact."""
    facts = list(facts)
    known = {e.id: e for e in estimands}
    for f in facts:
        if f.estimand and f.estimand not in known:
            known[f.estimand] = Estimand(id=f.estimand, name=f.estimand, kind="flow", unit=f.unit)
    source = Source(id="s1", title="t", publisher="p", date="2026-01-01")
    rows: dict[str, dict[str, Row]] = {
        "sources": {"s1": source},
        "estimands": dict(known),
        "facts": {f.id: f for f in facts},
    }
    for name, extra in (tables or {}).items():
        rows[name] = {row.id: row for row in extra}
    return Case(head=HEAD, rows=rows, revision=revision)


YEAR = Period("2024")
