"""The tree of commands."""

from __future__ import annotations

import typer

from counterpact.cli import case, diplomacy, evaluate, record, screen
from counterpact.cli.assess import assess
from counterpact.cli.brief import brief
from counterpact.cli.compare import compare
from counterpact.cli.detect import detect
from counterpact.cli.discover import discover
from counterpact.cli.frontier import frontier
from counterpact.cli.gaps import gaps
from counterpact.cli.loopholes import loopholes
from counterpact.cli.ownership import ownership
from counterpact.cli.picture import picture
from counterpact.cli.plan import plan
from counterpact.cli.reply import reply
from counterpact.cli.schedule import schedule
from counterpact.cli.serve import serve
from counterpact.cli.signals import signals
from counterpact.cli.values import values

app = typer.Typer(
    name="counterpact",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="An open workbench for one integrated strategy against a hostile alliance.",
)
BRIEF, STRATEGY, LINES, DATA = "From evidence to brief", "Strategy", "Lines of effort", "Data and service"
GROUPS = {
    BRIEF: (brief, picture, assess),
    STRATEGY: (plan, frontier, schedule, discover, values, reply, compare, loopholes, detect),
    LINES: (ownership, gaps, signals),
    DATA: (serve,),
}
for panel, commands in GROUPS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.add_typer(diplomacy.app, name="diplomacy", rich_help_panel=LINES)
app.add_typer(screen.app, name="screen", rich_help_panel=LINES)
app.add_typer(case.app, name="case", rich_help_panel=DATA)
app.add_typer(record.app, name="record", rich_help_panel=DATA)
app.add_typer(evaluate.app, name="evaluate", rich_help_panel=DATA)
