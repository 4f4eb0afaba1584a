"""The public version: routes, places and loopholes only by objective and mode; closings only where already public.

Nothing that names a channel, a route or a place passes. Facts with a handling mark above TLP:CLEAR are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from counterpact.case.case import Case
from counterpact.case.values import MeasureStatus
from counterpact.provenance import Handling
from counterpact.report import figures
from counterpact.report.evidence import Block

PUBLISHED = frozenset(
    {MeasureStatus.IN_FORCE, MeasureStatus.PARTLY, MeasureStatus.BREACHED, MeasureStatus.DONE, MeasureStatus.PROPOSED}
)
"""Statuses of measures that are public knowledge."""


def published(case: Case, measure: str) -> bool:
    """True if the measure is already public and was read at its source."""
    found = case.measures.get(measure.removeprefix("lapse:"))
    return found is not None and found.status in PUBLISHED and found.reading.verified


def closed_facts(case: Case) -> frozenset[str]:
    """Facts that must not leave the house."""
    return frozenset(i for i, fact in case.facts.items() if fact.handling is not Handling.CLEAR)


def strip(case: Case, b: Block) -> Block:
    """The brief without what must not leave the house."""
    by_objective = _objectives_of(case)
    made = dict(b)
    made["network"] = {"by_mode": _by_mode(case, by_objective)}
    made["bounds"] = [x for x in b["bounds"] if x["what"] == "objective"]
    made["displacement"] = _moves(case, b["displacement"], by_objective)
    made["loopholes"] = _loopholes(case, b["loopholes"])
    made["reply"] = {
        "measures": b["reply"]["measures"],
        "objectives": b["reply"]["objectives"],
        "routes": [],
        "scenarios": b["reply"]["scenarios"],
        "note": b["reply"]["note"],
        "summary": ["How traffic would shift is given by objective and means of transport only."],
    }
    made["evidence_values"] = [e for e in b["evidence_values"] if not _touches(case, e["target"])]
    made["contradictions"] = [c for c in b["contradictions"] if not any(_touches(case, e) for e in c["estimands"])]
    made["calibration"] = {**b["calibration"], "hindcasts": []}
    made["package"] = _package(b["package"])
    routes = route_words(case)
    for name in ("evidence_values", "contradictions", "checks", "drivers", "notes", "unbound_facts"):
        made[name] = [one for one in made[name] if not _mentions(one, routes)]
    stripped: Block = scrubbed(without_facts(made, closed_facts(case)), routes)
    return stripped


def route_words(case: Case) -> re.Pattern[str]:
    """Ids and names of every channel, as whole words."""
    words = [w for c in case.channels.values() for w in (c.id, c.name)]
    either = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) or r"(?!)"
    return re.compile(rf"(?<![\w.-])(?:{either})(?![\w-])")


def _mentions(value: Any, routes: re.Pattern[str]) -> bool:
    if isinstance(value, str):
        return routes.search(value) is not None
    if isinstance(value, Mapping):
        return any(_mentions(inner, routes) for inner in value.values())
    return isinstance(value, list | tuple) and any(_mentions(inner, routes) for inner in value)


def scrubbed(value: Any, routes: re.Pattern[str]) -> Any:
    """The last net: wherever a channel is still named, “a channel” stands instead."""
    if isinstance(value, str):
        return routes.sub("a channel", value)
    if isinstance(value, Mapping):
        return {name: scrubbed(inner, routes) for name, inner in value.items()}
    if isinstance(value, list):
        return [scrubbed(inner, routes) for inner in value]
    return tuple(scrubbed(inner, routes) for inner in value) if isinstance(value, tuple) else value


def without_facts(value: Any, closed: frozenset[str]) -> Any:
    """The block with closed facts taken out of every list of ids."""
    if isinstance(value, Mapping):
        return {
            name: [i for i in inner if i not in closed]
            if name in ("facts", "rivals") and isinstance(inner, list)
            else without_facts(inner, closed)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [without_facts(inner, closed) for inner in value]
    return value


def _touches(case: Case, estimand: str) -> bool:
    """True if an estimand is about one or two named channels: its bounds would give a route away."""
    found = case.estimands.get(estimand)
    return found is not None and 0 < len(found.channels) <= 2


def _objectives_of(case: Case) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for term in case.objective_terms.values():
        names = found.setdefault(term.channel, [])
        name = case.objectives[term.objective].name
        if name not in names:
            names.append(name)
    return found


def _by_mode(case: Case, by_objective: Mapping[str, list[str]]) -> list[Block]:
    groups: dict[tuple[str, str], list[str]] = {}
    for c in case.channels.values():
        for objective in by_objective.get(c.id, ["on the way to one of these"]):
            groups.setdefault((objective, c.mode.value), []).append(c.status.value)
    return [
        {"objective": o, "mode": m, "channels": len(found), "observed": found.count("observed")}
        for (o, m), found in sorted(groups.items())
    ]


def _moves(case: Case, moves: Iterable[Block], by_objective: Mapping[str, list[str]]) -> list[Block]:
    groups: dict[tuple[str, str, str], list[float]] = {}
    for move in moves:
        channel = case.channels[move["channel"]]
        for objective in by_objective.get(channel.id, ()):
            sums = groups.setdefault((objective, channel.mode.value, move["unit"]), [0.0, 0.0])
            sums[0] += move["before"]["low"] or 0.0
            sums[1] += move["after"]["low"] or 0.0
    how = "Mean over scenarios of what the best reply delivers by this means, all routes together."
    return [
        {
            "objective": o,
            "mode": m,
            "before": figures.figure(before, before, unit, how=how),
            "after": figures.figure(after, after, unit, how=how),
        }
        for (o, m, unit), (before, after) in sorted(groups.items())
    ]


def _loopholes(case: Case, loopholes: Iterable[Block]) -> list[Block]:
    groups: dict[tuple[str, str], list[Block]] = {}
    for x in loopholes:
        groups.setdefault((x["objective_name"], x["mode"]), []).append(x)
    return [_merged(case, name, mode, found) for (name, mode), found in sorted(groups.items())]


def _merged(case: Case, name: str, mode: str, found: list[Block]) -> Block:
    closing: dict[str, Block] = {}
    for x in found:
        for c in x["closing_measures"]:
            if c["measures"] and all(published(case, m) for m in c["measures"]):
                closing.setdefault(" ".join(c["measures"]), {**c, "text": "; ".join(c["names"]), "who": c["who"]})
    risk = sum(x["risk_share"]["low"] or 0.0 for x in found)
    return {
        "route": [],
        "route_text": f"by {mode}",
        "objective": found[0]["objective"],
        "objective_name": name,
        "mode": mode,
        "value": figures.share(risk, how="Share of the combined risk left under the package, all routes together."),
        "closed": all(x["closed"] for x in found),
        "closing_measures": list(closing.values()),
        "no_closing": "nothing that is public yet",
    }


def _package(package: Block) -> Block:
    """Effects name no channel; notes of measures may, so they go."""
    measures = []
    for m in package["measures"]:
        effects = [
            {**e, "note": "", "figure": {**e["figure"], "how": "Interval set in the case."}} for e in m["effects"]
        ]
        measures.append({**m, "effects": effects, "note": ""})
    # the reasons name routes and what would open them
    return {k: v for k, v in package.items() if k != "reasons"} | {"measures": measures}
