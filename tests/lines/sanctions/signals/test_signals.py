"""Signals on tracks, events, ships and companies made so that the answer is known."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from counterpact.errors import SourceError
from counterpact.lines.sanctions.gaps.histories import History
from counterpact.lines.sanctions.signals.companies import successors
from counterpact.lines.sanctions.signals.events import event_signals
from counterpact.lines.sanctions.signals.ships import history_signals, renamed_hulls
from counterpact.lines.sanctions.signals.tracks import track_signals

START = datetime(2026, 1, 1)
STEP = timedelta(minutes=10)


def table(path: Path, *rows: tuple[str, datetime, float, float, float]) -> Path:
    frame = pl.DataFrame(rows, ["mmsi", "timestamp", "lat", "lon", "sog"], orient="row")
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path, datetime_format="%Y-%m-%d %H:%M:%S")
    return path


def drift(
    mmsi: str, lat: float, lon: float, steps: range, sog: float = 0.5
) -> list[tuple[str, datetime, float, float, float]]:
    return [(mmsi, START + k * STEP, lat, lon, sog) for k in steps]


def by_rule(path: Path, **more: Path) -> dict[str, list[tuple[str, str]]]:
    return {f.rule: [(s.subject, s.fact) for s in f.signals] for f in track_signals(path, **more)}


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_a_meeting_of_two_hours_within_500_m_fires_for_both_ships(tmp_path: Path, name: str) -> None:
    far = 0.006  # degrees of latitude, 667 m
    rows = [
        *drift("111", 40.0, 130.0, range(13)), *drift("222", 40.003, 130.0, range(13)),  # 334 m, 130 minutes
        *drift("333", 40.0 - far, 130.0, range(13)),
        *drift("444", 10.0, 130.0, range(13)), *drift("555", 10.0, 130.002, range(6)),  # an hour only
        *drift("666", 20.0, 130.0, range(13), sog=8.0), *drift("777", 20.0, 130.0, range(13), sog=8.0),  # under way
    ]  # fmt: skip
    met = by_rule(table(tmp_path / name, *rows))["ship-to-ship"]
    assert [(who, "222" in fact or "111" in fact) for who, fact in met] == [("111", True), ("222", True)]
    assert "334 m" in met[0][1]
    assert "2.2 hours" in met[0][1]


def test_a_break_parts_two_stays_and_an_anchorage_excuses(tmp_path: Path) -> None:
    rows = [*drift("1", 40.0, 130.0, range(9)), *drift("2", 40.0, 130.001, range(9)),
            *drift("1", 40.0, 130.0, range(14, 22)), *drift("2", 40.0, 130.001, range(14, 22))]  # fmt: skip
    path = table(tmp_path / "t.csv", *rows)
    assert by_rule(path)["ship-to-ship"] == []
    path = table(
        tmp_path / "u.csv", *rows, *drift("1", 40.0, 130.0, range(9, 14)), *drift("2", 40.0, 130.001, range(9, 14))
    )
    assert len(by_rule(path)["ship-to-ship"]) == 2
    ports = tmp_path / "ports.csv"
    ports.write_text("lat,lon\n40.05,130.0\n")
    assert by_rule(path, anchorages=ports)["ship-to-ship"] == []
    ports.write_text("lat,lon\n40.5,130.0\n")
    assert len(by_rule(path, anchorages=ports)["ship-to-ship"]) == 2


def test_gaps_and_jumps_with_the_distance_by_hand(tmp_path: Path) -> None:
    rows = [("1", START, 0.0, 179.5, 10.0), ("1", START + timedelta(hours=12), 0.0, -179.5, 10.0),
            ("2", START, 0.0, 0.0, 10.0), ("2", START + timedelta(hours=11), 0.0, 1.0, 10.0),
            ("3", START, 60.0, 0.0, 10.0), ("3", START + timedelta(hours=1), 60.0, 4.0, 10.0)]  # fmt: skip
    found = track_signals(table(tmp_path / "t.csv", *rows, ("bad", START, 99.0, 0.0, 1.0)))
    gap, jump, _ = found
    assert [(s.subject, s.fact) for s in gap.signals] == [("1", "no position for 12 hours, then again 111 km away")]
    assert (gap.fired, gap.looked_at) == (1, 3)
    assert gap.base_rate == pytest.approx(1 / 3)
    assert "1 of 7 rows" in gap.notes[0]
    assert [(s.subject, s.fact) for s in jump.signals] == [
        ("3", "would have had to sail at 120 knots between two positions")  # 4° at 60° N = 222 km
    ]


def test_tables_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("mmsi,time\n1,2\n")
    with pytest.raises(SourceError, match="timestamp, lat, lon"):
        track_signals(path)
    path.write_text("mmsi,timestamp,lat,lon\n1,yesterday,0,0\n")
    with pytest.raises(SourceError, match="none of 1 rows"):
        track_signals(path)


def test_events_in_all_three_forms(tmp_path: Path) -> None:
    vessel = {"ssvid": "273000000", "name": "A"}
    other = {"ssvid": "445000000", "name": "B"}
    events = [
        {"type": "gap", "start": "2026-01-01T00:00:00Z", "vessel": vessel, "gap": {"durationHours": 30.4}},
        {"type": "encounter", "start": "2026-01-03T00:00:00Z", "end": "2026-01-03T05:00:00Z", "vessel": vessel,
         "position": {"lat": 41.2, "lon": 131.5}, "encounter": {"vessel": other}},
        {"type": "port_visit", "start": "2026-01-05T00:00:00Z", "vessel": other},
    ]  # fmt: skip
    path = tmp_path / "e.json"
    for text in (json.dumps(events), json.dumps({"entries": events}), "\n".join(map(json.dumps, events))):
        path.write_text(text)
        gap, met = event_signals(path)
        assert gap.signals[0].fact == "no position for 30 hours"
        assert met.signals[0].fact == "met B (MMSI 445000000) at 41.20, 131.50 until 2026-01-03T05:00:00Z"
        assert (met.fired, met.looked_at) == (1, 2)
        assert "1 events of other kinds" in met.notes[0]
    path.write_text('[{"type": "gap"}]')
    with pytest.raises(SourceError, match="event 1 has no 'vessel'"):
        event_signals(path)


def test_hulls_and_histories() -> None:
    listed = pl.DataFrame({"imo": ["9074729", "9074729", "8814275"], "name": ["OLD STAR", "NEW-STAR", "X"]})
    mine = pl.DataFrame({"imo": ["9074729", "8814275", "9333333"], "name": ["New Star", "Y", "Z"]})
    found = renamed_hulls(mine, listed)
    assert [s.fact for s in found.signals] == ["IMO number 8814275 is Y on your table and X on the list"]
    assert (found.fired, found.looked_at) == (1, 3)
    often = History("9074729", (), (), 3, 1)
    renamed, flags = history_signals([often], 40)
    assert (renamed.fired, renamed.base_rate, flags.fired) == (1, 1 / 40, 0)


def test_successors_at_a_listed_address_within_two_years() -> None:
    listed = pl.DataFrame(
        {"name": ["Gone Ltd"], "address": ["12 Lenin street, Vladivostok"], "listed": [date(2024, 1, 1)]}
    )
    mine = pl.DataFrame(
        {"name": ["Soon", "Late", "Before", "Elsewhere"],
         "address": ["Vladivostok, Lenin Street 12"] * 3 + ["Vladivostok"],
         "founded": [date(2024, 1, 31), date(2026, 1, 2), date(2023, 12, 1), date(2024, 1, 31)]}
    )  # fmt: skip
    found = successors(mine, listed)
    assert [(s.subject, s.fact) for s in found.signals] == [
        ("Soon", "founded 30 days after Gone Ltd was listed, at the same address (3 of your companies are at it)")
    ]
    assert "1 of 4 addresses" in found.notes[0]
