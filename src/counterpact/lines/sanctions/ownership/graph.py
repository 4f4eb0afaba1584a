"""Holdings as arrays: who holds how much of whom, with doubts as intervals.

A holding is of `shares`, of `voting` rights, or plain `control` (a share then means nothing). Shares are fractions,
an interval where the source gives a band, [0, 1] where it gives nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from counterpact.errors import Problem, SourceError

KINDS = ("shares", "voting", "control")
COLUMNS = {"owner": pl.String, "asset": pl.String, "kind": pl.String, "low": pl.Float64, "high": pl.Float64,
           "joint": pl.String}  # fmt: skip
#: Shares that sum to this much over the whole are rounding, not contradiction.
ROUNDING = 5e-3


@dataclass(frozen=True)
class Holdings:
    """A graph of holdings, (E,) arrays sorted by owner; `start[i]:start[i+1]` are the holdings of entity i.

    `joint`: number of the joint arrangement, −1 for none. `overstated[a]`: by how much the least shares of asset a
    exceed the whole; each of them may be too high by that, and `low` already says so.
    """

    ids: tuple[str, ...]
    names: dict[str, str]
    owner: NDArray[np.int32]
    asset: NDArray[np.int32]
    kind: NDArray[np.int8]  # place in KINDS
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    joint: NDArray[np.int32]
    start: NDArray[np.int64]
    overstated: dict[int, float]
    notes: tuple[str, ...]

    @cached_property
    def place(self) -> dict[str, int]:
        """Number of each entity."""
        return {name: i for i, name in enumerate(self.ids)}

    def name(self, i: int) -> str:
        """What to call entity i."""
        return self.names.get(self.ids[i], self.ids[i])


def build(frame: pl.DataFrame, *, label: str = "", names: dict[str, str] | None = None) -> Holdings:
    """Rows (`owner, asset, kind, low, high, joint`; shares in per cent, null = not stated) → `Holdings`.

    The same pair said twice is one holding: bands that differ are joined to one that holds both. Self-holdings are left
    out. Raises `SourceError` with the row for a share below 0 or above 100, an unknown kind or a missing end.
    """
    frame = frame.select(
        pl.col(c).cast(t) if c in frame.columns else pl.lit(None, t).alias(c) for c, t in COLUMNS.items()
    )
    frame = frame.with_columns(pl.col("kind").fill_null("shares"))
    _refuse(frame, label)
    notes = []
    own = frame.filter(pl.col("owner") == pl.col("asset")).height
    if own:
        notes.append(f"{own} holdings of an entity in itself are left out.")
    ids = pl.concat([frame["owner"], frame["asset"]]).unique().sort()
    number = pl.Enum(ids)
    filled = frame.filter(pl.col("owner") != pl.col("asset")).select(
        *(pl.col(end).cast(number).to_physical().cast(pl.Int32) for end in ("owner", "asset")),
        pl.col("kind").cast(pl.Enum(KINDS)).to_physical().cast(pl.Int8),
        pl.col("low").fill_null(0.0) / 100, pl.col("high").fill_null(100.0) / 100, "joint",
    )  # fmt: skip
    merged = filled.group_by("owner", "asset", "kind").agg(
        pl.col("low").min(), pl.col("high").max(), pl.col("joint").min(), pl.len().alias("times"),
        (pl.col("low").max() - pl.col("low").min() + pl.col("high").max() - pl.col("high").min() > 0).alias("rival"),
    ).sort("owner", "asset", "kind")  # fmt: skip
    twice, rival = merged.filter(pl.col("times") > 1).height, merged.filter("rival").height
    if twice:
        notes.append(
            f"{twice} holdings are stated more than once and counted once; {rival} of them with shares that differ, "
            "joined to one band that holds all."
        )
    return _arrays(merged, ids, names or {}, notes)


def _refuse(frame: pl.DataFrame, label: str) -> None:
    checks = (
        ("owner", pl.col("owner").is_null() | (pl.col("owner") == ""), "the owner is missing"),
        ("asset", pl.col("asset").is_null() | (pl.col("asset") == ""), "the entity that is held is missing"),
        ("kind", ~pl.col("kind").is_in(KINDS), f"the kind is none of {', '.join(KINDS)}"),
        ("share", (pl.col("low") < 0) | (pl.col("high") < 0), "the share is negative"),
        ("share", (pl.col("low") > 100) | (pl.col("high") > 100), "the share is over 100 %"),
        ("share", pl.col("low") > pl.col("high"), "the share's least value is above its greatest"),
        ("share", pl.col("low").is_nan() | pl.col("high").is_nan(), "the share is not a number"),
    )
    numbered = frame.with_row_index("row", offset=2)
    problems = [
        Problem(label, int(row), column, what=what, do="Correct the row; leave the share empty if it is unknown")
        for column, broken, what in checks
        for row in numbered.filter(broken)["row"].to_list()
    ]
    if problems:
        raise SourceError(sorted(problems)[:50])


def _arrays(merged: pl.DataFrame, ids: pl.Series, names: dict[str, str], notes: list[str]) -> Holdings:
    groups = merged["joint"].drop_nulls().unique().sort()
    codes = {g: k for k, g in enumerate(groups.to_list())}
    joint = merged["joint"].replace_strict(codes, default=-1, return_dtype=pl.Int32).fill_null(-1).to_numpy()
    owner, asset, kind = (merged[c].to_numpy() for c in ("owner", "asset", "kind"))
    low, high = merged["low"].to_numpy().copy(), merged["high"].to_numpy().copy()
    control = kind == KINDS.index("control")
    low[control] = high[control] = 0.0
    overstated = _overstated(asset, kind, low, high, len(ids))
    if overstated:
        worst = max(overstated, key=lambda a: overstated[a])
        notes.append(
            f"The shares of {len(overstated)} entities add up to more than the whole (most: {ids[worst]}, "
            f"{1 + overstated[worst]:.0%}); each share may be overstated by the excess."
        )
    start = np.searchsorted(owner, np.arange(len(ids) + 1))
    return Holdings(
        tuple(ids.to_list()), names, owner, asset, kind, low, high,
        joint.astype(np.int32), start, overstated, tuple(notes),
    )  # fmt: skip


def _overstated(
    asset: NDArray[np.int32], kind: NDArray[np.int8], low: NDArray[np.float64], high: NDArray[np.float64], count: int
) -> dict[int, float]:
    """Assets whose least shares exceed the whole, with the excess; `low` is taken down by it, in place."""
    found: dict[int, float] = {}
    for k in range(2):
        mine = kind == k
        total = np.bincount(asset[mine], low[mine], minlength=count)
        excess = np.where(total > 1 + ROUNDING, total - 1, 0.0)
        low[mine] = np.maximum(0.0, low[mine] - excess[asset[mine]])
        for a in np.flatnonzero(excess):
            found[int(a)] = max(float(excess[a]), found.get(int(a), 0.0))
    return found
