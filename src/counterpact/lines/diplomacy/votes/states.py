"""Who voted: names and codes of states, by the year, as one column per state and its successor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from counterpact.errors import Problem, SourceError, nearest
from counterpact.record.states import State, find, states


@dataclass(frozen=True)
class Coded:
    """Votes with a column number per state. `rcid`, `state` and `vote` have one entry a vote."""

    rcid: np.ndarray
    state: np.ndarray
    vote: np.ndarray
    cow: np.ndarray
    codes: tuple[str, ...]
    names: tuple[str, ...]


def code_states(votes: pl.DataFrame, items: pl.DataFrame, label: str, notes: list[str]) -> Coded:
    """Each vote to its state in the year of the vote. Raises `SourceError` on a vote for an unknown roll call,
    a state that votes twice differently, or a table in which most names are unknown."""
    dated = votes.join(items.select("rcid", year=pl.col("session") + 1945), on="rcid", how="left")
    lost = dated.filter(pl.col("year").is_null())
    if lost.height == dated.height:
        raise SourceError(
            Problem(
                label,
                column="rcid",
                what="no vote names a roll call of the file of roll calls",
                why=f"for example {lost['rcid'][0]}",
                do="Give the file of roll calls that belongs to these votes",
            )
        )
    if lost.height:
        notes.append(
            f"{lost.height:,} votes name a roll call that is not there, such as {lost['rcid'][0]}; they were left out."
        )
        dated = dated.filter(pl.col("year").is_not_null())
    who = dated.select("country", "country_code", "year").unique().sort("country", "country_code", "year")
    found = [state_of(code, name, year) for name, code, year in who.rows()]
    who = who.with_columns(cow=pl.Series([s.cow if s else None for s in found], dtype=pl.Int64))
    _say_unknown(who, label, notes)
    coded = dated.join(who, on=["country", "country_code", "year"], how="left", nulls_equal=True)
    coded = _once(coded.filter(pl.col("cow").is_not_null()), label, notes)
    last = coded.group_by("cow").agg(pl.col("year").max()).sort("cow")
    latest = int(coded["year"].max())  # type: ignore[arg-type]
    named = [_named(cow, latest) for cow in last["cow"]]
    number = {cow: place for place, cow in enumerate(last["cow"])}
    return Coded(
        coded["rcid"].to_numpy(),
        np.array([number[c] for c in coded["cow"]], dtype=np.int64),
        coded["vote"].to_numpy().astype(np.int8),
        last["cow"].to_numpy().astype(np.int32),
        tuple(code for code, _ in named),
        tuple(name for _, name in named),
    )


def state_of(code: str | None, name: str | None, year: int) -> State | None:
    """The state meant by a code (ISO alpha-2 or alpha-3, COW abbreviation) or, failing that, by a name, in a year.

    A code of a later or earlier form of the same state (RUS before 1992) means the form of that year.
    """
    code, name = (code or "").strip(), (name or "").strip()
    # Historical codes of the published tables: YU, DD, SU, CS, YD stand for the state of that year.
    for scheme in ("iso2", "iso3", "abbreviation"):
        if code and scheme != "abbreviation" and (state := find(code, scheme, year)):  # type: ignore[arg-type]
            return state
    if name and (state := find(name, "name", year)):
        return state
    for state in states():
        if (
            code and code.casefold() in (state.iso3.casefold(), state.iso2.casefold(), state.abbreviation.casefold())
        ) or (name and name.casefold() == state.name.casefold()):
            return find(state.cow, "cow", year) or state
    return None


def _named(cow: int, year: int) -> tuple[str, str]:
    state = find(cow, "cow", year)
    if state is None:
        state = max((s for s in states() if s.cow == cow), key=lambda s: s.first)
    return state.iso3 or state.abbreviation, state.name


def _say_unknown(who: pl.DataFrame, label: str, notes: list[str]) -> None:
    unknown = who.filter(pl.col("cow").is_null())
    names = sorted({str(n or c) for n, c in unknown.select("country", "country_code").rows()})
    all_names = who.select("country", "country_code").unique().height
    if names and len(names) * 2 > all_names:
        raise SourceError(
            Problem(
                label,
                column="country",
                what=f"{len(names)} of {all_names} states are unknown, such as {', '.join(names[:3])}",
                do="Name states by ISO alpha-3 or alpha-2 code, or by their English names",
            )
        )
    for name in names:
        hint = nearest(name, [s.name for s in states()] + [s.iso3 for s in states() if s.iso3])
        notes.append(f'"{name}" is no state the crosswalk knows; its votes were left out. {hint}'.strip())


def _once(coded: pl.DataFrame, label: str, notes: list[str]) -> pl.DataFrame:
    """One vote a state and item: the same twice counts once; two that differ are refused."""
    agree = coded.group_by("rcid", "cow", maintain_order=True).agg(
        pl.col("vote").first(),
        pl.col("vote").n_unique().alias("kinds"),
        pl.len().alias("times"),
        pl.col("year").first(),
    )
    clash = agree.filter(pl.col("kinds") > 1)
    if clash.height:
        rcid, cow = clash["rcid"][0], clash["cow"][0]
        rows = coded.filter((pl.col("rcid") == rcid) & (pl.col("cow") == cow))
        raise SourceError(
            Problem(
                label,
                column="vote",
                what=f"{clash.height} votes are given twice and differ",
                why=f"roll call {rcid}: {' and '.join(dict.fromkeys(str(n) for n in rows['country']))}",
                do="Remove the wrong one; which of two votes holds cannot be guessed",
            )
        )
    twice = int((agree["times"] > 1).sum())
    if twice:
        notes.append(f"{twice:,} votes are given twice and agree; each counts once.")
    return agree.select("rcid", "cow", "vote", "year")
