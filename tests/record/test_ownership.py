"""Ownership: BODS and GLEIF on their own examples, FollowTheMoney on a made-up sample, R files on real ones."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpact.errors import SourceError
from counterpact.record import catalog, ingest
from counterpact.record.formats.gleif import lei_valid
from counterpact.record.reading import Reading, SourceFile, open_files
from tests.shared_data import shared

SAMPLES = Path(__file__).parent / "samples"
real = pytest.mark.shared


def reading(name: str, *paths: Path) -> Reading:
    read = catalog.reader(name)(open_files(paths))
    assert ingest.check(name, read, "test") == []
    return read


def rules(read: Reading) -> dict[str, int]:
    return {finding.rule: finding.rows for finding in read.findings}


# --- BODS ----------------------------------------------------------------------------------------------------------


@real
def test_every_statement_of_the_examples_is_kept() -> None:
    paths = sorted(shared("bods", "examples").glob("*.json"))
    read = reading("bods", *paths)
    raw: list[dict[str, Any]] = [s for path in paths for s in json.loads(path.read_text("utf-8"))]
    links = [s["recordDetails"] for s in raw if s["recordType"] == "relationship"]
    parties, interests = read.tables["parties"], read.tables["interests"]
    assert parties.height == sum(s["recordType"] != "relationship" for s in raw) == 63
    assert interests.height == sum(max(1, len(d.get("interests", []))) for d in links) == 78
    exact = [i["share"]["exact"] for d in links for i in d.get("interests", []) if "exact" in i.get("share", {})]
    assert interests["share_exact"].drop_nulls().sort().to_list() == sorted(exact)
    people = parties.filter(pl.col("kind") == "person")
    assert people["nationalities"].list.len().sum() == sum(
        len(s["recordDetails"].get("nationalities", [])) for s in raw
    )


@real
def test_a_record_that_was_closed_is_no_longer_current() -> None:
    read = reading("bods", shared("bods", "examples", "fermcat.json"))
    parties, interests = read.tables["parties"], read.tables["interests"]
    assert parties.filter(pl.col("current") & (pl.col("kind") == "person"))["name"].to_list() == ["Patrick O'Donohue"]
    owner = interests.filter(pl.col("current") & (pl.col("type") == "shareholding"))
    assert owner.select("party", "share_exact").rows() == [("per-41c0bb0cef246f7c", 100.0)]
    past = interests.filter((pl.col("status") == "closed") & (pl.col("type") == "shareholding")).sort("end")
    assert past["end"].to_list() == [date(2021, 4, 3), date(2022, 1, 21)]
    assert "record-status" not in rules(read)


@real
def test_nobody_named_is_a_row_with_its_reason() -> None:
    paths = sorted(shared("bods", "examples").glob("*.json"))
    interests = reading("bods", *paths).tables["interests"]
    silent = interests.filter(pl.col("party_reason").is_not_null())
    assert silent.height >= 1
    assert silent["party"].null_count() == silent.height
    listed = reading("bods", shared("bods", "examples", "listed-company-exempt-from-disclosure.json"))
    assert listed.tables["interests"]["party_reason"].drop_nulls().len() == 1


def statement(record: str, status: str, kind: str = "entity", **details: Any) -> dict[str, Any]:
    return {
        "statementId": f"{record}-{status}-{len(details)}",
        "statementDate": "2024-01-01",
        "publicationDetails": {
            "publicationDate": "2024-01-02",
            "bodsVersion": "0.4",
            "publisher": {"name": "A register"},
        },
        "recordId": record,
        "recordType": kind,
        "recordStatus": status,
        "recordDetails": {"isComponent": False, **details},
    }


def test_bounds_states_and_loose_ends(tmp_path: Path) -> None:
    path = tmp_path / "register.jsonl"
    ends = {"subject": "e1", "interestedParty": "nobody"}
    shares = [
        {"exclusiveMinimum": 25, "maximum": 50},
        {"minimum": 75, "exclusiveMaximum": 100},
        {"exact": 12.5},
    ]
    interests = [{"type": "shareholding", "share": share, "startDate": "2020-05-01"} for share in shares]
    lines = [
        statement("e1", "new", name="One Ltd", entityType={"type": "registeredEntity"}),
        statement("e2", "updated", name="Two Ltd", entityType={"type": "registeredEntity"}),
        statement("r1", "new", "relationship", **ends, interests=interests),
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    read = reading("bods", path)
    frame = read.tables["interests"].select("share_low", "share_high", "low_open", "high_open")
    assert frame.rows() == [(25, 50, True, False), (75, 100, False, True), (12.5, 12.5, False, False)]
    assert rules(read) == {"record-status": 1, "loose-end": 1}


def test_an_older_version_of_the_standard_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    old = statement("e1", "new", name="One Ltd")
    old["publicationDetails"]["bodsVersion"] = "0.3"
    path.write_text(json.dumps([old]))
    with pytest.raises(SourceError, match=r"version 0\.3"):
        reading("bods", path)
    path.write_text('[{"statementID": "x", "statementType": "entityStatement"}]')
    with pytest.raises(SourceError, match="not a package of BODS"):
        reading("bods", path)


# --- GLEIF ---------------------------------------------------------------------------------------------------------


@real
def test_level_1_takes_the_newest_record_of_each() -> None:
    import re

    paths = sorted(shared("gleif").glob("lei-*.xml"))
    read = reading("gleif_level1", *paths)
    codes = {code for path in paths for code in re.findall(r"<lei:LEI>(\w{20})<", path.read_text("utf-8"))}
    entities = read.tables["entities"]
    assert set(entities["entity"]) == codes
    assert entities.height == 25
    assert read.vintage == date(2023, 11, 6)
    assert all(lei_valid(code) for code in codes)
    one = read.tables["names"].filter(pl.col("entity") == "001GPB6A9XPE8XJICC14")
    assert dict(one.select("role", "name").rows())["primary"] == "Fidelity Advisor Leveraged Company Stock Fund"
    base = reading("gleif_level1", shared("gleif", "lei-data.xml"))
    assert base.tables["entities"].height == 13
    assert rules(base) == {"record-count": 13}


@real
def test_level_2_applies_deletions_and_keeps_stated_shares() -> None:
    import re

    paths = sorted(shared("gleif").glob("rr-*.xml"))
    read = reading("gleif_level2", *paths)
    relations = read.tables["relations"]
    keys = set()
    for path in paths:
        for part in path.read_text("utf-8").split("<rr:RelationshipRecord ")[1:]:
            start, end = re.findall(r"<rr:NodeID>(\w+)<", part)
            kind = re.search(r"<rr:RelationshipType>([\w-]+)<", part)
            assert kind
            keys.add((start, kind.group(1).lower().replace("_", " "), end))
    gone = keys - set(relations.select("entity", "relation", "target").rows())
    assert len(gone) == 1  # the one record with a deletion
    assert relations.height == len(keys) - 1 == 20
    assert relations["share"].drop_nulls().to_list() == [100.0, 100.0]
    assert rules(read)["share-unit"] == 2  # stated as 1.00 per cent of consolidated companies
    parents = relations.filter(pl.col("relation").str.contains("consolidated"))
    assert parents["standard"].drop_nulls().len() >= 1


@real
def test_exceptions_and_their_deletion() -> None:
    base, changes = shared("gleif", "repex-data.xml"), shared("gleif", "repex-updates-data2-new.xml")
    first = reading("gleif_exceptions", base).tables["exceptions"]
    frame = reading("gleif_exceptions", base, changes).tables["exceptions"]
    key = ["entity", "category"]
    assert first.height == 10
    assert frame.filter(pl.col("entity") == "2549007VY3IWUVGW7A82").height == 0  # deleted
    assert frame.filter(pl.col("reference") == "Datenschutz!")["reason"].to_list() == ["NATURAL_PERSONS"]
    assert frame.height == len(set(first.select(key).rows()) | set(frame.select(key).rows()))


@real
def test_a_file_of_changes_alone_is_refused() -> None:
    with pytest.raises(SourceError, match="holds only changes"):
        reading("gleif_level2", shared("gleif", "rr-updates-data2.xml"))


@real
def test_another_file_and_a_cut_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match='"RelationshipData" where "LEIData" is expected'):
        reading("gleif_level1", shared("gleif", "rr-data.xml"))
    whole = shared("gleif", "lei-data.xml").read_bytes()
    cut = tmp_path / "lei-data.xml"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="damaged or cut short"):
        reading("gleif_level1", cut)


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18), st.data())
def test_check_digits_of_an_lei_find_one_wrong_sign(base: str, data: st.DataObject) -> None:
    number = int("".join(str(int(c, 36)) for c in f"{base}00"))
    lei = f"{base}{98 - number % 97:02d}"
    assert lei_valid(lei)
    place = data.draw(st.integers(0, 17))
    alike = "0123456789" if lei[place].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    other = data.draw(st.sampled_from(alike))
    # One digit or letter mistaken for another of its kind changes the number by less than 97 times a power of ten.
    assert lei_valid(lei[:place] + other + lei[place + 1 :]) == (other == lei[place])


# --- FollowTheMoney --------------------------------------------------------------------------------------------------


def test_follow_the_money() -> None:
    read = reading("ftm", SAMPLES / "entities.ftm.json")
    entities = {row["entity"]: row for row in read.tables["entities"].to_dicts()}
    assert {key: row["status"] for key, row in entities.items()} == {
        "XX-p1": "listed",
        "XX-c1": "linked",
        "XX-v1": "listed",
        "XX-c2": "delisted",
    }
    assert entities["XX-p1"]["programmes"] == ["DPRK-TEST"]
    assert entities["XX-p1"]["listed"] == date(2024, 5, 16)
    assert entities["XX-c2"]["delisted"] == date(2015, 6, 30)
    ties = {(r["entity"], r["target"]): r for r in read.tables["relations"].to_dicts() if r["relation"] == "owner of"}
    assert (ties["XX-p1", "XX-c1"]["share_low"], ties["XX-p1", "XX-c1"]["share_high"]) == (50, 75)
    assert ties["XX-c1", "XX-v1"]["share_low"] == 100
    assert ties["XX-c2", "XX-c1"]["share_low"] is None
    assert "a minority" in ties["XX-c2", "XX-c1"]["note"]
    numbers = set(read.tables["identifiers"].select("entity", "scheme", "value", "valid").rows())
    assert ("XX-v1", "imo-ship", "9074729", True) in numbers
    assert ("XX-c1", "lei", "00000TESTPRIMER00117", True) in numbers
    assert ("XX-p1", "passport", "75 1234567", None) in numbers
    names = read.tables["names"].filter(pl.col("entity") == "XX-p1")
    assert set(names.select("name", "role", "strength", "script").rows()) == {
        ("Ivan Primer", "primary", None, "latin"),
        ("Иван Пример", "alias", None, "cyrillic"),
        ("I. Primer", "alias", None, "latin"),
        ("Vanya", "alias", "weak", "latin"),
    }
    assert rules(read) == {"other-schema": 1, "loose-end": 1, "share": 1}
    assert read.vintage == date(2026, 5, 2)


@pytest.mark.parametrize(
    "line", ['{"id": "x"}', "not json", '{"id":"x","schema":"Person","properties":{"name":[{"id":1}]}}']
)
def test_a_line_that_is_no_entity_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "entities.ftm.json"
    path.write_text('{"id":"a","schema":"Person","properties":{"name":["A"]}}\n' + line + "\n")
    with pytest.raises(SourceError, match="row 2: this line is no FollowTheMoney entity"):
        reading("ftm", path)


# --- R files -------------------------------------------------------------------------------------------------------


@real
def test_a_data_frame_of_r_with_text_numbers_and_a_pointer() -> None:
    from counterpact.record.formats.rdata import read_rdata

    (table,) = read_rdata(SourceFile(shared("trade", "wiod2013", "WIOD_IndClass.rda"))).values()
    frame = table.frame()
    assert frame.columns == ["RNr", "IndustryCode.WIOD", "Desc"]
    assert frame.row(0) == (1.0, "A01", "Crop and animal production, hunting and related service activities")
    (nafta,) = read_rdata(SourceFile(shared("trade", "cp2015", "cp2015_nafta.rda"))).values()
    assert nafta["sets"]["regions"].value[0] == "Argentina"
    trade = nafta["trade"].frame()
    assert trade.height == 31 * 31 * 40


@real
def test_a_cut_or_foreign_r_file_is_refused(tmp_path: Path) -> None:
    import bz2

    from counterpact.record.formats.rdata import read_rdata

    data = bz2.decompress(shared("trade", "wiod2013", "wiot_2000.RData").read_bytes())
    path = tmp_path / "wiot_2000.RData"
    path.write_bytes(data[:100_000])
    with pytest.raises(SourceError, match="damaged or cut short"):
        read_rdata(SourceFile(path))
    path.write_bytes(b"PK\x03\x04 not R")
    with pytest.raises(SourceError, match="not an R data file"):
        read_rdata(SourceFile(path))


def test_missing_values_factors_and_long_forms_of_r(tmp_path: Path) -> None:
    """A version-3 file written by hand from the description of the format: NA, a factor, 1:3 as a rule."""
    import struct

    from counterpact.record.formats.rdata import MISSING, read_rdata

    def w(*numbers: int) -> bytes:
        return struct.pack(f">{len(numbers)}i", *numbers)

    def char(text: str | None) -> bytes:
        return w(9, -1) if text is None else w(9 | 1 << 18, len(text.encode())) + text.encode()

    def sym(text: str) -> bytes:
        return w(1) + char(text)

    nil, tagged, plain = w(254), w(2 | 1 << 10), w(2)
    names = tagged + sym("names") + w(16, 4) + b"".join(char(n) for n in ("n", "f", "s", "i")) + nil
    real_na = bytes.fromhex("7ff00000000007a2")
    numbers = w(14, 3) + struct.pack(">2d", 1.5, -2.0) + real_na
    levels = tagged + sym("levels") + w(16, 2) + char("low") + char("high") + nil
    factor = w(13 | 1 << 9, 3) + w(2, MISSING, 1) + levels
    text = w(16, 3) + char("a") + char(None) + char("ü")
    rule = w(238) + plain + sym("compact_intseq") + plain + sym("base") + plain + w(13, 1, 13) + nil
    rule += w(14, 3) + struct.pack(">3d", 3, 1, 1) + nil
    frame = w(19 | 1 << 9, 4) + numbers + factor + text + rule + names
    body = b"RDX3\nX\n" + w(3, 0x00040000, 0x00030500, 5) + b"UTF-8" + tagged + sym("x") + frame + nil
    path = tmp_path / "x.rda"
    path.write_bytes(body)
    made = read_rdata(SourceFile(path))["x"].frame()
    assert made.to_dict(as_series=False) == {
        "n": [1.5, -2.0, None],
        "f": ["high", None, "low"],
        "s": ["a", None, "ü"],
        "i": [1, 2, 3],
    }
