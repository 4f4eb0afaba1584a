"""Readers of tables: row counts of the real files, and values read again another way."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from counterpact.errors import SourceError
from counterpact.record import catalog, ingest
from counterpact.record.reading import Reading, open_files
from tests.shared_data import shared

SAMPLES = Path(__file__).parent / "samples"
real = pytest.mark.shared


def reading(name: str, *paths: Path, checked: bool = True) -> Reading:
    """What the reader gives; `checked`: and it passes the assertions of its dataset.yml."""
    read = catalog.reader(name)(open_files(paths))
    if checked:
        assert ingest.check(name, read, "test") == []
    return read


def rows(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.DictReader(stream))


# --- votes ---------------------------------------------------------------------------------------------------------


@real
def test_roll_calls() -> None:
    folder = shared("unga")
    paths = [path for path in sorted(folder.iterdir()) if "session" in path.name or "identical" in path.name]
    read = reading("unga_roll_calls", *paths)
    assert {name: table.height for name, table in read.tables.items()} == {
        "votes": 794_385,
        "roll_calls": 5_774,
        "issues": 5_303,
        "bridges": 955,
    }
    raw = pl.read_parquet(folder / "votes_sessions_1_70.parquet")
    votes = read.tables["votes"]
    for ballot in ("yes", "no", "abstain"):
        assert (votes["vote"] == ballot).sum() == (raw["vote"] == ballot).sum()
    assert votes["iso3"].null_count() == 0
    calls = read.tables["roll_calls"].select("rcid", pl.col("date").dt.year().alias("year"))
    dated = votes.join(calls, on="rcid")
    german = dated.filter(pl.col("country").str.contains("German"))
    assert set(german["cow"]) == {255, 260, 265}
    assert german.filter(pl.col("cow") == 265)["year"].max() == 1989
    assert german.filter(pl.col("cow") == 255)["year"].min() >= 1990
    russia = dated.filter(pl.col("cow") == 365)
    assert set(russia.filter(pl.col("year") < 1991)["iso3"]) == {"SUN"}
    assert set(russia.filter(pl.col("year") > 1991)["iso3"]) == {"RUS"}
    belgrade = dated.filter(pl.col("country") == "Yugoslavia")
    assert belgrade.filter(pl.col("year") == 1985)["iso3"].unique().to_list() == ["YUG"]
    assert belgrade.filter(pl.col("year") == 2005)["iso3"].unique().to_list() == ["SCG"]
    assert belgrade.filter(pl.col("year") == 2010)["iso3"].unique().to_list() == ["SRB"]
    per_call = votes.group_by("rcid", "country").len()
    assert per_call["len"].max() == 1  # nobody votes twice


@real
def test_ideal_points() -> None:
    points = reading("unga_ideal_points", shared("unga", "voeten_IdealpointsJuly2025.dta")).tables["points"]
    assert points.height == 11_440
    usa, prk = (points.filter((pl.col("iso3c") == code) & (pl.col("year") == 2020)) for code in ("USA", "PRK"))
    assert usa["idealpointfp"][0] > 2 > 0 > prk["idealpointfp"][0]


@real
def test_vetoes() -> None:
    path = shared("unga", "unsc_vetoes_1946_2022.csv")
    read = reading("unsc_vetoes", path)
    assert read.tables["vetoes"].height == 214
    raw = rows(path)
    named = [row[f"member_veto{i}"] for row in raw for i in (1, 2, 3) if row[f"member_veto{i}"] not in ("", "NA")]
    casts = read.tables["casts"]
    assert casts.height == len(named)
    assert (casts["member"] == "China").sum() == named.count("China")
    assert read.vintage == date(2022, 7, 8)


def test_votes_of_the_un_library() -> None:
    read = reading("unga_voting_un", SAMPLES / "unga_voting.csv")
    assert dict(read.tables["votes"].select("ms_code", "vote").rows()) == {
        "PRK": "no",
        "RUS": "no",
        "CHN": "abstain",
        "JPN": "yes",
        "VEN": "absent",
    }
    assert read.tables["resolutions"].height == 1
    assert read.tables["resolutions"]["title"][0] == "Aggression, a made-up row"


def test_votes_that_do_not_add_up_to_the_stated_totals_are_refused(tmp_path: Path) -> None:
    cut = tmp_path / "votes.csv"
    cut.write_text("\n".join((SAMPLES / "unga_voting.csv").read_text().splitlines()[:-2]) + "\n")
    with pytest.raises(SourceError, match="stated 1-2-1, counted 0-2-1"):
        reading("unga_voting_un", cut)


# --- trade ---------------------------------------------------------------------------------------------------------


@real
def test_comext_extract() -> None:
    folder = shared("trade", "eurostat_cn8")
    extract = reading("comext", folder / "eu_exports_cn8_monthly.parquet").tables["trade"]
    assert extract.height == 793_300
    raw = pl.read_parquet(folder / "eu_exports_cn8_monthly.parquet")
    assert extract["value"].sum() == pytest.approx(float(raw["value"].cast(pl.Float64).sum()), rel=1e-12)


@real
def test_comext_workbook_against_its_own_xml() -> None:
    import zipfile

    from lxml import etree

    path = shared("trade", "eurostat_cn8", "sample_native_22_4624885.xlsx")
    numbers = []
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if not name.startswith("xl/worksheets/sheet"):
                continue
            cells = etree.fromstring(book.read(name)).iterfind(".//{*}c")
            if int(name.removeprefix("xl/worksheets/sheet").split(".")[0]) > 2:  # after the summary and the structure
                numbers += [float(c.findtext("{*}v")) for c in cells if c.get("t", "n") == "n" and c.findtext("{*}v")]
    read = reading("comext", path)
    frame = read.tables["trade"]
    assert read.vintage == date(2023, 1, 13)
    assert frame.height == len(numbers) == 9_295
    assert frame["value"].sum() == pytest.approx(sum(numbers))


def test_comext_sdmx() -> None:
    frame = reading("comext", SAMPLES / "comext_sdmx.csv").tables["trade"]
    assert frame.height == 2  # the confidential quantity is no row
    assert frame.filter(~pl.col("is_aggregate"))["value"].to_list() == [1_234_567.0]
    assert frame["flow"].unique().to_list() == ["export"]
    assert frame.filter("is_aggregate")["reporter"].to_list() == ["EU27_2020"]


def test_baci() -> None:
    frame = reading("baci", SAMPLES / "BACI_HS17_Y2022_V202401.csv").tables["trade"]
    assert frame["hs6"].to_list() == ["271019", "851762", "010121"]
    assert frame["usd"].to_list() == pytest.approx([1_234_500.0, 98_765.0, 3.0])
    assert frame["tonnes"].to_list() == [2000.25, None, None]


def test_baci_cut_short_is_refused(tmp_path: Path) -> None:
    cut = tmp_path / "BACI_HS17_Y2022_V202401.csv"
    cut.write_text("t,i,j,k,v,q\n2022,643,408,271019,1234.5,1\n2022,643,408")
    with pytest.raises(SourceError, match="cut short"):
        reading("baci", cut)
    renamed = tmp_path / "BACI_HS17_Y2021_V202401.csv"
    renamed.write_text("t,i,j,k,w,q\n2022,643,408,271019,1,1\n")
    with pytest.raises(SourceError):
        reading("baci", renamed)


def test_comtrade_json_and_csv_say_the_same() -> None:
    one, other = (reading("comtrade", SAMPLES / name).tables["trade"] for name in ("comtrade.json", "comtrade.csv"))
    assert one.equals(other)
    assert one.row(0, named=True) | {} == {
        "period": "2021",
        "reporter_m49": 643,
        "reporter": "RUS",
        "flow": "X",
        "partner_m49": 408,
        "partner": "PRK",
        "classification": "H5",
        "product": "271019",
        "kg": 1000.5,
        "usd": 55000.25,
        "is_reported_aggregate": False,
    }
    assert one["kg"].to_list() == [1000.5, None, 3.0]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ('{"count": 100000, "data": []}', "holds 0 of 100,000 rows"),
        ('{"statusCode": 401, "message": "Access denied"}', "Access denied"),
        ('{"error": "Too many requests", "data": []}', "Too many requests"),
        ("Access denied", "not an answer of the API"),
    ],
)
def test_comtrade_errors_and_cut_answers_are_refused(tmp_path: Path, answer: str, says: str) -> None:
    path = tmp_path / "comtrade.json"
    path.write_text(answer)
    with pytest.raises(SourceError, match=says):
        reading("comtrade", path)


@real
def test_imf() -> None:
    path = shared("trade", "imf", "RU_trade.csv")
    frame = reading("imf_imts", path).tables["trade"]
    assert frame.height == 3_704
    raw = rows(path)
    values = [float(row[y]) * 10 ** int(row["SCALE.ID"]) for row in raw for y in row if y.isdigit() and row[y]]
    assert frame["usd"].sum() == pytest.approx(sum(values))
    assert frame.filter("is_aggregate")["partner"].str.contains("^[A-Z]{3}$").sum() == 0


@real
def test_national_imports() -> None:
    paths = sorted(shared("trade", "intermediaries").glob("*_import_yearly.csv"))
    frame = reading("national_imports", *paths).tables["imports"]
    raw = [row for path in paths for row in rows(path)]
    assert frame.height == len(raw) == 2_873
    assert frame["eur"].sum() == pytest.approx(sum(float(row["VALUE_IN_EUR"]) for row in raw))


@real
def test_national_totals() -> None:
    folder = shared("trade", "intermediaries")
    paths = (folder / "georgia_FTrade_1995-2024.xlsx", folder / "russia_96stran.xlsx")
    frame = reading("national_totals", *paths).tables["totals"]
    assert frame.height == 11_840
    # 29 partners, two flows, 16 years, less 12 months without data; 30 years of Georgia less 4 months.
    assert (frame["reporter"] == "RUS").sum() == 29 * 2 * 16 * 12 - 12
    assert (frame["reporter"] == "GEO").sum() == 2 * (30 * 12 - 2)
    china = frame.filter((pl.col("partner") == "CHN") & (pl.col("month") == "2006-01")).sort("flow")
    assert china["usd_m"].to_list() == [1197.01099, 640.29537]
    georgia = frame.filter((pl.col("reporter") == "GEO") & pl.col("month").str.starts_with("2023"))
    assert georgia.filter(pl.col("flow") == "import")["usd_m"].sum() == pytest.approx(15_603.596578906367)


@real
def test_distances_of_cepii() -> None:
    pairs = reading("cepii_distances", shared("trade", "gravity", "dist_cepii.dta")).tables["pairs"]
    assert pairs.height == 50_176 == 224 * 224
    turned = pairs.join(pairs, left_on=["exporter", "importer"], right_on=["importer", "exporter"], suffix="_back")
    assert turned.height == pairs.height
    assert ((turned["dist"] - turned["dist_back"]).abs() < 1e-6).all()
    seoul = pairs.filter((pl.col("exporter") == "KOR") & (pl.col("importer") == "PRK"))
    assert 150 < seoul["distcap"][0] < 250


@real
def test_distances_between_states_by_year() -> None:
    frame = reading("cow_distances", shared("readiness", "peacesciencer_cow_mindist.rda")).tables["distances"]
    assert frame.height == 952_244
    korea = frame.filter((pl.col("cow1") == 731) & (pl.col("cow2") == 732) & (pl.col("year") == 2019))
    assert korea["km"].to_list() == [0.0]
    russia = frame.filter((pl.col("cow1") == 365) & (pl.col("cow2") == 731) & (pl.col("year") == 2019))
    assert russia["km"].to_list() == [0.0]


@real
def test_wiod_rows_add_up_and_each_country_uses_mostly_its_own() -> None:
    folder = shared("trade", "wiod2013")
    read = reading("wiod", *sorted(folder.iterdir()))
    flows, output = read.tables["flows"], read.tables["output"]
    assert (flows.height, output.height, read.tables["classes"].height) == (2_129_151, 5 * 1435, 69)
    assert sorted(output["year"].unique()) == [2000, 2005, 2008, 2010, 2011]
    made = flows.group_by("year", "from_country", "from_industry").agg(pl.col("usd_m").sum().alias("sum"))
    both = output.join(
        made, left_on=["year", "country", "industry"], right_on=["year", "from_country", "from_industry"], how="left"
    )
    assert ((both["usd_m"] - both["sum"].fill_null(0)).abs() < 200).all()
    # Columns are in the order we say only if most of what a country makes is used at home, for every country and use.
    final = flows.filter(pl.col("is_final") & (pl.col("use") != "c42") & (pl.col("usd_m") > 0))
    own = pl.col("usd_m").filter(pl.col("from_country") == pl.col("to_country")).sum() / pl.col("usd_m").sum()
    home = final.group_by("to_country", "use").agg(own.alias("x"))
    assert home.filter(pl.col("use") == "c39")["x"].min() > 0.5
    assert home.filter(pl.col("use") == "c37")["x"].median() > 0.7
    # Only fixed capital (disposals) and inventories may be negative in the source.
    negative = flows.filter(pl.col("usd_m") < 0).group_by("use").agg(pl.len())
    assert negative.sort("len", descending=True)["use"][0] == "c42"
    assert 25e6 < float(output.filter(pl.col("year") == 2008)["usd_m"].sum()) < 140e6


@real
def test_nomenclature_and_lists_of_codes() -> None:
    codes = reading("hs_nomenclature", shared("trade", "hs", "harmonized-system.csv")).tables["codes"]
    assert codes.height == 6_940
    raw = rows(shared("trade", "hs", "harmonized-system.csv"))
    assert dict(codes.select("hscode", "parent").rows()) == {row["hscode"]: row["parent"] for row in raw}
    chpl = reading("chpl", shared("technology", "chpl_50_hs6_tiers.csv")).tables["codes"]
    assert chpl.height == 50
    assert chpl["tier"].n_unique() == 6
    assert chpl.filter(pl.col("hs6") == "854231")["tier"].to_list() == ["1"]
    six = set(codes.filter(pl.col("level") == 6)["hscode"])
    assert set(chpl["hs6"]) <= six
    cn8 = reading("eu_sanctioned_cn8", shared("trade", "eurostat_cn8", "export_sanctions_codes.csv")).tables["codes"]
    raw = rows(shared("trade", "eurostat_cn8", "export_sanctions_codes.csv"))
    assert cn8.height == len({(row["code"].strip(), row["product"].strip()) for row in raw}) == 2_223


# --- security --------------------------------------------------------------------------------------------------------


@real
def test_capabilities_in_both_forms() -> None:
    from counterpact.record.formats.rdata import read_rdata
    from counterpact.record.reading import SourceFile

    path = shared("readiness", "NMC-60-abridged.csv")
    frame = reading("nmc", path).tables["capabilities"]
    raw = rows(path)
    assert frame.height == len(raw) == 15_951
    gaps = sum(float(row["irst"]) == -9 for row in raw)
    assert gaps > 0
    assert frame["irst"].null_count() == gaps
    # The other form is a later version by other hands; where both have a state and year, most values are the same.
    (other,) = read_rdata(SourceFile(shared("readiness", "peacesciencer_cow_nmc.rda"))).values()
    table = other.frame()
    assert table.height == 17_121
    both = frame.join(table.with_columns(pl.col("ccode", "year").cast(pl.Int64)), on=["ccode", "year"], suffix="_other")
    assert both.height > 15_000
    for column in ("tpop", "milper", "irst"):
        known = both.filter(pl.col(column).is_not_null() & pl.col(f"{column}_other").is_not_null())
        assert ((known[column] - known[f"{column}_other"]).abs() <= 0.01 * known[column].abs() + 1).mean() > 0.9, column


@real
def test_alliances_and_a_treaty_of_the_users_own(tmp_path: Path) -> None:
    path = shared("readiness", "atop_member_level.csv")
    raw = rows(path)
    frame = reading("atop_member", path).tables["members"]
    assert frame.height == len(raw) == 2_398
    assert not frame["user_coded"].any()
    assert frame["defense"].sum() == sum(float(row["defense"]) for row in raw if row["defense"] not in ("", "NA", "."))
    own = tmp_path / "treaty_2024.csv"

    def write(number: str) -> None:
        with own.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, fieldnames=list(raw[0]))
            writer.writeheader()
            writer.writerow(raw[0] | {"atopid": number})

    write("9001")
    both = reading("atop_member", path, own).tables["members"]
    assert both.filter("user_coded")["atopid"].to_list() == [9001]
    write("1001")
    with pytest.raises(SourceError, match="number of ATOP's own"):
        reading("atop_member", path, own)


@real
@pytest.mark.parametrize(
    ("name", "file", "table", "count"),
    [
        ("mme", "mme_v7.csv", "exercises", 3_707),
        ("us_troops", "troopdata_us_country_year.csv", "troops", 13_135),
        ("gsdb", "GSDB_V4.csv", "cases", 1_547),
    ],
)
def test_plain_tables_have_a_row_per_row(name: str, file: str, table: str, count: int) -> None:
    path = shared("readiness", file)
    assert reading(name, path).tables[table].height == len(rows(path)) == count


@real
def test_troops_and_sanctions_cases_by_value() -> None:
    path = shared("readiness", "troopdata_us_country_year.csv")
    troops = reading("us_troops", path).tables["troops"]
    raw = [row for row in rows(path) if row["iso3c"] == "KOR"]
    ours = dict(troops.filter(pl.col("iso3c") == "KOR").select("year", "troops_ad").rows())
    assert ours == {int(row["year"]): float(row["troops_ad"]) for row in raw if row["troops_ad"] != "NA"} | {
        year: None for year, value in ours.items() if value is None
    }
    cases = reading("gsdb", shared("readiness", "GSDB_V4.csv")).tables["cases"]
    assert cases.filter(pl.col("sanctioned_state").str.contains("North|Korea"))["trade"].any()


@real
def test_participants_of_exercises() -> None:
    path = shared("readiness", "mme_v7.csv")
    participants = reading("mme", path).tables["participants"]
    raw = {
        (row["MMEID"].strip(), row[c].strip())
        for row in rows(path)
        for c in row
        if c.startswith("State") and row[c].strip()
    }
    assert participants.height == len(raw) == 13_864


@real
def test_military_expenditure_against_openpyxl() -> None:
    import openpyxl

    path = shared("readiness", "SIPRI-Milex-data-1949-2020.xlsx")
    frame = reading("sipri_milex", path).tables["spending"]
    assert frame.height == 32_340
    sheet = openpyxl.load_workbook(path, read_only=True, data_only=True)["Current USD"]
    table = list(sheet.iter_rows(values_only=True))
    head = next(cells for cells in table if str(cells[0]).strip() == "Country")
    line = next(cells for cells in table if str(cells[0]).strip() == "Korea, South")
    want = {int(y): v for y, v in zip(head, line, strict=True) if str(y).isdigit() and isinstance(v, int | float)}
    got = frame.filter((pl.col("country") == "Korea, South") & (pl.col("unit") == "current USD m"))
    assert dict(got.select("year", "value").rows()) == pytest.approx(want)


# --- cyber -----------------------------------------------------------------------------------------------------------


@real
def test_attack_enterprise() -> None:
    path = shared("cyber", "enterprise-attack-18.1-stix20-rebuilt.json.gz")
    read = reading("attack_enterprise", path)
    objects, links = read.tables["objects"], read.tables["relationships"]
    assert (objects.height, links.height) == (4_723, 20_048)
    assert objects.height + links.height == 24_771
    live = objects.filter(~pl.col("revoked") & ~pl.col("deprecated"))
    counts = dict(live.group_by("type").len().rows())
    assert (counts["intrusion-set"], counts["attack-pattern"]) == (172, 691)
    with gzip.open(path) as stream:
        raw = json.load(stream)["objects"]
    groups = {o["id"]: o for o in raw if o["type"] == "intrusion-set"}
    ours = {row["id"]: row for row in objects.filter(pl.col("type") == "intrusion-set").to_dicts()}
    assert set(groups) == set(ours)
    for key, group in groups.items():
        assert ours[key]["name"] == group["name"]
        assert ours[key]["revoked"] == group.get("revoked", False)
    assert read.tables["aliases"].height == sum(
        len(dict.fromkeys((*o.get("aliases", []), *o.get("x_mitre_aliases", []))))
        for o in raw
        if o["type"] != "relationship"
    )
    lazarus = objects.filter(pl.col("external_id") == "G0032")["name"].to_list()
    assert lazarus == ["Lazarus Group"]


@real
def test_a_bundle_with_a_loose_relationship_is_refused(tmp_path: Path) -> None:
    with gzip.open(shared("cyber", "ics-attack-18.1-stix20-rebuilt.json.gz")) as stream:
        bundle = json.load(stream)
    first = next(i for i, o in enumerate(bundle["objects"]) if o["type"] == "attack-pattern")
    del bundle["objects"][first]
    path = tmp_path / "ics-attack.json"
    path.write_text(json.dumps(bundle))
    with pytest.raises(SourceError, match="not in the bundle"):
        reading("attack_ics", path)
