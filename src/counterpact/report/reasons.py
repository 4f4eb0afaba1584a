"""Why the package is what it is: what each member keeps away, what was left out and why, who must join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterpact.case.case import Case
from counterpact.charts import words
from counterpact.lines import prose
from counterpact.report import figures
from counterpact.report.evidence import Block, name_of, named

if TYPE_CHECKING:
    from counterpact.strategy.outcome import Inside, Joiner, Newcomer, Outside, Plan

LOSS = (
    "Share of the package's effect lost if this alone is dropped, on the representative scenarios, after they reroute."
)
GAIN = "Share of the package's effect that this would add, with all it needs, after they reroute."
JOINS = "Share of the scenarios in which it takes part once it has joined; drawn from the diplomacy line's interval."
SHOWN = 10


def reasons(case: Case, plan: Plan) -> Block:
    """The block; its rows stand in the order of what they are worth."""
    return {
        "inside": [_inside(case, one) for one in plan.inside[:SHOWN]],
        "outside": [_outside(case, one) for one in plan.outside],
        "members": [_member(case, one) for one in plan.coalition.members if one.lost],
        "newcomers": [_newcomer(case, one) for one in plan.coalition.newcomers if one.gain > 1e-6],
        "summary": _summary(plan),
    }


def _inside(case: Case, one: Inside) -> Block:
    ways = prose.listing(r.name for r in one.reopens)
    text = one.why
    if one.objective:
        amount = words.model_amount(one.more, one.more, one.unit)
        name = name_of(case, one.objective)
        text = f"{one.why}: {name[:1].lower()}{name[1:]} would be {amount} higher"
        text += f", by {ways}" if ways else ""
    fall = prose.listing(name_of(case, m.removeprefix("lapse:")) for m in one.needed_by)
    text += f". With it falls {fall}" if fall else ""
    return {"measure": one.measure, "name": one.name, "loss": figures.share(one.share, how=LOSS), "text": f"{text}."}


def _outside(case: Case, one: Outside) -> Block:
    brings = prose.listing(name_of(case, b.removeprefix("join:").removeprefix("lapse:")) for b in one.brings)
    text = one.why + (f" ({named(case, one.displaces)} would have to go)" if one.displaces else "")
    return {
        "measure": one.measure,
        "name": one.name,
        "gain": figures.share(one.share, how=GAIN),
        "brings": brings or "nothing",
        "lacks": {r: figures.finite(x) for r, x in sorted(one.lacks.items())},
        "text": f"{text}.",
    }


def _member(case: Case, one: Joiner) -> Block:
    lost = [name_of(case, m.removeprefix("lapse:")) for m in one.lost]
    return {
        "actor": one.actor,
        "name": one.name,
        "loss": figures.share(one.share, how=LOSS),
        "takes_part": figures.share(one.takes_part, how=JOINS),
        "lost": prose.listing([*lost[:4], *([f"{len(lost) - 4} more"] if len(lost) > 4 else [])]),
        "must": one.must,
    }


def _newcomer(case: Case, one: Newcomer) -> Block:
    return {
        "actor": one.actor,
        "name": one.name,
        "gain": figures.share(one.share, how=GAIN),
        "takes_part": figures.share(one.takes_part, how=JOINS),
        "with": name_of(case, one.measure) if one.measure else "what is in the package already",
        "political": figures.finite(one.political),
    }


def _summary(plan: Plan) -> str:
    must = [j.name for j in plan.coalition.members if j.must]
    if not must:
        return ""
    more = [n for n in plan.coalition.newcomers if n.gain > 1e-6]
    text = (
        f"{prose.listing(must)} must join: with them alone {words.percent(plan.coalition.keeps)} of the effect stays. "
    )
    if more:
        text += f"One more member is worth at most {words.percent(more[0].share)} of the effect: {more[0].name}. "
    else:
        text += "No further member alone would add to it. "
    return text + (
        "Joining counts twice: as a vote without which a measure is not adopted, and as enforcement, which works only "
        "in the scenarios in which somebody able to act takes part."
    )
