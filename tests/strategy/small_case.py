"""Small cases made in memory, and pictures that say exactly what a test wants."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from counterpact.case import model as m
from counterpact.case.case import Case
from counterpact.picture.result import Picture, Samples, World

HEAD = m.Head(
    slug="small",
    title="Small",
    as_of="2025-01-01",
    baseline=2024,
    horizon=(2024, 2024),
    alliance=("red", "pink"),
    units=("t", "USD"),
)
ACTORS = [
    ("red", "state", "alliance"),
    ("pink", "state", "alliance"),
    ("blue", "state", "coalition"),
    ("green", "state", "coalition"),
    ("grey", "state", "third"),
    ("a", "place", "third"),
    ("b", "place", "third"),
    ("c", "place", "third"),
    ("d", "place", "third"),
    ("people", "place", "third"),
]


def channel(id_: str, start: str, end: str, capacity: float, **more: Any) -> m.Channel:
    row = {"good": "arms", "mode": "sea", "unit": "t", "status": "observed", "capacity_low": capacity}
    row |= {"capacity_high": capacity, "name": id_, "from_place": start, "to_place": end}
    return m.Channel(id=id_, **(row | more))


def measure(id_: str, **more: Any) -> m.Measure:
    row = {"name": id_, "line": "sanctions", "status": "proposed", "lever": "new", "money_low": 1, "money_high": 1}
    return m.Measure(id=id_, **(row | more))


def case(
    channels: Sequence[m.Channel],
    measures: Sequence[m.Measure] = (),
    effects: Sequence[tuple[Any, ...]] = (),
    *,
    harm: dict[str, Sequence[str]] | None = None,
    factors: Sequence[m.Factor] = (),
    limits: Sequence[m.Limit] = (),
    purses: Sequence[m.Purse] = (),
    needs: Sequence[m.CivilianNeed] = (),
    weights: dict[str, float] | None = None,
    harm_factor: dict[str, str] | None = None,
    normaliser: float = 100.0,
) -> Case:
    """`effects`: (measure, kind, low, high, channels or enabled ids[, basis]); one family each."""
    families, rows = [], []
    for k, (who, kind, low, high, on, *basis) in enumerate(effects):
        families.append(m.EffectFamily(id=f"f{k}", name=f"f{k}", kind=kind, low=low, high=high))
        key = "enables" if kind == "enable" else "channels"
        rows.append(
            m.Effect(id=f"e{k}", measure=who, family=f"f{k}", basis=basis[0] if basis else "assumption", **{key: on})
        )
    harm = harm or {"harm": [c.id for c in channels]}
    terms = [
        m.ObjectiveTerm(id=f"{o}.{c}", objective=o, channel=c, factor=(harm_factor or {}).get(c, ""))
        for o, ids in harm.items()
        for c in ids
    ]
    objectives = [
        m.Objective(id=o, name=o, unit="t", normaliser=normaliser, weight=(weights or {}).get(o, 1)) for o in harm
    ]
    goods = [
        m.Good(id="arms", name="Arms", kind="strategic", unit="t"),
        m.Good(id="food", name="Food", kind="civilian", unit="t"),
        m.Good(id="cash", name="Cash", kind="money", unit="USD"),
    ]
    actors = [m.Actor(id=i, name=i, kind=k, side=s) for i, k, s in ACTORS]
    tables: list[Sequence[m.Row]] = [
        actors, goods, list(factors), list(channels), list(limits), list(purses), list(needs), objectives, terms,
        list(measures), families, rows,
    ]  # fmt: skip
    found = {t[0].table: MappingProxyType({row.id: row for row in t}) for t in tables if t}
    return Case(head=HEAD, rows=MappingProxyType(found), revision="small")


def picture(of: Case, flows: Sequence[dict[str, float]] | None = None) -> Picture:
    """A picture whose samples are `flows` (channel → amount; others 0)."""
    ids = tuple(of.channels)
    rows = flows if flows is not None else [{}]
    table = np.array([[row.get(c, 0.0) for c in ids] for row in rows])
    samples = Samples(
        flows=table, world=np.zeros(len(rows), dtype=np.int64), factors={}, rhat={}, ess_bulk={}, ess_tail={}, seed=0,
        note="",
    )  # fmt: skip
    return Picture(
        case_revision="small", channels=ids, worlds=(World(frozenset(), (), 1.0),), worlds_complete=True,
        contradictions=(), contradictions_complete=True, checks=(), channel_bounds={}, estimand_bounds={},
        objective_bounds={}, samples=samples, evidence_values=(), unbound_facts={},
    )  # fmt: skip
