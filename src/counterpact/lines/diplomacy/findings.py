"""What diplomacy finds: support in the Assembly, vetoes in the Council, states outside the monitoring team."""

from __future__ import annotations

from counterpact.case.reference import ForumFact
from counterpact.case.values import Side
from counterpact.lines import law, prose
from counterpact.lines.contract import Figure, Finding
from counterpact.lines.figures import counted
from counterpact.lines.room import Room
from counterpact.lines.sentence import finding

_MONITORS = "msmt"
_ALLIANCE_NAMES = ("Russia",)


def swing(room: Room) -> tuple[Figure, Figure, Figure] | None:
    """Highest, then lowest after it, then newest vote; None with fewer than three."""
    votes = room.points("votes")
    if len(votes) < 3:
        return None
    top = max(votes, key=lambda v: v.value.low)
    later = votes[votes.index(top) + 1 :]
    if not later:
        return None
    return top, min(reversed(later), key=lambda v: v.value.low), votes[-1]


def votes(room: Room) -> Finding | None:
    """How support in the General Assembly moved from its height."""
    found = swing(room)
    if found is None:
        return None
    top, low, last = found
    if low is last:
        text = "votes for the General Assembly's texts on the war fell from {top:n} {top:when} to {last:n} {last:when}."
    else:
        text = (
            "votes for the General Assembly's texts on the war fell from {top:n} {top:when} to {low:n} {low:when}; "
            "the latest count is {last:n} {last:when}. The texts differ, so the fall is not of opinion alone."
        )
    return finding(room, "votes", text, severity="concern", top=top, low=low, last=last)


def vetoes(room: Room) -> Finding | None:
    """How often a veto closed the Council route."""
    rows = [row for row in room.case.table(ForumFact).values() if row.forum == "UNSC veto"]
    rows = [row for row in rows if any(name in row.actor for name in _ALLIANCE_NAMES)]
    if not rows:
        return None
    last = max(rows, key=lambda row: row.date)
    why = f"rows of forum UNSC veto; the last: {prose.day(last.date)}, {last.fact}"
    count = counted(len(rows), "veto", "forums", why, all(r.reading.verified for r in rows))
    return finding(
        room,
        "vetoes",
        "the Security Council route is closed: the case records {count} by Russia, the last on {day} (“{what}”).",
        severity="concern",
        facts=room.read("vetoes"),
        count=count,
        day=prose.day(last.date),
        what=last.fact,
    )


def outside(room: Room) -> Finding | None:
    """States that could act on a channel but are not members of the monitoring team."""
    team = room.case.actors.get(_MONITORS)
    states = law.states_on_channels(room.case)
    if team is None or not states:
        return None
    out = [state for state in states if state not in team.members]
    third = [s for s in out if room.case.actors[s].side is Side.THIRD]
    if not third:
        return None
    lead = third[0]
    return finding(
        room,
        "outside",
        "of {total} that could act on a channel of the case, {out} are outside the monitoring team; {lead} alone could "
        "act on {channels}, ahead of {next}.",
        severity="concern",
        total=counted(len(states), "state", "channels", "states named as jurisdictions, alliance left out"),
        out=counted(len(out), "", "actors", f"of these, not members of {team.name}"),
        lead=prose.the(room.case.actors[lead].name),
        channels=counted(states[lead], "channel", "channels", f"channels with {lead} among the jurisdictions"),
        next=prose.listing([prose.the(room.case.actors[s].name) for s in third[1:4]]) or "the rest",
    )


def abstainers(room: Room) -> Finding | None:
    """Third states on the channels that abstained when the Assembly voted."""
    from counterpact.lines.settings import participation_rules

    rules = participation_rules()
    states = law.states_on_channels(room.case)
    names = [s for s in states if s in rules.abstained]
    facts = room.read("abstentions")
    if not names or not facts:
        return None
    return finding(
        room,
        "abstainers",
        "{count} that could act on a channel abstained or stayed out when the Assembly took sides: {names}.",
        facts=facts,
        count=counted(len(names), "state", "channels", "jurisdictions on the list of abstainers of participation.yml"),
        names=prose.listing([prose.the(room.case.actors[s].name) for s in names]),
    )


def monitoring(room: Room) -> Finding | None:
    """How long the monitoring team has not reported."""
    reports = [room.case.facts[name] for name in room.read("reports")]
    dated = [fact for fact in reports if fact.period]
    if not dated:
        return None
    last = max(dated, key=lambda fact: (fact.period.last if fact.period else room.as_of, fact.id))
    assert last.period is not None
    months = int((room.as_of - last.period.last).days / 30.44)
    return finding(
        room,
        "monitoring",
        "the monitoring team has published {reports}; the last is of {day}, {months} before this assessment.",
        severity="concern" if months >= 6 else "note",
        facts=tuple(fact.id for fact in dated),
        reports=counted(len(dated), "report", "facts", "reports of the team named in the data file"),
        months=counted(months, "month", "facts", f"whole months since {prose.day(last.period.start)}, fact {last.id}"),
        day=prose.day(last.period.start),
    )


MAKERS = (votes, monitoring, vetoes, outside, abstainers, law.legal_bases)
