"""Holdings from a table of the user's, or from what the record holds of BODS, GLEIF and FollowTheMoney."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.lines.sanctions.ownership.graph import COLUMNS, Holdings, build
from counterpact.record.formats.ftm import percentage

if TYPE_CHECKING:
    from counterpact.record.store import Store

_SHARES = {"shareholding"}
_VOTING = {"votingRights"}
_CONTROL = {
    "appointmentOfBoard", "otherInfluenceOrControl", "controlViaCompanyRulesOrArticles", "controlByLegalFramework",
}  # fmt: skip
"""Types of interest in BODS 0.4 (codelist interestType). A seat on the board, a trust or a nominee is a red flag and
not yet control, so it is left out."""


def from_table(path: Path) -> Holdings:
    """A CSV with `owner, asset, share` (51, 25-50, >75, empty); optional `kind`, `joint`, `owner_name`, `asset_name`.

    `kind` is shares (default), voting or control; rows with the same `joint` belong to one joint arrangement. Raises
    `SourceError` with row and column.
    """
    try:
        frame = pl.read_csv(path, infer_schema=False, encoding="utf8")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SourceError(Problem(path.name, what="this is not a CSV table", why=str(error).splitlines()[0])) from error
    missing = [c for c in ("owner", "asset", "share") if c not in frame.columns]
    if missing:
        raise SourceError(
            Problem(path.name, 1, ", ".join(missing), what="the column is missing",
                    do="The table needs owner, asset and share (per cent, a band such as 25-50, or empty)")
        )  # fmt: skip
    frame = frame.with_columns(pl.col(c).str.strip_chars() for c in frame.columns)
    spans = {text: percentage(text.removesuffix("%").strip()) for text in frame["share"].drop_nulls().unique() if text}
    broken = [text for text, (low, _) in spans.items() if low is None]
    if broken:
        rows = frame.with_row_index("row", offset=2).filter(pl.col("share").is_in(broken))
        raise SourceError(
            Problem(path.name, int(row), "share", what=f'"{text}" is no share between 0 and 100 %',
                    do="Write per cent, as 51, 25-50, >75, or leave it empty if it is unknown")
            for row, text in rows.select("row", "share").head(50).iter_rows()
        )  # fmt: skip
    schema = {"share": pl.String, "low": pl.Float64, "high": pl.Float64}
    spread = pl.DataFrame([(text, low, high) for text, (low, high) in spans.items()], schema, orient="row")
    frame = frame.join(spread, on="share", how="left", maintain_order="left")
    blank = [c for c in ("kind", "joint") if c in frame.columns]
    frame = frame.with_columns(pl.when(pl.col(c) == "").then(None).otherwise(pl.col(c)).alias(c) for c in blank)
    names: dict[str, str] = {}
    for end in ("owner", "asset"):
        if f"{end}_name" in frame.columns:
            names |= dict(frame.select(end, f"{end}_name").drop_nulls().iter_rows())
    return build(frame, label=path.name, names=names)


def from_record(store: Store) -> Holdings:
    """All holdings the record has, of BODS, GLEIF and FollowTheMoney. Raises `SourceError` if there are none."""
    frames, names = [], dict[str, str]()
    for dataset, reader in (("bods", _bods), ("gleif_level2", _gleif), ("ftm", _ftm)):
        if store.vintage(dataset) is not None:
            frame, said = reader(store)
            frames.append(frame.select(list(COLUMNS)))
            names |= said
    if not frames:
        raise SourceError(
            Problem("", what="the record holds no ownership data",
                    do="Import BODS, GLEIF level 2 or FollowTheMoney files, or name a CSV")
        )  # fmt: skip
    return build(pl.concat(frames), label="record", names=names)


def _bods(store: Store) -> tuple[pl.DataFrame, dict[str, str]]:
    held = store.table("bods", table="interests").filter(
        pl.col("current") & pl.col("party").is_not_null() & pl.col("subject").is_not_null() & pl.col("end").is_null()
        & (pl.col("direct").fill_null("direct") != "indirect")
    )  # fmt: skip
    kind = (
        pl.when(pl.col("type").is_in(sorted(_SHARES))).then(pl.lit("shares"))
        .when(pl.col("type").is_in(sorted(_VOTING))).then(pl.lit("voting"))
        .when(pl.col("type").is_in(sorted(_CONTROL))).then(pl.lit("control"))
    )  # fmt: skip
    rows = held.select(
        pl.col("party").alias("owner"), pl.col("subject").alias("asset"), kind.alias("kind"),
        pl.col("share_low").alias("low"), pl.col("share_high").alias("high"), pl.lit(None, pl.String).alias("joint"),
    ).drop_nulls("kind")  # fmt: skip
    parties = store.table("bods", table="parties").filter("current")
    return rows, dict(parties.select("record", "name").drop_nulls().iter_rows())


def _gleif(store: Store) -> tuple[pl.DataFrame, dict[str, str]]:
    """Consolidation is by accounting standard: control where no share is stated."""
    tied = store.table("gleif_level2").filter(
        pl.col("relation").is_in(["is directly consolidated by", "is ultimately consolidated by"])
        & (pl.col("status") == "ACTIVE")
    )  # fmt: skip
    stated = pl.col("share").is_not_null() & (pl.col("relation") == "is directly consolidated by")
    return tied.select(
        pl.col("target").alias("owner"), pl.col("entity").alias("asset"),
        pl.when(stated).then(pl.lit("shares")).otherwise(pl.lit("control")).alias("kind"),
        pl.when(stated).then("share").alias("low"), pl.when(stated).then("share").alias("high"),
        pl.lit(None, pl.String).alias("joint"),
    ), {}  # fmt: skip


def _ftm(store: Store) -> tuple[pl.DataFrame, dict[str, str]]:
    held = store.table("ftm", table="relations").filter(pl.col("relation") == "owner of")
    rows = held.select(
        pl.col("entity").alias("owner"), pl.col("target").alias("asset"), pl.lit("shares").alias("kind"),
        pl.col("share_low").alias("low"), pl.col("share_high").alias("high"), pl.lit(None, pl.String).alias("joint"),
    ).drop_nulls(["owner", "asset"])  # fmt: skip
    return rows, dict(store.table("ftm", table="entities").select("entity", "name").iter_rows())
