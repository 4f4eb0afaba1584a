"""Holdings from a user's table and from what the record reads of BODS and GLEIF."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from counterpact.errors import SourceError, UsageError
from counterpact.lines.sanctions.ownership.asking import ask, holdings_of, listed_in
from counterpact.lines.sanctions.ownership.readers import from_record, from_table
from counterpact.record.ingest import import_files
from counterpact.record.store import Store
from tests.shared_data import shared

DAY = date(2026, 8, 20)


def table(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_with_bands_gaps_and_names(tmp_path: Path) -> None:
    path = table(
        tmp_path / "h.csv",
        "owner,asset,share,kind,joint,owner_name\nX,A,25-50%,,,Bank X\nX,B,,,,\nX,C,>75,,,\nX,D,51,voting,pact,\n",
    )
    made = from_table(path)
    rows = zip(made.owner, made.asset, made.low, made.high, strict=True)
    shares = {(made.ids[o], made.ids[a]): (low, high) for o, a, low, high in rows}
    assert shares == {
        ("X", "A"): (0.25, 0.5),
        ("X", "B"): (0.0, 1.0),
        ("X", "C"): (0.75, 1.0),
        ("X", "D"): (0.51, 0.51),
    }
    assert made.name(made.place["X"]) == "Bank X"
    assert int(made.joint.max()) == 0


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("owner,asset\nX,A\n", "share"),
        ("owner,asset,share\nX,A,50\nX,B,-5\n", r"row 3, column \"share\""),
        ("owner,asset,share\nX,A,120\n", r"row 2, column \"share\""),
        ("owner,asset,share\nX,A,half\n", "is no share between"),
        ("owner,asset,share,kind\nX,A,5,love\n", "kind is none of"),
        ("owner,asset,share\n,A,5\n", "the owner is missing"),
    ],
)
def test_broken_tables_name_the_row(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(SourceError, match=where):
        from_table(table(tmp_path / "h.csv", text))


def test_listed_ids_from_lines_or_a_column(tmp_path: Path) -> None:
    assert listed_in(table(tmp_path / "a.txt", "X\n\n Y \n")) == ("X", "Y")
    assert listed_in(table(tmp_path / "b.csv", "entity,name\nX,Bank\nY,Firm\n")) == ("X", "Y")
    with pytest.raises(SourceError, match="no column entity"):
        listed_in(table(tmp_path / "c.csv", "id,name\nX,Bank\n"))


def test_nobody_listed_and_no_data(tmp_path: Path) -> None:
    made = from_table(table(tmp_path / "h.csv", "owner,asset,share\nX,A,50\n"))
    with pytest.raises(UsageError, match="nobody is listed"):
        ask(made, [], day=DAY)
    with pytest.raises(SourceError, match="no ownership data"):
        holdings_of(None, Store(tmp_path))
    early = ask(made, ["X"], day=date(2009, 1, 1))
    assert list(early.decisions) == ["OFAC"]


@pytest.mark.shared
def test_statements_and_relations_of_the_record(tmp_path: Path) -> None:
    store = Store(tmp_path)
    import_files(store, "bods", sorted(shared("bods", "examples").glob("*.json")), vintage=DAY)
    made = from_record(store)
    parts = store.table("bods", table="interests")
    whole = parts.filter(
        parts["current"] & (parts["type"] == "shareholding") & (parts["share_exact"] == 100)
        & (parts["direct"] == "direct")
        & parts["party"].is_not_null() & parts["subject"].is_not_null() & parts["end"].is_null()
    )  # fmt: skip
    assert whole.height
    party, subject = whole["party"][0], whole["subject"][0]
    answer = ask(made, [party], day=DAY)
    assert {r: d.word(subject) for r, d in answer.decisions.items()} == {
        "OFAC": "blocked",
        "EU": "blocked",
        "UK": "blocked",
    }
    assert answer.interest[subject] == (1.0, 1.0)
    import_files(store, "gleif_level2", [shared("gleif", "rr-data.xml")], vintage=DAY)
    both = from_record(store)
    assert len(both.ids) > len(made.ids)
    relations = store.table("gleif_level2")
    tied = relations.filter(relations["relation"] == "is directly consolidated by")
    parent, child = tied["target"][0], tied["entity"][0]
    words = {r: d.word(child) for r, d in ask(both, [parent], day=DAY).decisions.items()}
    assert words == {"OFAC": "not", "EU": "blocked", "UK": "blocked"}  # consolidated, no share stated: control
