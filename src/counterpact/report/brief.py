"""Everything one run found, as one JSON object. Same case, seed and versions → same bytes: no clock, no chance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import metadata
from typing import TYPE_CHECKING, Any

from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.charts import page
from counterpact.lines.contract import Assessment
from counterpact.picture.result import Picture
from counterpact.provenance import Handling
from counterpact.report import answers, doubts, evidence, figures, method, rooms, routes, strategy
from counterpact.report.changes import changes
from counterpact.report.evidence import Block
from counterpact.report.package import package
from counterpact.report.public import closed_facts, strip
from counterpact.version import __version__

if TYPE_CHECKING:
    from counterpact.strategy.outcome import Plan

FORMAT = 1
"""Version of this object's shape."""
_SOLVERS = ("numpy", "scipy", "highspy")


def assemble(
    case: Case,
    picture: Picture,
    assessments: Mapping[Line, Assessment],
    plan: Plan,
    *,
    since: str | None = None,
    public: bool = False,
) -> dict[str, Any]:
    """The brief of a case. `since`: a day, a revision or the folder of an older copy, to say what changed.

    `public`: aggregate routes and loopholes to objective and mode and mark the result TLP:CLEAR.
    Raises `UsageError` for a `since` that means nothing.
    """
    b = _head(case, plan, public)
    b |= _evidence(case, picture)
    b["changes"] = changes(case, since)
    b["lines"] = rooms.lines(case, assessments)
    b |= _strategy(case, plan)
    b["network"] = routes.network(case, picture)
    b["method"] = method.paragraphs(case, picture, plan.scenarios)
    b["measures"] = {
        m.id: {"name": m.name, "line": m.line.value, "status": m.status.value} for m in case.measures.values()
    }
    b["known_gaps"] = list(case.head.known_gaps)
    b["notes"] = [evidence.named(case, note) for note in plan.notes]
    if public:
        b = strip(case, b)
    b["facts"] = evidence.fact_blocks(case, figures.cited(b))
    if public:
        b["facts"] = {i: f for i, f in b["facts"].items() if i not in closed_facts(case)}
    b["sources"] = evidence.source_blocks(case, b["facts"].values())
    b["source_summary"] = answers.source_summary(b)
    b["loophole_summary"] = answers.loophole_summary(b["loopholes"])
    b["answers"] = answers.answers(b)
    return b


def _head(case: Case, plan: Plan, public: bool) -> Block:
    head = case.head
    return {
        "format": FORMAT,
        "case": head.slug,
        "title": head.title,
        "summary": head.summary,
        "as_of": head.as_of,
        "baseline": head.baseline,
        "alliance": list(head.alliance),
        "licence": head.licence,
        "case_revision": case.revision,
        "seed": plan.seed,
        "versions": {"counterpact": __version__, **_versions()},
        "handling": (Handling.CLEAR if public else mark(case)).value,
        "public": public,
    }


def mark(case: Case) -> Handling:
    """Routes and loopholes are at least TLP:AMBER; a fact of a narrower circle narrows the whole."""
    marks = [Handling.AMBER, case.head.handling, *(fact.handling for fact in case.facts.values())]
    return max(marks, key=lambda one: one.rank)


def _versions() -> dict[str, str]:
    found = {}
    for name in _SOLVERS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found | page.versions()


def _evidence(case: Case, picture: Picture) -> Block:
    return {
        "contradictions": evidence.contradictions(case, picture),
        "contradictions_complete": picture.contradictions_complete,
        "worlds": {"count": len(picture.worlds), "complete": picture.worlds_complete},
        "checks": evidence.checks(case, picture),
        "bounds": evidence.bounds(case, picture),
        "evidence_values": evidence.evidence_values(case, picture),
        "unbound_facts": evidence.unbound(case, picture),
        "samples": {
            "draws": len(picture.samples.flows),
            "seed": picture.samples.seed,
            "rhat": {k: figures.finite(v) for k, v in sorted(picture.samples.rhat.items())},
            "ess_bulk": {k: figures.finite(v) for k, v in sorted(picture.samples.ess_bulk.items())},
            "ess_tail": {k: figures.finite(v) for k, v in sorted(picture.samples.ess_tail.items())},
            "note": picture.samples.note,
        },
    }


def _strategy(case: Case, plan: Plan) -> Block:
    return {
        "objectives": strategy.objectives(case, plan),
        "package": package(case, plan),
        "frontier": strategy.frontier(case, plan),
        "frontier_unit": "USD",
        "reply": strategy.reply(case, plan),
        "displacement": strategy.displacement(case, plan),
        "loopholes": strategy.loopholes(case, plan),
        "contribution": strategy.contribution(plan),
        "contribution_summary": strategy.contribution_summary(plan),
        "contribution_error": figures.finite(plan.contribution.error),
        "scenarios": {
            "count": plan.scenarios,
            "representatives": plan.representatives,
            "contribution_on": plan.contribution.scenarios,
        },
        "risk": {"before": figures.finite(plan.risk_before), "after": figures.finite(plan.risk_after)},
        "calibration": doubts.calibration(case, plan),
        "drivers": doubts.drivers(plan),
        "weights": doubts.weights(case, plan),
    }


def to_json(brief: Mapping[str, Any]) -> str:
    """The object as text, keys in the order of the brief; raises `ValueError` on a number that is not finite."""
    return json.dumps(brief, ensure_ascii=False, allow_nan=False, indent=1)
