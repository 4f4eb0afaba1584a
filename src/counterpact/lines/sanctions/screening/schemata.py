"""What other programs call the kinds of entities."""

from __future__ import annotations

KINDS = {
    "person": "person", "company": "organisation", "organization": "organisation", "organisation": "organisation",
    "legalentity": "organisation", "publicbody": "organisation", "vessel": "vessel", "airplane": "aircraft",
    "aircraft": "aircraft",
}  # fmt: skip
"""FollowTheMoney schemata → kinds of the record."""
