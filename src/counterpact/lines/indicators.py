"""From an estimand to an indicator over time: rivals side by side, gaps left as gaps, the newest one dated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counterpact.case.case import Case
from counterpact.case.model import Estimand
from counterpact.case.values import Line
from counterpact.lines.contract import Figure, Indicator
from counterpact.lines.figures import as_figure, fresh_days, usable
from counterpact.lines.settings import IndicatorSetting
from counterpact.picture.result import Picture
from counterpact.provenance import Basis, Citation

_FALLBACK = 10
"""How many indicators a case without any of the named estimands gets per line."""


def indicator(case: Case, picture: Picture, setting: IndicatorSetting, as_of: date) -> Indicator | None:
    """The facts of one estimand in order of time; None if the case lacks the estimand or has no number on it."""
    estimand = case.estimands.get(setting.estimand)
    if estimand is None:
        return None
    peers = tuple(fact for fact in usable(case, estimand.id) if _meant(fact.definition, setting))
    limit = fresh_days(estimand.kind) if setting.fresh_days is None else setting.fresh_days
    ordered = sorted(peers, key=lambda fact: (_span(fact.period), fact.id))
    points = tuple(as_figure(case, fact, estimand.unit, as_of, limit, picture, peers) for fact in ordered)
    if not points:
        return None
    return Indicator(
        id=setting.id,
        name=setting.name,
        unit=estimand.unit,
        points=points,
        note=setting.note or estimand.note,
        estimand=estimand.id,
        stale=points[-1].stale,
        reconciled=_reconciled(picture, estimand),
    )


def _meant(definition: str, setting: IndicatorSetting) -> bool:
    """True if a fact of this definition belongs to the indicator."""
    return not definition if setting.plain else setting.definition in definition


def _span(period: object) -> tuple[date, date]:
    """Last, then first day: the order of points."""
    from counterpact.quantity import Period

    assert isinstance(period, Period)
    return (period.last, period.first)


def _reconciled(picture: Picture, estimand: Estimand) -> Figure | None:
    """What all consistent facts together leave possible, where the estimand lies in the network."""
    bound = picture.estimand_bounds.get(estimand.id)
    if bound is None or not estimand.channels:
        return None
    return Figure(
        value=bound.union,
        citation=Citation(
            reason="least and greatest value that any consistent set of facts allows"
            if bound.from_evidence
            else "no fact limits it; only the assumed ceiling of its channels does",
            basis=Basis.FACT if bound.from_evidence else Basis.ASSUMPTION,
        ),
        verified=bound.from_evidence,
    )


def chosen(case: Case, line: Line, settings: Sequence[IndicatorSetting]) -> tuple[IndicatorSetting, ...]:
    """The named indicators, or, for a case that has none of them, the estimands the case gives to the line."""
    named = tuple(setting for setting in settings if setting.estimand in case.estimands)
    if named:
        return named
    own = [estimand for estimand in case.estimands.values() if estimand.line is line]
    own.sort(key=lambda estimand: -len(case.facts_about(estimand.id)))
    return tuple(IndicatorSetting(id=e.id, name=e.name, estimand=e.id) for e in own[:_FALLBACK])
