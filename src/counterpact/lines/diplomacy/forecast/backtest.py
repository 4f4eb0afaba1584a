"""Strictly past → future: every session forecast from the sessions before it, and scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import UsageError
from counterpact.lines.diplomacy.forecast import scores
from counterpact.lines.diplomacy.forecast.lookalike import certainty, copied, steps
from counterpact.lines.diplomacy.forecast.model import LESSONS, Session, Trees, learn, sessions
from counterpact.lines.diplomacy.forecast.text import NOVEL, Library, plain_titles
from counterpact.lines.diplomacy.votes.table import ABSENT, YES, VoteTable

Array = NDArray[np.float64]
FRESH = 2  # sessions after which the trees are fitted anew
FEWEST_LESSONS = 3


@dataclass(frozen=True)
class _Row:
    """Votes of one session laid flat: what was cast, chances, the copied vote and similarities."""

    vote: NDArray[np.int8]
    chance: Array
    copy: NDArray[np.int8]
    copy_similarity: Array
    novel: NDArray[np.bool_]
    absent: NDArray[np.bool_]  # of all members
    absence: Array
    item: NDArray[np.int64]


def evaluate(
    table: VoteTable, from_session: int, *, to_session: int | None = None, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Forecast all sessions from `from_session` on and score the forecasts against the votes and the baselines.

    Raises `UsageError` if there is no such session or too little before it.
    """
    say = progress or (lambda _: None)
    last = int(table.session.max()) if to_session is None else to_session
    there = [int(s) for s in np.unique(table.session) if from_session <= s <= last]
    if not there:
        raise UsageError(f"there are no votes from session {from_session} on; the last is {int(table.session.max())}")
    before = [int(s) for s in np.unique(table.session) if s < from_session]
    lessons = before[-LESSONS:]
    if len(before) < FEWEST_LESSONS + 2:
        raise UsageError(
            f"before session {from_session} there are {len(before)} sessions; a forecast learns from at least "
            f"{FEWEST_LESSONS + 2}: give earlier votes as well (--votes and --roll-calls can be repeated)"
        )
    say("seeing each session as it looked when it opened")
    whole = sessions(table, lessons[0], last)
    rows: list[_Row] = []
    trees: Trees | None = None
    plain = plain_titles(table)
    for k, one in enumerate(whole):
        copy, similarity = _plain_copy(table, plain, one)
        if one.number < from_session:
            rows.append(_row(one, None, copy, similarity))
            continue
        if trees is None or (one.number - there[0]) % FRESH == 0:
            say(f"learning for session {one.number}")
            trees = learn(whole[max(0, k - LESSONS) : k])
        rows.append(_row(one, trees, copy, similarity))
    first = next(k for k, one in enumerate(whole) if one.number >= from_session)
    return _scored(rows[:first], rows[first:], there, table)


def _plain_copy(table: VoteTable, texts: list[str], one: Session) -> tuple[NDArray[np.int8], Array]:
    past = one.known.past
    near = Library([texts[i] for i in past], table.session[past]).nearest([texts[i] for i in one.items])
    return copied(table, past, near), near.similarity[:, 0]


def _row(one: Session, trees: Trees | None, copy: NDArray[np.int8], similarity: Array) -> _Row:
    cast, member = one.cast, one.vote >= 0
    chance, absence = np.zeros((int(cast.sum()), 3)), np.zeros(int(member.sum()))
    if trees is not None:
        every, absence = trees.chances(one.features[member])
        chance = every[cast[member]]
    shape = one.vote.shape
    return _Row(
        one.vote[cast],
        chance,
        copy[cast],
        np.broadcast_to(similarity[:, None], shape)[cast],
        np.broadcast_to(one.near.similarity[:, :1] < NOVEL, shape)[cast],
        (one.vote == ABSENT)[member],
        absence,
        np.broadcast_to(one.items[:, None], shape)[cast],
    )


def _scored(before: list[_Row], after: list[_Row], there: list[int], table: VoteTable) -> dict[str, Any]:
    vote, chance = np.concatenate([r.vote for r in after]), np.concatenate([r.chance for r in after])
    guess = chance.argmax(axis=1).astype(np.int8)
    novel = np.concatenate([r.novel for r in after])
    copy, soft = _soft_copies(before, after)
    brier = scores.brier(vote, chance)
    alike = scores.brier(vote, soft)
    yes = np.full_like(vote, YES)
    absent, absence = np.concatenate([r.absent for r in after]), np.concatenate([r.absence for r in after])
    ece = scores.calibration_error(vote, chance)
    return {
        "sessions": there,
        "roll_calls": len(np.unique(np.concatenate([r.item for r in after]))),
        "votes": len(vote),
        "accuracy": scores.accuracy(vote, guess),
        "macro_f1": scores.macro_f1(vote, guess),
        "novel_accuracy": scores.accuracy(vote[novel], guess[novel]),
        "novel_share": float(novel.mean()),
        "ece": max(ece),
        "ece_by_class": dict(zip(("no", "abstain", "yes"), ece, strict=True)),
        "brier": brier,
        "brier_skill": 1.0 - brier / alike if alike > 0 else float("nan"),
        "absence": {
            "share": float(absent.mean()),
            "ece": scores.calibration_error(absent.astype(np.int8), np.column_stack([1 - absence, absence]))[1],
            "brier": float(((absence - absent) ** 2).mean()),
            "brier_of_the_share": float(absent.mean() * (1 - absent.mean())),
        },
        "baselines": {
            "all_yes": _plain(vote, yes, novel),
            "look_alike": {**_plain(vote, copy, novel), "brier": alike},
        },
        "per_session": {
            str(number): scores.accuracy(r.vote, r.chance.argmax(axis=1).astype(np.int8))
            for number, r in zip(there, after, strict=True)
        },
        "notes": list(table.notes),
    }


def _plain(vote: NDArray[np.int8], guess: NDArray[np.int8], novel: NDArray[np.bool_]) -> dict[str, float]:
    return {
        "accuracy": scores.accuracy(vote, guess),
        "macro_f1": scores.macro_f1(vote, guess),
        "novel_accuracy": scores.accuracy(vote[novel], guess[novel]),
    }


def _soft_copies(before: list[_Row], after: list[_Row]) -> tuple[NDArray[np.int8], Array]:
    """Copied votes and their chances, from how copies came true in all sessions before each."""
    out = []
    seen = list(before)
    for row in after:
        table = certainty(
            np.concatenate([r.vote for r in seen]),
            np.concatenate([r.copy for r in seen]),
            np.concatenate([r.copy_similarity for r in seen]),
        )
        out.append(table[steps(row.copy_similarity), row.copy])
        seen.append(row)
    return np.concatenate([r.copy for r in after]), np.concatenate(out)
