"""The plain baselines: vote as on the most similar earlier item, or yes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from counterpact.lines.diplomacy.forecast.text import LookAlikes
from counterpact.lines.diplomacy.votes.table import ABSENT, YES, VoteTable


def copied(table: VoteTable, past: NDArray[np.int64], near: LookAlikes) -> NDArray[np.int8]:
    """Items × states: each state's vote on the best look-alike it voted on, yes if there is none."""
    out = np.full((len(near.place), len(table.cow)), YES, dtype=np.int8)
    for i, place in enumerate(near.place):
        votes = table.vote[past[place]]
        cast = (votes >= 0) & (votes < ABSENT)
        first = cast.argmax(axis=0)
        out[i] = np.where(cast.any(axis=0), votes[first, np.arange(votes.shape[1])], YES)
    return out


def certainty(vote: NDArray[np.int8], copy: NDArray[np.int8], similarity: NDArray[np.float64]) -> NDArray[np.float64]:
    """How copied votes came true, by kind and similarity (5 steps): 5 × 3 copied × 3 cast, rows summing to 1.

    `vote` and `copy`: entries cast in earlier sessions; `similarity` of the best look-alike of each.
    """
    counts = np.ones((5, 3, 3))
    np.add.at(counts, (steps(similarity), copy, vote), 1.0)
    return np.asarray(counts / counts.sum(axis=2, keepdims=True))


def steps(similarity: NDArray[np.float64]) -> NDArray[np.int64]:
    """Similarities in five steps."""
    return np.digitize(similarity, [0.3, 0.5, 0.7, 0.9])
