"""`counterpact brief`: everything at once, for a reader."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterpact.cli.options import Case, CivilianHarm, Escalation, Money, Political, Risk, Scenarios, Seed


def brief(
    case: Case = "russia-dprk",
    out: Annotated[Path, typer.Option("--out", help="Folder for the files of the brief.")] = Path("brief"),
    since: Annotated[
        str | None, typer.Option("--since", help="Say what changed since a day, a revision or an older copy's folder.")
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Aggregate routes and loopholes; the result is TLP:CLEAR.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the summary.")] = False,
    seed: Seed = 0,
    scenarios: Scenarios = 300,
    risk: Risk = "cvar90",
    money: Money = None,
    political: Political = None,
    civilian_harm: CivilianHarm = None,
    escalation: Escalation = None,
) -> None:
    """Reconcile the evidence, assess the lines, design a package, and write the brief: one HTML and one JSON file."""
    from rich.console import Console

    import counterpact.api
    from counterpact.report.brief import to_json
    from counterpact.report.files import write
    from counterpact.report.terminal import show

    with Console(stderr=True).status("opening the case") as status:
        opened = counterpact.api.open(case, seed=seed, scenarios=scenarios, progress=status.update)
        made = opened.brief(
            since=since,
            public=public,
            risk=risk,
            money=money,
            political=political,
            civilian_harm=civilian_harm,
            escalation=escalation,
        )
        status.update("writing the brief")
        page, _ = write(made, out)
    if json:
        typer.echo(to_json(made))
        return
    show(made, Console(highlight=False), str(page))
