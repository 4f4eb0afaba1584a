"""Wide tables: one column a state, headed by its ISO alpha-3 code (or one row a state, one column a resolution)."""

from __future__ import annotations

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.lines.diplomacy.votes.cells import WORDS
from counterpact.lines.diplomacy.votes.files import calls_of, column, iso_columns, numbered, symbol
from counterpact.record.states import states

OWN_NUMBERS = 10_000_000_000  # added where a table numbers its rows for itself


def lengthen(
    frame: pl.DataFrame, label: str, calls: pl.DataFrame | None, notes: list[str]
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """A wide table → rows `rcid, country, country_code, vote, row`, and its own roll calls if none known fits.

    Rows are matched to known roll calls by number, else by resolution. Raises `SourceError`.
    """
    frame = _upright(frame, label)
    who = iso_columns(frame)
    frame = frame.with_row_index("row", offset=2)
    names = _name_row(frame, who)
    if names is not None:
        frame = frame.filter(pl.col("row") != names)
    ids, own = _match(frame, label, calls, notes)
    long = (
        frame.select(pl.col("row").cast(pl.Int64), *(pl.col(c).cast(pl.String) for c in who))
        .with_columns(rcid=ids)
        .unpivot(index=["rcid", "row"], on=who, variable_name="country", value_name="vote")
    )
    return long.with_columns(country=pl.col("country").str.to_uppercase()).with_columns(country_code="country"), own


def _name_row(frame: pl.DataFrame, who: list[str]) -> int | None:
    """The number of a second header row with the names of states, if there is one."""
    if not frame.height:
        return None
    first = [str(v).strip().lower() for v in frame.select(who).row(0) if v not in (None, "")]
    known = {s.name.lower() for s in states()}
    return int(frame["row"][0]) if first and sum(v in known for v in first) * 2 > len(first) else None


def _upright(frame: pl.DataFrame, label: str) -> pl.DataFrame:
    """Turn a table of one row a state into one row a roll call."""
    if len(iso_columns(frame)) >= 2:
        return frame
    key = column(frame, "country_code") or column(frame, "country") or frame.columns[0]
    known = {s.iso3 for s in states() if s.iso3}
    codes = frame[key].cast(pl.String).fill_null("").str.strip_chars().str.to_uppercase()
    inside = int(codes.is_in(list(known)).sum())
    ballots = [c for c in frame.columns if c != key and _all_ballots(frame[c])]
    if inside < 2 or inside * 2 < frame.height or not ballots:
        raise SourceError(
            Problem(
                label,
                what="is neither a long table of votes nor a wide one",
                why="there is no column vote, and states are neither its columns nor its rows",
                do="Give rcid, country, country_code, vote; or one column a state headed by its ISO alpha-3 code",
            )
        )
    turned = frame.select(pl.col(c).cast(pl.String) for c in ballots).transpose(column_names=codes.to_list())
    return turned.with_columns(resolution=pl.Series(ballots))


def _all_ballots(cells: pl.Series) -> bool:
    said = cells.cast(pl.String).fill_null("").str.strip_chars().str.to_lowercase().unique()
    return all(word in WORDS for word in said)


def _match(
    frame: pl.DataFrame, label: str, calls: pl.DataFrame | None, notes: list[str]
) -> tuple[pl.Series, pl.DataFrame | None]:
    key, named = column(frame, "rcid"), column(frame, "resolution")
    if calls is not None and key is not None:
        ids = numbered(frame[key])
        if ids.is_in(calls["rcid"].to_list()).all():
            return ids, None
    if calls is not None and named is not None:
        by_name = {symbol(name): rcid for name, rcid in calls.select("unres", "rcid").rows() if name}
        found = [by_name.get(symbol(str(name))) for name in frame[named]]
        if all(rcid is not None for rcid in found):
            return pl.Series("rcid", found, dtype=pl.Int64), None
    own = calls_of(frame.drop(iso_columns(frame)), label, notes)
    if calls is not None and own["rcid"].is_in(calls["rcid"].to_list()).any():
        # The numbers of this table are its own: they must not fall on other roll calls.
        own = own.with_columns(pl.col("rcid") + OWN_NUMBERS)
    return own["rcid"], own
