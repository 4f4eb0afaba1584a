"""The brief on one or two screens of a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from counterpact.report.figures import plain_text

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Brief = Mapping[str, Any]
_MOST = 6
_TOP = 12


def show(brief: Brief, console: Console, path: str = "") -> None:
    """Print the summary. `path`: where the HTML file was written."""
    from rich.markup import escape
    from rich.padding import Padding

    console.print(f"[bold]{escape(brief['title'])}[/]  [black on yellow] {brief['handling']} [/]")
    console.print(
        f"[dim]{brief['scenarios']['count']} scenarios, seed {brief['seed']}, "
        f"revision {brief['case_revision'][:12]}[/]\n"
    )
    for answer in brief["answers"]:
        if answer["id"] == "q2":
            continue
        console.print(f"[bold cyan]{escape(answer['question'])}[/]")
        for part in answer["parts"]:
            console.print(Padding(escape(plain_text(part)), (0, 0, 0, 2)))
    console.print()
    for block in (_package(brief), _loopholes(brief), _contradictions(brief), _contribution(brief), _next(brief)):
        if block is not None:
            console.print(block)
    if brief["changes"] is not None:
        console.print(escape(brief["changes"]["summary"]))
    if path:
        console.print(f"The whole brief: [bold]{escape(path)}[/]", soft_wrap=True)


def _table(title: str, columns: list[str], rows: list[list[str]]) -> RenderableType | None:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    if not rows:
        return None
    table = Table(title=title, title_justify="left", title_style="bold cyan", box=box.SIMPLE_HEAD, pad_edge=False)
    for i, column in enumerate(columns):
        table.add_column(column, overflow="fold", ratio=3 if i == 0 else None)
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    return table


def _package(b: Brief) -> RenderableType | None:
    p = b["package"]
    best = sorted(p["measures"], key=lambda m: (-(m["last_in"]["low"] or 0.0), m["id"]))
    rows = [[m["name"] + _mark(m), m["line_name"], m["action"], m["money"]["text"]] for m in best[:_TOP]]
    if len(best) > _TOP:
        rows.append([f"and {len(best) - _TOP} more in the brief", "", "", ""])
    passed = "checked" if p["certificate"]["passed"] else "CHECK FAILED"
    title = f"The package (gap {100 * (p['gap'] or 0):.1f} %, {passed}, lower bound {p['lower_bound_status']})"
    return _table(title, ["measure", "line", "", "cost a year"], rows)


def _mark(m: Mapping[str, Any]) -> str:
    marks = ([] if m["verified"] else ["not verified"]) + (["effect assumed"] if m["assumed_only"] else [])
    return f" ({', '.join(marks)})" if marks else ""


def _loopholes(b: Brief) -> RenderableType | None:
    rows = [
        [x["route_text"], x["objective_name"], x["value"]["text"], _closing(x)]
        for x in b["loopholes"]
        if not x["closed"]
    ]
    return _table("Loopholes left", ["route", "harms", "still possible", "closed by"], rows[:_MOST])


def _closing(x: Mapping[str, Any]) -> str:
    return "; ".join(", ".join(c["names"]) for c in x["closing_measures"]) or x["no_closing"]


def _contradictions(b: Brief) -> RenderableType | None:
    first: dict[str, Mapping[str, Any]] = {}
    for c in b["contradictions"]:
        first.setdefault(c["estimand"], c)
    true = list(first.values())
    rows = [[c["estimand"], c["kind"], "; ".join(_claim(claim) for claim in c["claims"])] for c in true[:_MOST]]
    return _table("Where sources clash", ["about", "kind", "claims"], rows)


def _claim(claim: Mapping[str, Any]) -> str:
    doubt = "" if claim["figure"]["verified"] else ", not verified"
    return f"{claim['figure']['text']} ({claim['origin']}{doubt})"


def _contribution(b: Brief) -> RenderableType | None:
    rows = [
        [c["name"], c["shapley"]["text"], c["alone"]["text"], c["last_in"]["text"]]
        for c in sorted(b["contribution"], key=lambda c: -(c["shapley"]["low"] or 0.0))
    ]
    return _table("What each line contributes (share of the risk)", ["line", "fair share", "alone", "last"], rows)


def _next(b: Brief) -> RenderableType | None:
    rows = [[e["name"], e["objective_name"], e["shrink"]["text"]] for e in b["evidence_values"][:_MOST]]
    return _table("What to find out next", ["to find out", "narrows", "by"], rows)
