"""The seven assessments of a brief as plain values."""

from __future__ import annotations

from collections.abc import Mapping

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.lines.contract import Assessment, Finding, Indicator
from counterpact.report import figures
from counterpact.report.evidence import Block

NAMES: Mapping[str, str] = {
    "diplomacy": "Diplomacy",
    "sanctions": "Sanctions and finance",
    "readiness": "Military readiness",
    "cyber": "Cyber",
    "humanitarian": "Humanitarian",
    "technology": "Technology controls",
    "accountability": "Accountability",
}


def lines(case: Case, assessments: Mapping[Line, Assessment]) -> list[Block]:
    """One block per line, in their order."""
    return [line(case, assessments[one]) for one in Line if one in assessments]


def line(case: Case, made: Assessment) -> Block:
    """One assessment."""
    return {
        "line": made.line.value,
        "name": NAMES[made.line.value],
        "headline": made.headline,
        "as_of": made.as_of.isoformat(),
        "case_revision": made.case_revision,
        "vintages": dict(sorted(made.vintages.items())),
        "indicators": [_indicator(case, one) for one in made.indicators],
        "findings": [_finding(case, one) for one in made.findings],
        "inputs": {
            "effects": len(made.inputs.effects),
            "costs": len(made.inputs.costs),
            "participation": len(made.inputs.participation),
            "requirements": len(made.inputs.requirements),
        },
        "missing": list(made.missing),
        "serves_outside": made.serves_outside,
        "charts": {name: builder().as_dict() for name, builder in made.charts.items()},
    }


def _indicator(case: Case, one: Indicator) -> Block:
    block: Block = {
        "id": one.id,
        "name": one.name,
        "unit": one.unit,
        "note": one.note,
        "stale": one.stale,
        "points": [figures.of_line(case, point) for point in one.points],
    }
    if one.reconciled is not None:
        made = one.reconciled
        facts = [f.id for f in case.facts_about(one.estimand)]
        block["reconciled"] = figures.figure(
            made.value.low,
            made.value.high,
            made.value.unit,
            facts=facts,
            how=made.citation.reason[:1].upper() + made.citation.reason[1:] + ".",
            basis=figures.MODEL if made.verified else "assumption",
            period=figures.period_text(made.value.period),
        )
    return block


def _finding(case: Case, one: Finding) -> Block:
    made = [figures.of_line(case, figure) for figure in one.figures]
    return {
        "id": one.id,
        "sentence": one.sentence,
        "parts": figures.weave(one.sentence, made),
        "facts": [f for f in one.facts if f in case.facts],
        "measures": [m for m in one.measures if m in case.measures],
        "severity": one.severity,
        "verified": all(figure.verified for figure in one.figures),
    }
