"""The recommended package of a brief: who must do what, at which cost, with which proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterpact.case.case import Case
from counterpact.case.model import Effect
from counterpact.charts import words
from counterpact.lines import prose
from counterpact.provenance import Basis
from counterpact.report import figures
from counterpact.report.evidence import Block, name_of
from counterpact.report.figures import Figure, Parts
from counterpact.report.reasons import reasons
from counterpact.report.rooms import NAMES

if TYPE_CHECKING:
    from counterpact.strategy.outcome import ChosenMeasure, Plan

RESOURCE_NAMES: Mapping[str, str] = {
    "money": "Money",
    "political": "Political cost",
    "civilian_harm": "Risk of harm to civilians",
    "escalation": "Risk of escalation",
}
RISK_NAMES: Mapping[str, str] = {
    "mean": "the average over the scenarios",
    "cvar": "the average of the worst tenth of the scenarios",
    "worst": "the worst of the scenarios drawn",
    "regret": "the greatest regret in the scenarios drawn",
    "satisfice": "the share of scenarios that do not reach what was asked",
}
_KINDS: Mapping[str, str] = {
    "block": "removes {} of the capacity of what it acts on",
    "deter by loss": "makes {} of what is sent get lost",
    "deter by premium": "makes each unit dearer by {}",
    "enable": "raises what it supports by {}",
}


def resource_figure(name: str, low: float, high: float) -> Figure:
    """An amount of one resource: money in USD million, the scales in points."""
    how = "Sum over the measures of the package; costs are set by rule for each kind of measure."
    if name == "money":
        return figures.figure(low * 1e6, high * 1e6, "USD", how=how, basis="assumption")
    text = f"{low:.3g} points" if low == high else f"{low:.3g} to {high:.3g} points"
    return figures.figure(low, high, "point", how=how, basis="assumption", text=text)


def package(case: Case, plan: Plan) -> Block:
    """The package block. Its `measures` stand in the order of the lines, then of the case."""
    made, certificate = plan.package, plan.certificate
    rows = [measure(case, chosen) for chosen in plan.measures]
    order = list(NAMES)
    rows.sort(key=lambda m: order.index(m["line"]))
    cost = {r: resource_figure(r, low, high) for r, (low, high) in plan.cost.items()}
    return {
        "measures": rows,
        "members": [name_of(case, actor.removeprefix("join:")) for actor in plan.joins],
        "cost": cost,
        "budgets": {name: figures.finite(value) for name, value in sorted(plan.budgets.items())},
        "costs_table": [(RESOURCE_NAMES.get(r, r), cost[r], _limit_text(r, plan.budgets.get(r))) for r in plan.cost],
        "risk": made.request.risk.kind,
        "upper_bound": figures.finite(made.upper_bound),
        "lower_bound": figures.finite(made.lower_bound),
        "upper_bound_before": figures.finite(made.upper_bound_before),
        "effect": figures.finite(made.effect),
        "gap": figures.finite(made.gap),
        "lower_bound_status": certificate.lower_bound_status,
        "timed_out": made.timed_out,
        "message": made.message,
        "certificate": {
            "passed": certificate.passed,
            "upper_bound": figures.finite(certificate.upper_bound),
            "worst_violation": figures.finite(certificate.worst_violation),
            "worst_slack": figures.finite(certificate.worst_slack),
            "lower_bound_status": certificate.lower_bound_status,
            "details": list(certificate.details),
        },
        "assumption_share": figures.finite(plan.assumption_share),
        "equal_assumptions": {
            "measures": [name_of(case, m) for m in plan.equal_assumptions],
            "overlap": figures.finite(plan.equal_overlap),
        },
        "headline": headline(plan, rows, cost),
        "summary": summary(plan, rows),
        "proof": proof(plan),
        "reasons": reasons(case, plan),
    }


def _limit_text(resource: str, limit: float | None) -> str:
    if limit is None:
        return "none set"
    return words.amount(limit * 1e6, limit * 1e6, "USD") if resource == "money" else f"{limit:.3g} points"


def measure(case: Case, chosen: ChosenMeasure) -> Block:
    """One measure with who, how, how long, at which cost, and why it should work."""
    m = case.measures[chosen.id.removeprefix("lapse:")]
    effects = [e for e in case.effects.values() if e.measure == m.id]
    facts = [f for f in m.facts if f in case.facts]
    who = [name_of(case, actor) for actor in chosen.who]
    needed = f"{m.who_needed} of: " if m.who_needed and m.who_needed < len(who) else ""
    scales = (
        ("political", chosen.political),
        ("harm to civilians", chosen.civilian_harm),
        ("escalation", chosen.escalation),
    )
    return {
        "id": chosen.id,
        "name": m.name,
        "line": m.line.value,
        "line_name": NAMES[m.line.value],
        "action": chosen.action,
        "status": m.status.value,
        "acts_on": m.acts_on,
        "who": who,
        "who_text": needed + prose.listing(who),
        "legal_basis": m.legal_basis,
        "date": m.date,
        "lead": figures.figure(
            *chosen.lead_months,
            "month",
            how="Months from decision to effect, set by rule for this kind of measure.",
            basis=m.cost_basis.value,
        ),
        "money": figures.figure(
            chosen.money[0] * 1e6,
            chosen.money[1] * 1e6,
            "USD",
            how="Cost to the coalition a year, set by rule for this kind of measure. " + m.note,
            basis=m.cost_basis.value,
        ),
        "scales": {name.replace(" ", "_"): figures.finite(value) for name, value in scales},
        "scales_text": ", ".join(f"{name} {value:.2g} of 10" for name, value in scales if value) or "none foreseen",
        "reading": m.reading.value,
        "verified": m.reading.verified,
        "serves": m.serves,
        "note": m.note,
        "facts": facts,
        "requires": [name_of(case, r) for r in chosen.requires],
        "effects": [effect(case, e) for e in effects],
        "assumed_only": chosen.assumed_only,
        "touches_model": chosen.touches_model,
        "last_in": figures.share(
            chosen.last_in,
            how="Share of the package's effect that would be lost if this measure alone were dropped.",
        ),
    }


def _basis(case: Case, e: Effect) -> Basis:
    own = e.low is not None or e.high is not None or bool(e.facts)
    return e.basis if own or e.basis is not Basis.ASSUMPTION else case.effect_families[e.family].basis


def effect(case: Case, e: Effect) -> Block:
    """One effect: what it does, how strongly, on which basis."""
    family = case.effect_families[e.family]
    low, high = case.effect_interval(e)
    own = e.low is not None or e.high is not None
    basis = _basis(case, e)
    facts = [f for f in (e.facts or family.facts) if f in case.facts]
    interval = figures.share(
        low,
        low=low,
        high=high,
        facts=facts,
        how=(e.note if own else "") or family.note or f"Interval of the family “{family.name}”.",
        basis=basis.value,
        verified=all(case.facts[f].reading.verified for f in facts),
    )
    says = _KINDS[family.kind.value].partition("{}")
    return {
        "family": family.name,
        "kind": family.kind.value,
        "figure": interval,
        "says": [says[0], interval, says[2]],
        "basis": basis.value,
        "channels": len(e.channels),
        "note": e.note or family.note,
    }


def headline(plan: Plan, rows: Sequence[Mapping[str, Any]], cost: Mapping[str, Figure]) -> list[Block]:
    """The figures one asks for first."""
    made = plan.package
    kind = RISK_NAMES[made.request.risk.kind]
    low = made.effect
    high = 1.0 - made.lower_bound / made.upper_bound_before if made.upper_bound_before else low
    items: list[Block] = [
        {
            "what": "of the combined risk taken away: " + kind,
            "over": kind,
            "figure": figures.share(
                low,
                how=f"Proven: the package takes away at least {words.percent(low)} of the combined risk "
                f"({kind}); no package within the limits can take away more than {words.percent(high)}.",
            ),
        },
        {
            "what": "to adopt or enforce harder",
            "figure": figures.count(len(rows), "measure", how="Size of the package."),
        },
    ]
    if "money" in cost:
        items.append({"what": "a year, at the upper end of each cost", "figure": cost["money"]})
    items.append(
        {
            "what": "of the achievable effect may still be missing (the gap)",
            "figure": figures.share(
                made.gap,
                how="Difference between what the package is proven to do and the bound on any package, as a share of "
                "the greatest effect that any package within the limits could have.",
            ),
        }
    )
    return items


def summary(plan: Plan, rows: Sequence[Mapping[str, Any]]) -> Parts:
    """The package in one paragraph."""
    new = sum(m["action"] == "adopt" for m in rows)
    stronger = sum(m["action"] == "strengthen" for m in rows)
    assumed = sum(m["assumed_only"] for m in rows)
    lines = list(dict.fromkeys(m["line_name"] for m in rows))
    parts: Parts = [
        f"The package has {len(rows)} measures on {len(lines)} lines of effort ({prose.listing(lines).lower()}): "
        f"{new} new, {stronger} that enforce harder what exists. "
    ]
    if assumed:
        parts.append(f"For {assumed} of them the size of the effect is assumed, not observed; they are marked. ")
    parts += [
        "Of what the package achieves, ",
        figures.share(plan.assumption_share, how="Share of the effect that rests on assumed intervals alone."),
        " rests on assumed effects. If all assumed effects were equally strong, ",
        figures.share(
            plan.equal_overlap,
            how="Share of this package's measures that also stand in the package designed with all assumed "
            "intervals equal.",
        ),
        " of the measures would still be chosen.",
    ]
    return parts


def proof(plan: Plan) -> str:
    """What is proven and what is only claimed, in plain words."""
    c, p = plan.certificate, plan.package
    checked = (
        "A second program, which shares nothing with the search, checked every scenario: the risk left under the "
        "package is proven not to be higher than stated."
        if c.passed
        else "The independent check did not pass: do not rely on the stated effect. " + " ".join(c.details)
    )
    bound = (
        "That no other package could do much better is proven as well."
        if c.lower_bound_status == "proven"
        else "That no other package could do better by more than the gap is claimed by the solver and not proven "
        "independently."
    )
    limit = f" {p.message[:1].upper()}{p.message[1:]}." if p.timed_out else ""
    return f"{checked} {bound}{limit}"
