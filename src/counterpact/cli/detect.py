"""`counterpact detect`: where sensors on routes catch most, within a budget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from counterpact.cli.options import Json
from counterpact.cli.output import say_json

if TYPE_CHECKING:
    from rich.console import Console

    from counterpact.strategy.detection.detect import Detection


def detect(
    arcs: Annotated[Path, typer.Argument(metavar="ARCS", help="CSV: from, to, undetected, undetected_with_sensor.")],
    traffic: Annotated[Path, typer.Argument(metavar="TRAFFIC", help="CSV: origin, destination, probability.")],
    budget: Annotated[float, typer.Option("--budget", min=0, help="Sensors, or money if sensors have a cost.")],
    time_limit: Annotated[float, typer.Option("--time-limit", min=1, help="Seconds for the search.")] = 600.0,
    json: Json = False,
) -> None:
    """Place sensors on a network so that evaders who know of them get through least often."""
    from rich.console import Console

    import counterpact.api

    with Console(stderr=True).status("reading the network") as status:
        found = counterpact.api.detect(arcs, traffic, budget, time_limit=time_limit, progress=status.update)
    if json:
        from counterpact.strategy.plain import plain

        say_json(plain(found))
    else:
        show(found, Console(highlight=False))


def show(found: Detection, console: Console) -> None:
    """Tables for people."""
    from rich.table import Table

    console.print(f"Chance of passing undetected {found.before:.4g} → {found.evasion:.4g} ({found.effect:.1%} less).")
    status = "passed" if found.certificate.passed else "FAILED"
    end = "; stopped at the time limit" if found.timed_out else ""
    console.print(
        f"No set within the budget leaves less than {found.lower_bound:.4g}: gap {found.gap:.2%} of the effect{end}."
    )
    console.print(f"Certificate {status}; lower bound {found.lower_bound_status}.")
    if found.unreachable:
        console.print(f"{found.unreachable} of {found.scenarios} origins and destinations have no route at all.")
    console.print(f"\nSensors ({found.cost:g} of {found.budget:g}): {', '.join(found.sensors) or 'none'}\n")
    table = Table("from", "to", "weight", "before", "now", "route now", title="Who still gets through")
    for p in found.passages:
        route = " > ".join(p.places) or "none"
        table.add_row(p.origin, p.destination, f"{p.probability:.3g}", f"{p.before:.3g}", f"{p.after:.3g}", route)
    console.print(table)
