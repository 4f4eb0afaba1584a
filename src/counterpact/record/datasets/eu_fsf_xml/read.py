"""The EU's consolidated Financial Sanctions File as XML."""

from __future__ import annotations

from counterpact.record.formats.fsf import read_xml as read

__all__ = ["read"]
