"""`counterpact assess`: what each of the seven lines of effort shows today."""

from __future__ import annotations

import json as jsonlib
from typing import TYPE_CHECKING, Annotated

import typer

from counterpact.case.values import Line

if TYPE_CHECKING:
    from rich.console import Console

    from counterpact.lines.contract import Assessment

_MARK = {"alarm": "[bold red]●[/]", "concern": "[yellow]●[/]", "note": "[dim]●[/]"}


def assess(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Name of a shipped case, or a folder.")],
    line: Annotated[Line | None, typer.Argument(help="One line of effort; all seven if left out.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")] = False,
    save: Annotated[bool, typer.Option("--save", help="Keep the assessments in the folder of the case.")] = False,
) -> None:
    """Assess the lines of effort: headline, findings with their figures, and what is missing."""
    from rich.console import Console

    import counterpact.api
    from counterpact.lines.registry import to_mapping
    from counterpact.lines.store import keep

    with Console(stderr=True).status("opening the case") as status:
        opened = counterpact.api.open(case, progress=status.update)
        found = {name: made for name, made in opened.assess().items() if line in (None, name)}
    if save:
        keep(opened.case, found)
    if json:
        typer.echo(jsonlib.dumps(to_mapping(found), ensure_ascii=False, indent=1, allow_nan=False))
        return
    console = Console(highlight=False)
    for assessment in found.values():
        _show(assessment, console)


def _show(assessment: Assessment, console: Console) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    console.rule(f"[bold]{assessment.line.value.capitalize()}[/] · {assessment.as_of}", align="left")
    console.print(f"[bold]{escape(assessment.headline)}[/]\n")
    for finding in assessment.findings:
        facts = f" [dim]{escape(' '.join(finding.facts))}[/]" if finding.facts else ""
        unread = " [yellow](not verified)[/]" if not all(f.verified for f in finding.figures) else ""
        console.print(f"{_MARK[finding.severity]} {escape(finding.sentence)}{unread}{facts}")
        if finding.measures:
            console.print(Padding(f"[dim]bears on {escape(', '.join(finding.measures))}[/]", (0, 0, 0, 2)))
    for note in (*assessment.missing, assessment.serves_outside):
        if note:
            console.print(f"[dim]· {escape(note)}[/]")
    console.print()
