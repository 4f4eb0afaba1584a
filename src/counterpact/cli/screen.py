"""`counterpact screen`: is this name, ship or company listed, and why do we think so."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from counterpact.cli.output import say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterpact.lines.sanctions.screening.decisions import Log
    from counterpact.lines.sanctions.screening.query import Query
    from counterpact.lines.sanctions.screening.screener import Answer, Screener


class _NameFirst(TyperGroup):
    """`screen "NAME"` means `screen name "NAME"`; `--file` and `--watch` mean the commands of that name."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] in ("--file", "--watch"):
            args = [args[0][2:], *args[1:]]
        elif args and args[0] not in self.commands and args[0] != "--help":
            args = ["name", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_NameFirst,
    no_args_is_help=True,
    help='Screen names, ships and companies against sanctions lists; `screen "NAME"` means `screen name`.',
)

Lists = Annotated[
    list[str] | None,
    typer.Option(
        "--list", help="Data set of the record, file, or DATASET=FILE; repeatable. Default: all in the record."
    ),
]
Threshold = Annotated[
    float | None, typer.Option("--threshold", min=0, max=1, help="Least score shown (default: the fitted one).")
]
Kind = Annotated[str, typer.Option("--kind", help="person, organisation, vessel or aircraft; default: any.")]
Country = Annotated[list[str] | None, typer.Option("--country", help="Nationality, flag or seat; repeatable.")]
Born = Annotated[str, typer.Option("--born", help="Day or year of birth or founding.")]
Gender = Annotated[str, typer.Option("--gender", help="male or female.")]
Imo = Annotated[str, typer.Option("--imo", help="A ship's IMO number.")]
Number = Annotated[list[str] | None, typer.Option("--number", help="Another number as lei=…, inn=…, passport=…")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="Most entities shown per name.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
All = Annotated[bool, typer.Option("--all", help="Show pairs that were dismissed, too.")]
NameColumn = Annotated[str, typer.Option("--name-column", help="Column that holds the names.")]


def _log() -> Log:
    from counterpact.api import decision_log

    return decision_log()


def _screener(lists: list[str] | None, threshold: float | None) -> Screener:
    from rich.console import Console

    import counterpact.api

    with Console(stderr=True).status("opening the lists") as status:
        return counterpact.api.screening(lists or (), threshold=threshold, progress=status.update)


def _query(name: str, kind: str, country: list[str] | None, born: str, gender: str, imo: str,
           number: list[str] | None) -> Query:  # fmt: skip
    from counterpact.errors import UsageError
    from counterpact.lines.sanctions.screening.query import POOLS, make

    numbers = [("imo", imo)] if imo else []
    for text in number or ():
        pool, _, value = text.partition("=")
        if pool not in POOLS or not value:
            raise UsageError(f'--number wants NAME=VALUE with NAME one of {", ".join(POOLS)}; got "{text}"')
        numbers.append((pool, value))
    return make(name, kind=kind, born=born, countries=country or (), gender=gender, numbers=numbers)


@app.command()
def name(
    name: Annotated[str, typer.Argument(help="Name in any script; may be empty if a number is given.")] = "",
    kind: Kind = "",
    country: Country = None,
    born: Born = "",
    gender: Gender = "",
    imo: Imo = "",
    number: Number = None,
    lists: Lists = None,
    threshold: Threshold = None,
    limit: Limit = 10,
    show_all: All = False,
    json: Json = False,
) -> None:
    """Screen one name, ship or company; every hit with its reasons."""
    query = _query(name, kind, country, born, gender, imo, number)
    screener = _screener(lists, threshold)
    answer = screener.one(query, limit=limit)
    if not show_all:
        answer = next(iter(_log().quiet([answer], date.today())))
    if json:
        say_json(_plain(answer, screener))
    else:
        _show(answer, screener)


@app.command()
def file(
    path: Annotated[Path, typer.Argument(help="CSV, XLSX or Parquet.")],
    out: Annotated[Path | None, typer.Option("--out", help="CSV of the hits; default: standard output.")] = None,
    kind: Kind = "",
    name_column: NameColumn = "",
    lists: Lists = None,
    threshold: Threshold = None,
    limit: Limit = 5,
    show_all: All = False,
) -> None:
    """Screen a table, one name a row. The table stays where it is."""
    import csv
    import sys

    from counterpact.lines.sanctions.screening import batch

    rows, answers = _table(path, name_column, kind, lists, threshold, limit, show_all)
    found = [row for i, answer in enumerate(answers) for row in batch.flat(batch.label(rows, i), answer)]
    head = ["row", "query", "entity", "listed_name", "score", "same", "by_number", "reasons", "ignored"]
    stream = out.open("w", encoding="utf-8", newline="") if out else sys.stdout
    try:
        writer = csv.DictWriter(stream, head)
        writer.writeheader()
        writer.writerows(found)
    finally:
        if out:
            stream.close()
    hit = sum(1 for answer in answers if answer.hits)
    typer.echo(f"{len(rows):,} rows, {hit:,} with a hit", err=True)


@app.command()
def watch(
    path: Annotated[Path, typer.Argument(help="CSV, XLSX or Parquet.")],
    label: Annotated[str, typer.Option("--label", help="Name of the watch; default: the file's name.")] = "",
    kind: Kind = "",
    name_column: NameColumn = "",
    lists: Lists = None,
    threshold: Threshold = None,
    json: Json = False,
) -> None:
    """Report what is new, changed or gone for a table since it was last watched."""
    from counterpact.lines.sanctions.screening import batch
    from counterpact.lines.sanctions.screening.watch import watch as compare

    rows, answers = _table(path, name_column, kind, lists, threshold, 20, False)
    pairs = [(batch.label(rows, i), answer) for i, answer in enumerate(answers)]
    changes = compare(pairs, _log(), label or path.stem)
    plain = [
        {"row": c.row, "what": c.what, "entity": c.entity,
         "listed_name": c.hit.listed_name if c.hit else "", "score": round(c.hit.score, 4) if c.hit else None}
        for c in changes
    ]  # fmt: skip
    if json:
        say_json({"rows": len(rows), "changes": plain})
        return
    for one in plain:
        typer.echo(f"{one['what']:8} row {one['row']}: {one['entity']} {one['listed_name']}")
    typer.echo(f"{len(rows):,} rows, {len(plain):,} changes")


@app.command()
def decide(
    verdict: Annotated[str, typer.Argument(help="accepted or dismissed.")],
    entity: Annotated[str, typer.Argument(help="Listed entity as shown: DATASET:ID.")],
    name: Annotated[str, typer.Argument(help="The name as it was asked.")] = "",
    why: Annotated[str, typer.Option("--why", help="Reason.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who decides.")] = "",
    until: Annotated[str, typer.Option("--until", help="Last day it holds.")] = "",
    kind: Kind = "",
    country: Country = None,
    born: Born = "",
    gender: Gender = "",
    imo: Imo = "",
    number: Number = None,
    lists: Lists = None,
) -> None:
    """Record a decision on a pair; a dismissed pair stays quiet until one side changes."""
    from counterpact.errors import UsageError

    query = _query(name, kind, country, born, gender, imo, number)
    index = _screener(lists, None).index
    if entity not in index.positions:
        raise UsageError(f'"{entity}" stands on none of the lists. Write it as `counterpact screen name` shows it')
    try:
        last = date.fromisoformat(until) if until else None
    except ValueError as error:
        raise UsageError(f'"{until}" is not a day; write 2027-01-31') from error
    made = _log().decide(query, index.entry(index.positions[entity]), verdict, why=why, by=by, until=last)  # type: ignore[arg-type]
    typer.echo(f"{made.verdict}: {entity}, by {made.by}{f', until {made.until}' if made.until else ''}")


@app.command()
def purge(
    days: Annotated[int, typer.Option("--days", min=0, help="Forget decisions older than this.")] = 5 * 365,
) -> None:
    """Forget decisions whose time is over."""
    typer.echo(f"{_log().purge(date.today(), days=days):,} decisions forgotten")


def _table(path: Path, name_column: str, kind: str, lists: list[str] | None, threshold: float | None, limit: int,
           show_all: bool) -> tuple[list[dict[str, str]], Sequence[Answer]]:  # fmt: skip
    from rich.console import Console
    from rich.progress import Progress

    from counterpact.lines.sanctions.screening import batch

    rows = batch.read_table(path, name_column=name_column)
    asked = batch.queries(rows, kind=kind)
    screener = _screener(lists, threshold)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("screening", total=len(asked))
        answers = screener.many(asked, limit=limit, progress=lambda done: bar.update(task, completed=done))
        return rows, list(answers if show_all else _log().quiet(answers, date.today()))


def _plain(answer: Answer, screener: Screener) -> dict[str, Any]:
    from counterpact.lines.sanctions.screening import ftm
    from counterpact.lines.sanctions.screening.weights import weights

    return {
        "query": answer.query.name,
        "ignored": list(answer.ignored),
        "threshold": screener.threshold,
        "threshold_measured": weights().fitted_on.get("lists", {}).get("test"),
        "lists": screener.index.about["lists"],
        "hits": [
            {
                "score": round(hit.score, 4),
                "same": round(hit.same, 4),
                "by_number": hit.settled,
                "listed_name": hit.listed_name,
                "reasons": [{"about": r.about, "text": r.text, "points": round(r.points, 3)} for r in hit.reasons],
                "entity": ftm.entity(hit.entry),
            }
            for hit in answer.hits
        ],
    }


def _show(answer: Answer, screener: Screener) -> None:
    from rich.console import Console

    from counterpact.lines.sanctions.screening.weights import weights

    console = Console(highlight=False, soft_wrap=True)
    for text in answer.ignored:
        console.print(f"Note: {text}.", style="yellow", markup=False)
    if not answer.query.usable:
        console.print("There is nothing to look for.")
        return
    if not answer.hits:
        console.print(f"Nothing on {len(screener.index.about['lists'])} lists reaches {screener.threshold:.2f}.")
    for hit in answer.hits:
        entry = hit.entry
        console.print(f"\n{hit.score:.3f}  {entry.name}  [{entry.id}]", style="bold", markup=False)
        more = [entry.kind, ", ".join(entry.programmes), f"listed {entry.listed}" if entry.listed else ""]
        console.print("       " + " · ".join(x for x in more if x), markup=False)
        if hit.listed_name != entry.name:
            console.print(f"       matched by: {hit.listed_name}", markup=False)
        for reason in hit.reasons:
            weight = f"{reason.points:+6.2f}" if reason.points else " " * 6
            console.print(f"       {weight}  {reason.text}", markup=False)
        console.print(f"       taken for the same: {hit.same:.3f}", markup=False)
    measured = weights().fitted_on.get("lists", {}).get("test")
    if measured:
        entities = weights().fitted_on["lists"]["entities"]
        console.print(
            f"\nAt {measured['threshold']:.2f} the test rows gave a recall of {measured['recall']:.3f} and "
            f"{measured['fpr']:.2%} false positives (names only, {entities:,} entities).",
            style="dim",
        )
