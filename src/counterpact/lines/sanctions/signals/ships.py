"""Signals about ships from the lists alone: names and flags that change, and listed hulls under another name."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.lines.sanctions.gaps.histories import History
from counterpact.lines.sanctions.signals.signal import Found, Signal, found, rules


def history_signals(histories: Sequence[History], ships: int) -> tuple[Found, ...]:
    """Repeated renaming and reflagging among `ships` ships on the lists."""
    made = []
    for rule, count in (("renamed", "renamings"), ("reflagged", "reflaggings")):
        about = rules()[rule]
        signals = [
            Signal(rule, f"IMO {h.imo}", "", about["words"].format(count=getattr(h, count)))
            for h in histories
            if getattr(h, count) >= about["count"]
        ]
        made.append(found(rule, signals, ships))
    return tuple(made)


def renamed_hulls(mine: pl.DataFrame, listed: pl.DataFrame) -> Found:
    """Ships of the user's table (`imo`, `name`) whose IMO number is listed under a name that is not theirs.

    `listed`: `imo`, `name` – every name, former ones too, that a list gives the hull.
    """
    clean = pl.col("name").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]+", "")
    names = listed.with_columns(clean.alias("clean")).group_by("imo").agg("name", "clean")
    met = mine.with_columns(clean.alias("mine")).join(names, on="imo")
    other = met.filter(~pl.col("clean").list.contains(pl.col("mine"))).sort("imo")
    words = rules()["same ship, new name"]["words"]
    signals = [
        Signal(
            "same ship, new name",
            f"IMO {imo}",
            "",
            words.format(imo=imo, theirs=name, listed=" / ".join(sorted(set(said)))),
        )
        for imo, name, said in other.select("imo", "name", "name_right").iter_rows()
    ]
    return found("same ship, new name", signals, mine["imo"].n_unique())
