"""Errors that say what is wrong, where, why, and what to do.

A `Problem` is one defect. A `CounterpactError` carries one or many of them, so that a broken case is
reported whole and not one row at a time. Each error class knows the exit code of the command line:
2 wrong use, 3 a broken case or input, 4 no proven answer within the limit.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One defect of an input.

    `row` counts as a spreadsheet does: the header is row 1, the first record row 2; 0 = the file as a whole.
    """

    file: str
    row: int = 0
    column: str = ""
    what: str = ""
    why: str = ""
    do: str = ""

    @property
    def where(self) -> str:
        """`facts.csv, row 31, column "unit"`, as far as it is known."""
        parts = [self.file] if self.file else []
        if self.row:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f'column "{self.column}"')
        return ", ".join(parts)

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        for more in (self.why, self.do):
            if more:
                text += (" " if text.endswith((".", "?", "!")) else ". ") + more
        return text if text.endswith((".", "?", "!")) else text + "."


class CounterpactError(Exception):
    """Base of every error a user can meet. `problems` is never empty."""

    exit_code = 3

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = [Problem(file="", what=problems)]
        elif isinstance(problems, Problem):
            problems = [problems]
        self.problems: tuple[Problem, ...] = tuple(problems)
        if not self.problems:
            raise ValueError("an error needs at least one problem")
        super().__init__(str(self))

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        lines = [f"{len(self.problems)} problems:"]
        lines += [f"  {problem}" for problem in self.problems]
        return "\n".join(lines)


class UsageError(CounterpactError):
    """A wrong command, option or argument."""

    exit_code = 2


class CaseError(CounterpactError):
    """A case that cannot be read or does not hold together."""


class SourceError(CounterpactError):
    """A file of a public source that is not what its publisher's format says."""


class UnitError(CounterpactError):
    """Two quantities whose units do not agree and for which no factor was named."""


class InfeasibleError(CounterpactError):
    """Limits that clash: no package satisfies them all. `problems` names each limit."""

    exit_code = 4


class UnprovenError(CounterpactError):
    """A solver failed or ran out of time before anything usable was found."""

    exit_code = 4


def nearest(word: str, known: Sequence[str]) -> str:
    """A ready sentence naming the closest known word, or an empty string.

    >>> nearest("refined oils", ["crude oil", "refined oil"])
    'Did you mean "refined oil"?'
    >>> nearest("zzz", ["crude oil"])
    ''
    """
    lowered = {k.lower(): k for k in reversed(known)}
    close = difflib.get_close_matches(word.lower(), list(lowered), n=1, cutoff=0.6)
    return f'Did you mean "{lowered[close[0]]}"?' if close else ""
