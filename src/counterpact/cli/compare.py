"""`counterpact compare`: many packages answered side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from counterpact.cli.options import Case, Cluster, Keep, Scenarios, Seed
from counterpact.cli.output import say_json

if TYPE_CHECKING:
    from rich.console import Console

    from counterpact.strategy.answers.compare import Compared


def compare(
    case: Case = "russia-dprk",
    packages: Annotated[
        Path | None,
        typer.Option("--packages", exists=True, dir_okay=False, help="One package a line: `name: measure measure`."),
    ] = None,
    cluster: Cluster = None,
    keep: Keep = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON array on standard output.")] = False,
    seed: Seed = 0,
    scenarios: Scenarios = 300,
) -> None:
    """Answer many packages in every scenario; without a list, each measure alone."""
    from rich.console import Console

    import counterpact.api

    with Console(stderr=True).status("opening the case") as status:
        opened = counterpact.api.open(case, seed=seed, scenarios=scenarios, progress=status.update)
        found = opened.compare(packages, cluster=cluster, keep=keep)
    if json:
        from counterpact.strategy.plain import plain

        say_json(plain(found))
    else:
        show(found, Console(highlight=False))


def show(found: tuple[Compared, ...], console: Console) -> None:
    """One row a package."""
    from rich.table import Table

    table = Table("package", "mean", "less", "cvar90", "less", "worst", "less", title="Combined risk")
    for row in found:
        risks = [text for k in row.risks for text in (f"{row.risks[k]:.4g}", f"{row.effect[k]:.1%}")]
        table.add_row(row.name, *risks)
    console.print(table)
    console.print("From the most they could deliver, whatever they prefer; everyone who is needed takes part.")
