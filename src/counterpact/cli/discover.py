"""`counterpact discover`: in which circumstances a package fails, and what learning more would be worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from counterpact.cli.options import Case, CivilianHarm, Escalation, Json, Money, Political, Risk, Seed
from counterpact.cli.output import say_json

if TYPE_CHECKING:
    from rich.console import Console

    from counterpact.strategy.discovery.discover import Discovery


def discover(
    case: Case = "russia-dprk",
    package: Annotated[
        list[str] | None,
        typer.Option("--package", help="Measure of the package to try; repeatable. Left out: the best package."),
    ] = None,
    risk: Risk = "cvar90",
    money: Money = None,
    political: Political = None,
    civilian_harm: CivilianHarm = None,
    escalation: Escalation = None,
    objective: Annotated[
        str, typer.Option("--objective", help="Objective whose deliveries count, in its unit; else combined risk.")
    ] = "",
    threshold: Annotated[
        float | None, typer.Option("--threshold", help="More than this is failing; left out, the worst fifth.")
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=100, help="Scenarios drawn anew.")] = 2000,
    peel: Annotated[float, typer.Option("--peel", min=0.01, max=0.5, help="Share of the box per peel.")] = 0.05,
    conditions: Annotated[int, typer.Option("--conditions", min=1, help="Most conditions in the box chosen.")] = 4,
    box: Annotated[
        int | None, typer.Option("--box", min=0, help="Number of a box on the trajectory, instead of the rule's.")
    ] = None,
    information: Annotated[
        bool, typer.Option("--information/--no-information", help="Ask what learning each unknown would be worth.")
    ] = True,
    json: Json = False,
    seed: Seed = 0,
) -> None:
    """Find the conditions under which a package fails, in plain words, and what learning more would be worth."""
    from rich.console import Console

    import counterpact.api
    from counterpact.strategy.discovery.discover import Question

    question = Question(objective=objective, threshold=threshold, peel=peel, columns=conditions, box=box)
    with Console(stderr=True).status("opening the case") as status:
        opened = counterpact.api.open(case, seed=seed, progress=status.update)
        found = opened.discover(
            tuple(package or ()),
            question,
            draws=draws,
            information=information,
            risk=risk,
            money=money,
            political=political,
            civilian_harm=civilian_harm,
            escalation=escalation,
        )
    if json:
        from counterpact.strategy.plain import plain

        say_json(plain(found))
    else:
        show(found, Console(highlight=False))


def show(found: Discovery, console: Console) -> None:
    """Words and tables for people."""
    from rich.table import Table

    console.print(
        f"More than {found.threshold:.4g} {found.unit} of {found.outcome} counts as failing: "
        f"{found.failures} of {found.scenarios} scenarios ({found.rate:.0%}).\n"
    )
    console.print(f"[bold]{found.box.sentence}[/]")
    sure = found.stability
    console.print(
        f"Holds {found.box.coverage:.0%} of the failures; {found.box.density:.0%} of the scenarios in it fail. "
        f"Found anew in {sure.halves} random halves and judged by the others: {sure.coverage:.0%} and "
        f"{sure.density:.0%}."
    )
    again = dict(sure.again)
    limits = Table("condition", "found again", "could be chance", "rests on", "facts")
    for c in found.box.conditions:
        facts = " ".join(c.facts[:6])
        limits.add_row(c.text, f"{again.get(c.name, 0.0):.0%}", f"{c.quasi_p:.2g}", c.basis, facts)
    console.print(limits)
    for words, boxes in (("Besides", found.further), ("The tree's", found.tree)):
        for box in boxes:
            console.print(f"{words}: {box.sentence} ({box.coverage:.0%} of the failures, {box.density:.0%} fail)")
    steps = Table("box", "coverage", "density", "mass", "conditions", title="Trajectory", title_justify="left")
    for s in found.trajectory:
        mark = "→ " if s.number == found.chosen else ""
        steps.add_row(f"{mark}{s.number}", f"{s.coverage:.3f}", f"{s.density:.3f}", f"{s.mass:.3f}", str(s.restricted))
    console.print(steps)
    if found.information:
        worth = Table("to learn", "worth (risk saved)", "±", "shrinks the outcome", "±", title="Worth of information")
        for i in found.information:
            worth.add_row(
                i.name, f"{i.worth:.4f}", f"{i.worth_error:.4f}", f"{i.shrinks:.1%}", f"{i.shrinks_error:.1%}"
            )
        console.print(worth)
        console.print(
            f"Everything known: {found.information_total:.4f} of a mean risk of {found.mean:.4g}; "
            f"{len(found.decisions) + 1} packages compared."
        )
    for note in found.notes:
        console.print(f"· {note}")
