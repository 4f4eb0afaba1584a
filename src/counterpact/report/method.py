"""How it was worked out, in plain words. Equations stand in the manual."""

from __future__ import annotations

from counterpact.case.case import Case
from counterpact.charts import words
from counterpact.picture.result import Picture
from counterpact.report.evidence import Block


def paragraphs(case: Case, picture: Picture, scenarios: int) -> list[Block]:
    """Titles and texts of the section on method."""
    verified = sum(f.reading.verified for f in case.facts.values())
    draws = len(picture.samples.flows)
    return [
        _text(
            "Facts",
            f"The case holds {len(case.facts)} public claims in our own words, each with who claims it and where "
            "it was "
            f"read; {verified} were read at their source, the rest are marked as not verified. A fact is kept as "
            "made: an "
            "interval stays an interval, and a second reading that corrects a first stands beside it.",
        ),
        _text(
            "Reconciling them",
            "What flows into a transit place must flow out again; totals must equal their parts; stocks must "
            "follow from "
            "what came and went. The program looks for the smallest sets of facts that cannot all be true under these "
            "rules and sorts them into three kinds: they speak of different periods, of different definitions, or they "
            "truly clash. It never averages rivals. Each way of resolving the clashes is followed to its end: "
            f"{len(picture.worlds)} of them "
            f"here{'' if picture.worlds_complete else ' (there are more; these weigh most)'}, "
            "each weighted by how sure and how independent its sources are.",
        ),
        _text(
            "Bounds and draws",
            f"For each channel and total the least and greatest possible value is computed, and {draws} full "
            "pictures of the "
            f"status quo are drawn. {picture.samples.note}",
        ),
        _text(
            "What they could still do",
            f"For each of {scenarios} scenarios, which differ in flows, capacities, prices and in how well "
            "measures work, the "
            "program computes the most that the two states could deliver by any route they could use and pay "
            "for, whatever "
            "they prefer. That is the adversary's best reply. It assumes that they see our measures and reroute "
            "as well as "
            "they can, so the effect stated is what remains after they adapt. Stated effects of measures are "
            "ranges; where "
            "no study or observed change backs them they are assumptions, one range for each family of effects.",
        ),
        _text(
            "Choosing the package",
            "The program searches all combinations of measures that stay within the limits on money, political "
            "cost, harm to "
            "civilians and escalation, that have their prerequisites and enough participants, and that leave "
            "room for food "
            "and civilian goods in every scenario. “Room for” means that the goods could still be bought and "
            "shipped; it is "
            "no promise that they will be. The gap says how much better any other package could be.",
        ),
        _text(
            "What the numbers are not",
            "They are not forecasts. The combined risk adds the objectives with stated weights; other weights may give "
            "another package, and the section on what would change our mind says which. Worst always means worst "
            "of the "
            f"scenarios drawn. "
            f"{words.first_up('the model has one period, the baseline year; lead times are shown beside it')}.",
        ),
    ]


def _text(title: str, text: str) -> Block:
    return {"title": title, "text": " ".join(text.split())}
