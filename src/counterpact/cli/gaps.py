"""`counterpact gaps`: whom does one partner list and another not, and how many days lie between?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from counterpact.cli.options import Json
from counterpact.cli.output import say_json

if TYPE_CHECKING:
    from rich.console import Console

    from counterpact.lines.sanctions.gaps.asking import Gaps


def gaps(
    theme: Annotated[str, typer.Argument(metavar="THEME", help="dprk or russia.")] = "dprk",
    partner: Annotated[
        list[str] | None, typer.Option("--partner", help="OFAC, EU, UK, UN or CA; repeatable; default all loaded.")
    ] = None,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Lists as they stood on this day.")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="Name the entries too, with their numbers.")] = False,
    json: Json = False,
) -> None:
    """Compare the partners' lists in the record: by number first, then by name, with the days of listing."""
    from rich.console import Console

    import counterpact.api

    found = counterpact.api.gaps(theme, tuple(partner or ()), as_of=as_of.date() if as_of else None)
    if json:
        say_json(found.plain(named=names))
    else:
        show(found, Console(highlight=False), names=names)


def show(found: Gaps, console: Console, *, names: bool) -> None:
    """Counts by pair and kind, what each would have to add, then the warnings, each once."""
    from rich.table import Table

    counts = Table("kind", "lists", "on the first", "on the second", "both", "only first", "only second", "median lag")
    for gap in found.gaps:
        plain = gap.plain()
        lag, c = plain["lag_days"], gap.counts
        days = f"{lag['median']:+.0f} days ({lag['pairs']})" if lag else "–"
        only = (c["only_a"], c["only_b"]) if gap.settled else ("not settled", "not settled")
        pair = f"{gap.a.partner} / {gap.b.partner}"
        counts.add_row(gap.kind, pair, str(c["a"]), str(c["b"]), str(c["both"]), str(only[0]), str(only[1]), days)
    lists = ", ".join(f"{x.partner} of {x.vintage} ({x.dataset})" for x in found.lists)
    console.print(f"Lists under {found.theme} programmes: {lists}.")
    console.print(counts)
    console.print("Ships are counted by IMO number, others by entry; a list may hold somebody more than once.")
    console.print("Lag: days from the first list's day of listing to the second's, over pairs where both give one.")
    for closing in found.closings:
        words = ", ".join(f"{n} {kind}s" for kind, n in closing.missing.items() if n)
        if words:
            console.print(f"To hold what {closing.source} holds, {closing.partner} would have to add {words}.")
    changes = found.changes
    console.print(
        f"Ships with a history on these lists: {changes['renamed']} renamed, {changes['reflagged']} reflagged."
    )
    for warning in dict.fromkeys(w for gap in found.gaps for w in gap.warnings):
        console.print(f"Note: {warning}")
    if names:
        for gap in found.plain(named=True)["gaps"]:
            for side, own in (("a", gap["only_a"]), ("b", gap["only_b"])):
                for row in own if gap["settled"] else ():
                    number = ", ".join(row["numbers"]) or "no number"
                    console.print(f"only {gap[side]['partner']}: {row['name']} ({gap['kind']}, {number})")
