"""The whip count: known positions move the level of the whole vote and the states that vote alike.

A forecast gives each state cumulative log-odds `u` (yes against the rest) and `v` (yes or abstain against no). What a
forecast cannot know is common to many states – how strongly the text is worded, who lobbies – so the log-odds of all
states share a shift linear in what they have in common, x = (1, positions, …):

    logit P(yes)_i = u_i + x_i·b,   logit P(not no)_i = v_i + x_i·b,   b ~ N(0, diag(scale²))

Known positions give b a posterior (log-concave, so Newton's method finds its one mode; Laplace around it). Chances are
averages over draws of b, so votes of states that resemble each other hang together, as they do in the hall. A state's
`u`, `v` are stretched by √(1 + π/8·var) (MacKay 1992) so that without known positions the forecast comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import UsageError, nearest

Array = NDArray[np.float64]
Single = NDArray[np.float32]

YES, ABSTAIN, NO, ABSENT = 0, 1, 2, 3
POSITIONS = ("yes", "abstain", "no", "absent")
#: Draws of the shift and of the votes; chances are then known to about ± .01.
DRAWS = 2000
_LEAST = 1e-4


@dataclass(frozen=True)
class Forecast:
    """What is expected before anybody speaks. `chance` (states, 4): yes, abstain, no, absent; rows sum to 1.

    `common` (states, k): what states have in common, first column 1; `scale` (k,): how far each may move the log-odds.
    """

    states: tuple[str, ...]
    chance: Array
    common: Array
    scale: Array


@dataclass(frozen=True)
class Tally:
    """Votes of one kind: the expected number and the interval that holds it with 90 %."""

    expected: float
    low: int
    high: int


@dataclass(frozen=True)
class Count:
    """After the known positions. `chance` (states, 4); `passes`: probability of each target; `tallies` by position.

    `pivotal` (states,): probability that the state's vote alone decides the first target. `surprises`: known positions
    that the forecast gave less than one chance in ten. `flips`: for k = 0, 1, … the probability of the first target if
    the adversary turns the k states that cost most.
    """

    states: tuple[str, ...]
    known: dict[str, str]
    chance: Array
    passes: dict[str, float]
    tallies: dict[str, Tally]
    pivotal: Array
    shift: Array
    surprises: tuple[tuple[str, str, float], ...]
    flips: tuple[tuple[tuple[str, ...], float], ...]


def whip(
    forecast: Forecast, known: Mapping[str, str], *, targets: Sequence[str] = ("majority", "two thirds"),
    turned: int = 5, seed: int = 0,
) -> Count:  # fmt: skip
    """The count given known positions (state → yes, abstain, no, absent).

    `targets`: majority or two thirds of those present and voting (rules 83–86 of the General Assembly: abstentions do
    not count as voting), or a number of yes votes, as "120". `turned`: how many states the adversary may turn, at most.
    Raises `UsageError` for an unknown state, position or target.
    """
    place = _places(forecast, known)
    u, v = _odds(forecast)
    mode, spread = _posterior(forecast, u, v, place)
    rng = np.random.default_rng(seed)
    half = rng.standard_normal((DRAWS // 2, len(mode)))
    b = mode + np.concatenate([half, -half]) @ spread.T
    chance = _chances(forecast, u, v, b, place)  # among those present
    here = 1 - forecast.chance[:, ABSENT]
    for i, position in place.items():
        here[i] = 0.0 if position == ABSENT else 1.0
    mean = np.column_stack([chance.mean(axis=1, dtype=np.float64).T * here[:, None], 1 - here])
    votes = _vote(chance, here, rng)
    reached = {t: _margin(votes, t) for t in targets}
    first = targets[0]
    flips = _flips(forecast.states, votes, first, place, turned)
    return Count(
        forecast.states,
        {forecast.states[i]: POSITIONS[p] for i, p in sorted(place.items())},
        mean,
        {t: float((m >= 0).mean()) for t, m in reached.items()},
        {name: _tally(votes == k) for k, name in enumerate(POSITIONS)},
        _pivotal(votes, reached[first], first),
        mode,
        tuple((forecast.states[i], POSITIONS[p], float(forecast.chance[i, p])) for i, p in sorted(place.items())
              if forecast.chance[i, p] < 0.1),
        flips,
    )  # fmt: skip


def _places(forecast: Forecast, known: Mapping[str, str]) -> dict[int, int]:
    number = {s: i for i, s in enumerate(forecast.states)}
    place: dict[int, int] = {}
    for state, position in known.items():
        if state not in number:
            raise UsageError(f'"{state}" has no vote in this forecast. {nearest(state, forecast.states)}')
        if position not in POSITIONS:
            raise UsageError(f'"{position}" is no position. Choose one of {", ".join(POSITIONS)}.')
        place[number[state]] = POSITIONS.index(position)
    return place


def _odds(forecast: Forecast) -> tuple[Array, Array]:
    """Stretched cumulative log-odds (states,) of yes, and of yes or abstain, among those present."""
    p = np.clip(forecast.chance[:, :3], _LEAST, None)
    p = p / p.sum(axis=1, keepdims=True)
    stretch = np.sqrt(1 + np.pi / 8 * (forecast.common**2 @ forecast.scale**2))
    yes, not_no = np.log(p[:, 0] / (1 - p[:, 0])), np.log((1 - p[:, 2]) / p[:, 2])
    return stretch * yes, stretch * not_no


def _sigmoid(x: Array) -> Array:
    out: Array = 0.5 * (1 + np.tanh(0.5 * x))
    return out


def _posterior(forecast: Forecast, u: Array, v: Array, place: Mapping[int, int]) -> tuple[Array, Array]:
    """Mode (k,) of b and a square root (k, k) of its covariance."""
    size = len(forecast.scale)
    seen = [i for i, p in place.items() if p != ABSENT]
    X = forecast.common[seen]
    what = np.array([place[i] for i in seen], dtype=int)
    precision = np.diag(1 / forecast.scale**2)
    b = np.zeros(size)
    H = precision.copy()
    for _ in range(50):
        shift = X @ b
        top, bottom = _sigmoid(u[seen] + shift), _sigmoid(v[seen] + shift)
        # d log P/ds and −d² log P/ds² of the ordered logit; the middle is σ(v+s) − σ(u+s)
        slope = np.where(what == YES, 1 - top, np.where(what == NO, -bottom, 1 - top - bottom))
        bend = np.where(what == YES, top * (1 - top), bottom * (1 - bottom))
        bend = np.where(what == ABSTAIN, top * (1 - top) + bottom * (1 - bottom), bend)
        H = precision + X.T @ (bend[:, None] * X)
        step = np.linalg.solve(H, X.T @ slope - precision @ b)
        length = np.abs(step).max(initial=0.0)
        b = b + step * min(1.0, 2.0 / max(length, 1e-12))
        if length < 1e-9:
            break
    return b, np.linalg.inv(np.linalg.cholesky(H)).T


def _chances(forecast: Forecast, u: Array, v: Array, b: Array, place: Mapping[int, int]) -> Single:
    """Chances (3, draws, states) of yes, abstain and no; single precision, for they are averaged over draws."""
    shift = (b @ forecast.common.T).astype(np.float32)
    chance = np.empty((3, *shift.shape), dtype=np.float32)
    for row, odds in ((0, u), (2, -v)):
        np.multiply(shift if row == 0 else -shift, 0.5, out=chance[row])
        chance[row] += (0.5 * odds).astype(np.float32)
        np.tanh(chance[row], out=chance[row])
        chance[row] *= 0.5
        chance[row] += 0.5
    np.maximum(0.0, 1 - chance[0] - chance[2], out=chance[1])
    for i, position in place.items():
        if position != ABSENT:
            chance[:, :, i] = np.eye(3)[position][:, None]
    return chance


def _vote(chance: Single, here: Array, rng: np.random.Generator) -> NDArray[np.int8]:
    """One vote of every state in every draw, (draws, states)."""
    draw = rng.random(chance.shape[1:], dtype=np.float32)
    votes: NDArray[np.int8] = (draw >= chance[0]).astype(np.int8)
    votes += draw >= chance[0] + chance[1]
    votes[rng.random(votes.shape, dtype=np.float32) >= here.astype(np.float32)] = ABSENT
    return votes


def _margin(votes: NDArray[np.int8], target: str) -> NDArray[np.int64]:
    """How far each draw is beyond the target, in votes; ≥ 0 = reached."""
    yes, no = (votes == YES).sum(axis=1), (votes == NO).sum(axis=1)
    if target == "majority":
        return np.asarray(yes - no - 1)
    if target == "two thirds":
        return np.asarray(yes - 2 * no - (yes + no == 0))
    if target.isdigit():
        return np.asarray(yes - int(target))
    raise UsageError(f'"{target}" is no target. Choose majority, two thirds, or a number of yes votes.')


def _pivotal(votes: NDArray[np.int8], margin: NDArray[np.int64], target: str) -> Array:
    """Share of draws in which the state's own change between yes and no turns the result."""
    weight = {"majority": (1, -1), "two thirds": (1, -2)}.get(target, (1, 0))
    near = (margin >= weight[1] - weight[0]) & (margin < weight[0] - weight[1])  # only there can one vote turn it
    now = np.array([weight[0], 0, weight[1], 0])[votes[near]]
    without = margin[near, None] - now
    turns: Array = ((without + weight[0] >= 0) & (without + weight[1] < 0)).sum(axis=0) / len(votes)
    return turns


def _tally(is_so: NDArray[np.bool_]) -> Tally:
    count = is_so.sum(axis=1)
    low, high = np.quantile(count, [0.05, 0.95], method="nearest")
    return Tally(float(count.mean()), int(low), int(high))


def _flips(
    states: Sequence[str], votes: NDArray[np.int8], target: str, place: Mapping[int, int], most: int
) -> tuple[tuple[tuple[str, ...], float], ...]:
    """The adversary turns to no, one after another, the state not yet known that lowers the chance most."""
    free = [i for i in range(len(states)) if i not in place]
    now, chosen = votes.copy(), list[int]()
    cost = np.zeros(4, dtype=np.int8)
    cost[[YES, ABSTAIN, ABSENT]] = {"majority": (2, 1, 1), "two thirds": (3, 2, 2)}.get(target, (1, 0, 0))
    loss = cost[votes]
    taken = loss.sum(axis=0, dtype=np.int64)
    rows = [((), float((_margin(now, target) >= 0).mean()))]
    for _ in range(min(most, len(free))):
        margin = _margin(now, target)
        near = (margin >= 0) & (margin < cost.max())  # draws that one state can turn
        lost = (loss[near] > margin[near, None]).sum(axis=0)[free]
        # where no single state turns the result, the one that takes most votes
        worst = int(np.lexsort((np.arange(len(free)), -taken[free], -lost))[0])
        chosen.append(free.pop(worst))
        now[:, chosen[-1]] = NO
        rows.append((tuple(states[i] for i in chosen), float((_margin(now, target) >= 0).mean())))  # type: ignore[arg-type]
    return tuple(rows)
