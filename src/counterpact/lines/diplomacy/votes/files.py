"""Tables as they come: Parquet or CSV, with the names their publishers give the columns."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.formats.tabular import read_text_table
from counterpact.record.reading import open_files
from counterpact.record.states import states

SAME = {
    "rcid": ("rcid", "undl_id", "roll_call", "vote_id", "id"),
    "resolution": ("unres", "resolution", "resolutions", "symbol"),
    "country": ("country", "ms_name", "country_name", "countryname", "member_state", "state"),
    "country_code": ("country_code", "ms_code", "iso3", "iso3c", "iso2", "countrycode"),
    "vote": ("vote", "ms_vote", "ballot"),
    "session": ("session",),
    "date": ("date", "day", "vote_date"),
    "short": ("short", "short_title"),
    "title": ("descr", "title", "description", "name"),
    "agenda": ("agenda_title", "agenda_titles", "agenda"),
    "subjects": ("subjects", "subject"),
    "amend": ("amend",),
    "para": ("para",),
}
"""Our names → the names met in public tables, in order of preference (case does not matter)."""
FIRST_TEXT_ID = 1_000_000  # roll calls named by text get numbers from here on


def read_table(path: Path) -> pl.DataFrame:
    """A Parquet or CSV file as it is, header trimmed. Raises `SourceError`."""
    (file,) = open_files([path])
    if file.name.endswith(".parquet"):
        try:
            return pl.read_parquet(file.open())
        except pl.exceptions.PolarsError as error:
            raise SourceError(Problem(path.name, what="is no Parquet file", why=str(error).splitlines()[0])) from error
    separator = "\t" if file.name.endswith((".tsv", ".tab")) else ","
    frame = read_text_table(file, separator=separator)
    return frame.rename({name: name.strip() for name in frame.columns})


def iso_columns(frame: pl.DataFrame) -> list[str]:
    """Columns headed by an ISO alpha-3 code, today's or a historical one."""
    known = {s.iso3 for s in states() if s.iso3}
    return [name for name in frame.columns if name.upper() in known]


def is_wide(frame: pl.DataFrame) -> bool:
    """True for one column (or one row) a state instead of one row a vote."""
    return len(iso_columns(frame)) >= 2 or column(frame, "vote") is None


def column(frame: pl.DataFrame, name: str) -> str | None:
    """The column of a table that plays a part, by any of its public names."""
    lowered = {have.strip().lower(): have for have in reversed(frame.columns)}
    return next((lowered[word] for word in SAME[name] if word in lowered), None)


def numbered(names: pl.Series) -> pl.Series:
    """Numbers of roll calls: as they are, or made from the text (the same text, the same number)."""
    text = names.cast(pl.String).str.strip_chars().str.replace(r"\.0$", "")
    plain = text.cast(pl.Int64, strict=False)
    if plain.null_count() == 0:
        return plain
    return text.fill_null("").map_elements(text_number, return_dtype=pl.Int64)


def text_number(name: str) -> int:
    """A number for a symbol such as A/RES/77/1, the same in every run."""
    from zlib import crc32

    return FIRST_TEXT_ID + crc32(symbol(name).encode())


def symbol(name: str) -> str:
    """A symbol without its prefix: A/RES/70/5, R/70/5 and 70/5 are one."""
    return re.sub(r"^(A/)?(RES/|R/)?", "", name.strip().upper())


def read_calls(path: Path, notes: list[str]) -> pl.DataFrame:
    """Roll calls: `rcid, session, date, unres, short, text, amend, para`. Raises `SourceError`."""
    return calls_of(read_table(path), path.name, notes)


def calls_of(frame: pl.DataFrame, label: str, notes: list[str]) -> pl.DataFrame:
    """The roll calls a table speaks of, one row each. Raises `SourceError` without a number, or without any time."""
    key = column(frame, "rcid") or column(frame, "resolution")
    if key is None:
        raise SourceError(
            Problem(label, what="no column numbers the roll calls", do="Name it rcid, undl_id or resolution")
        )
    out = pl.DataFrame({"rcid": numbered(frame[key])})
    texts = {name: _text(frame, name) for name in ("resolution", "short", "title", "agenda", "subjects")}
    day = _days(frame)
    session = _sessions(frame, day, texts["resolution"])
    unknown = int(session.null_count())
    if unknown:
        raise SourceError(
            Problem(
                label,
                int(session.is_null().arg_max() or 0) + 2,
                "session",
                what=f"{unknown} roll calls have neither a session nor a date",
                do="Add a column session or a column date (year-month-day)",
            )
        )
    short, title = texts["short"], texts["title"]
    words = pl.select(
        pl.concat_str([short, pl.lit(" "), title, pl.lit(" "), texts["agenda"], pl.lit(" "), texts["subjects"]])
    ).to_series()
    if (words.str.strip_chars() == "").all():
        notes.append(f"{label}: no roll call has any words; forecasts from look-alikes are not possible for them.")
    return out.with_columns(
        session=session,
        date=day,
        unres=texts["resolution"],
        short=pl.select(pl.when(short != "").then(short).otherwise(title)).to_series(),
        text=words.str.strip_chars(),
        amend=_flag(frame, "amend"),
        para=_flag(frame, "para"),
    )


def _text(frame: pl.DataFrame, name: str) -> pl.Series:
    have = column(frame, name)
    if have is None:
        return pl.Series(name, [""] * frame.height, dtype=pl.String)
    return frame[have].cast(pl.String).fill_null("").str.strip_chars().replace("NA", "").alias(name)


def _flag(frame: pl.DataFrame, name: str) -> pl.Series:
    have = column(frame, name)
    if have is None:
        return pl.Series(name, [False] * frame.height, dtype=pl.Boolean)
    said = frame[have].cast(pl.String).fill_null("").str.to_lowercase()
    return said.is_in(["1", "1.0", "true"]).alias(name)


def _days(frame: pl.DataFrame) -> pl.Series:
    have = column(frame, "date")
    if have is None:
        return pl.Series("date", [None] * frame.height, dtype=pl.Date)
    if frame[have].dtype in (pl.Date, pl.Datetime):
        return frame[have].cast(pl.Date).alias("date")
    return frame[have].cast(pl.String).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).alias("date")


def _sessions(frame: pl.DataFrame, day: pl.Series, resolution: pl.Series) -> pl.Series:
    """Sessions as numbers; special ones ("ES-11", "11emsp") count to the regular session of their day."""
    have = column(frame, "session")
    said = frame[have].cast(pl.String).str.strip_chars() if have else pl.Series([None] * frame.height, dtype=pl.String)
    plain = said.str.replace(r"\.0$", "").cast(pl.Int64, strict=False).to_list()
    words = resolution.to_list()
    found = []
    for number, when, name in zip(plain, day.to_list(), words, strict=True):
        named = re.match(r"^(\d{1,3})/", symbol(name)) if number is None else None
        found.append(number if number is not None else int(named[1]) if named else session_of(when) if when else None)
    return pl.Series("session", found, dtype=pl.Int64)


def session_of(day: date) -> int:
    """The regular session a day belongs to; a session opens in the middle of September."""
    return day.year - 1945 - ((day.month, day.day) < (9, 14))


def read_pairs(path: Path | None, first: str, second: str) -> pl.DataFrame | None:
    """Two columns of a small table (bridges: two roll calls; issues: a roll call and a name), or None."""
    if path is None:
        return None
    frame = read_table(path)
    missing = [name for name in (first, second) if name not in frame.columns]
    if missing:
        raise SourceError(Problem(path.name, what=f"there is no column {' or '.join(missing)}"))
    return frame.select(
        pl.col(name).cast(pl.Int64) if name.startswith("rcid") else pl.col(name).cast(pl.String)
        for name in (first, second)
    )
