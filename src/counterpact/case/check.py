"""Does a case hold together? References, units, order, cycles, plausible dates and intervals."""

from __future__ import annotations

from counterpact.case import check_rows
from counterpact.case import model as m
from counterpact.case.case import Case
from counterpact.case.check_references import check_references
from counterpact.case.check_units import check_units
from counterpact.case.checking import Tables
from counterpact.case.revision import revisions
from counterpact.case.values import Claim
from counterpact.errors import Problem


def check_case(case: Case) -> list[Problem]:
    """Every problem of a case, in order of file, row and column; empty = it holds together."""
    return check_tables(Tables(case.head, case.rows, case.files.row_numbers if case.files else {}))


def check_tables(tables: Tables) -> list[Problem]:
    """The same for tables that may be incomplete (see `Tables`)."""
    check_rows.check_head(tables)
    check_references(tables)
    check_units(tables)
    check_rows.check_dates(tables)
    check_rows.check_actors(tables)
    check_rows.check_channels(tables)
    check_rows.check_facts(tables)
    check_rows.check_measures(tables)
    check_rows.check_effects(tables)
    return sorted(set(tables.problems))


def case_notes(case: Case) -> list[Problem]:
    """What is allowed but worth knowing: history before the horizon, numbers nobody uses, hand edits."""
    notes: list[Problem] = []
    first, last = case.head.horizon
    facts = [fact for fact in case.facts.values() if fact.period and not fact.period.open_end]
    before = [fact.id for fact in facts if fact.period and fact.period.last.year < first]
    after = [fact.id for fact in facts if fact.period and fact.period.first.year > last]
    loose = [f.id for f in case.facts.values() if not f.estimand and (f.low is not None or f.high is not None)]
    if before:
        notes.append(_facts_note(before, f"are about periods before {first}: history only, nothing is computed"))
    if after:
        words = ", ".join((Claim.PLAN, Claim.FORECAST, Claim.RULE))
        notes.append(_facts_note(after, f"are about periods after {last} ({words})"))
    if loose:
        notes.append(_facts_note(loose, "have a number but no estimand: no rival can meet them"))
    touched = {channel.removeprefix("-") for row in case.estimands.values() for channel in row.channels}
    unseen = [channel for channel in case.channels if channel not in touched]
    if unseen:
        what = f"{len(unseen)} channels are in no estimand, so no fact bounds their flow: {_some(unseen)}"
        notes.append(Problem("channels.csv", what=what))
    idle = _idle_measures(case)
    if idle:
        what = f"{len(idle)} measures have no effect and say not what they serve: {_some(idle)}"
        notes.append(Problem("measures.csv", what=what, do="Add an effect or fill `serves`"))
    if case.folder and case.folder.name != case.head.slug:
        notes.append(Problem("case.yml", what=f'slug "{case.head.slug}" is not the name of the folder'))
    if case.hand_edits:
        what = f"{len(case.hand_edits)} changes were made in the tables by hand and are not recorded yet"
        notes.append(Problem("", what=what, do="They count; `counterpact case edit --adopt` records them"))
    merged = _merged_events(case)
    if merged:
        what = f"{len(merged)} recorded edits were made on another copy of this case: {_some(merged)}"
        notes.append(Problem("events.jsonl", what=what, why="Two logs were merged; every old value was current"))
    return notes


def _merged_events(case: Case) -> list[str]:
    """Ids of events whose parent is not the revision before them."""
    files = case.files
    if not case.events or files is None or files.start_head is None or files.start_rows is None:
        return []
    before = revisions(files.start_head, files.start_rows, case.events)
    return [event.id for event, revision in zip(case.events, before, strict=False) if event.parent != revision]


def _idle_measures(case: Case) -> list[str]:
    acting = {effect.measure for effect in case.effects.values()}
    idle: list[m.Measure] = [row for row in case.measures.values() if row.id not in acting and not row.serves]
    return [row.id for row in idle]


def _facts_note(ids: list[str], what: str) -> Problem:
    return Problem("facts.csv", what=f"{len(ids)} facts {what}: {_some(ids)}")


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
