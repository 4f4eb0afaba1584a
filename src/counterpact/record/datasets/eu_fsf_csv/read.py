"""The EU's consolidated Financial Sanctions File as CSV."""

from __future__ import annotations

from counterpact.record.formats.fsf import read_csv as read

__all__ = ["read"]
