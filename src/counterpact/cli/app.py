"""The tree of commands."""

from __future__ import annotations

import typer

from counterpact.cli import assess, brief, case, loopholes, picture, plan, record, reply

app = typer.Typer(
    name="counterpact",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="An open workbench for one integrated strategy against a hostile alliance.",
)
app.add_typer(case.app, name="case")
app.add_typer(record.app, name="record")
for command in (brief.brief, picture.picture, assess.assess, plan.plan, loopholes.loopholes, reply.reply):
    app.command()(command)
