"""Reference tables of a case: law and institutions that lines read and the model does not compute with."""

from __future__ import annotations

from typing import ClassVar

from counterpact.case.model import Row
from counterpact.case.values import Day
from counterpact.provenance import Reading


class Seen(Row):
    """Mixin: a page and how far it was read."""

    url: str = ""
    """Address of the page."""
    reading: Reading = Reading.MEMORY
    """Read, partly or memory."""
    note: str = ""
    """Remarks."""


class LegalBasis(Seen):
    """The second reading of a measure's legal basis."""

    table: ClassVar[str] = "legal_bases"
    measure: str
    """Measure id."""
    first_reading: str = ""
    """The basis as first claimed."""
    instrument: str = ""
    """Instrument found."""
    article: str = ""
    """Article or paragraph."""
    empowered: str = ""
    """Who may act."""
    date: Day = ""
    """Date of the instrument."""
    conditions: str = ""
    """Conditions."""
    verdict: str = ""
    """Confirmed, corrected or not found."""


class UnMeasure(Seen):
    """A measure of the UN Security Council on the DPRK, by paragraph."""

    table: ClassVar[str] = "un_measures"
    resolution: str
    """Resolution number."""
    paragraph: str
    """Paragraph."""
    date: Day = ""
    """Adoption."""
    measure: str = ""
    """What it says, in our words."""
    direction: str = ""
    """Import, export, finance, transport or other, seen from the DPRK."""
    hs_scope: str = ""
    """Harmonised System chapters, where a text or our mapping gives them."""
    cap: str = ""
    """Amount allowed."""
    cap_unit: str = ""
    """Unit of the cap."""
    cap_period: str = ""
    """Period of the cap."""
    exemption_route: str = ""
    """How an exemption or derogation is had."""
    exemption_paragraph: str = ""
    """Where that stands."""
    who: str = ""
    """Who must act."""


class TreatyTerm(Seen):
    """One member's obligations, or one article, of a mutual-defence or related treaty (ATOP-like columns)."""

    table: ClassVar[str] = "treaties"
    row_type: str
    """Member or article."""
    treaty: str
    """Name and year."""
    member: str = ""
    """Party."""
    partners: str = ""
    """Other parties."""
    signed: Day = ""
    """Signature."""
    in_force: Day = ""
    """Entry into force."""
    end: str = ""
    """End, if any."""
    legally_binding: str = ""
    """1 or 0."""
    defense: str = ""
    """Mutual defence duty, 1 or 0."""
    offense: str = ""
    """Offensive duty."""
    consultation: str = ""
    """Duty to consult."""
    neutrality: str = ""
    """Duty to stay neutral."""
    nonaggression: str = ""
    """Non-aggression pledge."""
    location_condition: str = ""
    """Where the duty applies."""
    adversary_condition: str = ""
    """Against whom."""
    consent_condition: str = ""
    """Constitutional or consent clause."""
    military_aid: str = ""
    """Aid promised."""
    integrated_command: str = ""
    """Integrated command."""
    bases: str = ""
    """Bases."""
    articles: str = ""
    """Articles the cells rest on."""
    clause: str = ""
    """The clause, in our words."""


class ForumFact(Seen):
    """A dated fact about a court or body."""

    table: ClassVar[str] = "forums"
    forum: str
    """Court or body."""
    actor: str
    """State or actor, as named."""
    fact_type: str
    """Ratification, declaration, withdrawal, milestone …."""
    fact: str = ""
    """What happened."""
    date: str = ""
    """When."""
    end: str = ""
    """Until when."""


class RegimeRule(Seen):
    """A dated rule of a sanctions or control regime."""

    table: ClassVar[str] = "regimes"
    topic: str
    """Ownership, price cap, secondary sanctions, CHPL …."""
    actor: str
    """Whose rule."""
    rule: str
    """The rule in short."""
    instrument: str = ""
    """Instrument and article."""
    value: str = ""
    """Number, if any."""
    unit: str = ""
    """Its unit."""
    valid_from: str = ""
    """From."""
    valid_to: str = ""
    """To."""
    detail: str = ""
    """Detail."""
