"""OFAC's XML list in the schema of `sdnList`."""

from __future__ import annotations

from counterpact.record.formats.ofac_xml import read_xml as read

__all__ = ["read"]
