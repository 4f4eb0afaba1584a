"""Gaps between lists: the counts of the real files, and what must not be called a gap."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from counterpact.errors import SourceError, UsageError
from counterpact.lines.sanctions.gaps.asking import find_gaps
from counterpact.lines.sanctions.gaps.compare import compare
from counterpact.lines.sanctions.gaps.histories import SEEN, histories
from counterpact.lines.sanctions.gaps.partners import PartnerList, partner_list
from counterpact.record.ingest import import_files
from counterpact.record.store import Store
from tests.shared_data import shared

ENTRY = {"entity": pl.String, "kind": pl.String, "name": pl.String, "listed": pl.Date, "numbers": pl.List(pl.String)}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("record"))
    lists = shared("lists")
    import_files(store, "ofac_sdn", [lists / "ofac" / "sdn_raw_2024-05-03.csv.gz"])
    eu = sorted((lists / "eu" / "consolidated").glob("*.csv"))
    import_files(store, "eu_acts", eu, vintage=date(2026, 8, 20))
    import_files(store, "uk_normalised", sorted((lists / "uk").glob("*.csv.gz")))
    return store


@pytest.mark.shared
def test_ships_by_imo_number_on_the_real_lists(store: Store) -> None:
    russia = compare(partner_list(store, "EU", "russia"), partner_list(store, "UK", "russia"), "vessel")
    assert russia.counts == {"a": 632, "b": 595, "both": 546, "only_a": 86, "only_b": 49}
    dprk = compare(partner_list(store, "OFAC", "dprk"), partner_list(store, "EU", "dprk"), "vessel")
    assert dprk.counts == {"a": 104, "b": 60, "both": 50, "only_a": 54, "only_b": 10}
    assert not dprk.finding
    assert any("2024-05-03" in w and "2026-08-20" in w and "not a finding" in w for w in dprk.warnings)


@pytest.mark.shared
def test_what_each_would_have_to_add_and_no_word_on_names_that_were_not_compared(store: Store) -> None:
    found = find_gaps(store, "russia", ("EU", "UK"), by_name=False)
    assert {(c.partner, c.source): c.missing for c in found.closings} == {
        ("EU", "UK"): {"vessel": 49},
        ("UK", "EU"): {"vessel": 86},
    }
    for gap in found.gaps:
        assert gap.settled == (gap.kind == "vessel")
    named = found.plain(named=True)["gaps"][0]
    assert len(named["only_a"]) == 86
    assert all(row["numbers"] for row in named["only_a"])


@pytest.mark.shared
def test_unknown_partners_and_themes(store: Store) -> None:
    with pytest.raises(UsageError, match="is no partner"):
        partner_list(store, "OFAK", "dprk")
    with pytest.raises(UsageError, match="Did you mean"):
        partner_list(store, "EU", "dpkr")
    with pytest.raises(SourceError, match="holds no list of UN"):
        partner_list(store, "UN", "dprk")


def test_an_empty_record_says_what_to_import(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="two partners"):
        find_gaps(Store(tmp_path), "dprk")


def made(
    partner: str, vintage: date, *rows: tuple[str, str, str, date | None, list[str]], dated: bool = True
) -> PartnerList:
    return PartnerList(partner, "dprk", partner.lower(), vintage, dated, pl.DataFrame(rows, ENTRY, orient="row"))


def test_lists_close_in_time_give_a_finding_and_lags_run_from_the_first_to_the_second() -> None:
    day = date(2026, 8, 20)
    a = made("A", day, ("1", "vessel", "ONE", date(2020, 1, 1), ["imo:9074729"]),
             ("2", "vessel", "TWO", date(2020, 1, 1), ["imo:8814275"]))  # fmt: skip
    b = made("B", date(2026, 9, 1), ("x", "vessel", "UNO", date(2020, 1, 31), ["imo:9074729"]))
    gap = compare(a, b, "vessel")
    assert gap.finding
    assert gap.both == (("1", "x", "number"),)
    assert (gap.only_a, gap.only_b) == (("2",), ())
    assert gap.lag["days"].to_list() == [30]
    assert not compare(a, made("B", date(2026, 9, 20)), "vessel").finding
    assert not compare(a, made("B", day, dated=False), "vessel").finding


def test_a_matcher_by_name_settles_the_rest_only() -> None:
    day = date(2026, 8, 20)
    a = made("A", day, ("1", "person", "Kim", None, ["document:P123456"]), ("2", "person", "Ri", None, []))
    b = made("B", day, ("x", "person", "KIM", None, ["document:P123456"]), ("y", "person", "RI", None, []))
    asked: list[tuple[list[str], list[str]]] = []

    def matcher(left: pl.DataFrame, right: pl.DataFrame) -> list[tuple[str, str]]:
        asked.append((left["entity"].to_list(), right["entity"].to_list()))
        return [("2", "y")]

    gap = compare(a, b, "person", by_name=matcher)
    assert asked == [(["2"], ["y"])]
    assert gap.settled
    assert gap.counts == {"a": 2, "b": 2, "both": 2, "only_a": 0, "only_b": 0}


def test_histories_count_changes_within_one_list_only() -> None:
    first, second = date(2024, 1, 1), date(2025, 1, 1)
    rows = [
        ("9074729", "name", "OLD STAR", "us", first), ("9074729", "name", "NEW STAR", "us", second),
        ("9074729", "flag", "Palau", "us", first), ("9074729", "flag", "Palau", "us", second),
        ("8814275", "name", "SPELT SO", "us", first), ("8814275", "name", "SPELT ZO", "eu", first),
        ("9333333", "name", "NOW", "eu", first), ("9333333", "former name", "THEN", "eu", first),
    ]  # fmt: skip
    found = {h.imo: h for h in histories(pl.DataFrame(rows, SEEN, orient="row"))}
    assert set(found) == {"9074729", "9333333"}
    assert (found["9074729"].renamings, found["9074729"].reflaggings) == (1, 0)
    assert found["9074729"].names == (("OLD STAR", "us", first, first), ("NEW STAR", "us", second, second))


@pytest.mark.shared
def test_the_line_reports_counts_and_never_names(store: Store) -> None:
    import counterpact
    from counterpact.lines.sanctions import assess
    from counterpact.lines.store import to_plain

    opened = counterpact.open("russia-dprk")
    made = assess(opened.case, opened.picture(), store, opened.as_of)
    found = {f.id: f for f in made.findings}
    eu_uk = found["ships-russia-eu-uk"]
    assert [int(f.value.low) for f in eu_uk.figures] == [632, 595, 546, 86, 49, 113]
    assert eu_uk.severity == "note"
    assert "113 days apart" in eu_uk.sentence
    together = found["ships-together"]
    numbers = {
        one: set(partner_list(store, one, "russia").of("vessel")["numbers"].explode()) for one in ("OFAC", "EU", "UK")
    }
    assert together.figures[0].value.low == len(set.union(*numbers.values()))
    assert set(made.vintages) == {"ofac_sdn", "eu_acts", "uk_normalised"}
    text = str(to_plain(made))
    assert not [n for n in numbers["UK"] if n.removeprefix("imo:") in text]


@pytest.mark.shared
def test_persons_and_companies_are_settled_by_screening_their_names(store: Store) -> None:
    found = {g.kind: g for g in find_gaps(store, "dprk", ("EU", "UK")).gaps}
    person = found["person"]
    assert person.settled
    by_number = compare(partner_list(store, "EU", "dprk"), partner_list(store, "UK", "dprk"), "person")
    assert person.counts["both"] > by_number.counts["both"]
    names = {(a, b) for a, b, how in person.both if how == "name"}
    # the lists of both partners follow the UN's, so most of the smaller one must be found again
    assert person.counts["both"] > 0.75 * min(person.counts["a"], person.counts["b"])
    assert len({a for a, _ in names}) == len(names)
