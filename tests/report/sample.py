"""A hand-made picture and plan of any case, to test how a brief is laid out. Its numbers are invented."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from counterpact.case.case import Case
from counterpact.case.new import new_case
from counterpact.case.read import read_case
from counterpact.case.values import Claim, Line
from counterpact.lines.contract import Assessment, EmptyRecord
from counterpact.lines.registry import assess_all
from counterpact.picture.result import (
    Bound,
    Check,
    ConflictKind,
    Contradiction,
    EvidenceValue,
    Picture,
    Samples,
    World,
)
from counterpact.quantity import Period, Quantity
from counterpact.report.brief import assemble
from counterpact.strategy.outcome import (
    ChosenMeasure,
    Closing,
    Contribution,
    Driver,
    FrontierPoint,
    Hindcast,
    HindcastChannel,
    LineContribution,
    Loophole,
    ObjectiveOutcome,
    Plan,
    Range,
    Reply,
    Route,
    Shift,
    WeightFlip,
)
from counterpact.strategy.proving.certificate import Certificate
from counterpact.strategy.solving.package import Request


def starter(folder: Path) -> Case:
    """The starter case that `case new` makes."""
    new_case("starter", folder / "starter")
    return read_case(folder / "starter")


def rng(low: float, high: float, unit: str = "") -> Range:
    return Range((low + high) / 2, low, high, low, high, unit)


def picture(case: Case) -> Picture:
    """Rivals of one estimand that lie apart as contradictions; ceilings as bounds."""
    found = []
    for estimand in case.estimands.values():
        facts = [f for f in case.facts_about(estimand.id) if f.quantity and f.claim is Claim.ACTUAL and not f.part_of]
        for i, a in enumerate(facts):
            for b in facts[i + 1 :]:
                if a.unit == b.unit and a.origin != b.origin and not a.quantity.overlaps(b.quantity):
                    kind = ConflictKind.CONFLICT if a.period == b.period else ConflictKind.PERIODS
                    found.append(
                        Contradiction(
                            kind,
                            (estimand.id,),
                            (a.id, b.id),
                            (a.origin, b.origin),
                            (),
                            {a.id: 1.0},
                            True,
                            "No value lies in both.",
                        )
                    )
    found = [c for c in found if c.kind is ConflictKind.CONFLICT][:8] + [
        c for c in found if c.kind is ConflictKind.PERIODS
    ][:3]

    def bound(i: str, high: float, unit: str) -> Bound:
        q = Quantity(0.2 * high, high, unit, Period("2024"))
        return Bound(i, q, (q, q), True)

    channels = {c.id: bound(c.id, c.capacity_high, c.unit) for c in case.channels.values()}
    ids = tuple(case.channels)
    flows = np.array([[c.capacity_low for c in case.channels.values()]] * 4)
    some = list(case.facts)[:3]
    return Picture(
        case_revision=case.revision,
        channels=ids,
        worlds=(World(frozenset(case.facts), (), 1.0),),
        worlds_complete=True,
        contradictions=tuple(found),
        contradictions_complete=True,
        checks=(
            Check("ceiling", "warning", (), "", f"The facts need more than {next(iter(case.channels))} allows."),
            Check("part-sum", "warning", tuple(some[:2]), "", "The parts add up to less than the whole."),
        ),
        channel_bounds=channels,
        estimand_bounds={},
        objective_bounds={o.id: bound(o.id, 3 * o.normaliser, o.unit) for o in case.objectives.values()},
        samples=Samples(flows, np.zeros(4, dtype=np.int64), {}, {}, {}, {}, 0, "Drawn for a test."),
        evidence_values=tuple(
            EvidenceValue(e, o, 0.1, 0.4, "It is the widest unknown of this objective.")
            for e, o in zip(list(case.estimands)[:4], list(case.objectives) * 4, strict=False)
        ),
        unbound_facts={some[-1]: "a plan, not something that happened"},
    )


def _measures(case: Case) -> tuple[ChosenMeasure, ...]:
    rows = list(case.measures.values())[:: max(1, len(case.measures) // 9)][:9]
    return tuple(
        ChosenMeasure(
            id=m.id,
            name=m.name,
            line=m.line.value,
            action="adopt" if m.lever.value == "new" else "strengthen",
            who=m.who,
            lead_months=(m.lead_months_low, m.lead_months_high),
            money=(m.money_low, m.money_high),
            political=m.political,
            civilian_harm=m.civilian_harm,
            escalation=m.escalation,
            requires=m.requires,
            bases=("assumption",),
            assumed_only=True,
            last_in=0.02 * (i + 1),
            touches_model=True,
        )
        for i, m in enumerate(rows)
    )


COAL = HindcastChannel("x", "Coal to China", (-0.8, -0.6), -1, rng(-0.5, -0.1), False, True)


def plan(case: Case) -> Plan:
    """Every block of a plan filled, with invented numbers."""
    chosen = _measures(case)
    channels = list(case.channels.values())
    by_objective: dict[str, str] = {}
    for term in case.objective_terms.values():
        by_objective.setdefault(term.channel, term.objective)
    reaching = [c for c in channels if c.id in by_objective]
    loopholes = []
    for i, c in enumerate(reaching[:8]):
        o = case.objectives[by_objective[c.id]]
        route = Route(o.id, (c.id,), rng(0.2 * o.normaliser, o.normaliser, o.unit), 0.4 - 0.04 * i, 0.9)
        closing = (
            Closing((chosen[0].id,), (), {"money": 12.5}, 0.6, 1.0, 0.95 - 0.02 * i, i % 2 == 0) if i % 3 else None
        )
        loopholes.append(
            Loophole(route, 0.3 - 0.03 * i, 0.8, closing, False, "" if closing else "no measure acts on it")
        )
    shifts = [
        Shift(
            c.id,
            c.name,
            c.unit,
            rng(0.5 * c.capacity_high, 0.7 * c.capacity_high),
            rng(f * c.capacity_high, f * c.capacity_high),
            rng((f - 0.6) * c.capacity_high, (f - 0.6) * c.capacity_high),
            (),
        )
        for c, f in zip(channels, [0.9, 0.1, 0.75, 0.0, 0.55, 0.3, 1.0, 0.4, 0.2, 0.8] * 20, strict=False)
    ]
    package = SimpleNamespace(
        request=Request(),
        effect=0.31,
        upper_bound=0.69,
        lower_bound=0.675,
        upper_bound_before=1.0,
        gap=0.046,
        timed_out=False,
        message="gap 4.6% of the achievable effect",
        names=tuple(m.id for m in chosen),
    )
    money = sum(m.money[1] for m in chosen)
    objectives = tuple(
        ObjectiveOutcome(
            o.id,
            o.name,
            o.unit,
            rng(0.3 * o.normaliser, o.normaliser),
            rng(0.6 * o.normaliser, 1.8 * o.normaliser),
            rng(0.3 * o.normaliser, 1.2 * o.normaliser),
            0.33,
            o.weight,
            o.normaliser,
        )
        for o in case.objectives.values()
    )
    episode = Hindcast(
        "coal",
        "Ban on coal of 2017",
        "2017-07-31",
        (),
        (),
        (COAL,),
        None,
        "partly",
        "",
    )
    return Plan(
        request=Request(),
        package=package,  # type: ignore[arg-type]
        certificate=Certificate(True, 0.69, 0.69, 1e-9, 1e-9, "solver-claimed", ()),
        compiled=SimpleNamespace(case=case),  # type: ignore[arg-type]
        measures=chosen,
        joins=(),
        cost={
            "money": (0.4 * money, money),
            "political": (9.0, 9.0),
            "civilian_harm": (2.0, 2.0),
            "escalation": (4.0, 4.0),
        },
        budgets={"money": 2 * money, "political": 12.0, "civilian_harm": 3.0, "escalation": 6.0},
        objectives=objectives,
        risk_before=1.0,
        risk_after=0.69,
        assumption_share=0.8,
        equal_assumptions=tuple(m.id for m in chosen[:3]),
        equal_overlap=0.75,
        frontier=tuple(
            FrontierPoint(
                s, {"money": s * money}, 1 - 0.31 * math.sqrt(s), 0.31 * math.sqrt(s), 0.05, tuple(m.id for m in chosen)
            )
            for s in (0.25, 0.5, 1.0, 1.5)
        ),
        next_unit={},
        reply=Reply(tuple(m.id for m in chosen), {}, (), {}, 30, "stable replies"),
        displacement=tuple(shifts),
        loopholes=tuple(loopholes),
        contribution=Contribution(
            tuple(LineContribution(line.value, (), 0.31 / 7, 1 / 7, 0.06, 0.02) for line in Line),
            0.31,
            0.312,
            30,
            0.03,
            (),
        ),
        calibration=(episode,),
        drivers=(
            Driver("effect:x", "strength of x", 0.4, -0.3, 0.0, 1.0),
            *(Driver(f"flow:{c.id}", f"flow today: {c.name}", 0.2, 0.1, 0.0, 1.0) for c in channels[:3]),
        ),
        box=None,
        weights=(WeightFlip(next(iter(case.objectives)), "doubled", True, (chosen[0].id,), ()),),
        scenarios=300,
        representatives=30,
        seed=0,
        notes=("A simplification made for a test.", f"Most is lost on {list(case.channels)[-1]}."),
    )


def assessments(case: Case, made: Picture) -> Mapping[Line, Assessment]:
    return assess_all(case, made, EmptyRecord(), Period(case.head.as_of).last)


def brief(case: Case, **asked: Any) -> dict[str, Any]:
    """The brief of a case with the hand-made picture and plan."""
    made = picture(case)
    return assemble(case, made, assessments(case, made), plan(case), **asked)
