"""Every kind of defect is found: on the real file that has it where there is one, else on a small hand-made table."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpact.record import catalog, checks
from counterpact.record.reading import DataFinding, Reading, open_files
from tests.shared_data import shared

real = pytest.mark.shared


def reading(name: str, *paths: Path) -> Reading:
    return catalog.reader(name)(open_files(paths))


def found(reading: Reading, rule: str) -> list[DataFinding]:
    return [finding for finding in reading.findings if finding.rule == rule]


# --- on real files ---------------------------------------------------------------------------------------------------


@real
def test_imf_uganda_jumps_from_24_million_to_27_billion() -> None:
    read = reading("imf_imts", shared("trade", "imf", "RU_trade.csv"))
    (jumps,) = found(read, "absurd-jump")
    assert "RUS Uganda import 2022: 23,911,942 → 5,766,351,071" in jumps.examples
    assert jumps.done == "kept"
    uganda = read.tables["trade"].filter(
        (pl.col("partner_name") == "Uganda") & (pl.col("flow") == "import") & (pl.col("year") >= 2021)
    )
    assert [round(v / 1e6) for v in uganda.sort("year")["usd"]] == [24, 5_766, 12_152, 27_004]


@real
def test_eurostat_members_stand_beside_aggregates_and_a_plain_sum_is_4_6_times_too_high() -> None:
    path = shared("trade", "intermediaries", "eurostat_monthly.parquet")
    read = reading("comext_totals", path)
    (mixed,) = found(read, "mixed-aggregates")
    assert "×4.6" in mixed.message
    frame = read.tables["totals"]
    members = frame.filter(~pl.col("is_aggregate"))
    assert members["reporter"].n_unique() == 28  # the United Kingdom beside the 27
    assert frame["eur"].sum() / members["eur"].sum() == pytest.approx(4.6, abs=0.05)
    # Independent: the members add up to what Eurostat itself states for the Union of 27.
    union = frame.filter(pl.col("reporter_label").str.starts_with("European Union - 27"))
    both = (
        members.filter(pl.col("reporter") != "United Kingdom")
        .group_by("partner", "flow", "month")
        .agg(pl.col("eur").sum().alias("sum"))
        .join(union, on=["partner", "flow", "month"])
    )
    assert both.height > 100
    assert ((both["sum"] - both["eur"]).abs() <= 1 + 1e-4 * both["eur"]).mean() > 0.98


@real
def test_duplicate_rows_of_the_eurostat_extract() -> None:
    path = shared("trade", "intermediaries", "eurostat_monthly.parquet")
    read = reading("comext_totals", path)
    (doubles,) = found(read, "duplicate")
    raw = pl.read_parquet(path).drop("src")
    assert doubles.rows == 2_089
    assert raw.height - doubles.rows == read.tables["totals"].height == 14_063


@real
def test_a_reporter_that_falls_silent_is_named() -> None:
    read = reading("comext", shared("trade", "eurostat_cn8", "eu_exports_cn8_monthly.parquet"))
    (silent,) = found(read, "silent-reporter")
    assert silent.examples == ("Netherlands (last 2022-10)",)


@real
def test_partners_of_national_files_add_up_to_the_world_once_aggregates_are_left_out() -> None:
    read = reading("national_imports", *sorted(shared("trade", "intermediaries").glob("*_import_yearly.csv")))
    frame = read.tables["imports"]
    world = frame.filter(pl.col("partner") == "World").select("reporter", "year", world="eur")
    members = frame.filter(~pl.col("is_aggregate")).group_by("reporter", "year").agg(pl.col("eur").sum())
    both = world.join(members, on=["reporter", "year"])
    assert set(both["reporter"]) == {"Kazakhstan", "Kyrgyzstan"}
    assert both.height == 10
    assert ((both["eur"] / both["world"] - 1).abs() < 0.01).all()
    whole, single = found(read, "absurd-jump")
    assert whole.examples == ("Armenia all partners 2023: 8,351,087,524 → 679,532,710",)
    assert single.rows == 9
    assert found(read, "encoding")[0].examples == ("Saint-Barth?lemy",)
    assert found(read, "silent-reporter")[0].message.startswith("3 partners fall silent")


@real
def test_damaged_names_of_the_ideal_points_are_mended() -> None:
    read = reading("unga_ideal_points", shared("unga", "voeten_IdealpointsJuly2025.dta"))
    (damage,) = found(read, "encoding")
    assert (damage.rows, damage.done) == (105, "mended")
    names = set(read.tables["points"]["countryname"])
    assert {"São Tomé & Príncipe", "Côte d’Ivoire"} <= names
    assert checks.encoding_damage(read.tables["points"]["countryname"]) is None


@real
def test_the_formula_error_in_the_workbook_of_sipri() -> None:
    read = reading("sipri_milex", shared("readiness", "SIPRI-Milex-data-1949-2020.xlsx"))
    (broken,) = found(read, "spreadsheet-error")
    assert broken.rows == 1
    assert broken.done == "set aside"
    assert broken.examples[0].startswith("Share of Govt. spending, row 120, 1997: #")


@real
def test_latin_letters_in_russian_names_are_mended() -> None:
    read = reading("national_totals", shared("trade", "intermediaries", "russia_96stran.xlsx"))
    mixed = found(read, "mixed-letters")
    assert [finding.rows for finding in mixed] == [13, 13]
    names = read.tables["totals"]["partner_name"].unique()
    assert "Китай" in names.to_list()
    assert not names.str.contains("[A-Za-z]").any()


@real
def test_lost_letters_in_the_united_nations_list() -> None:
    read = reading("un_consolidated", shared("lists", "un", "un_consolidated_2026-02-27.xml"))
    assert "\ufffd" in found(read, "encoding")[0].examples[0]


# --- on small tables -------------------------------------------------------------------------------------------------


def test_codes_turned_into_numbers_by_a_spreadsheet() -> None:
    # The forms met in a published table of export control numbers: 3E001 became 3.00E+01 and so on.
    codes = pl.Series(["3A001", "3.00E+01", "0.00E+00", "1E+05", "1E001", "5E002.a", None, "851762"])
    finding = checks.excel_codes(codes)
    assert finding is not None
    assert finding.rows == 3
    assert finding.examples == ("3.00E+01", "0.00E+00", "1E+05")
    assert finding.severity == "error"
    assert checks.excel_codes(pl.Series(["3E001", "8542.31"])) is None


def test_values_turned_into_dates_by_a_spreadsheet() -> None:
    finding = checks.excel_dates(pl.Series(["Sep-23", "1-Mar", "9-23", "Sep", None]))
    assert finding is not None
    assert finding.examples == ("Sep-23", "1-Mar")


def test_the_letter_o_in_place_of_a_zero() -> None:
    pattern = r"^\d[A-E]\d{3}$"
    finding = checks.letter_o(pl.Series(["0A506", "OA506", "3AO01", "OTHER", None]), pattern)
    assert finding is not None
    assert finding.examples == ("OA506", "3AO01")
    assert checks.letter_o(pl.Series(["0A506", "9A991"]), pattern) is None


def test_a_destroyed_code_refuses_the_priority_list(tmp_path: Path) -> None:
    from counterpact.errors import SourceError

    bad = tmp_path / "chpl.csv"
    bad.write_text("hs6,tier\n854231,TIER_1\n8.54E+05,TIER_1\n")
    with pytest.raises(SourceError, match="turned into numbers by a spreadsheet"):
        reading("chpl", bad)


@pytest.mark.parametrize("text", ["ESTÊVÃO", "SÃO PAULO", "Ñandú", "Ørsted", "Ångström", "Θάλασσα", "김정은", "why?"])
def test_real_letters_are_not_taken_for_damage(text: str) -> None:
    assert checks.encoding_damage(pl.Series([text])) is None


@given(st.text(alphabet="éèüñçãőşÇÖßабвгдежкЯØ’–", min_size=1, max_size=6))
def test_utf8_read_as_windows_1252_is_always_found(text: str) -> None:
    try:
        damaged = text.encode().decode("cp1252")
    except UnicodeDecodeError:
        damaged = text.encode().decode("latin-1")
    assert checks.encoding_damage(pl.Series([f"x {damaged}"])) is not None


def test_a_jump_counts_only_above_the_floor_and_only_between_neighbours() -> None:
    frame = pl.DataFrame(
        {
            "who": ["a", "a", "a", "b", "b", "c", "c"],
            "year": [2020, 2021, 2022, 2020, 2021, 2020, 2021],
            "usd": [1e6, 2e6, 5e8, 1.0, 5e5, 9e9, 1e6],
        }
    )
    finding = checks.absurd_jumps(frame, by=("who",), time="year", value="usd")
    assert finding is not None
    assert finding.examples == ("a 2022: 2,000,000 → 500,000,000", "c 2021: 9,000,000,000 → 1,000,000")


def test_a_silent_reporter_must_have_reported_before() -> None:
    frame = pl.DataFrame({"who": ["a"] * 4 + ["b"] * 3 + ["c"], "year": [1, 2, 3, 4, 1, 2, 3, 1]})
    finding = checks.silent_reporters(frame, reporter="who", time="year")
    assert finding is not None
    assert finding.examples == ("b (last 3)",)
