"""A draft text → chances for every state, the look-alikes it rests on, and scenarios of how hard the text is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from counterpact.errors import UsageError, nearest
from counterpact.lines.diplomacy.forecast.features import Known, features, know
from counterpact.lines.diplomacy.forecast.model import LESSONS, Session, Trees, drift, learn, sessions
from counterpact.lines.diplomacy.forecast.text import NOVEL, plain, texts_of
from counterpact.lines.diplomacy.votes.table import ABSENT, VoteTable

Array = NDArray[np.float64]
FEWEST_WORDS = 3
KNOWN_SHARE = 0.4
HELD_BACK = 2  # sessions that the levels are taken from and the first trees do not learn from


@dataclass(frozen=True)
class LookAlike:
    """One earlier roll call the forecast rests on."""

    rcid: int
    session: int
    resolution: str
    title: str
    similarity: float
    yes: int
    no: int
    abstain: int
    absent: int


@dataclass(frozen=True)
class StateForecast:
    """Chances of one state: `no`, `abstain`, `yes` and `absent` sum to 1. `record`: its votes on the look-alikes."""

    state: str
    name: str
    yes: float
    abstain: float
    no: float
    absent: float
    record: str


@dataclass(frozen=True)
class Level:
    """One scenario of the text's difficulty: `shift` in log odds towards yes, and the tally expected under it."""

    name: str
    shift: float
    yes: float
    no: float
    abstain: float
    absent: float
    majority: float  # share of yes among yes and no


@dataclass(frozen=True)
class Forecast:
    """States ranked from the surest yes down, three levels of the threshold, and what it rests on.

    `chance` (states × 4: no, abstain, yes, absent) and `logits` (states × 3) serve a live count of positions.
    """

    session: int
    novel: bool
    states: tuple[StateForecast, ...]
    levels: tuple[Level, ...]
    look_alikes: tuple[LookAlike, ...]
    columns: tuple[str, ...]
    chance: Array
    logits: Array
    shifts: Array  # of held-back items: how far their level lay from the forecast
    notes: tuple[str, ...] = ()


def forecast(
    table: VoteTable,
    text: str,
    *,
    sponsors: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> Forecast:
    """How the members after the last session of `table` would vote on a draft.

    Raises `UsageError` on a text too short or in words the earlier resolutions do not know, or an unknown sponsor.
    """
    say = progress or (lambda _: None)
    columns = [_column(table, code) for code in sponsors]
    last = int(table.session.max())
    say("reading the earlier sessions")
    known = know(table, texts_of(table.items), last + 1)
    words = _check(known, text)
    lessons = sessions(table, last - LESSONS + 1, last)
    if len(lessons) <= HELD_BACK:
        raise UsageError(
            f"the votes hold {len(lessons)} sessions one can learn from; at least {HELD_BACK + 1} are needed"
        )
    say("learning")
    early, trees = learn(lessons[:-HELD_BACK]), learn(lessons)
    shifts = np.concatenate([_shifts(early, one) for one in lessons[-HELD_BACK:]])
    known = replace(known, drift=drift(lessons[-2:], len(table.cow)))
    near = known.library.nearest([plain(text)])
    made = features(known, near, np.array([False]), np.array([words]))[0].astype(np.float32)
    ballot, absence = trees.chances(made)
    best = float(near.similarity[0, 0])
    here = (table.vote[table.session == last] >= 0).any(axis=0)
    ballot[columns], absence[columns] = [0.0, 0.0, 1.0], 0.0
    logits = np.log(np.maximum(ballot, 1e-6))
    chance = np.column_stack([ballot * (1 - absence[:, None]), absence])[here]
    codes = [code for code, there in zip(table.codes, here, strict=True) if there]
    names = [name for name, there in zip(table.names, here, strict=True) if there]
    cited = _cited(table, known, near.place[0], near.similarity[0])
    record = [_record(table, known.past[near.place[0][:5]], c) for c in np.flatnonzero(here).tolist()]
    order = np.argsort(-(chance[:, 2] - chance[:, 0]), kind="stable")
    rows = tuple(
        StateForecast(
            codes[i], names[i], float(chance[i, 2]), float(chance[i, 1]), float(chance[i, 0]), float(chance[i, 3]),
            record[i],
        )
        for i in order
    )  # fmt: skip
    levels = _levels(logits[here], absence[here], shifts)
    return Forecast(
        last + 1, best < NOVEL, rows, levels, cited, tuple(codes), chance, logits[here], shifts,
        _notes(best, bool(sponsors)),
    )  # fmt: skip


def _column(table: VoteTable, code: str) -> int:
    place = table.column.get(code.upper())
    if place is None:
        raise UsageError(
            f'"{code}" is no state of these votes. {nearest(code.upper(), list(table.codes))} Use ISO alpha-3 codes.'
        )
    return place


def _check(known: Known, text: str) -> int:
    """Words of the text; refuses what cannot be compared."""
    words, met = known.library.words_known(plain(text))
    if words < FEWEST_WORDS:
        raise UsageError(
            f"the draft has {words} words that say something; give at least its title and what it asks for"
        )
    if met < max(FEWEST_WORDS - 1, KNOWN_SHARE * words):
        raise UsageError(
            f"{words - met} of the {words} words of the draft occur in no earlier resolution; "
            "the votes are described in English: give an English title or text"
        )
    return len(plain(text).split())


def _notes(best: float, sponsored: bool) -> tuple[str, ...]:
    notes = []
    if best < NOVEL:
        notes.append(
            f"No earlier resolution is alike (best {best:.2f} of 1): read the ranking and the scenarios, not the level."
        )
    if sponsored:
        notes.append("Sponsors count as a sure yes; the votes carry no sponsors, so no effect on others was fitted.")
    return tuple(notes)


def _shifts(trees: Trees, one: Session) -> Array:
    """Per item of a session not learned from: the shift in log odds that explains its votes best."""
    out = []
    for made, votes in zip(one.features, one.vote, strict=True):
        cast = (votes >= 0) & (votes < ABSENT)
        logits = np.log(np.maximum(trees.chances(made[cast])[0], 1e-6))
        out.append(level_shift(logits, votes[cast]))
    return np.array(out)


def level_shift(logits: Array, votes: NDArray[np.int8], prior: float = 1.5) -> float:
    """Most likely common shift of the log odds (+ for yes, − for no) given votes; normal prior with sd `prior`."""
    shift = 0.0
    side = np.array([-1.0, 0.0, 1.0])
    for _ in range(30):
        chance = shifted(logits, shift)
        mean = chance @ side
        slope = float((side[votes] - mean).sum()) - shift / prior**2
        bend = float((chance @ side**2 - mean**2).sum()) + 1.0 / prior**2
        step = float(np.clip(slope / bend, -1.0, 1.0))
        shift += step
        if abs(step) < 1e-6:
            break
    return shift


def shifted(logits: Array, shift: float) -> Array:
    """Chances (… × 3) after a shift of the level."""
    moved = logits + shift * np.array([-1.0, 0.0, 1.0])
    chance = np.exp(moved - moved.max(axis=-1, keepdims=True))
    return np.asarray(chance / chance.sum(axis=-1, keepdims=True))


def _levels(logits: Array, absence: Array, shifts: Array) -> tuple[Level, ...]:
    out = []
    low, middle, high = (float(q) for q in np.quantile(shifts, [0.1, 0.5, 0.9]))
    for name, shift in (("hard text", low), ("as forecast", middle), ("easy text", high)):
        chance = shifted(logits, shift) * (1 - absence[:, None])
        no, abstain, yes = (float(v) for v in chance.sum(axis=0))
        out.append(Level(name, shift, yes, no, abstain, float(absence.sum()), yes / max(yes + no, 1e-9)))
    return tuple(out)


def _cited(table: VoteTable, known: Known, place: NDArray[np.int64], similarity: Array) -> tuple[LookAlike, ...]:
    out = []
    for where, alike in zip(place[:8], similarity[:8], strict=True):
        item, votes = table.items[known.past[where]], table.vote[known.past[where]]
        no, abstain, yes, absent = (int((votes == k).sum()) for k in range(4))
        title = plain(item.text)[:160]
        out.append(LookAlike(item.rcid, item.session, item.resolution, title, float(alike), yes, no, abstain, absent))
    return tuple(out)


def _record(table: VoteTable, places: NDArray[np.int64], column: int) -> str:
    """A state's votes on the five nearest look-alikes, nearest first: Y, N, A, x (absent), – (no member)."""
    return "".join({0: "N", 1: "A", 2: "Y", 3: "x"}.get(int(table.vote[p, column]), "–") for p in places)
