"""`counterpact diplomacy`: where states stand in the General Assembly, and how they would vote."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from counterpact.cli.options import Case, Json, Seed
from counterpact.cli.output import say_json

if TYPE_CHECKING:
    from counterpact.lines.diplomacy.enforcement.asking import Enforcement
    from counterpact.lines.diplomacy.forecast import Forecast
    from counterpact.lines.diplomacy.whip.asking import Asked
    from counterpact.strategy.outcome import Coalition

app = typer.Typer(no_args_is_help=True, help="Votes in the General Assembly: positions of states, forecasts.")

Votes = Annotated[
    list[Path], typer.Option("--votes", help="Votes: one row a vote, or one column a state (ISO alpha-3); repeatable.")
]
RollCalls = Annotated[
    list[Path] | None, typer.Option("--roll-calls", help="What was voted on: number, session, date, text; repeatable.")
]
Bridges = Annotated[Path | None, typer.Option("--bridges", help="Pairs of identical resolutions: rcid1, rcid2.")]
Issues = Annotated[Path | None, typer.Option("--issues", help="Issues of roll calls: rcid, issue.")]


@app.callback()
def diplomacy() -> None:
    """Votes in the General Assembly: positions of states, forecasts."""


@app.command()
def points(
    votes: Votes,
    roll_calls: RollCalls = None,
    bridges: Bridges = None,
    issues: Issues = None,
    issue: Annotated[str | None, typer.Option("--issue", help="Items of one issue only, as in nuclear.")] = None,
    state: Annotated[list[str] | None, typer.Option("--state", help="ISO alpha-3 code; repeatable.")] = None,
    year: Annotated[list[int] | None, typer.Option("--year", help="Only this year; repeatable.")] = None,
    json: Json = False,
) -> None:
    """Where states stand, year by year, with 90 % intervals; the last year if neither state nor year is named."""
    from rich.console import Console

    from counterpact.lines.diplomacy.points import estimate
    from counterpact.lines.diplomacy.votes import read_votes

    with Console(stderr=True).status("reading the votes") as status:
        table = read_votes(votes, roll_calls or [], issues=issues, bridges=bridges)
        status.update("estimating positions")
        found = estimate(table, issue=issue)
    wanted = tuple(year or ()) or (() if state else (int(found.layout.year.max()),))
    rows = found.rows(states=tuple(state or ()), years=wanted)
    notes = [*table.notes, *found.notes]
    if json:
        say_json({"points": rows, "notes": notes})
        return
    from rich.table import Table

    out = Table("state", "year", "point", "90 % interval", "votes")
    for r in sorted(rows, key=lambda r: (r["year"], -r["point"])):
        out.add_row(
            r["name"], str(r["year"]), f"{r['point']:+.2f}", f"{r['low']:+.2f} to {r['high']:+.2f}", str(r["votes"])
        )
    console = Console(highlight=False)
    console.print(out)
    for note in notes:
        console.print(f"[dim]· {note}[/]")


@app.command()
def forecast(
    draft: Annotated[str, typer.Argument(help="The draft: its title and what it asks for, or a text file.")],
    votes: Votes,
    roll_calls: RollCalls = None,
    bridges: Bridges = None,
    sponsor: Annotated[list[str] | None, typer.Option("--sponsor", help="ISO alpha-3 code of a sponsor.")] = None,
    json: Json = False,
) -> None:
    """How states would vote on a draft: a ranking, three scenarios of its difficulty, the look-alikes behind them."""
    from rich.console import Console

    from counterpact.lines.diplomacy.forecast import forecast as make
    from counterpact.lines.diplomacy.votes import read_votes

    with Console(stderr=True).status("reading the votes") as status:
        table = read_votes(votes, roll_calls or [], bridges=bridges)
        found = make(table, _text(draft), sponsors=tuple(sponsor or ()), progress=status.update)
    if json:
        from dataclasses import asdict

        plain = asdict(found)
        say_json({key: plain[key] for key in ("session", "novel", "states", "levels", "look_alikes", "notes")})
    else:
        _show(found, Console(highlight=False))


def _text(draft: str) -> str:
    path = Path(draft)
    return path.read_text("utf-8") if len(draft) < 250 and path.is_file() else draft


def _show(found: Forecast, console: Any) -> None:
    from rich.table import Table

    for note in found.notes:
        console.print(f"[yellow]{note}[/]")
    levels = Table("scenario", "yes", "no", "abstain", "absent", "yes of yes and no", title="How hard is the text?")
    for one in found.levels:
        counts = (f"{value:.0f}" for value in (one.yes, one.no, one.abstain, one.absent))
        levels.add_row(one.name, *counts, f"{one.majority:.0%}")
    console.print(levels)
    states = Table("rank", "state", "yes", "abstain", "no", "absent", "record", title="From the surest yes down")
    for rank, s in enumerate(found.states, 1):
        states.add_row(str(rank), s.name, *(f"{v:.0%}" for v in (s.yes, s.abstain, s.no, s.absent)), s.record)
    console.print(states)
    alike = Table("similarity", "resolution", "title", "yes–no–abstain", title="Look-alikes")
    for item in found.look_alikes:
        alike.add_row(
            f"{item.similarity:.2f}", item.resolution, item.title[:70], f"{item.yes}–{item.no}–{item.abstain}"
        )
    console.print(alike)


Known = Annotated[list[str] | None, typer.Option("--known", help="A known position, as in USA=yes; repeatable.")]
Target = Annotated[
    list[str] | None,
    typer.Option("--target", help="majority, two thirds, or a number of yes votes; repeatable, the first counts."),
]
Text = Annotated[str, typer.Option("--text", help="The draft: its title and what it asks for, or a text file.")]
RollCall = Annotated[
    int | None, typer.Option("--roll-call", help="A past roll call instead, seen from the sessions before it.")
]
Sponsor = Annotated[list[str] | None, typer.Option("--sponsor", help="ISO alpha-3 code of a sponsor; repeatable.")]


@app.command()
def whip(
    votes: Votes,
    text: Text = "",
    roll_calls: RollCalls = None,
    roll_call: RollCall = None,
    known: Known = None,
    target: Target = None,
    sponsor: Sponsor = None,
    turned: Annotated[int, typer.Option("--turned", min=0, help="States the adversary may turn, at most.")] = 5,
    seal: Annotated[Path | None, typer.Option("--seal", help="Append the forecast to this file of seals.")] = None,
    vote_day: Annotated[
        datetime | None, typer.Option("--vote-day", formats=["%Y-%m-%d"], help="Day of the vote, for the seal.")
    ] = None,
    made: Annotated[
        datetime | None, typer.Option("--made", formats=["%Y-%m-%d"], help="Day the forecast is made, for the seal.")
    ] = None,
    json: Json = False,
    seed: Seed = 0,
) -> None:
    """The live whip count: known positions move the level and all who vote alike; chances of the targets."""
    from rich.console import Console

    from counterpact.errors import UsageError

    if seal is not None and (vote_day is None or made is None):
        raise UsageError("a seal needs --made and --vote-day")
    found = _counted(votes, text, roll_calls, roll_call, known, target, sponsor, turned, seed)
    name = ""
    if seal is not None and vote_day and made:
        from counterpact.lines.diplomacy.track.ledger import seal as append

        chances = {r["state"]: r for r in found.plain()["states"]}
        question = " ".join(_text(text).split()) or f"roll call {roll_call}"
        name = append(seal, question, chances, made=made.date(), vote_day=vote_day.date(), known=found.count.known)
    if json:
        from counterpact.lines.diplomacy.whip.drawing import sheet

        say_json({**found.plain(), "seal": name, "chart": sheet(found).as_dict()})
    else:
        _show_count(found, Console(highlight=False))
        if name:
            typer.echo(f"Sealed as {name}")


def _counted(
    votes: list[Path],
    text: str,
    roll_calls: list[Path] | None,
    roll_call: int | None,
    known: list[str] | None,
    target: list[str] | None,
    sponsor: list[str] | None,
    turned: int,
    seed: int,
) -> Asked:
    from rich.console import Console

    import counterpact.api

    with Console(stderr=True).status("reading the votes") as status:
        return counterpact.api.whip(
            votes, roll_calls or (), _text(text), roll_call=roll_call, known=tuple(known or ()),
            targets=tuple(target or ()), sponsors=tuple(sponsor or ()), turned=turned, seed=seed,
            progress=status.update,
        )  # fmt: skip


def _show_count(found: Asked, console: Any) -> None:
    from rich.table import Table

    for note in found.notes:
        console.print(f"[yellow]{note}[/]")
    plain = found.plain()
    for target, chance in plain["passes"].items():
        console.print(f"Chance of {target if not target.isdigit() else target + ' yes votes'}: {chance:.0%}")
    console.print(
        "; ".join(f"{k} {t['expected']:.0f} ({t['low']} to {t['high']})" for k, t in plain["tallies"].items())
    )
    lost = [f"{'+'.join(row['turned']) or 'none'}: {row['passes']:.0%}" for row in plain["lobbying"]]
    console.print(f"If the adversary turns to no (first target): {'; '.join(lost)}")
    states = Table("state", "yes", "abstain", "no", "absent", "pivotal", "known", title="Whip sheet")
    for row in plain["states"]:
        chances = (f"{row[k]:.0%}" for k in ("yes", "abstain", "no", "absent", "pivotal"))
        states.add_row(row["name"], *chances, plain["known"].get(row["state"], ""))
    console.print(states)


@app.command()
def engage(
    votes: Votes,
    text: Text = "",
    roll_calls: RollCalls = None,
    roll_call: RollCall = None,
    known: Known = None,
    target: Target = None,
    sponsor: Sponsor = None,
    visits: Annotated[float, typer.Option("--visits", min=0, help="Budget of visits.")] = 10.0,
    cost: Annotated[list[str] | None, typer.Option("--cost", help="Visits a state costs, as in IND=2.")] = None,
    before: Annotated[
        list[str] | None, typer.Option("--before", help="Whom to see first, as in ZAF=AGO,BWA: the leader, then they.")
    ] = None,
    case: Annotated[str, typer.Option("--case", help="Case whose sourced facts are shown as levers.")] = "russia-dprk",
    json: Json = False,
    seed: Seed = 0,
) -> None:
    """Whom to visit first: chance of being pivotal times how open each is, and the best set within a budget."""
    from rich.console import Console

    import counterpact.api

    asked = _counted(votes, text, roll_calls, roll_call, known, target, sponsor, 5, seed)
    found = counterpact.api.open(case).engage(asked, visits, cost=tuple(cost or ()), before=tuple(before or ()))
    if json:
        say_json(found.plain())
        return
    from rich.table import Table

    console = Console(highlight=False)
    for note in (*asked.notes, found.note):
        console.print(f"[yellow]{note}[/]")
    table = Table("", "state", "yes", "pivotal", "open", "worth", "record", "levers (facts of the case)")
    for one in found.visits.candidates[:30]:
        mark = "visit" if one.state in found.visits.chosen else ""
        numbers = (f"{one.yes:.0%}", f"{one.pivotal:.1%}", f"{one.movability:.2f}", f"{one.worth:.4f}")
        table.add_row(mark, one.name, *numbers, one.record, " ".join(found.levers.get(one.state, ())[:8]))
    console.print(table)
    names = {c.state: c.name for c in found.visits.candidates}
    console.print(f"Visits in order: {', '.join(names[s] for s in found.visits.chosen) or 'none is worth one'}")


@app.command()
def settle(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file of seals.")],
    name: Annotated[str, typer.Argument(metavar="SEAL", help="Hash of the forecast, or its beginning.")],
    result: Annotated[list[str], typer.Option("--result", help="How a state voted, as in USA=yes; repeatable.")],
    day: Annotated[datetime, typer.Option("--day", formats=["%Y-%m-%d"], help="Day of the vote.")],
) -> None:
    """Enter what came of a sealed forecast; a result is never changed."""
    from counterpact.lines.diplomacy.track.ledger import settle as append
    from counterpact.lines.diplomacy.whip.asking import read_known

    typer.echo(f"Settled as {append(file, name, read_known(result), day=day.date())}")


@app.command()
def track(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file of seals.")],
    json: Json = False,
) -> None:
    """Check the chain of seals and score what is settled: Brier score and calibration."""
    from dataclasses import asdict

    from counterpact.lines.diplomacy.track.ledger import read, scores

    found = scores(read(file))
    if json:
        plain = asdict(found)
        say_json({**plain, "brier": found.brier if found.votes else None})
        return
    typer.echo(f"The chain of hashes holds: {found.sealed} sealed, {found.settled} settled.")
    if not found.votes:
        typer.echo("No score yet: nothing is settled.")
        return
    typer.echo(f"Brier score {found.brier:.3f} over {found.votes} votes (0 perfect, 2 worst)")
    for low, high, count, mean, share in found.bins:
        typer.echo(f"  given {low:.0%} to {high:.0%}: {count} chances, mean {mean:.0%}, came true {share:.0%}")


@app.command()
def enforce(
    case: Case = "russia-dprk",
    member: Annotated[
        list[str] | None, typer.Option("--member", help="Actor id taken as inside from the start; repeatable.")
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Also design the best package and say who must join it (takes longer).")
    ] = False,
    json: Json = False,
    seed: Seed = 0,
) -> None:
    """Whose enforcement matters: the share of the flow that passes channels each actor could act on."""
    from rich.console import Console

    import counterpact.api

    with Console(stderr=True).status("opening the case") as status:
        opened = counterpact.api.open(case, seed=seed, progress=status.update)
        found = opened.enforcement(tuple(member or ()))
        joiners = opened.plan().coalition if plan else None
    if json:
        from counterpact.strategy.plain import plain

        say_json({**found.plain(), "plan": None if joiners is None else plain(joiners)})
    else:
        _show_enforcement(found, joiners, Console(highlight=False))


def _show_enforcement(found: Enforcement, joiners: Coalition | None, console: Any) -> None:
    from rich.table import Table

    table = Table("actor", "share of the flow", "90 % interval", "mostly", "takes part when asked", "why")
    for one in found.weights:
        part = found.parts.get(one.actor)
        most = max(one.by_objective.items(), key=lambda x: x[1].mean, default=None)
        table.add_row(
            one.name,
            f"{one.overall.mean:.0%}",
            f"{one.overall.low:.0%} to {one.overall.high:.0%}",
            f"{most[0]} {most[1].mean:.0%}" if most and most[1].mean > 0 else "–",
            f"{part.low:.0%} to {part.high:.0%}" if part else "–",
            part.citation.reason.split(" (")[0] if part else "no measure asks it",
        )
    console.print(table)
    console.print("Shares overlap: one flow passes channels of several. A channel one could act on is not yet closed.")
    console.print("\nWho must join, for enforcement (each adds most to those before):")
    for step in found.steps:
        console.print(f"  {step.name}: +{step.gain:.0%}, then {step.covered.mean:.0%} of the flow")
    if joiners is not None:
        console.print("\nWho must join the best package (what is lost of its effect without each):")
        for joiner in joiners.members:
            must = "must" if joiner.must else "may stay out"
            console.print(f"  {joiner.name}: {joiner.share:.0%}, {must}, takes part in {joiner.takes_part:.0%}")
    console.print("\nFor a vote, who must join is another matter: counterpact diplomacy whip")
