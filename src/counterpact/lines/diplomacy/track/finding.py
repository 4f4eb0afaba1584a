"""What the brief says of the forecasts sealed for the case."""

from __future__ import annotations

from counterpact.lines.contract import Figure, Finding
from counterpact.lines.diplomacy.track.ledger import FILE, read, scores
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding
from counterpact.provenance import Basis, Citation
from counterpact.quantity import Quantity

NONE = "No vote forecast has been sealed for this case yet: there is no track record to trust or to doubt."


def sealed(room: Room) -> Finding | None:
    """The track record in the case folder's file of seals; None if nothing is sealed. Raises `SourceError`."""
    folder = room.case.folder
    found = scores(read(folder / FILE)) if folder else None
    if found is None or not found.sealed:
        return None
    cite = Citation(reason="lines of the file of seals, its chain checked", source=FILE, basis=Basis.DEFINITION)
    score = f"; Brier score {found.brier:.2f} over {found.votes} votes (0 perfect, 2 worst)" if found.votes else ""
    return finding(
        room,
        "track-record",
        "vote forecasts sealed for this case: {sealed}, settled: {settled}{score}.",
        sealed=Figure(Quantity.exact(found.sealed, ""), cite),
        settled=Figure(Quantity.exact(found.settled, ""), cite),
        score=score,
    )
