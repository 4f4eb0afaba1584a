"""OFAC's SDN list as advanced XML."""

from __future__ import annotations

from counterpact.record.formats.ofac_advanced import read_xml as read

__all__ = ["read"]
