from __future__ import annotations

import numpy as np
import pytest

from counterpact.case import model as m
from counterpact.cluster import engine
from counterpact.errors import UsageError
from counterpact.strategy.answers.compare import compare, read_packages
from counterpact.strategy.compiling.compile import compile_case
from counterpact.strategy.compiling.levers import complete
from counterpact.strategy.plan import make_plan
from counterpact.strategy.solving.package import Request
from counterpact.strategy.solving.reply import Oracle
from tests.strategy.small_case import case, channel, measure, picture


def built(scenarios=40):
    of = case(
        [channel("x", "a", "b", 60), channel("y", "a", "b", 80), channel("v", "a", "b", 80)],
        [measure("m"), measure("n"), measure("k", lever="lapse", status="in force")],
        [("m", "block", 0.4, 1, ("x",)), ("n", "block", 1, 1, ("y", "v")), ("k", "block", 0.5, 0.5, ("y",))],
        limits=[m.Limit(id="s", place="a", good="arms", role="supply", unit="t", low=150, high=150)],
    )
    return compile_case(of, picture(of, [{"x": 40, "y": 10}]), scenarios=scenarios, spare=(1.0, 1.0))


def test_each_package_is_answered_as_a_sweep_would_and_the_best_comes_first():
    c = built()
    rows = compare(c)
    assert rows[0].name == "nothing"
    assert not any(rows[0].effect.values())
    assert [r.name for r in rows[1:]] == sorted((r.name for r in rows[1:]), key=lambda n: -found(c, n))
    for row in rows:
        values = Oracle(c.instance).values(complete(c.levers, row.measures))
        assert row.harm[c.instance.objectives[0]] == pytest.approx(values[:, 0].mean(), rel=1e-6)
        assert row.risks["worst"] == pytest.approx(float((values @ c.instance.scale).max()), rel=1e-6)


def found(c, name):
    today, then = (Oracle(c.instance).values(complete(c.levers, x)).mean() for x in ((), (name,)))
    return float(today - then)


def test_a_list_keeps_its_order_and_processes_change_nothing():
    c, asked = built(), [("two", ("m", "n")), ("one", ("n",)), ("let go", ("lapse:k",))]
    here = compare(c, asked)
    assert [r.name for r in here] == ["nothing", "two", "one", "let go"]
    with engine("2") as two:
        assert compare(c, asked, where=two) == here
    with pytest.raises(UsageError, match=r'"q" of package "bad" is not a measure'):
        compare(c, [("bad", ("q",))])


def test_a_file_of_packages_is_read_and_its_faults_are_named():
    assert read_packages("# all\nfirst: m, n\n\nm k  # no name\n", "f") == [
        ("first", ("m", "n")),
        ("package 2", ("m", "k")),
    ]
    for text, what in (
        ("a: m\na: n\n", "row 2.*used twice"),
        ("a:\n", "row 1.*names no measure"),
        ("#\n", "no package"),
    ):
        with pytest.raises(UsageError, match=what):
            read_packages(text, "f")


def test_a_plan_is_the_same_wherever_its_replies_are_solved():
    c, plans = built(scenarios=120), []
    for where in ("1", "2"):
        with engine(where) as there:
            plans.append(make_plan(c, Request(budgets={"money": 1e9}), where=there))
    one, two = (p.package for p in plans)
    assert one.names == two.names
    assert np.array_equal(one.values, two.values)
    assert one.lower_bound == two.lower_bound
    alone = make_plan(c, Request(budgets={"money": 1e9})).package
    assert one.upper_bound == pytest.approx(alone.upper_bound, abs=0.05 * alone.upper_bound_before)
