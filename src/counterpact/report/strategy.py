"""The adversary's side of a brief: objectives, reply, loopholes, contribution, frontier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterpact.case.case import Case
from counterpact.charts import words
from counterpact.charts.worldmap import short
from counterpact.lines import prose
from counterpact.report import figures
from counterpact.report.evidence import Block, name_of, named, objective_facts
from counterpact.report.figures import Figure, Parts
from counterpact.report.package import resource_figure
from counterpact.report.rooms import NAMES

if TYPE_CHECKING:
    from counterpact.strategy.outcome import (
        Closing,
        FrontierPoint,
        LineContribution,
        Loophole,
        ObjectiveOutcome,
        Plan,
        Range,
        Shift,
    )

RANGE = "Range over 90 % of the scenarios drawn; the most they could deliver, whatever they prefer."


def ranged(value: Range, unit: str, *, how: str = RANGE, facts: list[str] | None = None) -> Figure:
    """A range over scenarios as a figure, with its mean and the ends of what was drawn."""
    return figures.figure(
        value.low,
        value.high,
        unit,
        how=how,
        facts=facts or (),
        mean=figures.finite(value.mean),
        least=figures.finite(value.least),
        most=figures.finite(value.most),
    )


def objectives(case: Case, plan: Plan) -> list[Block]:
    """Each objective: what flows today, what they could do if nothing is added, and under the package."""
    return [_objective(case, one) for one in plan.objectives]


def _objective(case: Case, one: ObjectiveOutcome) -> Block:
    facts = objective_facts(case, one.objective)
    note = case.objectives[one.objective].note if one.objective in case.objectives else ""
    return {
        "id": one.objective,
        "name": one.name,
        "unit": one.unit,
        "weight": figures.finite(one.weight),
        "normaliser": figures.finite(one.normaliser),
        "note": note,
        "today": ranged(
            one.sampled_flow,
            one.unit,
            how="What the evidence says was delivered in the baseline year: range over 90 % of the pictures drawn.",
            facts=facts,
        ),
        "status_quo": ranged(one.status_quo, one.unit, facts=facts),
        "under_package": ranged(one.package, one.unit, facts=facts),
        "reduction": figures.share(
            one.reduction, how="Share of the mean over scenarios that the package takes away, after they reroute."
        ),
    }


def route_text(case: Case, channels: tuple[str, ...]) -> str:
    """A route in words: its places in order."""
    known = [case.channels[c] for c in channels if c in case.channels]
    if not known:
        return " → ".join(channels)
    stops, here = [short(name_of(case, known[0].from_place))], known[0].from_place
    for c in known:
        if c.from_place != here:
            stops.append(short(name_of(case, c.from_place)))
        stops.append(f"{short(name_of(case, c.to_place))} ({c.mode.value})")
        here = c.to_place
    return f"{case.goods[known[0].good].name}: " + " → ".join(stops)


def route_facts(case: Case, channels: tuple[str, ...]) -> list[str]:
    """Facts behind the channels of a route."""
    return [f for c in channels if c in case.channels for f in case.channels[c].facts if f in case.facts]


def reply(case: Case, plan: Plan) -> Block:
    """The adversary's best reply under the package."""
    routes = [
        {
            "objective": r.objective,
            "objective_name": name_of(case, r.objective),
            "channels": list(r.channels),
            "text": route_text(case, r.channels),
            "harm": ranged(r.harm, r.harm.unit or _unit(case, r.objective), facts=route_facts(case, r.channels)),
            "share": figures.finite(r.share),
            "used_in": figures.finite(r.used_in),
        }
        for r in plan.reply.routes
    ]
    return {
        "measures": list(plan.reply.measures),
        "objectives": {
            o: ranged(v, v.unit or _unit(case, o), facts=objective_facts(case, o))
            for o, v in plan.reply.objectives.items()
        },
        "routes": routes,
        "scenarios": plan.reply.scenarios,
        "note": plan.reply.note,
        "summary": _reply_summary(case, plan),
    }


def _unit(case: Case, objective: str) -> str:
    return case.objectives[objective].unit if objective in case.objectives else ""


def _reply_summary(case: Case, plan: Plan) -> Parts:
    up = sorted((s for s in plan.displacement if s.change.mean > 0), key=lambda s: (-_relative(s), s.name))
    down = sorted((s for s in plan.displacement if s.change.mean < 0), key=lambda s: (_relative(s), s.name))
    parts: Parts = []
    if up:
        parts.append("Under the package they would use more: ")
        parts += _moves(case, up[:3])
        parts.append(" ")
    if down:
        parts.append("They would use less: ")
        parts += _moves(case, down[:3])
    return parts


def _moves(case: Case, shifts: list[Shift]) -> Parts:
    parts: Parts = []
    for i, s in enumerate(shifts):
        parts += [f"{s.name} (", _sent(case, s, s.today), " → ", _sent(case, s, s.under), ")"]
        parts.append("; " if i < len(shifts) - 1 else ".")
    return parts


def _sent(case: Case, shift: Shift, value: Range) -> Figure:
    return figures.figure(
        value.mean,
        value.mean,
        shift.unit,
        facts=route_facts(case, (shift.channel,)),
        how="Mean over representative scenarios of what the stable best reply sends this way.",
    )


def _relative(shift: Shift) -> float:
    greatest = max(abs(shift.today.mean), abs(shift.under.mean))
    return shift.change.mean / greatest if greatest else 0.0


def displacement(case: Case, plan: Plan) -> list[Block]:
    """Channels whose use changes, the largest change first."""
    ordered = sorted(plan.displacement, key=lambda s: (-abs(_relative(s)), s.channel))
    return [
        {
            "channel": s.channel,
            "name": s.name,
            "unit": s.unit,
            "before": _sent(case, s, s.today),
            "after": _sent(case, s, s.under),
            "share": figures.finite(round(_relative(s), 6)),
            "blocked_by": list(s.blocked_by),
        }
        for s in ordered
    ]


def loopholes(case: Case, plan: Plan) -> list[Block]:
    """Routes left open, the most harmful first, each with the cheapest measures that close it."""
    return [_loophole(case, plan, one) for one in plan.loopholes]


def _loophole(case: Case, plan: Plan, one: Loophole) -> Block:
    r = one.route
    closing = [] if one.closing is None else [_closing(case, one.closing)]
    risk = plan.risk_after or 1.0
    return {
        "route": list(r.channels),
        "route_text": route_text(case, r.channels),
        "objective": r.objective,
        "objective_name": name_of(case, r.objective),
        "mode": case.channels[r.channels[0]].mode.value if r.channels and r.channels[0] in case.channels else "",
        "value": ranged(r.harm, r.harm.unit or _unit(case, r.objective), facts=route_facts(case, r.channels)),
        "risk_share": figures.share(
            one.value / risk,
            how="Share of the combined risk left under the package that passes here, mean over scenarios.",
        ),
        "open_share": figures.share(
            one.open_share, how="Share of the route's capacity that the package leaves open, mean over scenarios."
        ),
        "closed": one.closed,
        "closing_measures": closing,
        "no_closing": "closed under these assumptions"
        if one.closed
        else named(case, one.why_open) or "no measure of the case closes it",
    }


def _closing(case: Case, one: Closing) -> Block:
    names = [name_of(case, m) for m in one.measures]
    who = [name_of(case, actor.removeprefix("join:")) for actor in one.joins]
    money = one.cost.get("money", 0.0)
    saved = (one.risk_before - one.risk_after) / one.risk_before if one.risk_before else 0.0
    text = prose.listing(names)
    after = f"{words.percent(saved)} of the risk left" if saved >= 0.0005 else "next to nothing, for they go round it"
    extra = [f"closes {words.percent(one.closes)} of it", f"and takes away {after}"]
    if money:
        extra.append("for " + words.model_amount(money * 1e6, money * 1e6, "USD") + " a year")
    if not one.fits_budget:
        extra.append("beyond the limits set")
    return {
        "measures": list(one.measures),
        "names": names,
        "who": who,
        "cost": {r: figures.finite(v) for r, v in sorted(one.cost.items())},
        "closes": figures.finite(one.closes),
        "risk_before": figures.finite(one.risk_before),
        "risk_after": figures.finite(one.risk_after),
        "fits_budget": one.fits_budget,
        "text": f"{text} ({', '.join(extra)})" if text else "",
    }


def contribution(plan: Plan) -> list[Block]:
    """The seven lines in their order, in shares of the combined risk if nothing is added."""
    before = plan.risk_before or 1.0
    found = {one.line: one for one in plan.contribution.lines}
    return [_contribution(line, found.get(line), before, plan) for line in NAMES]


def _contribution(line: str, one: LineContribution | None, before: float, plan: Plan) -> Block:
    how = (
        f"On {plan.contribution.scenarios} representative scenarios; they differ from all scenarios by at most "
        f"{words.percent(plan.contribution.error)} of the total."
    )

    def part(value: float) -> Figure:
        return figures.share(value / before, how=how)

    empty = one is None
    return {
        "line": line,
        "name": NAMES[line],
        "measures": [] if one is None else list(one.measures),
        "shapley": part(0.0 if empty or one is None else one.shapley),
        "share": figures.finite(0.0 if one is None else one.share),
        "alone": part(0.0 if one is None else one.alone),
        "last_in": part(0.0 if one is None else one.last_in),
    }


def contribution_summary(plan: Plan) -> Parts:
    """What the chart of contributions says."""
    c = plan.contribution
    before = plan.risk_before or 1.0
    ordered = sorted(c.lines, key=lambda one: (-one.shapley, one.line))
    total = figures.share(
        c.total / before, how=f"Exact over all combinations of lines on {c.scenarios} representative scenarios."
    )
    parts: Parts = ["Together the lines take away ", total, " of the combined risk. "]
    top = [one for one in ordered if one.shapley > 0][:2]
    if top:
        named = prose.listing(f"{NAMES[one.line]} ({words.percent(one.share)} of it)" for one in top)
        parts.append(f"Most of it comes from {named}. ")
    parts.append(
        f"The shares are exact on {c.scenarios} representative scenarios, which differ from all scenarios by at most "
    )
    parts += [figures.share(c.error, how="Largest difference over the combinations compared."), " of the total."]
    return parts


def frontier(case: Case, plan: Plan) -> list[Block]:
    """Packages at rising budgets. The cost axis is money; effects are shares of today's risk."""
    return [_frontier(case, plan, point) for point in sorted(plan.frontier, key=lambda p: (p.scale, p.risk))]


def _frontier(case: Case, plan: Plan, point: FrontierPoint) -> Block:
    missing = point.gap * point.effect / (1.0 - point.gap) if 0 <= point.gap < 1 else 1.0 - point.effect
    possible = min(1.0, point.effect + max(0.0, missing))
    money = point.cost.get("money", 0.0)
    return {
        "scale": figures.finite(point.scale),
        "cost": resource_figure("money", money, money),
        "costs": {r: figures.finite(v) for r, v in sorted(point.cost.items())},
        "effect": figures.finite(point.effect),
        "effect_possible": figures.finite(possible),
        "effect_figure": figures.share(point.effect, how="Share of the combined risk taken away, after they reroute."),
        "gap": figures.finite(point.gap),
        "measures": [name_of(case, m.removeprefix("lapse:")) for m in point.measures if not m.startswith("join:")],
        "chosen": abs(point.scale - 1.0) < 1e-9,
    }
