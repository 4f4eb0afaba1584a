"""`counterpact ownership`: who is owned or controlled by somebody listed, under each regime's rule."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from counterpact.cli.options import Json
from counterpact.cli.output import say_json

if TYPE_CHECKING:
    from rich.console import Console

    from counterpact.lines.sanctions.ownership.asking import Answer


def ownership(
    table: Annotated[
        Path | None,
        typer.Argument(
            metavar="TABLE", help="CSV with owner, asset, share; without it the record's BODS, GLEIF and FtM data."
        ),
    ] = None,
    listed: Annotated[list[str] | None, typer.Option("--listed", help="Id of a listed holder; repeatable.")] = None,
    listed_file: Annotated[
        Path | None, typer.Option("--listed-file", help="One listed id a line, or a CSV with a column entity.")
    ] = None,
    regime: Annotated[list[str] | None, typer.Option("--regime", help="OFAC, EU or UK; repeatable.")] = None,
    day: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Rules as of this day; default today.")
    ] = None,
    entity: Annotated[list[str] | None, typer.Option("--entity", help="Explain this entity; repeatable.")] = None,
    json: Json = False,
) -> None:
    """Say which entities are blocked, possibly blocked or not, with the chain that decides."""
    from datetime import date

    from rich.console import Console

    import counterpact.api

    answer = counterpact.api.ownership(
        table, listed=tuple(listed or ()), listed_file=listed_file, regimes=tuple(regime or ()),
        day=day.date() if day else date.today(),
    )  # fmt: skip
    if json:
        say_json(answer.plain(entity))
    else:
        show(answer, Console(highlight=False), tuple(entity or ()))


def show(answer: Answer, console: Console, chosen: tuple[str, ...]) -> None:
    """A table of entities by regime, then the chains."""
    from rich.table import Table

    found = answer.plain(chosen or None)
    for regime, about in found["rules"].items():
        counts = about["counts"]
        console.print(
            f"[bold]{regime}[/] ({about['rule']}; since {about['since']}): {counts['listed']} listed, "
            f"{counts['blocked']} blocked, {counts['possibly']} possibly, {counts['not']} not."
        )
    table = Table("entity", *found["rules"], "economic interest", "because")
    for row in found["entities"]:
        decisive = next((r["chain"][-1] for r in row["regimes"].values() if r["chain"]), "no listed holder suffices")
        span = row["economic_interest"]
        flow = "–" if span is None else f"{span[0]:.1%}" if span[0] == span[1] else f"{span[0]:.1%} to {span[1]:.1%}"
        states = [r["status"] + (" (control)" if r["ground"] == "control" else "") for r in row["regimes"].values()]
        table.add_row(row["name"] or row["entity"], *states, flow, decisive)
    console.print(table)
    for row in found["entities"] if chosen else ():
        for regime, state in row["regimes"].items():
            console.print(f"{row['entity']}, {regime}: " + ("; ".join(state["chain"]) or "not blocked") + ".")
    console.print("The economic interest is another question: it multiplies shares along chains, the rules do not.")
    for note in answer.notes:
        console.print(f"Note: {note}")
