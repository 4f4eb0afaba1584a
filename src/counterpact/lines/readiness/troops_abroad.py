"""US forces in the allied states of the case, year by year, from the record (table `us_troops`)."""

from __future__ import annotations

from counterpact.lines.contract import Figure, Indicator
from counterpact.lines.deepening import fresh_table
from counterpact.lines.room import Room
from counterpact.provenance import Citation
from counterpact.quantity import Period, Quantity

DATASET = "us_troops"
_HOSTS = ("KOR", "JPN")
_YEARS = 10


def troops_abroad(room: Room) -> tuple[Indicator, ...]:
    """One indicator per host: active-duty US troops (`troops_ad`, persons, end of fiscal year), last ten years.

    Source: Allen, Flynn and Machain, `troopdata`. Nothing if the table is not in the record or too old.
    """
    frame = fresh_table(room, DATASET)
    if frame is None:
        return ()
    names = {actor.iso3: actor.name for actor in room.case.actors.values() if actor.iso3}
    made = []
    for host in _HOSTS:
        rows = frame.filter(frame["iso3c"] == host).drop_nulls("troops_ad").sort("year").tail(_YEARS)
        points = tuple(
            Figure(
                value=Quantity.exact(float(row["troops_ad"]), "person", Period(str(row["year"]))),
                citation=Citation(reason=f"active-duty US troops in {host}, {row['year']}", source=DATASET),
            )
            for row in rows.iter_rows(named=True)
        )
        if points and host in names:
            made.append(Indicator(f"us-troops-{host.lower()}", f"US troops in {names[host]}", "person", points))
    return tuple(made)
