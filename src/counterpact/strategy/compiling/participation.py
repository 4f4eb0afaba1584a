"""Who really takes part: ω, drawn per scenario, and the variables h by which a measure then works (STRATEGY B).

Two meanings of "who must join". A *vote*: `k·x_m ≤ Σ_{c ∈ C} w_c`, so many must join for the measure to be adopted at
all; the same in every scenario (rows of `levers`). *Enforcement*: on a channel the measure works in scenario s if at
least one of those who could act there, J = its actors among the channel's jurisdictions, takes part (ω_cs = 1):

    h ≤ x_m,   h ≤ Σ_{c ∈ P} w_c,   h ≥ x_m + w_c − 1  ∀c ∈ P,      P = {c ∈ J : ω_cs = 1}

h stands for x_m in the penalties and in the guard of that scenario. Equal (m, P) share one h. Where P is empty the
measure does nothing there; where the vote needs somebody of P anyway (|C \\ P| < k) h = x_m and no variable is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from counterpact.lines.contract import Assessment
from counterpact.strategy.compiling.draws import Draws
from counterpact.strategy.compiling.layout import Layout, Touch
from counterpact.strategy.compiling.levers import Enforced, Levers
from counterpact.strategy.instance import Leader

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Acting = tuple[tuple[int, Array], ...]
Pattern = tuple[str, ...]

RARE, NEGLIGIBLE = 0.1, 0.02
"""Patterns met in less than `RARE` of a measure's channels and scenarios use a smaller pattern's h: their largest
frequent part's, or their first member's. Where even that would serve less than `NEGLIGIBLE` the measure counts as doing
nothing. A little less is then blocked than in truth, so harm is over-estimated; the guard is told the opposite."""
DRAW = "joins:"
"""Prefix of the names under which ω is kept among a scenario's values: 1 = takes part."""


def draws_of(assessments: Mapping[Any, Assessment]) -> dict[str, tuple[float, float]]:
    """Actor → interval of the probability that it takes part when asked, from the lines' assessments."""
    return {p.actor: (p.low, p.high) for a in assessments.values() for p in a.inputs.participation}


def take_part(draws: Draws, chances: Mapping[str, tuple[float, float]]) -> dict[str, Mask]:
    """ω: actor → (S,) whether it takes part. In a corner everyone does what is likelier at that end of its interval."""
    found: dict[str, Mask] = {}
    for actor, (low, high) in chances.items():
        chance = low + (high - low) * draws.unit(f"chance:{actor}", "effect")
        found[actor] = draws.unit(f"{DRAW}{actor}") < chance
        draws.values[f"{DRAW}{actor}"] = found[actor].astype(float)
    return found


@dataclass
class Participation:
    """Which leader variable makes a touch work, by scenario. `acts[(measure, channel)]`: variables with masks (S,).

    `closing`: the same for the guard, where a merged pattern counts as the measure itself, so that the guard never
    closes too little.
    """

    levers: Levers
    scenarios: int
    acts: dict[tuple[str, str], Acting] = field(default_factory=dict)
    closing: dict[tuple[str, str], Acting] = field(default_factory=dict)

    def acting(self, touch: Touch, channel: str) -> Acting:
        """(variable, (S,) 0/1) pairs: in which scenarios the touch hangs on which variable; nowhere else it works."""
        return self.acts.get((touch.measure, channel), ((touch.variable, np.ones(self.scenarios)),))

    def guarded(self, touch: Touch, channel: str) -> Acting:
        """The same for the guard."""
        return self.closing.get((touch.measure, channel), ((touch.variable, np.ones(self.scenarios)),))


def enforced(layout: Layout, omega: Mapping[str, Mask], scenarios: int) -> Participation:
    """The leader with its h variables, and which of them every touch hangs on. Without ω all who join take part."""
    build = _Builder(layout.levers)
    result = Participation(layout.levers, scenarios)
    for measure, met in _patterns(layout, omega, scenarios).items():
        x, used_by = layout.levers.measure[measure], _representatives(layout, measure, met)
        for channel, table in met.items():
            acts: dict[int, Array] = {}
            closing: dict[int, Array] = {}
            for pattern, mask in table.items():
                if not pattern:
                    continue
                used = used_by[pattern]
                shut = x
                if used is not None:
                    variable = build.variable(measure, used)
                    acts[variable] = acts.get(variable, 0.0) + mask
                    shut = variable if used == pattern else x
                closing[shut] = closing.get(shut, 0.0) + mask
            result.acts[measure, channel] = tuple(sorted(acts.items()))
            result.closing[measure, channel] = tuple(sorted(closing.items()))
    result.levers = build.levers()
    return result


def _patterns(layout: Layout, omega: Mapping[str, Mask], S: int) -> dict[str, dict[str, dict[Pattern, Array]]]:
    """Measure → channel → pattern P → (S,) where it is met. Measures of which nobody's ω is drawn are left out."""
    found: dict[str, dict[str, dict[Pattern, Array]]] = {}
    for table in (layout.blocks, layout.deters):
        for channel, touches in table.items():
            for touch in touches:
                who = _who(layout, touch.measure)
                if touch.kept or not any(a in omega for a in who) or channel in found.get(touch.measure, {}):
                    continue
                able = [a for a in who if a in layout.case.channels[channel].jurisdictions] or who
                there = np.stack([omega.get(a, np.ones(S, dtype=bool)) for a in able], axis=1)
                unique, which = np.unique(there, axis=0, return_inverse=True)
                met = {
                    tuple(a for a, on in zip(able, row, strict=True) if on): (which.ravel() == k).astype(float)
                    for k, row in enumerate(unique)
                }
                found.setdefault(touch.measure, {})[channel] = met
    return found


def _who(layout: Layout, measure: str) -> list[str]:
    return [a for a in layout.case.measures[measure].who if a in layout.levers.join]


def _sure(layout: Layout, measure: str, pattern: Pattern) -> bool:
    """Whether the vote needs somebody of the pattern anyway: then h = x."""
    who = _who(layout, measure)
    needed = layout.case.measures[measure].who_needed or len(who)
    return len(who) - len(pattern) < needed


def _representatives(
    layout: Layout, measure: str, met: Mapping[str, Mapping[Pattern, Array]]
) -> dict[Pattern, Pattern | None]:
    """Pattern → the one whose h it uses: () for x itself, None for none."""
    share: dict[Pattern, float] = {}
    for table in met.values():
        for pattern, mask in table.items():
            share[pattern] = share.get(pattern, 0.0) + float(mask.sum())
    total = sum(share.values())
    unsure = [p for p in share if p and not _sure(layout, measure, p)]
    often = sorted((p for p in unsure if share[p] >= RARE * total), key=lambda p: (-len(p), p))
    used = {p: next((q for q in often if set(q) <= set(p)), p[:1]) for p in unsure}
    served: dict[Pattern, float] = {}
    for p, q in used.items():
        served[q] = served.get(q, 0.0) + share[p]
    found: dict[Pattern, Pattern | None] = dict.fromkeys(share, ())
    found |= {p: q if served[q] >= NEGLIGIBLE * total else None for p, q in used.items()}
    return found


class _Builder:
    """Adds h variables and their rows to a leader."""

    def __init__(self, levers: Levers) -> None:
        self.base = levers
        self.size = len(levers.leader.names)
        self.found: dict[tuple[str, Pattern], Enforced] = {}

    def variable(self, measure: str, pattern: Pattern) -> int:
        """The variable of (m, P); the measure's own for the empty pattern."""
        x = self.base.measure[measure]
        if not pattern:
            return x
        key = (measure, pattern)
        if key not in self.found:
            members = tuple(self.base.join[a] for a in pattern)
            self.found[key] = Enforced(self.size + len(self.found), x, members)
        return self.found[key].variable

    def levers(self) -> Levers:
        """The levers with everything asked for."""
        if not self.found:
            return self.base
        leader, rows, low_high, names = self.base.leader, [], [], []
        columns = [f"enforce:{measure} by {' or '.join(pattern)}" for measure, pattern in self.found]
        for name, one in zip(columns, self.found.values(), strict=True):
            h, x = one.variable, one.measure
            rows += [{h: 1.0, x: -1.0}, {h: 1.0, **dict.fromkeys(one.members, -1.0)}]
            low_high += [0.0, 0.0]
            names += [f"{name}: only if adopted", f"{name}: only if one of them joins"]
            for w in one.members:
                rows.append({x: 1.0, w: 1.0, h: -1.0})
                low_high.append(1.0)
                names.append(f"{name}: holds if adopted and joined")
        count, more = self.size + len(self.found), len(self.found)
        old = csr_matrix((leader.B.data, leader.B.indices, leader.B.indptr), shape=(leader.B.shape[0], count))
        return replace(
            self.base,
            leader=Leader(
                names=(*leader.names, *columns),
                kinds=(*leader.kinds, *["enforcement"] * more),
                integer=np.append(leader.integer, np.zeros(more, dtype=bool)),
                B=csr_matrix(vstack([old, _matrix(rows, count)])),
                row_lower=np.append(leader.row_lower, np.full(len(rows), -np.inf)),
                row_upper=np.append(leader.row_upper, low_high),
                row_names=(*leader.row_names, *names),
                resources=leader.resources,
                cost=np.hstack([leader.cost, np.zeros((len(leader.resources), more))]),
            ),
            enforcement=tuple(self.found.values()),
        )


def _matrix(rows: list[dict[int, float]], columns: int) -> csr_matrix:
    entries = [(r, c, v) for r, terms in enumerate(rows) for c, v in sorted(terms.items())]
    places = (np.array([e[0] for e in entries]), np.array([e[1] for e in entries]))
    return csr_matrix((np.array([e[2] for e in entries]), places), shape=(len(rows), columns))
