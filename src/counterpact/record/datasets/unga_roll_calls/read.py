"""UN General Assembly roll calls as tables: votes, roll calls, issues, and identical resolutions as bridges."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.formats.tabular import TYPES, check_header, newest, read_text_table, typed
from counterpact.record.reading import DataFinding, Reading, SourceFile
from counterpact.record.states import find, states

VOTES = {"rcid": "whole", "country": "text", "country_code": "text", "vote": "text"}
ROLL_CALLS = {
    "rcid": "whole", "session": "whole", "importantvote": "flag", "date": "day", "unres": "text", "amend": "flag",
    "para": "flag", "short": "text", "descr": "text",
}  # fmt: skip
ISSUES = {"rcid": "whole", "short_name": "text", "issue": "text"}
BRIDGES = {"v1": "whole", "rcid1": "whole", "rcid2": "whole"}
BALLOTS = ("yes", "no", "abstain")


def read(files: Sequence[SourceFile]) -> Reading:
    """Parquet or CSV files told apart by name (`votes…`, `roll_calls…`, `issues…`, `…identical…`) → four tables.

    Votes get ISO alpha-3 and Correlates of War codes by the year of the roll call. Raises `SourceError`.
    """
    parts: dict[str, list[pl.DataFrame]] = {}
    for file in files:
        role, types = _role(file)
        parts.setdefault(role, []).append(_typed(file, types))
    missing = [role for role in ("votes", "roll_calls") if role not in parts]
    if missing:
        raise SourceError(
            Problem(
                files[0].label,
                what=f"there is no file of {' and none of '.join(missing)}",
                do="Give all files of the set at once: votes, roll calls, and issues if you have them",
            )
        )
    tables = {role: pl.concat(frames) for role, frames in parts.items()}
    votes, findings = _coded(tables["votes"], tables["roll_calls"], files[0].label)
    return Reading(
        {
            "votes": votes,
            "roll_calls": tables["roll_calls"],
            "issues": tables.get("issues", _empty(ISSUES)),
            "bridges": tables.get("bridges", _empty(BRIDGES)).drop("v1").rename({"rcid1": "rcid", "rcid2": "same_as"}),
        },
        vintage=newest(tables["roll_calls"]["date"]),
        findings=findings,
    )


def _role(file: SourceFile) -> tuple[str, dict[str, str]]:
    for word, role, types in (
        ("roll_calls", "roll_calls", ROLL_CALLS),
        ("votes", "votes", VOTES),
        ("issues", "issues", ISSUES),
        ("identical", "bridges", BRIDGES),
    ):
        if word in file.name:
            return role, types
    raise SourceError(
        Problem(
            file.label,
            what="the name does not say what this file is",
            do="Name it votes…, roll_calls…, issues… or …identical… (.parquet or .csv)",
        )
    )


def _typed(file: SourceFile, types: dict[str, str]) -> pl.DataFrame:
    if file.name.endswith(".parquet"):
        frame = pl.read_parquet(file.open())
        check_header(file.label, frame.columns, list(types))
    else:
        frame = read_text_table(file, columns=list(types))
    return typed(frame, types, file.label, nulls=("", "NA"))


def _empty(types: dict[str, str]) -> pl.DataFrame:
    return pl.DataFrame(schema={name: TYPES[kind] for name, kind in types.items()})


def _coded(votes: pl.DataFrame, calls: pl.DataFrame, label: str) -> tuple[pl.DataFrame, tuple[DataFinding, ...]]:
    strange = votes.filter(~pl.col("vote").is_in(BALLOTS))
    if strange.height:
        raise SourceError(Problem(label, column="vote", what=f'"{strange["vote"][0]}" is not yes, no or abstain'))
    dated = votes.join(calls.select("rcid", pl.col("date").dt.year().alias("year")), on="rcid", how="left")
    lost = dated.filter(pl.col("year").is_null())
    if lost.height:
        raise SourceError(
            Problem(
                label,
                column="rcid",
                what=f"{lost.height:,} votes name a roll call that is not there",
                why=f"for example {lost['rcid'][0]}",
                do="Give the matching file of roll calls",
            )
        )
    who = dated.select("country", "country_code", "year").unique().sort("country", "year", "country_code")
    names = {s.name.casefold(): s for s in states()}
    codes = [
        find(code, "iso2", year) if code else find(country, "name", year) or names.get(country.casefold())
        for country, code, year in who.rows()
    ]
    codes = [found or names.get(country.casefold()) for found, country in zip(codes, who["country"], strict=True)]
    # The tables name a state by one of its names; its code is that of the year: SUN before 1991, SRB after 2006.
    codes = [state and (find(state.cow, "cow", year) or state) for state, year in zip(codes, who["year"], strict=True)]
    who = who.with_columns(
        iso3=pl.Series([s.iso3 or s.abbreviation if s else None for s in codes], dtype=pl.String),
        cow=pl.Series([s.cow if s else None for s in codes], dtype=pl.Int64),
    )
    coded = dated.join(who, on=["country", "country_code", "year"], how="left", nulls_equal=True)
    unknown = coded.filter(pl.col("cow").is_null())
    findings: tuple[DataFinding, ...] = ()
    if unknown.height:
        shown = tuple(unknown["country"].unique().sort().head(5))
        findings = (
            DataFinding(
                "unknown-state",
                "warning",
                f"{unknown.height:,} votes of states the crosswalk does not know in that year, such as {shown[0]}",
                unknown.height,
                "kept",
                shown,
            ),
        )
    return coded.select("rcid", "country", "country_code", "iso3", "cow", "vote"), findings
