"""The brief as one HTML file that opens offline: text, charts, data and scripts inside, no request to anywhere."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from counterpact.charts import page, palette, words
from counterpact.lines import prose
from counterpact.report import view

if TYPE_CHECKING:
    from jinja2 import Environment

SECTIONS: tuple[tuple[str, str], ...] = (
    ("answers", "The answers first"),
    ("flows", "What moves, and where"),
    ("network", "Who deals with whom"),
    ("sources", "Where the sources agree and where they clash"),
    ("lines", "The seven lines of effort today"),
    ("package", "The recommended package"),
    ("reply", "How they would reply"),
    ("loopholes", "Loopholes left, and the cheapest way to close them"),
    ("contribution", "What each line contributes"),
    ("mind", "What would change our mind"),
    ("changes", "What changed since"),
    ("calibration", "Would the model have foreseen the past?"),
    ("method", "How this was worked out"),
    ("gaps", "What nobody knows yet"),
    ("facts", "Facts and sources"),
)


def render(brief: dict[str, Any]) -> str:
    """The page. `brief` is what `report.brief.assemble` returns; nothing else is read."""
    template = environment().get_template("page.html.j2")
    shown = view.build(brief)
    skip = {"changes"} if brief.get("changes") is None else set()
    skip |= {"network"} if brief["public"] else set()
    text = template.render(
        b=brief,
        sections=[{"id": i, "title": title} for i, title in SECTIONS if i not in skip],
        css=_squeezed(asset("page.css")),
        page_js=asset("page.js"),
        library=page.library(),
        runtime=page.runtime(),
        world=page.world().replace("\n", ""),
        software=[p for entry in page.manifest()["files"] for p in entry["packages"]],
        notices=page.notices(),
        line_colours=palette.LINE,
        **shown,
    )
    text = text.replace("@@ANNEX@@", _annex(brief, text))
    return re.sub(r"\n\s*\n+", "\n", text)


def _annex(brief: dict[str, Any], text: str) -> str:
    """Entries of the facts that figures of the page open, with those that correct them or that they repeat."""
    wanted = {i for found in re.findall(r' data-(?:facts|rivals)="([^"]*)"', text) for i in found.split()}
    facts = brief["facts"]
    for i in sorted(wanted & set(facts)):
        wanted |= {facts[i].get(name, "") for name in ("repeats", "corrects", "corrected_by")}
    shown = {i: fact for i, fact in facts.items() if i in wanted}
    return environment().get_template("annex.html.j2").render(facts=shown, sources=brief["sources"])


@cache
def environment() -> Environment:
    """The templates of the room, with the filters they use."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("counterpact.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        about=about,
        day=prose.day,
        period=words.period_words,
        up=words.first_up,
        embed=lambda value: Markup(page.embed(value)),
    )
    return environment


def about(figure: dict[str, Any]) -> str:
    """What a figure is about and how sure it is, in one line; facts say it of themselves."""
    said = []
    if figure.get("period") and not figure["facts"]:
        said.append(f"About {words.period_words(figure['period'])}.")
    if figure.get("confidence") and not figure["facts"]:
        said.append(f"Confidence: {figure['confidence']}.")
    if figure.get("stale"):
        said.append(f"The newest figure is {figure['stale']}.")
    if figure["basis"] == "assumption":
        said.append("This is an assumption.")
    elif figure["basis"] == "model":
        said.append("Worked out by the model.")
    if not figure["verified"] and not figure["facts"]:
        said.append("Not verified: the page was not read, or only partly.")
    return " ".join(said)


def asset(name: str) -> str:
    """A file that stands beside the templates."""
    return resources.files("counterpact.report").joinpath("templates", name).read_text(encoding="utf-8")


def _squeezed(css: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", css)
