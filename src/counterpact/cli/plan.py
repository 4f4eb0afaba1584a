"""`counterpact plan`: which package does most for what the coalition can afford."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from counterpact.cli.options import (
    Case,
    CivilianHarm,
    Cluster,
    Escalation,
    Forbid,
    Json,
    Money,
    Political,
    Require,
    Risk,
    Scenarios,
    Seed,
)
from counterpact.cli.output import say_json

if TYPE_CHECKING:
    from rich.console import Console

    from counterpact.strategy.outcome import Plan
    from counterpact.strategy.solving.sampling import FreshBound


def plan(
    case: Case = "russia-dprk",
    risk: Risk = "cvar90",
    money: Money = None,
    political: Political = None,
    civilian_harm: CivilianHarm = None,
    escalation: Escalation = None,
    require: Require = None,
    forbid: Forbid = None,
    gap: Annotated[float, typer.Option("--gap", min=0, max=1, help="Stop at this share of the effect.")] = 0.05,
    time_limit: Annotated[float, typer.Option("--time-limit", min=1, help="Seconds for the design.")] = 60.0,
    prove: Annotated[
        int, typer.Option("--prove", min=0, help="Nodes to prove the lower bound with; small cases only.")
    ] = 0,
    fresh: Annotated[
        int, typer.Option("--fresh", min=0, help="Batches of fresh scenarios to judge the package by; 10 is usual.")
    ] = 0,
    cluster: Cluster = None,
    json: Json = False,
    seed: Seed = 0,
    scenarios: Scenarios = 300,
) -> None:
    """Design a package against an adversary that reroutes, with its certificate, cost and contribution."""
    from rich.console import Console

    import counterpact.api

    with Console(stderr=True).status("opening the case") as status:
        opened = counterpact.api.open(case, seed=seed, scenarios=scenarios, progress=status.update)
        asked: dict[str, Any] = {
            "risk": risk,
            "money": money,
            "political": political,
            "civilian_harm": civilian_harm,
            "escalation": escalation,
            "require": tuple(require or ()),
            "forbid": tuple(forbid or ()),
            "gap": gap,
            "time_limit": time_limit,
            "prove": prove,
            "cluster": cluster,
        }
        bound = opened.fresh(fresh, **asked) if fresh else None
        found = opened.plan(**asked)
    if json:
        from counterpact.strategy.plain import plain, plain_plan

        answer = plain_plan(found) | ({"fresh": plain(bound)} if bound else {})
        say_json(answer)
    else:
        show(found, Console(highlight=False))
        if bound:
            show_fresh(bound, Console(highlight=False))


def show(found: Plan, console: Console) -> None:
    """Tables for people."""
    from rich.table import Table

    from counterpact.quantity import format_interval, format_number

    package = found.package
    effect = package.effect
    console.print(
        f"Combined risk {found.risk_before:.3g} → {found.risk_after:.3g} ({effect:.1%} less); {package.message}."
    )
    status = "passed" if found.certificate.passed else "FAILED"
    console.print(f"Certificate {status}; lower bound {package.lower_bound_status}.")
    console.print(f"{found.assumption_share:.0%} of the effect rests on assumed intervals alone.\n")
    chosen = Table("measure", "what", "line", "action", "last in", "rests on", title="Package", title_justify="left")
    for m in found.measures:
        basis = ", ".join(m.bases) or "serves outside the model"
        chosen.add_row(m.id, m.name, m.line, m.action, f"{m.last_in:.1%}", basis)
    console.print(chosen)
    cost = Table("resource", "cost", "budget", title="Cost", title_justify="left")
    for resource, (low, high) in found.cost.items():
        limit = found.budgets.get(resource)
        cost.add_row(resource, format_interval(low, high), format_number(limit) if limit is not None else "none")
    console.print(cost)
    goals = Table("objective", "unit", "today", "under the package", "less", title="Most they could deliver")
    for o in found.objectives:
        today = format_interval(o.status_quo.low, o.status_quo.high)
        under = format_interval(o.package.low, o.package.high)
        goals.add_row(o.name, o.unit, today, under, f"{o.reduction:.0%}")
    console.print(goals)
    lines = Table("line", "share", "alone", "last in", title="What each line adds", title_justify="left")
    for line in found.contribution.lines:
        lines.add_row(line.line, f"{line.share:.0%}", f"{line.alone:.3g}", f"{line.last_in:.3g}")
    console.print(lines)
    _show_why(found, console)


def _show_why(found: Plan, console: Console) -> None:
    """Why the package is what it is, and who must join."""
    from rich.table import Table

    within = Table("measure", "lost", "hits", "by", "why", title="Why they are in", title_justify="left")
    for one in found.inside[:10]:
        ways = ", ".join(r.name for r in one.reopens)
        within.add_row(one.measure, f"{one.share:.1%}", one.objective, ways, one.why)
    console.print(within)
    left = Table("measure", "adds", "needs", "what keeps it out", title="The best left out", title_justify="left")
    for other in found.outside:
        exchange = f" ({other.displaces})" if other.displaces else ""
        left.add_row(other.measure, f"{other.share:.1%}", " ".join(other.brings), other.why + exchange)
    console.print(left)
    who = Table("member", "lost without", "takes part in", "must join", title="Who must join", title_justify="left")
    for member in found.coalition.members:
        who.add_row(member.name, f"{member.share:.1%}", f"{member.takes_part:.0%}", "yes" if member.must else "")
    console.print(who)
    for new in found.coalition.newcomers[:3]:
        if new.gain > 0:
            console.print(
                f"One more member, {new.name}: {new.share:.1%} of the effect more, with {new.measure or 'no more'}."
            )


def show_fresh(bound: FreshBound, console: Console) -> None:
    """What fresh scenarios say, in three lines."""
    console.print(f"\nJudged by {bound.label} (risk: {bound.risk}):")
    console.print(
        f"risk under the package at most {bound.package.high:.4g} (mean {bound.package.mean:.4g}, today "
        f"{bound.today.mean:.4g}); no package brings it below {bound.best.low:.4g} (mean {bound.best.mean:.4g})."
    )
    console.print(
        f"The package is at most {bound.gap.high:.3g} from the best for all scenarios, {bound.gap_share:.1%} of the "
        f"achievable effect; too little room for civilian goods in {bound.no_room:.1%} of the fresh scenarios."
    )
