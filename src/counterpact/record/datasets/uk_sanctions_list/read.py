"""The UK Sanctions List as CSV (a row per name, address, …) or XML (an element per designation)."""

from __future__ import annotations

from counterpact.record.formats.uk_list import read

__all__ = ["read"]
