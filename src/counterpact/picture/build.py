"""The picture of a case, from evidence to draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from counterpact.case.case import Case
from counterpact.picture import bounds, evidence, evidence_value, rivals, sample, worlds
from counterpact.picture.checks import run_checks
from counterpact.picture.evidence import ADDITIVE, Evidence, Role
from counterpact.picture.network import Network, signed
from counterpact.picture.reconcile import Component, network_component, series_components
from counterpact.picture.result import Bound, Check, Picture
from counterpact.quantity import Quantity

Progress = Callable[[str, float], None]
"""Called with a stage in words and the share done, 0 to 1."""


def _bonds(case: Case) -> list[list[str]]:
    """Channels that must be reconciled or drawn together beside what the graph says."""
    found = [list(signed(e.channels)) for e in case.estimands.values() if e.kind in ADDITIVE]
    by_goal: dict[tuple[str, str], list[str]] = {}
    by_factor: dict[str, list[str]] = {}
    for term in case.objective_terms.values():
        if term.channel in case.channels:
            good = case.channels[term.channel].good
            by_goal.setdefault((term.objective, good), []).append(term.channel)
            by_factor.setdefault(term.factor, []).append(term.channel)
    for e in case.estimands.values():
        by_factor.setdefault(e.factor, []).extend(signed(e.channels))
    found += list(by_goal.values())
    for name, channels in by_factor.items():
        factor = case.factors.get(name)
        if factor is not None and not factor.varies and factor.low != factor.high:
            found.append(channels)
    return found


def components(case: Case, limits: Sequence[Evidence], roles: set[Role], *, ceilings: bool = True) -> list[Component]:
    """The network's independent parts with the facts of these roles."""
    network = Network(case)
    groups = network.joined(_bonds(case))
    return [network_component(case, network, group, limits, roles, ceilings) for group in groups]


def build_picture(case: Case, *, draws: int = 400, seed: int = 0, progress: Progress | None = None) -> Picture:
    """Reconcile a case: contradictions, checks, worlds, bounds, draws, value of evidence.

    `draws`: rows of `Samples.flows`. The same case, draws and seed give the same picture.
    """
    say = progress or (lambda stage, share: None)
    say("reading the evidence", 0.0)
    limits, unbound = evidence.gather(case)
    say("finding contradictions", 0.1)
    claimed = {Role.BINDS, Role.DENIAL, Role.DEFINITION, Role.HISTORY}
    contest = [p for p in components(case, limits, claimed, ceilings=False) if p.limits]
    contradictions, complete, known = rivals.find([*contest, *series_components(case, limits)])
    say("checking the arithmetic", 0.4)
    checks = run_checks(case, limits, contradictions)
    say("listing worlds", 0.5)
    parts = components(case, limits, {Role.BINDS})
    options, whole = [], True
    for part in parts:
        found, listed = worlds.branches(part, known)
        options.append(found)
        whole &= listed
    all_worlds, picks, combined = worlds.combine(options, frozenset(), seed=seed)
    say("bounding channels and objectives", 0.6)
    found_ranges = [bounds.ranges(part, opts) for part, opts in zip(parts, options, strict=True)]
    by_kind = _all_bounds(case, parts, found_ranges, picks)
    say("drawing from the worlds", 0.75)
    samples = sample.draw(case, parts, options, all_worlds, picks, draws=draws, seed=seed)
    say("valuing missing evidence", 0.9)
    widths = {o: b.union.width for o, b in by_kind["objective"].items()}
    worth = evidence_value.values(parts, options, widths)
    say("done", 1.0)
    return Picture(
        case_revision=case.revision,
        channels=tuple(case.channels),
        worlds=all_worlds,
        worlds_complete=whole and combined,
        contradictions=contradictions,
        contradictions_complete=complete,
        checks=checks + _overruled(case, options),
        channel_bounds=by_kind["channel"],
        estimand_bounds=by_kind["estimand"],
        objective_bounds=by_kind["objective"],
        samples=samples,
        evidence_values=worth,
        unbound_facts=unbound,
    )


def _all_bounds(
    case: Case,
    parts: Sequence[Component],
    found: Sequence[bounds.Ranges],
    picks: Sequence[tuple[int, ...]],
) -> dict[str, dict[str, Bound]]:
    period = Quantity(0, 0, "", case.head.baseline_period)
    units = {f"channel:{c.id}": c.unit for c in case.channels.values()}
    network = {e.id: e for part in parts for e in part.estimands}
    units |= {f"estimand:{e}": case.estimands[e].unit for e in case.estimands if e in network}
    units |= {f"objective:{o.id}": o.unit for o in case.objectives.values()}
    result: dict[str, dict[str, Bound]] = {"channel": {}, "estimand": {}, "objective": {}}
    for target, unit in units.items():
        bound = bounds.gather(target, found, picks, unit, period)
        if bound is not None:
            result[target.split(":", 1)[0]][bound.id] = bound
    return result


def _overruled(case: Case, options: Sequence[Sequence[worlds.Branch]]) -> tuple[Check, ...]:
    """Ceilings and limits that facts had to overrule."""
    lifted = sorted({name for branches in options for b in branches for name in b.lifted})
    checks = []
    for name in lifted:
        kind, item, year = name.split(":")
        row = case.channels[item] if kind == "ceiling" else case.limits[item]
        facts = row.facts
        what = f"the capacity of channel {item}" if kind == "ceiling" else f"the {case.limits[item].role} limit {item}"
        checks.append(
            Check(
                "ceiling-overruled",
                "warning",
                facts,
                "",
                f"The facts need more than {what} allows in {year}; the facts were kept and the ceiling lifted.",
            )
        )
    return tuple(checks)
