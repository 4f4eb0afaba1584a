"""What could be wrong: draws that drive the result, weights that flip the package, and hindcasts with their misses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from counterpact.case.case import Case
from counterpact.charts import words
from counterpact.lines import prose
from counterpact.report import figures
from counterpact.report.evidence import Block, name_of, named
from counterpact.report.figures import Figure

if TYPE_CHECKING:
    from counterpact.strategy.outcome import Hindcast, HindcastChannel, Plan


def drivers(plan: Plan) -> list[Block]:
    """Uncertain draws that go most with the risk left and with the effect."""
    return [
        {
            "name": d.label,
            "id": d.name,
            "risk": figures.finite(d.risk),
            "effect_correlation": figures.finite(d.effect),
            "low": figures.finite(d.low),
            "high": figures.finite(d.high),
            "effect": _driver_words(d.risk, d.effect),
            "range": words.model_amount(d.low, d.high, ""),
        }
        for d in plan.drivers
    ]


def _driver_words(risk: float, effect: float) -> str:
    strength = "strongly" if abs(risk) >= 0.5 else "clearly" if abs(risk) >= 0.25 else "weakly"
    side = "more" if risk > 0 else "less"
    said = f"the higher it is, the {side} risk is left ({strength}; rank correlation {risk:+.2f})"
    if abs(effect) >= 0.1:
        said += f"; the package achieves {'more' if effect > 0 else 'less'} ({effect:+.2f})"
    return said


def weights(case: Case, plan: Plan) -> list[Block]:
    """What another weight of each objective would change."""

    def names(ids: tuple[str, ...]) -> str:
        return prose.listing(name_of(case, i) for i in ids) or "nothing"

    return [
        {
            "objective": w.objective,
            "weight": w.weight,
            "flips": w.flips,
            "enters": list(w.enters),
            "leaves": list(w.leaves),
            "name": f"{name_of(case, w.objective)}, {w.weight}",
            "becomes": f"in: {names(w.enters)}; out: {names(w.leaves)}" if w.flips else "the same",
        }
        for w in plan.weights
    ]


def calibration(case: Case, plan: Plan) -> Block:
    """Hindcasts with their misses."""
    rows = [_hindcast_row(case, h, c) for h in plan.calibration for c in h.channels]
    episodes = [
        {
            "id": h.id,
            "title": h.title,
            "cutoff": h.cutoff,
            "measures": list(h.measures),
            "facts": [f for f in h.facts if f in case.facts],
            "verdict": h.verdict,
            "rank_correlation": figures.finite(h.rank_correlation) if h.rank_correlation is not None else None,
            "note": named(case, h.note),
        }
        for h in plan.calibration
    ]
    return {
        "episodes": episodes,
        "hindcasts": rows,
        "misses": [h.title for h in plan.calibration if h.verdict == "miss"],
        "summary": _calibration_summary(plan.calibration),
    }


def _calibration_summary(found: tuple[Hindcast, ...]) -> str:
    if not found:
        return "No past episode of this case could be replayed, so nothing here shows that the model would have "
        "been right."
    count: Mapping[str, int] = {v: sum(h.verdict == v for h in found) for v in ("hit", "partly", "miss", "not tested")}
    said = [f"{count['hit']} right", f"{count['partly']} partly right", f"{count['miss']} wrong"]
    if count["not tested"]:
        said.append(f"{count['not tested']} could not be tested")
    return (
        f"The facts were frozen at an earlier day, a measure taken later was given to the model, and its reply "
        "was compared "
        f"with what then happened: {len(found)} episodes, {', '.join(said)}. Misses are shown as they are."
    )


def _hindcast_row(case: Case, h: Hindcast, c: HindcastChannel) -> Block:
    facts = [f for f in h.facts if f in case.facts]
    predicted = figures.share(
        c.modelled.mean,
        low=c.modelled.low,
        high=c.modelled.high,
        how=f"Change of flow in the model's reply with facts up to {prose.day(h.cutoff)}, range over 90 % of "
        "scenarios.",
    )
    observed: Figure | str = ("rose", "no change seen", "fell")[1 - c.observed_sign]
    if c.observed is not None:
        observed = figures.share(
            c.observed[0], low=c.observed[0], high=c.observed[1], facts=facts, basis="fact",
            how="" if facts else "Change seen in the sources of this episode.",
            verified=all(case.facts[f].reading.verified for f in facts),
        )  # fmt: skip
    judged = {True: "inside the range", False: "outside the range", None: "no number to compare"}[c.covered]
    sign = {True: "direction right", False: "direction wrong", None: "direction not known"}[c.sign_right]
    return {
        "name": f"{h.title}: {c.name}",
        "verdict": h.verdict,
        "predicted": predicted,
        "observed": observed,
        "covered": c.covered,
        "sign_right": c.sign_right,
        "result": f"{judged}, {sign}",
    }
