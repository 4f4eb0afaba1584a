"""`counterpact frontier`: every package that no other beats, in effect and in what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from counterpact.cli.options import (
    Case,
    CivilianHarm,
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

    from counterpact.strategy.frontier.result import Frontier


def frontier(
    case: Case = "russia-dprk",
    axes: Annotated[
        str, typer.Option("--axes", help="effect and one to four of money, political, civilian_harm, escalation.")
    ] = "effect,money",
    points: Annotated[
        int, typer.Option("--points", min=0, help="Levels of cost in all, evenly spaced; 0: exact, all that matter.")
    ] = 20,
    risk: Risk = "cvar90",
    money: Money = None,
    political: Political = None,
    civilian_harm: CivilianHarm = None,
    escalation: Escalation = None,
    require: Require = None,
    forbid: Forbid = None,
    gap: Annotated[
        float, typer.Option("--gap", min=0, max=1, help="Widest gap of a level, share of its effect.")
    ] = 0.05,
    time_limit: Annotated[float, typer.Option("--time-limit", min=1, help="Seconds for the whole frontier.")] = 300.0,
    pick: Annotated[int, typer.Option("--pick", min=0, help="Plan and explain the package of this point in full.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the frontier and its charts to this JSON file.")
    ] = None,
    json: Json = False,
    seed: Seed = 0,
    scenarios: Scenarios = 50,
) -> None:
    """Trace effect against cost: no package beats one of these on every axis. Each has its own gap."""
    from rich.console import Console

    import counterpact.api
    from counterpact.strategy.plain import plain_frontier, plain_plan

    with Console(stderr=True).status("opening the case") as status:
        opened = counterpact.api.open(case, seed=seed, scenarios=scenarios, progress=status.update)
        found = opened.frontier(
            tuple(a.strip() for a in axes.split(",")),
            points=points,
            risk=risk,
            money=money,
            political=political,
            civilian_harm=civilian_harm,
            escalation=escalation,
            require=tuple(require or ()),
            forbid=tuple(forbid or ()),
            gap=gap,
            time_limit=time_limit,
        )
        chosen = opened.plan_package(found.pick(pick)) if pick else None
    value = plain_frontier(found) | ({"picked": plain_plan(chosen)} if chosen else {})
    if out is not None:
        _write(value, out)
    if json:
        say_json(value)
        return
    console = Console(highlight=False)
    show(found, console)
    if chosen is not None:
        from counterpact.cli.plan import show as show_plan

        console.print(f"\n[bold]Point {pick} in full[/bold]")
        show_plan(chosen, console)


def _write(value: dict[str, Any], out: Path) -> None:
    """Whole or not at all."""
    import json as json_module

    from counterpact.charts.tradeoff import parallel, scatter
    from counterpact.errors import UsageError

    points, axes = value["points"], value["axes"]
    cost = next(a for a in axes if a != "effect")
    value = value | {"charts": {"parallel": parallel(points, axes), "scatter": scatter(points, cost, "effect")}}
    part = out.with_name(out.name + ".part")
    try:
        part.write_text(json_module.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
        part.replace(out)
    except OSError as error:
        raise UsageError(f'cannot write the frontier to "{out}": {error.strerror}. Name another file: --out') from error


def show(found: Frontier, console: Console) -> None:
    """Tables for people."""
    from rich.table import Table

    from counterpact.quantity import format_number

    how = "exact" if found.exact else f"{len(found.levels)} levels"
    table = Table("point", "effect", "at most possible", "gap", *found.costs, "measures")
    table.title = f"{len(found.points)} packages that none beats ({how})"
    table.title_justify = "left"
    for p in found.points:
        names = [n for n in p.names if ":" not in n or n.startswith("lapse:")]
        shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        cost = [format_number(p.cost[c]) for c in found.costs]
        table.add_row(str(p.number), f"{p.effect:.2%}", f"{p.effect_possible:.2%}", f"{p.gap:.1%}", *cost, shown)
    console.print(table)
    console.print(
        f"Greatest gap {found.gap:.1%} of the effect achievable at a level; {found.dominated} packages beaten."
    )
    if found.infeasible:
        console.print(f"{len(found.infeasible)} levels asked that no package keeps.")
    if not found.complete:
        console.print("The time was up before every level was decided: the gaps say what is left.")
