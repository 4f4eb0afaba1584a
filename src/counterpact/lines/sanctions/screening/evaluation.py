"""How well screening does on labelled pairs: precision, recall, F1, by category; accuracy of identities."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from counterpact.errors import Problem, SourceError
from counterpact.lines.sanctions.screening.fit import Pair, features, probability
from counterpact.lines.sanctions.screening.weights import weights

KINDS = {
    "person": "person", "company": "organisation", "organization": "organisation", "organisation": "organisation",
    "legalentity": "organisation", "publicbody": "organisation", "vessel": "vessel", "airplane": "aircraft",
    "aircraft": "aircraft",
}  # fmt: skip
"""FollowTheMoney schemata → kinds of the record."""


@dataclass(frozen=True)
class Score:
    """Counts and what follows from them; undefined ratios are 0."""

    pairs: int
    true_positives: int
    false_positives: int
    false_negatives: int
    precision: float
    recall: float
    f1: float
    accuracy: float


def score(y: Any, said: Any) -> Score:
    """`y`, `said`: bool arrays of one length."""
    hit, false, missed = int((y & said).sum()), int((~y & said).sum()), int((y & ~said).sum())
    return Score(
        len(y),
        hit,
        false,
        missed,
        hit / max(1, hit + false),
        hit / max(1, hit + missed),
        2 * hit / max(1, 2 * hit + false + missed),
        float((y == said).mean()) if len(y) else 0.0,
    )


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """Columns schema, name1, name2, is_match, and, if there, case_group and category. Raises `SourceError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(Problem(str(path), what="the file cannot be read", why=str(error))) from error
    if not rows:
        raise SourceError(Problem(path.name, what="there are no pairs in the file"))
    problems = [
        Problem(path.name, 1, name, "this column is missing")
        for name in ("schema", "name1", "name2", "is_match")
        if name not in rows[0]
    ]
    if problems:
        raise SourceError(problems)
    made = []
    for number, row in enumerate(rows, 2):
        label = (row["is_match"] or "").strip().lower()
        if label not in ("true", "false", "1", "0"):
            problems.append(Problem(path.name, number, "is_match", f'"{row["is_match"]}" is neither true nor false'))
            continue
        category = row.get("case_group") or row.get("category") or ""
        made.append(
            Pair(_kind(row["schema"]), row["name1"] or "", row["name2"] or "", label in ("true", "1"), category)
        )
    if problems:
        raise SourceError(problems)
    return tuple(made)


def _kind(schema: str | None) -> str:
    return KINDS.get((schema or "").strip().lower(), "organisation")


def evaluate_pairs(pairs: Sequence[Pair], *, threshold: float | None = None) -> dict[str, Any]:
    """Precision, recall and F1 at the alert threshold, in all and by category."""
    chosen = weights().alert_threshold if threshold is None else threshold
    said = probability(features(pairs), weights().alert) >= chosen
    y = np.array([pair.match for pair in pairs])
    category = np.array([pair.category for pair in pairs])
    by = {str(name): asdict(score(y[category == name], said[category == name])) for name in sorted(set(category))}
    return asdict(score(y, said)) | {"threshold": chosen, "by_category": by}
