"""Signals from ships' positions (AIS): gaps, jumps and ship-to-ship meetings, in DuckDB on CSV or Parquet.

A table needs `mmsi, timestamp, lat, lon`; `sog` (knots) is used if given, else speed is taken from the positions.
Thresholds with their papers are in `rules.yml`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterpact.errors import Problem, SourceError
from counterpact.lines.sanctions.signals.signal import Found, Signal, found, rules

if TYPE_CHECKING:
    import duckdb

_COLUMNS = ("mmsi", "timestamp", "lat", "lon")
_KM = """CREATE MACRO km(lat1, lon1, lat2, lon2) AS 2 * 6371.0088 * asin(sqrt(least(1.0,
    power(sin(radians(lat2 - lat1) / 2), 2)
    + cos(radians(lat1)) * cos(radians(lat2)) * power(sin(radians(lon2 - lon1) / 2), 2))))"""
"""Great-circle distance (haversine) on a sphere of the earth's mean radius."""


def track_signals(path: Path, *, anchorages: Path | None = None) -> tuple[Found, ...]:
    """Gaps, jumps and meetings in a table of positions.

    `anchorages` (CSV with lat, lon): meetings near one are left out. Raises `SourceError` naming a missing column or
    the number of rows that are no positions, if none are left.
    """
    import duckdb

    connection = duckdb.connect()
    connection.execute(_KM)
    notes = _load(connection, path)
    ships = _one(connection, "SELECT count(DISTINCT mmsi) FROM track")
    near = _anchorages(connection, anchorages)
    return (
        found("ais gap", _gaps(connection), ships, notes),
        found("position jump", _jumps(connection), ships, notes),
        found("ship-to-ship", _meetings(connection, near), ships, [*notes, *_without(near)]),
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _without(near: bool) -> list[str]:
    return [] if near else ["No table of anchorages was given, so waiting side by side in a roadstead is counted too."]


def _scan(path: Path) -> str:
    text = str(path).replace("'", "''")
    if path.suffix.lower() == ".parquet":
        return f"read_parquet('{text}')"
    return f"read_csv('{text}', all_varchar = true, header = true)"


def _load(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    import duckdb

    try:
        have = [c[0] for c in connection.execute(f"DESCRIBE SELECT * FROM {_scan(path)}").fetchall()]
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise SourceError(Problem(path.name, what="this is no CSV or Parquet table", why=first)) from error
    by_name = {name.lower(): name for name in have}
    missing = [c for c in _COLUMNS if c not in by_name]
    if missing:
        raise SourceError(
            Problem(path.name, 1, ", ".join(missing), what="the column is missing",
                    do="A table of positions needs mmsi, timestamp, lat and lon")
        )  # fmt: skip
    speed = f'TRY_CAST("{by_name["sog"]}" AS DOUBLE)' if "sog" in by_name else "NULL"
    columns = [f'"{by_name[c]}"' for c in _COLUMNS]
    connection.execute(f"""
        CREATE TABLE track AS
        WITH seen AS (SELECT CAST({columns[0]} AS VARCHAR) AS mmsi, TRY_CAST({columns[1]} AS TIMESTAMP) AS moment,
                   TRY_CAST({columns[2]} AS DOUBLE) AS lat, TRY_CAST({columns[3]} AS DOUBLE) AS lon, {speed} AS sog
            FROM {_scan(path)}),
        good AS (SELECT DISTINCT ON (mmsi, moment) * FROM seen
            WHERE mmsi IS NOT NULL AND moment IS NOT NULL AND lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180
            ORDER BY mmsi, moment, lat, lon),
        laid AS (SELECT *, lag(moment) OVER w AS moment0, lag(lat) OVER w AS lat0, lag(lon) OVER w AS lon0
            FROM good WINDOW w AS (PARTITION BY mmsi ORDER BY moment))
        SELECT mmsi, moment, lat, lon, sog, moment0, epoch(moment - moment0) / 3600 AS hours,
               km(lat0, lon0, lat, lon) AS km
        FROM laid ORDER BY mmsi, moment""")
    rows, kept = _one(connection, f"SELECT count(*) FROM {_scan(path)}"), _one(connection, "SELECT count(*) FROM track")
    if not kept:
        raise SourceError(
            Problem(path.name, what=f"none of {rows} rows is a position with a ship and a time",
                    do="Write times as 2026-01-31 12:00:00 and degrees as decimals")
        )  # fmt: skip
    return [f"{rows - kept} of {rows} rows were no positions or stood twice, and were left out."] if kept < rows else []


def _gaps(connection: duckdb.DuckDBPyConnection) -> list[Signal]:
    rule = rules()["ais gap"]
    rows = connection.execute(
        "SELECT mmsi, moment0, hours, km FROM track WHERE hours >= ? ORDER BY mmsi, moment0", [rule["hours"]]
    ).fetchall()
    return [Signal("ais gap", m, _iso(at), rule["words"].format(hours=h, km=km)) for m, at, h, km in rows]


def _jumps(connection: duckdb.DuckDBPyConnection) -> list[Signal]:
    rule = rules()["position jump"]
    rows = connection.execute(
        "SELECT mmsi, moment0, km / hours / 1.852 AS knots FROM track "
        "WHERE hours > 0 AND knots > ? AND km > 5 ORDER BY 1, 2",
        [rule["knots"]],
    ).fetchall()
    return [Signal("position jump", m, _iso(at), rule["words"].format(knots=k)) for m, at, k in rows]


def _anchorages(connection: duckdb.DuckDBPyConnection, path: Path | None) -> bool:
    connection.execute("CREATE TABLE anchorage (lat DOUBLE, lon DOUBLE)")
    if path is None:
        return False
    import duckdb

    try:
        connection.execute(f"INSERT INTO anchorage SELECT CAST(lat AS DOUBLE), CAST(lon AS DOUBLE) FROM {_scan(path)}")
    except duckdb.Error as error:
        raise SourceError(
            Problem(path.name, what="this is no table of anchorages", why=str(error).splitlines()[0],
                    do="It needs the columns lat and lon, in degrees")
        ) from error  # fmt: skip
    return True


def _meetings(connection: duckdb.DuckDBPyConnection, near: bool) -> list[Signal]:
    """Pairs of slow ships close together, in steps of `minutes`, joined into stays.

    Positions are put into cells a little larger than the distance asked, so that only neighbouring cells are compared;
    a step without a position of both does not end a stay, two steps do.
    """
    rule: dict[str, Any] = rules()["ship-to-ship"]
    cell = rule["metres"] / 1000 / 111.0 * 1.05
    connection.execute(
        """
        CREATE TEMP TABLE slow AS
        SELECT mmsi, CAST(floor(epoch(moment) / (60 * $minutes)) AS BIGINT) AS step, avg(lat) AS lat, avg(lon) AS lon
        FROM track WHERE coalesce(sog, CASE WHEN hours > 0 THEN km / hours / 1.852 END, 0) < $knots GROUP BY 1, 2;
        CREATE TEMP TABLE placed AS
        SELECT *, CAST(floor(lat / $cell) AS BIGINT) AS y,
               CAST(floor(lon * cos(radians(floor(lat / $cell) * $cell)) / $cell) AS BIGINT) AS x FROM slow;
        CREATE TEMP TABLE met AS
        SELECT a.mmsi AS one, b.mmsi AS two, a.step, km(a.lat, a.lon, b.lat, b.lon) AS km, a.lat, a.lon
        FROM placed a, (VALUES (-1), (0), (1)) AS r(dr)
        JOIN placed b ON a.step = b.step AND b.y = a.y + r.dr AND a.mmsi < b.mmsi AND abs(b.x - a.x) <= 2
        WHERE km(a.lat, a.lon, b.lat, b.lon) <= $metres / 1000.0""".replace("$minutes", str(rule["minutes"]))
        .replace("$knots", str(rule["knots"]))
        .replace("$cell", repr(cell))
        .replace("$metres", str(rule["metres"]))
    )
    if near:
        connection.execute(
            "DELETE FROM met WHERE EXISTS (SELECT 1 FROM anchorage p WHERE km(met.lat, met.lon, p.lat, p.lon) < ?)",
            [rule["anchorage_km"]],
        )
    stays = connection.execute(
        """WITH marked AS (SELECT *, coalesce(step - lag(step) OVER w > 2, false) AS fresh FROM met
             WINDOW w AS (PARTITION BY one, two ORDER BY step)),
           numbered AS (SELECT *, sum(CASE WHEN fresh THEN 1 ELSE 0 END) OVER w AS stay FROM marked
             WINDOW w AS (PARTITION BY one, two ORDER BY step))
           SELECT one, two, min(step) AS first, (max(step) - min(step) + 1) * ? / 60.0 AS hours,
             max(km) * 1000 AS metres
           FROM numbered GROUP BY one, two, stay HAVING hours >= ? ORDER BY 1, 2, 3""",
        [rule["minutes"], rule["hours"]],
    ).fetchall()
    signals = []
    for one, two, first, hours, metres in stays:
        when = _iso_step(first * rule["minutes"] * 60)
        for ship, other in ((one, two), (two, one)):
            words = rule["words"].format(metres=metres, other=other, hours=hours, knots=rule["knots"])
            signals.append(Signal("ship-to-ship", ship, when, words))
    return signals


def _iso(moment: Any) -> str:
    return str(moment.isoformat(sep=" ", timespec="minutes"))


def _iso_step(seconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
