"""From a table of votes to positions with intervals, and on by one year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import UsageError, nearest
from counterpact.lines.diplomacy.points.data import Layout, lay_out
from counterpact.lines.diplomacy.points.fit import Model, Prior, maximise
from counterpact.lines.diplomacy.points.intervals import spread
from counterpact.lines.diplomacy.points.naive import first_axis
from counterpact.lines.diplomacy.votes.table import VoteTable

Array = NDArray[np.float64]
Z90 = 1.6448536269514722  # half a 90 % interval in sd
FEWEST = 10  # below so many divided votes in a year a position says little


@dataclass(frozen=True)
class Points:
    """Positions of states by year; mean 0 and sd 1 over all state-years, the United States positive.

    `value`, `error` (sd), `presence` (log odds of voting at all on an average item) and `votes` (cast) have one entry
    per state-year of `layout`. `scale` and `shift`: value = (model − shift) / scale. `model`: as fitted.
    """

    table: VoteTable
    layout: Layout
    value: Array
    error: Array
    presence: Array
    votes: NDArray[np.int64]
    shift: float
    scale: float
    model: Model
    took: dict[str, float]
    notes: tuple[str, ...] = ()

    def low(self) -> Array:
        """Lower end of the 90 % interval."""
        return self.value - Z90 * self.error

    def high(self) -> Array:
        """Upper end of the 90 % interval."""
        return self.value + Z90 * self.error

    def rows(self, *, states: Sequence[str] = (), years: Sequence[int] = ()) -> list[dict[str, Any]]:
        """State-years as plain rows, of some states or years only. Raises `UsageError` on an unknown code or year."""
        where = {self._column(code) for code in states}
        known = set(self.layout.year.tolist())
        if unknown := [y for y in years if y not in known]:
            raise UsageError(f"there are no votes in {unknown[0]}; the years are {min(known)} to {max(known)}")
        low, high = self.low(), self.high()
        return [
            {
                "state": self.table.codes[s],
                "name": self.table.names[s],
                "year": int(y),
                "point": round(float(self.value[u]), 4),
                "low": round(float(low[u]), 4),
                "high": round(float(high[u]), 4),
                "votes": int(self.votes[u]),
            }
            for u, (s, y) in enumerate(zip(self.layout.state, self.layout.year, strict=True))
            if (not where or int(s) in where) and (not years or int(y) in years)
        ]

    def _column(self, code: str) -> int:
        place = self.table.column.get(code.upper())
        if place is None:
            raise UsageError(
                f'"{code}" is no state of these votes. '
                f"{nearest(code.upper(), list(self.table.codes)) or 'Use ISO alpha-3 codes, as in RUS or PRK.'}"
            )
        return place


def estimate(table: VoteTable, *, issue: str | None = None, prior: Prior | None = None, bridged: bool = True) -> Points:
    """Fit all years at once (Bailey, Strezhnev & Voeten 2017, with absences as a second outcome).

    `issue` restricts the items to one issue of the table. Raises `UsageError` for an unknown issue or for votes that
    nobody opposes, `UnprovenError` if the fit does not settle.
    """
    table = restrict(table, issue)
    layout = lay_out(table, bridged=bridged)
    model = Model(layout, prior or Prior(), *_start(table, layout, prior or Prior()))
    took = maximise(model)
    return finish(table, layout, model, took)


def restrict(table: VoteTable, issue: str | None) -> VoteTable:
    """The items of one issue, named in full or by a part of its name. Raises `UsageError`."""
    if issue is None:
        return table
    if not table.issues:
        raise UsageError("the votes carry no issues; give the file of issues")
    found = [name for name in table.issues if issue.lower() in name.lower()]
    if len(found) != 1:
        raise UsageError(f'"{issue}" names {len(found)} issues; the issues are {", ".join(table.issues)}')
    return table.only(table.issues[found[0]].tolist())


def _start(table: VoteTable, layout: Layout, prior: Prior) -> tuple[Array, Array]:
    axis = first_axis(table.vote)
    anchor = _anchor(table)
    if axis[anchor] < 0:
        axis = -axis
    who = np.column_stack([axis[layout.state], np.full(len(layout.state), prior.presence[0])])
    return who, np.tile(np.array([mean for mean, _ in prior.items]), (layout.wordings, 1))


def _anchor(table: VoteTable) -> int:
    """Column of the state whose side is called positive: the United States, else whoever voted most."""
    return table.column.get("USA", int(((table.vote >= 0) & (table.vote <= 2)).sum(axis=0).argmax()))


def finish(
    table: VoteTable, layout: Layout, model: Model, took: dict[str, float], scale: tuple[float, float] | None = None
) -> Points:
    """Standardise and add intervals. `scale`: keep an earlier shift and scale instead of this fit's own."""
    theta = model.who[:, 0]
    if scale is None:
        shift, size = float(theta.mean()), float(theta.std())
        here = layout.state == _anchor(table)
        scale = (shift, -size if here.any() and float(theta[here].mean()) < shift else size)
    cast = np.bincount(layout.unit[layout.vote < 3], minlength=len(layout.state))
    thin = int((cast < FEWEST).sum())
    said = f"{thin} of {len(cast)} state-years have fewer than {FEWEST} votes; their intervals are wide."
    return Points(
        table,
        layout,
        (theta - scale[0]) / scale[1],
        spread(model) / abs(scale[1]),
        model.who[:, 1],
        cast,
        *scale,
        model,
        took,
        (said,) if thin else (),
    )


def update(points: Points, table: VoteTable) -> Points:
    """Go on to the years that `table` has beyond those of `points`, without fitting the old years again.

    The result holds the new state-years only, on the old scale: a new position starts from the walk's forecast, and
    an old wording voted on again keeps its parameters. Raises `UsageError` if the table holds no later year.
    """
    from counterpact.lines.diplomacy.points.updating import later

    new, layout, model, took = later(points.layout, points.model, points.table, table)
    return finish(new, layout, model, took, (points.shift, points.scale))
