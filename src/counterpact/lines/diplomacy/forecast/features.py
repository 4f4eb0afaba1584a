"""What is known of a state and an item before the vote: numbers made from earlier sessions only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from counterpact.errors import UsageError
from counterpact.lines.diplomacy.forecast.text import Library, LookAlikes
from counterpact.lines.diplomacy.votes.table import VoteTable

if TYPE_CHECKING:
    from counterpact.lines.diplomacy.points.estimate import Points

Array = NDArray[np.float64]
MEMORY = 12  # sessions the positions and the likeness of states are fitted on
FEWEST_PAST = 50  # roll calls before a forecast is made
RECENT = 3  # sessions of a state's base rates
LEADERS = ("USA", "RUS", "CHN", "IND", "FRA", "EGY", "JPN", "BRA")
KERNELS = ((12.0, 4.0, "near"), (3.0, 10.0, "wide"))  # power of the similarity, years of memory, name

NAMES: tuple[str, ...] = (
    *(f"{name} {part}" for _, _, name in KERNELS for part in ("no", "abstain", "yes", "absent", "record")),
    *(f"{name} item {part}" for _, _, name in KERNELS for part in ("no", "abstain", "absent", "spread")),
    *(f"{name} like states {part}" for _, _, name in KERNELS for part in ("no", "yes")),
    "first look-alike", "second look-alike", "third look-alike",
    "first similarity", "second similarity", "mean of five similarities", "age of the first",
    "first no", "first abstain", "first absent",
    "rate no", "rate abstain", "rate yes", "rate absent",
    "position", "position error", "presence",
    "model no", "model abstain", "discrimination",
    "part of a draft", "words",
    *(f"{code} {part}" for code in LEADERS for part in ("near", "distance")),
    "change against look-alikes", "abstentions against look-alikes",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """All that earlier sessions say, ready for items of a later one. `past`: positions of the earlier items."""

    table: VoteTable
    past: NDArray[np.int64]
    library: Library
    points: Points
    session: int
    likeness: Array  # states × states, rows sum to 1
    rates: Array  # states × 4
    positions: Array  # states × 3: position, error, presence
    wording: Array  # past items × 3: β, lower cut, upper cut; NaN before the memory
    drift: Array  # states × 2


def know(table: VoteTable, texts: list[str], session: int, drift: Array | None = None) -> Known:
    """What is known when a session opens. Raises `UsageError` without earlier sessions that divide the states."""
    from counterpact.lines.diplomacy.points import estimate

    past = np.flatnonzero(table.session < session)
    if len(past) < FEWEST_PAST:
        raise UsageError(
            f"only {len(past)} roll calls come before session {session}; a forecast needs at least {FEWEST_PAST}"
        )
    library = Library([texts[i] for i in past], table.session[past])
    recent = table.only(past[table.session[past] >= session - MEMORY].tolist())
    points = estimate(recent)
    wording = np.full((len(past), 3), np.nan)
    what = points.model.what[points.layout.wording]
    cuts = np.column_stack([what[:, 0], what[:, 1], what[:, 1] + np.exp(what[:, 2])])
    wording[len(past) - len(cuts) :] = cuts
    return Known(
        table, past, library, points, session, _likeness(recent), _rates(table, past, session),
        _positions(points, len(table.cow)), wording, np.zeros((len(table.cow), 2)) if drift is None else drift,
    )  # fmt: skip


def _likeness(table: VoteTable) -> Array:
    """How alike states voted: agreement beyond that of all pairs, sharpened, rows summing to 1."""
    cast = (table.vote >= 0) & (table.vote < 3)
    value = np.where(cast, table.vote - 1.0, 0.0)
    count = np.maximum(cast.sum(axis=1, keepdims=True), 1)
    away = np.where(cast, value - value.sum(axis=1, keepdims=True) / count, 0.0)
    norm = np.sqrt(((away**2).T @ cast) * ((away**2).T @ cast).T) + 2.0
    alike = np.clip((away.T @ away) / norm, 0.0, 1.0) ** 6
    np.fill_diagonal(alike, 0.0)
    alike += 1e-6 * cast.any(axis=0)
    return np.asarray(alike / np.maximum(alike.sum(axis=1, keepdims=True), 1e-12))


def _rates(table: VoteTable, past: NDArray[np.int64], session: int) -> Array:
    """Shares of no, abstain and yes among votes cast, and of absences, shrunk to those of all states."""
    votes = table.vote[past[table.session[past] >= session - RECENT]]
    counts = np.stack([(votes == k).sum(axis=0) for k in range(4)], axis=1).astype(float)
    whole = counts.sum(axis=0)
    cast, there = counts[:, :3].sum(axis=1, keepdims=True), counts.sum(axis=1)
    mix = (counts[:, :3] + 10 * whole[:3] / max(whole[:3].sum(), 1)) / (cast + 10)
    return np.column_stack([mix, (counts[:, 3] + 10 * whole[3] / max(whole.sum(), 1)) / (there + 10)])


def _positions(points: Points, states: int) -> Array:
    """Last known position, its error (spread on by the walk is left to the trees) and presence of each state."""
    out = np.full((states, 3), np.nan)
    out[points.layout.state] = np.column_stack([points.model.who[:, 0], points.error, points.presence])
    return out


def features(known: Known, near: LookAlikes, parts: NDArray[np.bool_], words: NDArray[np.int64]) -> Array:
    """Items × states × features, for items whose look-alikes are `near`."""
    blocks = [_one(known, near.place[i], near.similarity[i], bool(parts[i]), int(words[i])) for i in range(len(parts))]
    return np.stack(blocks)


def _one(known: Known, place: NDArray[np.int64], similarity: Array, part: bool, words: int) -> Array:
    table = known.table
    votes = table.vote[known.past[place]]
    age = known.session - table.session[known.past[place]].astype(float)
    said = [votes == k for k in range(4)]
    cast = (votes >= 0) & (votes < 3)
    columns: list[Array] = []
    items: list[Array] = []
    alike: list[Array] = []
    size = len(table.cow)
    leaders = np.full((size, 0), 0.0)
    for power, memory, _ in KERNELS:
        weight = np.maximum(similarity, 1e-3) ** power * np.exp(-age / memory)
        weight = weight / weight.max()
        total = weight @ cast
        sums = [weight @ s for s in said]
        tally = np.array([s.sum() for s in sums[:3]]) / max(total.sum(), 1e-9)
        shares = [(sums[k] + 0.3 * tally[k]) / (total + 0.3) for k in range(3)]
        away = (sums[3] + 0.03) / (total + sums[3] + 0.3)
        columns += [*shares, away, total]
        spread = float(np.sqrt(max(tally[0] + tally[2] - (tally[2] - tally[0]) ** 2, 0.0)))
        items += [np.full(size, v) for v in (tally[0], tally[1], float(away.mean()), spread)]
        # States that vote alike speak for a state in proportion to their own records.
        heard = known.likeness @ total + 1e-9
        alike += [(known.likeness @ sums[0]) / heard, (known.likeness @ sums[2]) / heard]
        if not leaders.shape[1]:
            level = shares[2] - shares[0]
            found = [table.column.get(code) for code in LEADERS]
            leaders = np.column_stack(
                [
                    part_of
                    for c in found
                    for part_of in (
                        np.full(size, level[c] if c is not None else np.nan),
                        _distance(known, c, size),
                    )
                ]
            )
    codes = np.where(cast, votes, np.where(votes == 3, 3, np.nan)).astype(float)
    first = [codes[k] if k < len(codes) else np.full(size, np.nan) for k in range(3)]
    there = max(int((votes[0] >= 0).sum()), 1)
    single = [
        similarity[0], similarity[min(1, len(similarity) - 1)], float(similarity[:5].mean()), age[0],
        (votes[0] == 0).sum() / there, (votes[0] == 1).sum() / there, (votes[0] == 3).sum() / there,
    ]  # fmt: skip
    return np.column_stack(
        [
            *columns, *items, *alike, *first, *(np.full(size, v) for v in single),
            known.rates, known.positions, *_model(known, place, similarity, age),
            np.full(size, float(part)), np.full(size, float(words)), leaders, known.drift,
        ]
    )  # fmt: skip


def _distance(known: Known, column: int | None, size: int) -> Array:
    if column is None:
        return np.full(size, np.nan)
    return np.asarray(known.positions[:, 0] - known.positions[column, 0])


def _model(known: Known, place: NDArray[np.int64], similarity: Array, age: Array) -> tuple[Array, Array, Array]:
    """Chances of no and abstain from the positions and the cuts of the look-alikes, and how sharply they divide."""
    cuts = known.wording[place]
    weight = np.where(np.isnan(cuts[:, 0]), 0.0, np.maximum(similarity, 1e-3) ** 6 * np.exp(-age / 6))
    theta = known.positions[:, 0]
    if weight.sum() <= 0:
        nothing = np.full(len(theta), np.nan)
        return nothing, nothing, nothing
    weight = weight / weight.sum()
    cuts = np.where(np.isnan(cuts), 0.0, cuts)
    line = theta[:, None] * cuts[None, :, 0]
    low, high = ndtr(cuts[None, :, 1] - line) @ weight, ndtr(cuts[None, :, 2] - line) @ weight
    return low, high - low, np.full(len(theta), float(np.abs(cuts[:, 0]) @ weight))
