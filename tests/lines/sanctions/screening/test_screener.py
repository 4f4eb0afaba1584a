"""A whole index: finding, numbers that settle, evidence, reasons that add up, the decision log, watches, files."""

from __future__ import annotations

import math
import random
from datetime import date
from pathlib import Path

import pytest

from counterpact.errors import SourceError, UsageError
from counterpact.lines.sanctions.lists import load_list
from counterpact.lines.sanctions.screening import batch
from counterpact.lines.sanctions.screening.decisions import Log
from counterpact.lines.sanctions.screening.index import build, load, save
from counterpact.lines.sanctions.screening.query import make
from counterpact.lines.sanctions.screening.screener import Answer, Screener
from counterpact.lines.sanctions.screening.watch import watch
from counterpact.record.store import hash_file
from tests.lines.sanctions.screening.sample import SHIP, index, sample
from tests.shared_data import shared

TODAY = date(2026, 6, 1)


def ask(name: str = "", **more: object) -> Answer:
    return Screener(index(), threshold=0.5).one(make(name, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("Igor Testov", "1"), ("Тестов Игорь Павлович", "1"), ("Igor Testow", "1"), ("김성훈", "2"),
        ("Kim Songhun", "2"),
        ("Sever Trading LLC", "3"), ("M/V Sea Beaver 5", "4"), ("Abdulrahman al Testi", "5"), ("NordlichtBank", "6"),
    ],
)  # fmt: skip
def test_it_finds_treated_names(name: str, entity: str) -> None:
    assert [hit.entry.id for hit in ask(name).hits][:1] == [f"sample:{entity}"]


def test_a_stranger_is_not_found() -> None:
    assert ask("Wilhelmine Quatschnick").hits == ()


def test_a_ships_number_settles_whatever_the_name() -> None:
    hit = ask("QUITE ANOTHER", numbers={"imo": f"IMO {SHIP}"}).hits[0]
    assert hit.settled
    assert hit.entry.id == "sample:4"
    assert "check digit" in ask("x y", numbers={"imo": "9074720"}).ignored[0]


def test_dates_countries_and_gender_move_the_score_the_right_way() -> None:
    def score(**more: object) -> float:
        return ask("Igor Testov", **more).hits[0].score

    assert score(born="1970-05-12") > score(born="1970") > score() > score(born="1931")
    assert score(countries=["ru"]) > score() > score(countries=["France"])
    assert score(gender="female") < score(gender="male")


def test_the_points_of_the_reasons_add_up_to_the_score() -> None:
    for hit in ask("Igor P. Testow", born="1970", countries=["kp"]).hits:
        assert sum(r.points for r in hit.reasons) == pytest.approx(math.log(hit.score / (1 - hit.score)), abs=0.02)


def test_many_gives_what_one_gives() -> None:
    names = ["Igor Testov", "", "x", "Sever Trading", "Kim Song Hun", "Wilhelmine"]
    screener = Screener(index(), threshold=0.5)
    together = [[h.entry.id for h in a.hits] for a in screener.many([make(n) for n in names])]
    assert together == [[h.entry.id for h in screener.one(make(n)).hits] for n in names]


def test_the_index_is_the_same_after_a_file(tmp_path: Path) -> None:
    save(index(), tmp_path / "a.index")
    save(build([sample()]), tmp_path / "b.index")
    assert hash_file(tmp_path / "a.index") == hash_file(tmp_path / "b.index")
    again = Screener(load(tmp_path / "a.index"), threshold=0.5).one(make("Igor Testov"))
    assert again.hits == ask("Igor Testov").hits
    (tmp_path / "c.index").write_bytes(b"not an index at all")
    with pytest.raises(SourceError, match="index"):
        load(tmp_path / "c.index")


def test_a_dismissed_pair_stays_quiet_until_a_side_changes(tmp_path: Path) -> None:
    log = Log(tmp_path)
    query = make("Igor Testov", born="1970")
    screener = Screener(index(), threshold=0.5)
    answer = screener.one(query)
    log.decide(query, answer.hits[0].entry, "dismissed", why="another person", by="A. Nalyst", until=date(2026, 12, 31))

    def seen(asked: object, day: date = TODAY, using: Screener = screener) -> bool:
        return any(h.entry.id == "sample:1" for a in log.quiet([using.one(asked)], day) for h in a.hits)  # type: ignore[arg-type]

    assert not seen(query)
    assert seen(make("Igor Testov", born="1971"))
    assert seen(query, date(2027, 1, 1))
    changed = Screener(build([sample(remarks="Gender: Male; new remarks. Gender: Female")]), threshold=0.5)
    assert not seen(query, TODAY, changed)  # the remarks alone are not part of what is compared
    assert seen(query, TODAY, Screener(build([sample(remarks="Gender: Female")]), threshold=0.5))
    text = (tmp_path / "decisions.jsonl").read_text()
    assert "Testov" not in text
    assert "igor" not in text.lower()
    assert log.purge(date(2040, 1, 1)) == 1
    assert seen(query)
    with pytest.raises(UsageError):
        log.decide(query, answer.hits[0].entry, "dismissed", why="", by="A")


def test_a_watch_tells_what_changed(tmp_path: Path) -> None:
    log, query = Log(tmp_path), make("Igor Testov")

    def look(screener: Screener) -> list[str]:
        return [f"{c.what} {c.entity}" for c in watch([("2", screener.one(query))], log, "w")]

    first = Screener(index(), threshold=0.5)
    assert look(first) == ["new sample:1"]
    assert look(first) == []
    assert look(Screener(build([sample(remarks="Gender: Female")]), threshold=0.5)) == ["changed sample:1"]
    assert look(Screener(build([sample()]), threshold=0.999)) == ["gone sample:1"]
    assert "Testov" not in (tmp_path / "watch" / "w.json").read_text()


def test_tables_are_read_in_three_forms(tmp_path: Path) -> None:
    import openpyxl
    import polars as pl

    frame = pl.DataFrame({"Full_Name": ["Igor Testov", None], "DOB": ["1970", ""]})
    frame.write_csv(tmp_path / "a.csv")
    frame.write_parquet(tmp_path / "a.parquet")
    book = openpyxl.Workbook()
    for row in (("Full_Name", "DOB"), ("Igor Testov", 1970), (None, None)):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    made = [batch.queries(batch.read_table(tmp_path / f"a.{end}")) for end in ("csv", "parquet", "xlsx")]
    assert made[0] == made[1] == made[2]
    assert made[0][0].born is not None
    (tmp_path / "b.csv").write_text("colour\nred\n")
    with pytest.raises(SourceError, match="no column holds names"):
        batch.read_table(tmp_path / "b.csv")


@pytest.mark.shared
def test_half_a_list_is_refused(tmp_path: Path) -> None:
    text = shared("lists", "un", "un_consolidated_2026-02-27.xml").read_text("utf-8")
    people = text.split("<INDIVIDUAL>")
    (tmp_path / "half.xml").write_text(
        "<INDIVIDUAL>".join(people[:229]) + text[text.index("</INDIVIDUALS>") :], "utf-8"
    )
    with pytest.raises(SourceError, match="rows"):
        load_list(f"un_consolidated={tmp_path / 'half.xml'}")


@pytest.mark.shared
def test_real_names_with_typing_errors_are_found() -> None:
    """Every tenth name of the UN list with two neighbouring letters exchanged finds its own entry."""
    one = load_list(str(shared("lists", "un", "un_consolidated_2026-02-27.xml")))
    screener = Screener(build([one]), threshold=0.5)
    rng = random.Random(0)
    wanted, queries = [], []
    for entity, kind, name in one.tables["entities"].select("entity", "kind", "name").rows()[::10]:
        if len(name) < 8:
            continue
        at = rng.randrange(1, len(name) - 2)
        queries.append(make(name[:at] + name[at + 1] + name[at] + name[at + 2 :], kind=kind))
        wanted.append(f"un_consolidated:{entity}")
    found = [any(h.entry.id == w for h in a.hits) for w, a in zip(wanted, screener.many(queries), strict=True)]
    assert sum(found) / len(found) > 0.97


def test_an_engine_gives_what_one_process_gives(tmp_path: Path) -> None:
    from counterpact.cluster import engine
    from counterpact.lines.sanctions.screening.spread import spread

    save(index(), tmp_path / "a.index")
    queries = [make(name) for name in ("Igor Testov", "Wilhelmine", "Sever Trading", "")]
    found = spread(queries, tmp_path / "a.index", engine("1"), threshold=0.5)
    alone = Screener(index(), threshold=0.5)
    assert [[h[0] for h in hits] for hits in found] == [
        [h.entry.id for h in alone.one(q, limit=5).hits] for q in queries
    ]
