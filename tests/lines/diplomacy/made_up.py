"""Small made-up votes: positions and items are drawn, so that the truth is known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from counterpact.lines.diplomacy.votes.table import Item, VoteTable
from counterpact.record.states import states

TOPICS = (
    "nuclear disarmament treaty obligations", "human rights in the territory", "Palestine refugees assistance",
    "economic embargo and unilateral coercion", "law of the sea conference", "outer space arms race prevention",
    "decolonization of small territories", "transparency in armaments register", "rights of the child convention",
    "right of peoples to self determination",
)  # fmt: skip


def members(count: int) -> list[tuple[int, str, str]]:
    """States of today: COW code, ISO alpha-3 code, name; the United States among them."""
    here = sorted((s.cow, s.iso3, s.name) for s in states() if s.last is None and s.iso3)
    return here[:count]


def table(sessions: int = 8, each: int = 12, count: int = 60, seed: int = 0, first: int = 60) -> VoteTable:
    """Votes of states on topics that return each session with the same words and nearly the same cuts."""
    rng = np.random.default_rng(seed)
    who = members(count)
    theta = rng.normal(size=count)
    usa = [code for _, code, _ in who].index("USA")
    theta[usa] = 2.5
    slope, low = rng.normal(0, 1.5, len(TOPICS)) + 0.2, rng.normal(-1.2, 0.6, len(TOPICS))
    items, votes = [], []
    for s in range(first, first + sessions):
        theta = theta + rng.normal(0, 0.1, count)
        for k in range(each):
            topic = k % len(TOPICS)
            cut = low[topic] + rng.normal(0, 0.1)
            z = slope[topic] * theta + rng.normal(size=count)
            vote = np.where(z < cut, 0, np.where(z < cut + 0.5, 1, 2))
            vote[rng.random(count) < 0.07] = 3
            text = TOPICS[topic] if k < len(TOPICS) else f"{TOPICS[topic]} further measures"
            items.append(Item(s * 100 + k, s, date(s + 1945, 11, 1 + k), f"R/{s}/{k}", text, text))
            votes.append(vote)
    return VoteTable(
        tuple(items),
        np.array([c for c, _, _ in who], dtype=np.int32),
        tuple(c for _, c, _ in who),
        tuple(n for _, _, n in who),
        np.array(votes, dtype=np.int8),
        np.zeros((0, 2), dtype=np.int32),
        {"Nuclear weapons": np.array([i for i, it in enumerate(items) if "nuclear" in it.text], dtype=np.int32)},
    )


def write(folder: Path, made: VoteTable) -> tuple[Path, Path, Path]:
    """The same votes as a long file, a wide file and a file of roll calls."""
    word = {0: "no", 1: "abstain", 2: "yes"}
    long = ["rcid,country,country_code,vote"]
    wide = ["rcid," + ",".join(made.codes)]
    calls = ["rcid,session,importantvote,date,unres,amend,para,short,descr"]
    for item, row in zip(made.items, made.vote, strict=True):
        long += [
            f'{item.rcid},"{n}",{c},{word[v]}' for n, c, v in zip(made.names, made.codes, row, strict=True) if v < 3
        ]
        wide.append(f"{item.rcid}," + ",".join({0: "N", 1: "A", 2: "Y", 3: "X"}[int(v)] for v in row))
        calls.append(f"{item.rcid},{item.session},0,{item.date},{item.resolution},0,0,,{item.text}")
    paths = folder / "votes.csv", folder / "wide.csv", folder / "roll_calls.csv"
    for path, lines in zip(paths, (long, wide, calls), strict=True):
        path.write_text("\n".join(lines) + "\n", "utf-8")
    return paths
