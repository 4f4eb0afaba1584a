"""The verbs of the command line and the workbench, as Python: `counterpact.open("russia-dprk").plan()`.

An `Opened` case does each step once and keeps it; the steps are `picture → assess → plan → brief`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterpact.case.case import Case

if TYPE_CHECKING:
    from counterpact.case.values import Line
    from counterpact.lines.contract import Assessment, RecordView
    from counterpact.lines.diplomacy.enforcement.asking import Enforcement
    from counterpact.lines.diplomacy.engagement.asking import Engagement
    from counterpact.lines.diplomacy.whip.asking import Asked
    from counterpact.lines.sanctions.gaps.asking import Gaps
    from counterpact.lines.sanctions.ownership.asking import Answer
    from counterpact.lines.sanctions.screening.decisions import Log
    from counterpact.lines.sanctions.screening.screener import Screener
    from counterpact.lines.sanctions.signals.signal import Found
    from counterpact.picture.result import Picture
    from counterpact.strategy.answers.compare import Compared
    from counterpact.strategy.compiling.compile import Compiled
    from counterpact.strategy.detection.detect import Detection
    from counterpact.strategy.discovery.discover import Discovery, Question
    from counterpact.strategy.frontier.result import Frontier
    from counterpact.strategy.outcome import Loophole, Plan, Reply
    from counterpact.strategy.schedule.outcome import Schedule
    from counterpact.strategy.solving.package import Package, Request
    from counterpact.strategy.solving.sampling import FreshBound
    from counterpact.strategy.valuation.compare import Valuation

Progress = Callable[[str], None]
"""Called with a few words when a step begins."""

FRESH = 1000
"""Fresh draws begin this far from the case's own seed."""


def open(name: str | Path, *, seed: int = 0, scenarios: int = 300, progress: Progress | None = None) -> Opened:
    """Open a shipped case by name or a case folder by path. Raises `CaseError` with every problem at once."""
    from counterpact.case.read import read_case

    return Opened(read_case(name), seed=seed, scenarios=scenarios, progress=progress)


def ownership(
    table: Path | None = None,
    *,
    listed: Sequence[str] = (),
    listed_file: Path | None = None,
    regimes: Sequence[str] = (),
    day: date,
) -> Answer:
    """Who is owned or controlled by somebody listed, by regime. Without a table the record's holdings are asked.

    Raises `SourceError` for a broken table, `UsageError` for an unknown regime or if nobody is listed.
    """
    from counterpact.lines.sanctions.ownership.asking import ask, holdings_of, listed_in
    from counterpact.record.store import Store

    ids = (*listed, *(listed_in(listed_file) if listed_file else ()))
    return ask(holdings_of(table, None if table else Store()), ids, day=day, under=regimes)


def gaps(theme: str, partners: Sequence[str] = (), *, as_of: date | None = None) -> Gaps:
    """Who stands on one partner's list and not on another's, for a theme (`dprk`, `russia`), from the record's lists.

    Raises `UsageError` for an unknown partner or theme, `SourceError` if fewer than two lists are loaded.
    """
    from counterpact.lines.sanctions.gaps.asking import find_gaps
    from counterpact.record.store import Store

    return find_gaps(Store(), theme, partners, as_of=as_of)


def whip(
    votes: Sequence[Path],
    roll_calls: Sequence[Path],
    text: str = "",
    *,
    roll_call: int | None = None,
    known: Sequence[str] | Mapping[str, str] = (),
    targets: Sequence[str] = (),
    sponsors: Sequence[str] = (),
    turned: int = 5,
    seed: int = 0,
    progress: Progress | None = None,
) -> Asked:
    """The whip count on a draft, or a past roll call seen from the sessions before it.

    `known`: `["USA=yes"]` or `{"USA": "yes"}`; `targets`: majority, two thirds, or a number of yes votes. Raises
    `UsageError` for unknown states or positions, contradictions, a text that says too little; `SourceError`.
    """
    from counterpact.lines.diplomacy.votes import read_votes
    from counterpact.lines.diplomacy.whip.asking import TARGETS, count, read_known

    words = [f"{k}={v}" for k, v in known.items()] if isinstance(known, Mapping) else known
    said = read_known(words)
    table = read_votes(votes, roll_calls)
    return count(
        table, text, roll_call=roll_call, known=read_known(words, table.codes) if said else {},
        targets=tuple(targets) or TARGETS, sponsors=sponsors, turned=turned, seed=seed, progress=progress,
    )  # fmt: skip


def signals(**inputs: Any) -> tuple[Found, ...]:
    """Signs of evasion in the given inputs: `tracks`, `anchorages`, `events`, `fleet`, `companies` (files), `lists`.

    Raises `UsageError` if nothing is given, `SourceError` for a broken file.
    """
    from counterpact.lines.sanctions.signals import asking
    from counterpact.record.store import Store

    return asking.signals(Store(), **inputs)


def detect(
    arcs: str | Path, traffic: str | Path, budget: float, *, time_limit: float = 600.0, progress: Progress | None = None
) -> Detection:
    """The sensors within a budget that leave evaders on a network the least chance; needs no case.

    `arcs`: CSV with from, to, undetected, undetected_with_sensor and, if wanted, sensor_cost; `traffic`: CSV with
    origin, destination, probability. Raises `SourceError` for defects of a file, `UsageError`, `UnprovenError`.
    """
    from counterpact.strategy.detection.detect import detect as find
    from counterpact.strategy.detection.read import read_tables

    return find(read_tables(arcs, traffic), budget, time_limit=time_limit, progress=progress)


class Opened:
    """A case with what has been computed from it so far."""

    def __init__(
        self,
        case: Case,
        *,
        seed: int = 0,
        scenarios: int = 300,
        record: RecordView | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.case = case
        self.seed = seed
        self.scenarios = scenarios
        self._record = record
        self._say = progress or (lambda _: None)
        self._plans: dict[str, Plan] = {}

    @cached_property
    def record(self) -> RecordView:
        """The store of public sources on this machine, or an empty one."""
        from counterpact.lines.contract import EmptyRecord

        if self._record is not None:
            return self._record
        from counterpact.record.home import home

        if not (home() / "record" / "manifest.json").exists():
            return EmptyRecord()
        from counterpact.record.store import Store

        return Store()

    @property
    def as_of(self) -> date:
        """The day up to which the case's facts were collected."""
        from counterpact.quantity import Period

        return Period(self.case.head.as_of).last

    def picture(self) -> Picture:
        """The reconciled evidence."""
        return self._picture

    @cached_property
    def _picture(self) -> Picture:
        from counterpact.picture.build import build_picture

        self._say("reconciling the evidence")
        return build_picture(self.case, seed=self.seed)

    def assess(self) -> Mapping[Line, Assessment]:
        """The seven lines of effort."""
        return self._assessments

    @cached_property
    def _assessments(self) -> Mapping[Line, Assessment]:
        from counterpact.lines.registry import assess_all

        self._say("assessing the seven lines")
        return assess_all(self.case, self.picture(), self.record, self.as_of)

    def enforcement(self, members: Sequence[str] = ()) -> Enforcement:
        """Whose channels the flow passes, and who would add most to the members. Raises `UsageError`."""
        from counterpact.lines.diplomacy.enforcement.asking import enforcement

        return enforcement(self.case, self.picture(), members)

    def engage(
        self, asked: Asked, budget: float, *, cost: Sequence[str] = (), before: Sequence[str] = ()
    ) -> Engagement:
        """The order of engagement on a whip count and the best visits within a budget, with this case's facts.

        `cost`: `["IND=2"]`; `before`: `["ZAF=AGO,BWA"]`, a leader and those to be seen after it. Raises `UsageError`.
        """
        from counterpact.lines.diplomacy.engagement.asking import engage

        return engage(self.case, asked, budget, cost=cost, before=before)

    @cached_property
    def compiled(self) -> Compiled:
        """The strategy problem of the case."""
        from counterpact.strategy.compiling.compile import compile_case

        self._say(f"drawing {self.scenarios} scenarios")
        return compile_case(self.case, self.picture(), self.assess(), scenarios=self.scenarios, seed=self.seed)

    def request(
        self,
        *,
        risk: str = "cvar90",
        money: float | None = None,
        political: float | None = None,
        civilian_harm: float | None = None,
        escalation: float | None = None,
        require: Sequence[str] = (),
        forbid: Sequence[str] = (),
        gap: float = 0.05,
        time_limit: float = 60.0,
        prove: int = 0,
    ) -> Request:
        """What is asked of a package; a budget left out takes the case's default. Raises `UsageError`."""
        from counterpact.strategy.compiling.compile import default_budgets
        from counterpact.strategy.solving.package import Request
        from counterpact.strategy.solving.risk import Risk

        asked = {"money": money, "political": political, "civilian_harm": civilian_harm, "escalation": escalation}
        budgets = dict(default_budgets(self.compiled)) | {k: v for k, v in asked.items() if v is not None}
        return Request(
            risk=Risk.named(risk),
            budgets=budgets,
            require=tuple(require),
            forbid=tuple(forbid),
            gap=gap,
            time_limit=time_limit,
            prove=prove,
            seed=self.seed,
        )

    def plan(self, *, cluster: str | None = None, **asked: Any) -> Plan:
        """The best package and everything around it; the arguments are those of `request`.

        `cluster`: where the design's replies are solved (see `counterpact.cluster.engine`). Raises `ClusterError`.
        """
        from counterpact.strategy.plan import make_plan

        request = self.request(**asked)
        key = repr((request, cluster is None))
        if key not in self._plans:
            self._say("designing the package")
            if cluster is None:
                self._plans[key] = make_plan(self.compiled, request, progress=self._say)
            else:
                from counterpact.cluster import engine

                with engine(cluster) as where:
                    self._plans[key] = make_plan(self.compiled, request, progress=self._say, where=where)
        return self._plans[key]

    def compare(
        self,
        packages: Path | Sequence[tuple[str, tuple[str, ...]]] | None = None,
        *,
        cluster: str | None = None,
        keep: Path | None = None,
    ) -> tuple[Compared, ...]:
        """Packages (name, measures), or a file of them, answered side by side; without any, each measure alone.

        `keep`: a folder finished batches are kept in, so that a run cut short goes on. Raises `UsageError`,
        `ClusterError`.
        """
        from counterpact.cluster import engine
        from counterpact.strategy.answers.compare import compare, read_packages

        if isinstance(packages, Path):
            packages = read_packages(packages.read_text(encoding="utf-8"), str(packages))
        compiled = self.compiled
        with engine(cluster or "1", keep=keep) as where:
            return compare(
                compiled, packages or (), where=where, progress=lambda k, n: self._say(f"batch {k} of {n} answered")
            )

    def plan_package(self, package: Package) -> Plan:
        """Everything around a package found elsewhere, such as one picked from a frontier."""
        from counterpact.strategy.plan import make_plan

        return make_plan(self.compiled, package.request, package=package, progress=self._say)

    def valuation(
        self, measures: Sequence[str] | None = None, *, worth: Mapping[str, float] | None = None, risk: str = "cvar90"
    ) -> Valuation:
        """The guarantee beside the reply that is best by their own values, at these measures; None: the best package.

        `worth`: objective → own value of one normaliser (an assumption; 1 where not said). Raises `UsageError`.
        """
        import numpy as np

        from counterpact.strategy.plan import z_of
        from counterpact.strategy.solving.package import design
        from counterpact.strategy.solving.risk import Risk
        from counterpact.strategy.valuation.compare import compare

        self._say("following their own values")
        if measures is None:
            z = np.asarray(design(self.compiled.instance, self.request(risk=risk)).z)
        else:
            z = z_of(self.compiled, tuple(measures))
        return compare(self.compiled, z, Risk.named(risk), worth=worth)

    def frontier(self, axes: Sequence[str] = ("effect", "money"), *, points: int = 20, **asked: Any) -> Frontier:
        """Effect against one to four resources: the packages that none beats, each with its gap; `pick` one.

        `points`: levels in all, 0 = exact. `asked`: the arguments of `request`. Raises `UsageError`,
        `InfeasibleError`, `UnprovenError`.
        """
        from counterpact.strategy.frontier.trace import trace

        request = self.request(**asked)
        instance = self.compiled.instance
        self._say("tracing the frontier")
        return trace(instance, request, tuple(axes), points=points, progress=lambda _, words: self._say(words))

    def schedule(
        self, periods: str = "", *, scenarios: int = 60, discount: float = 0.0, usual: bool = True, **asked: Any
    ) -> Schedule:
        """What begins when, against an adversary that plans over the same years; re-planned with what is `done`.

        `periods`: `2027..2030`; left out, four years from the one after the facts end. `asked`: the fields of
        `strategy.schedule.wish.Wish`; a budget left out takes the case's default, unless `usual` is False. Raises
        `UsageError`, `InfeasibleError`, `UnprovenError`.
        """
        from counterpact.strategy.compiling.compile import compile_case, default_budgets
        from counterpact.strategy.schedule.make import make_schedule
        from counterpact.strategy.schedule.periods import Periods
        from counterpact.strategy.schedule.wish import Wish
        from counterpact.strategy.solving.risk import Risk

        year = self.as_of.year + 1
        clock = Periods.parse(periods or f"{year}..{year + 3}", discount)
        if isinstance(asked.get("risk", ""), str):
            asked["risk"] = Risk.named(asked.get("risk") or "cvar90")
        self._say(f"drawing {scenarios} scenarios")
        compiled = compile_case(
            self.case, self.picture(), self.assess(), scenarios=scenarios, seed=self.seed, months=clock.months
        )
        found = default_budgets(compiled) if usual else {}
        asked["budgets"] = found | {k: v for k, v in dict(asked.get("budgets", {})).items() if v is not None}
        return make_schedule(compiled, Wish(clock, seed=self.seed, **asked), progress=self._say)

    def discover(
        self,
        measures: Sequence[str] = (),
        question: Question | None = None,
        *,
        draws: int = 2000,
        information: bool = True,
        **asked: Any,
    ) -> Discovery:
        """When the package fails, in `draws` scenarios drawn anew: conditions in words, and what learning is worth.

        `measures`: exactly these, everyone they need asked to take part; left out, the best package for `asked` (the
        arguments of `request`). `information`: compare packages one could choose instead. Raises `UsageError`.
        """
        from counterpact.strategy.compiling.compile import compile_case
        from counterpact.strategy.compiling.levers import complete
        from counterpact.strategy.discovery.discover import discover, named_package, replies
        from counterpact.strategy.discovery.rivals import rival_packages
        from counterpact.strategy.solving.package import design

        request, compiled = self.request(**asked), self.compiled
        leader = compiled.instance.leader
        if measures:
            named_package(compiled, measures)  # refuses what cannot be chosen
            z = complete(compiled.levers, tuple(measures))
            names = tuple(n for n, on in zip(leader.names, z > 0.5, strict=True) if on)
        else:
            self._say("designing the package")
            package = design(compiled.instance, request)
            names, z = package.names, package.z
        others: list[tuple[str, ...]] = []
        if information:
            self._say("designing packages one might choose instead")
            risk = replies(compiled, [z])[:, 0] @ compiled.instance.weights
            others = [n for n in rival_packages(compiled, request, risk) if n != names]
        self._say(f"drawing {draws} scenarios")
        many = compile_case(self.case, self.picture(), self.assess(), scenarios=draws, seed=self.seed + 1)
        return discover(many, names, question, alternatives=others, progress=self._say)

    def fresh(self, batches: int = 10, *, confidence: float = 0.95, **asked: Any) -> FreshBound:
        """How far the best package for `asked` is from the best for all scenarios, from fresh draws of them.

        `batches`: how often as many scenarios as this case was opened with are drawn anew, each with its own design.
        Raises `UsageError` for the worst and regret, which no sample can bound.
        """
        from counterpact.strategy.compiling.compile import compile_case
        from counterpact.strategy.discovery.discover import named_package
        from counterpact.strategy.instance import Instance
        from counterpact.strategy.solving.risk import Risk
        from counterpact.strategy.solving.sampling import fresh_bound, refuse

        refuse(Risk.named(asked.get("risk", "cvar90")), batches, confidence)  # before anything is designed
        package = self.plan(**asked).package

        def make(k: int) -> tuple[Instance, Any]:
            seed = self.seed + FRESH + k
            drawn = compile_case(self.case, self.picture(), self.assess(), scenarios=self.scenarios, seed=seed)
            return drawn.instance, named_package(drawn, package.names)

        return fresh_bound(
            self.compiled.instance, package, make, batches=batches, confidence=confidence, progress=self._say
        )

    def reply(self, measures: Sequence[str]) -> Reply:
        """What they do if exactly these measures are taken. Raises `UsageError` for one that cannot be chosen."""
        from counterpact.strategy.plan import reply_to

        self._say("following the adversary's reply")
        return reply_to(self.compiled, tuple(measures))

    def loopholes(self, **asked: Any) -> tuple[Loophole, ...]:
        """Routes the best package leaves open, largest first, and what would close each."""
        return self.plan(**asked).loopholes

    def brief(self, *, since: str | None = None, public: bool = False, **asked: Any) -> dict[str, Any]:
        """The brief as one JSON-able object; `public` aggregates what must not leave the house."""
        from counterpact.report.brief import assemble

        return assemble(self.case, self.picture(), self.assess(), self.plan(**asked), since=since, public=public)


def screening(
    lists: Sequence[str] = (), *, threshold: float | None = None, progress: Progress | None = None, keep: bool = True
) -> Screener:
    """A screener over the lists named (data set, file, or DATASET=FILE), or over every sanctions list of the record.

    The index is kept beside the record and opened by memory map; it is built anew when a list changes. `keep` False:
    nothing is written. Raises `SourceError` where there is no list, or one fails its assertions.
    """
    from counterpact.lines.sanctions.lists import load_lists
    from counterpact.lines.sanctions.screening.index import open_index
    from counterpact.lines.sanctions.screening.screener import Screener
    from counterpact.record.home import home

    folder = home() / "screening" if keep else None
    return Screener(open_index(load_lists(lists), folder, progress=progress), threshold=threshold)


def evaluate_screening(
    positives: Sequence[Path],
    negatives: Sequence[Path],
    *,
    lists: Sequence[str] = (),
    names_only: bool = False,
    threshold: float | None = None,
) -> dict[str, Any]:
    """Recall on people who are listed and false positives on people who are not, as a curve over thresholds."""
    from counterpact.lines.sanctions.screening.evaluation import evaluate_lists, read_people

    found, false = (
        [query for path in paths for query in read_people(path, names_only=names_only)]
        for paths in (positives, negatives)
    )
    return evaluate_lists(screening(lists, keep=False), found, false, threshold=threshold)


def decision_log() -> Log:
    """The log of decisions on screening hits, beside the record."""
    from counterpact.lines.sanctions.screening.decisions import Log
    from counterpact.record.home import home

    return Log(home() / "screening")
