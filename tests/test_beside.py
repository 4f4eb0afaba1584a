from __future__ import annotations

import os

import pytest

from counterpact.beside import Beside


@pytest.mark.parametrize("fork", ["0", "1"])
def test_the_answer_is_the_same_beside_and_in_place(fork: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPACT_FORK", fork)
    big = list(range(300_000))  # more than a pipe holds at once
    assert Beside(lambda: [x * 2 for x in big]).result() == [x * 2 for x in big]


def test_a_copy_that_dies_costs_time_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPACT_FORK", "1")
    here = os.getpid()

    def work() -> int:
        if os.getpid() != here:
            os._exit(7)
        return 42

    assert Beside(work).result() == 42


def test_an_error_of_the_work_is_raised_where_it_is_asked_for() -> None:
    def work() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Beside(work).result()
