"""`counterpact schedule`: what begins when, over years."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from counterpact.cli.options import Case, CivilianHarm, Escalation, Json, Money, Political, Risk, Seed

if TYPE_CHECKING:
    from rich.console import Console

    from counterpact.strategy.schedule.outcome import Branch, Schedule

_MOST = 6
_MARK = {"acts": "[green]██[/]", "partly": "[yellow]▒▒[/]", "decided": "[dim]··[/]", "lifted": "[red]--[/]", "": ""}


def schedule(
    case: Case = "russia-dprk",
    periods: Annotated[
        str, typer.Option("--periods", help="2027..2030, or 2027-H1,2027-H2,2028; else four years from the next.")
    ] = "",
    risk: Risk = "cvar90",
    money: Money = None,
    political: Political = None,
    civilian_harm: CivilianHarm = None,
    escalation: Escalation = None,
    per_period_money: Annotated[
        str, typer.Option("--per-period-money", help="USD million in each period: one amount, or one each with commas.")
    ] = "",
    total_money: Annotated[
        float | None, typer.Option("--total-money", min=0, help="Most USD million over the horizon.")
    ] = None,
    starts: Annotated[
        str, typer.Option("--starts", help="Most measures that may begin in a period: one number, or one each.")
    ] = "",
    done: Annotated[
        list[str] | None,
        typer.Option("--done", help="What has been done: ID@2026, or a file of such lines; repeatable."),
    ] = None,
    now: Annotated[
        str, typer.Option("--now", help="First period still open; else the last one with something done.")
    ] = "",
    require: Annotated[
        list[str] | None,
        typer.Option("--require", help="Measure that must be held at the end, or by ID@PERIOD. Repeatable."),
    ] = None,
    forbid: Annotated[
        list[str] | None, typer.Option("--forbid", help="Measure that must not, ID or ID@PERIOD; repeatable.")
    ] = None,
    lift: Annotated[
        list[str] | None,
        typer.Option("--lift", help="Measure that may be given up again; ALL for every one. Repeatable."),
    ] = None,
    leads: Annotated[str, typer.Option("--leads", help="Lead times: drawn, least, greatest or none.")] = "drawn",
    stocks: Annotated[bool, typer.Option("--stocks/--no-stocks", help="Goods not used are kept for later.")] = True,
    lag: Annotated[
        float, typer.Option("--lag", min=0, help="Months until they use more than today's flow of a channel.")
    ] = 0.0,
    exact: Annotated[
        list[str] | None, typer.Option("--exact", help="Channel opened whole or not at all; repeatable.")
    ] = None,
    discount: Annotated[
        float, typer.Option("--discount", min=0, max=0.99, help="Later harm counts less, a year.")
    ] = 0.0,
    signposts: Annotated[int, typer.Option("--signposts", min=0, help="How many signposts to look for.")] = 3,
    gap: Annotated[float, typer.Option("--gap", min=0, max=1, help="Stop at this share of the effect.")] = 0.1,
    time_limit: Annotated[float, typer.Option("--time-limit", min=1, help="Seconds for the design.")] = 120.0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the schedule as one HTML and one JSON file.")
    ] = None,
    json: Json = False,
    seed: Seed = 0,
    scenarios: Annotated[int, typer.Option("--scenarios", min=20, help="How many scenarios to draw.")] = 60,
) -> None:
    """Schedule measures over years against an adversary that plans over them too; re-plan with what is done."""
    from rich.console import Console

    import counterpact.api

    with Console(stderr=True).status("opening the case") as status:
        opened = counterpact.api.open(case, seed=seed, progress=status.update)
        found = opened.schedule(
            periods,
            scenarios=scenarios,
            discount=discount,
            risk=risk,
            budgets={"money": money, "political": political, "civilian_harm": civilian_harm, "escalation": escalation},
            per_period={"money": _numbers(per_period_money, "--per-period-money")} if per_period_money else {},
            total={} if total_money is None else {"money": total_money},
            starts=_numbers(starts, "--starts"),
            done=_done(done or []),
            now=now,
            require=tuple(require or ()),
            forbid=tuple(forbid or ()),
            liftable=tuple(lift or ()),
            leads=leads,
            stocks=stocks,
            lag=lag,
            exact=tuple(exact or ()),
            gap=gap,
            time_limit=time_limit,
            signposts=signposts,
        )
    from counterpact.report.brief import to_json
    from counterpact.report.schedule import assemble, write

    made = assemble(found)
    page = write(made, out)[0] if out is not None else None
    if json:
        typer.echo(to_json(made))
        return
    show(found, Console(highlight=False))
    if page is not None:
        Console(highlight=False).print(f"The schedule: [bold]{page}[/]", soft_wrap=True)


def _numbers(text: str, option: str) -> tuple[float, ...]:
    from counterpact.errors import Problem, UsageError

    try:
        return tuple(float(part) for part in text.split(",")) if text.strip() else ()
    except ValueError as error:
        what = f'"{text}" is not a number, or numbers with commas, for {option}'
        raise UsageError(Problem("", what=what, do=f"Write {option} 500 or {option} 500,500,800")) from error


def _done(entries: list[str]) -> tuple[str, ...]:
    """Entries as given, files opened."""
    from counterpact.errors import Problem, UsageError
    from counterpact.strategy.schedule.wish import read_done_file

    found: list[str] = []
    for entry in entries:
        path = Path(entry)
        if "@" in entry and not path.is_file():
            found.append(entry)
            continue
        try:
            found += read_done_file(path.read_text(encoding="utf-8"), path.name)
        except (OSError, UnicodeDecodeError) as error:
            what = f'"{entry}" is neither ID@WHEN nor a file that can be read'
            raise UsageError(Problem("", what=what, do="Write --done L2-17@2026, or name a text file")) from error
    return tuple(found)


def show(found: Schedule, console: Console) -> None:
    """Tables for people."""
    from rich.markup import escape
    from rich.table import Table

    from counterpact.quantity import format_interval, format_number

    package = found.package
    console.print(
        f"Combined risk a year {found.risk_before:.3g} → {found.risk_after:.3g} over {found.periods[0]} to "
        f"{found.periods[-1]} ({package.effect:.1%} less); {package.message}."
    )
    status = "passed" if found.certificate.passed else "FAILED"
    console.print(f"Certificate {status}; lower bound {package.lower_bound_status}; {found.scenarios} scenarios.\n")
    chart = Table(title="What begins when", title_justify="left", caption_justify="left", caption=_legend())
    for column in ("measure", "what", "line", "begins"):
        chart.add_column(column, overflow="fold")
    for label in found.periods:
        chart.add_column(label, justify="center", no_wrap=True)
    for s in found.steps:
        begins = f"{s.begins} (done)" if s.done else s.begins
        name = f"{s.name} (let lapse)" if s.action == "let lapse" else s.name
        chart.add_row(s.id, escape(name), s.line, begins, *(_MARK[c] for c in s.cells))
    console.print(chart)
    table = Table(title="Period by period", title_justify="left")
    for column in ("period", "begin", "lifted", "money, USD m", "of", "political", "risk before", "after", "at most"):
        table.add_column(column)
    for p in found.by_period:
        limit = p.budget.get("money")
        table.add_row(
            p.label,
            str(len(p.begins)),
            str(len(p.lifts)),
            format_interval(*p.cost["money"]) if "money" in p.cost else "",
            format_number(limit) if limit is not None else "no limit",
            format_number(p.cost["political"][1]) if "political" in p.cost else "",
            f"{p.risk_before:.3g}",
            f"{p.risk_after:.3g}",
            f"{p.most:.3g}",
        )
    console.print(table)
    goals = Table("objective", "unit", "before", "after", title="Most they could deliver a year", title_justify="left")
    for o in found.objectives:
        goals.add_row(
            o.name, o.unit, format_interval(o.before.low, o.before.high), format_interval(o.after.low, o.after.high)
        )
    console.print(goals)
    for post in found.signposts:
        console.print(
            f"\n[bold]Signpost[/] {escape(post.label)}, seen in {post.seen}; to know takes away {post.worth:.3g} more."
        )
        for branch in (post.below, post.above):
            console.print(f"  {escape(_branch(branch))}")
    if found.too_late:
        console.print("\nToo late to act within the horizon:")
        for name, why in found.too_late.items():
            console.print(f"  {name}: {why}")


def _legend() -> str:
    return (
        f"{_MARK['decided']} decided, does not act yet   {_MARK['partly']} acts in some scenarios   "
        f"{_MARK['acts']} acts in all   {_MARK['lifted']} lifted"
    )


def _branch(branch: Branch) -> str:
    said = [f"{c.id}: {c.was or 'not'} → {c.now or 'not'}" for c in branch.changes]
    changes = "; ".join(said[:_MOST]) or "nothing changes"
    more = f"; {len(said) - _MOST} more" if len(said) > _MOST else ""
    risk = f"{branch.risk_kept:.3g} → {branch.risk_after:.3g}"
    return f"{branch.condition} ({branch.probability:.0%}): risk {risk}; {changes}{more}."
