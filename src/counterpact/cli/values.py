"""`counterpact values`: the guarantee beside what they would do by their own values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from counterpact.cli.options import Case, Json, Risk, Scenarios, Seed
from counterpact.cli.output import say_json

if TYPE_CHECKING:
    from rich.console import Console

    from counterpact.strategy.valuation.compare import Valuation


def values(
    case: Case = "russia-dprk",
    measures: Annotated[
        list[str] | None,
        typer.Option("--with", help="A measure to take; repeatable. Left out: the recommended package."),
    ] = None,
    worth: Annotated[
        list[str] | None,
        typer.Option("--worth", help="OBJECTIVE=NUMBER, own value of one normaliser of it; 1 if not said. Repeatable."),
    ] = None,
    risk: Risk = "cvar90",
    json: Json = False,
    seed: Seed = 0,
    scenarios: Scenarios = 50,
) -> None:
    """Compare the guarantee with the reply that is best by the adversary's own (assumed) values."""
    from rich.console import Console

    import counterpact.api

    with Console(stderr=True).status("opening the case") as status:
        opened = counterpact.api.open(case, seed=seed, scenarios=scenarios, progress=status.update)
        found = opened.valuation(None if measures is None else tuple(measures), worth=_worth(worth or []), risk=risk)
    if json:
        from counterpact.strategy.plain import plain

        say_json(plain(found))
    else:
        show(found, Console(highlight=False))


def _worth(given: list[str]) -> dict[str, float]:
    from counterpact.errors import UsageError

    found = {}
    for text in given:
        name, mark, number = text.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            mark = ""
        if not mark:
            raise UsageError(f'"{text}" is not a worth. Write OBJECTIVE=NUMBER, as in munitions=2.')
    return found


def show(found: Valuation, console: Console) -> None:
    """Tables for people."""
    from rich.table import Table

    from counterpact.quantity import format_number

    table = Table("combined risk", "guarantee", "own values, against us", "own values, for us", title=found.risk)
    for name, reading in (("today", found.today), ("under the package", found.under)):
        row = (reading.guarantee, reading.pessimistic, reading.optimistic)
        table.add_row(name, *(f"{value:.3g}" for value in row))
    console.print(table)
    goals = Table(
        "objective, mean", "guarantee", "own values, against us", "own values, for us", title="Under the package"
    )
    for name, values_ in found.under.objectives.items():
        goals.add_row(name, *(format_number(value) for value in values_))
    console.print(goals)
    for sentence in found.words:
        console.print(sentence)
    console.print(f"Basis: {found.basis}. {found.note}")
