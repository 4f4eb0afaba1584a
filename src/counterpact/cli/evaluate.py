"""`counterpact evaluate`: how well the methods do on labelled data of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from counterpact.cli.options import Json
from counterpact.cli.output import say_json

app = typer.Typer(no_args_is_help=True, help="Measure a method on labelled data: what is right, what is missed.")


@app.callback()
def evaluate() -> None:
    """Measure a method on labelled data: what is right, what is missed."""


@app.command()
def screening(
    pairs: Annotated[Path | None, typer.Option("--pairs", help="CSV of labelled pairs of names.")] = None,
    entities: Annotated[Path | None, typer.Option("--entities", help="YAML of labelled pairs of entities.")] = None,
    positives: Annotated[
        list[Path] | None, typer.Option("--positives", help="CSV of people who are listed; repeatable.")
    ] = None,
    negatives: Annotated[
        list[Path] | None, typer.Option("--negatives", help="CSV of people who are not; repeatable.")
    ] = None,
    lists: Annotated[
        list[str] | None, typer.Option("--list", help="List to screen against: data set, file, or DATASET=FILE.")
    ] = None,
    names_only: Annotated[
        bool, typer.Option("--names-only", help="Leave out dates, countries and gender of the people.")
    ] = False,
    threshold: Annotated[
        float | None, typer.Option("--threshold", min=0, max=1, help="Another threshold than the fitted one.")
    ] = None,
    json: Json = False,
) -> None:
    """Precision, recall, F1 on pairs; accuracy on entities; recall and false positives against lists."""
    from counterpact.errors import UsageError
    from counterpact.lines.sanctions.screening import evaluation

    found: dict[str, Any] = {}
    if pairs:
        found |= evaluation.evaluate_pairs(evaluation.read_pairs(pairs), threshold=threshold)
    if entities:
        found |= evaluation.evaluate_entities(evaluation.read_entities(entities), threshold=threshold)
    if positives and negatives:
        import counterpact.api

        found |= counterpact.api.evaluate_screening(
            positives, negatives, lists=lists or (), names_only=names_only, threshold=threshold
        )
    if not found:
        raise UsageError("Give --pairs FILE, --entities FILE, or --positives FILE and --negatives FILE with --list")
    if json:
        say_json(found)
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    for name in ("precision", "recall", "f1", "accuracy", "fpr", "threshold"):
        if name in found:
            console.print(f"{name:10} {found[name]:.3f}")
    if "by_category" in found:
        table = Table("category", "pairs", "precision", "recall", "F1")
        for name, one in found["by_category"].items():
            table.add_row(name or "–", str(one["pairs"]), *(f"{one[k]:.3f}" for k in ("precision", "recall", "f1")))
        console.print(table)
    if "curve" in found:
        table = Table("threshold", "recall", "95 %", "false positives", "95 %")
        for one in found["curve"]:
            low, high = one["recall_interval"]
            least, most = one["fpr_interval"]
            table.add_row(f"{one['threshold']:.2f}", f"{one['recall']:.3f}", f"{low:.3f}–{high:.3f}",
                          f"{one['fpr']:.2%}", f"{least:.2%}–{most:.2%}")  # fmt: skip
        console.print(table)


@app.command()
def votes(
    votes: Annotated[list[Path], typer.Option("--votes", help="Long table, or wide by ISO alpha-3; repeatable.")],
    roll_calls: Annotated[list[Path] | None, typer.Option("--roll-calls", help="Roll calls; repeatable.")] = None,
    from_session: Annotated[int, typer.Option("--from-session", help="First session to forecast.")] = 60,
    to_session: Annotated[int | None, typer.Option("--to-session", help="Last session; all if left out.")] = None,
    json: Json = False,
) -> None:
    """Forecast each session from the sessions before it, and score the forecasts against plain baselines."""
    from rich.console import Console

    from counterpact.lines.diplomacy.forecast import evaluate as back_test
    from counterpact.lines.diplomacy.votes import read_votes

    with Console(stderr=True).status("reading the votes") as status:
        table = read_votes(votes, roll_calls or [])
        found = back_test(table, from_session, to_session=to_session, progress=status.update)
    if json:
        say_json(found)
        return
    from rich.table import Table

    out = Table("method", "accuracy", "macro F1", "novel", "Brier", "calibration error")
    for name, row in (("forecast", found), *found["baselines"].items()):
        cells = [row.get(key) for key in ("accuracy", "macro_f1", "novel_accuracy", "brier", "ece")]
        out.add_row(name.replace("_", " "), *("" if cell is None else f"{cell:.3f}" for cell in cells))
    Console(highlight=False).print(out)
