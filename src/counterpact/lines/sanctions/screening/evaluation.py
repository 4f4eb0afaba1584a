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
from counterpact.lines.sanctions.screening.query import Query, make
from counterpact.lines.sanctions.screening.schemata import KINDS
from counterpact.lines.sanctions.screening.screener import Screener
from counterpact.lines.sanctions.screening.weights import weights


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


def read_entities(path: Path) -> tuple[Pair, ...]:
    """`checks:` of match, schema, query and candidate with `name` or its parts. Raises `SourceError`."""
    import yaml

    try:
        checks = yaml.safe_load(path.read_text("utf-8"))["checks"]
        return tuple(
            Pair(_kind(check["schema"]), _full(check["query"]), _full(check["candidate"]), bool(check["match"]),
                 str(check.get("label", "")))
            for check in checks
        )  # fmt: skip
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        why = f"{type(error).__name__}: {error}"
        raise SourceError(
            Problem(path.name, what="this is no file of entity checks", why=why,
                    do="It wants `checks:`, a list of match, schema, query and candidate")
        ) from error  # fmt: skip


def _full(entity: dict[str, Any]) -> str:
    if entity.get("name"):
        return str(entity["name"])
    return " ".join(str(entity[k]) for k in ("firstName", "middleName", "lastName") if entity.get(k))


def evaluate_entities(pairs: Sequence[Pair], *, threshold: float | None = None) -> dict[str, Any]:
    """Share of identities judged as a careful reader did, by the stricter reading (`same`)."""
    chosen = weights().same_threshold if threshold is None else threshold
    said = probability(features(pairs), weights().same) >= chosen
    y = np.array([pair.match for pair in pairs])
    wrong = [
        {"query": p.query, "candidate": p.listed, "match": bool(t)}
        for p, t, s in zip(pairs, y, said, strict=True)
        if t != s
    ]
    return {
        "accuracy": float((y == said).mean()) if len(y) else 0.0,
        "pairs": len(y),
        "threshold": chosen,
        "wrong": wrong,
    }


def read_people(path: Path, *, names_only: bool = False) -> tuple[Query, ...]:
    """Queries of a CSV with `full_name` and, if there, `date_of_birth`, `nationality`, `gender`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(Problem(str(path), what="the file cannot be read", why=str(error))) from error
    if not rows or "full_name" not in rows[0]:
        raise SourceError(Problem(path.name, 1, "full_name", "this column is missing or there are no rows"))
    if names_only:
        return tuple(make(row["full_name"] or "", kind="person") for row in rows)
    return tuple(
        make(row["full_name"] or "", kind="person", born=row.get("date_of_birth"), gender=row.get("gender"),
             countries=[row["nationality"]] if row.get("nationality") else [])
        for row in rows
    )  # fmt: skip


def best_scores(screener: Screener, queries: Sequence[Query]) -> Any:
    """Score of the best hit of each query, 0 without one: (n,)."""
    return np.array([a.hits[0].score if a.hits else 0.0 for a in screener.many(queries, limit=1, threshold=0.05)])


def evaluate_lists(
    screener: Screener, positives: Sequence[Query], negatives: Sequence[Query], *, threshold: float | None = None
) -> dict[str, Any]:
    """Recall on `positives` and false-positive rate on `negatives` at the shipped threshold, and over all thresholds.

    A positive counts as found if anything on the lists reaches the threshold. Intervals are Wilson's, 95 %.
    """
    chosen = screener.threshold if threshold is None else threshold
    found, false = best_scores(screener, positives), best_scores(screener, negatives)
    return point(found, false, chosen) | {
        "positives": len(found),
        "negatives": len(false),
        "entities": screener.index.entities,
        "curve": [point(found, false, t) for t in CURVE],
        "missed": [q.name for q, s in zip(positives, found, strict=True) if s < chosen],
    }


CURVE = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.84, 0.86, 0.88, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96)


def point(found: Any, false: Any, threshold: float) -> dict[str, Any]:
    """Recall and false-positive rate at one threshold with their intervals."""
    hit, wrong = int((found >= threshold).sum()), int((false >= threshold).sum())
    return {
        "threshold": threshold,
        "recall": hit / max(1, len(found)),
        "recall_interval": wilson(hit, len(found)),
        "fpr": wrong / max(1, len(false)),
        "fpr_interval": wilson(wrong, len(false)),
    }


def wilson(hits: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Interval of a share (Wilson 1927, JASA 22).

    >>> [round(x, 4) for x in wilson(10, 10)]
    [0.7225, 1.0]
    """
    if n == 0:
        return 0.0, 1.0
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5 / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)
