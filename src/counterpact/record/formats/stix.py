"""STIX 2.0 and 2.1 bundles as ATT&CK publishes them → tables of objects, relationships, tactics and aliases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.reading import Reading, SourceFile


class _Reference(msgspec.Struct):
    source_name: str = ""
    external_id: str | None = None
    url: str | None = None


class _Phase(msgspec.Struct):
    kill_chain_name: str
    phase_name: str


class _Object(msgspec.Struct):
    """The fields we keep; msgspec skips the rest without building it."""

    type: str
    id: str
    created: str | None = None
    modified: str | None = None
    name: str | None = None
    description: str | None = None
    revoked: bool = False
    x_mitre_deprecated: bool = False
    external_references: list[_Reference] = msgspec.field(default_factory=list)
    aliases: list[str] = msgspec.field(default_factory=list)
    x_mitre_aliases: list[str] = msgspec.field(default_factory=list)
    x_mitre_domains: list[str] = msgspec.field(default_factory=list)
    x_mitre_platforms: list[str] = msgspec.field(default_factory=list)
    x_mitre_is_subtechnique: bool | None = None
    kill_chain_phases: list[_Phase] = msgspec.field(default_factory=list)
    relationship_type: str | None = None
    source_ref: str | None = None
    target_ref: str | None = None
    first_seen: str | None = None
    last_seen: str | None = None


class _Bundle(msgspec.Struct):
    type: str
    objects: list[_Object]


_DECODER = msgspec.json.Decoder(_Bundle)


def read_bundle(files: Sequence[SourceFile]) -> Reading:
    """One STIX bundle → `objects`, `relationships`, `tactics`, `aliases`. Vintage: the newest `modified` day.

    Raises `SourceError` on anything that is not a bundle, and on a reference without its object.
    """
    objects: list[_Object] = []
    for file in files:
        try:
            bundle = _DECODER.decode(file.bytes())
        except msgspec.DecodeError as error:
            raise SourceError(
                Problem(file.label, what="this is not a STIX bundle", why=str(error), do="Get the file of the release")
            ) from error
        if bundle.type != "bundle":
            raise SourceError(Problem(file.label, what=f'the top object is a "{bundle.type}", not a bundle'))
        objects += bundle.objects
    nodes = [o for o in objects if o.type != "relationship"]
    links = [o for o in objects if o.type == "relationship"]
    _check_references(nodes, links, files[0].label)
    newest = max((o.modified for o in objects if o.modified), default=None)
    return Reading(
        {
            "objects": _objects(nodes),
            "relationships": _relationships(links),
            "tactics": _tactics(nodes),
            "aliases": _aliases(nodes),
        },
        vintage=date.fromisoformat(newest[:10]) if newest else None,
    )


def _check_references(nodes: list[_Object], links: list[_Object], label: str) -> None:
    known = {o.id for o in nodes}
    loose = [o.id for o in links if o.source_ref not in known or o.target_ref not in known]
    if loose:
        raise SourceError(
            Problem(
                label,
                what=f"{len(loose):,} relationships name an object that is not in the bundle",
                why=f"for example {loose[0]}",
                do="The file is cut short; get it again",
            )
        )


def _external_id(item: _Object) -> str | None:
    for reference in item.external_references:
        if reference.external_id and reference.source_name.startswith("mitre"):
            return reference.external_id
    return None


def _frame(columns: dict[str, list[Any]], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema=schema)


def _objects(nodes: list[_Object]) -> pl.DataFrame:
    text, flag = pl.String, pl.Boolean
    frame = _frame(
        {
            "id": [o.id for o in nodes],
            "type": [o.type for o in nodes],
            "external_id": [_external_id(o) for o in nodes],
            "name": [o.name for o in nodes],
            "description": [o.description for o in nodes],
            "created": [o.created for o in nodes],
            "modified": [o.modified for o in nodes],
            "revoked": [o.revoked for o in nodes],
            "deprecated": [o.x_mitre_deprecated for o in nodes],
            "is_subtechnique": [o.x_mitre_is_subtechnique for o in nodes],
            "domains": [o.x_mitre_domains for o in nodes],
            "platforms": [o.x_mitre_platforms for o in nodes],
            "first_seen": [o.first_seen for o in nodes],
            "last_seen": [o.last_seen for o in nodes],
        },
        {
            "id": text,
            "type": text,
            "external_id": text,
            "name": text,
            "description": text,
            "created": text,
            "modified": text,
            "revoked": flag,
            "deprecated": flag,
            "is_subtechnique": flag,
            "domains": pl.List(text),
            "platforms": pl.List(text),
            "first_seen": text,
            "last_seen": text,
        },
    )
    moments = pl.col("created", "modified", "first_seen", "last_seen")
    return frame.with_columns(moments.str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us"))


def _relationships(links: list[_Object]) -> pl.DataFrame:
    text = pl.String
    return _frame(
        {
            "id": [o.id for o in links],
            "source": [o.source_ref for o in links],
            "relation": [o.relationship_type for o in links],
            "target": [o.target_ref for o in links],
            "revoked": [o.revoked for o in links],
            "deprecated": [o.x_mitre_deprecated for o in links],
        },
        {"id": text, "source": text, "relation": text, "target": text, "revoked": pl.Boolean, "deprecated": pl.Boolean},
    )


def _tactics(nodes: list[_Object]) -> pl.DataFrame:
    rows = [(o.id, phase.kill_chain_name, phase.phase_name) for o in nodes for phase in o.kill_chain_phases]
    return pl.DataFrame(rows, schema={"id": pl.String, "matrix": pl.String, "tactic": pl.String}, orient="row")


def _aliases(nodes: list[_Object]) -> pl.DataFrame:
    rows = [(o.id, alias) for o in nodes for alias in dict.fromkeys((*o.aliases, *o.x_mitre_aliases))]
    return pl.DataFrame(rows, schema={"id": pl.String, "alias": pl.String}, orient="row")
