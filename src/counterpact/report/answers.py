"""The five questions of the reader, each answered in a few sentences with figures. Words only, no analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterpact.charts import words
from counterpact.lines import prose
from counterpact.report.evidence import Block
from counterpact.report.figures import Parts

QUESTIONS = (
    "What do the two states exchange, and who says so?",
    "What does each line of effort show today?",
    "If we act, how will they get round it?",
    "Which package does most for what we can afford?",
    "Who must act, and what should we find out next?",
)

WORTH = 0.005
"""Share of the risk left that one more closing must take away to be named at the top."""


def answers(b: Mapping[str, Any]) -> list[Block]:
    """Question and answer, in the reader's order. `b`: the brief so far."""
    makers = (_exchange, _lines, _reply, _package, _who)
    return [
        {"id": f"q{i}", "question": question, "parts": make(b)}
        for i, (question, make) in enumerate(zip(QUESTIONS, makers, strict=True), 1)
    ]


def _exchange(b: Mapping[str, Any]) -> list[Parts]:
    largest = [o for o in b["objectives"] if o["today"]["high"]][:4]
    first: Parts = [f"In {b['baseline']}, by all the evidence together: "]
    for i, o in enumerate(largest):
        first += [_lower(o["name"]), ", ", o["today"], "; " if i < len(largest) - 1 else "."]
    true = sum(c["kind"] == "true conflict" for c in b["contradictions"])
    origins = sorted({f["origin"] for f in b["facts"].values()})
    read = sum(f["verified"] for f in b["facts"].values())
    second: Parts = [
        f"{len(b['facts'])} cited claims come from {len(origins)} origins; {read} were read at their source. "
        f"The program found {len(b['contradictions'])} places where sources do not fit together, {true} of them true "
        "conflicts"
    ]
    named = list(dict.fromkeys(c["estimand"] for c in b["contradictions"] if c["kind"] == "true conflict"))[:3]
    second.append(f", among them {prose.listing(_lower(n) for n in named)}." if named else ".")
    return ([first] if largest else []) + [second]


def _lower(text: str) -> str:
    """First letter small unless the word is a name or an abbreviation."""
    return text[:1].lower() + text[1:] if text[1:2].islower() and text.split()[0] not in _NAMES else text


_NAMES = {"Russia", "Russian", "China", "Chinese", "Hong", "India", "Ukraine", "North", "South", "Korea", "Korean"}


def _lines(b: Mapping[str, Any]) -> list[Parts]:
    """The first clause of each headline; the section on the lines has the whole."""
    return [[f"{line['name']}: {line['headline'].split('; ')[0].rstrip('.')}."] for line in b["lines"]]


def _reply(b: Mapping[str, Any]) -> list[Parts]:
    found: list[Parts] = [list(b["reply"]["summary"])]
    open_routes = [x for x in b["loopholes"] if not x["closed"]]
    if open_routes:
        first = open_routes[0]
        parts: Parts = [
            f"The largest loophole left is {first['route_text']}: ",
            first["value"],
            f" ({_lower(first['objective_name'])}). ",
        ]
        further = [c for x in open_routes for c in x["closing_measures"] if c["text"]]
        closing = sorted(further, key=lambda c: c["risk_after"] - c["risk_before"])
        if first["closing_measures"] and first["closing_measures"][0]["text"]:
            parts.append(f"Cheapest way to close it: {first['closing_measures'][0]['text']}.")
        elif closing and closing[0]["risk_before"] - closing[0]["risk_after"] > WORTH * closing[0]["risk_before"]:
            parts.append(f"No measure of the case closes it. What can be closed next: {closing[0]['text']}.")
        else:
            parts.append("No measure of the case closes it, and closing any other one more would change little.")
        found.append(parts)
    return found


def _package(b: Mapping[str, Any]) -> list[Parts]:
    p = b["package"]
    head = p["headline"]
    if not p["measures"]:
        return [["Under these limits no measure is worth its cost."]]
    first: Parts = [
        head[1]["figure"],
        " take away ",
        head[0]["figure"],
        f" of the combined risk ({head[0]['over']}), at ",
    ]
    first += [p["cost"]["money"], " a year."] if "money" in p["cost"] else ["no money cost given."]
    best = sorted(p["measures"], key=lambda m: (-(m["last_in"]["low"] or 0), m["id"]))[:3]
    second: Parts = ["It leans most on " + prose.listing(_quoted(m["name"]) for m in best) + "."]
    third: Parts = ["In every scenario there is room for food and civilian goods. " + p["proof"]]
    return [first, second, third]


def _quoted(name: str) -> str:
    return f"“{name}”"


def _who(b: Mapping[str, Any]) -> list[Parts]:
    count: dict[str, int] = {}
    for m in b["package"]["measures"]:
        for actor in m["who"]:
            count[actor] = count.get(actor, 0) + 1
    busiest = sorted(count, key=lambda a: (-count[a], a))[:4]
    found: list[Parts] = []
    if busiest:
        named = prose.listing(f"{prose.the(a)} ({count[a]})" for a in busiest)
        found.append([f"Measures of the package that fall to each: {named}."])
    if b["package"]["members"]:
        found.append([f"Taking part: {prose.listing(prose.the(m) for m in b['package']['members'])}."])
    if b["evidence_values"]:
        best = b["evidence_values"][0]
        found.append(
            [
                f"Most worth finding out: {_lower(best['name'])}. It would narrow {_lower(best['objective_name'])} by ",
                best["shrink"],
                ".",
            ]
        )
    if b["changes"] is not None:
        found.append([b["changes"]["summary"]])
    return found


def source_summary(b: Mapping[str, Any]) -> Parts:
    """How many clashes of each kind there are, and whether the list is whole."""
    kinds: dict[str, int] = {}
    for c in b["contradictions"]:
        kinds[c["kind"]] = kinds.get(c["kind"], 0) + 1
    if not kinds:
        return ["The facts of the case fit together: the program found no set of them that cannot all be true."]
    said = prose.listing(f"{kinds[k]} {word}" for k, word in _KIND_WORDS.items() if k in kinds)
    whole = "The list is complete." if b["contradictions_complete"] else "There may be more: the search has a limit."
    return [
        f"The program found {len(b['contradictions'])} smallest sets of facts that cannot all be true: {said}. {whole} "
        "In each set it is enough to drop any one claim."
    ]


_KIND_WORDS = {
    "true conflict": "true conflicts",
    "different definitions": "where the sources count different things",
    "different periods": "where they speak of different periods",
}


def loophole_summary(loopholes: Sequence[Mapping[str, Any]]) -> Parts:
    """What the table of loopholes says."""
    still = [x for x in loopholes if not x["closed"]]
    if not still:
        return ["Under these assumptions no route of the model stays open."]
    parts: Parts = [
        f"{len(still)} {'routes stay' if len(still) > 1 else 'route stays'} open under the package. The largest is ",
        still[0]["route_text"],
        ": ",
        still[0]["value"],
        f" a year, {_lower(still[0]['objective_name'])}. ",
    ]
    cheap = sum(bool(x["closing_measures"]) for x in still)
    parts.append(f"For {words.first_up(str(cheap))} of them the case knows further measures that would close a part.")
    return parts
