"""Watch a table of names: what is new, gone or changed on the lists since the last time. Keeps hashes, no names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from counterpact.lines.sanctions.screening.decisions import Log, state_of
from counterpact.lines.sanctions.screening.screener import Answer, Hit


@dataclass(frozen=True)
class Change:
    """One pair that differs from last time. `hit` is None for a pair that is gone."""

    row: str
    what: str  # new, changed, gone
    entity: str
    hit: Hit | None


def watch(answers: Sequence[tuple[str, Answer]], log: Log, name: str) -> tuple[Change, ...]:
    """Compare answers (row, answer) with those kept under `name`, keep the new ones; the first time all are new."""
    path = log.folder / "watch" / f"{name}.json"
    before: dict[str, dict[str, str]] = msgspec.json.decode(path.read_bytes()) if path.exists() else {}
    now: dict[str, dict[str, str]] = {}
    changes: list[Change] = []
    for row, answer in answers:
        key = log.hash(answer.query)
        old = before.get(key, {})
        now[key] = {hit.entry.id: state_of(hit.entry) for hit in answer.hits}
        for hit in answer.hits:
            state = old.get(hit.entry.id)
            if state != now[key][hit.entry.id]:
                changes.append(Change(row, "changed" if state else "new", hit.entry.id, hit))
        changes += [Change(row, "gone", entity, None) for entity in old if entity not in now[key]]
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".tmp")
    scratch.write_bytes(msgspec.json.encode(now))
    scratch.replace(path)
    return tuple(changes)
