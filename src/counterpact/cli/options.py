"""Arguments and options that several commands share, each with the words a user reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Case = Annotated[str, typer.Argument(metavar="CASE", help="Name of a shipped case, or a folder.")]
Risk = Annotated[
    str,
    typer.Option(
        "--risk", help="mean, worst, regret, a tail as in cvar90, or satisfice20 (fewest scenarios losing under 20 %)."
    ),
]
Money = Annotated[float | None, typer.Option("--money", min=0, help="Most USD million a year.")]
Political = Annotated[float | None, typer.Option("--political", min=0, help="Most political cost, points.")]
CivilianHarm = Annotated[
    float | None, typer.Option("--civilian-harm", min=0, help="Most risk of harm to civilians, points.")
]
Escalation = Annotated[float | None, typer.Option("--escalation", min=0, help="Most escalation, points.")]
Require = Annotated[list[str] | None, typer.Option("--require", help="Measure that must be in; repeatable.")]
Forbid = Annotated[list[str] | None, typer.Option("--forbid", help="Measure that must not; repeatable.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of every draw.")]
Scenarios = Annotated[int, typer.Option("--scenarios", min=20, help="How many scenarios to draw.")]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster", help="Where replies are solved: a number of processes, local:N (Dask here), or tcp://HOST:PORT."
    ),
]
Keep = Annotated[
    Path | None, typer.Option("--keep", file_okay=False, help="Folder of your own that finished batches are kept in.")
]
