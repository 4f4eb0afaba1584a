"""OFAC's alias, address and comment files of a day whose SDN file is not at hand."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from counterpact.errors import Problem, SourceError
from counterpact.record.datasets.ofac_sdn.read import table
from counterpact.record.formats import ofac
from counterpact.record.reading import Reading, SourceFile

PARTS = {"alt": ofac.ALT, "add": ofac.ADD, "comments": ofac.COMMENTS}


def read(files: Sequence[SourceFile]) -> Reading:
    """`alt`, `add` and `sdn_comments` files → one table each, joined by `ent_num`. Raises `SourceError`."""
    tables = {role: pl.DataFrame(schema=dict.fromkeys(columns, pl.String)) for role, columns in PARTS.items()}
    for file in files:
        role = "comments" if "comment" in file.name else file.name[:3]
        if role not in PARTS:
            raise SourceError(Problem(file.label, what="this is none of alt, add and sdn_comments"))
        tables[role] = pl.concat([tables[role], table(file, PARTS[role])])
    return Reading(tables)
