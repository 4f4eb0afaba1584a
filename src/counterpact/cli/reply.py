"""`counterpact reply`: what they do if we do X."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from counterpact.cli.options import Case, Json, Scenarios, Seed
from counterpact.cli.output import say_json

if TYPE_CHECKING:
    from rich.console import Console

    from counterpact.strategy.outcome import Reply


def reply(
    case: Case = "russia-dprk",
    measures: Annotated[
        list[str] | None, typer.Option("--with", help="A measure to take; `lapse:ID` lets one go. Repeatable.")
    ] = None,
    json: Json = False,
    seed: Seed = 0,
    scenarios: Scenarios = 300,
) -> None:
    """Follow the adversary's best reply to these measures: what still arrives, and by which routes."""
    from rich.console import Console

    import counterpact.api

    with Console(stderr=True).status("opening the case") as status:
        opened = counterpact.api.open(case, seed=seed, scenarios=scenarios, progress=status.update)
        today, under = opened.reply(()), opened.reply(tuple(measures or ()))
    if json:
        from counterpact.strategy.plain import plain

        both = {"today": plain(today), "under": plain(under)}
        say_json(both)
    else:
        show(today, under, Console(highlight=False))


def show(today: Reply, under: Reply, console: Console) -> None:
    """Tables for people."""
    from rich.table import Table

    from counterpact.quantity import format_interval

    goals = Table("objective", "unit", "today", "then", title="Most they could deliver", title_justify="left")
    for name, before in today.objectives.items():
        after = under.objectives[name]
        goals.add_row(
            name, before.unit, format_interval(before.low, before.high), format_interval(after.low, after.high)
        )
    console.print(goals)
    routes = Table("objective", "route", "amount", "share", title="Routes of the reply", title_justify="left")
    for route in under.routes[:25]:
        amount = format_interval(route.harm.low, route.harm.high)
        routes.add_row(route.objective, " > ".join(route.channels), amount, f"{route.share:.0%}")
    console.print(routes)
    console.print(under.note)
