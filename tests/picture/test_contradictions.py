"""Minimal sets and worlds against brute force over all subsets."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from counterpact.picture.contradictions import Map, enumerate_sets, verified
from counterpact.picture.system import System

COLUMNS = 3
claims = st.lists(
    st.tuples(
        st.lists(st.integers(0, COLUMNS - 1), min_size=1, max_size=COLUMNS, unique=True),
        st.integers(0, 12),
        st.integers(0, 3),
    ),
    min_size=2,
    max_size=6,
)


def system_of(rows) -> System:
    system = System()
    for j in range(COLUMNS):
        system.column(j, upper=10.0)
    for i, (columns, low, width) in enumerate(rows):
        system.row(dict.fromkeys(columns, 1.0), low, low + width, f"f{i}")
    return system


def brute_feasible(rows, subset) -> bool:
    """An independent solver on the same claims."""
    A, b = [], []
    for i in subset:
        columns, low, width = rows[i]
        row = np.zeros(COLUMNS)
        row[list(columns)] = 1.0
        A += [row, -row]
        b += [low + width, -low]
    if not A:
        return True
    return linprog(np.zeros(COLUMNS), A_ub=np.array(A), b_ub=b, bounds=[(0, 10)] * COLUMNS).status == 0


@given(claims)
@settings(max_examples=40, deadline=None)
def test_all_minimal_and_maximal_sets_are_found_and_no_other(rows):
    names = [f"f{i}" for i in range(len(rows))]
    every = [c for k in range(len(rows) + 1) for c in combinations(range(len(rows)), k)]
    feasible = {c: brute_feasible(rows, c) for c in every}
    minimal = {
        frozenset(f"f{i}" for i in c)
        for c in every
        if not feasible[c] and all(feasible[tuple(x for x in c if x != i)] for i in c)
    }
    maximal = {
        frozenset(f"f{i}" for i in c)
        for c in every
        if feasible[c] and not any(feasible[tuple(sorted((*c, i)))] for i in range(len(rows)) if i not in c)
    }
    system = system_of(rows)
    found = enumerate_sets(system, names)
    assert found.complete
    assert set(found.minimal) == minimal
    assert set(found.maximal) == maximal
    assert all(verified(system, s) for s in found.minimal)


@given(claims)
@settings(max_examples=30, deadline=None)
def test_leaving_any_fact_out_of_a_contradiction_mends_it_and_giving_by_the_adjustment_too(rows):
    system = system_of(rows)
    for mus in enumerate_sets(system, [f"f{i}" for i in range(len(rows))]).minimal:
        for name in mus:
            others = mus - {name}
            assert brute_feasible(rows, sorted(int(f[1:]) for f in others))
            give = system.give(name, others)
            assert give > 1e-6
            i = int(name[1:])
            columns, low, width = rows[i]
            wider = list(rows)
            wider[i] = (columns, low - give - 1e-5, width + 2 * (give + 1e-5))
            assert brute_feasible(wider, sorted(int(f[1:]) for f in mus))


def test_the_map_explores_every_subset_once_if_nothing_is_known():
    explored = Map(("a", "b", "c"))
    seen = []
    while (seed := explored.seed()) is not None:
        seen.append(seed)
        explored.around.append(seed) if seed else explored.inside.append(frozenset("abc"))
    assert seen[0] == frozenset("abc")
    assert len(seen) == len(set(seen))


def test_highs_own_iis_is_not_what_we_report():
    """HiGHS 1.15.1 calls an empty set a valid IIS of this infeasible program (default strategy)."""
    import highspy

    system = system_of([([0], 1, 1), ([0], 5, 1), ([1], 2, 1)])
    (mus,) = enumerate_sets(system, ["f0", "f1", "f2"]).minimal
    assert mus == {"f0", "f1"}
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    x, y = highs.addVariable(0, 10), highs.addVariable(0, 10)
    for column, low, high in ((x, 1, 2), (x, 5, 6), (y, 2, 3)):
        highs.addConstr(low <= column)
        highs.addConstr(column <= high)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    _, iis = highs.getIis()
    assert iis.valid_
    assert list(iis.row_index_) == []
