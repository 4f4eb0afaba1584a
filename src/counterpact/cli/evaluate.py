"""`counterpact evaluate`: how well the methods do on labelled data of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Measure a method on labelled data: what is right, what is missed.")


@app.callback()
def evaluate() -> None:
    """Measure a method on labelled data: what is right, what is missed."""


@app.command()
def screening(
    pairs: Annotated[Path | None, typer.Option("--pairs", help="CSV of labelled pairs of names.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Precision, recall and F1 of name screening on labelled pairs."""
    from counterpact.lines.sanctions.screening import evaluation

    found: dict[str, Any] = {}
    if pairs:
        found |= evaluation.evaluate_pairs(evaluation.read_pairs(pairs))
    if json:
        import json as json_module

        typer.echo(json_module.dumps(found, ensure_ascii=False, indent=1))
    else:
        print(found)
