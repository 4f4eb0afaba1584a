"""What must hold between rows: each rule fires on its fault and is silent on the sound case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpact.case import model as m
from counterpact.case.case import TABLES
from counterpact.case.check import case_notes, check_case
from counterpact.case.check_references import HIERARCHIES, REFERENCES
from counterpact.case.checking import cycles
from counterpact.case.read import read_case
from tests.case.starters import change, problems_of

FAULTS = {
    "group without members": ("actors.csv", ",,CCC TTT,", ",,,", 7, "members", "needs members"),
    "members of a state": ("actors.csv", "third,,,", "third,,AAA,", 6, "members", "has no members"),
    "code of a state": ("actors.csv", "alliance,,,,50", "alliance,,,Aaa,50", 2, "iso3", "three capital letters"),
    "place inside itself": ("actors.csv", "alliance,,,,40,", "alliance,BBB-port,,,40,", 3, "part_of", "in a circle"),
    "alliance of another side": ("actors.csv", "state,alliance,,,,50", "state,third,,,,50", 0, "alliance", "not"),
    "unit of a good": ("channels.csv", "rail,tonne", "rail,piece", 4, "unit", "not the unit of grain"),
    "no price": ("channels.csv", ",AAA,BBB,shell-price,0", ",AAA,BBB,,0", 2, "price", "although somebody pays"),
    "free opening": ("channels.csv", ",2000000,6,", ",0,6,", 3, "opening_cost", "a potential channel needs it"),
    "no lag": ("channels.csv", ",2000000,6,", ",2000000,0,", 3, "opening_lag_months", "a potential channel needs it"),
    "unknown payer": ("channels.csv", ",AAA,BBB,shell-price,0", ",AAB,BBB,shell-price,0", 2, "payer", "not an actor"),
    "ends where it begins": ("channels.csv", "BBB,AAA,shells,rail", "AAA,AAA,shells,rail", 3, "to_place", "must end"),
    "need that is no food": ("needs.csv", "BBB,grain,30000,60000,tonne", "BBB,shells,1,2,piece", 2, "good", "not civ"),
    "purse of a third": ("purses.csv", "purse-AAA,AAA", "purse-AAA,TTT", 2, "actor", "not of the alliance"),
    "price in another unit": ("factors.csv", "piece,USD", "tonne,USD", 2, "price", "factor shell-price converts"),
    "factor of zero": ("factors.csv", "500,2000", "0,2000", 2, "low", "above 0"),
    "objective nobody delivers": ("objective_terms.csv", "shells-1,shells", "shells-1,shels", 2, "objective", "not a"),
    "objective in another unit": ("objectives.csv", "ally,piece", "ally,tonne", 2, "factor", "no factor is named"),
    "estimand in another unit": ("estimands.csv", "flow,piece", "flow,tonne", 2, "factor", "no factor is named"),
    "unknown source": ("facts.csv", "Example institute,S001", "Example institute,S010", 2, "source", "not a source"),
    "repeats itself": ("facts.csv", "low,partly,,,,", "low,partly,F002,,,", 3, "repeats", "refers to itself"),
    "repeats nobody": ("facts.csv", "low,partly,,,,", "low,partly,F02,,,", 3, "repeats", 'Did you mean "F002"'),
    "at least nothing": ("facts.csv", "2000000,,piece", ",2000000,piece", 3, "low", "is empty although"),
    "actual but later than the case": ("facts.csv", "between,2024,", "between,2026,", 2, "period", "the day of this"),
    "lever of another status": ("measures.csv", "proposed,new", "in force,new", 2, "lever", "status: lapse"),
    "strengthen what is not there": ("measures.csv", "proposed,new", "proposed,strengthen", 2, "lever", "does not fit"),
    "more must act than there are": ("measures.csv", "TTT,0,", "TTT,2,", 2, "who_needed", "who names 1"),
    "lead time turned round": ("measures.csv", ",3,9,", ",10,9,", 2, "lead_months_low", "is above"),
    "required and excluded": (
        "measures.csv", ",assumption,,,,memory,,\n", ",assumption,ask-transit,ask-transit,,memory,,\n", 2, "excludes",
        "required and excluded",
    ),
    "share above one": ("effect_families.csv", "block,0.05,0.4", "block,5,40", 2, "high", "40 percent is 0.4"),
    "family without interval": ("effect_families.csv", "block,0.05,0.4", "block,,", 2, "low", "needs an interval"),
    "assumption tuned per measure": ("effects.csv", "shells-sea,,,,", "shells-sea,,0.9,1,", 2, "low", "never"),
    "observed change without facts": (
        "effects.csv", "shells-sea,,,,assumption", "shells-sea,,0.1,0.2,observed change", 2, "facts", "needs its facts",
    ),
    "effect on nothing": ("effects.csv", "inspection,shells-sea,", "inspection,,", 2, "channels", "needs channels"),
    "enables nobody": ("effects.csv", "persuasion,,TTT", "persuasion,,", 3, "enables", "needs enables"),
    "unknown family": ("effects.csv", ",inspection,", ",inspections,", 2, "family", "not an effect family"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_rule_fires_on_its_fault_only(fault: str, folder: Path) -> None:
    file, old, new, row, column, words = FAULTS[fault]
    change(folder, file, old, new)
    found = problems_of(lambda: read_case(folder))
    hits = [p for p in found if (p.row, p.column) == (row, column) and words in str(p)]
    assert hits, "\n".join(map(str, found))
    assert len(found) <= 3, "\n".join(map(str, found))


def test_every_column_that_holds_ids_is_checked() -> None:
    """A new id column cannot be forgotten: the lists are compared with the classes."""
    said = ("id.", "ids ", "ids,", "id,", " id ", "id:")
    for row_type in TABLES:
        for name, info in row_type.model_fields.items():
            text = f"{info.description or ''} ".lower()
            is_ids = "Ids" in str(row_type.__annotations__.get(name, ""))
            names_one = info.annotation is str and name != "id" and any(word in text for word in said)
            if is_ids or names_one:
                assert name in REFERENCES.get(row_type.table, {}), f"{row_type.table}.{name}"


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, found in REFERENCES.items() for c in found])
def test_every_reference_is_followed(table: str, column: str, folder: Path) -> None:
    case = read_case(folder)
    rows = case.rows.get(table, {})
    if not rows:
        return  # the starter has no such row
    row = next(iter(rows.values()))
    value = ("nobody-at-all",) if isinstance(getattr(row, column), tuple) else "nobody-at-all"
    broken = row.model_copy(update={column: value})
    changed = replace(case, rows={**case.rows, table: {**rows, row.id: broken}})
    assert any('"nobody-at-all" is not' in p.what and p.column == column for p in check_case(changed))


@pytest.mark.parametrize(("table", "column"), HIERARCHIES)
def test_a_circle_of_two_is_found_in_every_hierarchy(table: str, column: str, folder: Path) -> None:
    case = read_case(folder)
    rows = dict(case.rows[table])
    one, two = list(rows)[:2]
    many = isinstance(getattr(rows[one], column), tuple)
    rows[one] = rows[one].model_copy(update={column: (two,) if many else two})
    rows[two] = rows[two].model_copy(update={column: (one,) if many else one})
    found = check_case(replace(case, rows={**case.rows, table: rows}))
    assert [p.what for p in found if p.column == column and "circle" in p.what] == [
        f"runs in a circle: {one} → {two} → {one}"
    ]


@given(st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=3), max_size=7))
def test_circles_are_found_exactly_where_there_are_any(graph: dict[int, list[int]]) -> None:
    edges = {str(node): [str(to) for to in found] for node, found in graph.items()}
    found = cycles(edges)
    for circle in found:
        for node, step in zip(circle, (*circle[1:], circle[0]), strict=True):
            assert step in edges[node]
    # independent: remove nodes without outgoing edges until nothing changes; what remains holds a circle
    left = {node: {to for to in found_ if to in edges} for node, found_ in edges.items()}
    while any(not to for to in left.values()):
        gone = {node for node, to in left.items() if not to}
        left = {node: to - gone for node, to in left.items() if node not in gone}
    assert bool(left) == bool(found)


def test_convertible_units_and_later_plans_are_allowed(folder: Path) -> None:
    change(folder, "factors.csv", "\n", "\ntonnes,Tonnes per shell,piece,tonne,0.04,0.05,true,assumption,,\n")
    change(folder, "facts.csv", "1000000,1500000,piece,between,2024,,actual", "1,2,tonne,between,2031,,plan")
    case = read_case(folder)
    assert any("after 2026 (plan, forecast, rule): F001" in str(note) for note in case_notes(case))


def test_history_before_the_horizon_is_a_note_not_an_error(folder: Path) -> None:
    change(folder, "facts.csv", "between,2024", "between,2017")
    notes = case_notes(read_case(folder))
    assert any("before 2024: history only" in str(note) and "F001" in str(note) for note in notes)


def test_a_row_made_by_an_event_is_named_since_it_has_no_number(folder: Path) -> None:
    case = read_case(folder)
    rows = {**case.rows["channels"], "new": case.channels["grain-rail"].model_copy(update={"id": "new", "good": "no"})}
    found = check_case(replace(case, rows={**case.rows, "channels": rows}))
    assert [(p.row, p.what) for p in found] == [(0, 'row "new": "no" is not a good of this case')]


def test_the_nearest_row_is_found_by_name_too(folder: Path) -> None:
    change(folder, "effects.csv", "shells-sea", "Shells_by_sea")
    (problem,) = problems_of(lambda: read_case(folder))
    assert "shells-sea" in problem.do


def test_model_has_docstrings_for_every_column() -> None:
    for row_type in (*TABLES, m.Head):
        for name, info in row_type.model_fields.items():
            assert info.description, f"{row_type.__name__}.{name}"
