"""Compare two names directly: features and matched parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from counterpact.lines.sanctions.screening.align import FEATURES, MOST, align
from counterpact.lines.sanctions.screening.measure import ORGANISATION, PERSON, VESSEL, measure
from counterpact.lines.sanctions.screening.names import Name
from counterpact.lines.sanctions.screening.parts import PartsBuilder, form_numbers, masks

KINDS = {"person": PERSON, "organisation": ORGANISATION, "vessel": VESSEL, "aircraft": VESSEL}


def compare(query: Name, listed: Name, kind: str) -> tuple[Any, Any]:
    """Features (32,) and matched parts (links, 6) of two names of one kind; all zero where a name has no parts."""
    features = np.zeros(FEATURES, np.float64)
    links = np.zeros((2 * MOST, 6), np.int64)
    if not query.parts or not listed.parts:
        return features, links[:0]
    builder = PartsBuilder()
    one = np.array(builder.add(query), np.int64)
    two = np.array(builder.add(listed), np.int64)
    arrays = builder.arrays()
    peqs = masks(arrays[0][one], arrays[1][one])
    made = align(arrays, one, len(one), peqs, arrays, two, len(two), links)
    forms = form_numbers()
    measure(arrays, one, len(one), forms[query.form], arrays, two, len(two), forms[listed.form],
            KINDS.get(kind, ORGANISATION), links, made, features)  # fmt: skip
    return features, links[:made]
