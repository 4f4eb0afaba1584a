"""Channels cut into slices that measures block, and copies that measures deter (STRATEGY B).

All arrays are over scenarios first: (S, ...). A *chain* is one measure or a ladder of nested levels of one measure;
its levels block increments φ₁, φ₂ − φ₁, … of one stretch of the channel. Where different chains lie on the channel is
unknown: their union is anywhere in [max φ, min(1, Σφ)]. `t` in [0, 1] places them, from nested (0) to disjoint (1).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

MAX_SLICES = 6
MAX_COPIES = 6


@dataclass(frozen=True)
class Slices:
    """`share`: (S, K) of the channel's capacity, rows sum to 1. `blocked`: (S, K, M) by which measures.

    `loosened`: (S, M) share of capacity that each measure really blocks but no longer does after merging.
    """

    share: Array
    blocked: Mask
    loosened: Array


@dataclass(frozen=True)
class Deterrent:
    """One deterring measure on a channel: `loss` (share lost) or else a premium (share of the price), (S,)."""

    measure: int
    amount: Array
    loss: bool


@dataclass(frozen=True)
class Copy:
    """One way of using a slice: its gain and premium, (S,), and which deterrents close it.

    `relief[i]`: deterrent i → (gain, premium) this copy saves against a copy that bears i as well; what the penalty
    of i must outweigh. Zero where i does not close the copy.
    """

    gain: Array
    premium: Array
    relief: dict[int, tuple[Array, Array]]


def union_bounds(phi: Array) -> tuple[Array, Array]:
    """Least and greatest share blocked by several measures together: `max φ` and `min(1, Σφ)`.

    >>> [float(v[0]) for v in union_bounds(np.array([[0.3, 0.5]]))]
    [0.5, 0.8]
    """
    return phi.max(axis=1), np.minimum(1.0, phi.sum(axis=1))


def placement(phi: Array, t: Array) -> Array:
    """Starts (S, n) of stretches of lengths `phi` (S, n) on the unit channel, nested for t = 0, disjoint for 1."""
    before = np.cumsum(phi, axis=1) - phi
    starts: Array = np.minimum(t[:, None] * before, 1.0 - phi)
    return starts


def union_share(phi: Array, t: Array) -> Array:
    """(S,) share of the channel covered by at least one stretch placed with `t`."""
    start = placement(phi, t)
    order = np.argsort(start, axis=1, kind="stable")
    lo, hi = np.take_along_axis(start, order, 1), np.take_along_axis(start + phi, order, 1)
    covered, reach = np.zeros(len(phi)), np.zeros(len(phi))
    for i in range(phi.shape[1]):
        covered += np.maximum(0.0, hi[:, i] - np.maximum(lo[:, i], reach))
        reach = np.maximum(reach, hi[:, i])
    return covered


def independent_placement(phi: Array) -> Array:
    """(S,) the `t` at which the union is the independent product 1 − Π(1 − φ); by bisection."""
    target = 1.0 - np.prod(1.0 - phi, axis=1)
    low, high = np.zeros(len(phi)), np.ones(len(phi))
    for _ in range(40):
        middle = (low + high) / 2
        less = union_share(phi, middle) < target
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    return high


def cut(chains: Sequence[Sequence[int]], phi: Array, t: Array, limit: int = MAX_SLICES) -> Slices:
    """Cut one channel.

    `chains`: columns of `phi` (S, M) that are nested levels of one measure, weakest first. A level is blocked only
    beyond the level below it (its own measure implies the weaker one). Merging to at most `limit` slices keeps the
    blockers both have: harm is over-estimated, by `loosened`.
    """
    S, M = phi.shape
    phi = np.clip(phi, 0.0, 1.0)
    reach = np.stack([phi[:, list(chain)].max(axis=1) for chain in chains], axis=1)
    start = placement(reach, t)
    low, high = np.zeros((S, M)), np.zeros((S, M))
    for c, chain in enumerate(chains):
        below = np.zeros(S)
        for m in chain:
            top = np.maximum(below, phi[:, m])
            low[:, m], high[:, m] = start[:, c] + below, start[:, c] + top
            below = top
    edges = np.sort(np.concatenate([np.zeros((S, 1)), low, high, np.ones((S, 1))], axis=1).clip(0, 1), axis=1)
    share = np.diff(edges, axis=1)
    middle = (edges[:, :-1] + edges[:, 1:]) / 2
    blocked = (low[:, None, :] <= middle[:, :, None]) & (middle[:, :, None] < high[:, None, :])
    blocked &= share[:, :, None] > 1e-12
    return _merge(share, blocked, limit)


def _merge(share: Array, blocked: Mask, limit: int) -> Slices:
    """Join adjacent slices, cheapest loss of blocked capacity first, until at most `limit` remain everywhere."""
    S, _, M = blocked.shape
    rows, loosened = np.arange(S), np.zeros((S, M))
    while (K := share.shape[1]) > 1:
        common = blocked[:, :-1] & blocked[:, 1:]
        lost = np.where(blocked[:, :-1] & ~common, share[:, :-1, None], 0.0)
        lost = lost + np.where(blocked[:, 1:] & ~common, share[:, 1:, None], 0.0)
        empty = share <= 1e-12
        lost = np.where((empty[:, :-1] | empty[:, 1:])[:, :, None], 0.0, lost)
        price = lost.sum(axis=2)
        best = price.argmin(axis=1)
        if limit >= K and price[rows, best].max() > 1e-12:
            break
        loosened += lost[rows, best]
        share, blocked = _joined(share, blocked, common, best)
    return Slices(share, blocked, loosened)


def _joined(share: Array, blocked: Mask, common: Mask, at: NDArray[np.int64]) -> tuple[Array, Mask]:
    """Slice `at[s]` and the one after it become one, in every scenario."""
    S, K = share.shape
    index = np.arange(K - 1)[None, :] + (np.arange(K - 1)[None, :] > at[:, None])
    index = np.where(np.arange(K - 1)[None, :] == at[:, None], at[:, None], index)
    new_share = np.take_along_axis(share, index, 1)
    new_blocked = np.take_along_axis(blocked, index[:, :, None], 1)
    rows = np.arange(S)
    empty_left, empty_right = share[rows, at] <= 1e-12, share[rows, at + 1] <= 1e-12
    new_share[rows, at] = share[rows, at] + share[rows, at + 1]
    merged = common[rows, at]
    merged = np.where(empty_left[:, None], blocked[rows, at + 1], merged)
    merged = np.where(empty_right[:, None], blocked[rows, at], merged)
    new_blocked[rows, at] = merged
    return new_share, new_blocked


def _subsets(deterrents: Sequence[Deterrent], S: int) -> list[Copy]:
    """Every subset of at most two deterrents: losses are independent, premiums add."""

    def value(bears: Sequence[int]) -> tuple[Array, Array]:
        gain, premium = np.ones(S), np.zeros(S)
        for i in bears:
            if deterrents[i].loss:
                gain = gain * (1.0 - deterrents[i].amount)
            else:
                premium = premium + deterrents[i].amount
        return gain, premium

    n, built = len(deterrents), []
    for bears in (c for k in range(n + 1) for c in itertools.combinations(range(n), k)):
        gain, premium = value(bears)
        relief = {}
        for i in sorted(set(range(n)) - set(bears)):
            g, c = value((*bears, i))
            relief[i] = (gain - g, c - premium)
        built.append(Copy(gain, premium, relief))
    return built


def _ladder(amounts: Array, steps: int) -> list[tuple[Array, Array]]:
    """Copies for many deterrents of one kind when only the strongest in force counts (the worst case for us).

    Copy k bears the k weakest of the scenario. Thinned to `steps` groups; a group counts with its weakest member,
    which over-estimates harm. Returns (amount borne (S,), relief (S, n)) per copy, the unhindered first.
    """
    n = amounts.shape[1]
    rank = np.argsort(np.argsort(amounts, axis=1, kind="stable"), axis=1, kind="stable")
    ordered = np.sort(amounts, axis=1)
    cuts = sorted({round(k * n / steps) for k in range(steps + 1)})
    group = np.searchsorted(cuts, np.arange(n), side="right") - 1  # rank → group
    floor = ordered[:, [cuts[g] for g in range(len(cuts) - 1)]]  # (S, groups)
    own = np.take_along_axis(floor, group[rank], axis=1)  # what each deterrent counts for
    copies_ = []
    for g in range(-1, floor.shape[1]):
        borne = floor[:, g] if g >= 0 else np.zeros(len(amounts))
        relief = np.where(group[rank] > g, np.maximum(0.0, own - borne[:, None]), 0.0)
        copies_.append((borne, relief))
    return copies_


def copies(deterrents: Sequence[Deterrent], S: int) -> list[Copy]:
    """The copies of a slice, the unhindered one first, the one that bears everything last.

    Up to two deterrents: every subset. More: a ladder of losses beside a ladder of premiums, at most `MAX_COPIES`
    together (less deterred than in truth, so harm is over-estimated).
    """
    if len(deterrents) <= 2:
        return _subsets(deterrents, S)
    losses = [i for i, d in enumerate(deterrents) if d.loss]
    premiums = [i for i, d in enumerate(deterrents) if not d.loss]
    steps_l = min(len(losses), 2 if premiums else MAX_COPIES - 1)
    steps_p = min(len(premiums), MAX_COPIES // (steps_l + 1) - 1)
    nothing = [(np.zeros(S), np.zeros((S, 0)))]
    table = np.stack([d.amount for d in deterrents], axis=1)
    by_loss = _ladder(table[:, losses], steps_l) if losses else nothing
    by_premium = _ladder(table[:, premiums], steps_p) if premiums else nothing
    built = []
    for lost, relief_l in by_loss:
        for paid, relief_p in by_premium:
            zero = np.zeros(S)
            relief = {i: (relief_l[:, k], zero) for k, i in enumerate(losses)}
            relief |= {i: (zero, relief_p[:, k]) for k, i in enumerate(premiums)}
            built.append(Copy(1.0 - lost, paid, relief))
    return built
