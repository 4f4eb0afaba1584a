"""`Opened.fresh` and `plan --fresh`: fresh draws of a case, the same package judged in each."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from counterpact.api import Opened
from counterpact.cli.plan import show_fresh
from counterpact.errors import UsageError
from counterpact.strategy.compiling.compile import compile_case
from counterpact.strategy.discovery.discover import named_package
from counterpact.strategy.plain import plain
from counterpact.strategy.solving.reply import Oracle
from tests.strategy.small_case import picture
from tests.strategy.test_plan import built

ASKED = {"risk": "mean", "money": 9.0, "gap": 0.01}


@pytest.fixture(scope="module")
def opened():
    of = built()
    found = Opened(of, scenarios=24)
    found.__dict__["_picture"] = picture(of, [{"x": 30, "y": 20, "z": 20, "w": 5}, {"x": 40, "w": 9}])
    found.__dict__["_assessments"] = {}
    return found


@pytest.fixture(scope="module")
def bound(opened):
    return opened.fresh(3, **ASKED)


def test_the_package_is_judged_on_draws_of_its_own(opened, bound):
    package = opened.plan(**ASKED).package
    values = []
    for k in range(3):
        fresh = compile_case(opened.case, opened.picture(), {}, scenarios=24, seed=1000 + k)
        sweep = Oracle(fresh.instance).sweep(named_package(fresh, package.names))
        share = [s.probability for s in fresh.instance.scenarios]
        values.append(float(share @ (sweep.upper @ fresh.instance.weights)))
    assert len(set(values)) == 3
    assert bound.package.mean == pytest.approx(sum(values) / 3, rel=1e-6)
    assert bound.best.mean <= bound.package.mean + 1e-9
    assert bound.package.mean < bound.today.mean
    assert (bound.batches, bound.scenarios, bound.no_room) == (3, 24, 0)


def test_the_same_question_has_the_same_answer_and_json_bears_it(opened, bound):
    assert opened.fresh(3, **ASKED) == bound
    json.dumps(plain(bound), allow_nan=False)


def test_the_terminal_says_how_sure_it_is(bound):
    out = io.StringIO()
    show_fresh(bound, Console(file=out, width=200))
    assert "3 batches of 24 fresh scenarios" in out.getvalue()
    assert "95%" in out.getvalue()
    assert f"{bound.gap_share:.1%}" in out.getvalue()


def test_the_worst_is_refused_before_anything_is_designed(opened):
    known = dict(opened._plans)
    with pytest.raises(UsageError, match="no sample"):
        opened.fresh(3, risk="worst", money=7.5)
    assert opened._plans == known
