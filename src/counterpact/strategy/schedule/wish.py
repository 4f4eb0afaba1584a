"""What is asked of a schedule, and how it reads as a request on the time-expanded instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from counterpact.errors import Problem, UsageError, nearest
from counterpact.strategy.instance import Leader
from counterpact.strategy.schedule.clock import Done
from counterpact.strategy.schedule.decisions import FLOWS, STARTS
from counterpact.strategy.schedule.periods import Periods
from counterpact.strategy.solving.package import Request
from counterpact.strategy.solving.risk import Risk


@dataclass(frozen=True)
class Wish:
    """What the user asks of a schedule.

    `budgets`: resource → most in any period, money as a rate a year. `per_period`: resource → most in each period, as
    an amount, in place of that. `total`: resource → most over the horizon (levels in point-years). `starts`: most
    measures that may begin in a period, one number or one each. `done`: `ID@WHEN`. `now`: the first period still open.
    `require`, `forbid`: `ID`, or `ID@PERIOD` (held by, not held by). `liftable`: measures that may be given up again;
    `exact`: channels whose opening is paid whole or not at all. `lag`: months until the adversary uses more than
    today's flow of a channel. `signposts`: how many to look for.
    """

    periods: Periods
    risk: Risk = field(default_factory=Risk)
    budgets: Mapping[str, float] = field(default_factory=dict)
    per_period: Mapping[str, Sequence[float]] = field(default_factory=dict)
    total: Mapping[str, float] = field(default_factory=dict)
    starts: Sequence[int] = ()
    done: Sequence[str] = ()
    now: str = ""
    require: Sequence[str] = ()
    forbid: Sequence[str] = ()
    liftable: Sequence[str] = ()
    leads: str = "drawn"
    stocks: bool = True
    lag: float = 0.0
    exact: Sequence[str] = ()
    gap: float = 0.1
    time_limit: float = 120.0
    seed: int = 0
    signposts: int = 3


def read_done(entries: Sequence[str], leader: Leader, periods: Periods, why: Mapping[str, str]) -> dict[int, Done]:
    """Variable → when it was switched on. `why`: measure → why it cannot be chosen. Raises `UsageError`."""
    problems: list[Problem] = []
    found: dict[int, Done] = {}
    for entry in entries:
        name, at, when = entry.rpartition("@")
        if not at or not name or not when:
            problems.append(
                Problem("", what=f'"{entry}" does not say when it was done', do="Write ID@2025 or ID@2025-06")
            )
            continue
        if name not in leader.names:
            problems.append(_unknown(name, leader, why, "done"))
            continue
        variable = leader.names.index(name)
        try:
            one = Done(variable, max(0, periods.index(when)), periods.month(when))
        except UsageError as error:
            problems.extend(error.problems)
            continue
        if variable in found and found[variable] != one:
            problems.append(Problem("", what=f"{name} is said to be done at two times", do="Keep one of them"))
        found[variable] = one
    if problems:
        raise UsageError(problems)
    return found


def _unknown(name: str, leader: Leader, why: Mapping[str, str], what: str) -> Problem:
    if name in why:
        return Problem("", what=f'"{name}" cannot be {what}: {why[name]}')
    known = [n for n in leader.names if not n.startswith("alone:")]
    return Problem("", what=f'"{name}" is not a measure of this case that can be {what}', do=nearest(name, known))


def read_done_file(text: str, file: str) -> list[str]:
    """Entries of a file: one `ID@WHEN` a line, or a table `id,when` with that header; `#` begins a remark.

    Raises `UsageError` naming file and row.
    """
    entries: list[str] = []
    problems: list[Problem] = []
    table = False
    for row, line in enumerate(text.splitlines(), start=1):
        said = line.partition("#")[0].strip()
        if not said:
            continue
        if not entries and [c.strip().lower() for c in said.split(",")] == ["id", "when"]:
            table = True
            continue
        if table:
            cells = [c.strip() for c in said.split(",")]
            if len(cells) != 2 or not all(cells):
                problems.append(Problem(file, row, what=f'"{said}" is not an id and a date', do="Write ID,2025-06"))
                continue
            said = "@".join(cells)
        elif "@" not in said:
            problems.append(Problem(file, row, what=f'"{said}" does not say when', do="Write ID@2025-06"))
            continue
        entries.append(said)
    if problems:
        raise UsageError(problems)
    return entries


def first_open(wish: Wish, done: Mapping[int, Done]) -> int:
    """Number of the first period in which something may still be decided. Raises `UsageError`."""
    periods = wish.periods
    latest = max((d.period for d in done.values()), default=0)
    if not wish.now:
        return latest
    if wish.now not in periods.labels:
        what = f'"{wish.now}" is not a period of this schedule'
        raise UsageError(Problem("", what=what, do=f"Choose one of {', '.join(periods.labels)}"))
    now = periods.labels.index(wish.now)
    if latest > now:
        late = periods.labels[latest]
        raise UsageError(f"something is said to be done in {late}, which has not come yet if it is now {wish.now}.")
    return now


def request(
    wish: Wish, base: Leader, resources: Sequence[str], done: Mapping[int, Done], why: Mapping[str, str]
) -> Request:
    """The request on the expanded instance. Raises `UsageError` for what does not fit the case or the periods."""
    periods, now = wish.periods, first_open(wish, done)
    budgets = _budgets(wish, base, resources)
    measures = [m for m, kind in enumerate(base.kinds) if kind == "measure"]
    require: dict[str, None] = {}
    forbid: dict[str, None] = {}
    for m, one in done.items():
        lift = base.names[m] in wish.liftable
        for t, label in enumerate(periods.labels):
            if one.period <= t and (not lift or t <= max(now - 1, one.period)):
                require[f"{base.names[m]}@{label}"] = None
            elif t < one.period:
                forbid[f"{base.names[m]}@{label}"] = None
    for t in range(now):
        for m in measures:
            if m not in done:
                forbid[f"{base.names[m]}@{periods.labels[t]}"] = None
    for entry in wish.require:
        name, label = _placed(entry, base, periods, why, "required")
        require[f"{name}@{label or periods.labels[-1]}"] = None
    for entry in wish.forbid:
        name, label = _placed(entry, base, periods, why, "forbidden")
        for each in [label] if label else periods.labels:
            forbid[f"{name}@{each}"] = None
    both = sorted(set(require) & set(forbid))
    if both:
        what = "done or required, and forbidden (or its period is over) at the same time: " + ", ".join(both)
        raise UsageError(Problem("", what=what, do="Drop one of the two"))
    cuts = wish.risk.kind != "worst"  # long programs: a rough gap soon rather than a small one late
    limits = (tuple(require), tuple(forbid), wish.gap, wish.time_limit)
    return Request(wish.risk, budgets, *limits, seed=wish.seed, plan_cuts=cuts)


def _placed(entry: str, base: Leader, periods: Periods, why: Mapping[str, str], what: str) -> tuple[str, str]:
    """(variable, period or empty) of `ID` or `ID@PERIOD`."""
    name, at, label = entry.rpartition("@")
    if not at:
        name, label = entry, ""
    if name not in base.names:
        raise UsageError(_unknown(name, base, why, what))
    if label and label not in periods.labels:
        unknown = f'"{label}" in "{entry}" is not a period of this schedule'
        raise UsageError(Problem("", what=unknown, do=f"Choose one of {', '.join(periods.labels)}"))
    return name, label


def _budgets(wish: Wish, base: Leader, resources: Sequence[str]) -> dict[str, float]:
    periods = wish.periods
    for name in (*wish.budgets, *wish.per_period, *wish.total):
        if name not in base.resources:
            raise UsageError(f'"{name}" is not a resource of this case. {nearest(name, base.resources)}')
    found: dict[str, float] = {}
    for name, most in wish.budgets.items():
        for label, years in zip(periods.labels, periods.years, strict=True):
            found[f"{name}@{label}"] = most * (float(years) if name in FLOWS else 1.0)
    for name, each in wish.per_period.items():
        found.update({f"{name}@{label}": v for label, v in _each(each, periods, f"budgets of {name}").items()})
    found.update(wish.total)
    found.update({f"{STARTS}@{label}": v for label, v in _each(wish.starts, periods, "limits on starts").items()})
    return {name: found[name] for name in resources if name in found}


def _each(values: Sequence[float], periods: Periods, what: str) -> dict[str, float]:
    """One value for all periods, or one for each."""
    if not values:
        return {}
    if len(values) not in (1, periods.count):
        raise UsageError(f"{len(values)} {what} for {periods.count} periods: give one for all, or one for each.")
    if any(not v >= 0 for v in values):
        raise UsageError(f"{what} must be 0 or more.")
    given = list(values) * (periods.count if len(values) == 1 else 1)
    return {label: float(v) for label, v in zip(periods.labels, given, strict=True)}
