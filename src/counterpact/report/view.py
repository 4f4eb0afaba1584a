"""What the page shows beside the brief itself: its charts, and rows of its tables. Selection and order only."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from counterpact.charts import (
    contribution,
    displacement,
    frontier,
    intervals,
    network,
    objectives,
    palette,
    spec,
    words,
)
from counterpact.charts.chart import Cell, Chart, Table
from counterpact.charts.worldmap import NEAR, WORLD
from counterpact.charts.worldmap import chart as map_chart
from counterpact.report import figures

Brief = Mapping[str, Any]


def build(b: Brief) -> dict[str, Any]:
    """Everything a template names besides `b`."""
    return {
        "charts": charts(b),
        "has_map": not b["public"],
        "observed": sum(c["status"] == "observed" for c in b["network"].get("channels", ())),
        "public_rows": [
            (r["objective"], r["mode"], str(r["channels"]), str(r["observed"])) for r in b["network"].get("by_mode", ())
        ],
        "check_rows": [
            (_facts_cell(c["message"], c["facts"]), c["rule"].replace("-", " "), c["severity"])
            for c in b["checks"]
            if c["severity"] != "note"
        ],
        "check_notes": sum(c["severity"] == "note" for c in b["checks"]),
        "unbound_rows": unbound_rows(b),
        "other_rows": other_rows(b),
        "conflict_groups": [g for g in conflict_groups(b) if g["kind"] == "true conflict"],
        "indicator_rows": indicator_rows,
        "package_groups": package_groups(b),
        "package_rows": package_rows(b),
        "reason_rows": reason_rows(b["package"].get("reasons", {})),
        "public_moves": [
            (m["objective"], m["mode"], m["before"], m["after"]) for m in b["displacement"] if "mode" in m
        ],
        "loophole_columns": ("route", "harms", "still possible", "cheapest way to close it", "who would have to join"),
        "loophole_rows": [loophole_row(r) for r in b["loopholes"]],
        "evidence_rows": [
            (words.first_up(e["name"]), e["objective_name"], e["shrink"]) for e in b["evidence_values"][:12]
        ],
        "driver_rows": [(d["name"], d["range"], d["effect"]) for d in b["drivers"]],
        "weight_rows": [(w["name"], w["becomes"]) for w in b["weights"] if w["flips"]],
        "calibration_rows": [
            (h["name"], h["predicted"], h["observed"], h["result"]) for h in b["calibration"]["hindcasts"]
        ],
    }


def _facts_cell(text: str, facts: list[str]) -> Cell:
    """A cell of words that opens the facts behind it."""
    if not facts:
        return text
    return {"text": text, "facts": facts, "verified": True, "basis": "fact"}


def charts(b: Brief) -> dict[str, Any]:
    """Every chart of the page by name."""
    found: dict[str, Any] = {
        "objectives": objectives.chart(b["objectives"]) if b["objectives"] else None,
        "contribution": contribution.chart(b["contribution"]),
        "frontier": frontier.chart(b["frontier"], b["frontier_unit"]) if len(b["frontier"]) > 1 else None,
        "displacement": None,
        "rivals": [chart for chart in (rivals(c, i) for i, c in enumerate(conflict_groups(b))) if chart],
        "bounds": bounds(b),
        "lines": {
            line["line"]: [
                chart
                for name, one in line["charts"].items()
                if (chart := spec.chart(f"{line['line']}-{name}", one, _point_figure(b))) is not None
            ]
            for line in b["lines"]
        },
    }
    moves = [m for m in b["displacement"] if "channel" in m and abs(m["share"]) >= 0.01]
    if moves:
        found["displacement"] = displacement.chart(moves)
    if not b["public"]:
        hubs = hub_places(b)
        net = b["network"]
        found["map_near"] = map_chart(
            net,
            id="map-near",
            title="North-East Asia: the short way",
            window=NEAR,
            named=list(net["places"]),
            whole=False,
        )
        found["map_world"] = map_chart(
            net, id="map-world", title="The wider network", window=WORLD, named=hubs, whole=True
        )
        found["network"] = network.chart(net, b["alliance"])
    return found


def hub_places(b: Brief, most: int = 18) -> list[str]:
    """Places with most channels: the ones named on the world map."""
    degree: dict[str, int] = {}
    for channel in b["network"]["channels"]:
        for end in (channel["from"], channel["to"]):
            degree[end] = degree.get(end, 0) + 1
    return sorted(degree, key=lambda p: (-degree[p], p))[:most]


def _point_figure(b: Brief) -> spec.FigureOf:
    def cell(point: Mapping[str, Any], unit: str) -> Cell:
        low = point["low"] if point["low"] is not None else -math.inf
        high = point["high"] if point["high"] is not None else math.inf
        facts = [f for f in point["facts"] if f in b["facts"]]
        return figures.figure(
            low,
            high,
            unit,
            facts=facts,
            how="" if facts else point["note"] or "Counted in the tables of the case.",
            basis="fact" if facts else "definition",
            verified=point["verified"],
            stale=point["stale"],
        )

    return cell


def conflict_groups(b: Brief) -> list[dict[str, Any]]:
    """Contradictions of one kind about one thing on one card: their claims once each, in order of their figures."""
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for c in b["contradictions"]:
        group = groups.setdefault(
            (c["kind"], c["estimand"]),
            {"kind": c["kind"], "estimand": c["estimand"], "sets": 0, "claims": {}, "suspects": []},
        )
        group["sets"] += 1
        group["suspects"] += [s for s in c["suspects"] if s not in group["suspects"]]
        group["claims"].update({claim["fact"]: claim for claim in c["claims"] if claim["fact"] not in group["claims"]})
    for group in groups.values():
        claims = group["claims"].values()
        group["claims"] = sorted(claims, key=lambda one: (one["figure"]["low"] or 0.0, one["fact"]))
    return list(groups.values())


def other_rows(b: Brief) -> list[tuple[Cell, ...]]:
    """Clashes that only different periods or definitions make, one row per thing measured."""
    rows: list[tuple[Cell, ...]] = []
    for group in conflict_groups(b):
        if group["kind"] != "true conflict":
            said = "; ".join(dict.fromkeys(f"{c['figure']['text']} ({c['origin']})" for c in group["claims"]))
            rows.append((group["estimand"], group["kind"], _facts_cell(said, [c["fact"] for c in group["claims"]])))
    return rows


def unbound_rows(b: Brief) -> list[tuple[Cell, ...]]:
    """Reasons why facts limit nothing, the commonest first; reasons of a single fact together."""
    several = [u for u in b["unbound_facts"] if len(u["facts"]) > 1]
    single = [f for u in b["unbound_facts"] if len(u["facts"]) == 1 for f in u["facts"]]
    found = [*several, *([{"reason": "each for a reason of its own", "facts": single}] if single else [])]
    return [(u["reason"], _facts_cell(f"{len(u['facts'])} facts", u["facts"])) for u in found]


def rivals(c: Mapping[str, Any], index: int) -> Chart | None:
    """The claims of one true conflict side by side, if they share a unit and there are more than two."""
    claims = c["claims"]
    units = {claim["figure"]["unit"] for claim in claims}
    if c["kind"] != "true conflict" or len(units) != 1 or len(claims) < 3:
        return None
    bars = [
        intervals.Bar(
            label=f"{claim['origin']}{', ' + words.period_words(claim['period']) if claim['period'] else ''}",
            low=claim["figure"]["low"] if claim["figure"]["low"] is not None else -math.inf,
            high=claim["figure"]["high"] if claim["figure"]["high"] is not None else math.inf,
            text=claim["figure"]["text"],
            hollow=not claim["figure"]["verified"],
            colour=palette.BLUE,
        )
        for claim in claims
    ]
    cells = [claim["figure"] for claim in claims]
    return intervals.chart(
        f"rivals-{index}",
        f"Rival figures: {c['estimand']}",
        bars,
        units.pop(),
        caption="Rival figures are shown side by side and never averaged.",
        table=intervals.row_table(bars, cells, "who says so", "figure"),
    )


def bounds(b: Brief) -> Chart | None:
    """Bounds of the objectives in the baseline year, each as a share of its upper end."""
    found = [x for x in b["bounds"] if x["what"] == "objective" and x["value"]["high"]]
    if not found:
        return None
    bars = [
        intervals.Bar(
            label=x["name"],
            low=(x["value"]["low"] or 0.0) / x["value"]["high"],
            high=1.0,
            text=x["value"]["text"],
            colour=palette.GREEN,
            hollow=not x["from_evidence"],
        )
        for x in found
    ]
    rows = tuple((x["name"], x["value"], str(len(x["per_world"]))) for x in found)
    return intervals.chart(
        "bounds",
        f"Bounds of what was delivered in {b['baseline']}",
        bars,
        "share",
        caption="Each bar runs from the least to the greatest value that the evidence allows, drawn as a share of the "
        "greatest. A hollow bar rests on an assumed ceiling alone.",
        table=Table(("objective", "between", "ways to resolve the conflicts"), rows),
    )


def indicator_rows(line: Mapping[str, Any]) -> list[tuple[Cell, ...]]:
    """Newest figure of each indicator."""
    rows: list[tuple[Cell, ...]] = []
    for one in line["indicators"]:
        newest = one["points"][-1]
        period = words.period_words(newest["period"]) if newest.get("period") else ""
        rows.append((one["name"], newest, period, one.get("reconciled", "–"), one["stale"] or "fresh"))
    return rows


def package_groups(b: Brief) -> list[dict[str, Any]]:
    """Measures of the package by line of effort."""
    order: dict[str, list[Any]] = {}
    for measure in b["package"]["measures"]:
        order.setdefault(measure["line_name"], []).append(measure)
    return [{"name": name, "measures": found} for name, found in order.items()]


_ACTIONS = {"adopt": "adopt", "strengthen": "enforce harder", "let lapse": "let go"}


def package_rows(b: Brief) -> list[tuple[Cell, ...]]:
    """Measures of the package, what would be missed most first; what was not verified or is assumed says so."""
    ordered = sorted(b["package"]["measures"], key=lambda m: (-(m["last_in"]["low"] or 0.0), m["id"]))
    rows: list[tuple[Cell, ...]] = []
    for m in ordered:
        name = {
            "text": m["name"],
            "facts": m["facts"],
            "verified": m["verified"],
            "basis": "assumption" if m["assumed_only"] else "fact",
            "how": m["note"] or "No fact of the case is cited for this measure.",
        }
        action = _ACTIONS.get(m["action"], m["action"])
        lead, money = ({**m[key], "quiet": m[key]["basis"] == "assumption"} for key in ("lead", "money"))
        rows.append((name, m["line_name"], action, m["who_text"], lead, money, m["last_in"]))
    return rows


def loophole_row(r: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One loophole."""
    closing = "; ".join(c["text"] for c in r["closing_measures"]) or r["no_closing"]
    join = ", ".join(dict.fromkeys(name for c in r["closing_measures"] for name in c["who"])) or "–"
    return (r["route_text"], r["objective_name"], r["value"], closing, join)


def reason_rows(reasons: Mapping[str, Any]) -> dict[str, list[tuple[Cell, ...]]]:
    """Tables of why: what is in, what is out, who must join."""
    return {
        "inside": [(r["name"], r["loss"], r["text"]) for r in reasons.get("inside", ())],
        "outside": [(r["name"], r["gain"], r["brings"], r["text"]) for r in reasons.get("outside", ())],
        "members": [
            (r["name"], r["loss"], r["takes_part"], r["lost"], "yes" if r["must"] else "")
            for r in reasons.get("members", ())
        ],
    }
