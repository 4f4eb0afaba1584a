"""`counterpact loopholes`: what the best package leaves open, and the cheapest way to close it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from counterpact.cli.options import Case, CivilianHarm, Escalation, Money, Political, Risk, Scenarios, Seed
from counterpact.cli.output import say_json

if TYPE_CHECKING:
    from rich.console import Console

    from counterpact.strategy.outcome import Loophole


def loopholes(
    case: Case = "russia-dprk",
    risk: Risk = "cvar90",
    money: Money = None,
    political: Political = None,
    civilian_harm: CivilianHarm = None,
    escalation: Escalation = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON list on standard output.")] = False,
    seed: Seed = 0,
    scenarios: Scenarios = 300,
) -> None:
    """List the routes the best package leaves open, by the harm they carry, and what would close each."""
    from rich.console import Console

    import counterpact.api

    with Console(stderr=True).status("opening the case") as status:
        opened = counterpact.api.open(case, seed=seed, scenarios=scenarios, progress=status.update)
        found = opened.loopholes(
            risk=risk, money=money, political=political, civilian_harm=civilian_harm, escalation=escalation
        )
    if json:
        from counterpact.strategy.plain import plain

        say_json(plain(found))
    else:
        show(found, Console(highlight=False))


def show(found: tuple[Loophole, ...], console: Console) -> None:
    """A table for people."""
    from rich.table import Table

    made = Table("objective", "route", "risk it carries", "still open", "what would close it", "who would have to join")
    for one in found:
        closing, closer, joins = one.closing, one.why_open, ""
        if closing is not None:
            words = "closed under these assumptions" if one.closed else f"closes {closing.closes:.0%}"
            beyond = "" if closing.fits_budget else "; beyond the budget"
            closer, joins = f"{' '.join(closing.measures)} ({words}{beyond})", " ".join(closing.joins)
        made.add_row(
            one.route.objective,
            " > ".join(one.route.channels),
            f"{one.value:.3g}",
            f"{one.open_share:.0%}",
            closer,
            joins,
        )
    console.print(made)
