"""The crosswalk of state codes, both ways and against an outside list."""

from __future__ import annotations

import csv

import pytest

from counterpact.errors import UsageError
from counterpact.record.states import Scheme, find, states, translate
from tests.shared_data import shared

END = 2025


@pytest.mark.parametrize("scheme", ["cow", "gw", "iso2", "iso3", "name"])
def test_every_code_leads_to_its_state_and_back_in_every_year_it_existed(scheme: Scheme) -> None:
    for state in states():
        code = str(getattr(state, scheme))
        if not code:
            continue
        for year in {state.first, (state.first + (state.last or END)) // 2, state.last or END}:
            back = find(code, scheme, year)
            assert back is not None, (state.name, code, year)
            if back != state:  # in a year of change the successor has the code, and it begins in that very year
                assert state.last is not None, (state, back)
                assert back.first >= state.first, (state, back)
                assert year >= back.first, (state, back)


def test_no_two_states_share_a_code_beyond_a_year_of_change() -> None:
    for scheme in ("cow", "gw", "iso2", "iso3"):
        held: dict[tuple[str, int], list[str]] = {}
        for state in states():
            for year in range(state.first, (state.last or END) + 1):
                if code := str(getattr(state, scheme)):
                    held.setdefault((code, year), []).append(state.name)
        clashes = {key: names for key, names in held.items() if len(names) > 1}
        for (code, year), names in clashes.items():
            ends = {s.last for s in states() if s.name in names}
            assert year in ends, (scheme, code, year, names)


@pytest.mark.parametrize(
    ("code", "scheme", "year", "name"),
    [
        ("YU", "iso2", 1985, "Yugoslavia"),
        ("YU", "iso2", 2001, "Yugoslavia"),
        ("DD", "iso2", 1980, "German Democratic Republic"),
        ("SU", "iso2", 1980, "Soviet Union"),
        ("CS", "iso2", 1980, "Czechoslovakia"),
        ("CS", "iso2", 2005, "Serbia and Montenegro"),
        ("YD", "iso2", 1980, "Yemen People's Republic"),
        ("YE", "iso2", 1980, "Yemen Arab Republic"),
        ("YE", "iso2", 2000, "Yemen"),
        ("DE", "iso2", 1980, "Federal Republic of Germany"),
        (365, "cow", 1980, "Soviet Union"),
    ],
)
def test_codes_of_states_that_are_gone(code: str, scheme: Scheme, year: int, name: str) -> None:
    state = find(code, scheme, year)
    assert state is not None
    assert state.name == name


def test_a_code_outside_its_years_is_refused() -> None:
    assert find("DD", "iso2", 2000) is None
    assert find("SU", "iso2", 2000) is None
    with pytest.raises(UsageError, match="was no state's iso3 code in 1950"):
        translate("UKR", "iso3", "cow", 1950)
    assert translate("PRK", "iso3", "gw", 2024) == "731"


@pytest.mark.shared
def test_numbers_agree_with_the_list_of_the_correlates_of_war() -> None:
    with shared("unga", "COW_country_codes.csv").open(encoding="utf-8-sig") as stream:
        listed = {int(row["CCode"]): row["StateAbb"] for row in csv.DictReader(stream)}
    ours = {state.cow: state.abbreviation for state in states()}
    missing = {code: name for code, name in listed.items() if code not in ours}
    wrong = {code: (ours[code], name) for code, name in listed.items() if code in ours and ours[code] != name}
    assert not wrong
    assert all(1 <= code <= 999 for code in ours)
    # The list also holds states that were gone before 1945, which no table of the record needs.
    assert len(missing) <= 30, missing
