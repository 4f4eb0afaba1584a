"""The leader's side: which measures are choices, who must join, what it costs, what excludes what (STRATEGY B, C).

Today is z = 0. A lever variable is 1 when the measure is adopted or strengthened; for a measure in force that may be
let go the variable `lapse:ID` is 1 when it is, and frees what keeping it costs. A level costs what it adds to the level
below; money counts at the upper end of its interval, so that a budget holds even then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from counterpact.case.case import Case
from counterpact.case.model import Effect, Measure
from counterpact.case.values import EffectKind, Lever, MeasureStatus, Side
from counterpact.lines.contract import Assessment, CostInterval
from counterpact.strategy.instance import Leader, Vector

RESOURCES = ("money", "political", "civilian_harm", "escalation")
STANDING = frozenset({MeasureStatus.IN_FORCE, MeasureStatus.PARTLY, MeasureStatus.BREACHED, MeasureStatus.DONE})
JOIN_COST = {Side.COALITION: 0.0, Side.THIRD: 5.0}
"""Political cost (0 to 10) of bringing one actor in where no line gives a participation interval. Assumption."""
EASED, OPENED = "full political cost unless eased", "opened by"
"""Words in the names of rows by which an enabling measure saves a cost or opens a stronger level."""


@dataclass(frozen=True)
class Enforced:
    """A variable h that is 1 if the measure x is adopted and one of `members` (join variables) joins."""

    variable: int
    measure: int
    members: tuple[int, ...]


@dataclass(frozen=True)
class Levers:
    """The leader and the way back to names.

    `measure`, `join`: id → variable. `kept`: measures in force whose choice is to let them go (their variable is 1
    when let go). `unavailable`: measure → why it cannot be chosen. `enforcement`: what makes measures work where not
    everyone takes part (`participation`).
    """

    leader: Leader
    measure: Mapping[str, int]
    join: Mapping[str, int]
    kept: frozenset[str]
    unavailable: Mapping[str, str]
    costs: Mapping[str, CostInterval]
    notes: tuple[str, ...]
    enforcement: tuple[Enforced, ...] = ()

    def settled(self, z: Vector) -> Vector:
        """`z` with every h set to what its measures and members make it; to be called after changing those."""
        out = np.array(z, dtype=np.float64)
        for h in self.enforcement:
            out[h.variable] = min(out[h.measure], max(out[list(h.members)]))
        return out


def standing(measure: Measure) -> bool:
    """True if the measure, or the level below the one a lever would add, is in force today."""
    return measure.status in STANDING or measure.lever in (Lever.STRENGTHEN, Lever.LAPSE)


def effects_of(case: Case, assessments: Mapping[Any, Assessment]) -> dict[str, Effect]:
    """All effects by id: the case's, then those the lines hand in (same id replaces)."""
    effects = dict(case.effects)
    for assessment in assessments.values():
        effects.update({effect.id: effect for effect in assessment.inputs.effects})
    return effects


@dataclass
class _Builder:
    names: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    cost: list[tuple[float, float, float, float]] = field(default_factory=list)
    rows: list[tuple[str, dict[int, float], float, float]] = field(default_factory=list)

    def variable(
        self,
        name: str,
        kind: str,
        cost: tuple[float, float, float, float] = (0, 0, 0, 0),
        *,
        integer: bool = True,
    ) -> int:
        self.names.append(name)
        self.kinds.append(kind)
        self.integer.append(integer)
        self.cost.append(cost)
        return len(self.names) - 1

    def at_most(self, name: str, terms: Mapping[int, float], limit: float) -> None:
        self.rows.append((name, dict(terms), -np.inf, limit))

    def leader(self) -> Leader:
        entries = [(r, c, v) for r, (_, terms, _, _) in enumerate(self.rows) for c, v in sorted(terms.items())]
        rows = np.array([e[0] for e in entries], dtype=np.int64)
        columns = np.array([e[1] for e in entries], dtype=np.int64)
        values = np.array([e[2] for e in entries], dtype=np.float64)
        B = csr_matrix((values, (rows, columns)), shape=(len(self.rows), len(self.names)))
        return Leader(
            names=tuple(self.names),
            kinds=tuple(self.kinds),
            integer=np.array(self.integer, dtype=bool),
            B=B,
            row_lower=np.array([row[2] for row in self.rows], dtype=float),
            row_upper=np.array([row[3] for row in self.rows], dtype=float),
            row_names=tuple(row[0] for row in self.rows),
            resources=RESOURCES,
            cost=np.array(self.cost, dtype=float).reshape(-1, len(RESOURCES)).T.copy(),
        )


def costs_of(case: Case, assessments: Mapping[Any, Assessment]) -> dict[str, CostInterval]:
    """Cost of each measure: the line's interval where one is given, else the case's own columns."""
    from counterpact.quantity import Quantity

    costs = {
        m.id: CostInterval(
            m.id,
            Quantity(m.money_low, max(m.money_low, m.money_high), "USD m"),
            m.political,
            m.civilian_harm,
            m.escalation,
            m.cost_basis,
        )
        for m in case.measures.values()
    }
    for assessment in assessments.values():
        costs.update({cost.measure: cost for cost in assessment.inputs.costs if cost.measure in costs})
    return costs


def _unavailable(case: Case) -> dict[str, str]:
    """Levers that cannot be pulled at all: blocked, without those who must act, or without a prerequisite."""
    why: dict[str, str] = {}
    alliance = set(case.head.alliance)
    for m in case.measures.values():
        if m.lever is Lever.NONE:
            continue
        willing = [a for a in m.who if case.state_of(a) not in alliance]
        needed = m.who_needed or len(m.who)
        if m.status is MeasureStatus.BLOCKED:
            why[m.id] = "blocked"
        elif len(willing) < needed:
            why[m.id] = "needs " + ", ".join(sorted(set(m.who) - set(willing))) + " to act against itself"
    levers = {m.id for m in case.measures.values() if m.lever is not Lever.NONE}
    changed = True
    while changed:
        changed = False
        for m in case.measures.values():
            if m.id not in levers or m.id in why:
                continue
            for needed_id in (*m.requires, *([m.level_of] if m.level_of else [])):
                base = case.measures[needed_id]
                if not standing(base) and (needed_id not in levers or needed_id in why):
                    why[m.id] = f"requires {needed_id}, which is neither in force nor a choice"
                    changed = True
                    break
    return why


def build_levers(case: Case, assessments: Mapping[Any, Assessment]) -> Levers:
    """Leader variables and rows of a case.

    Variables: one per measure that is a choice; `join:ACTOR` per actor that must act; `alone:ACTOR` and
    `alone:MEASURE` (continuous) carry the part of a political cost that an `enable` effect would save.
    """
    build, notes = _Builder(), []
    costs, why = costs_of(case, assessments), _unavailable(case)
    chosen = [m for m in case.measures.values() if m.lever is not Lever.NONE and m.id not in why]
    helps = _enablers(case, effects_of(case, assessments), {m.id for m in chosen})
    measure: dict[str, int] = {}
    for m in chosen:
        cost = costs[m.id]
        if m.lever is Lever.LAPSE:
            freed = (-cost.money.low, -cost.political, -cost.civilian_harm, -cost.escalation)
            measure[m.id] = build.variable(f"lapse:{m.id}", "measure", freed)
            continue
        political = cost.political * (1 - _saving(helps.eases.get(m.id)))
        paid = (cost.money.high, political, cost.civilian_harm, cost.escalation)
        measure[m.id] = build.variable(m.id, "measure", paid)
    kept = frozenset(m.id for m in chosen if m.lever is Lever.LAPSE)
    join = _participation(build, case, chosen, measure, assessments, helps)
    for m in chosen:
        _logic(build, case, m, measure, kept)
    _opened(build, helps.opens, measure, kept)
    for target, easing in helps.eases.items():
        if target in measure and target not in kept:
            _alone(build, target, measure[target], costs[target].political * _saving(easing), easing, measure)
    if why:
        notes.append(f"{len(why)} measures cannot be chosen: " + "; ".join(f"{k} ({v})" for k, v in why.items()))
    leader = build.leader()
    return Levers(leader, measure, join, kept, why, costs, tuple(notes))


@dataclass
class _Help:
    eases: dict[str, list[tuple[str, float]]] = field(default_factory=dict)  # target → (enabler, saved share)
    opens: dict[str, list[str]] = field(default_factory=dict)  # stronger level → enablers


def _saving(easing: Sequence[tuple[str, float]] | None) -> float:
    return min(share for _, share in easing) if easing else 0.0


def _enablers(case: Case, effects: Mapping[str, Effect], levers: set[str]) -> _Help:
    """Enable effects of levers, by strength: 1 opens a stronger level (none of it without), less saves that share of
    the political cost of a measure or of bringing an actor in. Enablers in force already are in today's costs."""
    found = _Help()
    in_force: set[str] = set()
    for effect in effects.values():
        if case.effect_kind(effect) is not EffectKind.ENABLE:
            continue
        enabler, low = effect.measure, case.effect_interval(effect)[0]
        lever = enabler in levers and case.measures[enabler].lever is not Lever.LAPSE
        for target in effect.enables:
            opens = low >= 1 and target in case.measures and bool(case.measures[target].level_of)
            if opens and not lever and standing(case.measures[enabler]):
                in_force.add(target)
            elif opens and lever and enabler != target:
                found.opens.setdefault(target, []).append(enabler)
            elif lever and enabler != target:
                found.eases.setdefault(target, []).append((enabler, min(1.0, low)))
    for level in in_force:
        found.opens.pop(level, None)
    return found


def _participation(
    build: _Builder,
    case: Case,
    chosen: Sequence[Measure],
    measure: Mapping[str, int],
    assessments: Mapping[Any, Assessment],
    helps: _Help,
) -> dict[str, int]:
    alliance = set(case.head.alliance)
    draws = {p.actor: p for a in assessments.values() for p in a.inputs.participation}
    join: dict[str, int] = {}
    for m in chosen:
        for actor in m.who:
            if actor in join or case.state_of(actor) in alliance:
                continue
            cost = JOIN_COST.get(case.actors[actor].side, 0.0)
            if actor in draws:
                cost = 10 * (1 - (draws[actor].low + draws[actor].high) / 2)
            easing = helps.eases.get(actor)
            saving = _saving(easing)
            join[actor] = build.variable(f"join:{actor}", "participation", (0, cost * (1 - saving), 0, 0))
            if easing:
                _alone(build, actor, join[actor], cost * saving, easing, measure)
    for m in chosen:
        if m.lever is Lever.LAPSE:
            continue  # those who keep a measure in force take part in it already
        willing = [a for a in m.who if a in join]
        if m.who_needed and willing:
            terms = {measure[m.id]: float(m.who_needed), **{join[a]: -1.0 for a in willing}}
            build.at_most(f"{m.id}: {m.who_needed} of {len(willing)} take part", terms, 0.0)
        elif not m.who_needed:
            for a in willing:
                build.at_most(f"{m.id}: {a} takes part", {measure[m.id]: 1.0, join[a]: -1.0}, 0.0)
    return join


def _alone(
    build: _Builder,
    target: str,
    variable: int,
    cost: float,
    easing: Sequence[tuple[str, float]],
    measure: Mapping[str, int],
) -> None:
    """`alone ≥ target − Σ enablers`: the saved part is paid after all when no enabler is in the package."""
    if cost <= 0:
        return
    alone = build.variable(f"alone:{target}", "participation", (0, cost, 0, 0), integer=False)
    terms = {variable: 1.0, alone: -1.0} | {measure[e]: -1.0 for e, _ in easing if e in measure}
    build.at_most(f"{target}: {EASED}", terms, 0.0)


def _needs(
    build: _Builder, name: str, x: int, others: Sequence[str], measure: Mapping[str, int], kept: frozenset[str]
) -> None:
    """`x ≤ Σ others in force`, where a kept measure counts 1 − its lapse."""
    terms = {x: 1.0}
    for other in others:
        terms[measure[other]] = terms.get(measure[other], 0.0) + (1.0 if other in kept else -1.0)
    build.at_most(name, terms, float(sum(other in kept for other in others)))


def _logic(build: _Builder, case: Case, m: Measure, measure: Mapping[str, int], kept: frozenset[str]) -> None:
    """Levels, prerequisites and exclusions of one measure."""
    if m.id in kept:
        return
    x = measure[m.id]
    if m.level_of in measure:
        _needs(build, f"{m.id}: stronger level of {m.level_of}", x, [m.level_of], measure, kept)
    for needed in m.requires:
        if needed in measure and case.measures[needed].lever is not Lever.STRENGTHEN:
            _needs(build, f"{m.id}: requires {needed}", x, [needed], measure, kept)
    for other in m.excludes:
        if other in kept:
            build.at_most(f"{m.id}: excludes {other}", {x: 1.0, measure[other]: -1.0}, 0.0)
        elif other in measure and case.measures[other].lever is not Lever.STRENGTHEN:
            build.at_most(f"{m.id}: excludes {other}", {x: 1.0, measure[other]: 1.0}, 1.0)
        elif standing(case.measures[other]):
            build.at_most(f"{m.id}: excluded by {other}, which is in force", {x: 1.0}, 0.0)


def _opened(
    build: _Builder,
    opens: Mapping[str, Sequence[str]],
    measure: Mapping[str, int],
    kept: frozenset[str],
) -> None:
    for level, enablers in opens.items():
        if level in measure and level not in kept:
            _needs(build, f"{level}: {OPENED} {', '.join(enablers)}", measure[level], enablers, measure, kept)


def complete(levers: Levers, measures: Sequence[str]) -> Vector:
    """(variables,) exactly these leader variables (`lapse:ID` lets a measure go), and every actor they need joins.

    Used for "what if we do X": participation is taken for granted, whatever it costs; prerequisites are not added.
    """
    leader = levers.leader
    z = np.zeros(len(leader.names))
    for name in measures:
        z[leader.names.index(name)] = 1.0
    B = leader.B
    for r in (*range(B.shape[0]), *range(B.shape[0])):  # twice: who joins may have to be brought in alone
        columns, values = B.indices[B.indptr[r] : B.indptr[r + 1]], B.data[B.indptr[r] : B.indptr[r + 1]]
        if values @ z[columns] <= leader.row_upper[r] + 1e-9:
            continue
        for c, v in zip(columns, values, strict=True):
            if v < 0 and leader.kinds[c] == "participation":
                z[c] = 1.0
    return levers.settled(z)
