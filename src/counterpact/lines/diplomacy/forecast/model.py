"""From features to calibrated chances: boosted trees on earlier sessions, one set of trees a refit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterpact.lines.diplomacy.forecast.features import (
    FEWEST_PAST,
    NAMES,
    Known,
    features,
    know,
)
from counterpact.lines.diplomacy.forecast.text import LookAlikes, texts_of
from counterpact.lines.diplomacy.votes.table import ABSENT, ABSTAIN, VoteTable

Array = NDArray[np.float64]
LESSONS = 10  # sessions the trees learn from
SETTINGS: dict[str, Any] = {
    "max_iter": 40, "learning_rate": 0.12, "max_leaf_nodes": 15, "min_samples_leaf": 200, "l2_regularization": 20.0,
    "max_bins": 64, "early_stopping": False, "random_state": 0,
}  # fmt: skip
"""Chosen on sessions 54 to 59 after learning from 44 to 53."""


@dataclass(frozen=True)
class Session:
    """One session as it looked when it opened, and how it went. `items`: positions in the table."""

    number: int
    items: NDArray[np.int64]
    known: Known
    near: LookAlikes
    features: NDArray[np.float32]  # items × states × features
    vote: NDArray[np.int8]

    @property
    def cast(self) -> NDArray[np.bool_]:
        """Entries in which a state voted yes, no or abstained."""
        return (self.vote >= 0) & (self.vote < ABSENT)


def sessions(table: VoteTable, first: int, last: int) -> list[Session]:
    """Sessions in order, each seen from the sessions before it only; those with too little before them are left out.

    Raises `UsageError` where votes divide nobody.
    """
    texts = texts_of(table.items)
    out: list[Session] = []
    for number in range(first, last + 1):
        now = np.flatnonzero(table.session == number)
        if len(now) and (table.session < number).sum() >= FEWEST_PAST:
            known = know(table, texts, number, drift(out[-2:], len(table.cow)))
            out.append(seen(known, now, [texts[i] for i in now]))
    return out


def seen(known: Known, now: NDArray[np.int64], texts: Sequence[str]) -> Session:
    """Items of a session with the features known when it opened."""
    items = [known.table.items[i] for i in now]
    near = known.library.nearest(texts)
    parts = np.array([item.para or item.amend for item in items], dtype=bool)
    words = np.array([len(text.split()) for text in texts], dtype=np.int64)
    made = features(known, near, parts, words).astype(np.float32)
    return Session(known.session, now, known, near, made, known.table.vote[now])


def drift(before: Sequence[Session], states: int) -> Array:
    """How each state voted in the last sessions against its own record: towards yes, and towards abstaining."""
    away, count = np.zeros((states, 2)), np.zeros(states)
    no, abstain, yes = (NAMES.index(f"near {part}") for part in ("no", "abstain", "yes"))
    for one in before:
        level = one.features[:, :, yes] - one.features[:, :, no]
        away[:, 0] += np.where(one.cast, one.vote - 1.0 - level, 0.0).sum(axis=0)
        away[:, 1] += np.where(one.cast, (one.vote == ABSTAIN) - one.features[:, :, abstain], 0.0).sum(axis=0)
        count += one.cast.sum(axis=0)
    return np.asarray(away / (count[:, None] + 20.0))


@dataclass(frozen=True)
class Trees:
    """Trees for the vote cast (no, abstain, yes) and for being absent."""

    ballot: Any
    absence: Any

    def chances(self, made: NDArray[np.float32]) -> tuple[Array, Array]:
        """Of rows of features: chances of no, abstain and yes given a vote (rows × 3), and of absence (rows)."""
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        with threadpool_limits(1):
            found = np.zeros((len(made), 3))
            found[:, self.ballot.classes_] = self.ballot.predict_proba(made)
            return found, _second(self.absence, made)


def _second(trees: Any, made: NDArray[np.float32]) -> Array:
    chance = trees.predict_proba(made)
    there = list(trees.classes_)
    return np.asarray(chance[:, there.index(1)] if 1 in there else np.zeros(len(made)))


def learn(lessons: Sequence[Session]) -> Trees:
    """Trees fitted on earlier sessions. One thread: the same votes give the same trees, and cores are shared."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    made = np.concatenate([one.features[one.vote >= 0] for one in lessons])
    vote = np.concatenate([one.vote[one.vote >= 0] for one in lessons])
    made[:, np.isnan(made).all(axis=0)] = 0.0  # a column nobody knows anything of tells nothing
    cast = vote < ABSENT
    with threadpool_limits(1):
        ballot = HistGradientBoostingClassifier(**SETTINGS).fit(made[cast], vote[cast])
        absence = HistGradientBoostingClassifier(**SETTINGS).fit(made, (~cast).astype(np.int64))
    return Trees(ballot, absence)
