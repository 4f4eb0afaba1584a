"""Sanctions lists: counts of the real files, small native samples, and files that are not as they should be."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpact.errors import SourceError
from counterpact.record import catalog
from counterpact.record.formats import uk
from counterpact.record.formats.listing import Listing, imo_company, imo_ship, script
from counterpact.record.ingest import check, import_files
from counterpact.record.library import recognise
from counterpact.record.reading import Reading, open_files
from counterpact.record.store import Store
from tests.shared_data import shared

SAMPLES = Path(__file__).parent / "samples"


def read(name: str, *paths: Path, believed: bool = True) -> Reading:
    """Read files and hold the result against dataset.yml; `believed=False` allows a sample's few rows."""
    files = open_files(paths)
    reading = catalog.reader(name)(files)
    problems = [p for p in check(name, reading, files[0].label) if believed or "are believed" not in p.what]
    assert not problems, problems
    return reading


def raw(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8", "replace")


def rows(reading: Reading, table: str, **equal: object) -> list[dict[str, object]]:
    return reading.tables[table].filter(**equal).to_dicts()


# --- IMO numbers -----------------------------------------------------------------------------------------------------


def test_imo_numbers_published_with_their_schemes() -> None:
    assert imo_ship("9074729")  # the example of IMO Res. A.1117(30)
    assert not imo_ship("9074728")
    assert imo_company("1790183")  # a company of the UN list: 8·1+6·7+4·9+2·0+9·1+7·8 = 151; 11 − 151 mod 11 = 3
    assert not imo_company("1790184")
    assert not imo_ship("907472")
    assert not imo_company("12345678")


@given(st.text("0123456789", min_size=6, max_size=6))
def test_exactly_one_last_digit_is_a_ships_and_one_a_companys(stem: str) -> None:
    ships = [d for d in "0123456789" if imo_ship(stem + d)]
    companies = [d for d in "0123456789" if imo_company(stem + d)]
    assert len(ships) == 1
    assert len(companies) == 1
    assert int(ships[0]) == sum(int(c) * w for c, w in zip(stem, (7, 6, 5, 4, 3, 2), strict=True)) % 10


@given(st.text("0123456789", min_size=7, max_size=7), st.integers(0, 6), st.integers(1, 9))
def test_a_single_wrong_digit_with_an_odd_or_last_weight_is_found(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    weight = (7, 6, 5, 4, 3, 2, 1)[place]
    if imo_ship(number) and weight in (7, 3, 1):  # weights prime to ten let no single error pass
        assert not imo_ship(wrong)


def test_a_number_that_fits_both_check_digits_follows_its_holder() -> None:
    both = next(f"{n}" for n in range(1790000, 1799999) if imo_ship(str(n)) and imo_company(str(n)))
    told, untold = Listing(), Listing(vessels=False)
    for listing in (told, untold):
        listing.entity("1", "vessel", "SHIP")
        listing.entity("2", "organisation", "COMPANY")
        listing.identifier("1", "imo", f"IMO {both}")
        listing.identifier("2", "imo", both)
    assert told.tables()["identifiers"]["scheme"].to_list() == ["imo-ship", "imo-company"]
    assert untold.tables()["identifiers"]["scheme"].to_list() == ["imo-ship", "imo-ship"]


def test_scripts_are_told_from_the_letters() -> None:
    assert [script(n) for n in ("ＬＴＤ．", "김", "金", "カ", "عبد", "1 2")] == [
        "latin",
        "hangul",
        "han",
        "japanese",
        "arabic",
        None,
    ]


# --- OFAC ------------------------------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize(
    ("day", "count"), [("2021-08-18", 9083), ("2022-06-28", 10409), ("2023-08-24", 12861), ("2024-05-03", 14965)]
)
def test_ofac_csv_of_four_days(day: str, count: int) -> None:
    path = shared("lists", "ofac", f"sdn_raw_{day}.csv.gz")
    entities = read("ofac_sdn", path).tables["entities"]
    native = [row for row in csv.reader(io.StringIO(raw(path))) if len(row) == 12]
    assert entities.height == len(native) == count
    assert entities["entity"].to_list() == [row[0] for row in native]


@pytest.mark.shared
def test_ofac_vessels_and_their_imo_numbers() -> None:
    path = shared("lists", "ofac", "sdn_raw_2024-05-03.csv.gz")
    reading = read("ofac_sdn", path)
    vessels = [row for row in csv.reader(io.StringIO(raw(path))) if len(row) == 12 and row[2].strip() == "vessel"]
    kinds = reading.tables["entities"].select("entity", "kind")
    numbers = reading.tables["identifiers"].filter(pl.col("scheme").str.starts_with("imo")).join(kinds, on="entity")
    assert kinds.filter(kind="vessel").height == len(vessels) == 851
    ships = numbers.filter(kind="vessel")
    assert ships["scheme"].unique().to_list() == ["imo-ship"]
    assert ships["valid"].all()
    plain = {number for row in vessels for number in re.findall(r"IMO (\d{7})", row[11])}
    assert len(plain) == 842
    spaced = {number for row in vessels for number in re.findall(r"IMO +(\d{7})", row[11])}  # two with two spaces
    assert set(ships["value"]) == spaced
    assert ships.height == len(spaced) == 844
    others = numbers.filter((pl.col("kind") != "vessel") & (pl.col("value").str.len_chars() == 7))
    assert others.height == 138
    assert others["scheme"].unique().to_list() == ["imo-company"]
    assert sum(not imo_ship(number) for number in others["value"]) == 123
    assert [f.rows for f in reading.findings if f.rule == "imo-check-digit"] == [1]


@pytest.mark.shared
def test_ofac_aliases_addresses_and_comments_of_another_day_are_joined() -> None:
    folder = shared("lists", "ofac")
    parts = [folder / f"{part}_2025-02-27_watchman.csv.gz" for part in ("alt", "add", "sdn_comments")]
    reading = read("ofac_sdn", folder / "sdn_raw_2024-05-03.csv.gz", *parts)
    known = set(reading.tables["entities"]["entity"])
    lines = [row for part in parts[:2] for row in csv.reader(io.StringIO(raw(part))) if len(row) > 4]
    loose = sum(row[0] not in known for row in lines)
    assert [f.rows for f in reading.findings if f.rule == "other-vintage"] == [loose]
    assert set(reading.tables["names"]["entity"]) == known
    assert rows(reading, "names", entity="36", role="alias")[0]["name"] == "AERO-CARIBBEAN"


@pytest.mark.shared
def test_ofac_consolidated_xml() -> None:
    path = shared("lists", "ofac", "ofac_consolidated_nonsdn_2025.xml.gz")
    reading = read("ofac_consolidated", path)
    text = raw(path)
    assert reading.vintage == date(2025, 3, 28)
    assert reading.tables["entities"].height == text.count("<sdnEntry>") == 443
    assert reading.tables["entities"].filter(kind="person").height == 80
    assert reading.tables["addresses"].height == text.count("<address>") == 520
    aliases = reading.tables["names"].filter(pl.col("role") != "primary")
    assert aliases.height == text.count("<aka>") == 1136
    assert aliases.filter(strength="weak").height == text.count("<category>weak<") == 70
    assert aliases.filter(role="former").height == text.count("<type>f.k.a.<") == 144
    assert reading.tables["relations"].height == text.count("Linked To: ")


@pytest.mark.shared
def test_ofac_light_json() -> None:
    path = shared("lists", "ofac", "sdn_2026-08-20.json")
    reading = read("ofac_sdn_light", path)
    native = json.loads(path.read_text("utf-8"))
    assert reading.vintage == date(2026, 8, 20)
    assert reading.tables["entities"].height == 19_249
    kinds = dict(reading.tables["entities"]["kind"].value_counts().rows())
    stated = {"organisation" if k == "entity" else "person" if k == "individual" else k: n
              for k, n in native["typeCounts"].items()}  # fmt: skip
    assert kinds == stated
    assert sum("RUSSIA-EO14024" in p for p in reading.tables["entities"]["programmes"]) == 6349


def test_ofac_sdn_xml_sample() -> None:
    reading = read("ofac_sdn_xml", SAMPLES / "sdn.xml", believed=False)
    assert reading.vintage == date(2024, 5, 3)
    assert rows(reading, "identifiers", scheme="imo-ship")[0]["entity"] == "900001"
    company = rows(reading, "identifiers", scheme="imo-company")[0]
    assert (company["entity"], company["value"], company["valid"]) == ("900002", "1790183", True)
    assert rows(reading, "identifiers", scheme="crypto-xbt")[0]["value"] == "1SampleSampleSample"
    assert rows(reading, "identifiers", scheme="bik-ru")[0]["country"] == "Russia"
    assert rows(reading, "relations", relation="linked to")[0]["target_name"] == "SAMPLE SHIPPING (HOLDING) CO"
    assert rows(reading, "dates", entity="900003")[0]["last"] == date(1960, 12, 31)
    assert rows(reading, "names", strength="weak")[0]["name"] == "THE SAMPLE"
    assert "risk: North Korea" in str(rows(reading, "entities", entity="900001")[0]["remarks"])


def test_ofac_advanced_sample() -> None:
    reading = read("ofac_advanced", SAMPLES / "sdn_advanced.xml", believed=False)
    assert reading.vintage == date(2024, 5, 3)
    person = rows(reading, "entities", entity="900003")[0]
    assert (person["kind"], person["name"], person["listed"]) == ("person", "EXAMPLE, Invented", date(2016, 3, 16))
    assert (person["programmes"], person["legal_basis"]) == (["NPWMD"], "Executive Order 13382")
    assert {(n["name"], n["role"], n["script"]) for n in rows(reading, "names", entity="900003")} == {
        ("EXAMPLE, Invented", "primary", "latin"), ("보기", "primary", "hangul"), ("SAMPLE", "former", "latin"),
    }  # fmt: skip
    assert rows(reading, "dates", role="birth")[0]["last"] == date(1961, 12, 31)
    assert rows(reading, "addresses")[0] == {"entity": "900003", "country": "Korea, North", "text": "Pyongyang"}
    tie = rows(reading, "relations")[0]
    assert (tie["target"], tie["target_name"], tie["note"]) == ("900001", "SAMPLE STAR", "formerly; Master")
    assert rows(reading, "identifiers", scheme="imo-ship")[0]["entity"] == "900001"
    assert rows(reading, "identifiers", scheme="vessel-type")[0]["value"] == "General Cargo"


# --- UN --------------------------------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "day", "persons", "others"),
    [
        ("un_2020_lcrs.xml.gz", date(2020, 11, 30), 713, 305),
        ("un_2025-11_mkweli.xml.gz", date(2025, 11, 18), 727, 273),
        ("un_consolidated_2026-02-27.xml", date(2026, 2, 27), 730, 273),
    ],
)
def test_un_lists_of_three_days(name: str, day: date, persons: int, others: int) -> None:
    path = shared("lists", "un", name)
    reading = read("un_consolidated", path)
    text = raw(path)
    assert reading.vintage == day
    entities = reading.tables["entities"]
    assert dict(entities["kind"].value_counts().rows()) == {"person": persons, "organisation": others}
    assert text.count("<DATAID>") == persons + others
    references = entities["reference"]
    assert references.str.starts_with("KPi").sum() == len(re.findall(r"<REFERENCE_NUMBER>\s*KPi", text)) == 80
    assert references.str.starts_with("KPe").sum() == len(re.findall(r"<REFERENCE_NUMBER>\s*KPe", text)) == 75
    assert entities["listed"].null_count() == 0
    originals = len(re.findall(r"<NAME_ORIGINAL_SCRIPT>\s*[^<\s]", text))
    primary = reading.tables["names"].filter(role="primary").height
    assert primary == persons + others + originals - 1  # one name is the same in its own script
    births = reading.tables["dates"].filter(role="birth")
    assert births.filter(pl.col("text").str.starts_with("between")).height == text.count(">BETWEEN<")
    unread = set(births.filter(pl.col("first").is_null())["text"])
    assert unread <= {"30-35 years old", "29 years old", "24/06/1402 (Hijri Calendar)", "Between Aug. and Sep. 1977"}


UN = """<?xml version="1.0"?><CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09Z"><INDIVIDUALS><INDIVIDUAL>
<DATAID>1</DATAID><FIRST_NAME> INVENTED </FIRST_NAME><SECOND_NAME>EXAMPLE</SECOND_NAME><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>
<REFERENCE_NUMBER>KPi.999 </REFERENCE_NUMBER><LISTED_ON>2016-11-30</LISTED_ON><COMMENTS1>Moves things.</COMMENTS1>
<NAME_ORIGINAL_SCRIPT>보기</NAME_ORIGINAL_SCRIPT><LIST_TYPE><VALUE>UN List</VALUE></LIST_TYPE>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Sample</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Muster</ALIAS_NAME><NOTE>formerly listed as</NOTE>
</INDIVIDUAL_ALIAS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1960</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1961</FROM_YEAR><TO_YEAR>1963</TO_YEAR>
</INDIVIDUAL_DATE_OF_BIRTH><INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER> X1</NUMBER>
<ISSUING_COUNTRY>Utopia</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT></INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY>
<DATAID>2</DATAID><FIRST_NAME>SAMPLE CO</FIRST_NAME><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>
<REFERENCE_NUMBER>KPe.999</REFERENCE_NUMBER><LISTED_ON>2018-03-30</LISTED_ON>
<COMMENTS1>International Maritime Organization (IMO) Number: 1790183. Ship IMO: 9074729.</COMMENTS1>
</ENTITY></ENTITIES></CONSOLIDATED_LIST>"""


def test_un_sample(tmp_path: Path) -> None:
    path = tmp_path / "un.xml"
    path.write_text(UN, "utf-8")
    reading = read("un_consolidated", path, believed=False)
    assert rows(reading, "entities", entity="1")[0]["reference"] == "KPi.999"
    assert {(n["name"], n["role"], n["strength"], n["script"]) for n in rows(reading, "names", entity="1")} == {
        ("INVENTED EXAMPLE", "primary", None, "latin"), ("보기", "primary", None, "hangul"),
        ("Sample", "alias", "weak", "latin"), ("Muster", "former", "strong", "latin"),
    }  # fmt: skip
    spans = [(d["first"], d["last"]) for d in rows(reading, "dates", role="birth")]
    assert spans == [(date(1960, 1, 1), date(1960, 12, 31)), (date(1961, 1, 1), date(1963, 12, 31))]
    assert {(n["scheme"], n["value"]) for n in rows(reading, "identifiers")} == {
        ("passport", "X1"), ("imo-company", "1790183"), ("imo-ship", "9074729"),
    }  # fmt: skip


@pytest.mark.shared
def test_what_changed_on_the_un_list_between_two_days(store: Store) -> None:
    folder = shared("lists", "un")
    paths = [folder / "un_2025-11_mkweli.xml.gz", folder / "un_consolidated_2026-02-27.xml"]
    for path in paths:
        import_files(store, "un_consolidated", [path])
    found = store.changes("un_consolidated", date(2025, 12, 1), date(2026, 3, 1), table="entities", key=("entity",))
    old, new = (set(re.findall(r"<DATAID>(\d+)<", raw(path))) for path in paths)
    assert set(found.added["entity"]) == new - old
    assert set(found.removed["entity"]) == old - new
    assert len(new - old) == 4
    assert "programmes" not in set(found.changed["field"])


# --- EU --------------------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_eu_acts() -> None:
    folder = shared("lists", "eu")
    files = sorted(folder.glob("*/*.csv"))
    reading = read("eu_acts", *files)
    entities = reading.tables["entities"]
    native = {part: [row for path in sorted(folder.glob(f"{part}/*.csv"))
                     for row in csv.DictReader(io.StringIO(path.read_text("utf-8")))]
              for part in ("consolidated", "amendments")}  # fmt: skip
    assert entities.filter(status="listed").height == len(native["consolidated"]) == 8017
    assert entities.filter(status="added or changed").height == len(native["amendments"]) == 417
    everything = native["consolidated"] + native["amendments"]
    assert entities.filter(kind="vessel").height == sum(row["schema"] == "Vessel" for row in everything)
    day = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d\d-\d\d|\d{1,2} [A-Z][a-z]+\.? \d{4}")
    assert entities["listed"].null_count() == sum(not day.fullmatch(row["startDate"]) for row in everything)
    prk = entities.filter(pl.col("programmes").list.contains("EU-PRK"))
    assert prk.height == sum(row["programKey"] == "EU-PRK" for row in everything)
    assert prk["legal_basis"][0].startswith("32017R1509; annex ")
    numbers = reading.tables["identifiers"].filter(pl.col("scheme").str.starts_with("imo"))
    assert numbers.height == sum(len(set(re.findall(r"\d{7}", row["imoNumber"])))
                                 or bool(row["imoNumber"]) for row in everything)  # fmt: skip


@pytest.mark.parametrize(("name", "file"), [("eu_fsf_xml", "eu_fsf.xml"), ("eu_fsf_csv", "eu_fsf.csv")])
def test_eu_fsf_samples_say_the_same(name: str, file: str) -> None:
    reading = read(name, SAMPLES / file, believed=False)
    assert reading.vintage == date(2026, 8, 5)
    person = rows(reading, "entities", entity="90001")[0]
    assert (person["kind"], person["name"], person["listed"]) == ("person", "Invented EXAMPLE", date(2016, 3, 16))
    assert (person["programmes"], person["legal_basis"]) == (["PRK"], "2017/1509 (OJ L224)")
    assert rows(reading, "names", script="hangul")[0]["language"] == "ko"
    assert rows(reading, "dates", role="birth")[0]["last"] == date(1960, 12, 31)
    passport = rows(reading, "identifiers", scheme="passport")[0]
    assert (passport["value"], passport["country"]) == ("X000000", "UTOPIA")
    assert str(passport["note"]).startswith("known expired")
    both = rows(reading, "identifiers", value="1790183")[0]
    assert both["note"] == "fits the check digits of ships and of companies"
    assert rows(reading, "identifiers", scheme="phone")[0]["value"] == "+850 2 000 000"
    weak = [n["name"] for n in rows(reading, "names", strength="weak")]
    assert weak == (["SAMPLE"] if name == "eu_fsf_xml" else [])  # the CSV does not say


# --- UK, Canada, Japan -----------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_uk_normalised() -> None:
    folder = shared("lists", "uk")
    reading = read("uk_normalised", *sorted(folder.glob("uk_subject*.csv.gz")))
    subjects = list(csv.DictReader(io.StringIO(raw(folder / "uk_subjects.csv.gz"))))
    names = list(csv.DictReader(io.StringIO(raw(folder / "uk_subject_names.csv.gz"))))
    assert reading.tables["entities"].height == len(subjects) == 6046
    assert dict(reading.tables["entities"]["kind"].value_counts().rows()) == {
        "person": 3883, "organisation": 1531, "vessel": 632,
    }  # fmt: skip
    own = {(n["unique_id"], " ".join(n["full_name"].split())) for n in names}
    assert set(reading.tables["names"].select("entity", "name").rows()) == own
    ships = reading.tables["identifiers"].filter(scheme="imo-ship")
    cells = {
        digits
        for row in csv.DictReader(io.StringIO(raw(folder / "uk_subject_identifiers.csv.gz")))
        if row["identifier_type"] == "imo"
        for digits in re.findall(r"\d{7}", row["raw_value"])
    }
    assert set(ships["value"]) == {digits for digits in cells if imo_ship(digits)}
    assert ships["value"].n_unique() > 600


def test_uk_conlist_sample() -> None:
    reading = read("uk_conlist", SAMPLES / "ConList.csv", believed=False)
    assert reading.vintage == date(2025, 6, 3)
    person = rows(reading, "entities", entity="90001")[0]
    assert (person["name"], person["reference"]) == ("Invented EXAMPLE", "DPR9999")
    assert person["reason"] == "Moves what may not be moved"
    assert person["listed"] == date(2016, 3, 16)
    assert [p["country"] for p in rows(reading, "places", role="nationality")] == ["Utopia", "Elsewhere"]
    assert [(d["first"].year, d["last"].year) for d in rows(reading, "dates", role="birth")] == [  # type: ignore[attr-defined]
        (1960, 1960),
        (1961, 1961),
    ]
    assert rows(reading, "identifiers", scheme="imo-ship")[0]["entity"] == "90002"
    assert rows(reading, "relations")[0]["target_name"] == "Sample Shipping Co"
    assert rows(reading, "names", strength="weak")[0]["name"] == "SAMPLE"
    assert rows(reading, "names", role="former")[0]["name"] == "SAMPLE MOON"


def test_uk_sanctions_list_is_the_same_from_csv_and_xml() -> None:
    made = [
        read("uk_sanctions_list", SAMPLES / f"UK-Sanctions-List.{ending}", believed=False) for ending in ("csv", "xml")
    ]
    assert made[0].vintage == made[1].vintage == date(2026, 8, 26)
    for table, frame in made[0].tables.items():
        assert sorted(map(repr, frame.rows())) == sorted(map(repr, made[1].tables[table].rows())), table
    assert rows(made[0], "identifiers", scheme="imo-ship")[0]["value"] == "9074729"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("dd/mm/1945", date(1945, 1, 1), date(1945, 12, 31)),
        ("00/02/1960", date(1960, 2, 1), date(1960, 2, 29)),
        ("01/03/1958", date(1958, 3, 1), date(1958, 3, 1)),
    ],
)
def test_half_known_days_of_birth(text: str, first: date, last: date) -> None:
    assert uk.day(text) == (first, last)


@pytest.mark.shared
def test_canada_sema() -> None:
    path = shared("lists", "ca", "canada_sema_2025.xml.gz")
    reading = read("ca_sema", path)
    text = raw(path)
    assert reading.tables["entities"].height == text.count("<record>") == 4759
    assert dict(reading.tables["entities"]["kind"].value_counts().rows()) == {
        "person": text.count("<LastName>"),
        "organisation": text.count("<EntityOrShip>") - text.count("<ShipIMONumber>"),
        "vessel": text.count("<ShipIMONumber>"),
    }
    ships = reading.tables["identifiers"].filter(scheme="imo-ship")
    assert ships["value"].to_list() == re.findall(r"<ShipIMONumber>(\d+)<", text)
    assert ships.height == 109
    assert ships["valid"].all()
    assert reading.vintage == date.fromisoformat(max(re.findall(r"<DateOfListing>([\d-]+)<", text)))


@pytest.mark.shared
def test_meti_end_user_list() -> None:
    path = shared("technology", "jp_meti_end_user_list.json")
    reading = read("meti_eul", path)
    native = json.loads(path.read_text("utf-8"))
    assert reading.tables["entities"].height == len(native) == 835
    assert reading.vintage == date(2025, 9, 29)
    korea = sum(entry["addresses"] == ["North Korea"] for entry in native)
    assert reading.tables["addresses"].filter(country="North Korea").height == korea == 154
    spilled = [f for f in reading.findings if f.rule == "name-in-country"]
    assert [f.rows for f in spilled] == [37]
    china = reading.tables["addresses"].filter(country="People's Republic of China")
    assert china.height == sum(a.startswith("People's Republic of China") for e in native for a in e["addresses"])


# --- files that are not as they should be ----------------------------------------------------------------------------


def spoil(tmp_path: Path, name: str, old: str, new: str, text: str = "") -> Path:
    text = text or (SAMPLES / name).read_text("utf-8")
    assert old in text
    path = tmp_path / name
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.parametrize(
    ("dataset", "name", "old", "new", "says"),
    [
        ("ofac_sdn_xml", "sdn.xml", "<uid>900001</uid>", "<uid>900001</uid><novelty/>", 'element "novelty".*not known'),
        ("ofac_sdn_xml", "sdn.xml", "<sdnType>Vessel<", "<sdnType>Submarine<", '"Submarine" is not a known type'),
        ("ofac_sdn_xml", "sdn.xml", "<category>weak<", "<category>feeble<", '"feeble" is not known'),
        ("ofac_sdn_xml", "sdn.xml", "Count>3<", "Count>4<", "says it holds 4 entries, and holds 3"),
        ("ofac_sdn_xml", "sdn.xml", "05/03/2024", "tomorrow", "day of the list cannot be read"),
        ("ofac_advanced", "sdn_advanced.xml", '<AliasType ID="1401">F.K.A.', '<AliasType ID="9">F.K.A.', '"1401"'),
        ("ofac_advanced", "sdn_advanced.xml", '<VersionLocation LocationID="26"', '<VersionLocation LocationID="27"',
         'location "27" is not in the file'),
        ("ofac_advanced", "sdn_advanced.xml", 'To-ProfileID="900001"', 'To-ProfileID="1"', 'profile "1"'),
        ("ofac_advanced", "sdn_advanced.xml", "<SanctionsEntryLinks />", "<Novelties />", 'section "Novelties"'),
        ("ofac_advanced", "sdn_advanced.xml", "<DistinctParties>", "<DistinctParties><Novelty/>", '"Novelty"'),
        ("ofac_advanced", "sdn_advanced.xml", 'ID="32" ProfileID="900001"', 'ID="32" ProfileID="2"',
         "900001 has no sanctions entry"),
        ("uk_conlist", "ConList.csv", "Alias Quality", "Alias Grade", '"Alias Quality": this column is missing'),
        ("uk_conlist", "ConList.csv", ",FKA,", ",NKA,", '"NKA"'),
        ("uk_conlist", "ConList.csv", "Last Updated,03", "Updated,03", "first line"),
        ("uk_conlist", "ConList.csv", "90002\nSAMPLE MOON", "90002,\nSAMPLE MOON", "this row has 37 cells"),
        ("uk_sanctions_list", "UK-Sanctions-List.csv", "Year Built", "Year of Build", "this column is missing"),
        ("uk_sanctions_list", "UK-Sanctions-List.xml", "<YearsBuilt>", "<Novelty/><YearsBuilt>", '"Novelty"'),
        ("uk_sanctions_list", "UK-Sanctions-List.xml", ">Ship<", ">Submarine<", '"Submarine" is not a known kind'),
        ("uk_sanctions_list", "UK-Sanctions-List.xml", ">ALias<", ">Nickname<", '"Nickname"'),
        ("eu_fsf_xml", "eu_fsf.xml", 'code="person"', 'code="robot"', '"robot"'),
        ("eu_fsf_xml", "eu_fsf.xml", "<citizenship ", '<citizenship novelty="1" ', 'attribute "novelty"'),
        ("eu_fsf_xml", "eu_fsf.xml", "<citizenship ", "<novelty/><citizenship ", 'element "novelty"'),
        ("eu_fsf_csv", "eu_fsf.csv", "NameAlias_WholeName", "NameAlias_Full", "this column is missing"),
        ("eu_fsf_csv", "eu_fsf.csv", ";person;", ";robot;", '"robot"'),
    ],
)  # fmt: skip
def test_what_is_not_understood_stops_with_its_place(
    tmp_path: Path, dataset: str, name: str, old: str, new: str, says: str
) -> None:
    path = spoil(tmp_path, name, old, new)
    with pytest.raises(SourceError, match=says) as caught:
        read(dataset, path, believed=False)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<QUALITY>Low<", "<QUALITY>Fair<", 'quality "Fair"'),
        (">BETWEEN<", ">PERHAPS<", 'type "PERHAPS"'),
        (">UN List<", ">Other List<", "Other List"),
        ("<DATAID>2</DATAID>", "<DATAID>2</DATAID><NOVELTY/>", '"NOVELTY"'),
        ('dateGenerated="2026', 'dateGenerated="soon', "day of the list"),
        ("</ENTITY></ENTITIES></CONSOLIDATED_LIST>", "</ENT", "damaged or cut short"),
    ],
)
def test_un_list_that_is_not_understood(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read("un_consolidated", spoil(tmp_path, "un.xml", old, new, UN))


@pytest.mark.parametrize(
    ("dataset", "name"),
    [
        ("ofac_sdn_xml", "sdn.xml"),
        ("ofac_advanced", "sdn_advanced.xml"),
        ("uk_sanctions_list", "UK-Sanctions-List.xml"),
        ("eu_fsf_xml", "eu_fsf.xml"),
        ("uk_conlist", "ConList.csv"),
        ("uk_sanctions_list", "UK-Sanctions-List.csv"),
        ("eu_fsf_csv", "eu_fsf.csv"),
    ],
)
def test_a_file_cut_short_is_refused_wherever_it_is_cut(tmp_path: Path, dataset: str, name: str) -> None:
    whole = (SAMPLES / name).read_bytes()  # a table cut between two rows is caught by its count of rows alone
    for share in (0.3, 0.6, 0.97):
        cut = whole[: int(len(whole) * share)]
        assert not cut.endswith(b"\n")
        path = tmp_path / name
        path.write_bytes(cut)
        with pytest.raises(SourceError):
            read(dataset, path, believed=False)


def test_light_json_that_lost_an_entry(tmp_path: Path) -> None:
    path = tmp_path / "sdn.json"
    entry = {"uid": 1, "name": "A", "type": "entity", "programs": ["X"], "alternateNames": ["B"]}
    whole = {"published": "2026-08-20", "counts": {"entries": 1, "alternateNames": 1}, "entries": [entry]}
    path.write_text(json.dumps(whole))
    assert read("ofac_sdn_light", path, believed=False).tables["names"].height == 2
    path.write_text(json.dumps(whole | {"entries": []}))
    with pytest.raises(SourceError, match="states 1 entries"):
        read("ofac_sdn_light", path, believed=False)
    path.write_text(json.dumps(whole | {"entries": [entry | {"novelty": 1}]}))
    with pytest.raises(SourceError, match="novelty"):
        read("ofac_sdn_light", path, believed=False)


@pytest.mark.shared
def test_import_all_recognises_every_real_list_file_once() -> None:
    owners: dict[Path, list[str]] = {}
    for name, paths in recognise(shared()):
        for path in paths:
            owners.setdefault(path, []).append(name)
    lists = [p for p in shared("lists").rglob("*") if p.is_file() and p.name != "FORMAT.md"]
    assert {p.name: owners.get(p, []) for p in lists if len(owners.get(p, [])) != 1} == {}
