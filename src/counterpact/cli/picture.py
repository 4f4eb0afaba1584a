"""`counterpact picture`: what the evidence says once it is reconciled."""

from __future__ import annotations

import dataclasses
import math
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from counterpact.cli.options import Json
from counterpact.cli.output import say_json

if TYPE_CHECKING:
    from rich.console import Console

    from counterpact.picture.result import Picture


def picture(
    case: Annotated[str, typer.Argument(help="Name of a shipped case, or its folder.")] = "russia-dprk",
    json: Json = False,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 0,
) -> None:
    """Reconcile the evidence: worlds, contradictions, checks, bounds, and what is worth finding out."""
    from rich.console import Console
    from rich.progress import Progress

    from counterpact.case.read import read_case
    from counterpact.picture.build import build_picture

    opened = read_case(case)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reconciling", total=1.0)
        found = build_picture(
            opened,
            seed=seed,
            progress=lambda stage, share: bar.update(task, completed=share, description=stage),
        )
    if json:
        say_json(plain(found))
    else:
        show(found, Console())


def plain(value: Any) -> Any:
    """Any part of a picture as JSON types: infinity as null, sets sorted, periods as text."""
    from counterpact.quantity import Period

    if isinstance(value, Period):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, frozenset | set):
        return sorted(plain(v) for v in value)
    if hasattr(value, "items"):
        return {str(k): plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list | tuple) else value


def show(found: Picture, console: Console) -> None:
    """Tables for people."""
    from rich.table import Table

    def table(title: str, *columns: str) -> Table:
        made = Table(title=title, title_justify="left", header_style="bold")
        for column in columns:
            made.add_column(column, overflow="fold")
        return made

    whole = "all" if found.contradictions_complete else "not all"
    rivals = table(f"Contradictions ({len(found.contradictions)}, {whole} listed)", "kind", "facts", "what")
    for c in found.contradictions:
        rivals.add_row(c.kind.value, " ".join(c.facts), c.explanation)
    console.print(rivals)
    checks = table(f"Checks ({len(found.checks)})", "severity", "rule", "facts", "what")
    for check in found.checks:
        if check.rule not in ("rival-values", "definition", "period"):
            checks.add_row(check.severity, check.rule, " ".join(check.facts), check.message)
    console.print(checks)
    listed = "all of them" if found.worlds_complete else "drawn by weight"
    worlds = table(f"Worlds ({len(found.worlds)}, {listed})", "weight", "leaves out")
    for world in found.worlds[:12]:
        worlds.add_row(f"{world.weight:.1%}", " ".join(world.dropped) or "nothing")
    console.print(worlds)
    for title, bounds in (("Objectives", found.objective_bounds), ("Channels", found.channel_bounds)):
        made = table(f"{title}: least and greatest in any world", "id", "bounds", "rests on")
        for name, bound in bounds.items():
            made.add_row(name, str(bound.union), "facts" if bound.from_evidence else "assumed ceilings")
        console.print(made)
    wanted = table("What is worth finding out", "narrows by", "reason")
    for value in found.evidence_values[:10]:
        wanted.add_row(f"{value.shrink_low:.0%} to {value.shrink_high:.0%}", value.reason)
    console.print(wanted)
