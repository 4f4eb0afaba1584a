"""Recorded edits: on top of the tables, chained by revision, taken back by new events, hand edits noticed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpact.case import events as ev
from counterpact.case.case import Case
from counterpact.case.check import case_notes
from counterpact.case.diff import diff_cases
from counterpact.case.events import Edit, adopt_hand_edits, append, apply, at, history, undo
from counterpact.case.read import read_case, shipped_cases
from counterpact.case.write import case_files, write_case
from counterpact.errors import CaseError, UsageError
from tests.case.starters import STARTER, change, copy_to

WHO: dict[str, Any] = {"author": "Ada", "reason": "a second look"}
LOW = Edit("facts/F001", "low", "1200000")


def _edit(folder: Path, *edits: Edit, time: str = "2026-01-01T00:00:00Z") -> Case:
    return append(folder, edits, **WHO, time=time)


def test_an_edit_lies_on_top_of_tables_that_stay_as_they_are(folder: Path) -> None:
    before = read_case(folder)
    tables = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    after = _edit(folder, LOW)
    assert after.facts["F001"].low == 1_200_000
    assert {path.name: path.read_bytes() for path in folder.glob("*.csv")} == tables
    again = read_case(folder)
    assert again == after
    assert again.revision != before.revision
    (step,) = history(again)
    assert (step.event.parent, step.revision) == (before.revision, again.revision)
    assert (step.event.author, step.event.reason) == ("Ada", "a second look")
    assert (step.event.entity, step.event.field, step.event.old, step.event.new) == (
        "facts/F001", "low", "1000000", "1200000",
    )  # fmt: skip


def test_undo_is_a_new_event_and_is_refused_when_the_value_has_changed(folder: Path) -> None:
    first = _edit(folder, LOW).events[0]
    second = _edit(folder, Edit("facts/F001", "low", "1300000")).events[1]
    with pytest.raises(CaseError, match='is "1300000", but the edit expects "1200000"'):
        undo(folder, first.id, author="Bo")
    assert len(read_case(folder).events) == 2
    undo(folder, second.id, author="Bo")
    after = undo(folder, first.id[:6], author="Bo")
    assert after.facts == read_case(STARTER).facts
    assert [event.undoes for event in after.events] == ["", "", second.id, first.id]
    redone = undo(folder, after.events[-1].id, author="Bo")
    assert redone.facts["F001"].low == 1_200_000


def test_rows_are_made_and_deleted_by_events(folder: Path) -> None:
    cells = {"id": "F009", "subject": "A", "object": "B", "statement": "Said.", "origin": "X", "source": "S001"}
    made = _edit(folder, Edit("facts/F009", "", cells))
    assert made.facts["F009"].statement == "Said."
    gone = undo(folder, made.events[-1].id, author="Bo")
    assert "F009" not in gone.facts
    back = undo(folder, gone.events[-1].id, author="Bo")
    assert back.facts["F009"] == made.facts["F009"]
    assert read_case(folder) == back
    with pytest.raises(CaseError, match="a whole row, but the edit expects not there"):
        _edit(folder, Edit("facts/F009", "", cells, old=None))
    with pytest.raises(CaseError, match="is not a source of this case"):
        _edit(folder, Edit("sources/S001", "", None))  # facts still cite it


def test_the_head_is_edited_too(folder: Path) -> None:
    after = _edit(folder, Edit("case", "horizon", [2024, 2030]), Edit("case", "known_gaps", None))
    assert after.head.horizon == (2024, 2030)
    assert after.head.known_gaps == ()
    assert read_case(folder) == after
    back = undo(folder, after.events[1].id, author="Bo")
    assert back.head.known_gaps == read_case(STARTER).head.known_gaps


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit("facts/F001", "low", "1200000", old="7"), 'is "1000000", but the edit expects "7"'),
        (Edit("facts/F001", "low", "1000000"), "has this value already"),
        (Edit("facts/F001", "low", "1,2E+06"), "decimal comma"),
        (Edit("facts/F001", "low", "9000000"), "is above high"),
        (Edit("facts/F001", "lo", "1"), 'Did you mean "low"'),
        (Edit("facts/F001", "source", "S009"), "is not a source of this case"),
        (Edit("facts/F001", "id", "F077"), "An id cannot change"),
        (Edit("facts/F077", "low", "1"), "not there"),
        (Edit("fact/F001", "low", "1"), 'Did you mean "facts"'),
        (Edit("facts", "low", "1"), "names no row"),
        (Edit("channels/shells-sea", "capacity_low", "-3"), "below 0"),
        (Edit("case", "tittle", "x"), 'Did you mean "title"'),
        (Edit("case", "baseline", 1999), "outside the horizon"),
        (Edit("case", "baseline", "soon"), "integer"),
    ],
)
def test_a_wrong_edit_is_refused_and_nothing_is_written(edit: Edit, words: str, folder: Path) -> None:
    with pytest.raises(CaseError) as caught:
        _edit(folder, LOW if edit.entity != LOW.entity else Edit("case", "title", "T"), edit)  # all or none
    assert words in str(caught.value)
    assert {path.name for path in folder.iterdir()} == {path.name for path in STARTER.iterdir()}


def test_an_edit_needs_an_author_and_a_folder_of_ones_own(folder: Path) -> None:
    with pytest.raises(CaseError, match="needs an author"):
        append(folder, LOW, author=" ", reason="")
    for name in shipped_cases():
        with pytest.raises(CaseError, match="not edited in place"):
            append(name, LOW, author="Ada", reason="")


def test_a_changed_or_torn_log_is_reported_by_line(folder: Path) -> None:
    _edit(folder, LOW)
    _edit(folder, Edit("facts/F001", "low", "1300000"))
    log = folder / "events.jsonl"
    sound = log.read_text()
    log.write_text(sound.replace("1300000", "1400000"))
    with pytest.raises(CaseError, match=r"events.jsonl, row 2: .*the line was changed"):
        read_case(folder)
    log.write_text(sound[:-20])
    with pytest.raises(CaseError, match=r"events.jsonl, row 2: the line cannot be read"):
        read_case(folder)
    log.write_text("".join(sound.splitlines(keepends=True)[1:]))
    with pytest.raises(CaseError, match=r'events.jsonl, row 1, column "old": .* is "1000000", but event'):
        read_case(folder)


def test_a_hand_edit_is_noticed_counts_and_becomes_events(folder: Path, tmp_path: Path) -> None:
    first = _edit(folder, LOW)
    change(folder, "channels.csv", "Grain by rail", "Grain by train")
    change(folder, "needs.csv", "need-grain", "need-of-grain")
    change(folder, "case.yml", "A starter case", "My case")
    seen = read_case(folder)
    assert [(e.entity, e.field) for e in seen.hand_edits] == [
        ("case", "title"), ("channels/grain-rail", "name"), ("needs/need-grain", ""), ("needs/need-of-grain", ""),
    ]  # fmt: skip
    assert seen.channels["grain-rail"].name == "Grain by train"
    assert seen.revision != first.revision
    assert any("by hand" in str(note) for note in case_notes(seen))

    adopted = adopt_hand_edits(folder, author="Bo", time="2026-02-01T00:00:00Z")
    assert not adopted.hand_edits
    assert [event.by_hand for event in adopted.events] == [False, True, True, True, True]
    assert (adopted.head, adopted.rows) == (seen.head, seen.rows)
    assert read_case(folder) == adopted
    assert adopt_hand_edits(folder, author="Bo") == adopted

    back = undo(folder, adopted.events[2].id, author="Bo")
    assert back.channels["grain-rail"].name == "Grain by rail"
    assert not read_case(folder).hand_edits
    written = write_case(back, tmp_path / "copy")
    assert {p.relative_to(written): p.read_bytes() for p in written.rglob("*") if p.is_file()} == {
        p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_the_next_recorded_edit_records_hand_edits_first(folder: Path) -> None:
    _edit(folder, LOW)
    change(folder, "channels.csv", "Grain by rail", "Grain by train")
    after = _edit(folder, Edit("facts/F001", "low", "1300000"))
    assert [(event.entity, event.by_hand) for event in after.events] == [
        ("facts/F001", False), ("channels/grain-rail", True), ("facts/F001", False),
    ]  # fmt: skip
    assert read_case(folder) == after


def test_a_hand_edit_of_a_value_that_was_edited_is_a_conflict(folder: Path) -> None:
    _edit(folder, LOW)
    change(folder, "facts.csv", "1000000,1500000", "1100000,1500000")
    with pytest.raises(CaseError, match="counterpact case edit"):
        read_case(folder)


def test_saving_from_a_spreadsheet_without_a_change_is_no_edit(folder: Path) -> None:
    before = _edit(folder, LOW)
    for path in folder.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_case(folder) == before


def test_a_case_as_it_was_at_a_revision_or_date(folder: Path) -> None:
    start = read_case(folder)
    one = _edit(folder, LOW, time="2026-01-05T10:00:00Z")
    two = _edit(folder, Edit("facts/F001", "low", "1300000"), time="2026-03-01T10:00:00Z")
    assert at(two, start.revision).rows == start.rows
    assert at(two, one.revision[:6]).facts["F001"].low == 1_200_000
    assert at(two, "2025-12-31").revision == start.revision
    assert at(two, "2026-01").revision == one.revision
    assert at(two, "2026-03-01").revision == two.revision
    assert [str(c) for c in diff_cases(at(two, "2026-02"), two).changes] == ["facts/F001  low: 1200000 → 1300000"]
    with pytest.raises(CaseError, match="is not a revision of this case"):
        at(two, "ffffffffffff0")


def test_two_logs_of_the_same_case_can_be_merged_and_are_noted(folder: Path, tmp_path: Path) -> None:
    other = copy_to(tmp_path / "other" / "starter")
    _edit(folder, LOW)
    _edit(other, Edit("facts/F002", "note", "from the other copy"))
    with (folder / "events.jsonl").open("ab") as log:
        log.write((other / "events.jsonl").read_bytes())
    case = read_case(folder)
    assert case.facts["F001"].low == 1_200_000
    assert case.facts["F002"].note == "from the other copy"
    assert any(f"another copy of this case: {case.events[1].id}" in str(note) for note in case_notes(case))
    undo(folder, case.events[1].id, author="Bo")
    assert len([n for n in case_notes(read_case(folder)) if "another copy" in str(n)]) == 1


def test_a_waiting_lock_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ev, "_PATIENCE", 0.0)
    (folder / "events.lock").touch()
    with pytest.raises(CaseError, match="somebody else is editing"):
        _edit(folder, LOW)


def test_writers_at_the_same_time_lose_nothing(folder: Path) -> None:
    """Six writers, each reading the current case under the lock: all edits are there and the chain is unbroken."""
    ids = ["F001", "F002", "F003"] * 2
    columns = ["theme"] * 3 + ["note"] * 3
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: _edit(folder, Edit(f"facts/{ids[n]}", columns[n], f"by {n}")), range(6)))
    case = read_case(folder)
    assert sorted(str(event.new) for event in case.events) == [f"by {n}" for n in range(6)]
    parents = [read_case(STARTER).revision, *(step.revision for step in history(case))]
    assert [event.parent for event in case.events] == parents[:-1]
    assert not list(folder.glob(".*"))


def test_a_killed_first_edit_leaves_the_case_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_case(folder)

    def killed(path: Path, data: bytes) -> None:
        if path.name.endswith(".jsonl.new"):
            path.write_bytes(data[:40])
            raise KeyboardInterrupt
        real(path, data)

    real = ev.write_synced
    monkeypatch.setattr(ev, "write_synced", killed)
    with pytest.raises(KeyboardInterrupt):
        _edit(folder, LOW)
    monkeypatch.undo()
    assert read_case(folder) == before
    change(folder, "channels.csv", "Grain by rail", "Grain by train")  # before any edit was recorded
    assert not _edit(folder, LOW).hand_edits
    assert read_case(folder).channels["grain-rail"].name == "Grain by train"


def test_edits_in_memory_need_no_folder(folder: Path) -> None:
    case = read_case(folder)
    bare = Case(case.head, case.rows)
    after = apply(bare, [LOW], author="Ada", reason="")
    assert after.facts["F001"].low == 1_200_000
    again = apply(after, [Edit("facts/F001", "low", "1300000")], author="Ada", reason="")
    assert len(again.events) == 2
    assert at(again, after.revision).facts == after.facts
    assert "events.jsonl" in case_files(again)


CELLS = st.sampled_from(["1", "2", "3", "", "1000000"])
EDITS = st.lists(st.tuples(st.sampled_from(["F001", "F002"]), st.sampled_from(["low", "note", "theme"]), CELLS))


@given(EDITS)
@settings(max_examples=40, deadline=None)
def test_undoing_everything_backwards_gives_the_start(edits: list[tuple[str, str, str]]) -> None:
    start = case = read_case(STARTER)
    for row, field, cell in edits:
        try:
            case = apply(case, [Edit(f"facts/{row}", field, cell)], author="Ada", reason="")
        except CaseError:
            continue  # the same value, or "at least" without a number
    for event in reversed(case.events):
        case = apply(case, [Edit(event.entity, event.field, event.old, old=event.new)], author="Ada", reason="")
    assert case.rows == start.rows
    lines = [json.loads(event.line()) for event in case.events]
    assert len({line["id"] for line in lines}) == len(lines)


def test_words_of_the_command_line_become_edits() -> None:
    assert ev.wish("facts/F1", "low", "3") == Edit("facts/F1", "low", "3")
    assert ev.wish("case", "horizon", "[2024, 2027]") == Edit("case", "horizon", [2024, 2027])
    assert ev.wish("case", "title", "Plain words") == Edit("case", "title", "Plain words")
    assert ev.wish("goods/x", cells=["name=A=B", "unit=t"]) == Edit(
        "goods/x", "", {"id": "x", "name": "A=B", "unit": "t"}
    )
    assert ev.wish("goods/x", delete=True) == Edit("goods/x", "", None)
    for wrong in (("",), ("facts/F1",), ("facts/F1", "low")):
        with pytest.raises(UsageError):
            ev.wish(*wrong)
