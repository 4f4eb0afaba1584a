"""GLEIF level 1: who is who. The LEI common data file, in the shape of a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from counterpact.record.checks import found
from counterpact.record.formats import gleif
from counterpact.record.formats.listing import Kind, Listing, Role, collector_paused
from counterpact.record.formats.markup import local
from counterpact.record.reading import DataFinding, Reading, SourceFile

BATCH = 50_000  # records held as Python rows at a time
ROLES: dict[str, Role] = {"PREVIOUS_LEGAL_NAME": "former"}
DAYS = (
    ("created", "Entity/EntityCreationDate"),
    ("registered", "Registration/InitialRegistrationDate"),
    ("updated", "Registration/LastUpdateDate"),
    ("renewal", "Registration/NextRenewalDate"),
)


def read(files: Sequence[SourceFile]) -> Reading:
    """`lei` files (XML, gz or zip), full and changes: the newest record of each LEI; deleted ones are left out.

    `status` joins the entity's and the registration's (`ACTIVE, ISSUED`). Raises `SourceError`.
    """
    sources = gleif.sources(files, "LEIData")
    batches: list[dict[str, pl.DataFrame]] = []
    seen: list[tuple[str, datetime, int, bool]] = []  # LEI, when it was changed, batch, deleted
    with collector_paused():
        for source in sources:
            batch = Listing()
            for record in gleif.records(source, "LEIRecord"):
                lei, gone = gleif.text(record, "LEI"), gleif.deleted(record)
                seen.append((lei, gleif.stamp(record), len(batches), gone))
                if not gone:
                    _entity(batch, lei, record)
                if source.records % BATCH == 0:
                    batches.append(batch.tables())
                    batch = Listing()
            batches.append(batch.tables())
    tables, replaced = _newest(batches, seen)
    return Reading(
        tables,
        vintage=max(source.day for source in sources),
        findings=found(
            *(source.finding() for source in sources),
            gleif.wrong_lei(tables["entities"]["entity"].to_list()),
            DataFinding("replaced", "note", f"{replaced} records were replaced or deleted by newer ones", replaced,
                        "set aside") if replaced else None,
        ),
    )  # fmt: skip


def _newest(
    batches: list[dict[str, pl.DataFrame]], seen: list[tuple[str, datetime, int, bool]]
) -> tuple[dict[str, pl.DataFrame], int]:
    """Rows of the newest record of each LEI, none if that one says it was deleted; how many records fell away."""
    newest: dict[str, tuple[datetime, int, bool]] = {}
    for lei, moment, batch, gone in seen:
        if lei not in newest or (moment, batch) >= newest[lei][:2]:
            newest[lei] = (moment, batch, gone)
    kept = pl.DataFrame(
        [(lei, batch) for lei, (_, batch, gone) in newest.items() if not gone],
        schema={"entity": pl.String, "batch": pl.Int64},
        orient="row",
    )
    tables = {
        table: pl.concat(
            [
                batch[table].join(kept.filter(pl.col("batch") == i), on="entity", how="semi", maintain_order="left")
                for i, batch in enumerate(batches)
            ]
        )
        for table in batches[0]
    }
    return tables, len(seen) - kept.height


def _entity(listing: Listing, lei: str, record: Any) -> None:
    category = gleif.text(record, "Entity/EntityCategory")
    name = gleif.text(record, "Entity/LegalName")
    kind: Kind = "person" if category == "SOLE_PROPRIETOR" else "organisation"
    states = (gleif.text(record, "Entity/EntityStatus"), gleif.text(record, "Registration/RegistrationStatus"))
    listing.entity(
        lei,
        kind,
        name,
        status=", ".join(state for state in states if state),
        remarks=category,
        language=_language(record, "Entity/LegalName"),
    )
    listing.identifier(lei, "lei", lei, valid=gleif.lei_valid(lei))
    authority = gleif.text(record, "Entity/RegistrationAuthority/RegistrationAuthorityID")
    number = gleif.text(record, "Entity/RegistrationAuthority/RegistrationAuthorityEntityID")
    listing.identifier(lei, "registration", number, note=authority)
    form = gleif.text(record, "Entity/LegalForm/EntityLegalFormCode")
    listing.identifier(lei, "legal-form", form, note=gleif.text(record, "Entity/LegalForm/OtherLegalForm"))
    for path in ("OtherEntityNames/OtherEntityName", "TransliteratedOtherEntityNames/TransliteratedOtherEntityName"):
        for other in gleif.every(record, f"Entity/{path}"):
            listing.name(lei, other.text or "", ROLES.get(other.get("type", ""), "alias"), language=_lang(other))
    for path in ("LegalAddress", "HeadquartersAddress", "OtherAddresses/OtherAddress"):
        for address in gleif.every(record, f"Entity/{path}"):
            listing.address(lei, _address(address), gleif.text(address, "Country"))
    jurisdiction = gleif.text(record, "Entity/LegalJurisdiction")
    listing.place(lei, "registration", jurisdiction, jurisdiction[:2])
    for role, path in DAYS:
        stamp = gleif.text(record, path)
        listing.day(lei, role, stamp, gleif.day(stamp))
    for event in gleif.every(record, "Entity/LegalEntityEvents/LegalEntityEvent"):
        stamp = gleif.text(event, "LegalEntityEventEffectiveDate") or gleif.text(event, "LegalEntityEventRecordedDate")
        listing.day(lei, gleif.text(event, "LegalEntityEventType").lower(), stamp, gleif.day(stamp))
    for successor in gleif.every(record, "Entity/SuccessorEntity"):
        listing.relation(
            lei,
            "succeeded by",
            target=gleif.text(successor, "SuccessorLEI"),
            target_name=gleif.text(successor, "SuccessorEntityName"),
        )


def _address(address: Any) -> str:
    lines = [(line.text or "").strip() for line in address if local(line).endswith("AddressLine")]
    parts = (*lines, *(gleif.text(address, name) for name in ("City", "Region", "PostalCode")))
    return ", ".join(part for part in parts if part)


def _language(record: Any, path: str) -> str:
    return next((_lang(element) for element in gleif.every(record, path)), "")


def _lang(element: Any) -> str:
    return str(element.get("{http://www.w3.org/XML/1998/namespace}lang", ""))
