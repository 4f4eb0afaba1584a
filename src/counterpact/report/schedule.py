"""A schedule as one HTML page that opens offline, and as one JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from counterpact.strategy.schedule.outcome import Schedule

Block = dict[str, Any]


def assemble(schedule: Schedule) -> Block:
    """The schedule as plain values, with the handling mark of the case."""
    from counterpact.report.brief import mark
    from counterpact.strategy.schedule.plain import plain_schedule

    case = schedule.compiled.case
    return {"case": case.head.slug, "title": case.head.title, "handling": mark(case).value, **plain_schedule(schedule)}


def render(s: Block) -> str:
    """The page of what `assemble` returns; nothing else is read."""
    import re

    from counterpact.charts import page
    from counterpact.charts.schedule import chart
    from counterpact.report.html import asset, environment
    from counterpact.version import __version__

    package = s["package"]
    lead = (
        f"Combined risk a year {s['risk_before']:.3g} → {s['risk_after']:.3g}; {package['message']}. Certificate "
        f"{'passed' if package['certificate']['passed'] else 'FAILED'}; lower bound {package['lower_bound_status']}."
    )
    made = environment().get_template("schedule.html.j2").render(
        s=s, lead=lead, version=__version__, drawing=chart(s["steps"], s["periods"], s["request"]["years"]),
        columns=("period", "begin", "money, USD m", "of", "risk before", "after", "at most"),
        rows=[_period(p) for p in s["by_period"]], goals=[_goal(o) for o in s["objectives"]],
        posts=[_post(p) for p in s["signposts"]], css=re.sub(r"\s*\n\s*", "\n", asset("page.css")),
        library=page.library(), runtime=page.runtime(), notices=page.notices(),
        software=[p for entry in page.manifest()["files"] for p in entry["packages"]],
    )  # fmt: skip
    return re.sub(r"\n\s*\n+", "\n", made)


def _period(p: Mapping[str, Any]) -> tuple[str, ...]:
    from counterpact.quantity import format_interval, format_number

    limit, money = p["budget"].get("money"), p["cost"].get("money", (0.0, 0.0))
    most = format_number(limit) if limit is not None else "no limit"
    risks = (f"{p[k]:.3g}" for k in ("risk_before", "risk_after", "most"))
    return (p["label"], ", ".join(p["begins"]) or "nothing", format_interval(*money), most, *risks)


def _goal(o: Mapping[str, Any]) -> tuple[str, ...]:
    from counterpact.quantity import format_interval

    ranges = (format_interval(o[k]["low"], o[k]["high"]) for k in ("before", "after"))
    return (o["name"], o["unit"], *ranges)


def _post(p: Mapping[str, Any]) -> Block:
    rows = []
    for branch in (p["below"], p["above"]):
        changes = [f"{c['name']}: {c['was'] or 'not'} → {c['now'] or 'not'}" for c in branch["changes"]]
        risks = (f"{branch['risk_kept']:.3g}", f"{branch['risk_after']:.3g}")
        rows.append((branch["condition"], f"{branch['probability']:.0%}", *risks, "; ".join(changes) or "nothing"))
    return {"label": p["label"], "seen": p["seen"], "decide": p["decide"], "why": p["why"],
            "worth": f"{p['worth']:.3g}", "rows": rows}  # fmt: skip


def write(schedule: Block, folder: Path) -> tuple[Path, Path]:
    """Write `CASE-schedule.html` and `.json`, both made whole first. Raises `UsageError` if that cannot be done."""
    from counterpact.report.brief import to_json
    from counterpact.report.files import save

    name = f"{schedule['case']}-schedule"
    page, data = folder / f"{name}.html", folder / f"{name}.json"
    save({page: render(schedule), data: to_json(schedule) + "\n"}, "the schedule")
    return page, data
