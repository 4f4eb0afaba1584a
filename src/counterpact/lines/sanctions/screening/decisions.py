"""The decision log: who accepted or dismissed which pair, why, until when. It holds no name that was asked for.

A query is kept as a keyed hash (HMAC-SHA-256 with a key made on first use and readable by its owner alone), a listed
entity by its id and a hash of what the list said then. A dismissed pair stays quiet until either hash changes, or its
day is past. Lines are only appended; `purge` rewrites the log without what is too old.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from counterpact.errors import Problem, SourceError, UsageError
from counterpact.lines.sanctions.screening.entry import Entry
from counterpact.lines.sanctions.screening.names import parse
from counterpact.lines.sanctions.screening.query import Query
from counterpact.lines.sanctions.screening.screener import Answer

Verdict = Literal["accepted", "dismissed"]
RETENTION_DAYS = 5 * 365
"""How long a decision is kept unless the user says otherwise: five years, the term of the EU's and FATF's rules."""


class Decision(msgspec.Struct, frozen=True):
    """One decision."""

    query: str  # keyed hash
    entity: str
    state: str  # hash of what the list said
    verdict: Verdict
    why: str
    by: str
    at: str  # UTC
    until: str = ""


class Log:
    """The log in a folder (`decisions.jsonl` and `key`); nothing is created before the first decision."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "decisions.jsonl"

    def key(self) -> bytes:
        """The key of the hashes; made on first use."""
        path = self.folder / "key"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as stream:
                stream.write(secrets.token_bytes(32))
        return path.read_bytes()

    def hash(self, query: Query) -> str:
        """Keyed hash of all that was asked; another spelling of spaces, case or order of numbers is the same."""
        names = sorted(
            " ".join(parse(name, query.kind or "person").parts) for name in (query.name, *query.names) if name
        )
        said = msgspec.json.encode(
            [names, query.kind, [str(day) for day in query.born or ()], sorted(query.countries), query.gender,
             sorted(query.numbers)]
        )  # fmt: skip
        return hmac.new(self.key(), said, hashlib.sha256).hexdigest()

    def all(self) -> list[Decision]:
        """Every decision, oldest first. Raises `SourceError` naming a line that is damaged."""
        if not self.path.exists():
            return []
        found = []
        for number, line in enumerate(self.path.read_bytes().splitlines(), 1):
            try:
                found.append(msgspec.json.decode(line, type=Decision))
            except msgspec.DecodeError as error:
                raise SourceError(
                    Problem(self.path.name, number, what="this line of the log is damaged", why=str(error),
                            do="Take the line out by hand; the others are whole")
                ) from error  # fmt: skip
        return found

    def decide(
        self, query: Query, entry: Entry, verdict: Verdict, *, why: str, by: str, until: date | None = None
    ) -> Decision:
        """Append one decision. Raises `UsageError` without a reason or a name of who decides."""
        if verdict not in ("accepted", "dismissed"):
            raise UsageError(f'"{verdict}" is no decision; say accepted or dismissed')
        if not why.strip() or not by.strip():
            raise UsageError("A decision wants a reason (--why) and who made it (--by)")
        made = Decision(
            self.hash(query), entry.id, state_of(entry), verdict, why.strip(), by.strip(),
            datetime.now(UTC).isoformat(timespec="seconds"), until.isoformat() if until else "",
        )  # fmt: skip
        with self.path.open("ab") as stream:
            stream.write(msgspec.json.encode(made) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        return made

    def quiet(self, answers: Iterable[Answer], today: date) -> Iterable[Answer]:
        """Answers without the pairs that were dismissed and have not changed since."""
        latest = {(d.query, d.entity): d for d in self.all()}
        for answer in answers:
            if not latest or not answer.hits:
                yield answer
                continue
            key = self.hash(answer.query)
            kept = tuple(h for h in answer.hits if not _silent(latest.get((key, h.entry.id)), h.entry, today))
            yield Answer(answer.query, kept)

    def purge(self, today: date, *, days: int = RETENTION_DAYS, query: Query | None = None) -> int:
        """Forget decisions older than `days`, or all on one query; returns how many."""
        before = self.all()
        oldest = (today - timedelta(days=days)).isoformat()
        key = self.hash(query) if query else ""
        kept = [d for d in before if (d.query != key if query else d.at[:10] >= oldest)]
        if len(kept) < len(before):
            scratch = self.path.with_suffix(".tmp")
            scratch.write_bytes(b"".join(msgspec.json.encode(d) + b"\n" for d in kept))
            scratch.replace(self.path)
        return len(before) - len(kept)


def state_of(entry: Entry) -> str:
    """Hash of what a list says of an entity."""
    return hashlib.sha256(msgspec.json.encode(entry)).hexdigest()[:32]


def _silent(decision: Decision | None, entry: Entry, today: date) -> bool:
    if decision is None or decision.verdict != "dismissed" or decision.state != state_of(entry):
        return False
    return not decision.until or today.isoformat() <= decision.until
