"""Sealed forecasts: what is refused, what tampering breaks, and scores worked by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from counterpact.errors import SourceError, UsageError
from counterpact.lines.diplomacy.track.ledger import read, scores, seal, settle

MADE, DAY = date(2026, 3, 1), date(2026, 3, 10)
CHANCES = {
    "USA": {"yes": 0.8, "abstain": 0.1, "no": 0.1, "absent": 0.0},
    "CHN": {"yes": 0.1, "abstain": 0.3, "no": 0.6, "absent": 0.0},
    "IND": {"yes": 0.0, "abstain": 1.0, "no": 0.0, "absent": 0.0},
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "forecasts.jsonl"


def test_scores_by_hand(path: Path) -> None:
    name = seal(path, "draft", CHANCES, made=MADE, vote_day=DAY, known={"IND": "abstain"})
    settle(path, name[:10], {"USA": "yes", "CHN": "abstain", "IND": "abstain"}, day=DAY)
    found = scores(read(path))
    # USA .04 + .01 + .01; CHN .01 + .49 + .36; India was known and is left out
    assert found.brier == pytest.approx((0.06 + 0.86) / 2)
    assert (found.sealed, found.settled, found.votes) == (1, 1, 2)
    assert sum(count for _, _, count, _, _ in found.bins) == 8
    tenth = next(row for row in found.bins if row[0] == 0.1)
    assert tenth[2:] == (3, pytest.approx(0.1), 0.0)


def test_a_forecast_after_the_vote_is_refused(path: Path) -> None:
    with pytest.raises(UsageError, match="after the vote"):
        seal(path, "draft", CHANCES, made=date(2026, 3, 11), vote_day=DAY)
    assert not path.exists()


@pytest.mark.parametrize("change", ["edit", "drop", "swap", "add"])
def test_tampering_is_noticed(path: Path, change: str) -> None:
    for number in range(3):
        seal(path, f"draft {number}", CHANCES, made=MADE, vote_day=DAY)
    lines = path.read_text("utf-8").splitlines()
    if change == "edit":
        lines[1] = lines[1].replace("0.8", "0.9")
    elif change == "drop":
        del lines[1]
    elif change == "swap":
        lines[0], lines[1] = lines[1], lines[0]
    else:
        lines.insert(1, "{}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(SourceError, match="not what was sealed"):
        read(path)
    before = path.read_bytes()
    with pytest.raises(SourceError):
        seal(path, "one more", CHANCES, made=MADE, vote_day=DAY)
    assert path.read_bytes() == before


def test_what_is_sealed_has_the_same_hash_anywhere(tmp_path: Path) -> None:
    turned = {state: dict(reversed(row.items())) for state, row in reversed(CHANCES.items())}
    first = seal(tmp_path / "a", "draft", CHANCES, made=MADE, vote_day=DAY)
    assert first == seal(tmp_path / "b", "draft", turned, made=MADE, vote_day=DAY)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_settling_is_done_once_and_only_for_what_is_sealed(path: Path) -> None:
    name = seal(path, "draft", CHANCES, made=MADE, vote_day=DAY)
    with pytest.raises(UsageError, match="names 0"):
        settle(path, "ffff", {"USA": "yes"}, day=DAY)
    with pytest.raises(UsageError, match="no position"):
        settle(path, name, {"USA": "maybe"}, day=DAY)
    with pytest.raises(UsageError, match="before the forecast"):
        settle(path, name, {"USA": "yes"}, day=date(2026, 2, 1))
    settle(path, name, {"USA": "yes"}, day=DAY)
    with pytest.raises(UsageError, match="already"):
        settle(path, name, {"USA": "no"}, day=DAY)
    with pytest.raises(UsageError, match="no chances"):
        seal(path, "draft", {"USA": {"yes": 0.4}}, made=MADE, vote_day=DAY)
