"""One more year without fitting all years again."""

from __future__ import annotations

import numpy as np

from counterpact.errors import UsageError
from counterpact.lines.diplomacy.points.data import Layout, lay_out
from counterpact.lines.diplomacy.points.fit import Known, Model, maximise
from counterpact.lines.diplomacy.points.kernels import chain_variances
from counterpact.lines.diplomacy.votes.table import VoteTable

HELD = 1e4  # precision that holds the parameters of an old wording


def later(
    old: Layout, model: Model, before: VoteTable, table: VoteTable
) -> tuple[VoteTable, Layout, Model, dict[str, float]]:
    """The part of `table` after the last year of `before`, laid out and fitted given the old fit."""
    last = int(old.year.max())
    new = table.only((table.session + 1945) > last)
    if not new.items:
        raise UsageError(
            f"the votes end in {int(table.session.max()) + 1945}; positions are known up to {last} already"
        )
    layout = lay_out(new)
    who, weight = _forecast(old, model, before, new, layout)
    what, held = _wordings(old, model, before, table, new, layout)
    start = np.where(weight > 0, who, [0.0, model.prior.presence[0]])[layout.first]
    rows = np.repeat(start, np.diff(np.r_[layout.first, len(layout.state)]), axis=0)
    fitted = Model(layout, model.prior, rows, what, Known(who, weight, what, held * HELD))
    return new, layout, fitted, maximise(fitted, rounds=4)


def _forecast(
    old: Layout, model: Model, before: VoteTable, new: VoteTable, layout: Layout
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and precision of each state's first new year: its last position, spread by the walk since."""
    by_who, links, _ = _blocks(model)
    var = np.empty_like(by_who)
    for part, diagonal in ((0, 0), (1, 2)):
        out = np.empty(len(var))
        chain_variances(old.first, by_who[:, diagonal].copy(), np.ascontiguousarray(links[:, part]), out)
        var[:, part] = out
    ends = np.r_[old.first[1:], len(old.state)] - 1
    place = {int(before.cow[old.state[e]]): int(e) for e in ends}
    who, weight = np.zeros((len(layout.state), 2)), np.zeros((len(layout.state), 2))
    step = np.array([model.prior.walk, model.prior.presence_walk]) ** 2
    for first in layout.first:
        end = place.get(int(new.cow[layout.state[first]]))
        if end is not None:
            who[first] = model.who[end]
            weight[first] = 1.0 / (var[end, :2] + step * (layout.year[first] - old.year[end]))
    return who, weight


def _blocks(model: Model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    model.at(model.who, model.what)
    return model.blocks()


def _wordings(
    old: Layout, model: Model, before: VoteTable, table: VoteTable, new: VoteTable, layout: Layout
) -> tuple[np.ndarray, np.ndarray]:
    """Starting parameters of the new wordings, and which of them (1) are old ones voted on again."""
    what = np.tile([mean for mean, _ in model.prior.items], (layout.wordings, 1))
    held = np.zeros((layout.wordings, 5))
    known = {item.rcid: int(old.wording[i]) for i, item in enumerate(before.items)}
    whole = table.groups()
    by_group: dict[int, int] = {}
    for i, item in enumerate(table.items):
        if item.rcid in known:
            by_group.setdefault(int(whole[i]), known[item.rcid])
    position = {item.rcid: i for i, item in enumerate(table.items)}
    for i, item in enumerate(new.items):
        wording = by_group.get(int(whole[position[item.rcid]]))
        if wording is not None:
            what[layout.wording[i]] = model.what[wording]
            held[layout.wording[i]] = 1.0
    return what, held
