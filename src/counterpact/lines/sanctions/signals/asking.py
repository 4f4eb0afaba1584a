"""The signals as a user asks for them: from files of his own and the lists of the record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from counterpact.errors import Problem, SourceError, UsageError
from counterpact.lines.sanctions.gaps.histories import histories, seen
from counterpact.lines.sanctions.gaps.partners import partners
from counterpact.lines.sanctions.signals.companies import successors
from counterpact.lines.sanctions.signals.events import event_signals
from counterpact.lines.sanctions.signals.ships import history_signals, renamed_hulls
from counterpact.lines.sanctions.signals.signal import Found
from counterpact.lines.sanctions.signals.tracks import track_signals

if TYPE_CHECKING:
    from counterpact.record.store import Store


def signals(
    store: Store,
    *,
    tracks: Path | None = None,
    anchorages: Path | None = None,
    events: Path | None = None,
    fleet: Path | None = None,
    companies: Path | None = None,
    lists: bool = False,
) -> tuple[Found, ...]:
    """Every rule that the inputs allow. Raises `UsageError` if nothing is given, `SourceError` for broken files."""
    if not (tracks or events or fleet or companies or lists):
        raise UsageError("name what to look at: --tracks, --events, --fleet, --companies or --lists.")
    found: list[Found] = []
    if tracks:
        found += track_signals(tracks, anchorages=anchorages)
    if events:
        found += event_signals(events)
    if lists or fleet:
        said = seen(store, _datasets(store))
        if lists:
            found += history_signals(histories(said), said["imo"].n_unique())
        if fleet:
            names = said.filter(pl.col("what").is_in(["name", "former name"])).select("imo", name="value")
            found.append(renamed_hulls(_table(fleet, ("imo", "name")), names))
    if companies:
        mine = _table(companies, ("name", "address", "founded")).with_columns(
            pl.col("founded").str.to_date("%Y-%m-%d", strict=False)
        )
        found.append(successors(mine, _addresses(store)))
    return tuple(found)


def _datasets(store: Store) -> list[str]:
    have = [d for about in partners().values() for d in about["datasets"] if store.vintage(d) is not None]
    if not have:
        raise SourceError(
            Problem(
                "record", what="the record holds no list of a partner", do="Import one: counterpact record import …"
            )
        )
    return have


def _addresses(store: Store) -> pl.DataFrame:
    """Name, address and day of listing of every listed organisation whose list gives both."""
    frames = []
    for dataset in _datasets(store):
        firms = store.table(dataset, table="entities").filter(
            (pl.col("kind") == "organisation") & pl.col("listed").is_not_null()
        )
        places = store.table(dataset, table="addresses").select("entity", address="text").drop_nulls()
        frames.append(firms.select("entity", "name", "listed").join(places, on="entity").drop("entity"))
    return pl.concat(frames).unique().sort("name", "address")


def _table(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        first = str(error).splitlines()[0]
        raise SourceError(Problem(path.name, what="this is no CSV or Parquet table", why=first)) from error
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise SourceError(Problem(path.name, 1, ", ".join(missing), what="the column is missing"))
    return frame.select(pl.col(c).cast(pl.String) for c in columns).drop_nulls(columns[0])
