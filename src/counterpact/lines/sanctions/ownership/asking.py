"""The question as a user asks it: which of these entities are blocked, under which regime, on which day, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from counterpact.errors import Problem, SourceError, UsageError
from counterpact.lines.sanctions.ownership.chain import chain, nearly
from counterpact.lines.sanctions.ownership.graph import Holdings
from counterpact.lines.sanctions.ownership.interest import interest
from counterpact.lines.sanctions.ownership.readers import from_record, from_table
from counterpact.lines.sanctions.ownership.rules import in_force, rule
from counterpact.lines.sanctions.ownership.status import Decision, decide

if TYPE_CHECKING:
    from counterpact.record.store import Store


@dataclass(frozen=True)
class Answer:
    """Decisions by regime, the economic interest beside them, and what was ignored or doubted."""

    holdings: Holdings
    day: date
    decisions: dict[str, Decision]
    interest: dict[str, tuple[float, float]]
    notes: tuple[str, ...]

    @property
    def entities(self) -> list[str]:
        """Entities, not themselves listed, that some regime blocks or may block, in order of id."""
        ids = self.holdings.ids
        found = {i for d in self.decisions.values() for i, r in d.reasons.items() if r.ground != "listed"}
        return [ids[i] for i in sorted(found)]

    def plain(self, entities: Sequence[str] | None = None) -> dict[str, Any]:
        """One JSON-able object: for each entity its status, ground and chain by regime."""
        rows = []
        for entity in self.entities if entities is None else entities:
            by_regime = {}
            for regime, decision in self.decisions.items():
                number = decision.number(entity)
                reason = decision.reasons.get(number)
                by_regime[regime] = {
                    "status": decision.word(entity),
                    "ground": reason.ground if reason else None,
                    "chain": [str(step) for step in chain(decision, entity)],
                    "listed_holders": [
                        {"owner": owner, "share": [low, high]} for owner, low, high in nearly(decision, entity)
                    ],
                }
            span = self.interest.get(entity)
            rows.append({"entity": entity, "name": self.holdings.names.get(entity), "regimes": by_regime,
                         "economic_interest": list(span) if span else None})  # fmt: skip
        return {
            "date": self.day.isoformat(),
            "rules": {
                r: {"rule": d.rule.words, "since": d.rule.first.isoformat(), "source": d.rule.source, "url": d.rule.url,
                    "seen": d.rule.seen, "note": d.rule.note, "counts": d.counts}
                for r, d in self.decisions.items()
            },
            "entities": rows,
            "notes": list(self.notes),
        }  # fmt: skip


def ask(holdings: Holdings, listed: Iterable[str], *, day: date, under: Sequence[str] = ()) -> Answer:
    """Decide every entity under the regimes (default: all that have a rule on the day). Raises `UsageError`."""
    listed = sorted(set(listed))
    if not listed:
        raise UsageError("nobody is listed: name at least one listed holder, by --listed or --listed-file.")
    chosen = list(under) or in_force(day)
    decisions = {r: decide(holdings, listed, rule(r, day)) for r in chosen}
    notes = list(holdings.notes)
    ignored = next(iter(decisions.values())).ignored
    if ignored:
        shown = ", ".join(ignored[:5]) + (" …" if len(ignored) > 5 else "")
        notes.append(f"{len(ignored)} of {len(listed)} listed ids are in no holding of this graph: {shown}.")
    if any(d.rule.control and any(r.ground == "control" for r in d.reasons.values()) for d in decisions.values()):
        notes.append("Control is a presumption that can be rebutted; the regime's authority decides.")
    return Answer(holdings, day, decisions, interest(holdings, listed), tuple(notes))


def holdings_of(table: Path | None, store: Store | None) -> Holdings:
    """Holdings of a table of the user's, or of the record. Raises `SourceError`, `UsageError`."""
    if table is not None:
        return from_table(table)
    if store is None:
        raise UsageError("name a table of holdings, or fill the record with BODS, GLEIF or FollowTheMoney files.")
    return from_record(store)


def listed_in(path: Path) -> tuple[str, ...]:
    """Ids of listed holders: a text file with one a line, or a CSV with a column `entity`. Raises `SourceError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(Problem(path.name, what="this file cannot be read as text", why=str(error))) from error
    if "," in text.partition("\n")[0] or text.partition("\n")[0].strip() == "entity":
        frame = pl.read_csv(text.encode(), infer_schema=False)
        if "entity" not in frame.columns:
            raise SourceError(
                Problem(path.name, 1, what="there is no column entity", do="Name the column of listed ids entity")
            )
        return tuple(frame["entity"].drop_nulls().str.strip_chars().to_list())
    return tuple(line.strip() for line in text.splitlines() if line.strip())
