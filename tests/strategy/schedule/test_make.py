"""Schedules of small cases: lead times, openings, what is done, limits over time, bad input, signposts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from counterpact.case import model as m
from counterpact.errors import InfeasibleError, UsageError
from counterpact.strategy.compiling.compile import Compiled, compile_case
from counterpact.strategy.schedule.make import make_schedule
from counterpact.strategy.schedule.outcome import Schedule
from counterpact.strategy.schedule.periods import Periods
from counterpact.strategy.schedule.plain import plain_schedule
from counterpact.strategy.schedule.wish import Wish, read_done_file
from counterpact.strategy.solving.package import Request, design
from counterpact.strategy.solving.risk import Risk
from tests.strategy import small_case


def _compiled(months: int = 48, scenarios: int = 24, **more: Any) -> Compiled:
    channels = [
        small_case.channel("a_b", "a", "b", 100),
        small_case.channel("c_d", "c", "d", 60, mode="rail"),
        small_case.channel(
            "late", "a", "d", 40, status="potential", opening_lag_months=18, mode="road"
        ),
    ]  # fmt: skip
    who = {"who": ("blue",), "who_needed": 0}
    measures = [
        small_case.measure("quick", lead_months_low=0, lead_months_high=0, **who),
        small_case.measure("slow", lead_months_low=6, lead_months_high=24, **who),
        small_case.measure("never", lead_months_low=60, lead_months_high=60, **who),
        small_case.measure("other", excludes=("quick",), **who),
        small_case.measure("road", lead_months_low=3, lead_months_high=9, **who),
    ]
    effects = [
        ("quick", "block", 0.3, 0.6, ("a_b",)),
        ("slow", "block", 0.5, 0.9, ("c_d",)),
        ("never", "block", 0.9, 0.9, ("a_b",)),
        ("other", "block", 0.2, 0.3, ("a_b",)),
        ("road", "block", 0.9, 0.9, ("late",)),
    ]
    case = small_case.case(channels, measures, effects, **more)
    flows = [{"a_b": 50.0 + 10 * k, "c_d": 60.0 - 10 * k} for k in range(5)]
    return compile_case(case, small_case.picture(case, flows), scenarios=scenarios, months=months)


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return _compiled()


def _schedule(compiled: Compiled, clock: str = "2027..2030", **more: Any) -> Schedule:
    more = {"risk": Risk("mean"), "gap": 1e-6, "signposts": 0} | more
    return make_schedule(compiled, Wish(Periods.parse(clock), **more))


def test_leads_say_when_measures_act_and_which_come_too_late(compiled: Compiled) -> None:
    found = _schedule(compiled)
    steps = {s.id: s for s in found.steps}
    assert found.certificate.passed
    assert list(found.too_late) == ["never"]
    assert "60 months" in found.too_late["never"]
    assert steps["quick"].acts_from == ("2027", "2027")
    assert steps["slow"].begins == "2027"
    assert steps["slow"].acts_from == ("2028", "2029")
    assert steps["slow"].cells == ("decided", "partly", "acts", "acts")


def test_what_does_nothing_yet_is_put_off_and_what_does_nothing_is_left_out(compiled: Compiled) -> None:
    """The road cannot carry before mid-2028, and the measure against it acts after nine months at the latest."""
    steps = {s.id: s for s in _schedule(compiled, leads="greatest").steps}
    assert steps["road"].begins == "2027"
    assert {s.id: s for s in _schedule(compiled, leads="none").steps}["road"].begins == "2028"
    assert not {"other", "never"} & set(steps)


def test_periods_add_up_to_the_horizon(compiled: Compiled) -> None:
    found = _schedule(compiled, "2027-H1,2027-H2,2028,2029", risk=Risk("cvar", 0.5))
    years = np.array([p.years for p in found.by_period])
    after = np.array([p.risk_after for p in found.by_period])
    assert years @ after / years.sum() == pytest.approx(found.risk_after, rel=1e-5)
    assert all(p.risk_after <= p.most + 1e-6 for p in found.by_period)
    assert found.cost["money"][1] == pytest.approx(sum(p.cost["money"][1] for p in found.by_period))
    assert plain_schedule(found)["by_period"][0]["years"] == 0.5


def test_one_year_at_once_is_the_plan() -> None:
    compiled = _compiled(months=12)
    package = design(compiled.instance, Request(Risk("cvar", 0.5), gap=1e-6))
    found = _schedule(compiled, "2027", risk=Risk("cvar", 0.5), leads="none")
    assert found.risk_before == pytest.approx(package.upper_bound_before, rel=1e-7)
    assert found.risk_after == pytest.approx(package.upper_bound, rel=1e-6)


def test_limits_on_starts_money_and_what_is_required(compiled: Compiled) -> None:
    found = _schedule(compiled, starts=(1,))
    assert all(len(p.begins) <= 1 for p in found.by_period)
    assert len(found.steps) == 3
    poor = _schedule(compiled, per_period={"money": (0, 1, 1, 1)})
    assert poor.by_period[0].begins == ()
    assert sum(len(p.begins) for p in poor.by_period) == 1
    asked = _schedule(compiled, starts=(1,), require=("road@2027",), forbid=("slow",))
    assert next(s for s in asked.steps if s.id == "road").begins == "2027"
    assert all(s.id != "slow" for s in asked.steps)


def test_what_is_done_stays_and_past_periods_are_closed(compiled: Compiled) -> None:
    found = _schedule(compiled, done=("slow@2025", "other@2027"), now="2028")
    steps = {s.id: s for s in found.steps}
    assert steps["slow"].done
    assert steps["slow"].begins == "2025"
    assert steps["slow"].acts_from[0] == "2027", "its lead time has passed for the most part"
    assert steps["other"].begins == "2027"
    assert all(s.begins >= "2028" for s in found.steps if not s.done)
    assert "quick" not in steps, "it is excluded by what is done"


def test_earlier_is_never_worse(compiled: Compiled) -> None:
    risks = [_schedule(compiled, done=(f"slow@{when}",), now="2028").risk_after for when in ("2025", "2026", "2027")]
    assert risks == sorted(risks)


def test_money_over_the_horizon_makes_lifting_worth_it(compiled: Compiled) -> None:
    kept = _schedule(compiled, total={"money": 6})
    lifted = _schedule(compiled, total={"money": 6}, liftable=("ALL",))
    assert lifted.certificate.passed
    assert lifted.risk_after <= kept.risk_after + 1e-7
    assert lifted.cost["money"][1] <= 6 + 1e-6


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"done": ("slw@2026",)}, "slow"),
        ({"done": ("slow",)}, "does not say when"),
        ({"done": ("slow@2026-13",)}, "is not a day, month"),
        ({"done": ("slow@2040",)}, "after the last period"),
        ({"done": ("slow@2026", "slow@2025")}, "two times"),
        ({"done": ("slow@2029",), "now": "2028"}, "has not come yet"),
        ({"now": "2040"}, "not a period of this schedule"),
        ({"require": ("slow@2040",)}, "not a period of this schedule"),
        ({"require": ("slow",), "forbid": ("slow",)}, "at the same time"),
        ({"starts": (1, 2)}, "4 periods"),
        ({"per_period": {"money": (-1,)}}, "0 or more"),
        ({"budgets": {"mony": 1}}, "money"),
        ({"liftable": ("slw",)}, "slow"),
        ({"leads": "soon"}, "not a way to take lead times"),
        ({"lag": -1}, "0 months or more"),
        ({"exact": ("a_b",)}, "late"),
    ],
)
def test_bad_wishes_say_what_is_wrong(compiled: Compiled, wish: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        _schedule(compiled, **wish)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2028..2027", "earlier to a later"),
        ("2028,2027", "out of order"),
        ("2027,2029", "leave a gap"),
        ("2027,2027-H2", "overlap"),
        ("2027-H3", "not a period"),
        ("", "at least one"),
        ("1900..2100", "more than the 24"),
    ],
)
def test_periods_that_make_no_clock_are_wrong_use(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Periods.parse(text)


def test_done_measures_that_clash_name_the_clash(compiled: Compiled) -> None:
    with pytest.raises(InfeasibleError, match="excludes quick"):
        _schedule(compiled, done=("quick@2026", "other@2026"))


def test_contradictory_limits_are_named(compiled: Compiled) -> None:
    with pytest.raises(InfeasibleError, match=r"budget: money@2028 ≤ 0"):
        _schedule(compiled, per_period={"money": (5, 0, 5, 5)}, require=("slow@2027",))


def test_a_file_of_what_is_done() -> None:
    assert read_done_file("# done\nslow@2026-05\n\nroad@2026  # agreed\n", "done.txt") == ["slow@2026-05", "road@2026"]
    assert read_done_file("id,when\nslow,2026-05\n", "done.csv") == ["slow@2026-05"]
    with pytest.raises(UsageError, match=r"done.txt, row 2"):
        read_done_file("slow@2026\nroad\n", "done.txt")


def test_an_opening_after_the_horizon_is_not_there(compiled: Compiled) -> None:
    """18 months: nothing by road in a first year, the same harm as without the road."""
    one = _schedule(compiled, "2027", leads="none", forbid=("road",))
    three = _schedule(compiled, "2027..2029", leads="none", forbid=("road",))
    assert three.risk_before > one.risk_before + 1e-3


def test_whole_openings_never_raise_the_harm() -> None:
    purse = m.Purse(id="p", actor="red", low=1, high=1, finance_cost=2)
    channels = [
        small_case.channel("a_b", "a", "b", 100),
        small_case.channel("road", "c", "d", 80, status="potential", opening_cost=50, payer="red", mode="road"),
    ]
    case = small_case.case(channels, purses=[purse])
    built = compile_case(case, small_case.picture(case, [{"a_b": 50.0}]), scenarios=20, months=24)
    part, whole = (_schedule(built, "2027..2028", exact=e) for e in ((), ("road",)))
    assert whole.risk_before <= part.risk_before + 1e-9
    assert whole.certificate.passed


def test_signposts_name_values_of_scenarios_and_never_lose() -> None:
    compiled = _compiled(scenarios=30)
    found = _schedule(compiled, starts=(1,), signposts=2)
    assert found.signposts
    for post in found.signposts:
        drawn = {s.values.get(post.name) for s in compiled.instance.scenarios}
        assert post.name.startswith("speed:") or post.threshold in drawn
        assert post.worth >= -1e-9
        assert post.below.probability + post.above.probability == pytest.approx(1)
        assert post.below.scenarios + post.above.scenarios == 30
        for branch in (post.below, post.above):
            assert branch.risk_after <= branch.risk_kept + 1e-9
            assert all(c.was != c.now for c in branch.changes)
        assert found.periods.index(post.decide) == found.periods.index(post.seen) + 1


def test_the_same_wish_gives_the_same_bytes(compiled: Compiled) -> None:
    first, second = (plain_schedule(_schedule(compiled, starts=(1,), signposts=1)) for _ in range(2))
    assert first == second
