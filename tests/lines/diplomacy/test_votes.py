"""Reading votes: long and wide, codes of their time, and what must be refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from counterpact.errors import SourceError, UsageError
from counterpact.lines.diplomacy.votes import read_votes
from counterpact.lines.diplomacy.votes.files import session_of, symbol
from counterpact.lines.diplomacy.votes.states import state_of
from tests.lines.diplomacy import made_up

CALLS = "rcid,session,date,unres,descr\n1,40,1985-11-01,R/40/1,One\n2,59,2004-11-01,R/59/1,Two\n"


def files(folder: Path, votes: str, calls: str = CALLS) -> tuple[list[Path], list[Path]]:
    (folder / "votes.csv").write_text(votes, "utf-8")
    (folder / "calls.csv").write_text(calls, "utf-8")
    return [folder / "votes.csv"], [folder / "calls.csv"]


def test_long_and_wide_say_the_same(tmp_path: Path) -> None:
    made = made_up.table(sessions=2, each=5, count=30)
    made.vote[0][made.vote[0] == 3] = 2  # a long table says nothing of a member before its first vote
    long, wide, calls = made_up.write(tmp_path, made)
    one, two = read_votes([long], [calls]), read_votes([wide], [calls])
    assert one.codes == two.codes == made.codes
    np.testing.assert_array_equal(one.vote, made.vote)
    np.testing.assert_array_equal(two.vote, made.vote)


def test_wide_by_resolution_and_turned(tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text(CALLS)
    upright = tmp_path / "upright.csv"
    upright.write_text("resolution,USA,RUS\nA/RES/40/1,NO,YES\nA/RES/59/1,ABSTAIN,\n")
    turned = tmp_path / "turned.csv"
    turned.write_text("iso3,A/RES/40/1,A/RES/59/1\nUSA,3,2\nRUS,1,8\n")
    for path in (upright, turned):
        table = read_votes([path], [calls])
        assert table.vote[:, table.column["USA"]].tolist() == [0, 1]
        assert int(table.vote[0, table.column["RUS"]]) == 2


def test_a_wide_table_may_bring_its_own_roll_calls(tmp_path: Path) -> None:
    wide = tmp_path / "wide.csv"
    wide.write_text(
        "resolution,date,title,USA,FRA\nA/RES/77/1,2022-11-03,Peace,Y,N\nA/RES/ES-11/1,2022-03-02,War,Y,Y\n"
    )
    table = read_votes([wide])
    assert [item.session for item in table.items] == [76, 77]  # the special session counts to the 76th by its day
    assert {item.title for item in table.items} == {"Peace", "War"}


def test_codes_mean_what_they_meant_then(tmp_path: Path) -> None:
    votes, calls = files(
        tmp_path,
        "rcid,country,country_code,vote\n1,Czechoslovakia,CS,yes\n2,Serbia and Montenegro,CS,no\n1,Yugoslavia,YU,no\n"
        "1,German Democratic Republic,DD,yes\n1,USSR,SU,yes\n2,Russia,RU,no\n1,Yemen People's Republic,YD,yes\n",
    )
    table = read_votes(votes, calls)
    assert table.cow.tolist() == [265, 315, 345, 365, 680]
    assert table.vote[:, list(table.cow).index(365)].tolist() == [2, 0]  # the Soviet Union and Russia are one column
    assert table.vote[:, list(table.cow).index(345)].tolist() == [0, 0]
    assert state_of("RUS", None, 1980).iso3 == "SUN"  # type: ignore[union-attr]


def test_the_same_vote_twice_counts_once_and_a_clash_is_refused(tmp_path: Path) -> None:
    head = "rcid,country,country_code,vote\n1,France,FR,yes\n1,Italy,IT,no\n"
    table = read_votes(*files(tmp_path, head + "1,France,FR,yes\n"))
    assert any("given twice and agree" in note for note in table.notes)
    with pytest.raises(SourceError, match="given twice and differ"):
        read_votes(*files(tmp_path, head + "1,France,FR,no\n"))


def test_unknown_states_are_named_and_strange_votes_refused(tmp_path: Path) -> None:
    head = "rcid,country,country_code,vote\n1,France,FR,yes\n1,Italy,IT,no\n1,Spain,ES,no\n"
    table = read_votes(*files(tmp_path, head + "1,Atlantis,XX,yes\n"))
    assert any("Atlantis" in note for note in table.notes)
    with pytest.raises(SourceError, match=r'row 5.*"perhaps" is not a vote'):
        read_votes(*files(tmp_path, head + "1,Chad,TD,perhaps\n"))
    with pytest.raises(SourceError, match="states are unknown"):
        read_votes(*files(tmp_path, "rcid,country,country_code,vote\n1,Oz,,yes\n1,Narnia,,no\n"))
    with pytest.raises(SourceError, match="no vote names a roll call"):
        read_votes(*files(tmp_path, "rcid,country,country_code,vote\n99,France,FR,yes\n"))
    with pytest.raises(UsageError, match="no file of votes"):
        read_votes([])


def test_sessions_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    calls = "rcid,session,date,unres,descr\n2,59,2004-11-01,R/59/1,Two\n1,40,1985-11-01,R/40/1,One\n"
    table = read_votes(*files(tmp_path, "rcid,country,country_code,vote\n1,France,FR,yes\n2,France,FR,no\n", calls))
    assert [item.session for item in table.items] == [40, 59]
    assert any("out of the order" in note for note in table.notes)


def test_an_absent_member_is_absent_and_a_later_member_is_none(tmp_path: Path) -> None:
    calls = "rcid,session,date,unres,descr\n1,59,2004-10-01,,a\n2,59,2004-11-01,,b\n"
    votes = "rcid,country,country_code,vote\n1,France,FR,yes\n2,France,FR,yes\n1,Chad,TD,yes\n2,Palau,PW,no\n"
    table = read_votes(*files(tmp_path, votes, calls))
    assert table.vote[:, table.column["TCD"]].tolist() == [2, 3]
    assert table.vote[:, table.column["PLW"]].tolist() == [-1, 0]


def test_symbols_and_sessions() -> None:
    from datetime import date

    assert symbol("A/RES/70/5") == symbol("R/70/5") == "70/5"
    assert session_of(date(2022, 3, 2)) == 76
    assert session_of(date(2022, 10, 12)) == 77


def test_rows_numbered_for_themselves_do_not_fall_on_old_roll_calls(tmp_path: Path) -> None:
    votes, calls = files(tmp_path, "rcid,country,country_code,vote\n1,France,FR,yes\n2,France,FR,no\n")
    wide = tmp_path / "wide.csv"
    wide.write_text("id,date,title,USA,FRA\n1,2022-11-03,Peace,Y,N\n2,2023-11-03,War,Y,Y\n3,2023-11-04,Sea,Y,N\n")
    table = read_votes([*votes, wide], calls)
    assert [item.session for item in table.items] == [40, 59, 77, 78, 78]
    assert table.vote[:, table.column["FRA"]].tolist() == [2, 0, 0, 2, 0]
