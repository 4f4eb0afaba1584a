"""The evidence of a brief: facts and sources, contradictions, doubtful figures, bounds, what to find out next."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from counterpact.case.case import Case
from counterpact.case.model import Fact
from counterpact.charts import words
from counterpact.lines import prose
from counterpact.picture.result import Bound, Contradiction, EvidenceValue, Picture
from counterpact.quantity import Quantity
from counterpact.report import figures
from counterpact.report.figures import Figure

Block = dict[str, Any]


def fact_block(case: Case, fact: Fact) -> Block:
    """One claim with all one needs to judge it."""
    value = fact.quantity
    made: Block = {
        "statement": fact.statement,
        "text": words.amount(value.low, value.high, value.unit) if value else "",
        "period": figures.period_text(fact.period),
        "origin": prose.capital(prose.origin(fact.origin)),
        "source": fact.source,
        "confidence": fact.confidence.value,
        "reading": fact.reading.value,
        "verified": fact.reading.verified,
        "claim": fact.claim.value,
        "review": fact.review.value,
        "handling": fact.handling.value,
    }
    optional = {
        "low": None if value is None else figures.finite(value.low),
        "high": None if value is None else figures.finite(value.high),
        "unit": fact.unit,
        "estimand": fact.estimand,
        "definition": fact.definition,
        "repeats": fact.repeats,
        "part_of": fact.part_of,
        "corrects": fact.corrects,
        "corrected_by": case.corrected.get(fact.id, ""),
        "dissent": fact.dissent,
        "note": fact.note,
    }
    made.update({name: inner for name, inner in optional.items() if inner not in ("", None)})
    return made


def fact_blocks(case: Case, ids: Iterable[str]) -> dict[str, Block]:
    """The cited facts, with those that correct them and those they repeat, in the order of the case."""
    wanted = {i for i in ids if i in case.facts}
    for i in sorted(wanted):
        fact = case.facts[i]
        wanted |= {other for other in (fact.repeats, fact.corrects, case.corrected.get(i, "")) if other in case.facts}
    return {i: fact_block(case, fact) for i, fact in case.facts.items() if i in wanted}


def source_blocks(case: Case, facts: Iterable[Block]) -> dict[str, Block]:
    """The sources of those facts, in the order of the case."""
    wanted = {fact["source"] for fact in facts}
    return {
        i: {
            "title": source.title,
            "publisher": source.publisher,
            "date": source.date,
            "url": source.url,
            "page_class": source.page_class.value,
        }
        for i, source in case.sources.items()
        if i in wanted
    }


def name_of(case: Case, identifier: str) -> str:
    """The name of an estimand, channel, objective, measure, factor, actor or fact; the id if there is none."""
    for table in (case.estimands, case.channels, case.objectives, case.measures, case.factors, case.actors, case.goods):
        row = table.get(identifier)
        if row is not None:
            return str(row.name)
    return identifier


def named(case: Case, text: str) -> str:
    """The text with names in place of the ids of measures, channels, factors and estimands, for people to read."""

    def name(found: re.Match[str]) -> str:
        for table in (case.measures, case.channels, case.factors, case.estimands):
            row = table.get(found[0])
            if row is not None and ("_" in found[0] or "-" in found[0]):
                return f"“{row.name}”"
        return found[0]

    return re.sub(r"[A-Za-z0-9][A-Za-z0-9_.\-]*[A-Za-z0-9]", name, text)


def contradictions(case: Case, picture: Picture) -> list[Block]:
    """Every contradiction with its claims side by side, true conflicts first."""
    order = {"true conflict": 0, "different definitions": 1, "different periods": 2}
    ranked = sorted(enumerate(picture.contradictions), key=lambda item: (order[item[1].kind.value], item[0]))
    return [_contradiction(case, found) for _, found in ranked]


def _contradiction(case: Case, found: Contradiction) -> Block:
    facts = [f for f in found.facts if f in case.facts]
    claims = []
    for i in facts:
        own = figures.of_fact(case.facts[i], [f for f in facts if f != i])
        if own is not None:
            adjust = found.adjustments.get(i)
            claims.append(
                {
                    "fact": i,
                    "origin": prose.capital(prose.origin(case.facts[i].origin)),
                    "estimand": name_of(case, case.facts[i].estimand),
                    "figure": own,
                    "definition": case.facts[i].definition,
                    "period": own.get("period", ""),
                    "would_have_to_move": None if adjust is None else figures.finite(adjust),
                }
            )
    return {
        "estimand": name_of(case, found.estimands[0]) if found.estimands else "",
        "estimands": list(found.estimands),
        "kind": found.kind.value,
        "facts": facts,
        "origins": [prose.capital(prose.origin(origin)) for origin in found.origins],
        "suspects": [name_of(case, s) for s in found.suspects],
        "adjustments": {k: figures.finite(v) for k, v in sorted(found.adjustments.items())},
        "verified": found.verified,
        "explanation": found.explanation,
        "claims": claims,
    }


def checks(case: Case, picture: Picture) -> list[Block]:
    """Doubtful figures found by arithmetic, the most serious first."""
    order = {"error": 0, "warning": 1, "note": 2}
    return [
        {
            "rule": check.rule,
            "severity": check.severity,
            "facts": [f for f in check.facts if f in case.facts],
            "estimand": name_of(case, check.estimand) if check.estimand else "",
            "message": named(case, check.message),
        }
        for check in sorted(picture.checks, key=lambda c: order.get(c.severity, 3))
    ]


def _interval(value: Quantity) -> list[float | None]:
    return [figures.finite(value.low), figures.finite(value.high)]


def _bound(what: str, name: str, bound: Bound, facts: Iterable[str]) -> Block:
    cited = list(facts)
    how = "Least and greatest value that any consistent set of the facts allows."
    if not bound.from_evidence:
        how = "No fact limits this; only the assumed ceiling of its channels does."
    made = figures.figure(
        bound.union.low,
        bound.union.high,
        bound.union.unit,
        facts=cited,
        how=how,
        basis=figures.MODEL if bound.from_evidence else "assumption",
        period=figures.period_text(bound.union.period),
        text=words.model_amount(bound.union.low, bound.union.high, bound.union.unit),
    )
    return {
        "id": bound.id,
        "what": what,
        "name": name,
        "value": made,
        "from_evidence": bound.from_evidence,
        "per_world": [_interval(value) for value in dict.fromkeys(bound.per_world)],
    }


def bounds(case: Case, picture: Picture) -> list[Block]:
    """Bounds of objectives, estimands and channels in the baseline year."""
    found = [
        _bound("objective", case.objectives[i].name, b, objective_facts(case, i))
        for i, b in picture.objective_bounds.items()
        if i in case.objectives
    ]
    found += [
        _bound("estimand", case.estimands[i].name, b, (f.id for f in case.facts_about(i)))
        for i, b in picture.estimand_bounds.items()
        if i in case.estimands
    ]
    return found + [
        _bound("channel", case.channels[i].name, b, case.channels[i].facts)
        for i, b in picture.channel_bounds.items()
        if i in case.channels
    ]


def objective_facts(case: Case, objective: str) -> list[str]:
    """Facts behind the channels that deliver to an objective."""
    channels = [t.channel for t in case.objective_terms.values() if t.objective == objective]
    found = [f for c in channels if c in case.channels for f in case.channels[c].facts]
    about = [
        f.id
        for e in case.estimands.values()
        if e.channels and {c.lstrip("-") for c in e.channels} & set(channels)
        for f in case.facts_about(e.id)
    ]
    return [f for f in dict.fromkeys([*found, *about]) if f in case.facts]


def evidence_values(case: Case, picture: Picture) -> list[Block]:
    """What one would most like to know, the most useful first."""

    def block(value: EvidenceValue) -> Block:
        facts = [f.id for f in case.facts_about(value.target)]
        if value.target in case.channels:
            facts = [f for f in case.channels[value.target].facts if f in case.facts]
        shrink: Figure = figures.share(
            value.shrink_low,
            low=value.shrink_low,
            high=value.shrink_high,
            facts=facts,
            how="How much of the width of the objective's bounds would go if this one number were known exactly.",
        )
        return {
            "target": value.target,
            "name": name_of(case, value.target),
            "objective": value.objective,
            "objective_name": name_of(case, value.objective),
            "shrink": shrink,
            "reason": value.reason,
        }

    return [block(value) for value in picture.evidence_values]


def unbound(case: Case, picture: Picture) -> list[Block]:
    """Facts that are kept but limit nothing, with the reason, grouped by reason."""
    groups: dict[str, list[str]] = {}
    for fact, why in picture.unbound_facts.items():
        if fact in case.facts:
            groups.setdefault(why, []).append(fact)
    return [{"reason": why, "facts": ids} for why, ids in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0]))]
