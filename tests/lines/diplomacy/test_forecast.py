"""Forecasts: nothing of the future, scores against another program, clear refusals."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score
from typer.testing import CliRunner

from counterpact.cli.app import app
from counterpact.errors import UsageError
from counterpact.lines.diplomacy.forecast import Forecast, evaluate, forecast, scores
from counterpact.lines.diplomacy.forecast.draft import level_shift, shifted
from counterpact.lines.diplomacy.forecast.features import NAMES
from counterpact.lines.diplomacy.forecast.lookalike import copied
from counterpact.lines.diplomacy.forecast.model import sessions
from counterpact.lines.diplomacy.forecast.text import Library, plain, texts_of
from counterpact.lines.diplomacy.votes.table import Item
from tests.lines.diplomacy import made_up

DRAFT = "Comprehensive nuclear disarmament treaty obligations of all states"


@cache
def votes():  # type: ignore[no-untyped-def]
    return made_up.table(sessions=9, each=16, count=50, seed=2)


@cache
def of_draft() -> Forecast:
    return forecast(votes(), DRAFT)


def test_features_of_a_session_do_not_see_it_or_what_follows() -> None:
    table = votes()
    other = table.vote.copy()
    rng = np.random.default_rng(0)
    late = table.session >= 66
    other[late] = rng.permuted(other[late], axis=1)
    (one,), (two,) = sessions(table, 66, 66), sessions(replace(table, vote=other), 66, 66)
    assert one.features.shape == (16, 50, len(NAMES))
    np.testing.assert_array_equal(one.features, two.features)


def test_weights_come_from_the_past_only() -> None:
    table = votes()
    texts = texts_of(table.items)
    (one,) = sessions(table, 66, 66)
    assert (table.session[one.known.past] < 66).all()
    other = [text if s <= 66 else "embargo embargo embargo" for text, s in zip(texts, table.session, strict=True)]
    items = tuple(replace(item, text=text) for item, text in zip(table.items, other, strict=True))
    (two,) = sessions(replace(table, items=items), 66, 66)
    np.testing.assert_array_equal(one.near.similarity, two.near.similarity)


def test_the_copied_vote_is_that_on_the_best_look_alike() -> None:
    table = votes()
    past = np.flatnonzero(table.session < 66)
    texts = texts_of(table.items)
    near = Library([texts[i] for i in past], table.session[past]).nearest([DRAFT])
    copy = copied(table, past, near)[0]
    for s in range(0, 50, 7):
        cast = [int(table.vote[past[p], s]) for p in near.place[0] if 0 <= table.vote[past[p], s] < 3]
        assert copy[s] == cast[0]
    assert "nuclear" in texts[past[near.place[0, 0]]]
    assert table.session[past[near.place[0, 0]]] == 65  # among equals the latest


def test_scores_agree_with_another_program() -> None:
    rng = np.random.default_rng(1)
    truth, guess = rng.integers(0, 3, 500).astype(np.int8), rng.integers(0, 3, 500).astype(np.int8)
    assert scores.macro_f1(truth, guess) == pytest.approx(f1_score(truth, guess, average="macro"))
    chance = rng.dirichlet([1, 1, 1], 20_000)
    drawn = (chance.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1).astype(np.int8)
    assert max(scores.calibration_error(drawn, chance)) < 0.015
    assert max(scores.calibration_error(drawn, np.eye(3)[drawn])) == 0.0
    assert scores.brier(drawn, np.eye(3)[drawn]) == 0.0
    assert scores.brier(drawn, np.roll(np.eye(3)[drawn], 1, axis=1)) == pytest.approx(2.0)
    assert min(scores.calibration_error(drawn, np.full((20_000, 3), [0.9, 0.05, 0.05]))) > 0.2


def test_level_shift_is_the_best_by_brute_force() -> None:
    rng = np.random.default_rng(2)
    logits = rng.normal(size=(80, 3))
    found = (shifted(logits, 1.2).cumsum(axis=1) > rng.random((80, 1))).argmax(axis=1)
    grid = np.linspace(-3, 3, 2401)
    value = [np.log(shifted(logits, g)[np.arange(80), found]).sum() - g * g / (2 * 1.5**2) for g in grid]
    assert level_shift(logits, found.astype(np.int8)) == pytest.approx(grid[int(np.argmax(value))], abs=0.005)


def test_a_draft_gets_a_ranking_scenarios_and_look_alikes() -> None:
    found = of_draft()
    assert [s.yes - s.no for s in found.states] == sorted((s.yes - s.no for s in found.states), reverse=True)
    assert all(s.yes + s.no + s.abstain + s.absent == pytest.approx(1.0) for s in found.states)
    hard, middle, easy = found.levels
    assert hard.yes <= middle.yes <= easy.yes
    assert hard.shift < easy.shift
    assert "nuclear" in found.look_alikes[0].title
    assert found.look_alikes[0].similarity > 0.5
    assert not found.novel
    same = forecast(votes(), DRAFT)
    np.testing.assert_array_equal(same.chance, found.chance)


def test_a_sponsor_is_a_sure_yes_and_must_exist() -> None:
    found = forecast(votes(), DRAFT, sponsors=["USA"])
    (usa,) = [s for s in found.states if s.state == "USA"]
    assert usa.yes == pytest.approx(1.0, abs=1e-3)
    with pytest.raises(UsageError, match='"USX" is no state'):
        forecast(votes(), DRAFT, sponsors=["USX"])


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        ("On the sea", "words that say something"),
        ("Desarme nuclear completo y cumplimiento de las obligaciones", "give an English title"),
    ],
)
def test_drafts_that_cannot_be_compared_are_refused(draft: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        forecast(votes(), draft)


def test_a_part_of_a_draft_gets_the_title_of_the_draft() -> None:
    whole = Item(
        1,
        64,
        None,
        "R/64/54",
        "",
        "TRANSPARENCY Transparency in armaments : resolution / adopted by the General Assembly",
    )
    part = Item(
        2,
        64,
        None,
        "R/64/54",
        "",
        "The President: I shall now put to the vote operative paragraph 5 of it. A",
        para=True,
    )
    texts = texts_of([whole, part])
    assert "Transparency in armaments" in texts[1]
    assert "operative paragraph 5" in texts[1]
    assert plain("Jerusalem : resolution / adopted by the General Assembly") == "Jerusalem"


def test_back_test_from_files(tmp_path: Path) -> None:
    import json

    long, wide, calls = made_up.write(tmp_path, votes())
    for file in (long, wide):
        found = CliRunner().invoke(
            app,
            ["evaluate", "votes", "--votes", str(file), "--roll-calls", str(calls), "--from-session", "68", "--json"],
        )
        assert found.exit_code == 0, found.output
        scored = json.loads(found.stdout)
        assert scored["sessions"] == [68]
        assert scored["votes"] > 600
        assert scored["accuracy"] > scored["baselines"]["all_yes"]["accuracy"]
        assert set(scored) >= {"accuracy", "macro_f1", "novel_accuracy", "ece", "brier", "baselines"}


def test_back_test_needs_a_past() -> None:
    with pytest.raises(UsageError, match="give earlier votes"):
        evaluate(votes(), 61)
    with pytest.raises(UsageError, match="no votes from session 99"):
        evaluate(votes(), 99)
