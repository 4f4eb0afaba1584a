"""`counterpact evaluate`: how well the methods do on labelled data of the user's own."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Measure a method on labelled data: what is right, what is missed.")


@app.callback()
def evaluate() -> None:
    """Measure a method on labelled data: what is right, what is missed."""
