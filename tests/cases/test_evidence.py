"""The evidence of the shipped case: every claim kept as made, estimands that let rivals meet, no label that tells."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from counterpact.case.case import Case
from counterpact.case.model import Fact
from counterpact.case.read import read_case
from counterpact.case.reference import ForumFact, LegalBasis, RegimeRule, TreatyTerm, UnMeasure
from counterpact.case.values import Bound, Claim, EstimandKind
from counterpact.picture.evidence import in_unit_of, stated_interval
from counterpact.provenance import Handling, Reading
from tests.shared_data import shared

TELLING = re.compile(
    r"misprint|\btraps?\b|\berrors?\b|\bwrong(ly)?\b|media-error|\bfalse\b|\brivals?\b|mistake|typo", re.I
)
PART = re.compile(r"part (\d+) of (\d+): ")


@cache
def case() -> Case:
    """The shipped case, read once."""
    return read_case("russia-dprk")


def base(table: str) -> list[dict[str, str]]:
    """Rows of the fact base the case was made from."""
    with shared("case", f"{table}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def numbers() -> Iterator[Fact]:
    """Facts with a number."""
    return (fact for fact in case().facts.values() if fact.low is not None or fact.high is not None)


@pytest.mark.shared
def test_every_claim_of_the_fact_base_is_kept() -> None:
    """No claim is lost, none lost its number, and none gained one."""
    facts = case().facts
    rows = base("facts")
    assert [row["id"] for row in rows if row["id"] not in facts] == []
    numeric = {row["id"] for row in rows if row["low"]}
    assert {fact.id for fact in numbers()} & {row["id"] for row in rows} == numeric


# The statement names one number of the fact base's interval; the other one is a fact of its own or a remark.
OTHER_NUMBER = [
    "M023", "M025", "O018", "Q009", "Q010", "Y012", "E003", "W009", "W013", "J011", "J016", "N2_L002", "N2_R001",
    "N2_J005", "N2_Q011",
]  # fmt: skip
# Yearly amounts given for several years stand in one year; numbers split by time carry their own time.
OTHER_PERIOD = ["M025", "O017", "O023", "D006", "Y027", "Y028", "J001", "N2_S002", "N2_H022", "N2_H023"]


@pytest.mark.shared
def test_claims_are_taken_over_as_made() -> None:
    """Number, period, confidence and page are those of the fact base, but for the rows listed above."""
    facts = case().facts
    number, period = [], []
    for row in base("facts"):
        fact = facts[row["id"]]
        assert case().sources[fact.source].url == row["url"], fact.id
        assert fact.confidence == row["confidence"], fact.id
        start, end = row["period_start"], row["period_end"]
        written = start if start == end else f"{start}/{end or '..'}"
        if fact.model_dump(mode="json")["period"] != (written or None):
            period.append(fact.id)
        stated = stated_interval(fact)
        if not row["low"] or stated is None:
            continue
        scale = 0.01 if row["unit"].startswith("percent") else 1.0
        low, high = float(row["low"]) * scale, float(row["high"]) * scale
        slack = 1e-9 * max(1.0, abs(high))
        if not (stated[0] <= low + slack and high <= stated[1] + slack):
            number.append(fact.id)
    assert number == OTHER_NUMBER
    assert period == OTHER_PERIOD


def test_estimands_carry_no_year() -> None:
    """The year belongs to the period of a fact."""
    for estimand in case().estimands.values():
        assert not re.search(r"(19|20)\d\d|_h[12]$|_q[1-4]$", estimand.id), estimand.id
        # names of resolutions and dates in remarks are allowed, in names they are not
        assert not re.search(r"\b(19|20)\d\d\b", estimand.name), estimand.name


def test_every_number_is_about_an_estimand_in_a_unit_that_converts() -> None:
    """A number without an estimand could not meet its rivals."""
    for fact in numbers():
        estimand = case().estimands[fact.estimand]
        assert in_unit_of(case(), fact, estimand) is not None, fact.id
        assert fact.period is not None, fact.id
        if estimand.kind is EstimandKind.CAP:
            assert fact.claim is not Claim.ACTUAL, f"{fact.id}: a limit is a rule, a plan or a forecast"


def test_estimands_are_defined_once() -> None:
    """No two estimands of one name, none without a fact."""
    names = Counter(estimand.name for estimand in case().estimands.values())
    assert [name for name, n in names.items() if n > 1] == []
    used = {fact.estimand for fact in case().facts.values()}
    assert set(case().estimands) - used == set()


def test_units_are_a_short_list() -> None:
    """The fact base had 272 spellings."""
    assert len({fact.unit for fact in numbers()}) <= 60
    assert {fact.unit for fact in numbers()} <= set(case().head.units)


def test_no_label_gives_away_what_the_program_must_find() -> None:
    """Neither ids, units, statements, origins, definitions and remarks nor titles tell which claim is bad."""
    for row in (*case().facts.values(), *case().estimands.values(), *case().sources.values()):
        for column, cell in row.model_dump(mode="json", exclude={"url"}).items():
            assert not TELLING.search(str(cell or "")), (row.id, column, cell)


def test_claims_that_must_be_found_are_there_as_made() -> None:
    """The known traps of the fact base: present, unmarked, beside what reveals them."""
    facts = case().facts
    assert (facts["L016"].low, facts["L016"].unit, facts["L016"].estimand) == (
        13,
        "border entry",
        facts["L003"].estimand,
    )
    assert facts["N2_O007"].unit == "tonne"
    assert facts["N2_O007"].repeats == "O003"
    assert facts["N2_O007"].estimand == facts["O003"].estimand
    assert facts["CN012"].low == facts["CN013"].low == 34e6
    assert "record" in facts["CN012"].statement
    assert facts["N2_Y005"].low == 283e9
    assert facts["N2_Y005"].estimand == facts["Y012"].estimand
    assert facts["P009"].claim is Claim.DENIAL
    assert facts["Q011"].claim is Claim.PLAN
    assert facts["L004"].part_of == ""
    assert {facts[i].estimand for i in ("L002", "L005", "L014", "N2_L011")} == {"workers_in_russia"}
    assert facts["P010"].period == facts["N2_P001"].period
    assert facts["M044"].repeats == "M008"
    assert facts["O024"].repeats == "O003"
    # nobody corrected them by hand
    trapped = {"R002", "L016", "N2_O007", "CN011", "CN012", "CN013", "N2_Y005", "Q010", "Q011", "J016", "H002"}
    trapped |= {"L001", "W002", "W003", "R007", "P002"}
    assert trapped & set(case().corrected) == set()


def part_sums() -> dict[str, tuple[float, float]]:
    """Whole → (what it says, what its listed parts add up to), for wholes whose parts are said to be all of it."""
    groups: dict[str, list[Fact]] = {}
    for fact in case().facts.values():
        if fact.part_of and PART.match(fact.definition):
            groups.setdefault(fact.part_of, []).append(fact)
    found = {}
    for whole, parts in groups.items():
        marks = sorted(tuple(map(int, PART.match(part.definition).groups())) for part in parts)  # type: ignore[union-attr]
        assert marks == [(k + 1, len(parts)) for k in range(len(parts))], whole
        assert {part.unit for part in parts} == {case().facts[whole].unit}, whole
        found[whole] = (case().facts[whole].low or 0.0, sum(part.low or 0.0 for part in parts))
    return found


def test_parts_add_up_where_the_source_does() -> None:
    """Sums of the parts, worked out by hand from the sources; three sources do not add up, and stay so."""
    sums = part_sums()
    assert sums["L003"] == (13221, 7887 + 3098 + 1648 + 286 + 234 + 53 + 15)
    assert sums["R003"] == (150, 112 + 4 + 33 + 1)
    assert sums["R007"] == (1005, 424 + 581)
    assert sums["N2_H001"] == (224, 198 + 26)
    assert {whole for whole, (said, parts) in sums.items() if abs(said - parts) > 0.005 * said} == {"R002"}
    off = {whole: (said, parts) for whole, (said, parts) in sums.items() if said != parts}
    assert off == {"R002": (258, 255), "O008": (105845, 105844), "Q010": (597, 598), "CN007": (1.11e9, 1.112e9)}


def test_open_parts_are_no_more_than_their_whole() -> None:
    """`part: …` names some part; it cannot exceed the whole unless the source contradicts itself."""
    for fact in case().facts.values():
        whole = case().facts.get(fact.part_of)
        if whole is None or PART.match(fact.definition):
            continue
        assert fact.definition.startswith("part: "), fact.id
        if whole.unit == fact.unit and whole.bound is not Bound.AT_LEAST:
            assert (fact.low or 0) <= (whole.high or 0), fact.id


@pytest.mark.shared
def test_second_readings_are_facts_that_correct() -> None:
    """A correction stands beside the first reading, says why, and only where another page or number was read."""
    by_hand = {fact.id: fact.corrects for fact in case().facts.values() if fact.corrects}
    assert by_hand == {"L015_c": "L015", "Q009_c": "Q009", "Q013_c": "Q013", "H019_c": "H019", "Y007": "Y008"}
    checked = {row["id"] for row in base("facts") if row["check"]}
    for new, old in by_hand.items():
        assert case().facts[new].note, new
        assert old in checked or new in checked


@pytest.mark.shared
def test_reading_is_marked() -> None:
    """Rows from memory and rows read only where they were re-published never look read."""
    for row in base("facts"):
        reading = case().facts[row["id"]].reading
        if row["read"] == "no" or row["page_class"] in ("secondary", "not read"):
            assert reading is not Reading.READ, row["id"]
        if row["read"] == "no" and not row["check"].startswith("confirmed"):
            assert reading is Reading.MEMORY, row["id"]
    assert {fact.handling for fact in case().facts.values()} == {Handling.CLEAR}


def test_origins_have_one_spelling() -> None:
    """No two origins differ in case, blanks or punctuation only, and none is a code of the fact base."""
    origins = {fact.origin for fact in case().facts.values()}
    folded = Counter(re.sub(r"[^a-z0-9]", "", origin.lower()) for origin in origins)
    assert [name for name, n in folded.items() if n > 1] == []
    assert [o for o in origins if re.match(r"(state|official|research|media|company|states)-", o)] == []


def test_sources_are_one_row_per_address_and_all_are_cited() -> None:
    """A publication that nothing cites is dead weight; one address is one publication."""
    urls = Counter(source.url for source in case().sources.values())
    assert [url for url, n in urls.items() if n > 1] == []
    assert set(case().sources) - {fact.source for fact in case().facts.values()} == set()


def test_cumulative_facts_carry_their_start() -> None:
    """A running total means nothing without the day it runs from."""
    for fact in numbers():
        if case().estimands[fact.estimand].kind is EstimandKind.CUMULATIVE:
            assert fact.period is not None, fact.id


@pytest.mark.shared
@pytest.mark.parametrize(
    ("table", "row_type", "count"),
    [
        ("legal_basis", LegalBasis, 108),
        ("un_measures", UnMeasure, 81),
        ("treaties", TreatyTerm, 109),
        ("forums", ForumFact, 109),
        ("regimes", RegimeRule, 63),
    ],
)
def test_reference_tables_are_whole(table: str, row_type: type, count: int) -> None:
    """Every row of the fact base, in its order, with how far it was read."""
    rows = base(table)
    ours: list[Any] = list(case().table(row_type).values())
    assert len(rows) == len(ours) == count
    reading = {"yes": "read", "partly": "partly", "memory": "memory"}
    assert [row.reading for row in ours] == [reading[row["seen"]] for row in rows]


@pytest.mark.shared
def test_every_measure_has_its_legal_basis_checked() -> None:
    """One second reading per measure of the fact base."""
    found = Counter(row.measure for row in case().table(LegalBasis).values())
    assert set(found) == {row["id"] for row in base("measures")}


def test_the_kept_assessment_of_sanctions_belongs_to_the_case_as_shipped() -> None:
    """It answers without a download; it must be made anew (docs/how-to/edit-a-case.md) whenever the case changes."""
    from counterpact.case.read import read_case
    from counterpact.case.values import Line
    from counterpact.lines.contract import EmptyRecord
    from counterpact.lines.store import load

    kept = load(read_case("russia-dprk"), Line.SANCTIONS, EmptyRecord())
    assert kept is not None
    assert kept.void == ""
    assert kept.assessment.vintages["uk_normalised"] == "2026-04-29"
    text = next(f for f in kept.assessment.findings if f.id == "ships-russia-eu-uk").sentence
    assert "632 ships" in text
    assert "count and not yet a finding" in text
