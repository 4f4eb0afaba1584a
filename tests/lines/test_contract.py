"""What every line must keep, one function for all seven."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import counterpact.lines as lines_package
from counterpact.case.case import Case
from counterpact.case.values import Line
from counterpact.errors import SourceError
from counterpact.lines import prose
from counterpact.lines.chartspec import ChartKind
from counterpact.lines.contract import Assessment, EmptyRecord, Figure
from counterpact.lines.registry import assess_all, assess_line
from counterpact.lines.rules import RULES
from counterpact.lines.settings import participation_rules, settings
from counterpact.provenance import Basis
from counterpact.quantity import Period

from .small import case as small_case
from .small import fact, picture

LINES = list(Line)
HERE = Path(lines_package.__file__).parent
# Names of texts keep their numbers; everything else in a sentence must be one of its figures.
NAMED = re.compile(r"“[^”]*”|\bEO \d+|\b(?:Resolution|Article) \d+|\bES-11(?:/\d+)?|\bG7\b|\bA7A5\b")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def numbers(text: str) -> set[float]:
    return {float(found.replace(",", "")) for found in NUMBER.findall(NAMED.sub("", text))}


def spoken(figure: Figure, case: Case) -> set[float]:
    """Every number that a figure may put into a sentence, those in the name of its origin (38 North) among them."""
    value = figure.value
    said = numbers(prose.quantity(value)) | numbers(prose.amount(value.low, value.high, ""))
    for end in (value.low, value.high):
        said |= numbers(prose.amount(end, end, value.unit)) if abs(end) != float("inf") else set()
    said |= numbers(prose.when(value.period))
    for name in figure.citation.facts:
        said |= numbers(prose.origin(case.facts[name].origin))
    if not figure.citation.facts:  # counted in a table: the reason names the row, its dates among them
        said |= numbers(figure.citation.reason)
    return said


@pytest.mark.parametrize("line", LINES)
def test_every_line_answers_from_the_shipped_case_alone(assessed: dict[Line, Assessment], line: Line) -> None:
    found = assessed[line]
    assert found.line is line
    assert found.headline.endswith(".")
    assert found.headline.count(". ") == 0, "the headline is one sentence"
    assert 5 <= len(found.indicators) <= 15
    assert 4 <= len(found.findings) <= 14
    assert found.case_revision
    assert any(finding.measures for finding in found.findings)


@pytest.mark.parametrize("line", LINES)
def test_no_figure_is_invented(shipped: Case, assessed: dict[Line, Assessment], line: Line) -> None:
    found = assessed[line]
    tables = set(shipped.rows)
    figures = [f for i in found.indicators for f in i.points] + [f for x in found.findings for f in x.figures]
    for figure in figures:
        assert figure.citation.reason
        if not figure.citation.facts:
            assert figure.citation.source.removesuffix(".csv") in tables
        for name in (*figure.citation.facts, *figure.rivals):
            assert name in shipped.facts
    for indicator in found.indicators:
        for figure in indicator.points:
            (name,) = figure.citation.facts
            assert shipped.facts[name].estimand == indicator.estimand
            assert figure.verified == shipped.facts[name].reading.verified


@pytest.mark.parametrize("line", LINES)
def test_every_number_in_a_sentence_is_one_of_its_figures(
    shipped: Case, assessed: dict[Line, Assessment], line: Line
) -> None:
    for finding in assessed[line].findings:
        known = {number for figure in finding.figures for number in spoken(figure, shipped)}
        assert numbers(finding.sentence) <= known, finding.sentence


@pytest.mark.parametrize("line", LINES)
def test_every_number_in_a_headline_is_a_figure_of_the_line(
    shipped: Case, assessed: dict[Line, Assessment], line: Line
) -> None:
    found = assessed[line]
    figures = [f for i in found.indicators for f in i.points] + [f for x in found.findings for f in x.figures]
    known = {number for figure in figures for number in spoken(figure, shipped)}
    assert numbers(found.headline) <= known, found.headline


@pytest.mark.parametrize("line", LINES)
def test_findings_read_well_and_name_what_exists(shipped: Case, assessed: dict[Line, Assessment], line: Line) -> None:
    found = assessed[line]
    assert len({finding.id for finding in found.findings}) == len(found.findings)
    for finding in found.findings:
        assert re.match(r"[A-Z0-9$€“]", finding.sentence), finding.sentence
        assert finding.sentence.endswith((".", "”")), finding.sentence
        assert not re.search(r"\{|\}|  | ,| \.|\(\)|None|nan|inf\b", finding.sentence), finding.sentence
        assert finding.severity in ("note", "concern", "alarm")
        assert finding.figures or finding.facts
        assert set(finding.facts) <= set(shipped.facts)
        assert set(finding.measures) <= set(shipped.measures)
    ranks = [["alarm", "concern", "note"].index(finding.severity) for finding in found.findings]
    assert ranks == sorted(ranks), "the gravest come first"


@pytest.mark.parametrize("line", LINES)
def test_everything_a_data_file_names_exists(shipped: Case, line: Line) -> None:
    setting = settings(line)
    ids = {wish.id for wish in setting.indicators}
    for wish in setting.indicators:
        assert wish.estimand in shipped.estimands, wish
    for rule in setting.rules:
        assert rule.rule in RULES, rule
        assert rule.indicator in ids, rule
        assert not rule.against or rule.against in ids or rule.against in shipped.facts, rule
        assert not rule.origin or any(f.origin == rule.origin for f in shipped.facts.values()), rule
        assert set(rule.measures) <= set(shipped.measures), rule
        assert rule.measures, rule
    for name, measures in setting.bears.items():
        assert set(measures) <= set(shipped.measures), name
    for name, facts in setting.facts.items():
        assert set(facts) <= set(shipped.facts), name
    for chart in setting.charts:
        assert {*chart.indicators, *chart.limits} <= ids, chart


@pytest.mark.parametrize("line", LINES)
def test_charts_draw_what_the_indicators_hold(assessed: dict[Line, Assessment], line: Line) -> None:
    charts = assessed[line].charts
    assert 1 <= len(charts) <= 3
    facts = {name for i in assessed[line].indicators for p in i.points for name in p.citation.facts}
    for build in charts.values():
        spec = build()
        points = [point for series in spec.series for point in series.points]
        assert points
        assert spec.title
        assert spec.as_dict()["kind"] == spec.kind.value
        for point in points:
            assert point.low <= point.high
            assert set(point.facts) <= facts
            if spec.kind is ChartKind.TIMELINE:
                assert date.fromisoformat(point.start) <= date.fromisoformat(point.end)


@pytest.mark.parametrize("line", LINES)
def test_inputs_have_a_basis_and_an_interval(shipped: Case, assessed: dict[Line, Assessment], line: Line) -> None:
    inputs = assessed[line].inputs
    own = {measure.id for measure in shipped.measures_of(line)}
    assert {cost.measure for cost in inputs.costs} == own
    assert {e.id for e in inputs.effects} == {e.id for e in shipped.effects.values() if e.measure in own}
    for effect in inputs.effects:
        assert effect.low is not None
        assert effect.high is not None
        assert (effect.low, effect.high) == shipped.effect_interval(shipped.effects[effect.id])
    for draw in inputs.participation:
        assert 0 <= draw.low <= draw.high <= 1
        assert draw.citation.basis is Basis.ASSUMPTION
        assert draw.actor in shipped.actors
    if not inputs.effects:
        assert assessed[line].serves_outside, "a line without an effect says what it serves outside the model"


def test_lines_together_hand_on_every_effect_and_cost_once(shipped: Case, assessed: dict[Line, Assessment]) -> None:
    effects = [e.id for a in assessed.values() for e in a.inputs.effects]
    assert sorted(effects) == sorted(shipped.effects)
    costs = [c.measure for a in assessed.values() for c in a.inputs.costs]
    assert sorted(costs) == sorted(shipped.measures)


def test_diplomacy_draws_for_every_actor_asked_and_ranks_them(shipped: Case, assessed: dict[Line, Assessment]) -> None:
    draws = {draw.actor: draw for draw in assessed[Line.DIPLOMACY].inputs.participation}
    asked = {actor for m in shipped.measures.values() if m.lever.value != "none" for actor in m.who}
    assert set(draws) == asked
    assert draws["us"].low > draws["china"].high
    assert draws["unsc"].high < draws["china"].high + 1e-9
    for name in participation_rules().abstained:
        assert name in shipped.actors


def test_humanitarian_hands_on_every_need(shipped: Case, assessed: dict[Line, Assessment]) -> None:
    needs = assessed[Line.HUMANITARIAN].inputs.requirements
    assert {need.need for need in needs} == set(shipped.needs)
    assert all(need.amount.low >= 0 for need in needs)


@pytest.mark.parametrize("line", LINES)
def test_missing_tables_are_named_with_what_they_withhold(assessed: dict[Line, Assessment], line: Line) -> None:
    wanted = [table.dataset for table in settings(line).tables]
    assert wanted
    for name in wanted:
        assert any(f"({name}) is not in the record; withheld: " in text for text in assessed[line].missing)


class OldRecord(EmptyRecord):
    """Holds every table, decades old."""

    def vintage(self, dataset: str) -> date | None:
        return date(1990, 1, 1)

    def table(self, dataset: str, as_of: date | None = None) -> object:
        raise SourceError("a table too old must not be read")


@pytest.mark.parametrize("line", LINES)
def test_a_table_too_old_is_not_used(shipped: Case, line: Line) -> None:
    found = assess_line(line)(shipped, picture(), OldRecord(), Period(shipped.head.as_of).last)
    assert found.vintages == {}
    for table in settings(line).tables:
        assert any(f"({table.dataset}), of 1990-01-01" in text and "too old" in text for text in found.missing)


@pytest.mark.parametrize("line", LINES)
def test_figures_grow_old(shipped: Case, assessed: dict[Line, Assessment], line: Line) -> None:
    later = Period(shipped.head.as_of).last + timedelta(days=3650)
    found = assess_line(line)(shipped, picture(), EmptyRecord(), later)

    def old(assessment: Assessment) -> int:
        return sum(bool(p.stale) for i in assessment.indicators for p in i.points)

    assert old(found) >= old(assessed[line])
    timeless = {wish.id for wish in settings(line).indicators if wish.fresh_days == 0}
    for indicator in found.indicators:  # what never ages is a limit, an event, or said not to
        kind = shipped.estimands[indicator.estimand].kind.value
        assert indicator.points[-1].stale or kind in ("cap", "event") or indicator.id in timeless


def changed(case: Case, names: set[str]) -> Case:
    """The case with the numbers of some facts doubled."""
    facts = dict(case.facts)
    for name in names:
        old = facts[name]
        facts[name] = old.model_copy(
            update={"low": None if old.low is None else old.low * 2, "high": None if old.high is None else old.high * 2}
        )
    return replace(case, rows={**case.rows, "facts": facts}, revision="changed")


@pytest.mark.parametrize("line", LINES)
def test_the_headline_follows_the_facts(shipped: Case, assessed: dict[Line, Assessment], line: Line) -> None:
    facts = {name for i in assessed[line].indicators for p in i.points for name in p.citation.facts}
    after = assess_line(line)(changed(shipped, facts), picture(), EmptyRecord(), Period(shipped.head.as_of).last)
    assert after.headline != assessed[line].headline
    assert after.case_revision == "changed"


@pytest.mark.parametrize("line", LINES)
def test_a_case_that_knows_nothing_gets_no_figures_and_says_so(line: Line) -> None:
    found = assess_line(line)(small_case(), picture(), EmptyRecord(), date(2026, 1, 1))
    assert found.indicators == ()
    assert found.findings == ()
    assert "do not answer" in found.headline


def test_another_case_is_read_by_its_line_column() -> None:
    from counterpact.case.model import Estimand

    made = small_case(
        [fact("F1", "x", 5), fact("F2", "x", 7, period="2025")],
        [Estimand(id="x", name="X", kind="flow", unit="barrel", line="cyber")],
    )
    found = assess_all(made, picture(), EmptyRecord(), date(2026, 1, 1))
    assert [i.id for i in found[Line.CYBER].indicators] == ["x"]
    assert found[Line.SANCTIONS].indicators == ()


def test_assessing_twice_gives_the_same(shipped: Case, assessed: dict[Line, Assessment]) -> None:
    from counterpact.lines.registry import to_mapping

    day = Period(shipped.head.as_of).last
    again = {line: assess_line(line)(shipped, picture(), EmptyRecord(), day) for line in Line}
    assert to_mapping(again) == to_mapping(assessed)
    kept = assess_all(shipped, picture(), EmptyRecord(), day)  # that of sanctions is kept with the case, from the lists
    assert {line for line in Line if kept[line].vintages} == {Line.SANCTIONS}


def test_no_line_imports_another_line() -> None:
    for line in LINES:
        for path in (HERE / line.value).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                for other in set(LINES) - {line}:
                    assert not any(f"lines.{other.value}" in name for name in names), path
