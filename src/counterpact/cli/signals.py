"""`counterpact signals`: signs of evasion, each with its rule, the fact that fired it and how often it fires."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterpact.cli.options import Json
from counterpact.cli.output import say_json


def signals(
    tracks: Annotated[
        Path | None,
        typer.Option("--tracks", help="CSV or Parquet of ships' positions: mmsi, timestamp, lat, lon, sog."),
    ] = None,
    anchorages: Annotated[
        Path | None, typer.Option("--anchorages", help="CSV with lat, lon: meetings near one are left out.")
    ] = None,
    events: Annotated[Path | None, typer.Option("--events", help="Events of Global Fishing Watch, as JSON.")] = None,
    fleet: Annotated[Path | None, typer.Option("--fleet", help="Your ships: a table with imo, name.")] = None,
    companies: Annotated[
        Path | None, typer.Option("--companies", help="Your companies: a table with name, address, founded.")
    ] = None,
    lists: Annotated[bool, typer.Option("--lists", help="Ships renamed or reflagged on the record's lists.")] = False,
    json: Json = False,
) -> None:
    """Look for signs of evasion. A signal is a reason to look closer, never a proof."""
    from rich.console import Console

    import counterpact.api

    found = counterpact.api.signals(
        tracks=tracks, anchorages=anchorages, events=events, fleet=fleet, companies=companies, lists=lists
    )
    if json:
        say_json([f.plain() for f in found])
        return
    console = Console(highlight=False)
    for rule in found:
        console.print(
            f"[bold]{rule.rule}[/]: fires on {rule.fired} of {rule.looked_at} ({rule.base_rate:.1%}). "
            f"Rule: {rule.source} ({rule.basis})."
        )
        for signal in rule.signals:
            console.print(f"  {signal.subject}{f', {signal.when}' if signal.when else ''}: {signal.fact}")
        console.print(f"  Take care: {rule.caution}")
        for note in rule.notes:
            console.print(f"  Note: {note}")
