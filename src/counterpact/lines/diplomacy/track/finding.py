"""What the brief says of the forecasts sealed for the case."""

from __future__ import annotations

from counterpact.case.case import Case
from counterpact.lines.contract import Finding
from counterpact.lines.diplomacy.track.ledger import FILE, read, scores


def sealed(case: Case) -> Finding:
    """The track record of the case folder's file of seals, or that there is none yet. Raises `SourceError`."""
    found = scores(read(case.folder / FILE)) if case.folder else None
    if found is None or not found.sealed:
        text = "no vote forecast has been sealed for this case yet: there is no track record to trust or to doubt."
    else:
        text = f"vote forecasts sealed for this case: {found.sealed}, settled: {found.settled}"
        text += (
            f"; Brier score {found.brier:.2f} over {found.votes} votes (0 perfect, 2 worst)." if found.votes else "."
        )
    return Finding("track-record", text[:1].upper() + text[1:])
